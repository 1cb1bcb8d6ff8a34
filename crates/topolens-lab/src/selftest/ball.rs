//! Thirty points of a ball of dimension 5 in ten features: values of scikit-dimension's regression test.

use npyz::NpyFile;
use topolens::{CorrInt, Ess, LocalPca, MindMl, MindMlDimensions, Mle, PcaRule, PointCloud};

use super::finding::Finding;
use crate::Result;
use crate::error::{Error, ErrorKind};

const NAME: &str = "ball5_in_10_n30";
const POINTS: &[u8] = include_bytes!("../../../../testdata/intrinsic_dimension/ball5_in_10_n30.npy");

pub(super) fn run(_seed: u64) -> Result<Vec<Finding>> {
    let ball = cloud_of(NAME, POINTS)?;
    let value = |what: &str, expected, found| Finding::relative(what, expected, 1e-3, found);
    let pca = |rule| Ok::<_, Error>(LocalPca::new().rule(rule).estimate(&ball)?.value);
    let mle = |n_neighbors| Mle::new().n_neighbors(n_neighbors);
    let mind = |dimensions| MindMl::new().dimensions(dimensions).max_dimension(10).estimate(&ball);
    Ok(vec![
        value("mle, 20 neighbours", 3.341_161_830_5, mle(20).estimate(&ball)?.value),
        value("mle, 5 neighbours", 4.350_132_038_1, mle(5).estimate(&ball)?.value),
        value("mle, unbiased", 3.165_311_207_9, mle(20).unbiased(true).estimate(&ball)?.value),
        value("ess", 5.086_815_75, Ess::new().estimate(&ball)?.value),
        value("corr-int", 2.930_917_133_5, CorrInt::new().estimate(&ball)?.value),
        value("local-pca-fo", 5.0, pca(PcaRule::FukunagaOlsen(0.05))?),
        value("local-pca-fan", 3.0, pca(PcaRule::Fan { gap: 10.0, share: 0.8 })?),
        value("local-pca-max-gap", 5.0, pca(PcaRule::MaxGap)?),
        value("mind-ml-k", 3.696_083_548_9, mind(MindMlDimensions::Real)?.value),
        value("mind-ml-i", 4.0, mind(MindMlDimensions::Integer)?.value),
    ])
}

/// The points in an embedded `.npy` file, in double precision.
pub(super) fn cloud_of(name: &str, bytes: &[u8]) -> Result<PointCloud<f64>> {
    let bad = |_| Error::new(ErrorKind::BadSelftest { name: name.to_owned() });
    let shape = NpyFile::new(bytes).map_err(bad)?.shape().to_vec();
    let read = |bytes| NpyFile::new(bytes).and_then(NpyFile::into_vec::<f64>);
    let narrow = |bytes| NpyFile::new(bytes).and_then(NpyFile::into_vec::<f32>);
    let values = match read(bytes) {
        Ok(values) => values,
        Err(_) => narrow(bytes).map_err(bad)?.into_iter().map(f64::from).collect(),
    };
    let n_columns = shape.get(1).copied().unwrap_or(1) as usize;
    Ok(PointCloud::new(values, shape[0] as usize, n_columns)?)
}
