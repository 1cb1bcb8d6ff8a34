//! The turn, scale and shift that brings five points onto a template.

use super::FacePoints;

/// Where the five points lie on an aligned face of 112 × 112 pixels; pixel $(i, j)$ has its centre at $(i, j)$.
///
/// # References
///
/// bib: `deng2019`
pub const ARCFACE_TEMPLATE: FacePoints =
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]];

/// Side of the faces of the template.
const TEMPLATE_SIDE: f64 = 112.0;

/// The template for faces of another size: as high as they are, in the middle across.
pub fn template([height, width]: [usize; 2]) -> FacePoints {
    let scale = height as f64 / TEMPLATE_SIDE;
    let margin = 0.5 * (width as f64 - height as f64);
    // Scaled about the edge of the picture, which lies half a pixel before the first centre.
    ARCFACE_TEMPLATE.map(|[x, y]| [(x + 0.5) * scale - 0.5 + margin, (y + 0.5) * scale - 0.5])
}

/// $(x, y) \mapsto s R (x, y) + t$ with a rotation $R$.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Similarity {
    /// $s \cos \varphi$ and $s \sin \varphi$.
    pub turn: [f64; 2],
    /// $t$.
    pub shift: [f64; 2],
}

impl Similarity {
    /// The similarity for which $\sum_i \lVert s R p_i + t - q_i \rVert^2$ is least; `None` if all $p_i$ are one point, or all $q_i$ are mapped
    /// to one.
    ///
    /// With points as complex numbers it is the regression $q = a p + b$: $a = \sum \overline{(p - \bar p)} (q - \bar q) / \sum |p - \bar
    /// p|^2$.
    ///
    /// # References
    ///
    /// bib: `umeyama1991`
    pub fn between(from: &FacePoints, to: &FacePoints) -> Option<Self> {
        let mean =
            |points: &FacePoints, axis: usize| points.iter().map(|point| point[axis]).sum::<f64>() / 5.0;
        let (p, q) = ([mean(from, 0), mean(from, 1)], [mean(to, 0), mean(to, 1)]);
        let (mut real, mut imaginary, mut spread) = (0.0, 0.0, 0.0);
        for (from, to) in from.iter().zip(to) {
            let ([x, y], [u, v]) = ([from[0] - p[0], from[1] - p[1]], [to[0] - q[0], to[1] - q[1]]);
            real += x * u + y * v;
            imaginary += x * v - y * u;
            spread += x * x + y * y;
        }
        let turn = [real / spread, imaginary / spread];
        if !turn.iter().all(|part| part.is_finite()) || turn[0].hypot(turn[1]) <= 0.0 {
            return None;
        }
        let shift = [q[0] - (turn[0] * p[0] - turn[1] * p[1]), q[1] - (turn[1] * p[0] + turn[0] * p[1])];
        Some(Self { turn, shift })
    }

    /// Where a point goes.
    pub fn apply(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        let ([a, b], [u, v]) = (self.turn, self.shift);
        [a * x - b * y + u, b * x + a * y + v]
    }

    /// The similarity back.
    #[must_use]
    pub fn inverse(&self) -> Self {
        let [a, b] = self.turn;
        let square = a * a + b * b;
        let back = Self { turn: [a / square, -b / square], shift: [0.0, 0.0] };
        let [x, y] = back.apply(self.shift);
        Self { shift: [-x, -y], ..back }
    }

    /// How many times longer lines become.
    pub fn scale(&self) -> f64 {
        self.turn[0].hypot(self.turn[1])
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Reference {
        template: FacePoints,
        cases: Vec<Case>,
    }

    #[derive(Deserialize)]
    struct Case {
        points: FacePoints,
        corners: [[f64; 2]; 4],
    }

    #[test]
    fn corners_lie_where_scikit_image_has_them() {
        let reference: Reference =
            serde_json::from_str(include_str!("../../../../../testdata/faces/alignment.json")).unwrap();
        assert_eq!(reference.template, ARCFACE_TEMPLATE);
        assert_eq!(reference.cases.len(), 20);
        for case in reference.cases {
            let back = Similarity::between(&case.points, &template([112, 112])).unwrap().inverse();
            for (at, expected) in
                [[0.0, 0.0], [111.0, 0.0], [0.0, 111.0], [111.0, 111.0]].into_iter().zip(case.corners)
            {
                let [x, y] = back.apply(at);
                assert!((x - expected[0]).hypot(y - expected[1]) < 1e-6, "{x} {y} {expected:?}");
            }
        }
    }

    #[test]
    fn the_way_back_undoes_and_one_point_has_no_similarity() {
        let similarity = Similarity { turn: [0.3, -0.4], shift: [5.0, 7.0] };
        let [x, y] = similarity.inverse().apply(similarity.apply([11.0, 13.0]));
        assert!((x - 11.0).abs() < 1e-12 && (y - 13.0).abs() < 1e-12);
        assert!((similarity.scale() - 0.5).abs() < 1e-12);
        assert_eq!(Similarity::between(&[[1.0, 2.0]; 5], &ARCFACE_TEMPLATE), None);
        assert_eq!(Similarity::between(&ARCFACE_TEMPLATE, &[[1.0, 2.0]; 5]), None);
    }

    #[test]
    fn templates_scale_with_the_height() {
        // Twice as high: the edge before the first pixel stays.
        assert!((template([224, 224])[0][0] - (2.0 * 38.7946 - 0.5)).abs() < 1e-12);
        let narrow = template([112, 92]);
        assert!((narrow[2][0] - (56.0252 - 10.0)).abs() < 1e-12 && narrow[2][1] == ARCFACE_TEMPLATE[2][1]);
    }
}
