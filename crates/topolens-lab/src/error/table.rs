//! What can be wrong with a table of measures.

use std::fmt;

#[derive(Debug)]
pub(crate) enum TableProblem {
    Damaged { reason: String },
    NoTestError,
    TooFewNetworks { got: usize, needed: usize },
    NotAShare { column: &'static str, row: usize, found: String },
    NoDescriptor,
    Twice { name: String },
    MissingMeasure { name: String },
    TestData { data: String },
    NotAlike { what: &'static str, first: usize, other: usize },
    OtherPoints { asked: usize, found: usize },
    NoProfile,
}

impl fmt::Display for TableProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Damaged { reason } => write!(f, "cannot be read as a table: {reason}"),
            Self::NoTestError => f.write_str(
                "there is no column test_error; give the share of test images that each network classifies wrongly",
            ),
            Self::TooFewNetworks { got, needed } => {
                write!(f, "{got} networks; {needed} or more are needed, and conclusions need some thirty")
            }
            Self::NotAShare { column, row, found } => {
                write!(f, "{column}, row {row}: {found:?} is no share from 0 to 1")
            }
            Self::Twice { name } => write!(f, "the column {name:?} is there twice; give each a name of its own"),
            Self::NoDescriptor => f.write_str(
                "no descriptor at the last hidden layer is defined in all networks; profile them all alike",
            ),
            Self::MissingMeasure { name } => write!(
                f,
                "{name} is missing, not positive where its logarithm is taken, or too large for a prediction; profile the network as those \
                 were that the predictor was fitted to"
            ),
            Self::TestData { data } => write!(
                f,
                "it was profiled on {data}. Descriptors that assess generalisation must come from images the network was trained on: test \
                 images already tell the test error. Run `topolens profile RUN --training-images`, or say --allow-test-data"
            ),
            Self::NotAlike { what, first, other } => write!(
                f,
                "it was profiled with {other} {what}, others with {first}; lifespans sums grow with the number of points: profile all \
                 networks alike"
            ),
            Self::OtherPoints { asked, found } => write!(
                f,
                "it is profiled already, on {found} points, and --points asks for {asked}; leave --points out, or run `topolens profile RUN \
                 --training-images --points {asked}`"
            ),
            Self::NoProfile => f.write_str("it has no profile; run `topolens profile RUN --training-images`"),
        }
    }
}
