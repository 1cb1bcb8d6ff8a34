//! Random changes of training images.

use std::fmt;
use std::str::FromStr;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind};
use crate::tensor::Tensor;

/// Largest shift along an axis, in pixels.
const REACH: usize = 4;

/// Which random changes are made to training images; what comes in from outside is black.
///
/// In this order: the image is mirrored, moved, turned with zoom and shear (bilinear, about the centre), and a square is cut out.
///
/// # Examples
///
/// ```
/// use topolens_nn::train::Augment;
///
/// let mut augment = Augment { flip: true, ..Augment::default() };
/// augment.add("rotate=15")?;
/// assert_eq!((augment.rotate, augment.to_string()), (15.0, "flip, rotate=15".to_owned()));
/// # Ok::<(), topolens_nn::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Augment {
    /// Mirror half of the images left to right.
    pub flip: bool,
    /// Move each image by up to 4 pixels along each axis.
    pub shift: bool,
    /// Turn each image by up to this many degrees either way.
    pub rotate: f64,
    /// Enlarge or shrink each image by a factor of up to 1 + `zoom`.
    pub zoom: f64,
    /// Move each row sideways by up to `shear` times its height above the centre.
    pub shear: f64,
    /// Make a square of this many pixels a side black (DeVries & Taylor 2017); its centre is anywhere in the image.
    pub cutout: usize,
}

/// The random numbers of one image; the same are drawn whatever is asked for.
struct Draw {
    is_flipped: bool,
    offsets: [usize; 2],
    /// In [−1, 1]: turn, zoom, shear.
    turns: [f64; 3],
    /// Where the square is: 2³² times the share of width and height before its centre.
    center: [u32; 2],
}

impl Draw {
    fn new(seed: u64, place: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(place);
        Self {
            is_flipped: random.random_range(0..2) == 1,
            offsets: [random.random_range(0..=2 * REACH), random.random_range(0..=2 * REACH)],
            turns: [(); 3].map(|()| random.random_range(-1.0..=1.0)),
            center: [(); 2].map(|()| random.random_range(0..=u32::MAX)),
        }
    }
}

impl Augment {
    /// Adds a change by name, with a size after `=` where there is one: `flip`, `shift`, `rotate=15`, `zoom=0.1`, `shear=0.1`,
    /// `cutout=8`.
    ///
    /// # Errors
    ///
    /// If there is no such change or the size is out of range.
    pub fn add(&mut self, text: &str) -> Result<(), Error> {
        let (name, size) = text.split_once('=').map_or((text, None), |(name, size)| (name, Some(size)));
        match (name, size) {
            ("flip", None) => self.flip = true,
            ("shift", None) => self.shift = true,
            ("rotate", size) => self.rotate = parse(text, size.unwrap_or("15"))?,
            ("zoom", size) => self.zoom = parse(text, size.unwrap_or("0.1"))?,
            ("shear", size) => self.shear = parse(text, size.unwrap_or("0.1"))?,
            ("cutout", size) => self.cutout = parse(text, size.unwrap_or("8"))?,
            _ => return Err(unknown(text)),
        }
        self.check()
    }

    /// Refuses sizes that cannot work.
    pub(super) fn check(&self) -> Result<(), Error> {
        let in_range = |argument, value: f64, largest: f64, allowed| {
            let is_allowed = (0.0..=largest).contains(&value);
            let error = ErrorKind::OutOfRange { argument, value, allowed };
            if is_allowed { Ok(()) } else { Err(Error::from(error)) }
        };
        in_range("augment.rotate", self.rotate, 180.0, "from 0 to 180 degrees")?;
        in_range("augment.zoom", self.zoom, 10.0, "from 0 to 10")?;
        in_range("augment.shear", self.shear, 10.0, "from 0 to 10")
    }

