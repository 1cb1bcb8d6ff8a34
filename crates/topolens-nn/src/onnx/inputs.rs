//! The inputs of an ONNX graph: which takes the images, and what fills the others; and which output is the answer.

use std::fmt;

use rten_onnx::onnx::{DataType, Dimension, GraphProto, ModelProto, ValueInfoProto};

use crate::error::{Error, ErrorKind};
use crate::tensor::Tensor;

/// Numbers of a constant input: beyond it a damaged file is likelier than a network.
const LARGEST_CONSTANT: usize = 1 << 26;

/// Which input of an ONNX file takes the images, the number that fills each of the others, and which output is the network's answer.
///
/// # Examples
///
/// ```
/// use topolens_nn::onnx::Inputs;
///
/// let inputs = Inputs::default().images("pixels").constant("time", 0.5);
/// assert_eq!(inputs.to_string(), "images into pixels, time = 0.5");
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Inputs {
    images: Option<String>,
    constants: Vec<(String, f64)>,
    output: Option<String>,
}

impl Inputs {
    /// The images go into the input called `name`; without it into the one that has no constant.
    #[must_use]
    pub fn images(mut self, name: impl Into<String>) -> Self {
        self.images = Some(name.into());
        self
    }

    /// The input called `name` is filled with `value`.
    #[must_use]
    pub fn constant(mut self, name: impl Into<String>, value: f64) -> Self {
        self.constants.push((name.into(), value));
        self
    }

    /// The output called `name` is the network's answer; without it, of several, the one that is computed last of those with a row of
    /// numbers for each image.
    #[must_use]
    pub fn output(mut self, name: impl Into<String>) -> Self {
        self.output = Some(name.into());
        self
    }

    /// Whether nothing was said.
    pub fn is_empty(&self) -> bool {
        self.images.is_none() && self.constants.is_empty() && self.output.is_none()
    }

    /// The output that was named.
    pub(super) fn named_output(&self) -> Option<&str> {
        self.output.as_deref()
    }
}

impl fmt::Display for Inputs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let images = self.images.iter().map(|name| format!("images into {name}"));
        let constants = self.constants.iter().map(|(name, value)| format!("{name} = {value}"));
        let output = self.output.iter().map(|name| format!("answer out of {name}"));
        f.write_str(&images.chain(constants).chain(output).collect::<Vec<_>>().join(", "))
    }
}

/// An axis of an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Axis {
    Fixed(usize),
    /// Open, under the name that the file gives it.
    Open(String),
}

impl Axis {
    fn of(dimension: &Dimension) -> Self {
        let extent = dimension.dim_value.and_then(|extent| usize::try_from(extent).ok());
        match extent.filter(|extent| *extent > 0) {
            Some(extent) => Self::Fixed(extent),
            None => Self::Open(dimension.dim_param.clone().unwrap_or_default()),
        }
    }
}

impl fmt::Display for Axis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(extent) => extent.fmt(f),
            Self::Open(name) => f.write_str(if name.is_empty() { "?" } else { name }),
        }
    }
}

/// An input as the file declares it.
#[derive(Debug, Clone)]
struct Declared {
    name: String,
    element: Option<DataType>,
    /// None if the file does not say.
    axes: Option<Vec<Axis>>,
}

impl Declared {
    fn of(info: &ValueInfoProto) -> Self {
        let tensor = info.r#type.as_ref().and_then(|declared| declared.tensor_type.as_ref());
        let shape = tensor.and_then(|tensor| tensor.shape.as_ref());
        Self {
            name: info.name.clone().unwrap_or_default(),
            element: tensor.and_then(|tensor| tensor.elem_type),
            axes: shape.map(|shape| shape.dim.iter().map(Axis::of).collect()),
        }
    }

    fn element_name(&self) -> String {
        match self.element {
            Some(DataType::FLOAT) => "float32".to_owned(),
            Some(DataType::DOUBLE) => "float64".to_owned(),
            Some(element) => element.to_string().to_lowercase(),
            None => "of unknown type".to_owned(),
        }
    }

    fn is_float(&self) -> bool {
        matches!(self.element, Some(DataType::FLOAT | DataType::FLOAT16 | DataType::DOUBLE))
    }

    fn looks_like_images(&self) -> bool {
        self.is_float() && self.axes.as_ref().is_some_and(|axes| axes.len() == 4)
    }
}

/// As `images: float32, n x 3 x 32 x 32`.
impl fmt::Display for Declared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}, ", self.name, self.element_name())?;
        match self.axes.as_deref() {
            None => f.write_str("of unknown shape"),
            Some([]) => f.write_str("one number"),
            Some(axes) => f.write_str(&axes.iter().map(ToString::to_string).collect::<Vec<_>>().join(" x ")),
        }
    }
}

