//! NUAA.

use std::path::{Component, Path};

use super::{Found, Layout, Part, Presentations, Role};
use crate::Result;

/// Pictures as they were taken, faces found in them, faces cut out: the endings of lists and the folders they are of.
const FORMS: [(&str, &str); 3] = [("raw", "Raw"), ("face", "Face"), ("normalized", "Normalized")];

pub(super) fn read(root: &Path) -> Result<Presentations> {
    let has = |ending: &str| root.join(format!("client_train_{ending}.txt")).is_file();
    let (ending, folder) = FORMS.into_iter().find(|(ending, _)| has(ending)).unwrap_or(FORMS[0]);
    let mut found = Found::new();
    for (who, role, folder) in [
        ("client", Role::Live, format!("Client{folder}")),
        ("imposter", Role::Attack, format!("Imposter{folder}")),
    ] {
        for (word, part) in [("train", Part::Train), ("test", Part::Test)] {
            let list = format!("{who}_{word}_{ending}.txt");
            let other = |reason: &str| Layout::Nuaa.other(root, &format!("{list}: {reason}"));
            let text =
                std::fs::read_to_string(root.join(&list)).map_err(|error| other(&error.to_string()))?;
            let kind = found.kind(who, role);
            for line in text.lines() {
                let Some(written) = line.split_whitespace().next() else { continue };
                let below = written.replace('\\', "/");
                if !Path::new(&below).components().all(|part| matches!(part, Component::Normal(_))) {
                    return Err(other(&format!("{written} leads outside of the folder")));
                }
                let person = below.split('/').next().unwrap_or(&below).to_owned();
                found.push(root, format!("{folder}/{below}"), (&person, kind, Some(part)));
            }
        }
    }
    Ok(found.finish("the folder of the client in NUAA"))
}