    /// Changes the images of `batch`, N × height × width × channels; the image at `first` + i of the epoch's order draws from
    /// stream `first` + i under `seed`. `black` is the value of a black pixel in each channel.
    pub(super) fn apply(self, batch: &mut Tensor, black: &[f32], seed: u64, first: usize) {
        if self == Self::default() {
            return;
        }
        let [_, height, width, channels] = *batch.shape() else {
            panic!("bug: augmentation of {:?}", batch.shape());
        };
        let (shape, image_len) = ([height, width, channels], batch.item_len());
        for (index, image) in batch.values_mut().chunks_exact_mut(image_len).enumerate() {
            self.change(image, shape, black, &Draw::new(seed, (first + index) as u64));
        }
    }

    fn change(self, image: &mut [f32], shape: [usize; 3], black: &[f32], draw: &Draw) {
        let [_, width, channels] = shape;
        if self.flip && draw.is_flipped {
            image.chunks_exact_mut(width * channels).for_each(|row| mirror(row, channels));
        }
        if self.shift {
            shift(image, shape, draw.offsets, black);
        }
        if self.rotate > 0.0 || self.zoom > 0.0 || self.shear > 0.0 {
            turn(image, shape, self.source_of(draw.turns), black);
        }
        if self.cutout > 0 {
            cut_out(image, shape, (self.cutout, draw.center), black);
        }
    }

    /// The matrix that takes a place (x, y) relative to the centre to where its pixel comes from.
    fn source_of(self, [turn, zoom, shear]: [f64; 3]) -> [[f64; 2]; 2] {
        let (sin, cos) = (turn * self.rotate.to_radians()).sin_cos();
        let scale = (1.0 + self.zoom).powf(zoom);
        let shear = shear * self.shear;
        [[scale * cos, scale * (shear * cos - sin)], [scale * sin, scale * (shear * sin + cos)]]
    }
}

fn parse<T: FromStr>(text: &str, size: &str) -> Result<T, Error> {
    size.parse().map_err(|_| unknown(text))
}

fn unknown(text: &str) -> Error {
    let known =
        ["flip", "shift", "rotate=15", "zoom=0.1", "shear=0.1", "cutout=8"].map(str::to_owned).to_vec();
    ErrorKind::UnknownName { argument: "augment", name: text.to_owned(), known }.into()
}

impl fmt::Display for Augment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut names = Vec::new();
        names.extend(self.flip.then(|| "flip".to_owned()));
        names.extend(self.shift.then(|| "shift".to_owned()));
        for (name, size) in [("rotate", self.rotate), ("zoom", self.zoom), ("shear", self.shear)] {
            names.extend((size > 0.0).then(|| format!("{name}={size}")));
        }
        names.extend((self.cutout > 0).then(|| format!("cutout={}", self.cutout)));
        f.write_str(if names.is_empty() { "none" } else { "" })?;
        f.write_str(&names.join(", "))
    }
}

fn mirror(row: &mut [f32], channels: usize) {
    row.reverse();
    row.chunks_exact_mut(channels).for_each(<[f32]>::reverse);
}

/// Pixel (y, x) becomes what was at (y + offset − REACH, x + offset − REACH).
fn shift(image: &mut [f32], [height, width, channels]: [usize; 3], [down, right]: [usize; 2], black: &[f32]) {
    let before = image.to_vec();
    for (position, pixel) in image.chunks_exact_mut(channels).enumerate() {
        let row = (position / width + down).checked_sub(REACH).filter(|row| *row < height);
        let column = (position % width + right).checked_sub(REACH).filter(|column| *column < width);
        match row.zip(column) {
            Some((row, column)) => {
                let from = (row * width + column) * channels;
                pixel.copy_from_slice(&before[from..from + channels]);
            }
            None => pixel.copy_from_slice(black),
        }
    }
}

