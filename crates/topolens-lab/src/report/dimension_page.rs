//! The dimension of one cloud as a page one can send.

use topolens::{Estimate, NamedEstimate};

use super::contrast::{Contrast, Measured};
use super::html::{Picture, Sheet};
use super::number::plain;
use super::plot::{Size, curves};
use super::scales::{ScaleCurve, plot};
use super::study_page::StudyPage;

/// Estimates of the dimension of one cloud, with what must be known to read them.
#[derive(Debug)]
pub struct DimensionPage<'a> {
    /// The name of the cloud.
    pub name: String,
    /// Its number of points.
    pub n_points: usize,
    /// Its number of features.
    pub n_features: usize,
    /// Every estimate, or why there is none.
    pub estimates: &'a [NamedEstimate],
    /// Estimates over scales, as far as there are any.
    pub scales: Vec<ScaleCurve>,
    /// Where the numbers come from.
    pub provenance: Vec<(String, String)>,
}

/// The page as HTML that needs no other file.
pub fn render_dimension(page: &DimensionPage<'_>) -> String {
    StudyPage {
        kind: "topolens dimension",
        title: page.name.clone(),
        question: "In how many independent directions do the points of this cloud move near each other?",
        answer: answer(page),
        cautions: cautions(page),
        pictures: picture(page).into_iter().collect(),
        sheets: vec![sheet(page)],
        provenance: page.provenance.clone(),
    }
    .render()
}

/// The estimates that have a value, from low to high.
fn defined<'a>(page: &DimensionPage<'a>) -> Vec<(&'static str, &'a Estimate)> {
    let mut found: Vec<(&'static str, &Estimate)> =
        page.estimates.iter().filter_map(|(name, found)| Some((*name, found.as_ref().ok()?))).collect();
    found.sort_by(|a, b| a.1.value.total_cmp(&b.1.value));
    found
}

fn measured(estimate: &Estimate) -> Measured {
    let ends = (estimate.lower, estimate.upper);
    Measured { value: estimate.value, interval: ends.1.is_finite().then_some(ends) }
}

fn answer(page: &DimensionPage<'_>) -> Vec<String> {
    let found = defined(page);
    let DimensionPage { n_points, n_features, .. } = page;
    let place = format!("{n_points} points with {n_features} features");
    match &found[..] {
        [] => vec![format!("No estimator has a value on these {place}.")],
        [(name, only)] => vec![
            format!("By {name} the {place} have dimension {}.", measured(only)),
            "One estimator sees one scale: another may say something else.".to_owned(),
        ],
        [(low_name, low), .., (high_name, high)] => {
            let (low, high) = (measured(low), measured(high));
            let verdict = match Contrast::between(low, high) {
                Contrast::Falls | Contrast::Rises => {
                    "Their intervals are apart: the estimators see different scales or are biased differently, and the cloud has no single \
                     dimension that all of them agree on."
                        .to_owned()
                }
                Contrast::Open => format!("Their intervals overlap, so {low_name} and {high_name} cannot be told apart."),
                Contrast::Unknown => "Without intervals nobody can say how sure the difference is.".to_owned(),
            };
            vec![
                format!(
                    "The {place} have a dimension of {low} ({low_name}, the lowest of {} estimators) to {high} ({high_name}, the highest).",
                    found.len()
                ),
                verdict,
            ]
        }
    }
}

fn cautions(page: &DimensionPage<'_>) -> Vec<String> {
    const BIASED_ABOVE: f64 = 10.0;
    const FEW: usize = 500;
    let found = defined(page);
    let mut cautions =
        vec!["Intervals cover the spread between samples, not the bias of an estimator.".to_owned()];
    let highest = found.last().map_or(0.0, |(_, estimate)| estimate.value);
    if highest > BIASED_ABOVE {
        cautions.push(format!(
            "Above about 10 estimates from neighbours are too low, the more so the fewer the points; here they reach {}: compare clouds of as \
             many points, do not quote the number.",
            plain(highest)
        ));
    }
    if page.n_points < FEW {
        cautions.push(format!(
            "{} points are few: estimates are biased low and their intervals are wide.",
            page.n_points
        ));
    }
    cautions.push(format!(
        "No estimate can exceed the width, {} features, in truth; noise in all of them lifts the small scales towards it.",
        page.n_features
    ));
    if let Some(n) = found.iter().map(|(_, estimate)| estimate.n_dropped).max().filter(|n| *n > 0) {
        cautions.push(format!("{n} points repeat another and are left out."));
    }
    cautions
}

fn picture(page: &DimensionPage<'_>) -> Option<Picture> {
    (!page.scales.is_empty()).then(|| Picture {
        name: "scales".to_owned(),
        scene: curves(&plot(&page.name, &page.scales), Size::COLUMN),
        title: "Intrinsic dimension over scales".to_owned(),
        reading: "From the smallest distances at the left to the largest. A plateau is a dimension that the cloud has at those scales; bands are \
                  95 % intervals."
            .to_owned(),
        caution: "A rise towards small scales is noise, a fall towards large ones curvature or the edge of the cloud; neither is a change of \
                  dimension."
            .to_owned(),
    })
}

fn sheet(page: &DimensionPage<'_>) -> Sheet {
    let row = |(name, found): &NamedEstimate| {
        let cells = match found {
            Ok(estimate) => [
                measured(estimate).to_string(),
                plain(estimate.standard_error),
                estimate.n_points.to_string(),
                String::new(),
            ],
            Err(error) => [String::new(), String::new(), String::new(), error.to_string()],
        };
        std::iter::once((*name).to_owned()).chain(cells).collect()
    };
    Sheet {
        title: "Estimates".to_owned(),
        note: "Value with its 95 % interval and its standard error; where there is none, the reason."
            .to_owned(),
        header: ["estimator", "dimension [95 %]", "standard error", "points used", "undefined because"]
            .map(str::to_owned)
            .to_vec(),
        rows: page.estimates.iter().map(row).collect(),
    }
}

#[cfg(test)]
mod tests {
    use topolens::{Dimensions, synthetic};

    use super::*;

    fn page(names: &[&str], n: usize) -> String {
        let cloud = synthetic::uniform_cube(n, 2, 0).unwrap();
        let dimensions = Dimensions::new(&cloud, names).unwrap();
        render_dimension(&DimensionPage {
            name: "square.npy".to_owned(),
            n_points: n,
            n_features: 2,
            estimates: &dimensions.estimates(),
            scales: Vec::new(),
            provenance: vec![("seed".to_owned(), "0".to_owned())],
        })
    }

    #[test]
    fn one_estimator_and_several_are_told_with_their_intervals() {
        let one = page(&["two-nn"], 300);
        assert!(one.contains(" the 300 points with 2 features have dimension "), "{one}");
        let several = page(&["two-nn", "mle"], 300);
        assert!(several.contains("the lowest of 2 estimators"));
        assert!(several.contains("cannot be told apart") || several.contains("intervals are apart"));
        assert!(several.contains("300 points are few"));
    }

    #[test]
    fn what_is_undefined_has_its_reason() {
        let none = page(&["mle"], 3);
        assert!(none.contains("No estimator has a value on these 3 points with 2 features."), "{none}");
    }
}
