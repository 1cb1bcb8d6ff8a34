//! Where a face is.

/// Both eyes, the tip of the nose, both corners of the mouth, the one that is left in the picture first; pixel $(i, j)$ has its centre at
/// $(i, j)$.
pub type FacePoints = [[f64; 2]; 5];

/// Where a face is in a picture, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Face {
    /// Five points of it, if known.
    pub points: Option<FacePoints>,
    /// Left, top, right and bottom of a box around it, from the left upper corner of the picture, if known.
    pub bounds: Option<[f64; 4]>,
}

impl Face {
    /// A box around the face: the one known, else a square around the five points whose side is 2.4 times the distance between the middle of
    /// the eyes and that of the mouth, its middle half of the way between both.
    pub fn bounds(&self) -> Option<[f64; 4]> {
        const SIDE: f64 = 2.4;
        self.bounds.or_else(|| {
            let [left, right, _, mouth_left, mouth_right] = self.points?;
            let middle = |a: [f64; 2], b: [f64; 2]| [f64::midpoint(a[0], b[0]), f64::midpoint(a[1], b[1])];
            let (eyes, mouth) = (middle(left, right), middle(mouth_left, mouth_right));
            let [x, y] = middle(eyes, mouth);
            let half = 0.5 * SIDE * (mouth[0] - eyes[0]).hypot(mouth[1] - eyes[1]);
            Some([x - half, y - half, x + half, y + half])
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_follows_from_the_points() {
        let points = [[40.0, 50.0], [60.0, 50.0], [50.0, 65.0], [42.0, 80.0], [58.0, 80.0]];
        let face = Face { points: Some(points), bounds: None };
        assert_eq!(face.bounds(), Some([14.0, 29.0, 86.0, 101.0]));
        let known = Face { bounds: Some([1.0, 2.0, 3.0, 4.0]), ..face };
        assert_eq!(known.bounds(), known.bounds);
        assert_eq!(Face::default().bounds(), None);
    }
}