/// Every pixel becomes what was at its place times `source`, between pixels bilinearly.
fn turn(image: &mut [f32], [height, width, channels]: [usize; 3], source: [[f64; 2]; 2], black: &[f32]) {
    let before = image.to_vec();
    let center = [(width - 1) as f64 / 2.0, (height - 1) as f64 / 2.0];
    let inside = |place: i64, extent: usize| usize::try_from(place).ok().filter(|place| *place < extent);
    let at = |row: i64, column: i64, channel: usize| {
        let place = inside(row, height).zip(inside(column, width));
        place.map_or(black[channel], |(row, column)| before[(row * width + column) * channels + channel])
    };
    for (position, pixel) in image.chunks_exact_mut(channels).enumerate() {
        let place = [(position % width) as f64 - center[0], (position / width) as f64 - center[1]];
        let [x, y] =
            [0, 1].map(|axis| center[axis] + source[axis][0] * place[0] + source[axis][1] * place[1]);
        let (left, top) = (x.floor(), y.floor());
        let (right_share, bottom_share) = ((x - left) as f32, (y - top) as f32);
        let (column, row) = (left as i64, top as i64);
        for (channel, value) in pixel.iter_mut().enumerate() {
            let above = blend(at(row, column, channel), at(row, column + 1, channel), right_share);
            let below = blend(at(row + 1, column, channel), at(row + 1, column + 1, channel), right_share);
            *value = blend(above, below, bottom_share);
        }
    }
}

fn blend(first: f32, second: f32, share: f32) -> f32 {
    first + (second - first) * share
}

