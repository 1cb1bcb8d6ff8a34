//! An ONNX file run forward only.

use super::library::Library;
use super::source::Source;
use crate::error::{Error, ErrorKind};
use crate::tensor::Tensor;

/// A file run by rten, or by the user's own onnxruntime.
pub(super) struct ForwardOnly {
    source: Box<Source>,
    library: Option<Library>,
    /// Why it has no gradients.
    pub(super) refusal: String,
}

impl ForwardOnly {
    /// Run by `library`; without one by rten.
    pub(super) fn new(source: Source, library: Option<Library>, refusal: String) -> Self {
        Self { source: Box::new(source), library, refusal }
    }

    /// Whether rten runs it.
    pub(super) fn is_rten(&self) -> bool {
        self.library.is_none()
    }

    /// The values called `names`; where the file fixes the size of a batch, in parts of it, the last one filled up with black
    /// images that are dropped again.
    pub(super) fn run(&self, batch: &Tensor, names: &[&str]) -> Result<Vec<Tensor>, Error> {
        let Some(size) = self.source.fixed_batch else { return self.run_whole(batch, names) };
        let [height, width, channels] = self.source.input_shape;
        let mut joined: Vec<(Vec<usize>, Vec<f32>)> = vec![(Vec::new(), Vec::new()); names.len()];
        for part in batch.values().chunks(size * batch.item_len()) {
            let n_images = part.len() / batch.item_len();
            let mut values = part.to_vec();
            values.resize(size * batch.item_len(), 0.0);
            let part = Tensor::from_parts(vec![size, height, width, channels], values);
            for ((shape, values), output) in joined.iter_mut().zip(self.run_whole(&part, names)?) {
                *shape = output.shape()[1..].to_vec();
                values.extend_from_slice(&output.values()[..n_images * output.item_len()]);
            }
        }
        let join = |(shape, values): (Vec<usize>, Vec<f32>)| {
            Tensor::from_parts([&[batch.n_items()], &shape[..]].concat(), values)
        };
        Ok(joined.into_iter().map(join).collect())
    }

    /// Each value once, as the engines demand it.
    fn run_whole(&self, batch: &Tensor, names: &[&str]) -> Result<Vec<Tensor>, Error> {
        let mut once = names.to_vec();
        once.sort_unstable();
        once.dedup();
        let values = match &self.library {
            Some(library) => library.run(&self.source, batch, &once)?,
            None => self.source.run(batch, &once)?,
        };
        let found = names.iter().map(|name| {
            let value = values[once.partition_point(|other| other < name)].as_ref();
            let fits = value.filter(|value| value.n_items() == batch.n_items());
            fits.cloned().ok_or_else(|| {
                ErrorKind::OnnxRun { reason: format!("{name} has not one item per image") }.into()
            })
        });
        found.collect()
    }
}
