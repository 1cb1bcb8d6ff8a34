//! Two representations beside each other as a page one can send.

use topolens::{Comparison, NamedComparison, comparison_measures};

use super::contrast::Measured;
use super::html::{Picture, Sheet};
use super::plot::{Size, heat_map};
use super::similarity::{LayerMatrix, map};
use super::study_page::StudyPage;

/// Two clouds by every measure.
#[derive(Debug)]
pub struct PairPage<'a> {
    /// The names of both.
    pub names: [String; 2],
    /// Their numbers of points.
    pub n_points: [usize; 2],
    /// Their numbers of features.
    pub n_features: [usize; 2],
    /// Every measure, or why it has no value.
    pub comparisons: &'a [NamedComparison],
    /// Shuffles of the rows of the second cloud.
    pub n_permutations: usize,
    /// Where the numbers come from.
    pub provenance: Vec<(String, String)>,
}

/// The page of two clouds, as HTML that needs no other file.
pub fn render_pair(page: &PairPage<'_>) -> String {
    let [a, b] = &page.names;
    StudyPage {
        kind: "topolens compare",
        title: format!("{a} and {b}"),
        question: "How alike are these two representations of the same inputs, and is it more than chance?",
        answer: told_pair(page),
        cautions: cautions_of_pair(page),
        pictures: Vec::new(),
        sheets: vec![measures(page)],
        provenance: page.provenance.clone(),
    }
    .render()
}

/// A shuffled cloud is at least as alike in one case of twenty at most.
const LEVEL: f64 = 0.05;

fn defined<'a>(page: &PairPage<'a>) -> Vec<&'a Comparison> {
    page.comparisons.iter().filter_map(|(_, found)| found.as_ref().ok()).collect()
}

fn measured(found: &Comparison) -> Measured {
    Measured { value: found.value, interval: found.lower.zip(found.upper) }
}

fn told_pair(page: &PairPage<'_>) -> Vec<String> {
    const FIRST: [&str; 3] = ["cka-debiased", "procrustes", "rtd"];
    let found = defined(page);
    let named = |name: &&str| found.iter().find(|one| one.measure.name == *name);
    let Some(main) = FIRST.iter().find_map(named).or_else(|| found.first()) else {
        return vec!["No measure has a value on these two clouds.".to_owned()];
    };
    let (value, name) = (measured(main), main.measure.name);
    let sense = if main.measure.is_similarity { "1 is the same" } else { "0 is the same" };
    let first = match main.null {
        None => {
            format!("By {name} they are {value} ({sense}); whether that is more than chance was not tried.")
        }
        Some(null) => {
            let verdict = if null.p_value <= LEVEL + 1e-9 {
                "which chance does not reach"
            } else {
                "which cannot be told from chance"
            };
            format!(
                "By {name} they are {value} ({sense}), where shuffled rows give {:.3}: p = {:.3}, {verdict}.",
                null.mean, null.p_value
            )
        }
    };
    let tried: Vec<&&Comparison> = found.iter().filter(|one| one.null.is_some()).collect();
    let alike: Vec<&str> = tried
        .iter()
        .filter(|one| one.null.is_some_and(|null| null.p_value <= LEVEL + 1e-9))
        .map(|one| one.measure.name)
        .collect();
    let second = match (alike.len(), tried.len()) {
        (_, 0) => "No measure was tried on shuffled rows: likeness by chance is not ruled out.".to_owned(),
        (0, n) => format!(
            "By none of {n} measures that were tried on shuffled rows can they be told from unrelated clouds."
        ),
        (k, n) => format!(
            "By {k} of {n} measures that were tried on shuffled rows they are more alike than chance: {}.",
            alike.join(", ")
        ),
    };
    vec![first, second]
}

