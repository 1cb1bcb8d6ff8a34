//! LCC-FASD.

use std::path::Path;

use super::{Found, Layout, Part, Presentations, Role};
use crate::Result;
use crate::spoofing::pictures::{list_images, name_of};
use crate::spoofing::presentation::person::number_behind;

pub(super) fn read(root: &Path) -> Result<Presentations> {
    let mut found = Found::new();
    for (folder, part) in
        [("training", Part::Train), ("development", Part::Validation), ("evaluation", Part::Test)]
    {
        for (name, role) in [("real", Role::Live), ("spoof", Role::Attack)] {
            let below = format!("LCC_FASD_{folder}/{name}");
            if !root.join(&below).is_dir() {
                continue;
            }
            let mut files = Vec::new();
            list_images(&root.join(&below), &mut files)?;
            files.sort();
            let kind = found.kind(name, role);
            for file in files {
                let name = name_of(file.strip_prefix(root).unwrap_or(&file));
                let image = name.rsplit('/').next().unwrap_or(&name);
                // Numbers of persons start anew in each part; an image without one is a person of its own.
                let person = format!("{folder}-{}", number_behind(image, "id").unwrap_or(image));
                found.push(root, name, (&person, kind, Some(part)));
            }
        }
    }
    if found.items.is_empty() {
        return Err(Layout::LccFasd.other(root, "it has no folders LCC_FASD_training/real and so on"));
    }
    Ok(found.finish("the number behind \"id\" in the names of files"))
}
