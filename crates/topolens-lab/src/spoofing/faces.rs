//! Pictures of faces as a network takes them.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use image::{DynamicImage, RgbImage};
use rayon::prelude::*;
use topolens_nn::dataset::Dataset;

use super::alignment::{Face, FaceFinder, Framing};
use super::document::{ExampleFace, KindSummary};
use super::pictures::{SIDES, decode};
use super::presentation::{Presentation, PresentationKind, Presentations};
use crate::Result;
use crate::error::{Error, SpoofingProblem};

/// How faces are found and framed.
#[derive(Debug, Clone, Copy)]
pub struct FaceLoader<'a> {
    /// How much of a picture the network sees.
    pub framing: Framing,
    /// Finds faces of which the data set does not say where they are.
    pub finder: Option<&'a FaceFinder>,
}

/// An image that could not be used.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct LeftOut {
    /// What kind it was to be.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Why.
    pub reason: String,
}

/// Faces of one size with what is known of them.
#[derive(Debug)]
pub struct Faces {
    /// Kinds, and the images that could be used, with the places of their faces.
    pub presentations: Presentations,
    /// Their pixels in the same order; the class of an image is its kind.
    pub images: Dataset,
    /// Images that could not be used.
    pub left_out: Vec<LeftOut>,
}

impl Faces {
    /// The kinds with their counts and, of up to `n_examples` persons who are on images of all kinds (else of any), a face each.
    pub fn kinds(&self, n_examples: usize) -> Vec<KindSummary> {
        let Presentations { kinds, items, .. } = &self.presentations;
        let of = |kind: usize, person: &str| {
            items.iter().position(|item| item.kind == kind && item.person == person)
        };
        let mut persons: Vec<&str> = Vec::new();
        for item in items.iter().filter(|item| item.kind == 0) {
            let is_on_all = (0..kinds.len()).all(|kind| of(kind, &item.person).is_some());
            if is_on_all && persons.len() < n_examples && !persons.contains(&item.person.as_str()) {
                persons.push(&item.person);
            }
        }
        let example = |kind: usize| {
            let of_anybody =
                items.iter().enumerate().filter(|(_, item)| item.kind == kind).map(|(row, _)| row);
            let rows: Vec<usize> = if persons.is_empty() {
                of_anybody.take(n_examples).collect()
            } else {
                persons.iter().filter_map(|person| of(kind, person)).collect()
            };
            rows.into_iter().map(|row| self.example(row)).collect()
        };
        let summary = |(at, kind): (usize, &PresentationKind)| KindSummary {
            name: kind.name.clone(),
            role: kind.role.name(),
            simulated: kind.simulated,
            n_images: self.presentations.n_images(at),
            n_persons: self.presentations.n_persons(at),
            example: example(at),
        };
        kinds.iter().enumerate().map(summary).collect()
    }

    fn example(&self, row: usize) -> ExampleFace {
        let [height, width, channels] = self.images.image_shape();
        let pixels = self.images.image(row).chunks_exact(channels);
        let colors =
            pixels.flat_map(|pixel| [0, 1, 2].map(|channel: usize| pixel[channel.min(channels - 1)]));
        ExampleFace { shape: [height, width], colors: colors.collect() }
    }
}

impl FaceLoader<'_> {
    /// Reads, finds and frames the faces for a network that takes `shape`: height, width, channels. `progress` hears how many images are done.
    ///
    /// # Errors
    ///
    /// Of a kind no image can be used, a network fails, or `interrupt` became true.
    pub fn load(
        &self,
        presentations: &Presentations,
        [height, width, channels]: [usize; 3],
        progress: &mut dyn FnMut(usize),
        interrupt: &AtomicBool,
    ) -> Result<Faces> {
        const AT_ONCE: usize = 64;
        let (mut items, mut pixels, mut left_out) = (Vec::new(), Vec::new(), Vec::new());
        for part in presentations.items.chunks(AT_ONCE) {
            if interrupt.load(Ordering::Relaxed) {
                return Err(Error::interrupted());
            }
            let loaded: Vec<_> = part.par_iter().map(|item| self.load_one(item, [height, width])).collect();
            for (item, loaded) in part.iter().zip(loaded) {
                match loaded? {
                    Ok((face, colors)) => {
                        items.push(Presentation { face, ..item.clone() });
                        pixels.extend(with_channels(colors, [height, width, channels]));
                    }
                    Err(reason) => {
                        let kind = presentations.kinds[item.kind].name.clone();
                        left_out.push(LeftOut { kind, name: item.name.clone(), reason });
                    }
                }
            }
            progress(part.len());
        }
        let presentations = Presentations { items, ..presentations.clone() };
        ensure_faces(&presentations, &left_out)?;
        let labels = presentations.items.iter().map(|item| item.kind).collect();
        let names = presentations.kinds.iter().map(|kind| kind.name.clone()).collect();
        let images = Dataset::new("faces", [height, width, channels], pixels, labels, names)?;
        Ok(Faces { presentations, images, left_out })
    }

    /// Where the face is, and its pixels; or why there are none.
    fn load_one(
        &self,
        item: &Presentation,
        shape: [usize; 2],
    ) -> Result<std::result::Result<Framed, String>> {
        let read = fs::read(&item.path).map_err(|error| error.to_string());
        let picture = match read.and_then(|bytes| decode(&bytes)) {
            Ok(picture) => picture,
            Err(reason) => return Ok(Err(reason)),
        };
        if !SIDES.contains(&picture.width()) || !SIDES.contains(&picture.height()) {
            let (width, height) = (picture.width(), picture.height());
            return Ok(Err(format!(
                "it is {width}x{height}; sides from {} to {} pixels can be studied",
                SIDES.start(),
                SIDES.end()
            )));
        }
        let face = match (item.face, self.finder) {
            (Some(face), _) => Some(face),
            (None, Some(finder)) if self.framing.needs_face() => match finder.find(&picture)? {
                Some(face) => Some(face),
                None => return Ok(Err("no face was found on it".to_owned())),
            },
            (None, _) => written_box(&item.path, &picture),
        };
        let framed = self.framing.apply(&picture, &face.unwrap_or_default(), shape);
        Ok(framed.map(|pixels| (face, pixels)))
    }
}

