//! Checkpoints in their folder.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::tensors;
use crate::error::{Error, ErrorKind};
use crate::model::Model;
use crate::tensor::Tensor;
use crate::train::CheckpointCard;
use crate::train::optimizer::OptimizerState;

/// A network with its card.
#[derive(Debug, Clone)]
pub struct Checkpoint {
    /// What it is.
    pub card: CheckpointCard,
    /// The network.
    pub model: Model,
    /// The last iterates of the weights, iterates × numbers, if they are recorded.
    pub trajectory: Option<Tensor>,
}

impl Checkpoint {
    /// Reads `NAME.safetensors` and `NAME.json` beside it.
    ///
    /// # Errors
    ///
    /// If a file cannot be read, is damaged, or belongs to another network; the message names the file and the tensor.
    pub fn load(path: &Path) -> Result<Self, Error> {
        let (weights, card) = read_pair(path)?;
        Self::from_bytes(&path.display().to_string(), &weights, &card)
    }

    /// Reads the content of the two files; `name` stands for the file of weights in messages.
    ///
    /// # Errors
    ///
    /// As [`Checkpoint::load`].
    pub fn from_bytes(name: &str, weights: &[u8], card: &[u8]) -> Result<Self, Error> {
        let card_name = Path::new(name).with_extension("json").display().to_string();
        let card = CheckpointCard::parse(&card_name, card)?;
        let mut model = card.model.build()?;
        tensors::decode_model(name, weights, &mut model)?;
        let trajectory = tensors::decode_trajectory(name, weights)?;
        Ok(Self { card, model, trajectory })
    }

    /// Reads what [`Checkpoint::load`] does and the optimiser's memory.
    pub(in crate::train) fn load_with_optimizer(path: &Path) -> Result<(Self, OptimizerState), Error> {
        let (weights, card) = read_pair(path)?;
        let name = path.display().to_string();
        let checkpoint = Self::from_bytes(&name, &weights, &card)?;
        let parameters = &checkpoint.model.graph().parameters;
        let mut optimizer = OptimizerState::new(checkpoint.card.settings.optimizer, parameters);
        tensors::decode_optimizer(&name, &weights, parameters, &mut optimizer)?;
        optimizer.set_step(checkpoint.card.step);
        Ok((checkpoint, optimizer))
    }

    /// Writes both files into `folder`, the card last: a checkpoint with a card is complete.
    pub(in crate::train) fn save(&self, folder: &Path, optimizer: &OptimizerState) -> Result<(), Error> {
        self.write(&checkpoint_path(folder, self.card.epoch), Some(optimizer))
    }

    /// Writes what is there after a step, without the optimiser's memory.
    pub(in crate::train) fn save_step(&self, folder: &Path) -> Result<(), Error> {
        self.write(&folder.join(format!("step-{:08}.safetensors", self.card.step)), None)
    }

    fn write(&self, path: &Path, optimizer: Option<&OptimizerState>) -> Result<(), Error> {
        let folder = path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(|source| Error::io("create", folder, source))?;
        let card_path = path.with_extension("json");
        let name = path.display().to_string();
        let weights = tensors::encode(&name, &self.model, optimizer, self.trajectory.as_ref())?;
        let mut card = serde_json::to_vec_pretty(&self.card)
            .map_err(|source| Error::io("write", &card_path, source.into()))?;
        card.push(b'\n');
        write_atomically(path, &weights)?;
        write_atomically(&card_path, &card)
    }
}

fn read_pair(path: &Path) -> Result<(Vec<u8>, Vec<u8>), Error> {
    let read = |path: &Path| fs::read(path).map_err(|source| Error::io("read", path, source));
    Ok((read(path)?, read(&path.with_extension("json"))?))
}

/// Writes a file beside `path` and puts it in its place, so that a reader finds all or nothing.
fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let failed = |source| Error::io("write", path, source);
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = readable_by_all().tempfile_in(folder).map_err(failed)?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(failed)?;
    file.persist(path).map(drop).map_err(|error| failed(error.error))
}

/// Temporary files that keep the permissions of ordinary files once they are renamed.
fn readable_by_all() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder
}

/// The file of the weights after `epoch` in the folder of checkpoints: `epoch-0012.safetensors`.
///
/// # Examples
///
/// ```
/// use std::path::Path;
/// use topolens_nn::train::checkpoint_path;
///
/// assert_eq!(checkpoint_path(Path::new("run"), 12), Path::new("run/epoch-0012.safetensors"));
/// ```
pub fn checkpoint_path(folder: &Path, epoch: usize) -> PathBuf {
    folder.join(format!("epoch-{epoch:04}.safetensors"))
}

/// The epochs whose checkpoints are complete (weights and card) in `folder`, ascending, each with its file of weights.
///
/// # Errors
///
/// If the folder cannot be listed; a folder that is missing has no checkpoints.
pub fn list_checkpoints(folder: &Path) -> Result<Vec<(usize, PathBuf)>, Error> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let failed = |source| Error::io("list", folder, source);
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let epoch = name.strip_prefix("epoch-").and_then(|rest| rest.strip_suffix(".safetensors"));
        if let Some(epoch) = epoch.and_then(|digits| digits.parse().ok())
            && path.with_extension("json").is_file()
        {
            found.push((epoch, path));
        }
    }
    found.sort();
    Ok(found)
}

/// Removes the checkpoints of epochs after `epoch`, which an earlier run may have left.
pub(in crate::train) fn remove_after(folder: &Path, epoch: usize) -> Result<(), Error> {
    remove(folder, |found| found > epoch)
}

/// Removes the checkpoints of the epochs that `is_unwanted`, the cards first.
pub(in crate::train) fn remove(folder: &Path, is_unwanted: impl Fn(usize) -> bool) -> Result<(), Error> {
    for (_, path) in list_checkpoints(folder)?.into_iter().filter(|(found, _)| is_unwanted(*found)) {
        for file in [path.with_extension("json"), path] {
            fs::remove_file(&file).map_err(|source| Error::io("remove", &file, source))?;
        }
    }
    Ok(())
}

/// The last complete checkpoint in `folder`.
pub(in crate::train) fn last_checkpoint(folder: &Path) -> Result<PathBuf, Error> {
    let last = list_checkpoints(folder)?.pop();
    last.map(|(_, path)| path).ok_or_else(|| ErrorKind::NoCheckpoint { folder: folder.to_path_buf() }.into())
}
