//! The data sets known by name and where their files lie.

use std::path::{Path, PathBuf};

use crate::Result;
use crate::error::{DataProblem, Error};

/// A data set known by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CatalogueEntry {
    /// The name for `--data`.
    pub name: &'static str,
    /// What it is.
    pub about: &'static str,
    /// Its terms.
    pub licence: &'static str,
    /// The MD5 sum of each file below its folder, a line each as `md5sum` writes them; a file may be kept gzipped as `NAME.gz`.
    sums: &'static str,
}

/// Whether the files of a data set are at hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DataStatus {
    /// Compiled into the program.
    Embedded,
    /// All files are in this folder.
    Present(PathBuf),
    /// `topolens data fetch` brings it.
    Absent,
}

/// Every data set known by name, the embedded one first.
pub const CATALOGUE: &[CatalogueEntry] = &[
    CatalogueEntry {
        name: "fashion-mnist-6k",
        about: "the first 500 training and 100 test images of each of 10 kinds of clothes, 28x28 grey; embedded",
        licence: "MIT",
        sums: "",
    },
    CatalogueEntry {
        name: "fashion-mnist",
        about: "60000 + 10000 images of 10 kinds of clothes, 28x28 grey",
        licence: "MIT",
        sums: "f4a8712d7a061bf5bd6d2ca38dc4d50a  train-images-idx3-ubyte\n\
            9018921c3c673c538a1fc5bad174d6f9  train-labels-idx1-ubyte\n\
            8181f5470baa50b63fa0f6fddb340f0a  t10k-images-idx3-ubyte\n\
            15d484375f8d13e6eb1aabb0c3f46965  t10k-labels-idx1-ubyte",
    },
    CatalogueEntry {
        name: "mnist",
        about: "60000 + 10000 handwritten digits, 28x28 grey",
        licence: "Y. LeCun's terms",
        sums: "6bbc9ace898e44ae57da46a324031adb  train-images-idx3-ubyte\n\
            a25bea736e30d166cdddb491f175f624  train-labels-idx1-ubyte\n\
            2646ac647ad5339dbf082846283269ea  t10k-images-idx3-ubyte\n\
            27ae3e4e09519cfbb04c329615203637  t10k-labels-idx1-ubyte",
    },
    CatalogueEntry {
        name: "cifar10",
        about: "50000 + 10000 photographs of 10 kinds of things, 32x32 colour",
        licence: "none stated; cite Krizhevsky 2009",
        sums: "5dd7e06a14cb22eb9f671a540d1b7c25  data_batch_1.bin\n\
            5ea93a67294ea407fff1d09f752e9692  data_batch_2.bin\n\
            942cd6a4bcdd0dd3c604fbe906cb4421  data_batch_3.bin\n\
            ae636b3ba5c66a11e91e8cb52e771fcb  data_batch_4.bin\n\
            53f37980c15c3d472c316c40844f3f0d  data_batch_5.bin\n\
            803d5f7f4d78ea53de84dbe85f74fb6d  test_batch.bin",
    },
    CatalogueEntry {
        name: "orl",
        about: "400 photographs of 40 people, 112x92 grey: the AT&T faces",
        licence: "free with credit to AT&T Laboratories Cambridge; cite Samaria & Harter 1994",
        sums: include_str!("orl.md5"),
    },
];

impl CatalogueEntry {
    /// The files below its folder, each with its MD5 sum.
    pub fn files(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.sums.lines().filter_map(|line| line.split_once("  ").map(|(sum, file)| (file, sum)))
    }

    /// Where the data set is, looking in `home` and, for Fashion-MNIST, in the folder of its Debian package.
    pub fn status(&self, home: &Path) -> DataStatus {
        if self.sums.is_empty() {
            return DataStatus::Embedded;
        }
        let debian = Path::new("/usr/share/datasets").join(self.name);
        let complete = |folder: &PathBuf| self.files().all(|(file, _)| stored_file(folder, file).is_some());
        [home.join(self.name), debian]
            .into_iter()
            .find(complete)
            .map_or(DataStatus::Absent, DataStatus::Present)
    }
}

/// The path of `file` in `folder`, plain or gzipped.
pub(super) fn stored_file(folder: &Path, file: &str) -> Option<PathBuf> {
    [folder.join(file), folder.join(format!("{file}.gz"))].into_iter().find(|path| path.is_file())
}

/// The entry of this name; `embedded` is another name of the first.
///
/// # Errors
///
/// An unknown name; the message lists the known ones.
pub fn find_entry(name: &str) -> Result<&'static CatalogueEntry> {
    let name = if name == "embedded" { CATALOGUE[0].name } else { name };
    CATALOGUE.iter().find(|entry| entry.name == name).ok_or_else(|| unknown_data_set(name))
}

/// The error that lists the known data sets.
pub(super) fn unknown_data_set(name: &str) -> Error {
    let known = CATALOGUE.iter().map(|entry| entry.name).collect();
    Error::data(DataProblem::Unknown { name: name.to_owned(), known })
}

/// The folder that holds fetched data: `TOPOLENS_DATA`, else `topolens` in the user's data folder.
pub fn data_home() -> PathBuf {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    variable("TOPOLENS_DATA")
        .or_else(|| variable("XDG_DATA_HOME").map(|folder| folder.join("topolens")))
        .or_else(|| variable("HOME").map(|folder| folder.join(".local/share/topolens")))
        .unwrap_or_else(|| PathBuf::from("topolens-data"))
}
