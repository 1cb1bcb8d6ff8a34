//! The one error of this crate.

use std::fmt;

/// Why a quantity could not be computed.
///
/// Every error names the argument and says what to do. All but one kind blame the input; see
/// [`Error::is_invalid_input`].
///
/// # Examples
///
/// ```
/// use topolens::PointCloud;
///
/// let error = PointCloud::new(vec![0.0, f64::NAN], 1, 2).unwrap_err();
/// assert!(error.is_invalid_input());
/// assert!(error.to_string().contains("row 0, column 1"));
/// ```
#[derive(Debug, Clone)]
pub struct Error {
    kind: Box<ErrorKind>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ErrorKind {
    ShapeMismatch {
        argument: &'static str,
        expected: usize,
        got: usize,
    },
    Empty {
        argument: &'static str,
    },
    NotFinite {
        argument: &'static str,
        row: usize,
        column: usize,
        value: f64,
    },
    NotADissimilarity {
        row: usize,
        column: usize,
        value: f64,
    },
    NotSymmetric {
        row: usize,
        column: usize,
        value: f64,
        mirrored: f64,
    },
    NonZeroDiagonal {
        row: usize,
        value: f64,
    },
    TooFewPoints {
        quantity: &'static str,
        needed: usize,
        got: usize,
    },
    TooManyNeighbors {
        n_neighbors: usize,
        n_points: usize,
    },
    IndexOutOfRange {
        argument: &'static str,
        index: usize,
        length: usize,
    },
    SampleTooLarge {
        size: usize,
        n_points: usize,
    },
    OutOfRange {
        argument: &'static str,
        value: f64,
        allowed: &'static str,
    },
    NotPrime {
        modulus: u32,
    },
    TooManySimplices {
        n_points: usize,
        max_homology_dimension: usize,
    },
    UnknownName {
        argument: &'static str,
        name: String,
        known: Vec<&'static str>,
    },
    LabelsNeeded {
        quantity: &'static str,
    },
    Undefined {
        quantity: &'static str,
        reason: Undefined,
    },
    EigenvaluesDidNotConverge {
        order: usize,
    },
}

/// Why a quantity has no value on an input that is otherwise in order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Undefined {
    SlopeNotBelowOne { slope: f64 },
    NoFiniteInterval,
    OneClass,
    ClassMeansCoincide,
    ConstantInput { argument: &'static str },
    NoSpread,
    ZeroSum { n_points: usize },
}

impl Error {
    /// Whether the input was at fault, not the program.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::{Mle, synthetic};
    ///
    /// let five_points = synthetic::gaussian(5, 2, 0)?;
    /// let error = Mle::new().n_neighbors(20).estimate(&five_points).unwrap_err();
    /// assert!(error.is_invalid_input());
    /// # Ok::<(), topolens::Error>(())
    /// ```
    pub fn is_invalid_input(&self) -> bool {
        !matches!(*self.kind, ErrorKind::EigenvaluesDidNotConverge { .. })
    }

    /// Whether the input was in order, but the quantity has no value on it: no finite interval, a slope that
    /// gives no dimension, a single class.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::{PointCloud, TwoNn};
    ///
    /// let error = PointCloud::new(vec![0.0, f64::NAN], 1, 2).unwrap_err();
    /// assert!(!error.is_undefined());
    /// ```
    pub fn is_undefined(&self) -> bool {
        matches!(*self.kind, ErrorKind::Undefined { .. })
    }
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Self { kind: Box::new(kind) }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.kind, f)
    }
}

impl std::error::Error for Error {}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ShapeMismatch {
                argument,
                expected,
                got,
            } => {
                write!(
                    f,
                    "`{argument}` must hold {expected} numbers, got {got}; check the shape"
                )
            }
            Self::Empty { argument } => {
                write!(f, "`{argument}` is empty; give at least one row and one column")
            }
            Self::NotFinite {
                argument,
                row,
                column,
                value,
            } => write!(
                f,
                "`{argument}` holds {value} in row {row}, column {column}; remove or impute values that are not finite"
            ),
            Self::NotADissimilarity { row, column, value } => write!(
                f,
                "`distances` holds {value} in row {row}, column {column}; dissimilarities are numbers from 0 to +inf"
            ),
            Self::NotSymmetric {
                row,
                column,
                value,
                mirrored,
            } => write!(
                f,
                "`distances` is not symmetric: {value} in row {row}, column {column} but {mirrored} in row {column}, \
                 column {row}; average the two halves if they differ by rounding only"
            ),
            Self::NonZeroDiagonal { row, value } => write!(
                f,
                "`distances` holds {value} on the diagonal, row {row}; a point is at distance 0 from itself"
            ),
            Self::TooFewPoints {
                quantity,
                needed,
                got,
            } => {
                write!(
                    f,
                    "{quantity} needs at least {needed} distinct points, got {got}; give more points"
                )
            }
            Self::TooManyNeighbors {
                n_neighbors,
                n_points,
            } => write!(
                f,
                "`n_neighbors` = {n_neighbors} needs more than {n_neighbors} distinct points, got {n_points}; \
                 lower `n_neighbors` or give more points"
            ),
            Self::IndexOutOfRange {
                argument,
                index,
                length,
            } => {
                write!(
                    f,
                    "`{argument}` holds index {index}, but there are {length} points; use 0 to {}",
                    length - 1
                )
            }
            Self::SampleTooLarge { size, n_points } => write!(
                f,
                "`size` = {size} points cannot be drawn from {n_points} without replacement; lower `size`"
            ),
            Self::OutOfRange {
                argument,
                value,
                allowed,
            } => {
                write!(f, "`{argument}` = {value} is out of range; it must be {allowed}")
            }
            Self::NotPrime { modulus } => {
                write!(
                    f,
                    "`modulus` = {modulus} is not a prime below 32768; use 2, 3, 5, 7, ..."
                )
            }
            Self::TooManySimplices {
                n_points,
                max_homology_dimension,
            } => write!(
                f,
                "the simplices of {n_points} points cannot be counted in 64 bits at `max_homology_dimension` = \
                 {max_homology_dimension}; lower it or take a subsample"
            ),
            Self::UnknownName {
                argument,
                name,
                known,
            } => {
                write!(
                    f,
                    "`{argument}` does not know {name:?}; choose one of {}",
                    known.join(", ")
                )
            }
            Self::LabelsNeeded { quantity } => write!(f, "{quantity} needs class labels; give `labels`"),
            Self::Undefined { quantity, reason } => write!(f, "{quantity} is undefined: {reason}"),
            Self::EigenvaluesDidNotConverge { order } => {
                write!(
                    f,
                    "bug: eigenvalues of a {order} x {order} symmetric matrix did not converge"
                )
            }
        }
    }
}

impl fmt::Display for Undefined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SlopeNotBelowOne { slope } => write!(
                f,
                "the slope of log E against log n is {slope:.4}, and only slopes below 1 give a dimension; use more \
                 points or larger sizes"
            ),
            Self::NoFiniteInterval => write!(f, "the diagram has no finite interval"),
            Self::OneClass => write!(f, "all points carry one label; give at least two classes"),
            Self::ClassMeansCoincide => write!(f, "the class means coincide"),
            Self::ConstantInput { argument } => write!(f, "`{argument}` is constant"),
            Self::NoSpread => write!(f, "all neighbours of every point are equally far"),
            Self::ZeroSum { n_points } => {
                write!(
                    f,
                    "a sample of {n_points} points has no finite interval; use larger sizes"
                )
            }
        }
    }
}
