//! What can be wrong with a sweep.

use std::fmt;
use std::path::PathBuf;

#[derive(Debug)]
pub(crate) enum SweepProblem {
    NotASweep { reason: String },
    WrongSchema { found: String, expected: &'static str },
    OwnKey { key: String },
    NoLevels { key: String },
    NotVaried { key: String, varied: Vec<String> },
    Twice { first: String, second: String },
    TwicePlaced { key: String, other: &'static str },
    Nothing,
    TooMany { got: f64, most: usize },
    BadShard { given: String },
    BadSize { given: String },
    OtherSweep,
    Inside { sweep: PathBuf },
    NotWritable { source: Box<super::Error> },
    AtWork,
}

impl fmt::Display for SweepProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotASweep { reason } => write!(
                f,
                "it is no sweep: {reason}; a sweep is a TOML file with the tables [train], [factors] and [profile]"
            ),
            Self::WrongSchema { found, expected } => {
                write!(f, "its schema is {found:?}, this version reads {expected:?}")
            }
            Self::OwnKey { key } => write!(f, "{key} is set by the sweep itself; leave it out"),
            Self::NoLevels { key } => {
                write!(f, "factors.{key} must be a list of levels, such as {key} = [0, 1]; give one at least")
            }
            Self::NotVaried { key, varied } => {
                write!(f, "compare: {key} is the same in all networks; choose one of {}", varied.join(", "))
            }
            Self::TwicePlaced { key, other } => {
                write!(f, "{key} is set in [factors] and in {other}; set it in one place")
            }
            Self::Nothing => f.write_str(
                "nothing is varied; give [factors], such as seed = [0, 1], or networks = [{ net = \"resnet8\" }, ...]",
            ),
            Self::TooMany { got, most } => {
                write!(f, "{got} networks; a sweep holds at most {most}: give fewer levels, or several sweeps")
            }
            Self::Twice { first, second } => write!(
                f,
                "two networks have the same settings ({first} and {second}); give each level once, in one way of writing it"
            ),
            Self::BadShard { given } => write!(f, "{given:?} is no part; say 2/3 for the second of three"),
            Self::BadSize { given } => write!(f, "{given:?} is none; say quick, standard or full"),
            Self::OtherSweep => f.write_str(
                "the folder holds another sweep (its sweep.toml differs); give another --out, or remove it",
            ),
            Self::Inside { sweep } => write!(
                f,
                "the folder is among the networks of the sweep {}; give an --out outside of its runs/",
                sweep.display()
            ),
            Self::NotWritable { source } => {
                write!(f, "{source}; give another --out, or make the folder writable")
            }
            Self::AtWork => f.write_str("another process works on this part of the sweep; wait for it"),
        }
    }
}