fn cautions_of_pair(page: &PairPage<'_>) -> Vec<String> {
    let ([n, other], [a, b]) = (page.n_points, page.n_features);
    let mut cautions = Vec::new();
    if n == other {
        cautions.push(format!("{n} points, {a} and {b} features: measures that are not debiased come nearer to \"the same\" the fewer the points and the more the features."));
        cautions.push(
            "Row i of both must be the same input; a measure that needs it says nothing otherwise."
                .to_owned(),
        );
    } else {
        cautions
            .push(format!("{n} and {other} points: only measures that need no common inputs have a value."));
    }
    cautions.push("Measures forgive different things (rotation, scale, any linear map): that two of them disagree is no error.".to_owned());
    if page.n_permutations > 0 {
        cautions.push(format!(
            "With {} shuffles no p is below {:.3}, and several measures were tried.",
            page.n_permutations,
            1.0 / (page.n_permutations as f64 + 1.0)
        ));
    }
    cautions
}

fn measures(page: &PairPage<'_>) -> Sheet {
    let row = |(name, found): &NamedComparison| {
        let cells = match found {
            Ok(found) => {
                let null = found.null.map_or_else(
                    || ["–".to_owned(), "–".to_owned()],
                    |null| [format!("{:.3}", null.mean), format!("{:.3}", null.p_value)],
                );
                let alike = if found.measure.is_similarity { "large" } else { "small" };
                let [mean, p] = null;
                [measured(found).to_string(), mean, p, alike.to_owned()]
            }
            Err(error) => [format!("undefined: {error}"), "–".to_owned(), "–".to_owned(), "–".to_owned()],
        };
        std::iter::once((*name).to_owned()).chain(cells).collect()
    };
    Sheet {
        title: "Measures".to_owned(),
        note: "Value with its 95 % interval, over batches or random halves of the inputs; the mean over shuffled rows of the second cloud, and the share \
               of shuffles at least as alike (p)."
            .to_owned(),
        header: ["measure", "value [95 %]", "rows shuffled", "p", "alike when"].map(str::to_owned).to_vec(),
        rows: page.comparisons.iter().map(row).collect(),
    }
}

/// The page of layers against layers, as HTML that needs no other file.
pub fn render_matrix(matrix: &LayerMatrix, n_points: usize, provenance: Vec<(String, String)>) -> String {
    StudyPage {
        kind: "topolens compare",
        title: format!("Layers of {} and {}", matrix.rows.0, matrix.columns.0),
        question: "Which layers of the two networks represent the same inputs alike?",
        answer: told_matrix(matrix),
        cautions: vec![
            format!(
                "{n_points} inputs: measures that are not debiased come nearer to \"the same\" the fewer the inputs and the wider the layers."
            ),
            "Layers of one network that follow each other are alike by construction: look for what lies off the diagonal.".to_owned(),
            "A matrix has no intervals: compare two layers alone (topolens compare A B with one matrix each) for intervals and a null.".to_owned(),
        ],
        pictures: vec![Picture {
            name: format!("{}-matrix", matrix.measure),
            scene: heat_map(&map(matrix), Size::SQUARE),
            title: format!("{} between layers", matrix.measure),
            reading: "A square for each pair of layers, from the first at the top left; dark is high, and the bar gives the scale.".to_owned(),
            caution: "The scale runs from the lowest to the highest value found: a dark square need not be near to the same.".to_owned(),
        }],
        sheets: Vec::new(),
        provenance,
    }
    .render()
}

/// Whether large values of the matrix's measure mean alike.
fn is_similarity(matrix: &LayerMatrix) -> bool {
    comparison_measures().iter().any(|known| known.name == matrix.measure && known.is_similarity)
}

impl LayerMatrix {
    /// The rows whose most alike column is at the same place; `None` unless there are as many rows as columns.
    pub fn best_on_diagonal(&self) -> Option<usize> {
        let n = self.columns.1.len();
        if n == 0 || n != self.rows.1.len() {
            return None;
        }
        let larger_is_alike = is_similarity(self);
        let is_best = |(at, row): (usize, &[f64])| {
            row.iter().all(|value| if larger_is_alike { *value <= row[at] } else { *value >= row[at] })
        };
        Some(self.values.chunks(n).enumerate().filter(|row| is_best(*row)).count())
    }
}

