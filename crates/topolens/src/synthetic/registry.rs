//! Every manifold by name, with the dimension an estimator should find.

use rand_chacha::ChaCha8Rng;

use super::sample::sample;
use super::{cubes, curves, fractals, nonlinear, normal, rolls, spheres, surfaces, tori};
use crate::PointCloud;
use crate::error::{Error, SettingKind};

type Draw = fn(&mut ChaCha8Rng, &mut [f64]);

/// A manifold or fractal of known dimension that can be sampled.
///
/// The samplers of the benchmarks of Hein and Audibert, Campadelli et al. and GeoMLE are here under plain names;
/// [`benchmark`](Self::benchmark_name) tells the name in that literature.
///
/// # Examples
///
/// ```
/// use topolens::synthetic::manifold;
///
/// let roll = manifold("roll").ok_or("no such manifold")?;
/// assert_eq!((roll.intrinsic_dimension(), roll.n_features(), roll.benchmark_name()), (2.0, 3, Some("M7")));
/// assert_eq!(roll.sample_in(100, 13, 0)?.n_features(), 13);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # References
///
/// bib: `hein2005`, `campadelli2015`, `gomtsyan2019`
#[derive(Debug, Clone, Copy)]
pub struct Manifold {
    name: &'static str,
    intrinsic_dimension: f64,
    n_features: usize,
    formula: &'static str,
    reference: &'static str,
    benchmark: Option<&'static str>,
    draw: Draw,
}

impl Manifold {
    pub(super) const fn new(
        name: &'static str,
        intrinsic_dimension: f64,
        n_features: usize,
        draw: Draw,
    ) -> Self {
        Self { name, intrinsic_dimension, n_features, formula: "", reference: "", benchmark: None, draw }
    }

    pub(super) const fn formula(self, formula: &'static str) -> Self {
        Self { formula, ..self }
    }

    pub(super) const fn reference(self, reference: &'static str) -> Self {
        Self { reference, ..self }
    }

    pub(super) const fn benchmark(self, benchmark: &'static str) -> Self {
        Self { benchmark: Some(benchmark), ..self }
    }

    /// The name to ask for, such as `sphere-10`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The dimension; of a fractal, Hausdorff's.
    pub fn intrinsic_dimension(&self) -> f64 {
        self.intrinsic_dimension
    }

    /// The features of the space it lies in.
    pub fn n_features(&self) -> usize {
        self.n_features
    }

    /// The definition in one line.
    pub fn definition(&self) -> &'static str {
        self.formula
    }

    /// The key in `docs/references.bib` of a paper that uses it.
    pub fn reference_key(&self) -> &'static str {
        self.reference
    }

    /// The name in the benchmark of Hein and Audibert as Campadelli et al. extend it, such as `M7`.
    pub fn benchmark_name(&self) -> Option<&'static str> {
        self.benchmark
    }

    /// $n$ independent points.
    ///
    /// # Errors
    ///
    /// If `n_points` is 0.
    pub fn sample(&self, n_points: usize, seed: u64) -> Result<PointCloud<f64>, Error> {
        self.sample_in(n_points, self.n_features, seed)
    }

    /// $n$ independent points with zeros behind, to fill a space of `n_features`; the points are those of
    /// [`sample`](Self::sample).
    ///
    /// # Errors
    ///
    /// If `n_points` is 0 or `n_features` below the manifold's own.
    pub fn sample_in(&self, n_points: usize, n_features: usize, seed: u64) -> Result<PointCloud<f64>, Error> {
        if n_features < self.n_features {
            let allowed = "at least the features of the manifold";
            let (argument, value) = ("n_features", n_features as f64);
            return Err(SettingKind::OutOfRange { argument, value, allowed }.into());
        }
        sample(n_points, n_features, seed, |random, point| (self.draw)(random, &mut point[..self.n_features]))
    }
}

/// Every manifold, family by family.
///
/// # Examples
///
/// ```
/// let named = topolens::synthetic::manifolds().filter(|manifold| manifold.benchmark_name().is_some());
/// assert_eq!(named.count(), 24);
/// ```
pub fn manifolds() -> impl Iterator<Item = &'static Manifold> {
    let families: [&[Manifold]; 9] = [
        &spheres::MANIFOLDS,
        &cubes::MANIFOLDS,
        &normal::MANIFOLDS,
        &tori::MANIFOLDS,
        &rolls::MANIFOLDS,
        &curves::MANIFOLDS,
        &surfaces::MANIFOLDS,
        &nonlinear::MANIFOLDS,
        &fractals::MANIFOLDS,
    ];
    families.into_iter().flatten()
}

/// The manifold of that name, or of that name in the benchmarks (`M1` … `M13b`, `Mbeta`, `Mn1`, `Mp1`).
///
/// # Examples
///
/// ```
/// use topolens::synthetic::manifold;
///
/// let sphere = manifold("sphere-10").ok_or("no such manifold")?;
/// assert_eq!(Some(sphere.name()), manifold("M1").map(|manifold| manifold.name()));
/// assert!(manifold("sphere-11").is_none());
/// # Ok::<(), &str>(())
/// ```
pub fn manifold(name: &str) -> Option<&'static Manifold> {
    manifolds().find(|manifold| manifold.name == name || manifold.benchmark == Some(name))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::synthetic;

    #[test]
    fn names_are_unique_and_every_manifold_is_told() {
        let mut names = BTreeSet::new();
        for manifold in manifolds() {
            assert!(names.insert(manifold.name()), "{}", manifold.name());
            assert!(manifold.benchmark_name().is_none_or(|name| names.insert(name)));
            assert!(!manifold.definition().is_empty() && !manifold.reference_key().is_empty());
            assert!(manifold.intrinsic_dimension() <= manifold.n_features() as f64);
        }
    }

    #[test]
    fn references_are_in_the_bibliography() {
        let bibliography = include_str!("../../../../docs/references.bib");
        for manifold in manifolds() {
            let entry = format!("{{{},", manifold.reference_key());
            assert!(bibliography.contains(&entry), "{}: {entry}", manifold.name());
        }
    }

    #[test]
    fn every_sampler_fills_its_points_with_numbers() {
        for manifold in manifolds() {
            let cloud = manifold.sample(50, 1).unwrap();
            assert!(cloud.values().iter().all(|x| x.is_finite()), "{}", manifold.name());
            let last = manifold.n_features() - 1;
            assert!(cloud.points().any(|p| p[last] != cloud.point(0)[last]), "{}", manifold.name());
            assert_eq!(cloud, manifold.sample(50, 1).unwrap());
            assert_ne!(cloud, manifold.sample(50, 2).unwrap());
        }
    }

    #[test]
    fn functions_and_names_give_the_same_points() {
        let named = |name: &str| manifold(name).unwrap().sample(20, 3).unwrap();
        assert_eq!(named("sphere-10"), synthetic::sphere(20, 10, 3).unwrap());
        assert_eq!(named("moebius-strip"), synthetic::moebius_strip(20, 3).unwrap());
        assert_eq!(named("menger-sponge"), synthetic::menger_sponge(20, 3).unwrap());
    }

    #[test]
    fn more_features_are_zero_and_fewer_an_error() {
        let roll = manifold("roll").unwrap();
        let (own, padded) = (roll.sample(5, 1).unwrap(), roll.sample_in(5, 13, 1).unwrap());
        for (own, padded) in own.points().zip(padded.points()) {
            assert_eq!(own, &padded[..3]);
            assert!(padded[3..].iter().all(|x| *x == 0.0));
        }
        assert!(roll.sample_in(5, 2, 1).is_err());
        assert!(roll.sample(0, 1).is_err());
    }
}
