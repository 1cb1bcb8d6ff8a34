//! The longest loops of every layer on a plane.

use super::figure::{Picture, figure};
use super::glossary::Terms;
use crate::profile::LoopSketch;
use crate::report::figure::{loops_of, slug};
use crate::report::number::{depth, epoch_name, plain};
use crate::report::plot::MOST_CLASSES;
use crate::report::profile_report::{LayerDiagrams, sketched};

pub(crate) fn section(layers: &[LayerDiagrams]) -> String {
    let drawn = sketched(layers);
    let Some((first, _)) = drawn.first() else { return String::new() };
    let n_layers = layers.iter().filter(|layer| layer.epoch == first.epoch).count();
    let left_out = if drawn.len() < n_layers {
        format!(" {} of {n_layers} layers are shown; the others have no loop, or are left out.", drawn.len())
    } else {
        String::new()
    };
    let figures: String = drawn.iter().map(|(layer, sketch)| figure(&picture(layer, sketch))).collect();
    let reading = format!(
        "The cloud of all classes together at {}, scaled as for the diagrams, on the plane of its two widest directions. The closed lines \
         are the loops that live longest, each by one cycle of points that are near each other. Follow a line: neighbours on it are \
         alike to the network, and the way leads round a region without points.{left_out}",
        epoch_name(first.epoch)
    );
    let caution = "A plane can tangle, flatten or cross a loop that is none of these in the space of all features, and the hole need not be \
                   visible on it. A cycle is one of many around its loop: not the shortest, and the points on it are no more typical than others. \
                   Where no loop lives longer than those of the same cloud with permuted columns, the lines show noise.";
    let mut terms = Terms::default();
    format!(
        "<section id=\"loops\">\n<h2>The longest loops by layer</h2>\n<p>{}</p>\n<p>{}</p>\n<div class=\"layers\">\n{figures}</div>\n</section>\n",
        terms.marked(&reading),
        terms.marked(caution)
    )
}

fn picture(layer: &LayerDiagrams, sketch: &LoopSketch) -> Picture {
    Picture {
        name: format!("loops-{}", slug(layer)),
        scene: loops_of(layer, sketch),
        title: format!("{}, depth {}", layer.layer, depth(layer.depth)),
        reading: reading(sketch),
        caution: beside_null(sketch),
    }
}

fn reading(sketch: &LoopSketch) -> String {
    let n_drawn = sketch.rows.len();
    let points = if n_drawn < sketch.n_points {
        format!(
            "{n_drawn} of {} points, as many of each class, drawn at random: births and deaths differ from those of the diagrams.",
            sketch.n_points
        )
    } else {
        format!("All {n_drawn} points, in {} features.", sketch.n_features)
    };
    let plane = if sketch.n_fitted < n_drawn {
        format!(" The plane is that of {} of them.", sketch.n_fitted)
    } else {
        String::new()
    };
    let classes = if sketch.class_names.len() > MOST_CLASSES {
        format!(" Their {} classes are not told apart.", sketch.class_names.len())
    } else {
        String::new()
    };
    let images = if sketch.thumbnails.is_empty() {
        ""
    } else {
        " The numbered images are those at the numbers along the longest loop, with their classes."
    };
    format!("{points}{plane}{classes}{images}")
}

/// What the longest loop of a null says of those that are drawn.
fn beside_null(sketch: &LoopSketch) -> String {
    let null = sketch.null_lifespan;
    let n_longer = sketch.loops.iter().filter(|found| found.lifespan() > null).count();
    let n_loops = sketch.loops.len();
    let verdict = match (n_longer, n_loops) {
        (0, 1) => "that drawn lives no longer, and says nothing".to_owned(),
        (0, _) => "those drawn live no longer, and say nothing".to_owned(),
        (1, 1) => "that drawn lives longer, but a single null is no test".to_owned(),
        _ => format!("{n_longer} of the {n_loops} drawn live longer, but a single null is no test"),
    };
    let longest = if null > 0.0 {
        format!("with its columns permuted the cloud has loops that live up to {}", plain(null))
    } else {
        "with its columns permuted the cloud has no loop".to_owned()
    };
    format!("{longest}; {verdict}.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::{report, sketch};

    fn layers(epochs: &[Option<usize>]) -> Vec<LayerDiagrams> {
        let mut layers = report(2, epochs, 0).layers;
        for layer in &mut layers {
            layer.loops = Some(sketch(100, 10));
        }
        layers
    }

    #[test]
    fn the_layers_of_the_last_epoch_have_a_figure_each() {
        let html = section(&layers(&[Some(0), Some(12)]));
        assert_eq!(html.matches("<figure ").count(), 2);
        assert!(
            html.contains(" 12, scaled as for the diagrams")
                && html.contains("data-name=\"loops-block2-epoch-12\"")
        );
        assert_eq!(html.matches("<summary>Data").count(), 2);
        assert!(!html.contains("layers are shown"));
    }

    #[test]
    fn no_loops_no_section() {
        assert_eq!(section(&report(2, &[Some(1)], 0).layers), "");
        let mut some = layers(&[Some(0), Some(12)]);
        some[2].loops = None;
        assert!(section(&some).contains("1 of 2 layers are shown"));
        some[3].loops = None;
        assert_eq!(section(&some), "", "an earlier epoch is not shown in place of the last");
    }

    #[test]
    fn what_is_drawn_and_what_the_null_says_is_told() {
        let mut drawn = sketch(100, 20);
        let told = reading(&drawn);
        assert!(
            told.starts_with("100 of 200 points, as many of each class")
                && told.contains("20 classes are not told apart")
        );
        assert!(told.contains("The numbered images"));
        assert!(beside_null(&drawn).contains("live up to 0.250; 2 of the 3 drawn live longer"));
        drawn.null_lifespan = 0.6;
        assert!(beside_null(&drawn).ends_with("those drawn live no longer, and say nothing."));
        assert!(!told.contains("The plane is that of"));
        drawn.n_fitted = 60;
        assert!(reading(&drawn).contains("The plane is that of 60 of them."));
        drawn.n_fitted = 100;
        (drawn.null_lifespan, drawn.n_points) = (0.0, 100);
        drawn.loops.truncate(1);
        drawn.thumbnails.clear();
        assert!(beside_null(&drawn).contains("has no loop; that drawn lives longer"));
        assert_eq!(reading(&drawn), "All 100 points, in 64 features. Their 20 classes are not told apart.");
    }
}
