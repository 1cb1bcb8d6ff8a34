//! Live faces against attacks in the layers of a network.

use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;
use topolens::statistics::{MultipleTesting, mean};
use topolens::{
    Comparisons, DistanceMatrix, PointCloud, Scaling, VietorisRips, column_permuted, minimum_spanning_tree,
};

use super::pairs::pairs;
use super::population::{
    BETWEEN, OF_SIDE, Pooled, PopulationRow, Sides, Subject, persons_on_both, sides, tested,
};
use super::presentation::Presentations;
use crate::Result;
use crate::error::{Error, SpoofingProblem};
use crate::profile::LayerCloud;
use crate::profile::curve::Quantity;

/// How populations are compared.
#[derive(Debug, Clone, PartialEq)]
pub struct PopulationSettings {
    /// Images of each cloud at most.
    pub n_points: usize,
    /// Random splits of the persons, whose spread makes the intervals.
    pub n_splits: usize,
    /// Permutations of persons behind each p-value.
    pub n_permutations: usize,
    /// Scaling of the features before homology, the same for both clouds.
    pub scaling: Scaling,
    /// Seed of splits, permutations and nulls.
    pub seed: u64,
}

impl Default for PopulationSettings {
    fn default() -> Self {
        Self { n_points: 500, n_splits: 8, n_permutations: 199, scaling: Scaling::MinMax, seed: 0 }
    }
}

/// Images of a cloud in permutation tests: each permutation takes two homologies.
const N_TESTED: usize = 100;
/// Images in the batches of measures of pairs.
const N_PAIRED: usize = 150;

/// Images with their clouds at each layer.
#[derive(Debug, Clone, Copy)]
pub struct PopulationStudy<'a> {
    /// The images; row i of each cloud is image i.
    pub faces: &'a Presentations,
    /// The clouds.
    pub layers: &'a [LayerCloud],
    /// How they are compared.
    pub settings: &'a PopulationSettings,
}

impl PopulationStudy<'_> {
    /// Compares live faces with each other kind, and with live faces of other persons. `hear` is told each kind and layer that is done.
    ///
    /// Every number is the mean over random splits of the persons in two halves: nobody is in both clouds, and both have the same number of
    /// images. The interval is Student's of one split about the mean: half of the persons vary about all as all do about everybody.
    ///
    /// # Errors
    ///
    /// A kind has too few persons or images, or `interrupt` became true. A quantity that is undefined is a row with its reason.
    pub fn run(&self, hear: &mut dyn FnMut(&str), interrupt: &AtomicBool) -> Result<Vec<PopulationRow>> {
        let mut rows = Vec::new();
        for kind in 0..self.faces.kinds.len() {
            let splits = (0..self.settings.n_splits as u64)
                .map(|split| self.sides(kind, self.settings.n_points, split));
            let comparison = Comparison {
                study: *self,
                kind,
                splits: splits.collect::<Result<Vec<_>>>()?,
                to_test: self.sides(kind, N_TESTED, 0)?,
            };
            let mut of_kind = Vec::new();
            for layer in self.layers {
                if interrupt.load(Ordering::Relaxed) {
                    return Err(Error::interrupted());
                }
                of_kind.extend(comparison.of_layer(layer)?);
                hear(&layer.layer);
            }
            adjust(&mut of_kind)?;
            rows.extend(of_kind);
        }
        Ok(rows)
    }

    /// The number of steps that [`PopulationStudy::run`] tells of.
    pub fn n_steps(&self) -> usize {
        self.faces.kinds.len() * self.layers.len()
    }

    fn sides(&self, kind: usize, most: usize, split: u64) -> Result<Sides> {
        sides(self.faces, [0, kind], most, self.settings.seed.wrapping_add(split))
    }
}

/// Live faces and those of a kind.
struct Comparison<'a> {
    study: PopulationStudy<'a>,
    kind: usize,
    splits: Vec<Sides>,
    to_test: Sides,
}

