//! The representation topology divergence of clouds that share nothing, and of clouds that share everything.

use topolens::{PointCloud, RepresentationTopologyDivergence, synthetic};

use super::finding::Finding;
use crate::Result;

pub(super) fn run(seed: u64) -> Result<Vec<Finding>> {
    let square = |draw: u64| synthetic::uniform_cube(1000, 2, seed.wrapping_add(draw));
    let (p, q) = (square(0)?, square(1)?);
    let rtd = |x: &PointCloud<f64>, y: &PointCloud<f64>| {
        Ok::<_, topolens::Error>(RepresentationTopologyDivergence::new().seed(seed).estimate(x, y)?.value)
    };
    let unrelated = rtd(&p, &q)?;
    let (sine, cosine) = 0.7_f64.sin_cos();
    let turned = p
        .points()
        .flat_map(|x| [3.0 * (cosine * x[0] - sine * x[1]) + 5.0, 3.0 * (sine * x[0] + cosine * x[1]) - 2.0]);
    let turned = PointCloud::new(turned.collect(), 1000, 2)?;
    Ok(vec![
        Finding::relative("rtd of two unrelated squares", 35.55, 0.03, unrelated),
        Finding::within("rtd of a square and itself", 0.0, 0.0, rtd(&p, &p)?),
        Finding::within("rtd of a square and itself turned, scaled and moved", 0.0, 1e-9, rtd(&p, &turned)?),
        Finding::relative(
            "rtd of the turned square and the unrelated one",
            unrelated,
            1e-6,
            rtd(&turned, &q)?,
        ),
    ])
}
