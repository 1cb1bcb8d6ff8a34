//! Which persons a network saw in training.

use serde::Serialize;

use crate::Result;
use crate::error::{Error, VerificationProblem};
use crate::input::choose_classes;

/// Whether persons were in training.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Familiarity {
    /// They were not.
    Unseen,
    /// They were, though maybe in other pictures.
    Seen,
    /// That is not known.
    Unknown,
}

impl Familiarity {
    /// In a table.
    pub fn words(self) -> &'static str {
        match self {
            Self::Unseen => "not in training",
            Self::Seen => "in training",
            Self::Unknown => "not known whether in training",
        }
    }
}

/// The persons, by number, that were not in training and those that were; the former come first, and a group without persons is left out.
///
/// Without `patterns` a person was in training if `trained_on` has the name. Those that match a pattern were not in training; all others were, but
/// for those that `trained_on` does not name, who are left out. If neither is given it is not known of any.
///
/// # Errors
///
/// There are fewer than two persons, or a pattern names no person; `--faces` and `--persons` are blamed.
pub fn groups_of_persons(
    persons: &[String],
    trained_on: Option<&[String]>,
    patterns: &[String],
) -> Result<Vec<(Familiarity, Vec<usize>)>> {
    if persons.len() < 2 {
        let person = persons.first().cloned().unwrap_or_default();
        return Err(Error::verification(VerificationProblem::OnePerson { person }));
    }
    let all = 0..persons.len();
    let unseen: Vec<usize> = match trained_on {
        _ if !patterns.is_empty() => choose_classes("--persons", persons, patterns)?,
        Some(names) => all.clone().filter(|person| !names.contains(&persons[*person])).collect(),
        None => return Ok(vec![(Familiarity::Unknown, all.collect())]),
    };
    let was_trained_on = |person: &usize| trained_on.is_none_or(|names| names.contains(&persons[*person]));
    let seen = all.filter(|person| !unseen.contains(person) && was_trained_on(person)).collect();
    let groups = [(Familiarity::Unseen, unseen), (Familiarity::Seen, seen)];
    Ok(groups.into_iter().filter(|(_, members)| !members.is_empty()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn classes_of_the_run_were_seen_unless_patterns_say_otherwise() {
        use Familiarity::{Seen, Unknown, Unseen};
        let persons = names(&["ann", "bob", "cy"]);
        let trained = names(&["bob", "dan"]);
        let of = |trained_on, patterns: &[&str]| {
            groups_of_persons(&persons, trained_on, &names(patterns)).unwrap()
        };
        assert_eq!(of(Some(&trained), &[]), [(Unseen, vec![0, 2]), (Seen, vec![1])]);
        assert_eq!(of(Some(&trained), &["b*"]), [(Unseen, vec![1])]);
        assert_eq!(of(Some(&trained), &["a*"]), [(Unseen, vec![0]), (Seen, vec![1])]);
        assert_eq!(of(None, &["ann..bob"]), [(Unseen, vec![0, 1]), (Seen, vec![2])]);
        assert_eq!(of(None, &[]), [(Unknown, vec![0, 1, 2])]);
        assert_eq!(of(Some(&persons), &[]), [(Seen, vec![0, 1, 2])]);
        assert!(
            groups_of_persons(&persons, None, &names(&["x"])).unwrap_err().to_string().contains("--persons")
        );
        assert!(groups_of_persons(&persons[..1], None, &[]).unwrap_err().to_string().contains("ann"));
    }
}
