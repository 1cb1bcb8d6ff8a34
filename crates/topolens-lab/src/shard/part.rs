//! A part of the work for one machine of several.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, ErrorKind, SweepProblem};

/// Every n-th task, the i-th first: `i/n`.
///
/// # Examples
///
/// ```
/// use topolens_lab::shard::Shard;
///
/// let shard: Shard = "2/3".parse()?;
/// assert_eq!((0..7).filter(|&index| shard.holds(index)).collect::<Vec<_>>(), [1, 4]);
/// # Ok::<(), topolens_lab::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    number: usize,
    of: usize,
}

impl Shard {
    /// All tasks.
    pub const WHOLE: Self = Self { number: 1, of: 1 };

    /// Whether task `index`, counted from 0, belongs to it.
    pub fn holds(self, index: usize) -> bool {
        index % self.of == self.number - 1
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl FromStr for Shard {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let parts = text.split_once('/').and_then(|(i, n)| Some((i.parse().ok()?, n.parse().ok()?)));
        match parts {
            Some((number, of)) if 1 <= number && number <= of => Ok(Self { number, of }),
            _ => {
                let problem = SweepProblem::BadShard { given: text.to_owned() };
                Err(Error::new(ErrorKind::Sweep { name: "--shard".to_owned(), problem }))
            }
        }
    }
}
