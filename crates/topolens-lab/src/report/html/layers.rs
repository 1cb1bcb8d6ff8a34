//! Persistence diagram and barcode of every layer, side by side.

use std::fmt::Write;

use super::answer::capitalised;
use crate::profile::curve::sorted_distinct;
use crate::report::escape::escape;
use crate::report::figure::{barcode_of, diagram_of};
use crate::report::number::{depth, epoch_name};
use crate::report::plot::{Size, to_svg};
use crate::report::profile_report::LayerDiagrams;

pub(crate) fn section(layers: &[LayerDiagrams]) -> String {
    let epochs = sorted_distinct(layers.iter().map(|layer| layer.epoch));
    let Some((&last, earlier)) = epochs.split_last() else { return String::new() };
    let mut html = format!(
        "<section id=\"layers\">\n<h2>Diagrams and barcodes by layer</h2>\n<p>Each point, and each bar, is one homology \
         class of the cloud of all classes: born at one filtration value, gone at another. Points far above the diagonal \
         and long bars persist; those near it are what sampling leaves. Where there are too many, the longest are drawn \
         and the picture says so. <span class=\"not\"><b>Do not conclude too much:</b> scales differ between layers, \
         and a single long bar of a sampled cloud may be chance.</span></p>\n{}",
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
        let _ = writeln!(
            html,
            "<figure class=\"pair\">{}{}<figcaption><strong>{}</strong>, depth {}</figcaption></figure>",
            to_svg(&diagram_of(layer, Size::SMALL)),
            to_svg(&barcode_of(layer, Size::SMALL)),
            escape(&layer.layer),
            depth(layer.depth)
        );
    }
    html + "</div>\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::report;

    #[test]
    fn the_last_epoch_is_open_and_the_others_fold() {
        let html = section(&report(2, &[Some(0), Some(2), Some(12)], 0).layers);
        let (open, folded) = html.split_once("<details>").unwrap();
        assert!(open.contains("<h3>Epoch 12</h3>") && !open.contains("<h3>Epoch 2</h3>"));
        assert!(
            folded.contains("<summary>epoch 2</summary>") && folded.contains("<h3>Epoch 0 (untrained)</h3>")
        );
        assert_eq!(html.matches("<svg ").count(), 3 * 2 * 2);
    }

    #[test]
    fn no_diagrams_no_section() {
        assert_eq!(section(&[]), "");
    }
}