impl Comparison<'_> {
    fn of_layer(&self, layer: &LayerCloud) -> Result<Vec<PopulationRow>> {
        let measured = (0..self.splits.len()).into_par_iter().map(|split| self.of_split(layer, split));
        let measured: Vec<Vec<Number>> = measured.collect::<Result<_>>()?;
        let p_values = self.p_values(layer)?;
        let n_numbers = measured.first().map_or(0, Vec::len);
        let n_points = self.splits.first().map_or(0, |sides| sides.first.len());
        let mut rows: Vec<PopulationRow> = (0..n_numbers)
            .map(|at| {
                let numbers: Vec<&Number> = measured.iter().map(|of_split| &of_split[at]).collect();
                self.row(layer, &numbers, n_points)
            })
            .collect();
        for row in rows.iter_mut().filter(|row| matches!(row.of, Subject::Difference | Subject::Between)) {
            let own = p_values.iter().find(|(quantity, _)| {
                (quantity.descriptor, quantity.homology_dimension)
                    == (&row.quantity[..], row.homology_dimension)
            });
            row.p_value = own.and_then(|(_, p_value)| *p_value);
        }
        if self.kind != 0 {
            rows.extend(self.paired(layer)?);
        }
        Ok(rows)
    }

    fn of_split(&self, layer: &LayerCloud, split: usize) -> Result<Vec<Number>> {
        let (sides, settings) = (&self.splits[split], self.study.settings);
        let seed = settings.seed.wrapping_add(split as u64);
        let rows = sides.rows();
        let pooled = Pooled::new(&layer.cloud, &rows, settings.scaling)?;
        let n_first = sides.first.len();
        let is_second: Vec<bool> = (0..rows.len()).map(|at| at >= n_first).collect();
        let mut numbers = Vec::new();
        let mut of_sides = Vec::new();
        for (side, subject) in [(false, Subject::Live), (true, Subject::Other)] {
            let values = pooled.side(&is_second, side)?.quantities(seed);
            let mut own: Vec<(Quantity<'static>, Result<f64>)> = OF_SIDE.into_iter().zip(values).collect();
            own.extend(over_null(&pooled.scaled_side(&is_second, side)?, &own, seed));
            let own: Vec<Number> =
                own.into_iter().map(|(quantity, value)| Number::new(subject, quantity, value)).collect();
            of_sides.push(own);
        }
        let difference = |(first, second): (&Number, &Number)| Number {
            of: Subject::Difference,
            value: second.value.zip(first.value).map(|(second, first)| second - first),
            reason: first.reason.clone().or_else(|| second.reason.clone()),
            ..second.clone()
        };
        let differences: Vec<Number> = of_sides[0].iter().zip(&of_sides[1]).map(difference).collect();
        numbers.extend(of_sides.into_iter().flatten());
        numbers.extend(differences);
        let between = BETWEEN.into_iter().zip(pooled.quantities_between(&is_second));
        numbers.extend(between.map(|(quantity, value)| Number::new(Subject::Between, quantity, value)));
        Ok(numbers)
    }

    fn p_values(&self, layer: &LayerCloud) -> Result<Vec<(Quantity<'static>, Option<f64>)>> {
        let (settings, rows) = (self.study.settings, self.to_test.rows());
        let pooled = Pooled::new(&layer.cloud, &rows, settings.scaling)?;
        let names: Vec<&str> = rows.iter().map(|row| &self.study.faces.items[*row].person[..]).collect();
        let person = |name: &&str| names.iter().position(|other| other == name).unwrap_or_default();
        let persons: Vec<usize> = names.iter().map(person).collect();
        let n_first = self.to_test.first.len();
        let is_second: Vec<bool> = (0..rows.len()).map(|at| at >= n_first).collect();
        let found = tested(&pooled, &persons, &is_second, settings.n_permutations, settings.seed)?;
        Ok(found.into_iter().map(|tested| (tested.quantity, tested.p_value)).collect())
    }

    /// Measures of the same images, or images of the same persons, before and after; none if no person has both.
    fn paired(&self, layer: &LayerCloud) -> Result<Vec<PopulationRow>> {
        const MEASURES: [&str; 3] = ["rtd", "neighborhood-overlap", "cka-debiased"];
        let (faces, settings) = (self.study.faces, self.study.settings);
        if persons_on_both(faces, [0, self.kind]) == 0 {
            return Ok(Vec::new());
        }
        let mut pairs = pairs(faces, self.kind);
        pairs.truncate(settings.n_points);
        let [first, second]: [Vec<usize>; 2] =
            [pairs.iter().map(|pair| pair[0]).collect(), pairs.iter().map(|pair| pair[1]).collect()];
        let (x, y) = (layer.cloud.select(&first)?, layer.cloud.select(&second)?);
        let n_neighbors = 20.min(pairs.len().saturating_sub(1));
        let comparisons = Comparisons::new(&MEASURES)?.n_batches(3).batch_size(N_PAIRED).seed(settings.seed);
        let found = comparisons.n_neighbors(n_neighbors).compare(&x, &y).into_iter();
        let rows = found.map(|(name, found)| {
            let homology_dimension = (name == "rtd").then_some(1);
            let (value, reason) = match &found {
                Ok(found) => (Some(found.value), None),
                Err(error) => (None, Some(error.to_string())),
            };
            let quantity = Quantity::new(name, homology_dimension);
            let number = Number { of: Subject::Paired, quantity, value, reason };
            let ends = found.ok().map(|found| (found.lower, found.upper));
            let (lower, upper) = ends.unwrap_or_default();
            PopulationRow { lower, upper, ..self.row(layer, &[&number], pairs.len()) }
        });
        Ok(rows.collect())
    }

    /// The row of a number over the splits.
    fn row(&self, layer: &LayerCloud, numbers: &[&Number], n_points: usize) -> PopulationRow {
        let kind = &self.study.faces.kinds[self.kind];
        let (of, quantity) = (numbers[0].of, numbers[0].quantity);
        let values: Vec<f64> = numbers.iter().filter_map(|number| number.value).collect();
        let is_whole = values.len() == numbers.len();
        let reason = (!is_whole).then(|| {
            let first = numbers.iter().find_map(|number| number.reason.clone()).unwrap_or_default();
            format!("defined for {} of {} splits: {first}", values.len(), numbers.len())
        });
        let mean = mean(&values).ok().filter(|_| is_whole);
        let ends = mean.and_then(|mean| {
            // Of one split about the mean, not of the mean of overlapping splits.
            let (lower, upper) = mean.interval(values.len())?;
            let half = 0.5 * (upper - lower) * (values.len() as f64).sqrt();
            // Sums, shares and dimensions are not negative.
            let may_be_negative =
                of == Subject::Difference || ["silhouette", "energy-distance"].contains(&quantity.descriptor);
            let least = if may_be_negative { f64::NEG_INFINITY } else { 0.0 };
            Some(((mean.value - half).max(least), mean.value + half))
        });
        let (lower, upper) = ends.unzip();
        PopulationRow {
            kind: kind.name.clone(),
            simulated: kind.simulated,
            layer: layer.layer.clone(),
            layer_index: layer.layer_index,
            depth: layer.depth,
            of,
            quantity: quantity.descriptor.to_owned(),
            homology_dimension: quantity.homology_dimension,
            value: mean.map(|mean| mean.value),
            lower,
            upper,
            p_value: None,
            p_adjusted: None,
            n_points,
            n_features: layer.cloud.n_features(),
            reason,
        }
    }
}