fn told_matrix(matrix: &LayerMatrix) -> Vec<String> {
    let ((a, rows), (b, columns)) = (&matrix.rows, &matrix.columns);
    let sign = if is_similarity(matrix) { 1.0 } else { -1.0 };
    let same = a == b && rows == columns;
    let pairs =
        matrix.values.iter().enumerate().map(|(at, value)| (at / columns.len(), at % columns.len(), *value));
    let others = pairs.filter(|(row, column, value)| value.is_finite() && !(same && row == column));
    let best = others.max_by(|x, y| (sign * x.2).total_cmp(&(sign * y.2)));
    let Some((row, column, value)) = best else {
        return vec!["No pair of layers has a value.".to_owned()];
    };
    let most = format!(
        "By {} the most alike layers are {} of {a} and {} of {b}: {value:.3}",
        matrix.measure, rows[row], columns[column]
    );
    let at_the_same_place = matrix.best_on_diagonal().filter(|_| !same).map_or_else(String::new, |n| {
        format!(
            "; {n} of {} layers are most alike to the layer at the same place in the other network",
            rows.len()
        )
    });
    vec![
        format!("{most}{at_the_same_place}."),
        "The matrix has no intervals, so layers whose values differ little cannot be told apart.".to_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use topolens::{Comparisons, synthetic};

    use super::*;

    fn matrix(measure: &str, values: &[f64]) -> LayerMatrix {
        let names = |side: &str| (side.to_owned(), vec!["conv".to_owned(), "output".to_owned()]);
        LayerMatrix {
            measure: measure.to_owned(),
            rows: names("a"),
            columns: names("b"),
            values: values.to_vec(),
        }
    }

    #[test]
    fn layers_at_the_same_place_are_counted_by_what_alike_means() {
        assert!(
            told_matrix(&matrix("cka", &[0.9, 0.2, 0.3, 0.8]))[0].contains("2 of 2 layers are most alike")
        );
        assert!(told_matrix(&matrix("rtd", &[0.9, 0.2, 0.3, 0.8]))[0].contains("0 of 2 layers"));
        let mut same = matrix("cka", &[1.0, 0.2, 0.3, 1.0]);
        same.columns.0 = "a".to_owned();
        assert!(
            told_matrix(&same)[0].contains("most alike layers are output of a and conv of a: 0.300"),
            "the diagonal says nothing"
        );
        let page = render_matrix(&matrix("cka", &[0.9, 0.2, 0.3, 0.8]), 100, Vec::new());
        assert!(page.contains("cannot be told apart") && page.contains("<summary>Data"));
    }

    #[test]
    fn a_pair_is_told_beside_its_null() {
        let cloud = synthetic::uniform_cube(60, 3, 0).unwrap();
        let other = synthetic::uniform_cube(60, 3, 9).unwrap();
        let told = |b| {
            let comparisons = Comparisons::new(&["cka-debiased"]).unwrap().compare(&cloud, b);
            told_pair(&PairPage {
                names: ["a".to_owned(), "b".to_owned()],
                n_points: [60, 60],
                n_features: [3, 3],
                comparisons: &comparisons,
                n_permutations: 19,
                provenance: Vec::new(),
            })
        };
        let same = told(&cloud);
        assert!(
            same[0].contains("they are 1.0") && same[0].ends_with("which chance does not reach."),
            "{same:?}"
        );
        assert!(same[1].contains("By 1 of 1 measures"), "{same:?}");
        let chance = told(&other);
        assert!(
            chance[0].ends_with("which cannot be told from chance.") && chance[1].starts_with("By none of 1"),
            "{chance:?}"
        );
    }
}
