//! A scene as PDF, in vectors, with the fonts that every reader has.

use std::collections::BTreeMap;

use pdf_writer::types::{LineCapStyle, TextRenderingMode};
use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str, TextStr};

use super::bitmap::Bitmap;
use super::scene::{Anchor, Color, Position, Scene, Shape, Stroke};

/// A unit is 1/96 inch, a point 1/72.
const POINTS_PER_UNIT: f32 = 72.0 / 96.0;
/// Lowered and raised digits are this much smaller.
const SMALL: f32 = 0.7;

/// The scene as a PDF file of one page; the same scene gives the same bytes.
pub(crate) fn to_pdf(scene: &Scene) -> Vec<u8> {
    let [catalog, pages, page, content, helvetica, symbol, info] = [1, 2, 3, 4, 5, 6, 7].map(Ref::new);
    let mut drawn = Drawing::new(scene);
    scene.shapes.iter().for_each(|shape| drawn.shape(shape));
    let Drawing { content: drawn, states, images, .. } = drawn;
    let stream = drawn.finish().into_vec();
    let image_refs = (8..).map(Ref::new);
    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(pages);
    pdf.pages(pages).kids([page]).count(1);
    let (width, height) = (scene.width as f32 * POINTS_PER_UNIT, scene.height as f32 * POINTS_PER_UNIT);
    let mut sheet = pdf.page(page);
    sheet.media_box(Rect::new(0.0, 0.0, width, height)).parent(pages).contents(content);
    let mut resources = sheet.resources();
    resources.fonts().pair(Face::Helvetica.name(), helvetica).pair(Face::Symbol.name(), symbol);
    let mut graphics = resources.ext_g_states();
    for (opacity, name) in &states {
        let part = f32::from(*opacity) / 255.0;
        graphics
            .insert(Name(name.as_bytes()))
            .start::<pdf_writer::writers::ExtGraphicsState<'_>>()
            .non_stroking_alpha(part)
            .stroking_alpha(part);
    }
    graphics.finish();
    let mut files = resources.x_objects();
    for ((name, _), file) in images.iter().zip(image_refs.clone()) {
        files.pair(Name(name.as_bytes()), file);
    }
    files.finish();
    resources.finish();
    sheet.finish();
    pdf.type1_font(helvetica).base_font(Name(b"Helvetica")).encoding_predefined(Name(b"WinAnsiEncoding"));
    pdf.type1_font(symbol).base_font(Name(b"Symbol"));
    pdf.document_info(info).title(TextStr(&scene.description)).creator(TextStr("topolens"));
    pdf.stream(content, &stream);
    for ((_, bitmap), file) in images.iter().zip(image_refs) {
        write_image(&mut pdf, file, bitmap);
    }
    pdf.finish()
}

fn write_image(pdf: &mut Pdf, file: Ref, bitmap: &Bitmap) {
    let bytes: Vec<u8> = bitmap.colors.iter().flat_map(|color| [color.0, color.1, color.2]).collect();
    let mut image = pdf.image_xobject(file, &bytes);
    let extent = |n_dots: usize| i32::try_from(n_dots).unwrap_or(i32::MAX);
    image.width(extent(bitmap.width)).height(extent(bitmap.height)).bits_per_component(8);
    image.color_space().device_rgb();
}

/// The page while it is drawn on.
struct Drawing {
    content: Content,
    text: f32,
    /// Opacities of 255 parts, each with the name of its state.
    states: BTreeMap<u8, String>,
    /// Each with its name.
    images: Vec<(String, Bitmap)>,
}

impl Drawing {
    /// A white page whose y grows downwards.
    fn new(scene: &Scene) -> Self {
        let mut content = Content::new();
        let height = scene.height as f32 * POINTS_PER_UNIT;
        content.transform([POINTS_PER_UNIT, 0.0, 0.0, -POINTS_PER_UNIT, 0.0, height]);
        content
            .set_fill_rgb(1.0, 1.0, 1.0)
            .rect(0.0, 0.0, scene.width as f32, scene.height as f32)
            .fill_nonzero();
        Self { content, text: scene.text as f32, states: BTreeMap::new(), images: Vec::new() }
    }