/// A face with the place it was at, and its pixels.
type Framed = (Option<Face>, Vec<u8>);

/// The face box of a file `NAME_BB.txt` beside the picture, as CelebA-Spoof has them: left, top, width and height as if the picture were 224
/// pixels wide and high.
fn written_box(path: &Path, picture: &RgbImage) -> Option<Face> {
    const SIDE: f64 = 224.0;
    let file = path.with_file_name(format!("{}_BB.txt", path.file_stem()?.to_str()?));
    let text = fs::read_to_string(file).ok()?;
    let numbers: Vec<f64> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let &[left, top, width, height, ..] = &numbers[..] else { return None };
    let (across, down) = (f64::from(picture.width()) / SIDE, f64::from(picture.height()) / SIDE);
    let bounds = [left * across, top * down, (left + width) * across, (top + height) * down];
    let is_box = bounds.iter().all(|value| value.is_finite()) && width > 0.0 && height > 0.0;
    is_box.then_some(Face { points: None, bounds: Some(bounds) })
}

/// RGB bytes as they are, or grey.
fn with_channels(colors: Vec<u8>, [height, width, channels]: [usize; 3]) -> Vec<u8> {
    if channels == 3 {
        return colors;
    }
    RgbImage::from_raw(width as u32, height as u32, colors)
        .map(|picture| DynamicImage::from(picture).into_luma8().into_raw())
        .unwrap_or_default()
}

/// Refuses kinds without any face, and says what was wrong with the first.
fn ensure_faces(presentations: &Presentations, left_out: &[LeftOut]) -> Result<()> {
    for (at, kind) in presentations.kinds.iter().enumerate() {
        if presentations.n_images(at) > 0 {
            continue;
        }
        let mut own = left_out.iter().filter(|file| file.kind == kind.name);
        let (n_images, first) = (own.clone().count(), own.next());
        let (first, reason) = first.map_or_else(
            || ("-".to_owned(), "there are none".to_owned()),
            |first| (first.name.clone(), first.reason.clone()),
        );
        let kind = kind.name.clone();
        return Err(Error::spoofing(SpoofingProblem::NoFaces { kind, n_images, first, reason }));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;
    use crate::spoofing::presentation::{AttackFolder, folders};

    fn presentations(root: &Path) -> Presentations {
        for name in ["live/a/1.png", "live/b/1.png", "print/a/1.png", "print/b/1.png"] {
            let path = root.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            RgbImage::from_fn(40, 20, |x, _| Rgb([6 * x as u8, 100, 200])).save(path).unwrap();
        }
        let print = AttackFolder { name: "print".into(), path: root.join("print"), is_control: false };
        folders(&root.join("live"), &[print], None).unwrap()
    }

    fn load(root: &Path, framing: Framing, channels: usize) -> Result<Faces> {
        let loader = FaceLoader { framing, finder: None };
        loader.load(&presentations(root), [5, 10, channels], &mut |_| (), &AtomicBool::new(false))
    }

    #[test]
    fn faces_have_the_network_s_shape_and_damaged_files_are_counted() {
        let root = tempfile::tempdir().unwrap();
        let faces = load(root.path(), Framing::Whole, 3).unwrap();
        assert_eq!((faces.images.len(), faces.images.image_shape()), (4, [5, 10, 3]));
        assert_eq!(faces.images.labels(), [0, 0, 1, 1]);
        let grey = load(root.path(), Framing::Whole, 1).unwrap();
        assert_eq!((grey.images.image_shape(), grey.images.image(0).len()), ([5, 10, 1], 50));
        let found = presentations(root.path());
        fs::write(&found.items[1].path, "no picture").unwrap();
        let loader = FaceLoader { framing: Framing::Whole, finder: None };
        let mut n_done = 0;
        let faces = loader.load(&found, [5, 10, 3], &mut |n| n_done += n, &AtomicBool::new(false)).unwrap();
        assert_eq!((n_done, faces.images.len(), &faces.left_out[0].name[..]), (4, 3, "b/1.png"));
        fs::write(&found.items[0].path, "").unwrap();
        let message =
            loader.load(&found, [5, 10, 3], &mut |_| (), &AtomicBool::new(false)).unwrap_err().to_string();
        assert!(message.contains("live") && message.contains("2 images"), "{message}");
        assert!(
            loader
                .load(&found, [5, 10, 3], &mut |_| (), &AtomicBool::new(true))
                .unwrap_err()
                .is_interrupted()
        );
    }

    #[test]
    fn boxes_beside_pictures_are_found() {
        let root = tempfile::tempdir().unwrap();
        let message = load(root.path(), Framing::Bounds(1.0), 3).unwrap_err().to_string();
        assert!(message.contains("no face box"), "{message}");
        for name in ["live/a", "live/b", "print/a", "print/b"] {
            fs::write(root.path().join(name).join("1_BB.txt"), "112 0 56 112 0.99\n").unwrap();
        }
        let faces = load(root.path(), Framing::Bounds(1.0), 3).unwrap();
        let bounds = faces.presentations.items[0].face.unwrap().bounds.unwrap();
        assert_eq!(bounds, [20.0, 0.0, 30.0, 10.0]);
    }
}
