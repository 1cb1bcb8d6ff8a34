//! A scene as SVG.

use std::fmt::{self, Write};

use super::bitmap::Bitmap;
use super::scene::{Anchor, Color, Position, Scene, Shape, Stroke};
use crate::report::escape::escape;

/// The scene as one `svg` element that needs nothing else: no style sheet, no script, no identifiers.
pub(crate) fn to_svg(scene: &Scene) -> String {
    let mut svg = String::new();
    // Writing to a string cannot fail.
    let _ = write_svg(&mut svg, scene);
    svg
}

fn write_svg(svg: &mut String, scene: &Scene) -> fmt::Result {
    let (width, height) = (scene.width, scene.height);
    let description = escape(&scene.description);
    write!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" role=\"img\" aria-label=\"{description}\" font-family=\"Helvetica, Arial, 'DejaVu Sans', \
         sans-serif\" font-size=\"{}\" fill=\"none\"><title>{description}</title><rect width=\"{width}\" \
         height=\"{height}\" fill=\"#ffffff\"/>",
        scene.text
    )?;
    for shape in &scene.shapes {
        write_shape(svg, shape)?;
    }
    svg.write_str("</svg>")
}

fn write_shape(svg: &mut String, shape: &Shape) -> fmt::Result {
    match shape {
        Shape::Polyline { points, stroke } => {
            write!(svg, "<path d=\"{}\" {}/>", Outline(points), Pen(*stroke))
        }
        Shape::Polygon { points, color, opacity } => {
            write!(svg, "<path d=\"{}Z\" fill=\"{color}\"{}/>", Outline(points), Opacity("fill", *opacity))
        }
        Shape::Dots { centres, radius, color, opacity } => {
            svg.write_str("<path d=\"")?;
            for &(x, y) in centres {
                write!(svg, "M{} {}h0", Number(x), Number(y))?;
            }
            let width = Number(2.0 * radius);
            let opacity = Opacity("stroke", *opacity);
            write!(svg, "\" stroke=\"{color}\" stroke-width=\"{width}\" stroke-linecap=\"round\"{opacity}/>")
        }
        Shape::Text { at, content, anchor, upwards, color } => {
            write_text(svg, *at, content, (*anchor, *upwards, *color))
        }
        Shape::Image { corner, dot, bitmap } => write_image(svg, *corner, *dot, bitmap),
    }
}

/// A data address; dot by dot if it cannot be made.
fn write_image(svg: &mut String, corner: Position, dot: f64, bitmap: &Bitmap) -> fmt::Result {
    let Some(address) = bitmap.data_address() else {
        return bitmap.polygons(corner, dot).iter().try_for_each(|shape| write_shape(svg, shape));
    };
    let (width, height) = (dot * bitmap.width as f64, dot * bitmap.height as f64);
    write!(
        svg,
        "<image x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" image-rendering=\"pixelated\" href=\"{address}\"/>",
        Number(corner.0),
        Number(corner.1),
        Number(width),
        Number(height)
    )
}

fn write_text(svg: &mut String, at: Position, content: &str, style: (Anchor, bool, Color)) -> fmt::Result {
    let (anchor, upwards, color) = style;
    let (x, y) = (Number(at.0), Number(at.1));
    write!(svg, "<text x=\"{x}\" y=\"{y}\" fill=\"{color}\"")?;
    match anchor {
        Anchor::Start => {}
        Anchor::Middle => svg.write_str(" text-anchor=\"middle\"")?,
        Anchor::End => svg.write_str(" text-anchor=\"end\"")?,
    }
    if upwards {
        write!(svg, " transform=\"rotate(-90 {x} {y})\"")?;
    }
    write!(svg, ">{}</text>", escape(content))
}

/// A length rounded to a tenth of a unit.
struct Number(f64);

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rounded = (self.0 * 10.0).round() / 10.0;
        write!(f, "{}", rounded + 0.0)
    }
}

struct Outline<'a>(&'a [Position]);

impl fmt::Display for Outline<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, &(x, y)) in self.0.iter().enumerate() {
            write!(f, "{}{} {}", if at == 0 { "M" } else { "L" }, Number(x), Number(y))?;
        }
        Ok(())
    }
}

struct Pen(Stroke);

impl fmt::Display for Pen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Stroke { color, width, dashes } = self.0;
        write!(f, "stroke=\"{color}\" stroke-width=\"{width}\"")?;
        dashes.map_or(Ok(()), |[dash, gap]| write!(f, " stroke-dasharray=\"{dash} {gap}\""))
    }
}

struct Opacity(&'static str, f64);

impl fmt::Display for Opacity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.1 < 1.0 { write!(f, " {}-opacity=\"{}\"", self.0, self.1) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::plot::Size;

    fn scene(shapes: Vec<Shape>) -> Scene {
        Scene {
            description: "a \"b\" <c>".to_owned(),
            width: 10.0,
            height: 8.0,
            text: 12,
            shapes,
            ..Scene::new("", Size::SMALL)
        }
    }

    const RED: Color = Color(255, 0, 0);

    #[test]
    fn every_shape_has_its_element() {
        let svg = to_svg(&scene(vec![
            Shape::Polyline { points: vec![(0.0, 1.04), (2.0, 3.06)], stroke: Stroke::dashed(RED, 0.5) },
            Shape::Polygon { points: vec![(0.0, 0.0), (1.0, 0.0), (0.0, -0.01)], color: RED, opacity: 0.2 },
            Shape::Dots { centres: vec![(1.0, 2.0), (3.0, 4.0)], radius: 1.5, color: RED, opacity: 1.0 },
        ]));
        assert!(
            svg.contains("<path d=\"M0 1L2 3.1\" stroke=\"#ff0000\" stroke-width=\"0.5\" stroke-dasharray")
        );
        assert!(svg.contains("<path d=\"M0 0L1 0L0 0Z\" fill=\"#ff0000\" fill-opacity=\"0.2\"/>"));
        assert!(svg.contains(
            "<path d=\"M1 2h0M3 4h0\" stroke=\"#ff0000\" stroke-width=\"3\" stroke-linecap=\"round\"/>"
        ));
        assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 10 8\""));
        assert!(svg.ends_with("</svg>"));
    }

    #[test]
    fn text_and_description_are_escaped() {
        let text = |upwards| Shape::Text {
            at: (1.0, 2.0),
            content: "</text><script>&'".to_owned(),
            anchor: Anchor::End,
            upwards,
            color: RED,
        };
        let svg = to_svg(&scene(vec![text(false), text(true)]));
        assert!(svg.contains("text-anchor=\"end\">&lt;/text&gt;&lt;script&gt;&amp;&#39;</text>"), "{svg}");
        assert!(svg.contains("rotate(-90 1 2)"));
        assert!(svg.contains("aria-label=\"a &quot;b&quot; &lt;c&gt;\""));
        assert!(!svg.contains("<script"));
    }
}
