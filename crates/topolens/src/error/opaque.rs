//! The one error type of this crate.

use std::fmt;

use super::{InputKind, SettingKind, Undefined};

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

#[derive(Debug, Clone)]
enum ErrorKind {
    Input(InputKind),
    Setting(SettingKind),
    Undefined { quantity: &'static str, reason: Undefined },
    InClass { class: usize, error: Error },
    InLayer { layer: usize, error: Error },
    EigenvaluesDidNotConverge { order: usize },
}

impl Error {
    /// A quantity without a value on an input that is otherwise in order.
    pub(crate) fn undefined(quantity: &'static str, reason: Undefined) -> Self {
        Self { kind: Box::new(ErrorKind::Undefined { quantity, reason }) }
    }

    /// A failure of the eigenvalue solver.
    pub(crate) fn eigenvalues_did_not_converge(order: usize) -> Self {
        Self { kind: Box::new(ErrorKind::EigenvaluesDidNotConverge { order }) }
    }

    /// The same error of the points of one class.
    pub(crate) fn in_class(self, class: usize) -> Self {
        Self { kind: Box::new(ErrorKind::InClass { class, error: self }) }
    }

    /// The same error of one of several layers.
    pub(crate) fn in_layer(self, layer: usize) -> Self {
        Self { kind: Box::new(ErrorKind::InLayer { layer, error: self }) }
    }

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
        match &*self.kind {
            ErrorKind::InClass { error, .. } | ErrorKind::InLayer { error, .. } => error.is_invalid_input(),
            kind => !matches!(kind, ErrorKind::EigenvaluesDidNotConverge { .. }),
        }
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
        match &*self.kind {
            ErrorKind::InClass { error, .. } | ErrorKind::InLayer { error, .. } => error.is_undefined(),
            kind => matches!(kind, ErrorKind::Undefined { .. }),
        }
    }
}

impl From<InputKind> for Error {
    fn from(kind: InputKind) -> Self {
        Self { kind: Box::new(ErrorKind::Input(kind)) }
    }
}

impl From<SettingKind> for Error {
    fn from(kind: SettingKind) -> Self {
        Self { kind: Box::new(ErrorKind::Setting(kind)) }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.kind {
            ErrorKind::Input(kind) => kind.fmt(f),
            ErrorKind::Setting(kind) => kind.fmt(f),
            ErrorKind::Undefined { quantity, reason } => write!(f, "{quantity} is undefined: {reason}"),
            ErrorKind::InClass { class, error } => write!(f, "class {class}: {error}"),
            ErrorKind::InLayer { layer, error } => write!(f, "layer {layer}: {error}"),
            ErrorKind::EigenvaluesDidNotConverge { order } => {
                write!(f, "bug: eigenvalues of a {order} x {order} symmetric matrix did not converge")
            }
        }
    }
}

impl std::error::Error for Error {}
