//! Reading of the shared test data.

use std::fs::File;
use std::path::PathBuf;

use npyz::{Deserialize, NpyFile};
use serde::de::DeserializeOwned;
use topolens::{PointCloud, Scalar};

pub(crate) fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../testdata").join(name)
}

pub(crate) fn cloud<S: Scalar + Deserialize>(name: &str) -> PointCloud<S> {
    let file = NpyFile::new(File::open(path(name)).unwrap()).unwrap();
    let (n_points, n_features) = (file.shape()[0] as usize, file.shape()[1] as usize);
    PointCloud::new(file.into_vec().unwrap(), n_points, n_features).unwrap()
}

pub(crate) fn json<T: DeserializeOwned>(name: &str) -> T {
    serde_json::from_reader(File::open(path(name)).unwrap()).unwrap()
}