/// One number in the type that an input takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Fill {
    Float(f32),
    Int32(i32),
    Int8(i8),
    UInt8(u8),
}

/// An input that is filled with one number.
#[derive(Debug, Clone)]
pub(super) struct Constant {
    pub(super) name: String,
    pub(super) fill: Fill,
    axes: Vec<Axis>,
}

impl Constant {
    /// Its shape beside that many images: an open first axis follows the batch.
    pub(super) fn shape(&self, n_images: usize) -> Vec<usize> {
        let extent = |axis: &Axis| match axis {
            Axis::Fixed(extent) => *extent,
            Axis::Open(_) => n_images,
        };
        self.axes.iter().map(extent).collect()
    }

    /// The number that it is filled with.
    pub(super) fn number(&self) -> f64 {
        match self.fill {
            Fill::Float(number) => f64::from(number),
            Fill::Int32(number) => f64::from(number),
            Fill::Int8(number) => f64::from(number),
            Fill::UInt8(number) => f64::from(number),
        }
    }

    /// Its content beside that many images, integers as single-precision numbers.
    pub(super) fn tensor(&self, n_images: usize) -> Tensor {
        let shape = self.shape(n_images);
        let n_values = shape.iter().product();
        Tensor::from_parts(shape, vec![self.number() as f32; n_values])
    }
}

/// The inputs of a graph with what goes into them.
#[derive(Debug)]
pub(super) struct Filled {
    /// The input of the images.
    pub(super) images: String,
    pub(super) constants: Vec<Constant>,
}

/// Who says what is wrong with the inputs of a file.
struct Refused<'a> {
    file: &'a str,
    declared: &'a [Declared],
}

/// Says which input of `model`, the content of `file`, takes the images, and what fills the others.
///
/// # Errors
///
/// An input is not there, is named twice or left out, cannot be filled with its number, or is open in more than the batch.
pub(super) fn fill(file: &str, model: &ModelProto, given: &Inputs) -> Result<Filled, Error> {
    let declared = model.graph.as_ref().map(declared).unwrap_or_default();
    let refused = Refused { file, declared: &declared };
    let is_there = |name: &String| declared.iter().any(|input| input.name == *name);
    if let Some(name) = given.images.as_ref().filter(|name| !is_there(name)) {
        return Err(refused.unknown("input", name));
    }
    for (at, (name, _)) in given.constants.iter().enumerate() {
        if !is_there(name) {
            return Err(refused.unknown("constant", name));
        }
        if given.constants[..at].iter().any(|(earlier, _)| earlier == name) {
            return Err(refused.argument("constant", format!("{name} is filled twice; give one number")));
        }
        if given.images.as_ref() == Some(name) {
            let reason = format!("{name} takes the images, it cannot be filled with a number as well");
            return Err(refused.argument("constant", reason));
        }
    }
    let value = |input: &Declared| given.constants.iter().find(|(name, _)| *name == input.name);
    let open: Vec<&Declared> = declared
        .iter()
        .filter(|input| value(input).is_none() && given.images.as_ref() != Some(&input.name))
        .collect();
    let images = match (&given.images, &open[..]) {
        (Some(images), []) => images.clone(),
        (None, [only]) => only.name.clone(),
        _ => return Err(refused.open(given, &open)),
    };
    if let Some(input) =
        declared.iter().find(|input| input.name == images && input.element.is_some() && !input.is_float())
    {
        let reason = format!("{} is {}; images go in as float32", input.name, input.element_name());
        return Err(refused.argument("input", reason));
    }
    let constants = declared.iter().filter_map(|input| Some((input, value(input)?.1)));
    let constants: Result<Vec<Constant>, Error> =
        constants.map(|(input, value)| refused.constant(input, value)).collect();
    Ok(Filled { images, constants: constants? })
}

/// The inputs of a graph; older files list their weights among them.
fn declared(graph: &GraphProto) -> Vec<Declared> {
    let is_weight =
        |input: &&ValueInfoProto| graph.initializer.iter().any(|weight| weight.name == input.name);
    graph.input.iter().filter(|input| !is_weight(input)).map(Declared::of).collect()
}

