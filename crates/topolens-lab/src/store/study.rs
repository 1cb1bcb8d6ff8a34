//! Folders that hold a study.

use std::path::Path;

/// The files of studies that have a `report.html` beside them.
const STUDIES: [&str; 8] = [
    "attack.json",
    "detection.json",
    "generalization.json",
    "networks.csv",
    "profile.json",
    "robustness.json",
    "spoof.json",
    "verify.json",
];

/// What a folder holds whose page a study with files `own` would write over: the file of another study, or that of a run, where profiles of
/// its network go.
pub fn other_study(folder: &Path, own: &[&str]) -> Option<&'static str> {
    if folder.join("run.json").exists() && !own.contains(&"profile.json") {
        return Some("run.json");
    }
    let is_other = |study: &&&str| !own.contains(*study) && folder.join(study).exists();
    STUDIES.iter().find(is_other).copied().filter(|_| folder.join("report.html").exists())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_other_studies_and_of_runs_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let holds = |own: &[&str]| other_study(folder.path(), own);
        let write = |name: &str| std::fs::write(folder.path().join(name), "").unwrap();
        write("attack.json");
        assert_eq!(holds(&["profile.json"]), None);
        write("report.html");
        assert_eq!((holds(&["attack.json"]), holds(&["profile.json"])), (None, Some("attack.json")));
        std::fs::remove_file(folder.path().join("attack.json")).unwrap();
        write("run.json");
        assert_eq!((holds(&["attack.json"]), holds(&["profile.json"])), (Some("run.json"), None));
    }
}
