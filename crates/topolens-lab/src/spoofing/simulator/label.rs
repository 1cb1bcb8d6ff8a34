//! The mark, inside an image file, that it was simulated.

use flate2::Crc;

use super::kind::Kind;
use super::preset::Preset;

/// What a simulated image says of itself: a comment of the JPEG file, or a `tEXt` chunk "Comment" of the PNG file.
///
/// # Examples
///
/// ```
/// use topolens_lab::spoofing::simulator::{Kind, Label, Preset};
///
/// let label = Label {
///     kind: Kind::Print,
///     preset: Preset::Standard,
///     seed: 7,
///     version: "0.1.0".to_owned(),
///     source: "ab12".to_owned(),
/// };
/// assert!(label.text().starts_with("simulated by topolens, not genuine: kind=print"));
/// assert_eq!(Label::parse(&label.text()), Some(label));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// What was simulated.
    pub kind: Kind,
    /// With which strengths.
    pub preset: Preset,
    /// With which seed.
    pub seed: u64,
    /// By which version of topolens.
    pub version: String,
    /// BLAKE3 sum of the file with the live image.
    pub source: String,
}

const TITLE: &str = "simulated by topolens, not genuine:";
const KEYWORD: &[u8] = b"Comment\0";
const PNG_SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

impl Label {
    /// The label as a line of text.
    pub fn text(&self) -> String {
        let Self { kind, preset, seed, version, source } = self;
        format!("{TITLE} kind={kind} preset={preset} seed={seed} version={version} source={source}")
    }

    /// The label that a line of text is; `None` if it is another text.
    pub fn parse(text: &str) -> Option<Self> {
        let words = text.strip_prefix(TITLE)?;
        let value = |key: &str| {
            words.split_ascii_whitespace().find_map(|word| word.strip_prefix(key)?.strip_prefix('='))
        };
        Some(Self {
            kind: value("kind")?.parse().ok()?,
            preset: value("preset")?.parse().ok()?,
            seed: value("seed")?.parse().ok()?,
            version: value("version")?.to_owned(),
            source: value("source")?.to_owned(),
        })
    }

    /// The label of an image file; `None` if it has none, or is no JPEG or PNG file.
    pub fn of_file(file: &[u8]) -> Option<Self> {
        let comments = if file.starts_with(PNG_SIGNATURE) { png_comments(file) } else { jpeg_comments(file) };
        comments.into_iter().find_map(|comment| Self::parse(std::str::from_utf8(comment).ok()?))
    }

    /// The JPEG file with this label after its header.
    pub(super) fn in_jpeg(&self, file: &[u8]) -> Vec<u8> {
        // The first segment after the two bytes of the start, JFIF, has to stay the first.
        let header =
            4 + file.get(4..6).map_or(0, |length| usize::from(u16::from_be_bytes([length[0], length[1]])));
        let text = self.text();
        let mut segment = vec![0xff, 0xfe];
        segment.extend((text.len() as u16 + 2).to_be_bytes());
        segment.extend(text.as_bytes());
        insert(file, header.min(file.len()), &segment)
    }

    /// The PNG file with this label after its header.
    pub(super) fn in_png(&self, file: &[u8]) -> Vec<u8> {
        const AFTER_HEADER: usize = 8 + 12 + 13;
        let mut named = b"tEXt".to_vec();
        named.extend(KEYWORD);
        named.extend(self.text().as_bytes());
        let mut sum = Crc::new();
        sum.update(&named);
        let mut chunk = (named.len() as u32 - 4).to_be_bytes().to_vec();
        chunk.extend(&named);
        chunk.extend(sum.sum().to_be_bytes());
        insert(file, AFTER_HEADER.min(file.len()), &chunk)
    }
}

fn insert(file: &[u8], at: usize, part: &[u8]) -> Vec<u8> {
    [&file[..at], part, &file[at..]].concat()
}

/// Comments before the pixels of a JPEG file.
fn jpeg_comments(file: &[u8]) -> Vec<&[u8]> {
    let mut comments = Vec::new();
    let mut rest = file.strip_prefix(&[0xff, 0xd8]).unwrap_or_default();
    while let [0xff, marker, high, low, tail @ ..] = rest {
        let length = usize::from(u16::from_be_bytes([*high, *low])).saturating_sub(2);
        let Some((content, next)) = tail.split_at_checked(length) else { break };
        match marker {
            0xfe => comments.push(content),
            // The scan with the pixels.
            0xda => break,
            _ => {}
        }
        rest = next;
    }
    comments
}

/// Texts with the keyword "Comment" of a PNG file.
fn png_comments(file: &[u8]) -> Vec<&[u8]> {
    let mut comments = Vec::new();
    let mut rest = &file[PNG_SIGNATURE.len()..];
    while let [a, b, c, d, tail @ ..] = rest {
        let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
        let Some((chunk, next)) = length.checked_add(4).and_then(|length| tail.split_at_checked(length))
        else {
            break;
        };
        comments.extend(chunk.strip_prefix(b"tEXt").and_then(|text| text.strip_prefix(KEYWORD)));
        rest = next.get(4..).unwrap_or_default();
    }
    comments
}

#[cfg(test)]
mod tests {
    use image::{ImageFormat, RgbImage};

    use super::*;

    fn label() -> Label {
        Label {
            kind: Kind::CameraOnly,
            preset: Preset::Subtle,
            seed: u64::MAX,
            version: "0.1.0".to_owned(),
            source: blake3::hash(b"").to_hex().to_string(),
        }
    }

    #[test]
    fn files_keep_their_pixels_and_say_what_they_are() {
        let picture = RgbImage::from_fn(9, 7, |x, y| image::Rgb([(20 * x) as u8, (30 * y) as u8, 5]));
        for format in [ImageFormat::Jpeg, ImageFormat::Png] {
            let mut file = std::io::Cursor::new(Vec::new());
            picture.write_to(&mut file, format).unwrap();
            let file = file.into_inner();
            assert_eq!(Label::of_file(&file), None);
            let labelled =
                if format == ImageFormat::Png { label().in_png(&file) } else { label().in_jpeg(&file) };
            assert_eq!(Label::of_file(&labelled), Some(label()));
            let [before, after] = [&file, &labelled].map(|file| image::load_from_memory(file).unwrap());
            assert_eq!(before, after);
            for end in 0..labelled.len() {
                let _ = Label::of_file(&labelled[..end]);
            }
        }
    }

    #[test]
    fn other_comments_are_no_labels() {
        let untitled = label().text().replace("not genuine", "made");
        let unfinished = "simulated by topolens, not genuine: kind=print";
        for text in [&untitled[..], unfinished, "", "made by hand", "kind=print preset=subtle"] {
            assert_eq!(Label::parse(text), None, "{text}");
        }
    }
}
