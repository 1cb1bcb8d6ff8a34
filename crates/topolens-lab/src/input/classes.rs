//! Some of the classes of a data set.

use globset::Glob;
use topolens_nn::dataset::Dataset;

use super::natural::natural;
use crate::Result;
use crate::error::{DataProblem, Error};

/// Indices, ascending, of the names that match any of `patterns`: a glob (`s1?`, `*-left`) or, with `FIRST..LAST`, all names from the one to the
/// other in the order in which people count.
///
/// # Errors
///
/// A pattern is malformed or matches nothing, or an end of a range is no name; the message lists the names. `argument` is blamed.
pub fn choose_classes(argument: &'static str, names: &[String], patterns: &[String]) -> Result<Vec<usize>> {
    let mut chosen = vec![false; names.len()];
    for pattern in patterns {
        let of_pattern = match pattern.split_once("..") {
            Some((first, last)) => in_range(names, first.trim(), last.trim()),
            None => matching(names, pattern.trim()),
        };
        if of_pattern.is_empty() {
            let (pattern, known) = (pattern.clone(), names.to_vec());
            return Err(Error::data(DataProblem::NoClass { argument, pattern, known }));
        }
        for class in of_pattern {
            chosen[class] = true;
        }
    }
    Ok((0..names.len()).filter(|class| chosen[*class]).collect())
}

/// None if the pattern is malformed.
fn matching(names: &[String], pattern: &str) -> Vec<usize> {
    let Ok(glob) = Glob::new(pattern) else { return Vec::new() };
    let matcher = glob.compile_matcher();
    (0..names.len()).filter(|class| matcher.is_match(&names[*class])).collect()
}

/// None if an end is no name, or the last comes before the first.
fn in_range(names: &[String], first: &str, last: &str) -> Vec<usize> {
    let mut order: Vec<usize> = (0..names.len()).collect();
    order.sort_by_cached_key(|class| natural(&names[*class]));
    let place = |name: &str| order.iter().position(|class| names[*class] == name);
    match place(first).zip(place(last)) {
        Some((first, last)) if first <= last => order[first..=last].to_vec(),
        _ => Vec::new(),
    }
}

/// The images of the classes called `names`, in that order of classes; all images as they are if a name is not among their classes.
///
/// # Errors
///
/// No image is of these classes.
pub fn of_named_classes(images: Dataset, names: &[String]) -> Result<Dataset> {
    let place = |name: &String| images.class_names().iter().position(|class| class == name);
    match names.iter().map(place).collect::<Option<Vec<usize>>>() {
        Some(classes) if names != images.class_names() => Ok(images.of_classes(&classes)?),
        _ => Ok(images),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(patterns: &[&str]) -> Result<Vec<String>> {
        let names = ["s1", "s10", "s11", "s2", "s3"].map(str::to_owned);
        let patterns: Vec<String> = patterns.iter().map(|&pattern| pattern.to_owned()).collect();
        let found = choose_classes("--classes", &names, &patterns)?;
        Ok(found.into_iter().map(|class| names[class].clone()).collect())
    }

    #[test]
    fn ranges_count_as_people_do_and_globs_match() {
        assert_eq!(chosen(&["s2..s10"]).unwrap(), ["s10", "s2", "s3"]);
        assert_eq!(chosen(&["s1?", "s3..s3"]).unwrap(), ["s10", "s11", "s3"]);
        assert_eq!(chosen(&["*"]).unwrap().len(), 5);
    }

    #[test]
    fn what_matches_nothing_is_named_with_what_there_is() {
        for pattern in ["x*", "s3..s2", "s1..s99", "[", ""] {
            let message = chosen(&["s1", pattern]).unwrap_err().to_string();
            assert!(message.contains("--classes") && message.contains("s10, s11"), "{message}");
        }
    }

    #[test]
    fn classes_by_name_keep_the_order_of_the_names() {
        let names = |names: &[&str]| -> Vec<String> { names.iter().map(|&name| name.to_owned()).collect() };
        let images =
            Dataset::new("x", [1, 1, 1], vec![7, 8, 9], vec![0, 1, 2], names(&["a", "b", "c"])).unwrap();
        let two = of_named_classes(images.clone(), &names(&["c", "a"])).unwrap();
        assert_eq!(
            (two.pixels(), two.labels(), two.class_names()),
            (&[7, 9][..], &[1, 0][..], &names(&["c", "a"])[..])
        );
        assert_eq!(of_named_classes(images.clone(), &names(&["c", "z"])).unwrap(), images);
    }
}
