//! An ONNX graph that can be run up to any of its values: the only file that knows rten's functions.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rten::{DataType, Dimension, Model, ModelOptions, NodeId, RunOptions, ThreadPool, Value, ValueType};
use rten_tensor::Layout;

use super::external::ExternalData;
use super::inputs::{Constant, Fill, Filled};
use super::layout::{from_channels_first, to_channels_first};
use super::lower::Values;
use crate::error::{Error, ErrorKind};
use crate::tensor::Tensor;

/// Numbers of an image: beyond it a damaged file is likelier than a network.
const LARGEST_IMAGE: usize = 1 << 26;
/// Images of a batch that a file may demand.
const LARGEST_BATCH: usize = 1 << 12;

/// The graph with the places of its inputs.
pub(super) struct Source {
    model: Model,
    /// The node that takes the images, and its name.
    pub(super) input: (NodeId, String),
    /// The nodes that are filled with one number each.
    constants: Vec<(NodeId, Constant)>,
    threads: Arc<ThreadPool>,
    /// Height, width, channels.
    pub(super) input_shape: [usize; 3],
    /// The file takes channels after height and width.
    is_channels_last: bool,
    /// The number of images in a batch when the file fixes it.
    pub(super) fixed_batch: Option<usize>,
    /// Names of the outputs.
    pub(super) outputs: Vec<String>,
}

impl Source {
    /// Opens the content of `file`; graph optimisation is off so that every value of the file stays.
    pub(super) fn open(
        file: &str,
        bytes: Vec<u8>,
        external: ExternalData,
        filled: Filled,
    ) -> Result<Self, Error> {
        let refused =
            |reason: String| Error::from(ErrorKind::UnsupportedOnnx { file: file.to_owned(), reason });
        let mut options = ModelOptions::with_all_ops();
        options.enable_optimization(false);
        for (location, content) in external {
            options.external_data(&location, content);
        }
        let model = options.load(bytes).map_err(|error| refused(error.to_string()))?;
        let node = |name: &str| model.node_id(name).map_err(|error| refused(error.to_string()));
        let input = node(&filled.images)?;
        let constants = filled.constants.into_iter().map(|constant| Ok((node(&constant.name)?, constant)));
        let constants = constants.collect::<Result<Vec<_>, Error>>()?;
        let shape = model.node_info(input).and_then(|info| info.shape()).unwrap_or_default();
        let [batch, second, third, fourth] = &shape[..] else {
            return Err(refused(format!(
                "its input {} has {} axes; N, channels, height, width or N, height, width, channels are needed",
                filled.images,
                shape.len()
            )));
        };
        let fixed = |axis: &Dimension| match axis {
            Dimension::Fixed(extent) if *extent > 0 => Some(*extent),
            _ => None,
        };
        let is_channels_last = !is_colours(fixed(second)) && is_colours(fixed(fourth));
        let [channels, height, width] =
            if is_channels_last { [fourth, second, third] } else { [second, third, fourth] };
        let (Some(height), Some(width), Some(channels)) = (fixed(height), fixed(width), fixed(channels))
        else {
            return Err(refused(
                "its input leaves the image size open; export it with a fixed size".to_owned(),
            ));
        };
        let n_values = [height, width, channels]
            .iter()
            .try_fold(1_usize, |product, extent| product.checked_mul(*extent));
        if n_values.is_none_or(|n_values| n_values > LARGEST_IMAGE) {
            return Err(refused(format!(
                "its images of {channels} x {height} x {width} hold more than {LARGEST_IMAGE} numbers"
            )));
        }
        let fixed_batch = fixed(batch);
        if fixed_batch.is_some_and(|size| size > LARGEST_BATCH) {
            return Err(refused(format!("it demands batches of more than {LARGEST_BATCH} images")));
        }
        let input = (input, filled.images);
        let name = |id: &NodeId| model.node_info(*id).and_then(|info| info.name()).map(str::to_owned);
        let outputs: Vec<String> = model.output_ids().iter().filter_map(name).collect();
        if outputs.is_empty() {
            return Err(refused("its output has no name".to_owned()));
        }
        let threads = Arc::new(ThreadPool::with_num_threads(rayon::current_num_threads()));
        let input_shape = [height, width, channels];
        Ok(Self { model, input, constants, threads, input_shape, is_channels_last, fixed_batch, outputs })
    }

    /// The values called `names`, channels last; none for those that are not single-precision numbers.
    pub(super) fn run(&self, batch: &Tensor, names: &[&str]) -> Result<Vec<Option<Tensor>>, Error> {
        Ok(self.values(batch, names)?.into_iter().map(tensor).collect())
    }

