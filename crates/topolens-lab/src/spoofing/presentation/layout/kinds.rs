//! A folder for each kind.

use std::path::Path;

use super::{Found, Layout, Part, Presentations, Role};
use crate::Result;
use crate::spoofing::pictures::{list_images, name_of};
use crate::spoofing::presentation::folders::is_labelled;
use crate::spoofing::presentation::person::PersonRule;

const LIVE: [&str; 6] = ["live", "real", "genuine", "bonafide", "bona-fide", "bona_fide"];
const CONTROL: [&str; 3] = ["control", "camera-only", "camera_only"];

pub(super) fn read(root: &Path) -> Result<Presentations> {
    let mut files = Vec::new();
    list_images(root, &mut files)?;
    files.sort();
    let mut found = Found::new();
    let names: Vec<String> =
        files.iter().map(|path| name_of(path.strip_prefix(root).unwrap_or(path))).collect();
    let placed: Vec<Place<'_>> = names.iter().filter_map(|name| Place::of(name)).collect();
    let rule = PersonRule::of(placed.iter().map(|place| place.below));
    for place in placed {
        let lower = place.kind.to_lowercase();
        let role = if LIVE.contains(&&lower[..]) {
            Role::Live
        } else if CONTROL.contains(&&lower[..]) {
            Role::Control
        } else {
            Role::Attack
        };
        let is_new = found.kinds.iter().all(|kind| kind.name != place.kind);
        let kind = found.kind(place.kind, role);
        if is_new && kind > 0 {
            found.kinds[kind].simulated = is_labelled(&[(root.join(place.name), String::new())]);
        }
        found.push(root, place.name.to_owned(), (&rule.person(place.below), kind, place.part));
    }
    if found.items.iter().all(|item| item.kind != 0) {
        let reason = format!("none of its folders with images is named {}", LIVE.join(", "));
        return Err(Layout::Kinds.other(root, &reason));
    }
    Ok(found.finish(rule.words()))
}

/// What the folders above a file say.
struct Place<'a> {
    name: &'a str,
    part: Option<Part>,
    kind: &'a str,
    below: &'a str,
}

impl<'a> Place<'a> {
    fn of(name: &'a str) -> Option<Self> {
        let (first, rest) = name.split_once('/')?;
        let part = match &first.to_lowercase()[..] {
            "train" | "training" => Some(Part::Train),
            "val" | "valid" | "validation" | "dev" | "devel" | "development" => Some(Part::Validation),
            "test" | "testing" | "evaluation" => Some(Part::Test),
            _ => None,
        };
        let (kind, below) = if part.is_some() { rest.split_once('/')? } else { (first, rest) };
        Some(Self { name, part, kind, below })
    }
}
