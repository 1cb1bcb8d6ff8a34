//! A table of pictures and their classes.

use std::path::{Component, Path, PathBuf};

use topolens_nn::dataset::{Fit, Pictures, read_pictures};

use super::activations::Labels;
use super::dataset::{Split, hold_back};
use crate::Result;
use crate::error::{DataProblem, Error};

/// Reads a `.csv` file with the path of a picture, relative to the file, and its class in each row; a third column may say `train` or
/// `test`. A first row `path,label` or the like is a title.
///
/// # Errors
///
/// A row without a class, a path that leaves the folder of the file, another word than `train` or `test`, or pictures that do not
/// make a set.
pub(super) fn read(path: &Path, split: Split, fit: Fit) -> Result<Pictures> {
    let bad = |line: u64, reason: String| {
        Error::data(DataProblem::BadList { path: path.to_path_buf(), line, reason })
    };
    let reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).trim(csv::Trim::All).from_path(path);
    let mut reader = reader.map_err(|error| bad(0, error.to_string()))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let (mut files, mut classes, mut parts) = (Vec::new(), Vec::new(), Vec::new());
    for (index, record) in reader.records().enumerate() {
        let record = record.map_err(|error| bad(0, error.to_string()))?;
        let line = record.position().map_or(0, csv::Position::line);
        let (Some(file), Some(class)) = (record.get(0), record.get(1)) else {
            return Err(bad(line, "a path and a class are needed".to_owned()));
        };
        if index == 0 && ["path", "file", "filename", "image"].contains(&file.to_lowercase().as_str()) {
            continue;
        }
        if !stays_below(Path::new(file)) {
            return Err(bad(line, format!("{file:?} leaves the folder of the list; give paths below it")));
        }
        parts.push(match record.get(2) {
            None | Some("") => None,
            Some("train") => Some(Split::Train),
            Some("test") => Some(Split::Test),
            Some(other) => return Err(bad(line, format!("{other:?} is neither train nor test"))),
        });
        files.push(folder.join(file));
        classes.push(class.to_owned());
    }
    let Labels { classes, names } = Labels::of_names(&classes);
    let has_parts = parts.iter().any(Option::is_some);
    let wanted = |part: &Option<Split>| !has_parts || *part == Some(split);
    let rows = files.into_iter().zip(classes).zip(&parts).filter(|(_, part)| wanted(part));
    let listed: Vec<(PathBuf, usize)> = rows.map(|(row, _)| row).collect();
    let pictures = read_pictures(&path.display().to_string(), &listed, names, fit)?;
    if has_parts {
        return Ok(pictures);
    }
    Ok(Pictures { images: hold_back(&pictures.images, split)?, ..pictures })
}

/// Whether a path, joined to a folder, stays below it.
fn stays_below(path: &Path) -> bool {
    path.components().all(|component| matches!(component, Component::Normal(_) | Component::CurDir))
}