    fn shape(&mut self, shape: &Shape) {
        match shape {
            Shape::Polyline { points, stroke } => {
                self.pen(*stroke);
                self.outline(points);
                self.content.stroke();
            }
            Shape::Polygon { points, color, opacity } => {
                self.opacity(*opacity);
                self.fill(*color);
                self.outline(points);
                self.content.close_path().fill_nonzero();
            }
            Shape::Dots { centres, radius, color, opacity } => {
                self.opacity(*opacity);
                self.stroke(*color);
                self.content.set_line_width(2.0 * *radius as f32).set_line_cap(LineCapStyle::RoundCap);
                self.content.set_dash_pattern([], 0.0);
                for &(x, y) in centres {
                    self.content.move_to(x as f32, y as f32).line_to(x as f32, y as f32);
                }
                self.content.stroke().set_line_cap(LineCapStyle::ButtCap);
            }
            Shape::Text { at, content, anchor, upwards, color } => {
                self.opacity(1.0);
                self.fill(*color);
                self.write(*at, content, *anchor, *upwards);
            }
            Shape::Image { corner, dot, bitmap } => {
                self.image(*corner, *dot, bitmap);
            }
        }
    }

    /// An image is a file of its own, which the page names.
    fn image(&mut self, (x, y): Position, dot: f64, bitmap: &Bitmap) {
        self.opacity(1.0);
        let (width, height) = ((dot * bitmap.width as f64) as f32, (dot * bitmap.height as f64) as f32);
        let name = format!("I{}", self.images.len());
        self.content.save_state().transform([width, 0.0, 0.0, -height, x as f32, y as f32 + height]);
        self.content.x_object(Name(name.as_bytes())).restore_state();
        self.images.push((name, bitmap.clone()));
    }

    fn pen(&mut self, stroke: Stroke) {
        self.opacity(1.0);
        self.stroke(stroke.color);
        self.content.set_line_width(stroke.width as f32);
        match stroke.dashes {
            Some(lengths) => self.content.set_dash_pattern(lengths.map(|length| length as f32), 0.0),
            None => self.content.set_dash_pattern([], 0.0),
        };
    }

    fn opacity(&mut self, opacity: f64) {
        #[expect(clippy::cast_sign_loss, reason = "from 0 to 255")]
        let parts = (255.0 * opacity.clamp(0.0, 1.0)).round() as u8;
        let name = self.states.entry(parts).or_insert_with(|| format!("A{parts}"));
        self.content.set_parameters(Name(name.as_bytes()));
    }

    fn fill(&mut self, color: Color) {
        let [red, green, blue] = parts(color);
        self.content.set_fill_rgb(red, green, blue);
    }

    fn stroke(&mut self, color: Color) {
        let [red, green, blue] = parts(color);
        self.content.set_stroke_rgb(red, green, blue);
    }

    fn outline(&mut self, points: &[Position]) {
        for (at, &(x, y)) in points.iter().enumerate() {
            let (x, y) = (x as f32, y as f32);
            if at == 0 {
                self.content.move_to(x, y)
            } else {
                self.content.line_to(x, y)
            };
        }
    }

    fn write(&mut self, (x, y): Position, text: &str, anchor: Anchor, upwards: bool) {
        let runs = runs(text);
        let width = self.text * runs.iter().map(Run::width).sum::<f32>();
        let before = match anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => width / 2.0,
            Anchor::End => width,
        };
        let (x, y) = (x as f32, y as f32);
        // Letters stand upright although y grows downwards.
        let matrix = if upwards {
            [0.0, -1.0, -1.0, 0.0, x, y + before]
        } else {
            [1.0, 0.0, 0.0, -1.0, x - before, y]
        };
        self.content.begin_text().set_text_rendering_mode(TextRenderingMode::Fill).set_text_matrix(matrix);
        for run in runs {
            let size = self.text * run.size;
            self.content
                .set_font(run.face.name(), size)
                .set_rise(self.text * run.rise)
                .show(Str(&run.letters));
        }
        self.content.end_text();
    }
}

fn parts(Color(red, green, blue): Color) -> [f32; 3] {
    [red, green, blue].map(|part| f32::from(part) / 255.0)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Face {
    Helvetica,
    Symbol,
}

impl Face {
    fn name(self) -> Name<'static> {
        match self {
            Self::Helvetica => Name(b"F1"),
            Self::Symbol => Name(b"F2"),
        }
    }
}

/// Letters of one font, size and height, in parts of the size of the text.
#[derive(Debug, Clone, PartialEq)]
struct Run {
    face: Face,
    size: f32,
    rise: f32,
    letters: Vec<u8>,
}

impl Run {
    fn width(&self) -> f32 {
        let width = |letter: &u8| match self.face {
            Face::Helvetica => f32::from(helvetica_width(*letter)),
            Face::Symbol => 713.0,
        };
        self.size * self.letters.iter().map(width).sum::<f32>() / 1000.0
    }
}

