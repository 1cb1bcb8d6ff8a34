//! What can be wrong with points, distances and labels.

use std::fmt;

/// Why the numbers given were refused.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum InputKind {
    ShapeMismatch { argument: &'static str, expected: usize, got: usize },
    Empty { argument: &'static str },
    NotFinite { argument: &'static str, row: usize, column: usize, value: f64 },
    OutOfScale { argument: &'static str, value: f64, smallest: f64, largest: f64 },
    NotADissimilarity { row: usize, column: usize, value: f64 },
    NotSymmetric { row: usize, column: usize, value: f64, mirrored: f64 },
    NonZeroDiagonal { row: usize, value: f64 },
    NoDirection { row: usize, is: &'static str, metric: &'static str },
    PairsDisagree { row: usize, column: usize, value: f64, other: f64 },
    TooFewPoints { quantity: &'static str, needed: usize, got: usize },
    TooFewResamples { needed: usize, got: usize },
    LabelsNeeded { quantity: &'static str },
    HomologyDimensionsDiffer { first: usize, second: usize },
    RowsDiffer { x: usize, y: usize },
    WidthsDiffer { x: usize, y: usize },
    GroupOnBothSides { group: usize },
    TooManyDirections { n_points: usize, n_directions: usize },
}

impl fmt::Display for InputKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ShapeMismatch { argument, expected, got } => {
                write!(f, "`{argument}` must hold {expected} numbers, got {got}; check the shape")
            }
            Self::Empty { argument } => {
                write!(f, "`{argument}` is empty; give at least one row and one column")
            }
            Self::NotFinite { argument, row, column, value } => write!(
                f,
                "`{argument}` holds {value} in row {row}, column {column}; remove or impute values that are not finite"
            ),
            Self::OutOfScale { argument, value, smallest, largest } => write!(
                f,
                "the largest absolute number in `{argument}` is {value:e}; distances are computed between {smallest:e} and \
                 {largest:e}, so multiply all numbers by a constant"
            ),
            Self::NotADissimilarity { row, column, value } => write!(
                f,
                "`distances` holds {value} in row {row}, column {column}; dissimilarities are numbers from 0 to +inf"
            ),
            Self::NotSymmetric { row, column, value, mirrored } => write!(
                f,
                "`distances` is not symmetric: {value} in row {row}, column {column} but {mirrored} in row {column}, \
                 column {row}; average the two halves if they differ by rounding only"
            ),
            Self::NonZeroDiagonal { row, value } => write!(
                f,
                "`distances` holds {value} on the diagonal, row {row}; a point is at distance 0 from itself"
            ),
            Self::NoDirection { row, is, metric } => {
                write!(
                    f,
                    "row {row} is {is}, where {metric} is undefined; remove the row or choose another metric"
                )
            }
            Self::PairsDisagree { row, column, value, other } => write!(
                f,
                "`pairs` give points {row} and {column} two dissimilarities, {value} and {other}; keep one of them"
            ),
            Self::TooFewPoints { quantity, needed, got } => {
                write!(f, "{quantity} needs at least {needed} distinct points, got {got}; give more points")
            }
            Self::TooFewResamples { needed, got } => {
                write!(f, "the statistic has a value on {got} resamples of {needed} needed; give more points")
            }
            Self::LabelsNeeded { quantity } => write!(f, "{quantity} needs class labels; give `labels`"),
            Self::HomologyDimensionsDiffer { first, second } => write!(
                f,
                "`first` is a diagram of homology dimension {first}, `second` of {second}; compare diagrams of one dimension"
            ),
            Self::RowsDiffer { x, y } => write!(
                f,
                "`x` has {x} rows and `y` has {y}; row i of both must be the same input, so give as many rows"
            ),
            Self::WidthsDiffer { x, y } => write!(
                f,
                "`x` has {x} columns and `y` has {y}; distances between the two need the same features"
            ),
            Self::GroupOnBothSides { group } => {
                write!(f, "`is_second` puts points of group {group} on both sides; a group belongs to one")
            }
            Self::TooManyDirections { n_points, n_directions } => write!(
                f,
                "canonical correlations of {n_directions} directions at {n_points} points are 1 whatever the data; \
                 give more points or keep less variance"
            ),
        }
    }
}
