//! Whether every field of a file ends inside the message that holds it: rten's reader reserves what a length claims.

use super::wire::{are_varints, fields};

/// Graphs in graphs deeper than this are no network.
const MAX_DEPTH: usize = 32;

/// The messages of ONNX that hold messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Message {
    Model,
    Graph,
    Node,
    Attribute,
    Tensor,
    Value,
    Type,
    Shaped,
    Shape,
    Flat,
    /// Numbers one after the other: of as many bytes as they need, of four, of eight.
    Varints,
    Fours,
    Eights,
}

impl Message {
    /// The messages in it, by the number of their field.
    fn parts(self) -> &'static [(u64, Self)] {
        match self {
            Self::Model => &[(7, Self::Graph), (8, Self::Flat), (14, Self::Flat)],
            Self::Graph => {
                &[(1, Self::Node), (5, Self::Tensor), (11, Self::Value), (12, Self::Value), (13, Self::Value)]
            }
            Self::Node => &[(5, Self::Attribute)],
            Self::Attribute => &[
                (5, Self::Tensor),
                (6, Self::Graph),
                (7, Self::Fours),
                (8, Self::Varints),
                (10, Self::Tensor),
                (11, Self::Graph),
            ],
            Self::Tensor => &[
                (1, Self::Varints),
                (4, Self::Fours),
                (5, Self::Varints),
                (7, Self::Varints),
                (10, Self::Eights),
                (11, Self::Varints),
                (13, Self::Flat),
            ],
            Self::Value => &[(2, Self::Type)],
            Self::Type => &[(1, Self::Shaped), (4, Self::Shaped), (8, Self::Shaped), (9, Self::Shaped)],
            Self::Shaped => &[(1, Self::Type), (2, Self::Shape)],
            Self::Shape => &[(1, Self::Flat)],
            Self::Flat | Self::Varints | Self::Fours | Self::Eights => &[],
        }
    }

    fn is_whole(self, bytes: &[u8], depth: usize) -> bool {
        match self {
            Self::Varints => return are_varints(bytes),
            Self::Fours => return bytes.len().is_multiple_of(4),
            Self::Eights => return bytes.len().is_multiple_of(8),
            _ => {}
        }
        let Some(found) = fields(bytes).filter(|_| depth < MAX_DEPTH) else { return false };
        let parts = self.parts();
        found.iter().all(|field| {
            let mut inner = parts.iter().filter_map(|(number, part)| Some((field.content(*number)?, part)));
            inner.all(|(content, part)| part.is_whole(content, depth + 1))
        })
    }
}

/// Whether the file is made of whole messages.
pub(super) fn is_whole(file: &[u8]) -> bool {
    Message::Model.is_whole(file, 0)
}

#[cfg(test)]
mod tests {
    use super::super::wire::append;
    use super::*;

    #[test]
    fn a_length_that_leaves_its_message_is_found_at_any_depth() {
        let mut tensor = Vec::new();
        append(&mut tensor, 9, b"1234");
        let wrap = |tensor: &[u8]| {
            let (mut graph, mut file) = (Vec::new(), Vec::new());
            append(&mut graph, 5, tensor);
            append(&mut file, 7, &graph);
            file
        };
        assert!(is_whole(&wrap(&tensor)));
        let mut dims = Vec::new();
        append(&mut dims, 1, b"\x03\x83");
        assert!(!is_whole(&wrap(&dims)), "a number that goes on behind its field");
        tensor[1] = 5;
        assert!(!is_whole(&wrap(&tensor)));
        assert!(is_whole(b"") && !is_whole(b"\x3a\x7f\x00"));
        let mut nested = Vec::new();
        for _ in 0..MAX_DEPTH {
            let mut attribute = Vec::new();
            append(&mut attribute, 6, &nested);
            let mut node = Vec::new();
            append(&mut node, 5, &attribute);
            nested = Vec::new();
            append(&mut nested, 1, &node);
        }
        let mut file = Vec::new();
        append(&mut file, 7, &nested);
        assert!(!is_whole(&file));
    }
}