/// Blackens a square of `side` pixels about the pixel at `center` of the image; what lies outside is lost.
fn cut_out(
    image: &mut [f32],
    [height, width, channels]: [usize; 3],
    (side, center): (usize, [u32; 2]),
    black: &[f32],
) {
    let range = |center: u32, extent: usize| {
        let middle = ((u64::from(center) * extent as u64) >> 32) as usize;
        middle.saturating_sub(side / 2)..(middle + side.div_ceil(2)).min(extent)
    };
    let columns = range(center[0], width);
    for row in range(center[1], height) {
        let start = (row * width + columns.start) * channels;
        let pixels = image[start..start + columns.len() * channels].chunks_exact_mut(channels);
        pixels.for_each(|pixel| pixel.copy_from_slice(black));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn augment(names: &[&str]) -> Augment {
        let mut augment = Augment::default();
        for name in names {
            augment.add(name).unwrap();
        }
        augment
    }

    fn batch() -> Tensor {
        Tensor::new(&[40, 6, 5, 2], (0..40 * 60).map(|value| value as f32).collect()).unwrap()
    }

    fn changed(augment: Augment, seed: u64, first: usize) -> Tensor {
        let mut batch = batch();
        augment.apply(&mut batch, &[-1.0; 2], seed, first);
        batch
    }

    #[test]
    fn about_half_are_mirrored_and_the_rest_left_alone() {
        let (before, after) = (batch(), changed(augment(&["flip"]), 1, 0));
        let mut n_mirrored = 0;
        for (before, after) in before.values().chunks(60).zip(after.values().chunks(60)) {
            if before != after {
                n_mirrored += 1;
                assert_eq!(after[..4], [before[8], before[9], before[6], before[7]]);
            }
        }
        assert!((10..=30).contains(&n_mirrored), "{n_mirrored}");
    }

    #[test]
    fn a_shift_keeps_what_stays_inside() {
        let (before, after) = (batch(), changed(augment(&["shift"]), 2, 0));
        let images = before.values().chunks(60).zip(after.values().chunks(60));
        let n_moved = images.clone().filter(|(before, after)| before != after).count();
        assert!(n_moved > 30, "{n_moved}");
        for (before, after) in images {
            assert!(after.iter().all(|value| *value == -1.0 || before.contains(value)));
        }
        let mut corner = vec![1.0, 2.0, 3.0, 4.0];
        shift(&mut corner, [2, 2, 1], [REACH + 1, REACH], &[0.0]);
        assert_eq!(corner, [3.0, 4.0, 0.0, 0.0]);
    }

    #[test]
    fn quarter_turns_zooms_and_shears_are_exact() {
        let square = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0];
        let turned = |augment: Augment, turns| {
            let mut image = square.to_vec();
            turn(&mut image, [3, 3, 1], augment.source_of(turns), &[0.0]);
            image.iter().map(|value| (value * 1e3).round() / 1e3).collect::<Vec<f32>>()
        };
        // The pixel on the right comes from below: the image turns against the clock.
        let quarter = turned(augment(&["rotate=90"]), [1.0, 0.0, 0.0]);
        assert_eq!(quarter, [3.0, 6.0, 9.0, 2.0, 5.0, 8.0, 1.0, 4.0, 7.0]);
        assert_eq!(turned(augment(&["rotate"]), [0.0; 3]), square);
        let shrunk = turned(augment(&["zoom=1"]), [0.0, 1.0, 0.0]);
        assert_eq!(shrunk, [0.0, 0.0, 0.0, 0.0, 5.0, 0.0, 0.0, 0.0, 0.0]);
        let enlarged = turned(augment(&["zoom=1"]), [0.0, -1.0, 0.0]);
        assert_eq!(enlarged, [3.0, 3.5, 4.0, 4.5, 5.0, 5.5, 6.0, 6.5, 7.0]);
        let sheared = turned(augment(&["shear=1"]), [0.0, 0.0, 1.0]);
        assert_eq!(sheared, [0.0, 1.0, 2.0, 4.0, 5.0, 6.0, 8.0, 9.0, 0.0]);
    }

    #[test]
    fn a_square_is_cut_out_up_to_the_border() {
        let mut image = vec![1.0; 24];
        cut_out(&mut image, [4, 6, 1], (2, [1 << 31, 1 << 31]), &[0.0]);
        let black: Vec<usize> = (0..24).filter(|place| image[*place] == 0.0).collect();
        assert_eq!(black, [8, 9, 14, 15]);
        let mut corner = vec![1.0; 24];
        cut_out(&mut corner, [4, 6, 1], (3, [0, 0]), &[0.0]);
        assert_eq!(corner.iter().filter(|value| **value == 0.0).count(), 4);
        let mut small = vec![1.0; 6];
        cut_out(&mut small, [2, 3, 1], (80, [u32::MAX, u32::MAX]), &[0.0]);
        assert!(small.iter().all(|value| *value == 0.0));
    }

    #[test]
    fn the_place_in_the_order_decides_not_the_batch() {
        let all = augment(&["flip", "shift", "rotate", "zoom", "shear", "cutout=3"]);
        assert_eq!(all.to_string(), "flip, shift, rotate=15, zoom=0.1, shear=0.1, cutout=3");
        assert_eq!(changed(all, 3, 0), changed(all, 3, 0));
        assert_ne!(changed(all, 3, 0), changed(all, 4, 0));
        assert_ne!(changed(all, 3, 0), changed(all, 3, 1));
        let mut single = Tensor::new(&[1, 6, 5, 2], batch().values()[60 * 7..60 * 8].to_vec()).unwrap();
        all.apply(&mut single, &[-1.0; 2], 3, 7);
        assert_eq!(single.values(), &changed(all, 3, 0).values()[60 * 7..60 * 8]);
    }

    #[test]
    fn changes_that_mean_nothing_are_refused() {
        for text in ["blur", "flip=1", "rotate=x", "cutout=-1", "zoom="] {
            let message = Augment::default().add(text).unwrap_err().to_string();
            assert!(message.contains("augment") && message.contains(text), "{message}");
        }
        for (text, word) in [("rotate=270", "rotate"), ("zoom=-1", "zoom"), ("shear=NaN", "shear")] {
            let message = Augment::default().add(text).unwrap_err().to_string();
            assert!(message.contains(word), "{message}");
        }
        assert_eq!(Augment::default().to_string(), "none");
    }
}
