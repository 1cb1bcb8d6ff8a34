//! Atomic writing of files.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::Result;
use crate::error::Error;

/// Writes `bytes` to `path` so that a reader sees the old content or the new, never a part.
///
/// A temporary file in the same folder is written, synchronised with the disk and renamed. A link is followed. What
/// exists and is not a regular file (a pipe, a device) is written to directly.
///
/// # Errors
///
/// Names `path` and the operating system's reason: no such folder, no permission, disk full.
///
/// # Examples
///
/// ```
/// use topolens_lab::store::atomic::write_atomically;
///
/// let folder = std::env::temp_dir();
/// let path = folder.join(format!("topolens-example-{}", std::process::id()));
/// write_atomically(&path, b"rows")?;
/// assert_eq!(std::fs::read(&path)?, b"rows");
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<()> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let special = fs::metadata(&target).is_ok_and(|found| !found.is_file());
    let written = if special { write_directly(&target, bytes) } else { write_and_rename(&target, bytes) };
    written.map_err(|source| Error::io("write", path, source))
}

/// Checks that [`write_atomically`] will be able to write to `path`, before work whose result goes there.
///
/// Nothing is left behind. Folders that do not exist yet are taken as made by then.
///
/// # Errors
///
/// Names `path` and the operating system's reason: a folder is in the way, no permission.
///
/// # Examples
///
/// ```
/// use topolens_lab::store::atomic::ensure_writable;
///
/// assert!(ensure_writable(&std::env::temp_dir().join("rows")).is_ok());
/// assert!(ensure_writable(&std::env::temp_dir()).is_err());
/// ```
pub fn ensure_writable(path: &Path) -> Result<()> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let tried = match fs::metadata(&target) {
        Ok(found) if found.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        // Opening a pipe may wait for its reader.
        Ok(found) if !found.is_file() => Ok(()),
        _ => try_to_write_beside(&target),
    };
    tried.map_err(|source| Error::io("write", path, source))
}

/// Makes and removes a file in the innermost folder above `target` that exists.
fn try_to_write_beside(target: &Path) -> io::Result<()> {
    let above = target.ancestors().skip(1).map(|folder| if folder == "" { Path::new(".") } else { folder });
    let folder = above.into_iter().find(|folder| folder.exists()).unwrap_or(Path::new("."));
    let temporary = temporary_beside(&folder.join("target"));
    OpenOptions::new().write(true).create_new(true).open(&temporary)?;
    fs::remove_file(&temporary)
}

fn write_directly(target: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(target)?;
    file.write_all(bytes)?;
    file.flush()
}

fn write_and_rename(target: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = temporary_beside(target);
    let file = OpenOptions::new().write(true).create_new(true).open(&temporary)?;
    let written = fill(file, bytes).and_then(|()| fs::rename(&temporary, target));
    written.inspect_err(|_| drop(fs::remove_file(&temporary)))
}

fn fill(mut file: File, bytes: &[u8]) -> io::Result<()> {
    file.write_all(bytes)?;
    file.sync_all()
}

/// A name in the target's folder that no other writer uses.
fn temporary_beside(target: &Path) -> PathBuf {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    target.with_file_name(format!(".topolens-{}-{count}.part", std::process::id()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn writes_and_replaces_and_leaves_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows");
        write_atomically(&path, b"a longer first content").unwrap();
        write_atomically(&path, b"second").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"second");
        assert_eq!(names(folder.path()), ["rows"]);
    }

    #[test]
    fn a_missing_folder_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("absent").join("rows");
        let message = write_atomically(&path, b"x").unwrap_err().to_string();
        assert!(message.contains(&path.display().to_string()), "{message}");
        assert!(message.contains("No such file"), "{message}");
    }

    #[test]
    fn a_folder_in_the_way_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let message = write_atomically(folder.path(), b"x").unwrap_err().to_string();
        assert!(message.contains("directory"), "{message}");
    }

    #[test]
    fn what_cannot_be_written_is_known_before_and_nothing_is_left() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("file"), "old").unwrap();
        for possible in ["new", "file", "absent/folder/new"] {
            ensure_writable(&folder.path().join(possible)).unwrap();
        }
        for impossible in ["", "file/new", "file/absent/new"] {
            let path = folder.path().join(impossible);
            let message = ensure_writable(&path).unwrap_err().to_string();
            assert!(message.contains(&path.display().to_string()), "{message}");
        }
        assert_eq!(names(folder.path()), ["file"]);
        assert_eq!(fs::read(folder.path().join("file")).unwrap(), b"old");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_an_error() {
        // Not through `write_atomically`: if that were wrong, it would replace the device.
        let error = write_directly(Path::new("/dev/full"), b"x").unwrap_err();
        assert!(error.to_string().contains("No space left"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn what_is_not_a_regular_file_is_never_replaced() {
        use std::os::unix::fs::FileTypeExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
        let message = write_atomically(&path, b"x").unwrap_err().to_string();
        assert!(message.contains(&path.display().to_string()), "{message}");
        assert!(fs::metadata(&path).unwrap().file_type().is_socket());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (target, link) = (folder.path().join("target"), folder.path().join("link"));
        fs::write(&target, "old").unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        write_atomically(&link, b"new").unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }

    #[test]
    fn many_writers_at_once_never_mix() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows");
        std::thread::scope(|scope| {
            for letter in [b'a', b'b', b'c', b'd'] {
                scope.spawn({
                    let path = &path;
                    move || (0..20).for_each(|_| write_atomically(path, &[letter; 4096]).unwrap())
                });
            }
        });
        let content = fs::read(&path).unwrap();
        assert!(content.len() == 4096 && content.iter().all(|byte| *byte == content[0]));
        assert_eq!(names(folder.path()), ["rows"]);
    }
}
