//! Networks with what was measured of them.

/// Where a measure comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MeasureKind {
    /// A descriptor of a cloud: of training images at a layer, or of the path of the weights.
    Descriptor,
    /// A quantity that needs no cloud: norms of weights, margins, settings.
    Baseline,
}

impl MeasureKind {
    /// The word in tables.
    pub fn label(self) -> &'static str {
        match self {
            Self::Descriptor => "descriptor",
            Self::Baseline => "baseline",
        }
    }
}

/// One quantity of every network.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// Its name.
    pub name: String,
    /// Where it comes from.
    pub kind: MeasureKind,
    /// A number per network, where it is defined.
    pub values: Vec<Option<f64>>,
}

/// A setting of every network.
#[derive(Debug, Clone, PartialEq)]
pub struct HyperParameter {
    /// Its name.
    pub name: String,
    /// Its level for each network, as text.
    pub levels: Vec<String>,
}

/// A row per network: its errors, its settings, its measures.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MeasureTable {
    /// Names of the networks.
    pub networks: Vec<String>,
    /// Share of the test images that is classified wrongly.
    pub test_error: Vec<f64>,
    /// Share of the training images that is classified wrongly, if known.
    pub train_error: Option<Vec<f64>>,
    /// Settings that differ between the networks.
    pub hyper_parameters: Vec<HyperParameter>,
    /// What was measured.
    pub measures: Vec<Measure>,
}

impl HyperParameter {
    /// The number of each network's level, in the order of first appearance.
    pub fn codes(&self) -> Vec<usize> {
        let distinct = self.distinct();
        let code = |level: &String| distinct.iter().position(|known| *known == level).unwrap_or_default();
        self.levels.iter().map(code).collect()
    }

    /// The levels in the order of first appearance.
    pub fn distinct(&self) -> Vec<&String> {
        let mut distinct: Vec<&String> = Vec::new();
        for level in &self.levels {
            if !distinct.contains(&level) {
                distinct.push(level);
            }
        }
        distinct
    }

    /// A column of zeros and ones for each level but the first.
    pub(super) fn indicators(&self) -> Vec<Vec<f64>> {
        let codes = self.codes();
        let column = |level: usize| codes.iter().map(|code| f64::from(u8::from(*code == level))).collect();
        (1..self.distinct().len()).map(column).collect()
    }
}

impl MeasureTable {
    /// Networks.
    pub fn len(&self) -> usize {
        self.networks.len()
    }

    /// Whether there is no network.
    pub fn is_empty(&self) -> bool {
        self.networks.is_empty()
    }

    /// The measure called `name`.
    pub fn measure(&self, name: &str) -> Option<&Measure> {
        self.measures.iter().find(|measure| measure.name == name)
    }

    /// Test error less training error of each network.
    pub fn gap(&self) -> Option<Vec<f64>> {
        let train = self.train_error.as_ref()?;
        Some(self.test_error.iter().zip(train).map(|(test, train)| test - train).collect())
    }

    /// Which network belongs to which architecture, if there are several: the hyper-parameter called net or architecture.
    pub fn architectures(&self) -> Option<&HyperParameter> {
        let named = |hyper: &&HyperParameter| matches!(hyper.name.as_str(), "net" | "architecture" | "model");
        self.hyper_parameters.iter().find(named).filter(|hyper| hyper.distinct().len() > 1)
    }
}

/// A table for tests: error follows `signal`, `noise` does not.
#[cfg(test)]
pub(super) fn example(n: usize) -> MeasureTable {
    let wobble = |i: usize, k: usize| {
        let hash = blake3::hash(&[i as u8, k as u8]);
        f64::from(hash.as_bytes()[0]) / 255.0
    };
    let measure = |name: &str, kind, value: &dyn Fn(usize) -> f64| Measure {
        name: name.to_owned(),
        kind,
        values: (0..n).map(|i| Some(value(i))).collect(),
    };
    let levels = |name: &str, of: &dyn Fn(usize) -> String| HyperParameter {
        name: name.to_owned(),
        levels: (0..n).map(of).collect(),
    };
    let error = |i: usize| 0.2 + 0.1 * wobble(i, 5) + 0.01 * (i % 3) as f64;
    MeasureTable {
        networks: (0..n).map(|i| format!("n{i}")).collect(),
        test_error: (0..n).map(error).collect(),
        train_error: Some((0..n).map(|i| 0.1 * wobble(i, 3)).collect()),
        hyper_parameters: vec![
            levels("net", &|i| format!("resnet{}", 8 + 6 * (i % 3))),
            levels("batch", &|i| (32 << (i / 3 % 2)).to_string()),
        ],
        measures: vec![
            measure("signal@last-hidden", MeasureKind::Descriptor, &|i| {
                100.0 * error(i) + 0.3 * wobble(i, 2)
            }),
            measure("noise@last-hidden", MeasureKind::Descriptor, &|i| wobble(i, 4) + 0.5),
            measure("weight-norm", MeasureKind::Baseline, &|i| wobble(i, 6) + 1.0),
        ],
    }
}