/// The text cut where font or height change; digits below and above the line are small ones of Helvetica.
fn runs(text: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for letter in text.chars() {
        let (face, rise, byte) = glyph(letter);
        let size = if rise == 0.0 { 1.0 } else { SMALL };
        match runs.last_mut().filter(|run| run.face == face && run.rise.to_bits() == rise.to_bits()) {
            Some(run) => run.letters.push(byte),
            None => runs.push(Run { face, size, rise, letters: vec![byte] }),
        }
    }
    runs
}

/// Font, height and code of a letter; a question mark for what the fonts do not have.
fn glyph(letter: char) -> (Face, f32, u8) {
    const BELOW: f32 = -0.15;
    const ABOVE: f32 = 0.35;
    let digit = |first: char| (letter as u32 - first as u32) as u8 + b'0';
    match letter {
        '\u{2080}'..='\u{2089}' => (Face::Helvetica, BELOW, digit('\u{2080}')),
        '\u{2070}' | '\u{2074}'..='\u{2079}' => (Face::Helvetica, ABOVE, digit('\u{2070}')),
        '¹' => (Face::Helvetica, ABOVE, b'1'),
        '²' => (Face::Helvetica, ABOVE, b'2'),
        '³' => (Face::Helvetica, ABOVE, b'3'),
        '⁻' => (Face::Helvetica, ABOVE, 0x96),
        '∞' => (Face::Symbol, 0.0, 0xa5),
        '−' | '–' => (Face::Helvetica, 0.0, 0x96),
        '—' => (Face::Helvetica, 0.0, 0x97),
        '…' => (Face::Helvetica, 0.0, 0x85),
        ' '..='~' | '\u{a0}'..='ÿ' => (Face::Helvetica, 0.0, letter as u8),
        _ => (Face::Helvetica, 0.0, b'?'),
    }
}

/// Width of a letter in thousandths of its size, by Adobe's metrics.
fn helvetica_width(letter: u8) -> u16 {
    const WIDTHS: [u16; 95] = [
        278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556,
        556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778,
        722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278,
        278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
        556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
    ];
    let of_ascii = letter.checked_sub(b' ').and_then(|at| WIDTHS.get(usize::from(at)));
    of_ascii.copied().unwrap_or(if letter == 0x85 { 1000 } else { 556 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::plot::Size;

    #[test]
    fn lowered_digits_and_signs_have_runs_of_their_own() {
        let found = runs("E₀ ≤ 2⁶∞");
        let letters: Vec<&[u8]> = found.iter().map(|run| run.letters.as_slice()).collect();
        assert_eq!(letters, [&b"E"[..], b"0", b" ? 2", b"6", &[0xa5]]);
        assert!(found[1].rise < 0.0 && found[3].rise > 0.0 && found[4].face == Face::Symbol);
        // Adobe: "Helvetica" is 722 + 556 + 222 + 500 + 556 + 278 + 222 + 500 + 556 wide.
        assert!((runs("Helvetica")[0].width() - 4.112).abs() < 1e-6);
    }

    #[test]
    fn the_same_scene_is_the_same_file() {
        let scene = Scene {
            description: "a (b) \\".to_owned(),
            width: 96.0,
            height: 48.0,
            text: 12,
            shapes: vec![
                Shape::Polyline {
                    points: vec![(0.0, 0.0), (9.0, 9.0)],
                    stroke: Stroke::dashed(Color(1, 2, 3), 1.0),
                },
                Shape::Polygon {
                    points: vec![(0.0, 0.0), (9.0, 0.0), (0.0, 9.0)],
                    color: Color(1, 2, 3),
                    opacity: 0.2,
                },
                Shape::Dots { centres: vec![(5.0, 5.0)], radius: 2.0, color: Color(9, 9, 9), opacity: 0.5 },
                Shape::Text {
                    at: (5.0, 5.0),
                    content: "E₀ (x)".to_owned(),
                    anchor: Anchor::Middle,
                    upwards: true,
                    color: Color(0, 0, 0),
                },
            ],
            ..Scene::new("", Size::SMALL)
        };
        let pdf = to_pdf(&scene);
        assert_eq!(pdf, to_pdf(&scene));
        let text = String::from_utf8_lossy(&pdf);
        assert!(text.starts_with("%PDF-1.") && text.trim_end().ends_with("%%EOF"));
        assert!(text.contains("/MediaBox [0 0 72 36]"), "{text}");
    }
}
