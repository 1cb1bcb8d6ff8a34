//! Ten Gaussian classes that separate while nothing changes inside them.

use topolens::synthetic::GaussianClusters;
use topolens::{PersistentDimension, PointCloud, Scaling, TwoNn, minimum_spanning_tree};

#[test]
fn print() {
    for ppc in [250, 300] {
        for spread in [2.0, 1.0, 0.5, 0.25, 0.1, 0.05] {
            let (cloud, _) = GaussianClusters::new(10, ppc, 128).spread(spread).sample(1).unwrap();
            let scaled = Scaling::MinMax.apply(&cloud);
            let e: f64 = (0..10).map(|c| {
                let idx: Vec<usize> = (c * ppc..c * ppc + 250).collect();
                minimum_spanning_tree(&scaled.select(&idx).unwrap()).lifespans_sum(1.0) / 2.0
            }).sum::<f64>() / 10.0;
            let t = TwoNn::new().estimate(&cloud).unwrap().value;
            let sizes: Vec<usize> = (0..8).map(|i| (500 + 350 * i).min(ppc*10)).collect();
            let p = PersistentDimension::new().sizes(&sizes).estimate(&cloud).unwrap().estimate.value;
            let class: PointCloud<f64> = cloud.select(&(0..ppc).collect::<Vec<_>>()).unwrap();
            let pc = PersistentDimension::new().estimate(&class).map(|e| e.estimate.value);
            println!("{ppc} {spread} E {e} two {t} ph {p} perclass {pc:?}");
        }
    }
}