    /// What is known of the values called `names` after a run on black images; `on_images` says which hang on the images.
    pub(super) fn known(&self, names: &[&str], on_images: impl Fn(&str) -> bool) -> Result<Values, Error> {
        let n_images = self.fixed_batch.unwrap_or(2);
        let [height, width, channels] = self.input_shape;
        let black = Tensor::zeros(&[n_images, height, width, channels]);
        let is_channels_last = self.is_channels_last;
        let mut known = Values { n_images, is_channels_last, ..Values::default() };
        known.shapes.insert(self.input.1.clone(), self.file_shape(n_images).to_vec());
        let constants = self.constants.iter();
        known.constants.extend(constants.map(|(_, filled)| (filled.name.clone(), filled.tensor(n_images))));
        for (name, value) in names.iter().zip(self.values(&black, names)?) {
            if !on_images(name) {
                known.constants.extend(constant(value).map(|constant| ((*name).to_owned(), constant)));
            } else if value.dtype() == ValueType::Tensor(DataType::Float) {
                known.shapes.insert((*name).to_owned(), value.shape().to_vec());
            }
        }
        Ok(known)
    }

    /// Whether the value called `name` goes in.
    pub(super) fn is_input(&self, name: &str) -> bool {
        self.input.1 == name || self.constants.iter().any(|(_, constant)| constant.name == name)
    }

    /// What is filled with one number each.
    #[cfg(feature = "ort")]
    pub(super) fn constants(&self) -> impl Iterator<Item = &Constant> {
        self.constants.iter().map(|(_, constant)| constant)
    }

    /// Shape and values of a batch as the file takes it.
    pub(super) fn as_written(&self, batch: &Tensor) -> (Vec<usize>, Vec<f32>) {
        let values = if self.is_channels_last { batch.values().to_vec() } else { to_channels_first(batch) };
        (self.file_shape(batch.n_items()).to_vec(), values)
    }

    /// The shape of a batch as the file takes it.
    fn file_shape(&self, n_images: usize) -> [usize; 4] {
        let [height, width, channels] = self.input_shape;
        if self.is_channels_last {
            [n_images, height, width, channels]
        } else {
            [n_images, channels, height, width]
        }
    }

    fn values(&self, batch: &Tensor, names: &[&str]) -> Result<Vec<Value>, Error> {
        let failed = |reason: String| Error::from(ErrorKind::OnnxRun { reason });
        let (shape, values) = self.as_written(batch);
        let input = Value::from_shape(&shape[..], values).map_err(|error| failed(error.to_string()))?;
        let ids: Result<Vec<NodeId>, _> = names.iter().map(|name| self.model.node_id(name)).collect();
        let ids = ids.map_err(|error| failed(error.to_string()))?;
        let mut inputs = vec![(self.input.0, input.into())];
        for (id, constant) in &self.constants {
            let filled = filled(constant, batch.n_items()).map_err(failed)?;
            inputs.push((*id, filled.into()));
        }
        let options = RunOptions::default().with_thread_pool(Some(self.threads.clone()));
        // Numbers that no exporter writes make some operators panic instead of refusing them.
        let run = || self.model.run(inputs, &ids, Some(options));
        let values = catch_unwind(AssertUnwindSafe(run));
        let values = values.map_err(|_| failed("one of its operators ended the run".to_owned()))?;
        values.map_err(|error| failed(error.to_string()))
    }
}

/// A constant beside that many images.
fn filled(constant: &Constant, n_images: usize) -> Result<Value, String> {
    let shape = constant.shape(n_images);
    let n = shape.iter().product();
    match constant.fill {
        Fill::Float(number) => value(&shape, vec![number; n]),
        Fill::Int32(number) => value(&shape, vec![number; n]),
        Fill::Int8(number) => value(&shape, vec![number; n]),
        Fill::UInt8(number) => value(&shape, vec![number; n]),
    }
}

fn value<T>(shape: &[usize], values: Vec<T>) -> Result<Value, String>
where
    Value: From<rten_tensor::Tensor<T>>,
{
    Value::from_shape(shape, values).map_err(|error| error.to_string())
}

/// Whether an extent is that of the channels of images: grey, colours, colours and opacity.
fn is_colours(extent: Option<usize>) -> bool {
    matches!(extent, Some(1 | 3 | 4))
}

fn tensor(value: Value) -> Option<Tensor> {
    let tensor = value.into_tensor::<f32>()?;
    let shape = tensor.shape().to_vec();
    Some(from_channels_first(&shape, tensor.into_data()))
}

/// Numbers as the file has them; integers as single-precision numbers.
fn constant(value: Value) -> Option<Tensor> {
    if value.dtype() == ValueType::Tensor(DataType::Int32) {
        let integers = value.into_tensor::<i32>()?;
        let shape = integers.shape().to_vec();
        return Some(Tensor::from_parts(
            shape,
            integers.into_data().iter().map(|value| *value as f32).collect(),
        ));
    }
    let tensor = value.into_tensor::<f32>()?;
    let shape = tensor.shape().to_vec();
    Some(Tensor::from_parts(shape, tensor.into_data()))
}
