//! A factorial of configurations: every combination of the levels of each factor.

use topolens_nn::{ModelSpec, Nonlinearity, Shortcut};

/// The levels of each factor.
///
/// # Examples
///
/// ```
/// use topolens_lab::sweep::Factorial;
/// use topolens_nn::{ModelSpec, Nonlinearity, Shortcut};
///
/// let factorial = Factorial {
///     architectures: vec!["resnet8".into(), "resnet20".into()],
///     nonlinearities: vec![Nonlinearity::Relu, Nonlinearity::Tanh],
///     shortcuts: vec![Shortcut::A],
///     seeds: vec![0, 1, 2],
/// };
/// let specs = factorial.specs(&ModelSpec::new("resnet8", [32, 32, 3], 10));
/// assert_eq!(specs.len(), 2 * 2 * 1 * 3);
/// assert_eq!((specs[0].seed, specs[1].seed), (0, 1));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Factorial {
    /// Architectures by name.
    pub architectures: Vec<String>,
    /// Nonlinearities.
    pub nonlinearities: Vec<Nonlinearity>,
    /// Shortcuts of residual blocks.
    pub shortcuts: Vec<Shortcut>,
    /// Seeds: repeats of each configuration.
    pub seeds: Vec<u64>,
}

impl Factorial {
    /// Every combination, the seed running fastest; what is no factor is taken from `base`.
    pub fn specs(&self, base: &ModelSpec) -> Vec<ModelSpec> {
        let mut specs = Vec::new();
        for architecture in &self.architectures {
            for nonlinearity in &self.nonlinearities {
                for shortcut in &self.shortcuts {
                    specs.extend(self.seeds.iter().map(|seed| ModelSpec {
                        architecture: architecture.clone(),
                        nonlinearity: *nonlinearity,
                        shortcut: *shortcut,
                        seed: *seed,
                        ..base.clone()
                    }));
                }
            }
        }
        specs
    }
}
