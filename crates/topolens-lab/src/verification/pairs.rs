//! All pairs of pictures of some persons.

use topolens::statistics::RocCurve;

use super::Embeddings;

/// Pairs of pictures, the highest cosine first: genuine ones show one person, impostor ones two.
#[derive(Debug, Clone)]
pub struct FacePairs {
    /// The cosine of each pair.
    pub cosines: Vec<f64>,
    /// Whether it shows one person.
    pub is_genuine: Vec<bool>,
    /// The persons of both pictures.
    pub persons: Vec<[usize; 2]>,
}

impl FacePairs {
    /// All pairs of pictures of `persons`.
    pub fn new(embeddings: &Embeddings, persons: &[usize]) -> Self {
        let of = &embeddings.persons;
        let pictures: Vec<usize> = (0..of.len()).filter(|picture| persons.contains(&of[*picture])).collect();
        let mut pairs = Vec::new();
        for (at, &first) in pictures.iter().enumerate() {
            for &second in &pictures[at + 1..] {
                pairs.push((embeddings.cosine(first, second), [of[first], of[second]]));
            }
        }
        pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
        let is_genuine = pairs.iter().map(|(_, [first, second])| first == second).collect();
        let (cosines, persons) = pairs.into_iter().unzip();
        Self { cosines, is_genuine, persons }
    }

    /// The numbers of genuine and of impostor pairs.
    pub fn counts(&self) -> (usize, usize) {
        let n_genuine = self.is_genuine.iter().filter(|genuine| **genuine).count();
        (n_genuine, self.is_genuine.len() - n_genuine)
    }

    /// The curve of genuine pairs accepted against impostor pairs accepted, where person p was drawn `copies[p]` times.
    ///
    /// A genuine pair counts once for each copy of its person, an impostor pair once for each pair of copies of its two; two copies of one
    /// person make no pair.
    pub(super) fn curve(&self, copies: &[f64]) -> Result<RocCurve, topolens::Error> {
        let (mut cosines, mut is_genuine, mut weights) = (Vec::new(), Vec::new(), Vec::new());
        for (cosine, genuine, weight) in self.weighted(copies) {
            cosines.push(cosine);
            is_genuine.push(genuine);
            weights.push(weight);
        }
        RocCurve::weighted(&cosines, &is_genuine, &weights)
    }

    /// The mean cosine of genuine or of impostor pairs; NaN if there are none.
    pub(super) fn mean(&self, genuine: bool, copies: &[f64]) -> f64 {
        let pairs = self.weighted(copies).filter(|(_, is_genuine, _)| *is_genuine == genuine);
        let (sum, weight) = pairs
            .fold((0.0, 0.0), |(sum, total), (cosine, _, weight)| (sum + weight * cosine, total + weight));
        sum / weight
    }

    /// The pairs that count, each with its weight.
    fn weighted(&self, copies: &[f64]) -> impl Iterator<Item = (f64, bool, f64)> {
        let pairs = self.cosines.iter().zip(&self.is_genuine).zip(&self.persons);
        let weighted = pairs.map(|((cosine, genuine), [first, second])| {
            let weight = if *genuine { copies[*first] } else { copies[*first] * copies[*second] };
            (*cosine, *genuine, weight)
        });
        weighted.filter(|(_, _, weight)| *weight > 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two pictures of person 0 at 0° and 20°, two of person 1 at 60° and 90°, one of person 2 at 180°.
    fn five() -> Embeddings {
        let at = |degrees: f64| {
            let (sine, cosine) = degrees.to_radians().sin_cos();
            vec![3.0 * cosine, 3.0 * sine]
        };
        let rows: Vec<Vec<f64>> = [0.0, 20.0, 60.0, 90.0, 180.0].map(at).to_vec();
        Embeddings::of(&rows.iter().map(Vec::as_slice).collect::<Vec<_>>(), &[0, 0, 1, 1, 2])
    }

    #[test]
    fn pairs_come_by_cosine_and_know_their_persons() {
        let pairs = FacePairs::new(&five(), &[0, 1, 2]);
        assert_eq!(pairs.counts(), (2, 8));
        // 20°, 30°, 40°, 60°, 70°, …
        assert_eq!(pairs.is_genuine[..4], [true, true, false, false]);
        assert!((pairs.cosines[1] - 30.0_f64.to_radians().cos()).abs() < 1e-12);
        assert_eq!(pairs.persons[2], [0, 1]);
        assert_eq!(FacePairs::new(&five(), &[0, 2]).counts(), (1, 2));
    }

    #[test]
    fn a_person_drawn_twice_counts_as_two_people() {
        let pairs = FacePairs::new(&five(), &[0, 1, 2]);
        let (twenty, thirty) = (20.0_f64.to_radians().cos(), 30.0_f64.to_radians().cos());
        assert!((pairs.mean(true, &[2.0, 1.0, 0.0]) - (2.0 * twenty + thirty) / 3.0).abs() < 1e-12);
        // Impostor pairs of persons 0 and 2 alone: 180° and 160°.
        let expected = f64::midpoint(-1.0, 160.0_f64.to_radians().cos());
        assert!((pairs.mean(false, &[2.0, 0.0, 3.0]) - expected).abs() < 1e-12);
        assert!(pairs.mean(true, &[0.0, 0.0, 3.0]).is_nan());
        assert!(pairs.curve(&[0.0, 0.0, 3.0]).is_err());
        let curve = pairs.curve(&[1.0; 3]).unwrap();
        assert!(curve.area() > 1.0 - 1e-12 && curve.equal_error_rate() < 1e-12);
    }
}
