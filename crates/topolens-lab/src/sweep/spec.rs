//! What a file of a sweep says.

use std::path::Path;

use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use super::Configuration;
use crate::Result;
use crate::error::{Error, ErrorKind, SweepProblem};

/// What the networks of a sweep are trained for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Study {
    /// Descriptors by layer, compared between the levels of a factor.
    #[default]
    Layers,
    /// Descriptors by layer and epoch.
    Dynamics,
    /// Descriptors of training images against the test error.
    Generalization,
}

/// A sweep: settings that all networks share, and factors of which every combination is trained.
///
/// # Examples
///
/// ```
/// use topolens_lab::sweep::SweepSpec;
///
/// let spec = SweepSpec::parse("sweep.toml", r#"
///     [train]
///     data = "cifar10"
///     [factors]
///     net = ["resnet8", "resnet20"]
///     seed = [0, 1, 2]
/// "#)?;
/// let networks = spec.configurations()?;
/// assert_eq!(networks.len(), 6);
/// assert_eq!(networks[0].level("net").unwrap(), "resnet8");
/// # Ok::<(), topolens_lab::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SweepSpec {
    /// `topolens.sweep/1`.
    #[serde(default = "schema")]
    pub schema: String,
    /// The heading of its report.
    #[serde(default)]
    pub title: String,
    /// What it is for.
    #[serde(default)]
    pub study: Study,
    /// The factor whose levels are told apart in figures; the first with several levels without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compare: Option<String>,
    /// Settings of `topolens train` that all networks share, a key for each flag.
    #[serde(default)]
    pub train: Table,
    /// Lists of settings, every combination of which is trained.
    #[serde(default)]
    pub factors: Table,
    /// Settings that belong together, each combined with all factors.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub networks: Vec<Table>,
    /// Settings of `topolens profile`, run on every network when it is trained; not run without them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<Table>,
}

/// Flags that a sweep sets itself.
const OWN: [&str; 8] = ["out", "resume", "overwrite", "config", "json", "threads", "tensorboard", "watched"];

impl SweepSpec {
    /// The schema that this version reads and writes.
    pub const SCHEMA: &str = "topolens.sweep/1";

    /// The most networks of a sweep.
    pub const MOST: usize = 10_000;

    /// Reads a file.
    ///
    /// # Errors
    ///
    /// The file cannot be read or is no sweep.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|source| Error::io("read", path, source))?;
        Self::parse(&path.display().to_string(), &text)
    }

    /// Reads the text of a file called `name`.
    ///
    /// # Errors
    ///
    /// It is no TOML, has unknown keys, another schema, a factor without levels, or sets what a sweep sets itself.
    pub fn parse(name: &str, text: &str) -> Result<Self> {
        let refuse = |problem| Error::new(ErrorKind::Sweep { name: name.to_owned(), problem });
        let spec: Self = toml::from_str(text).map_err(|error| {
            refuse(SweepProblem::NotASweep { reason: error.to_string().trim_end().to_owned() })
        })?;
        spec.check().map_err(refuse)?;
        Ok(spec)
    }

    fn check(&self) -> std::result::Result<(), SweepProblem> {
        if self.schema != Self::SCHEMA {
            return Err(SweepProblem::WrongSchema { found: self.schema.clone(), expected: Self::SCHEMA });
        }
        let listed = self.networks.iter().flat_map(Table::keys);
        let keys = self.train.keys().chain(self.factors.keys()).chain(listed);
        let keys = keys.chain(self.profile.iter().flat_map(Table::keys));
        if let Some(key) = keys.into_iter().find(|key| OWN.contains(&key.as_str())) {
            return Err(SweepProblem::OwnKey { key: key.clone() });
        }
        for (key, levels) in &self.factors {
            if levels.as_array().is_none_or(Vec::is_empty) {
                return Err(SweepProblem::NoLevels { key: key.clone() });
            }
        }
        for key in self.factors.keys() {
            if self.train.contains_key(key) {
                return Err(SweepProblem::TwicePlaced { key: key.clone(), other: "[train]" });
            }
            if self.networks.iter().any(|network| network.contains_key(key)) {
                return Err(SweepProblem::TwicePlaced { key: key.clone(), other: "networks" });
            }
        }
        if self.factors.is_empty() && self.networks.is_empty() {
            return Err(SweepProblem::Nothing);
        }
        let levels = self.factors.values().filter_map(Value::as_array).map(|levels| levels.len() as f64);
        let got = levels.product::<f64>() * self.networks.len().max(1) as f64;
        if got > Self::MOST as f64 {
            return Err(SweepProblem::TooMany { got, most: Self::MOST });
        }
        match &self.compare {
            Some(key) if !self.is_varied(key) => {
                Err(SweepProblem::NotVaried { key: key.clone(), varied: self.varied() })
            }
            _ => Ok(()),
        }
    }

    /// The settings that differ between networks: `net` and `data` first, then by name.
    pub fn varied(&self) -> Vec<String> {
        let listed = self.networks.iter().flat_map(Table::keys);
        let mut keys: Vec<String> = self.factors.keys().chain(listed).cloned().collect();
        keys.sort_by_key(|key| (key != "net", key != "data", key == "seed", key.clone()));
        keys.dedup();
        keys
    }

    fn is_varied(&self, key: &str) -> bool {
        self.varied().iter().any(|varied| varied == key)
    }

    /// The factor whose levels are told apart in figures.
    pub fn compared(&self) -> Option<String> {
        let first = || self.varied().into_iter().find(|key| self.n_levels(key) > 1 && key != "seed");
        self.compare.clone().or_else(first)
    }

    fn n_levels(&self, key: &str) -> usize {
        let listed = self.networks.iter().filter(|network| network.contains_key(key)).count();
        self.factors.get(key).and_then(Value::as_array).map_or(listed, Vec::len)
    }

    /// Every network: each of `networks` with each combination of the factors, the seed running fastest.
    ///
    /// # Errors
    ///
    /// Two of them are the same, or none is left.
    pub fn configurations(&self) -> Result<Vec<Configuration>> {
        let listed = if self.networks.is_empty() { vec![Table::new()] } else { self.networks.clone() };
        let mut all = listed;
        for key in self.varied() {
            let Some(levels) = self.factors.get(&key).and_then(Value::as_array) else { continue };
            let with = |network: &Table, level: &Value| {
                let mut network = network.clone();
                network.insert(key.clone(), level.clone());
                network
            };
            let crossed = all.iter().flat_map(|network| levels.iter().map(|level| with(network, level)));
            all = crossed.collect();
        }
        let varied = self.varied();
        let made: Vec<Configuration> =
            all.into_iter().map(|own| Configuration::new(&self.train, own, &varied)).collect();
        let twice = twice(&made, Configuration::canonical).or_else(|| twice(&made, |own| own.name.clone()));
        if let Some((first, second)) = twice {
            let problem = SweepProblem::Twice { first, second };
            return Err(Error::new(ErrorKind::Sweep { name: "[factors]".to_owned(), problem }));
        }
        Ok(made)
    }
}

