//! Does a descriptor tell how well a network generalises?
//!
//! Networks become rows of a [`MeasureTable`], by [`observe`] and [`gather`] or from a file ([`read_table`]): test error, training error,
//! hyper-parameters, descriptors of training images, baselines. [`associations`] says how each measure goes with the test error and with the gap, raw
//! and given what confounds it; [`predict_errors`] whether descriptors foretell the error of networks of another kind better than the
//! best baseline; [`verdict`] what may be concluded.

mod association;
mod baseline;
mod descriptors;
mod document;
mod file;
mod gather;
mod observe;
mod predictor;
mod report;
mod table;
mod verdict;

pub use association::{Against, Association, Partial, associations, correlation_text};
pub use baseline::{Baseline, Evidence, baselines};
pub use descriptors::{LAST_HIDDEN, descriptor_measures, is_foretelling};
pub use document::document;
pub use file::{read_table, write_table};
pub use gather::{gather, have_unlike_paths};
pub use observe::{Observation, Observed, ProfiledRun, observe};
pub use predictor::{Comparison, Prediction, Predictor, Validation, predict_errors};
pub use report::write_generalization_report;
pub use table::{HyperParameter, Measure, MeasureKind, MeasureTable};
pub use verdict::verdict;
