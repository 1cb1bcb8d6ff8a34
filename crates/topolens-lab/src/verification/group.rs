//! How well persons of one group are told apart.

use serde::Serialize;
use topolens::statistics::{Bootstrap, RocCurve};

use super::{Embeddings, FacePairs, Familiarity};
use crate::Result;
use crate::error::{Error, VerificationProblem};
use crate::rate::Rate;

/// Most pairs of pictures that are compared.
pub const MOST_PAIRS: usize = 1_000_000;
/// False accept rates at which the true accept rate is told.
const FALSE_ACCEPT_RATES: [f64; 3] = [0.1, 0.01, 0.001];
/// False accepts that a rate needs to be told: with 30 it is within 30 % of itself with a confidence of 90 % (Doddington et al. 2000).
const LEAST_ERRORS: f64 = 30.0;
/// Resamples of persons.
const RESAMPLES: usize = 1000;

/// The true accept rate at a false accept rate.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RateAt {
    /// The share of impostor pairs that may be accepted.
    pub false_accept_rate: f64,
    /// The largest share of genuine pairs that a threshold with such a share accepts; none where there are too few impostor pairs.
    pub true_accept_rate: Option<Rate>,
    /// The number of impostor pairs that are needed to tell it.
    pub n_impostor_needed: usize,
}

/// Persons of whom the same is known, and how well their pictures are told apart.
#[derive(Debug, Clone, Serialize)]
pub struct Group {
    /// Whether they were in training.
    pub familiarity: Familiarity,
    /// Their names.
    pub persons: Vec<String>,
    /// Pairs of pictures of one person.
    pub n_genuine: usize,
    /// Pairs of pictures of two.
    pub n_impostor: usize,
    /// The area under the curve of genuine pairs accepted against impostor pairs accepted.
    pub area: Rate,
    /// The rate at which as large a share of impostor pairs is accepted as of genuine pairs refused.
    pub equal_error_rate: Rate,
    /// True accept rates.
    pub true_accept_rates: Vec<RateAt>,
    /// The mean cosine of genuine pairs.
    pub mean_genuine: Rate,
    /// The mean cosine of impostor pairs.
    pub mean_impostor: Rate,
    /// The pairs themselves.
    #[serde(skip)]
    pub pairs: FacePairs,
}

/// Compares all pictures of the persons of a group with each other.
///
/// Intervals are BCa bootstrap intervals over persons, not over pairs: the pairs of a person stand and fall together (Bolle, Ratha & Pankanti
/// 2004).
///
/// # Errors
///
/// There are fewer than two persons, none has two pictures, or there are more than [`MOST_PAIRS`] pairs.
///
/// # Complexity
///
/// O(pairs) for each of 1000 resamples and each figure.
///
/// # References
///
/// bib: `bolle2004`, `doddington2000`
pub fn verify(
    embeddings: &Embeddings,
    names: &[String],
    (familiarity, members): (Familiarity, &[usize]),
    seed: u64,
) -> Result<Group> {
    check_pairs(&embeddings.persons, (familiarity, members))?;
    let pairs = FacePairs::new(embeddings, members);
    let (n_genuine, n_impostor) = pairs.counts();
    let over_persons = OverPersons { pairs: &pairs, members, n_names: names.len(), seed };
    let rate = |false_accept_rate: f64| {
        let needed = (LEAST_ERRORS / false_accept_rate).round();
        let at = |curve: &RocCurve| curve.true_positive_rate_at(false_accept_rate);
        let is_told = n_impostor as f64 >= needed;
        let true_accept_rate = is_told.then(|| over_persons.of_curve(at)).transpose()?;
        #[expect(clippy::cast_sign_loss, reason = "a positive number")]
        let n_impostor_needed = needed as usize;
        Ok(RateAt { false_accept_rate, true_accept_rate, n_impostor_needed })
    };
    Ok(Group {
        familiarity,
        persons: members.iter().map(|person| names[*person].clone()).collect(),
        n_genuine,
        n_impostor,
        area: over_persons.of_curve(|curve| Ok(curve.area()))?,
        equal_error_rate: over_persons.of_curve(|curve| Ok(curve.equal_error_rate()))?,
        true_accept_rates: FALSE_ACCEPT_RATES.into_iter().map(rate).collect::<Result<_>>()?,
        mean_genuine: over_persons.figure(|copies| Ok(pairs.mean(true, copies)))?,
        mean_impostor: over_persons.figure(|copies| Ok(pairs.mean(false, copies)))?,
        pairs,
    })
}

/// Refuses a group whose pictures make no genuine or no impostor pair, or too many pairs; `persons` has the person of each picture.
///
/// # Errors
///
/// See [`verify`].
pub fn check_pairs(persons: &[usize], (familiarity, members): (Familiarity, &[usize])) -> Result<()> {
    let n_pictures_of = |member: &usize| persons.iter().filter(|person| *person == member).count();
    let counts: Vec<usize> = members.iter().map(n_pictures_of).collect();
    let n_pairs_among = |n: usize| n * n.saturating_sub(1) / 2;
    let n_pairs = n_pairs_among(counts.iter().sum());
    let n_genuine: usize = counts.into_iter().map(n_pairs_among).sum();
    if n_pairs > MOST_PAIRS {
        return Err(Error::verification(VerificationProblem::TooManyPairs { n_pairs, most: MOST_PAIRS }));
    }
    if n_genuine == 0 || n_genuine == n_pairs {
        let (persons, whose) = (members.len(), familiarity.words());
        return Err(Error::verification(VerificationProblem::NoPairs { persons, whose }));
    }
    Ok(())
}

