//! Landmarks from a JSON file.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;

use super::{Face, FacePoints};
use crate::Result;
use crate::error::{Error, SpoofingProblem};

/// Five landmarks for each file, and the person on it where the file says so.
///
/// Either a list of objects with `file`, `five_points` and, if known, `id`, or an object from file names to five points. A file is known by its
/// path below the folder of images, or by its name alone.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LandmarkFile {
    entries: BTreeMap<String, Entry>,
}

#[derive(Debug, Clone, PartialEq)]
struct Entry {
    points: FacePoints,
    person: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    List(Vec<Item>),
    Map(BTreeMap<String, FacePoints>),
}

#[derive(Deserialize)]
struct Item {
    file: String,
    five_points: FacePoints,
    #[serde(default)]
    id: Option<Id>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Id {
    Text(String),
    Number(u64),
}

impl LandmarkFile {
    /// Reads the file.
    ///
    /// # Errors
    ///
    /// It cannot be read, has another form, or a coordinate is not finite.
    pub fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).map_err(|source| Error::io("read", path, source))?;
        let malformed =
            |reason: String| Error::spoofing(SpoofingProblem::Landmarks { path: path.to_path_buf(), reason });
        let written = serde_json::from_str(&text).map_err(|error| malformed(error.to_string()))?;
        let entries: BTreeMap<String, Entry> = match written {
            Written::List(items) => items.into_iter().map(Item::into_entry).collect(),
            Written::Map(map) => {
                map.into_iter().map(|(file, points)| (file, Entry { points, person: None })).collect()
            }
        };
        let is_broken = |entry: &Entry| entry.points.iter().flatten().any(|value| !value.is_finite());
        if let Some((file, _)) = entries.iter().find(|(_, entry)| is_broken(entry)) {
            return Err(malformed(format!("a landmark of {file} is not a number")));
        }
        Ok(Self { entries })
    }

    /// The face on the file `name`, a path below the folder of images.
    pub fn face(&self, name: &str) -> Option<Face> {
        Some(Face { points: Some(self.entry(name)?.points), bounds: None })
    }

    /// The person on it.
    pub fn person(&self, name: &str) -> Option<&str> {
        self.entry(name)?.person.as_deref()
    }

    fn entry(&self, name: &str) -> Option<&Entry> {
        let last = name.rsplit('/').next().unwrap_or(name);
        self.entries.get(name).or_else(|| self.entries.get(last))
    }
}

impl Item {
    fn into_entry(self) -> (String, Entry) {
        let person = self.id.map(|id| match id {
            Id::Text(text) => text,
            Id::Number(number) => number.to_string(),
        });
        (self.file, Entry { points: self.five_points, person })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<LandmarkFile> {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), text).unwrap();
        LandmarkFile::read(file.path())
    }

    #[test]
    fn both_forms_are_read() {
        let points = "[[1, 2], [3, 4], [5, 6], [7, 8], [9, 10.5]]";
        let list =
            read(&format!(r#"[{{"file": "a/1.jpg", "id": "p", "five_points": {points}, "score": 1}}]"#));
        let list = list.unwrap();
        assert_eq!(list.face("a/1.jpg").unwrap().points.unwrap()[4], [9.0, 10.5]);
        assert_eq!((list.person("a/1.jpg"), list.person("1.jpg")), (Some("p"), None));
        let map = read(&format!(r#"{{"1.jpg": {points}}}"#)).unwrap();
        assert!(map.face("deep/below/1.jpg").is_some() && map.face("2.jpg").is_none());
        assert_eq!(
            read(&format!(r#"[{{"file": "1", "id": 7, "five_points": {points}}}]"#)).unwrap().person("1"),
            Some("7")
        );
    }

    #[test]
    fn other_forms_are_named() {
        for text in [
            "",
            "[1]",
            r#"{"a": [[1, 2]]}"#,
            r#"[{"file": "a", "five_points": [[1,2],[3,4],[5,6],[7,8],[9,1e999]]}]"#,
        ] {
            assert!(read(text).unwrap_err().to_string().starts_with("--landmarks: "), "{text}");
        }
    }
}
