//! The studies in folders.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use topolens_lab::store::Provenance;

use crate::error::Error;

/// Files that hold the document of a study, with the kind of study.
const DOCUMENTS: [(&str, &str); 10] = [
    ("run.json", "run"),
    ("profile.json", "profile"),
    ("dynamics.json", "dynamics"),
    ("generalization.json", "generalization"),
    ("robustness.json", "robustness"),
    ("attack.json", "attack"),
    ("detection.json", "detection"),
    ("spoof.json", "spoof"),
    ("verify.json", "verification"),
    ("diagrams.json", "diagrams"),
];
/// Folders below folders, at most.
const DEEPEST: usize = 8;
/// Looking again sooner than this shows the same.
const FRESH: Duration = Duration::from_secs(2);

/// A folder with studies.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Study {
    /// A hash of where it lies.
    pub(crate) id: String,
    /// Its path below the folder that is served.
    pub(crate) name: String,
    /// The kinds of document in it.
    pub(crate) documents: Vec<&'static str>,
    /// The network in one line.
    pub(crate) network: String,
    /// The images.
    pub(crate) data: String,
    /// The seed.
    pub(crate) seed: u64,
    /// Seconds since 1970 at which the newest document was written.
    pub(crate) modified: u64,
    /// Whether it has a page of its own.
    pub(crate) has_report: bool,
    /// Whether its layers can be looked at point by point.
    pub(crate) has_points: bool,
    #[serde(skip)]
    pub(crate) folder: PathBuf,
}

/// All studies, looked for again when they may have changed.
pub(crate) struct Library {
    roots: Vec<PathBuf>,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    looked: Option<Instant>,
    studies: BTreeMap<String, Arc<Study>>,
    /// What was read of a file, by its path, with its age and length then.
    read: BTreeMap<PathBuf, (Stamp, Arc<Provenance>)>,
}

/// When a file was written, and its length.
pub(crate) type Stamp = (SystemTime, u64);

impl Library {
    pub(crate) fn new(roots: &[PathBuf]) -> Result<Self, Error> {
        for path in roots {
            fs::read_dir(path).map_err(|source| Error::Folder { path: path.clone(), source })?;
        }
        Ok(Self { roots: roots.to_vec(), known: Mutex::default() })
    }

    /// The studies by name.
    pub(crate) fn studies(&self) -> Vec<Arc<Study>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.looked.is_none_or(|looked| looked.elapsed() > FRESH) {
            self.look(&mut known);
        }
        let mut studies: Vec<Arc<Study>> = known.studies.values().cloned().collect();
        studies.sort_by(|a, b| a.name.cmp(&b.name));
        studies
    }

    /// The study `id`; it is looked for only among those that were listed.
    pub(crate) fn study(&self, id: &str) -> Option<Arc<Study>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known.studies.get(id).cloned();
        drop(known);
        found.or_else(|| self.studies().into_iter().find(|study| study.id == id))
    }

    fn look(&self, known: &mut Known) {
        let mut folders = Vec::new();
        for root in &self.roots {
            walk(root, root, DEEPEST, &mut folders);
        }
        let found: Vec<_> =
            folders.par_iter().filter_map(|(root, folder)| study(root, folder, &known.read)).collect();
        known.studies.clear();
        for (study, read) in found {
            known.read.extend(read);
            known.studies.insert(study.id.clone(), Arc::new(study));
        }
        known.looked = Some(Instant::now());
    }
}

/// Folders that hold a document; links are not followed.
fn walk(root: &Path, folder: &Path, depth: usize, found: &mut Vec<(PathBuf, PathBuf)>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut holds_document = false;
    for entry in entries.flatten() {
        let Ok(kind) = entry.file_type() else { continue };
        let name = entry.file_name();
        if kind.is_dir() && depth > 0 && !name.to_string_lossy().starts_with('.') {
            walk(root, &entry.path(), depth - 1, found);
        } else if kind.is_file() {
            holds_document |= DOCUMENTS.iter().any(|(file, _)| name == *file);
        }
    }
    if holds_document {
        found.push((root.to_path_buf(), folder.to_path_buf()));
    }
}

#[derive(Deserialize)]
struct OnlyProvenance {
    provenance: Provenance,
}

type Read = BTreeMap<PathBuf, (Stamp, Arc<Provenance>)>;

