//! A scene as PNG, rasterised by kuva.

use kuva::RasterBackend;
use kuva::render::color::Color as KuvaColor;
use kuva::render::render::{PathData, Primitive, Scene as KuvaScene, TextAnchor};

use super::scene::{Anchor, Color, Scene, Shape, Stroke};
use crate::Result;
use crate::error::{Error, ErrorKind};

/// Pixels for each unit of 1/96 inch: 300 dots per inch.
const PIXELS_PER_UNIT: f32 = 300.0 / 96.0;

/// The scene as a PNG file of 300 dots per inch.
pub(crate) fn to_png(scene: &Scene) -> Result<Vec<u8>> {
    let mut picture = KuvaScene::new(scene.width, scene.height);
    picture.elements = scene.shapes.iter().flat_map(|shape| primitives(shape, scene.text)).collect();
    let failed = |reason| Error::new(ErrorKind::Picture { name: scene.description.clone(), reason });
    RasterBackend::new().with_scale(PIXELS_PER_UNIT).render_scene(&picture).map_err(failed)
}

fn primitives(shape: &Shape, size: u32) -> Vec<Primitive> {
    match shape {
        Shape::Image { corner, dot, bitmap } => {
            bitmap.polygons(*corner, *dot).iter().map(|shape| primitive(shape, size)).collect()
        }
        shape => vec![primitive(shape, size)],
    }
}

fn primitive(shape: &Shape, size: u32) -> Primitive {
    match shape {
        // Drawn as polygons before.
        Shape::Image { .. } => Primitive::PolyLine {
            points: Vec::new(),
            stroke: KuvaColor::None,
            stroke_width: 0.0,
            stroke_dasharray: None,
        },
        Shape::Polyline { points, stroke } => polyline(points.clone(), *stroke),
        Shape::Polygon { points, color, opacity } => {
            let corners: Vec<String> = points.iter().map(|(x, y)| format!("{x} {y}")).collect();
            Primitive::Path(Box::new(PathData {
                d: format!("M{}Z", corners.join("L")),
                fill: Some(kuva_color(*color)),
                stroke: KuvaColor::None,
                stroke_width: 0.0,
                opacity: Some(*opacity),
                stroke_dasharray: None,
            }))
        }
        Shape::Dots { centres, radius, color, opacity } => Primitive::CircleBatch {
            cx: centres.iter().map(|centre| centre.0).collect(),
            cy: centres.iter().map(|centre| centre.1).collect(),
            r: *radius,
            fill: kuva_color(*color),
            fill_opacity: Some(*opacity),
            stroke: None,
            stroke_width: None,
        },
        Shape::Text { at, content, anchor, upwards, color } => Primitive::Text {
            x: at.0,
            y: at.1,
            // A dollar sign would start a formula.
            content: content.replace('$', "\\$"),
            size,
            anchor: text_anchor(*anchor),
            rotate: upwards.then_some(-90.0),
            bold: false,
            color: Some(kuva_color(*color)),
        },
    }
}

fn polyline(points: Vec<(f64, f64)>, stroke: Stroke) -> Primitive {
    // The dashes are lengths in pixels.
    let dashes = stroke.dashes.map(|lengths| lengths.map(|length| length * f64::from(PIXELS_PER_UNIT)));
    Primitive::PolyLine {
        points,
        stroke: kuva_color(stroke.color),
        stroke_width: stroke.width,
        stroke_dasharray: dashes.map(|[dash, gap]| format!("{dash},{gap}")),
    }
}

fn text_anchor(anchor: Anchor) -> TextAnchor {
    match anchor {
        Anchor::Start => TextAnchor::Start,
        Anchor::Middle => TextAnchor::Middle,
        Anchor::End => TextAnchor::End,
    }
}

fn kuva_color(Color(red, green, blue): Color) -> KuvaColor {
    KuvaColor::Rgb(red, green, blue)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::plot::Size;

    /// Width and height in the header of a PNG file.
    fn extent(png: &[u8]) -> [u32; 2] {
        assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
        [16, 20].map(|at| u32::from_be_bytes(png[at..at + 4].try_into().unwrap()))
    }

    fn scene(width: f64, shapes: Vec<Shape>) -> Scene {
        Scene {
            description: "test".to_owned(),
            width,
            height: 96.0,
            text: 12,
            shapes,
            ..Scene::new("", Size::SMALL)
        }
    }

    #[test]
    fn an_inch_is_300_pixels() {
        assert_eq!(extent(&to_png(&scene(192.0, Vec::new())).unwrap()), [600, 300]);
    }

    #[test]
    fn each_shape_leaves_ink() {
        let color = Color(200, 0, 0);
        let stroke = Stroke::dashed(color, 1.0);
        let text = |content: &str| Shape::Text {
            at: (10.0, 20.0),
            content: content.to_owned(),
            anchor: Anchor::Start,
            upwards: false,
            color,
        };
        let shapes = [
            Shape::Polyline { points: vec![(5.0, 5.0), (60.0, 50.0)], stroke },
            Shape::Polygon { points: vec![(5.0, 5.0), (60.0, 50.0), (9.0, 60.0)], color, opacity: 0.2 },
            Shape::Dots { centres: vec![(20.0, 20.0)], radius: 3.0, color, opacity: 1.0 },
            text("E₀"),
        ];
        let blank = to_png(&scene(96.0, Vec::new())).unwrap();
        for shape in shapes {
            assert_ne!(to_png(&scene(96.0, vec![shape])).unwrap(), blank);
        }
        let png = |content| to_png(&scene(96.0, vec![text(content)])).unwrap();
        assert_ne!(png("$a$ b"), png("a b"), "a dollar sign is drawn as such");
    }

    #[test]
    fn an_empty_picture_is_an_error() {
        assert!(to_png(&scene(0.0, Vec::new())).unwrap_err().to_string().contains("test"));
    }
}
