//! A node of an ONNX graph.

use rten_onnx::onnx::{AttributeProto, NodeProto};

/// An operator with the names of its inputs and outputs.
#[derive(Debug)]
pub(super) struct Node(NodeProto);

impl Node {
    pub(super) fn new(node: NodeProto) -> Self {
        Self(node)
    }

    /// The operator.
    pub(super) fn operator(&self) -> &str {
        self.0.op_type.as_deref().unwrap_or_default()
    }

    /// The names of the values it takes; an input left out has an empty name.
    pub(super) fn inputs(&self) -> &[String] {
        &self.0.input
    }

    /// The names of the values it puts out.
    pub(super) fn outputs(&self) -> impl Iterator<Item = &String> {
        self.0.output.iter().filter(|name| !name.is_empty())
    }

    /// The name of its first output.
    pub(super) fn output(&self) -> &str {
        self.0.output.first().map_or("", String::as_str)
    }

    /// Whether it computes with the numbers of a value that `is_one` holds for, not with its shape alone.
    pub(super) fn depends_on(&self, is_one: impl Fn(&str) -> bool) -> bool {
        !matches!(self.operator(), "Shape" | "Size") && self.inputs().iter().any(|name| is_one(name))
    }

    /// A number; `other` if the file does not state it.
    pub(super) fn integer(&self, name: &str, other: i64) -> i64 {
        self.attribute(name).and_then(|attribute| attribute.i).unwrap_or(other)
    }

    /// As [`Node::integer`].
    pub(super) fn float(&self, name: &str, other: f32) -> f64 {
        f64::from(self.attribute(name).and_then(|attribute| attribute.f).unwrap_or(other))
    }

    /// A list of numbers, if the file states it.
    pub(super) fn integers(&self, name: &str) -> Option<&[i64]> {
        self.attribute(name).map(|attribute| attribute.ints.as_slice())
    }

    /// A word; empty if the file does not state it.
    pub(super) fn word(&self, name: &str) -> &str {
        self.attribute(name).and_then(|attribute| attribute.s.as_deref()).unwrap_or_default()
    }

    fn attribute(&self, name: &str) -> Option<&AttributeProto> {
        self.0.attribute.iter().find(|attribute| attribute.name.as_deref() == Some(name))
    }
}