/// The names of two configurations that are the same by `key`.
fn twice(all: &[Configuration], key: impl Fn(&Configuration) -> String) -> Option<(String, String)> {
    let mut known: Vec<(String, &String)> = all.iter().map(|own| (key(own), &own.name)).collect();
    known.sort_unstable();
    let twice = known.windows(2).find(|pair| pair[0].0 == pair[1].0)?;
    Some((twice[0].1.clone(), twice[1].1.clone()))
}

fn schema() -> String {
    SweepSpec::SCHEMA.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<SweepSpec> {
        SweepSpec::parse("a.toml", text)
    }

    #[test]
    fn listed_networks_are_crossed_with_factors() {
        let text = "networks = [{ net = 'resnet8', width = 8 }, { net = 'vgg6' }]\n[train]\nepochs = 3\n[factors]\n\
                    seed = [0, 1]\naugment = [[], ['flip', 'shift']]";
        let spec = parse(text).unwrap();
        let all = spec.configurations().unwrap();
        assert_eq!(all.len(), 8);
        assert_eq!(spec.varied(), ["net", "augment", "width", "seed"]);
        assert_eq!(spec.compared().unwrap(), "net");
        let last = &all[7];
        assert_eq!(last.level("augment").unwrap(), "flip+shift");
        assert_eq!((last.level("seed").unwrap(), last.level("net").unwrap()), ("1".into(), "vgg6".into()));
        assert_eq!(last.settings["epochs"].as_integer(), Some(3));
        assert_eq!(all[0].level("augment").unwrap(), "none");
        let again = parse(text).unwrap().configurations().unwrap();
        assert_eq!(again, all);
    }

    #[test]
    fn a_factorial_of_millions_is_refused_before_it_is_made() {
        let levels: Vec<String> = (0..300).map(|level| level.to_string()).collect();
        let levels = levels.join(", ");
        let text = format!("[factors]\nseed = [{levels}]\nbatch-size = [{levels}]\nepochs = [{levels}]");
        assert!(parse(&text).unwrap_err().to_string().contains("27000000 networks"));
    }

    #[test]
    fn what_is_no_sweep_is_named() {
        for (text, word) in [
            ("[train", "TOML"),
            ("[trian]\nnet = 'a'", "trian"),
            ("schema = 'topolens.sweep/9'", "topolens.sweep/1"),
            ("", "[factors]"),
            ("[train]\nseed = 1\n[factors]\nseed = [1, 2]", "[train]"),
            ("networks = [{ seed = 1 }]\n[factors]\nseed = [1, 2]", "networks"),
            ("[factors]\nseed = []", "seed"),
            ("[factors]\nseed = 3", "seed"),
            ("[train]\nout = 'x'", "out"),
            ("compare = 'net'\n[factors]\nseed = [1]", "net"),
        ] {
            let message = parse(text).unwrap_err().to_string();
            assert!(message.contains(word) && message.contains("a.toml"), "{text}: {message}");
        }
    }

    #[test]
    fn equal_levels_are_found_however_they_are_written() {
        let made = |text: &str| parse(text).unwrap().configurations();
        for levels in [
            "1, 1",
            "1, 1.0",
            "0.001, 1e-3",
            "'0.5', 0.5",
            "10, '1e1'",
            "['a', 'b'], 'a,b'",
            "[1, 2], [1.0, 2.0]",
            "false, []",
        ] {
            let message = made(&format!("[factors]\nkey = [{levels}]")).unwrap_err().to_string();
            assert!(message.contains("same settings"), "{levels}: {message}");
        }
        let twice = made("networks = [{ rate = 1 }, { rate = 1.0 }]").unwrap_err().to_string();
        assert!(twice.contains("rate-1_") && twice.contains("rate-1.0_"), "{twice}");
        for levels in
            ["9007199254740992, 9007199254740993", "'a', 'b'", "[], ['none']", "true, false", "0.1, 0.10001"]
        {
            assert_eq!(made(&format!("[factors]\nkey = [{levels}]")).unwrap().len(), 2, "{levels}");
        }
    }
}