/// A number of one split.
#[derive(Debug, Clone)]
struct Number {
    of: Subject,
    quantity: Quantity<'static>,
    value: Option<f64>,
    reason: Option<String>,
}

impl Number {
    fn new(of: Subject, quantity: Quantity<'static>, value: Result<f64>) -> Self {
        match value {
            Ok(value) => Self { of, quantity, value: Some(value), reason: None },
            Err(error) => Self { of, quantity, value: None, reason: Some(error.to_string()) },
        }
    }
}

/// $E_0$ and $E_1$ of a scaled cloud over those of the same cloud with each column permuted.
fn over_null(
    scaled: &PointCloud<f32>,
    own: &[(Quantity<'static>, Result<f64>)],
    seed: u64,
) -> Vec<(Quantity<'static>, Result<f64>)> {
    let null = DistanceMatrix::from_cloud(&column_permuted(scaled, seed));
    let sums = [
        Ok(minimum_spanning_tree(&null).lifespans_sum(1.0)),
        VietorisRips::new().diagrams(&null).map(|diagrams| diagrams[1].lifespans_sum(1.0)),
    ];
    let mut ratios = Vec::new();
    for (homology_dimension, null) in sums.into_iter().enumerate() {
        let value = own.iter().find(|(quantity, _)| {
            quantity.descriptor == "lifespans-sum" && quantity.homology_dimension == Some(homology_dimension)
        });
        let Some((_, Ok(value))) = value else { continue };
        let quantity = Quantity::new("lifespans-sum-over-null", Some(homology_dimension));
        let ratio = match null {
            Ok(null) if null > 0.0 => Ok(value / null),
            Ok(_) => Err(Error::spoofing(SpoofingProblem::EmptyNull)),
            Err(error) => Err(error.into()),
        };
        ratios.push((quantity, ratio));
    }
    ratios
}

/// Adjusts the p-values of a kind for their number.
fn adjust(rows: &mut [PopulationRow]) -> Result<()> {
    let p_values: Vec<f64> = rows.iter().filter_map(|row| row.p_value).collect();
    if p_values.is_empty() {
        return Ok(());
    }
    let adjusted = MultipleTesting::BenjaminiHochberg.adjusted(&p_values)?;
    let with_p = rows.iter_mut().filter(|row| row.p_value.is_some());
    with_p.zip(adjusted).for_each(|(row, adjusted)| row.p_adjusted = Some(adjusted));
    Ok(())
}
