//! CelebA-Spoof.

use std::collections::BTreeMap;
use std::path::Path;

use super::{Found, Layout, Part, Presentations, Role};
use crate::Result;

/// Where the spoof type stands among the numbers of an image.
const SPOOF_TYPE: usize = 40;

pub(super) fn read(root: &Path) -> Result<Presentations> {
    let mut found = Found::new();
    for (file, part) in [("train_label.json", Part::Train), ("test_label.json", Part::Test)] {
        let list = format!("metas/intra_test/{file}");
        let other = |reason: String| Layout::CelebASpoof.other(root, &format!("{list}: {reason}"));
        let text = std::fs::read(root.join(&list)).map_err(|error| other(error.to_string()))?;
        let labels: BTreeMap<String, Vec<i64>> =
            serde_json::from_slice(&text).map_err(|error| other(error.to_string()))?;
        for (name, numbers) in labels {
            let Some(spoof_type) = numbers.get(SPOOF_TYPE) else {
                let reason =
                    format!("{name} has {} numbers where {} or more are due", numbers.len(), SPOOF_TYPE + 1);
                return Err(other(reason));
            };
            let kind = kind(&mut found, *spoof_type)
                .ok_or_else(|| other(format!("{name} has the unknown spoof type {spoof_type}")))?;
            // Data/train/PERSON/live/IMAGE
            let Some(person) = name.split('/').nth(2).map(str::to_owned).filter(|_| is_inside(&name)) else {
                return Err(other(format!("{name} is no path of the form Data/train/PERSON/live/IMAGE")));
            };
            found.push(root, name, (&person, kind, Some(part)));
        }
    }
    Ok(found.finish("the folder of the person in CelebA-Spoof"))
}

fn is_inside(name: &str) -> bool {
    name.starts_with("Data/") && !name.split('/').any(|part| part == "..")
}

fn kind(found: &mut Found, spoof_type: i64) -> Option<usize> {
    let name = match spoof_type {
        0 => return Some(0),
        1..=3 => "print",
        4..=6 => "paper-cut",
        7..=9 => "replay",
        10 => "3d-mask",
        _ => return None,
    };
    Some(found.kind(name, Role::Attack))
}
