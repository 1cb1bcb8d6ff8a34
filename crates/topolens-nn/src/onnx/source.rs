//! An ONNX graph that can be run up to any of its values: the only file that knows rten's functions.

use std::sync::Arc;

use rten::{Dimension, Model, ModelOptions, NodeId, RunOptions, ThreadPool, Value};
use rten_tensor::Layout;

use super::layout::{from_channels_first, to_channels_first};
use crate::error::{Error, ErrorKind};
use crate::tensor::Tensor;

/// The graph with the place of its one input.
pub(super) struct Source {
    model: Model,
    input: NodeId,
    threads: Arc<ThreadPool>,
    /// Height, width, channels.
    pub(super) input_shape: [usize; 3],
    /// The number of images in a batch when the file fixes it.
    pub(super) fixed_batch: Option<usize>,
    /// Name of the first output.
    pub(super) output: String,
}

impl Source {
    /// Opens the content of `file`; graph optimisation is off so that every value of the file stays.
    pub(super) fn open(file: &str, bytes: Vec<u8>) -> Result<Self, Error> {
        let refused =
            |reason: String| Error::from(ErrorKind::UnsupportedOnnx { file: file.to_owned(), reason });
        let opened = ModelOptions::with_all_ops().enable_optimization(false).load(bytes);
        let model = opened.map_err(|error| refused(error.to_string()))?;
        let [input] = *model.input_ids() else {
            return Err(refused(format!(
                "it has {} inputs; one batch of images is needed",
                model.input_ids().len()
            )));
        };
        let shape = model.input_shape(0).unwrap_or_default();
        let [batch, channels, height, width] = &shape[..] else {
            return Err(refused(format!(
                "its input has {} axes; N, channels, height, width are needed",
                shape.len()
            )));
        };
        let fixed = |axis: &Dimension| match axis {
            Dimension::Fixed(extent) if *extent > 0 => Some(*extent),
            _ => None,
        };
        let (Some(height), Some(width), Some(channels)) = (fixed(height), fixed(width), fixed(channels))
        else {
            return Err(refused(
                "its input leaves the image size open; export it with a fixed size".to_owned(),
            ));
        };
        let fixed_batch = fixed(batch);
        let name =
            model.output_ids().first().and_then(|id| model.node_info(*id)).and_then(|info| info.name());
        let output = name.map(str::to_owned).ok_or_else(|| refused("its output has no name".to_owned()))?;
        let threads = Arc::new(ThreadPool::with_num_threads(rayon::current_num_threads()));
        Ok(Self { model, input, threads, input_shape: [height, width, channels], fixed_batch, output })
    }

    /// The values called `names`, channels last; none for those that are not single-precision numbers.
    pub(super) fn run(&self, batch: &Tensor, names: &[&str]) -> Result<Vec<Option<Tensor>>, Error> {
        let failed = |reason: String| Error::from(ErrorKind::OnnxRun { reason });
        let [height, width, channels] = self.input_shape;
        let shape = [batch.n_items(), channels, height, width];
        let input = Value::from_shape(&shape[..], to_channels_first(batch))
            .map_err(|error| failed(error.to_string()))?;
        let ids: Result<Vec<NodeId>, _> = names.iter().map(|name| self.model.node_id(name)).collect();
        let ids = ids.map_err(|error| failed(error.to_string()))?;
        let options = RunOptions::default().with_thread_pool(Some(self.threads.clone()));
        let values = self.model.run(vec![(self.input, input.into())], &ids, Some(options));
        let values = values.map_err(|error| failed(error.to_string()))?;
        Ok(values.into_iter().map(tensor).collect())
    }
}

fn tensor(value: Value) -> Option<Tensor> {
    let tensor = value.into_tensor::<f32>()?;
    let shape = tensor.shape().to_vec();
    Some(from_channels_first(&shape, tensor.into_data()))
}
