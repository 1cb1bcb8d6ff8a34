//! Frames of Replay-Attack.

use std::path::Path;

use super::{Found, Layout, Part, Presentations, Role};
use crate::Result;
use crate::spoofing::pictures::{list_images, name_of};
use crate::spoofing::presentation::person::number_behind;

const ATTACKS: [&str; 3] = ["print", "mobile", "highdef"];

pub(super) fn read(root: &Path) -> Result<Presentations> {
    let mut found = Found::new();
    for (folder, part) in [("train", Part::Train), ("devel", Part::Validation), ("test", Part::Test)] {
        for (below, role) in [("real", Role::Live), ("attack", Role::Attack)] {
            let below = root.join(folder).join(below);
            if !below.is_dir() {
                continue;
            }
            let mut files = Vec::new();
            list_images(&below, &mut files)?;
            files.sort();
            for file in files {
                let name = name_of(file.strip_prefix(root).unwrap_or(&file));
                let Some(person) = number_behind(&name, "client").map(str::to_owned) else { continue };
                let attack = ATTACKS
                    .into_iter()
                    .find(|attack| name.contains(&format!("attack_{attack}_")))
                    .unwrap_or("attack");
                let kind = found.kind(attack, role);
                found.push(root, name, (&person, kind, Some(part)));
            }
        }
    }
    if found.items.is_empty() {
        let reason = "it holds no pictures train/real/clientNNN… and so on; of its films take frames first, as \
                      `ffmpeg -i NAME.mov -vf fps=1 NAME_%03d.png` does";
        return Err(Layout::ReplayAttack.other(root, reason));
    }
    Ok(found.finish("the number of the client in the names of files"))
}
