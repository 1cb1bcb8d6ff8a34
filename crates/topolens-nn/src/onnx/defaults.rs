//! Strides, dilations and padding of convolutions that a file leaves out.
//!
//! ONNX says that they are 1, 1 and 0 then; rten 0.27 refuses such a file when it runs.

use super::wire::{append, fields};

/// `ModelProto.graph`.
const GRAPH: u64 = 7;
/// `GraphProto.node`.
const NODE: u64 = 1;
/// `NodeProto.op_type`.
const OPERATOR: u64 = 4;
/// `NodeProto.attribute`.
const ATTRIBUTE: u64 = 5;
/// `AttributeProto.name`.
const NAME: u64 = 1;
/// The names of which one must be there, and what is added where none is: name (1), integers (8), type (20) INTS (7).
const DEFAULTS: [(&[&[u8]], &[u8]); 3] = [
    (&[b"strides"], b"\x0a\x07strides\x40\x01\x40\x01\xa0\x01\x07"),
    (&[b"dilations"], b"\x0a\x09dilations\x40\x01\x40\x01\xa0\x01\x07"),
    (&[b"pads", b"auto_pad"], b"\x0a\x04pads\x40\x00\x40\x00\x40\x00\x40\x00\xa0\x01\x07"),
];

/// The file with these defaults stated; as it is where it is no protocol buffer.
pub(super) fn with_defaults(file: Vec<u8>) -> Vec<u8> {
    rewrite(&file, GRAPH, &|graph| rewrite(graph, NODE, &|node| convolution_with_defaults(node)))
        .unwrap_or(file)
}

/// A message with its submessages in `number` rewritten; none if it cannot be read or nothing changes.
fn rewrite(message: &[u8], number: u64, submessage: &dyn Fn(&[u8]) -> Option<Vec<u8>>) -> Option<Vec<u8>> {
    let found = fields(message)?;
    let rewritten: Vec<Option<Vec<u8>>> =
        found.iter().map(|field| field.content(number).and_then(submessage)).collect();
    if rewritten.iter().all(Option::is_none) {
        return None;
    }
    let mut bytes = Vec::with_capacity(message.len());
    for (field, new) in found.iter().zip(rewritten) {
        match new {
            Some(content) => append(&mut bytes, number, &content),
            None => bytes.extend_from_slice(field.whole),
        }
    }
    Some(bytes)
}

fn convolution_with_defaults(node: &[u8]) -> Option<Vec<u8>> {
    let found = fields(node)?;
    let is_convolution = found.iter().any(|field| field.content(OPERATOR) == Some(b"Conv"));
    let has = |name: &[u8]| {
        let attributes = found.iter().filter_map(|field| field.content(ATTRIBUTE)).filter_map(fields);
        attributes.flatten().any(|field| field.content(NAME) == Some(name))
    };
    let missing: Vec<&[u8]> = DEFAULTS
        .iter()
        .filter(|(names, _)| !names.iter().any(|name| has(name)))
        .map(|(_, bytes)| *bytes)
        .collect();
    if !is_convolution || missing.is_empty() {
        return None;
    }
    let mut bytes = node.to_vec();
    for attribute in missing {
        append(&mut bytes, ATTRIBUTE, attribute);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(node: &[u8]) -> Vec<u8> {
        let (mut graph, mut file) = (Vec::new(), Vec::new());
        append(&mut graph, NODE, node);
        append(&mut graph, 2, b"a name");
        append(&mut file, GRAPH, &graph);
        file
    }

    #[test]
    fn defaults_are_stated_where_they_are_missing() {
        let mut convolution = Vec::new();
        append(&mut convolution, OPERATOR, b"Conv");
        let stated = with_defaults(model(&convolution));
        for (_, bytes) in DEFAULTS {
            append(&mut convolution, ATTRIBUTE, bytes);
        }
        assert_eq!(stated, model(&convolution));
        assert_eq!(with_defaults(stated.clone()), stated);
        let mut other = Vec::new();
        append(&mut other, OPERATOR, b"Relu");
        assert_eq!(with_defaults(model(&other)), model(&other));
    }

    #[test]
    fn what_is_no_protocol_buffer_stays() {
        for bytes in [&b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"[..], b"", b"\x3a\x7f\x00", b"\x3d\x00"]
        {
            assert_eq!(with_defaults(bytes.to_vec()), bytes);
        }
    }
}
