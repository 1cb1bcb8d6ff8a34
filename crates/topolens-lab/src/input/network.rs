//! A trained network from a run folder, a checkpoint file, or the one that is shipped.

use std::path::Path;

use topolens_nn::train::{Checkpoint, checkpoint_path, list_checkpoints};

use crate::Result;
use crate::error::{Error, ErrorKind};
use crate::store::RunFolder;

/// Loads the checkpoints of a model: of a run folder those that `epochs` names (`last`, `all`, or numbers separated by
/// commas), of a file that one.
///
/// # Errors
///
/// The path is neither, an epoch is not there, or a file is damaged.
pub fn load_checkpoints(model: &Path, epochs: &str) -> Result<Vec<Checkpoint>> {
    std::fs::metadata(model).map_err(|source| Error::io("read", model, source))?;
    if model.is_file() {
        return Ok(vec![Checkpoint::load(model)?]);
    }
    let (run, _) = RunFolder::open(model)?;
    let wanted = choose_epochs(&run, epochs)?;
    let load = |epoch| Ok(Checkpoint::load(&checkpoint_path(&run.checkpoints(), epoch))?);
    wanted.into_iter().map(load).collect()
}

/// The network in `assets/networks`: a ResNet-8 trained on the embedded images by `cargo xtask golden`.
///
/// # Errors
///
/// None in a sound build.
pub fn shipped_network() -> Result<Checkpoint> {
    let weights = include_bytes!("../../../../assets/networks/resnet8-fashion-mnist-6k.safetensors");
    let card = include_bytes!("../../../../assets/networks/resnet8-fashion-mnist-6k.json");
    Ok(Checkpoint::from_bytes("the shipped network", weights, card)?)
}

fn choose_epochs(run: &RunFolder, wanted: &str) -> Result<Vec<usize>> {
    let stored: Vec<usize> =
        list_checkpoints(&run.checkpoints())?.into_iter().map(|(epoch, _)| epoch).collect();
    let Some(last) = stored.last() else {
        return Err(Error::new(ErrorKind::NoCheckpoint {
            path: run.path().into(),
            wanted: wanted.to_owned(),
        }));
    };
    match wanted {
        "last" => Ok(vec![*last]),
        "all" => Ok(stored),
        _ => {
            let chosen = wanted.split(',').map(|epoch| choose_epoch(run, &stored, epoch.trim()));
            let mut chosen = chosen.collect::<Result<Vec<usize>>>()?;
            chosen.sort_unstable();
            chosen.dedup();
            Ok(chosen)
        }
    }
}

fn choose_epoch(run: &RunFolder, stored: &[usize], wanted: &str) -> Result<usize> {
    let epoch: usize =
        wanted.parse().map_err(|_| Error::new(ErrorKind::BadEpochs { given: wanted.to_owned() }))?;
    if stored.contains(&epoch) {
        return Ok(epoch);
    }
    let wanted = format!("of epoch {epoch}; it has {stored:?}");
    Err(Error::new(ErrorKind::NoCheckpoint { path: run.path().into(), wanted }))
}