impl Refused<'_> {
    fn argument(&self, argument: &'static str, reason: String) -> Error {
        ErrorKind::OnnxInput { argument, file: self.file.to_owned(), reason }.into()
    }

    fn all(&self) -> String {
        let all: Vec<String> = self.declared.iter().map(ToString::to_string).collect();
        if all.is_empty() { "none".to_owned() } else { all.join("; ") }
    }

    fn unknown(&self, argument: &'static str, name: &str) -> Error {
        self.argument(argument, format!("there is no input {name:?}; the inputs are: {}", self.all()))
    }

    /// Inputs that neither take the images nor are filled, with what is to be said of them.
    fn open(&self, given: &Inputs, open: &[&Declared]) -> Error {
        let likely = || open.iter().find(|input| input.looks_like_images()).or(open.first());
        let images = given.images.as_ref().or(likely().map(|input| &input.name));
        let images_flag =
            images.filter(|_| given.images.is_none()).map(|name| format!("`input` {}", quoted(name)));
        let others = open.iter().filter(|input| Some(&input.name) != images);
        let flags: Vec<String> = images_flag
            .into_iter()
            .chain(others.map(|input| format!("`constant` {}", quoted(&format!("{}=VALUE", input.name)))))
            .collect();
        let reason = if self.declared.is_empty() {
            "it has no input for images".to_owned()
        } else if open.is_empty() {
            format!("every input is filled with a number and none is left for the images ({})", self.all())
        } else {
            format!(
                "it has {} inputs ({}); say which takes the images and what number fills each of the others: {}",
                self.declared.len(),
                self.all(),
                flags.join(" ")
            )
        };
        ErrorKind::UnsupportedOnnx { file: self.file.to_owned(), reason }.into()
    }

    fn constant(&self, input: &Declared, value: f64) -> Result<Constant, Error> {
        let refused = |reason: String| self.argument("constant", format!("{}: {reason}", input.name));
        let fill = filling(input, value).map_err(refused)?;
        let axes =
            input.axes.clone().ok_or_else(|| refused("the file does not state its shape".to_owned()))?;
        let open = axes.iter().enumerate().skip(1).find(|(_, axis)| matches!(axis, Axis::Open(_)));
        if let Some((at, axis)) = open {
            return Err(refused(format!(
                "its axis {at} ({axis}) is open, and only the first can be, for the batch; export it with a fixed size"
            )));
        }
        let n_values = axes.iter().try_fold(1_usize, |product, axis| match axis {
            Axis::Fixed(extent) => product.checked_mul(*extent),
            Axis::Open(_) => Some(product),
        });
        if n_values.is_none_or(|n_values| n_values > LARGEST_CONSTANT) {
            return Err(refused(format!("it holds more than {LARGEST_CONSTANT} numbers")));
        }
        Ok(Constant { name: input.name.clone(), fill, axes })
    }
}

/// A name as a shell takes it.
fn quoted(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_./:=-".contains(c);
    if name.chars().all(is_plain) { name.to_owned() } else { format!("'{name}'") }
}

/// The number as the input takes it, or why it cannot be.
#[expect(clippy::cast_sign_loss, reason = "checked")]
fn filling(input: &Declared, value: f64) -> Result<Fill, String> {
    if !value.is_finite() {
        return Err(format!("{value} is no finite number"));
    }
    let whole = |least: f64, most: f64| {
        let is_one = value.fract() == 0.0 && (least..=most).contains(&value);
        let words = || {
            format!(
                "{value} is no whole number from {least} to {most}, with which an input of {} can be filled",
                input.element_name()
            )
        };
        if is_one { Ok(value) } else { Err(words()) }
    };
    match input.element {
        Some(DataType::FLOAT | DataType::FLOAT16 | DataType::DOUBLE) => {
            let most = if input.element == Some(DataType::FLOAT16) { 65504.0 } else { f64::from(f32::MAX) };
            let words = || format!("{value} is too large for {}", input.element_name());
            if value.abs() <= most { Ok(Fill::Float(value as f32)) } else { Err(words()) }
        }
        Some(DataType::BOOL) if [0.0, 1.0].contains(&value) => Ok(Fill::Int32(value as i32)),
        Some(DataType::BOOL) => {
            Err(format!("{value} is neither 0 nor 1 (false, true), which an input of bool takes"))
        }
        Some(DataType::INT32 | DataType::INT64) => {
            whole(f64::from(i32::MIN), f64::from(i32::MAX)).map(|value| Fill::Int32(value as i32))
        }
        Some(DataType::INT8) => whole(-128.0, 127.0).map(|value| Fill::Int8(value as i8)),
        Some(DataType::UINT8) => whole(0.0, 255.0).map(|value| Fill::UInt8(value as u8)),
        _ => Err(format!(
            "an input of {} cannot be filled with a number; export the network without it",
            input.element_name()
        )),
    }
}
