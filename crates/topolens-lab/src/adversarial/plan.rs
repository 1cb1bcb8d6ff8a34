//! Which attacks are run, at which strengths.

use topolens_nn::attack::{Method, Norm, Settings, Victim, find};

use super::study::Planned;

/// An argument that cannot be what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// `method`, `epsilon` or `target`.
    pub argument: &'static str,
    /// What is wrong, and what to do.
    pub reason: String,
}

/// The attacks named, and noise as their control, each at all strengths.
///
/// # Errors
///
/// A name is unknown, the network has no gradients for it, it has no form with a target or in the norm, or a radius is larger than the
/// whole pixel range.
pub fn plan(
    names: &[String],
    settings: &Settings,
    epsilons: &[f64],
    victim: &Victim<'_>,
    has_target: bool,
) -> Result<Vec<Planned>, Refusal> {
    let refuse = |argument: &'static str, reason: String| Err(Refusal { argument, reason });
    let norm = settings.norm;
    if matches!(norm, Norm::Linf | Norm::L0) && epsilons.iter().any(|epsilon| *epsilon > 1.0) {
        let reason = format!("in {norm} 1 is the whole pixel range, or all numbers; give at most 1");
        return refuse("epsilon", reason);
    }
    let mut chosen: Vec<&'static Method> = Vec::new();
    for name in names.iter().map(String::as_str).chain(["noise"]) {
        let of_method = |error: topolens_nn::Error| Refusal { argument: "method", reason: error.to_string() };
        let method = find(name).map_err(of_method)?;
        if method.needs_gradients && !victim.has_gradients() {
            let reason =
                format!("{name} needs gradients, and the network runs forward only; take square or noise");
            return refuse("method", reason);
        }
        if has_target && !method.takes_target {
            return refuse("target", format!("{name} has no targeted form; leave one of them out"));
        }
        if !chosen.iter().any(|known| known.name == name) {
            method.build(settings).map_err(|error| of_method(error).about(name))?;
            chosen.push(method);
        }
    }
    let planned = |method| Planned { method, settings: settings.clone(), epsilons: epsilons.to_vec() };
    Ok(chosen.into_iter().map(planned).collect())
}

impl Refusal {
    fn about(self, name: &str) -> Self {
        Self { reason: format!("{name}: {}", self.reason), ..self }
    }
}