/// The study of a folder with what had to be read for it; none if no document says where it came from.
fn study(root: &Path, folder: &Path, known: &Read) -> Option<(Study, Read)> {
    let (mut documents, mut read, mut newest) = (Vec::new(), Read::new(), UNIX_EPOCH);
    let mut provenance = None;
    for (file, kind) in DOCUMENTS {
        let path = folder.join(file);
        let Some(stamp) = stamp(&path) else { continue };
        documents.push(kind);
        newest = newest.max(stamp.0);
        if provenance.is_some() || kind == "diagrams" {
            continue;
        }
        let remembered =
            known.get(&path).filter(|(then, _)| *then == stamp).map(|(_, found)| Arc::clone(found));
        let found = remembered.or_else(|| {
            let text = fs::read(&path).ok()?;
            serde_json::from_slice::<OnlyProvenance>(&text).ok().map(|found| Arc::new(found.provenance))
        });
        if let Some(found) = found {
            read.insert(path, (stamp, Arc::clone(&found)));
            provenance = Some(found);
        }
    }
    let provenance = provenance?;
    let below = folder.strip_prefix(root).unwrap_or(folder);
    let base = root.file_name().map_or_else(|| ".".into(), |name| name.to_string_lossy().into_owned());
    let name = std::iter::once(base).chain(below.iter().map(|part| part.to_string_lossy().into_owned()));
    let study = Study {
        id: id(folder),
        name: name.collect::<Vec<String>>().join("/"),
        network: provenance.network.clone(),
        data: provenance.data.name.clone(),
        seed: provenance.seed,
        modified: newest.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()),
        has_report: folder.join("report.html").is_file(),
        has_points: documents.contains(&"run") && folder.join("checkpoints").is_dir()
            || folder.join("clouds.npz").is_file(),
        documents,
        folder: folder.to_path_buf(),
    };
    Some((study, read))
}

pub(crate) fn stamp(path: &Path) -> Option<Stamp> {
    let about = fs::symlink_metadata(path).ok().filter(fs::Metadata::is_file)?;
    Some((about.modified().unwrap_or(UNIX_EPOCH), about.len()))
}

fn id(folder: &Path) -> String {
    let hash = blake3::hash(folder.as_os_str().as_encoded_bytes()).to_hex();
    hash.as_str()[..16].to_owned()
}

impl Study {
    /// The file of a document that the study has.
    pub(crate) fn document(&self, kind: &str) -> Option<PathBuf> {
        let (file, _) = DOCUMENTS.iter().find(|(_, known)| *known == kind)?;
        self.documents.contains(&kind).then(|| self.folder.join(file))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A folder with the document of a profile.
    pub(crate) fn write_profile(folder: &Path, network: &str) {
        fs::create_dir_all(folder).unwrap();
        let document = serde_json::json!({
            "schema": "topolens.profile/2",
            "provenance": {
                "version": "0.1.0", "command": ["topolens", "profile"], "seed": 3, "network": network,
                "data": { "name": "fashion-mnist-6k:test", "n_images": 1000, "blake3": "00" },
            },
            "warnings": [],
            "rows": [],
        });
        fs::write(folder.join("profile.json"), document.to_string()).unwrap();
    }

    #[test]
    fn studies_are_found_below_and_changes_seen() {
        let root = tempfile::tempdir().unwrap();
        write_profile(&root.path().join("b/deep"), "resnet8");
        write_profile(&root.path().join("a"), "vgg13");
        write_profile(&root.path().join(".hidden"), "x");
        fs::create_dir_all(root.path().join("broken")).unwrap();
        fs::write(root.path().join("broken/profile.json"), "{").unwrap();
        let library = Library::new(&[root.path().to_path_buf()]).unwrap();
        let studies = library.studies();
        let names: Vec<&str> = studies.iter().map(|study| study.name.rsplit('/').next().unwrap()).collect();
        assert_eq!(names, ["a", "deep"]);
        assert_eq!((&studies[0].network[..], studies[0].seed, studies[0].has_points), ("vgg13", 3, false));
        assert_eq!(studies[0].documents, ["profile"]);
        let id = studies[1].id.clone();
        assert_eq!(library.study(&id).unwrap().name, studies[1].name);
        assert!(library.study("../../etc/passwd").is_none() && library.study("").is_none());
        assert!(studies[0].document("profile").unwrap().is_file());
        assert!(studies[0].document("run").is_none() && studies[0].document("../x").is_none());
        assert!(Library::new(&[root.path().join("missing")]).is_err());
    }
}
