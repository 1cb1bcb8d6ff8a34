//! The files that a command is to write, checked before the work.

use std::path::{Path, PathBuf};

use topolens_lab::store::other_study;

use crate::terminal::ensure_writable;

/// A flag and the file that it names, if it was given.
pub(crate) type OutputFile<'a> = (&'static str, Option<&'a Path>);

/// Checks that each file can be written, that no two are one, and that none would replace one of the `inputs`.
pub(crate) fn ensure_files(files: &[OutputFile<'_>], inputs: &[&Path]) -> anyhow::Result<()> {
    let given: Vec<(&str, &Path)> = files.iter().filter_map(|&(flag, path)| Some((flag, path?))).collect();
    for (at, &(flag, path)) in given.iter().enumerate() {
        if let Some((other, _)) = given[..at].iter().find(|(_, earlier)| are_one_file(earlier, path)) {
            anyhow::bail!("{flag} and {other} name the same file; give each a file of its own");
        }
        if let Some(input) = inputs.iter().find(|input| are_one_file(input, path)) {
            anyhow::bail!("{flag} {} would replace the points; give another file", input.display());
        }
    }
    given.into_iter().try_for_each(|(flag, path)| ensure_writable(flag, path))
}

/// Checks that files can be written into the folder of `--out`, before the work; it need not be there yet. The page of another study
/// than those whose files are `own` is not written over.
pub(crate) fn ensure_folder(folder: &Path, own: &[&str]) -> anyhow::Result<()> {
    let flag = "--out";
    anyhow::ensure!(
        !folder.exists() || folder.is_dir(),
        "{flag}: {} is a file; results go into a folder, give another name",
        folder.display()
    );
    if let Some(study) = other_study(folder, own) {
        anyhow::bail!(
            "{flag}: {} holds another study ({study}), whose report.html would be written over; give another folder",
            folder.display()
        );
    }
    ensure_writable(flag, &folder.join("report.html"))
}

/// The page that stands beside a JSON file.
pub(crate) fn page_beside(json: &Path) -> PathBuf {
    json.with_extension("html")
}

/// Whether two paths lead to the same file, there already or not.
fn are_one_file(a: &Path, b: &Path) -> bool {
    let place = |path: &Path| {
        let folder = path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
        path.canonicalize().or_else(|_| {
            Ok::<_, std::io::Error>(folder.canonicalize()?.join(path.file_name().unwrap_or_default()))
        })
    };
    matches!((place(a), place(b)), (Ok(a), Ok(b)) if a == b)
}
