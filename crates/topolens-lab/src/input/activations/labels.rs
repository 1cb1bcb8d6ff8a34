//! The class of each sample.

use std::path::Path;

use super::array::{SavedArray, bad};
use crate::Result;
use crate::error::{ActivationsProblem, Error};

/// Classes by number, with their names in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels {
    /// The class of each sample.
    pub classes: Vec<usize>,
    /// The name of each class.
    pub names: Vec<String>,
}

impl Labels {
    /// From an array of whole numbers or of texts with one axis, or with a second of extent 1, each different one a class; or from
    /// rows with a single 1 among zeros (one-hot), whose place is the class.
    pub(crate) fn of_array(array: &SavedArray) -> Result<Self> {
        let other_shape = || {
            let (array_name, shape) = (array.name.clone(), array.shape.clone());
            array.bad(ActivationsProblem::NotLabels { array: array_name, shape })
        };
        let numbers = match array.shape[..] {
            [_] | [_, 1] => match array.texts()? {
                Some(names) => return Ok(Self::of_names(&names)),
                None => array.numbers()?,
            },
            _ => array.places_of_ones()?.ok_or_else(other_shape)?,
        };
        Self::of_numbers(array, &numbers)
    }

    fn of_numbers(array: &SavedArray, numbers: &[f64]) -> Result<Self> {
        if let Some(at) = numbers.iter().position(|number| number.fract() != 0.0 || !number.is_finite()) {
            let (array_name, value) = (array.name.clone(), numbers[at]);
            return Err(array.bad(ActivationsProblem::NotAClass { array: array_name, sample: at, value }));
        }
        let mut different = numbers.to_vec();
        different.sort_by(f64::total_cmp);
        different.dedup();
        let class = |number: &f64| different.partition_point(|known| known < number);
        let classes = numbers.iter().map(class).collect();
        Ok(Self { classes, names: different.iter().map(|number| format!("{number}")).collect() })
    }

    /// From a text file with the name of a class in each line, or in the last field of it; a first line `label`, `class`, `target` or `y` is a title.
    pub(super) fn of_text(path: &Path) -> Result<Self> {
        let read = |error: csv::Error| Error::io("read", path, error.into());
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).trim(csv::Trim::All).from_path(path);
        let mut given = Vec::new();
        for record in reader
            .as_mut()
            .map_err(|error| {
                bad(
                    path,
                    ActivationsProblem::Damaged { format: "a table of labels", reason: error.to_string() },
                )
            })?
            .records()
        {
            let record = record.map_err(read)?;
            given.push(record.iter().next_back().unwrap_or_default().to_owned());
        }
        if given.first().is_some_and(|first| is_labels(first)) {
            given.remove(0);
        }
        Ok(Self::of_names(&given))
    }

    /// Classes by name, in the order of their names, numbers in order.
    pub(crate) fn of_names(given: &[String]) -> Self {
        let mut names = given.to_vec();
        names.sort_by_cached_key(|name| super::super::natural::natural(name));
        names.dedup();
        let class = |name: &String| names.iter().position(|known| known == name).unwrap_or_default();
        Self { classes: given.iter().map(class).collect(), names }
    }
}

/// Names by which an array is taken for the labels, the first of them that are there.
const NAMES: [&str; 7] = ["labels", "label", "classes", "class", "targets", "target", "y"];

/// Whether an array is taken for the labels by its name.
pub(crate) fn is_labels(name: &str) -> bool {
    rank_of_labels(name).is_some()
}

/// The place of a name among those of labels.
pub(super) fn rank_of_labels(name: &str) -> Option<usize> {
    let last = name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase();
    NAMES.iter().position(|known| *known == last)
}

/// Whether the name is also that of numbers to be predicted.
pub(super) fn may_be_a_regression(name: &str) -> bool {
    rank_of_labels(name).is_some_and(|rank| rank >= 4)
}
