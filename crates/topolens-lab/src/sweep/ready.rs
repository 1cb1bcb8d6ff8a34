//! The experiments of Magai & Ayzenberg 2022 as sweeps.

use std::fmt;
use std::str::FromStr;

use toml::{Table, Value};

use super::SweepSpec;
use crate::Result;
use crate::error::{Error, ErrorKind, SweepProblem};

/// How much of an experiment is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// At most 15 minutes on two cores.
    Quick,
    /// Hours.
    Standard,
    /// As published; a day and more.
    Full,
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Quick => "quick",
            Self::Standard => "standard",
            Self::Full => "full",
        })
    }
}

impl FromStr for Size {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text {
            "quick" => Ok(Self::Quick),
            "standard" => Ok(Self::Standard),
            "full" => Ok(Self::Full),
            _ => {
                let problem = SweepProblem::BadSize { given: text.to_owned() };
                Err(Error::new(ErrorKind::Sweep { name: "--size".to_owned(), problem }))
            }
        }
    }
}

/// Name and file; beside a sweep, each file has the tables `quick`, `standard` and `full` whose settings come on top of it.
const READY: [(&str, &str); 4] = [
    ("paper-e1", include_str!("ready/paper-e1.toml")),
    ("paper-e2", include_str!("ready/paper-e2.toml")),
    ("paper-e3", include_str!("ready/paper-e3.toml")),
    ("paper-e5", include_str!("ready/paper-e5.toml")),
];

/// The names of the ready-made sweeps.
pub fn ready_names() -> Vec<&'static str> {
    READY.iter().map(|(name, _)| *name).collect()
}

/// The ready-made sweep called `name`, if there is one.
///
/// # Errors
///
/// None in a sound build.
pub fn ready_made(name: &str, size: Size) -> Result<Option<SweepSpec>> {
    let Some((_, text)) = READY.iter().find(|(known, _)| *known == name) else { return Ok(None) };
    let broken = |reason: String| {
        Error::new(ErrorKind::Sweep { name: name.to_owned(), problem: SweepProblem::NotASweep { reason } })
    };
    let mut table: Table = text.parse().map_err(|error: toml::de::Error| broken(error.to_string()))?;
    let sizes = [Size::Quick, Size::Standard, Size::Full].map(|size| (size, table.remove(&size.to_string())));
    for (_, own) in sizes.into_iter().filter(|(of, _)| *of == size) {
        if let Some(Value::Table(own)) = own {
            merge(&mut table, own);
        }
    }
    SweepSpec::parse(name, &table.to_string()).map(Some)
}

/// Puts `own` on top of `table`, tables into tables.
fn merge(table: &mut Table, own: Table) {
    for (key, value) in own {
        match (table.get_mut(&key), value) {
            (Some(Value::Table(below)), Value::Table(above)) => merge(below, above),
            (_, value) => {
                table.insert(key, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ready_made_sweep_has_three_sizes() {
        for name in ready_names() {
            let of = |size| ready_made(name, size).unwrap().unwrap().configurations().unwrap().len();
            let (quick, standard, full) = (of(Size::Quick), of(Size::Standard), of(Size::Full));
            assert!(quick >= 4 && quick <= standard && standard <= full, "{name} {quick} {standard} {full}");
        }
        assert!(ready_made("paper-e9", Size::Quick).unwrap().is_none());
        let published = ready_made("paper-e5", Size::Full).unwrap().unwrap().configurations().unwrap();
        assert!(published.len() >= 44);
    }
}