/// Figures of pairs, with intervals from persons drawn anew.
struct OverPersons<'a> {
    pairs: &'a FacePairs,
    members: &'a [usize],
    n_names: usize,
    seed: u64,
}

impl OverPersons<'_> {
    fn of_curve(
        &self,
        figure: impl Fn(&RocCurve) -> std::result::Result<f64, topolens::Error> + Sync,
    ) -> Result<Rate> {
        self.figure(|copies| figure(&self.pairs.curve(copies)?))
    }

    /// `figure` is given how often each person was drawn.
    fn figure(
        &self,
        figure: impl Fn(&[f64]) -> std::result::Result<f64, topolens::Error> + Sync,
    ) -> Result<Rate> {
        let of_drawn = |drawn: &[usize]| {
            let mut copies = vec![0.0; self.n_names];
            for member in drawn {
                copies[self.members[*member]] += 1.0;
            }
            figure(&copies)
        };
        let value = of_drawn(&(0..self.members.len()).collect::<Vec<_>>())?;
        let bootstrap = Bootstrap::new().resamples(RESAMPLES).seed(self.seed);
        let interval = bootstrap.interval(self.members.len(), of_drawn).ok();
        Ok(Rate {
            value,
            lower: interval.map(|interval| interval.lower),
            upper: interval.map(|interval| interval.upper),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(n: usize) -> Vec<String> {
        (0..n).map(|person| format!("p{person}")).collect()
    }

    /// `n` persons at even angles of a circle, three pictures of each 8° apart.
    fn circle(n: usize) -> Embeddings {
        let angles = (0..3 * n).map(|at| 360.0 / n as f64 * (at / 3) as f64 + 8.0 * (at % 3) as f64);
        let rows: Vec<Vec<f64>> = angles
            .map(|degrees| {
                let (sine, cosine) = degrees.to_radians().sin_cos();
                vec![cosine, sine]
            })
            .collect();
        let persons: Vec<usize> = (0..3 * n).map(|at| at / 3).collect();
        Embeddings::of(&rows.iter().map(Vec::as_slice).collect::<Vec<_>>(), &persons)
    }

    #[test]
    fn persons_apart_are_told_apart_and_the_counts_are_those_of_all_pairs() {
        let members: Vec<usize> = (0..6).collect();
        let group = verify(&circle(6), &names(6), (Familiarity::Unseen, &members), 1).unwrap();
        assert_eq!((group.n_genuine, group.n_impostor), (6 * 3, 15 * 9));
        assert_eq!((group.area.value, group.equal_error_rate.value), (1.0, 0.0));
        let expected = (2.0 * 8.0_f64.to_radians().cos() + 16.0_f64.to_radians().cos()) / 3.0;
        assert!((group.mean_genuine.value - expected).abs() < 1e-12);
        // 135 impostor pairs are too few for every rate.
        assert!(group.true_accept_rates.iter().all(|rate| rate.true_accept_rate.is_none()));
        let needed: Vec<usize> = group.true_accept_rates.iter().map(|rate| rate.n_impostor_needed).collect();
        assert_eq!(needed, [300, 3000, 30000]);
        let twelve: Vec<usize> = (0..12).collect();
        let group = verify(&circle(12), &names(12), (Familiarity::Seen, &twelve), 1).unwrap();
        let told: Vec<bool> =
            group.true_accept_rates.iter().map(|rate| rate.true_accept_rate.is_some()).collect();
        assert_eq!((group.n_impostor, told), (66 * 9, vec![true, false, false]));
    }

    #[test]
    fn an_interval_over_persons_holds_the_figure_and_repeats() {
        // Twenty persons at 18°: neighbours overlap.
        let members: Vec<usize> = (0..20).collect();
        let group = verify(&circle(20), &names(20), (Familiarity::Unseen, &members), 1).unwrap();
        let (lower, upper) = (group.area.lower.unwrap(), group.area.upper.unwrap());
        assert!(lower < group.area.value && group.area.value < upper && upper < 1.0, "{:?}", group.area);
        let again = verify(&circle(20), &names(20), (Familiarity::Unseen, &members), 1).unwrap();
        assert_eq!(again.area, group.area);
        let two = verify(&circle(20), &names(20), (Familiarity::Unseen, &[3, 4]), 1).unwrap();
        assert_eq!((two.area.lower, two.n_genuine), (None, 6));
    }

    #[test]
    fn groups_without_pairs_are_refused() {
        let one_each = Embeddings::of(&[&[1.0, 0.0], &[0.0, 1.0]], &[0, 1]);
        for (embeddings, members) in [(&one_each, &[0, 1][..]), (&circle(3), &[1][..])] {
            let message =
                verify(embeddings, &names(3), (Familiarity::Unseen, members), 1).unwrap_err().to_string();
            assert!(message.contains("--faces") && message.contains("not in training"), "{message}");
        }
        let many: Vec<usize> = (0..1500).map(|picture| picture / 3).collect();
        let members: Vec<usize> = (0..500).collect();
        let message = check_pairs(&many, (Familiarity::Unseen, &members)).unwrap_err().to_string();
        assert!(message.contains("1124250 pairs"), "{message}");
        assert!(check_pairs(&many, (Familiarity::Unseen, &members[..400])).is_ok());
    }
}
