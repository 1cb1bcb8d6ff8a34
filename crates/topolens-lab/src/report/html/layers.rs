//! Persistence diagram and barcode of every layer, side by side.

use std::fmt::Write;

use super::answer::capitalised;
use super::figure::{Picture, figure};
use super::glossary::Terms;
use crate::profile::curve::sorted_distinct;
use crate::report::figure::{barcode_of, diagram_of, slug};
use crate::report::number::{depth, epoch_name, plain};
use crate::report::plot::Size;
use crate::report::profile_report::LayerDiagrams;

/// Epochs whose diagrams are drawn at most, so that a page of many epochs stays small.
const MOST_EPOCHS: usize = 4;

pub(crate) fn section(layers: &[LayerDiagrams]) -> String {
    let epochs = sorted_distinct(layers.iter().map(|layer| layer.epoch));
    let drawn = evenly(&epochs);
    let Some((&last, earlier)) = drawn.split_last() else { return String::new() };
    let left_out = if drawn.len() < epochs.len() {
        format!(" Of {} epochs {} are drawn; all are in diagrams.json.", epochs.len(), drawn.len())
    } else {
        String::new()
    };
    let reading = format!(
        "Left a persistence diagram, right a barcode. Each mark, and each bar, is one component (H₀) or loop (H₁) of the cloud of all classes \
         together: it appears at one scale and is gone at another. Marks far above the diagonal and long bars persist; those near it are what \
         sampling leaves. Where there are too many, the longest are drawn and the picture says so.{left_out}"
    );
    let mut html = format!(
        "<section id=\"layers\">\n<h2>Diagrams and barcodes by layer</h2>\n<p>{}</p>\n{}",
        Terms::default().marked(&reading),
        grid(layers, last)
    );
    for &epoch in earlier.iter().rev() {
        let _ = write!(
            html,
            "<details><summary>{}</summary>\n{}</details>\n",
            epoch_name(epoch),
            grid(layers, epoch)
        );
    }
    html + "</section>\n"
}

/// The layers of one epoch.
fn grid(layers: &[LayerDiagrams], epoch: Option<usize>) -> String {
    let mut html = format!("<h3>{}</h3>\n<div class=\"layers\">\n", capitalised(&epoch_name(epoch)));
    for layer in layers.iter().filter(|layer| layer.epoch == epoch) {
        html += &figure(&picture(layer));
    }
    html + "</div>\n"
}

fn picture(layer: &LayerDiagrams) -> Picture {
    Picture {
        name: format!("diagrams-{}", slug(layer)),
        scene: diagram_of(layer, Size::SMALL).beside(barcode_of(layer, Size::SMALL)),
        title: format!("{}, depth {}", layer.layer, depth(layer.depth)),
        reading: longest_loop(layer),
        caution: "scales differ between layers, and one long bar of a sampled cloud may be chance."
            .to_owned(),
    }
}

/// The loop that lives longest, in words.
fn longest_loop(layer: &LayerDiagrams) -> String {
    let loops = layer.diagrams.iter().find(|diagram| diagram.homology_dimension() == 1);
    let Some(loops) = loops else { return "Loops were not measured.".to_owned() };
    let longest = loops.intervals().iter().max_by(|a, b| a.lifespan().total_cmp(&b.lifespan()));
    longest.map_or_else(
        || "There is no loop.".to_owned(),
        |found| {
            format!(
                "The longest of {} loops is open from {} to {}.",
                loops.intervals().len(),
                plain(found.birth),
                plain(found.death)
            )
        },
    )
}

/// The first, the last and epochs spread evenly between them.
fn evenly(epochs: &[Option<usize>]) -> Vec<Option<usize>> {
    if epochs.len() <= MOST_EPOCHS {
        return epochs.to_vec();
    }
    (0..MOST_EPOCHS).map(|at| epochs[at * (epochs.len() - 1) / (MOST_EPOCHS - 1)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::report;

    #[test]
    fn the_last_epoch_is_open_and_the_others_fold() {
        let html = section(&report(2, &[Some(0), Some(2), Some(12)], 0).layers);
        let (open, folded) = html.split_once("<details><summary>epoch").unwrap();
        assert!(open.contains("<h3>Epoch 12</h3>") && !open.contains("<h3>Epoch 2</h3>"));
        assert!(folded.starts_with(" 2</summary>") && folded.contains("<h3>Epoch 0 (untrained)</h3>"));
        assert_eq!(html.matches("<svg ").count(), 3 * 2);
        assert!(html.contains("The longest of 119 loops is open from "), "{html}");
    }

    #[test]
    fn of_many_epochs_four_are_drawn_and_it_is_said() {
        let epochs: Vec<Option<usize>> = (0..10).map(Some).collect();
        assert_eq!(evenly(&epochs), [Some(0), Some(3), Some(6), Some(9)]);
        let html = section(&report(2, &epochs, 0).layers);
        assert_eq!(html.matches("<svg ").count(), 4 * 2);
        assert!(html.contains("4 are drawn; all are in diagrams.json."));
    }

    #[test]
    fn no_diagrams_no_section() {
        assert_eq!(section(&[]), "");
    }
}
