//! The pictures in `docs/figures`, drawn by the code that draws everything else. After a change of it,
//! `cargo test -p topolens-lab documentation -- --ignored` writes them again.

use std::path::PathBuf;

use topolens::{DistanceMatrix, PointCloud, VietorisRips, synthetic};

use super::plot::{
    Anchor, BLACK, Color, GREY, LIGHT_GREY, Position, Scene, Shape, Size, Stroke, barcode, homology_color,
    persistence_diagram, to_svg,
};

/// Name and content of each picture.
fn pictures() -> [(&'static str, String); 2] {
    [("lune.svg", to_svg(&lunes())), ("noisy-circle.svg", to_svg(&noisy_circle()))]
}

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/figures").join(name)
}

#[test]
#[ignore = "writes docs/figures"]
fn write() {
    for (name, svg) in pictures() {
        std::fs::write(path(name), svg + "\n").unwrap();
    }
}

#[test]
fn pictures_are_what_the_code_draws() {
    for (name, svg) in pictures() {
        let written = std::fs::read_to_string(path(name)).unwrap();
        assert!(written.trim_end() == svg, "docs/figures/{name} is out of date; write it again");
    }
}

/// A sampled circle with noise, its barcode and its diagram.
fn noisy_circle() -> Scene {
    const N_POINTS: usize = 80;
    let circle = synthetic::circle(N_POINTS, 1).unwrap();
    let noise = synthetic::gaussian(N_POINTS, 2, 2).unwrap();
    let points: Vec<Position> = (0..N_POINTS)
        .map(|at| {
            let moved = |axis: usize| circle.point(at)[axis] + 0.1 * noise.point(at)[axis];
            (moved(0), moved(1))
        })
        .collect();
    let cloud = PointCloud::new(points.iter().flat_map(|(x, y)| [*x, *y]).collect(), N_POINTS, 2).unwrap();
    let diagrams = VietorisRips::new().diagrams(&DistanceMatrix::from_cloud(&cloud)).unwrap();
    let size = Size { width: 240.0, height: 260.0, text: 12 };
    let description = "80 points near a circle, their barcode with one long bar in H1, and their persistence \
                       diagram with one point far above the diagonal.";
    let mut scene = Scene::new(description, size);
    scene.text((10.0, 15.0), "80 points", Anchor::Start, BLACK);
    let centres = points.iter().map(|(x, y)| (120.0 + 85.0 * x, 130.0 - 85.0 * y)).collect();
    scene.shapes.push(Shape::Dots { centres, radius: 2.2, color: BLACK, opacity: 1.0 });
    scene.beside(barcode("", &diagrams, size)).beside(persistence_diagram("", &diagrams, size))
}

/// What an edge may find when it enters.
struct Lune {
    heading: &'static str,
    remark: &'static str,
    /// Points other than the edge's ends; the edge goes from (−½, 0) to (½, 0).
    others: &'static [Position],
}

const LUNES: [Lune; 3] = [
    Lune {
        heading: "Empty lune",
        remark: "joins two components, or a loop is born",
        others: &[(-0.8, 0.85), (0.0, 1.2), (0.75, 0.88)],
    },
    Lune {
        heading: "Connected lune",
        remark: "nothing changes",
        others: &[(-0.05, 0.55), (0.12, 0.1), (-0.14, -0.3), (0.07, -0.62)],
    },
    Lune {
        heading: "Two components",
        remark: "the loop u w₁ v w₂ is filled",
        others: &[(-0.12, 0.62), (0.14, 0.5), (0.02, -0.58)],
    },
];

fn lunes() -> Scene {
    let [first, second, third] = LUNES.map(|lune| lune.draw());
    first.beside(second).beside(third)
}

impl Lune {
    fn draw(&self) -> Scene {
        let description = "An edge uv and the shaded region of points nearer to both u and v than they are to each \
                           other: empty; with four points joined by earlier edges; with two groups that are not.";
        let mut scene = Scene::new(description, Size { width: 240.0, height: 262.0, text: 12 });
        scene.shapes.push(Shape::Polygon { points: region(), color: LIGHT_GREY, opacity: 0.6 });
        let points: Vec<Position> = self.points().into_iter().map(place).collect();
        for (a, b) in self.earlier_edges() {
            let inside = a > 1 && self.is_inside(a) && self.is_inside(b);
            let pen = if inside { Stroke::solid(homology_color(0), 2.2) } else { Stroke::solid(GREY, 0.8) };
            scene.line(points[a], points[b], pen);
        }
        scene.line(points[0], points[1], Stroke::solid(homology_color(1), 2.6));
        for (at, &point) in points.iter().enumerate() {
            let color = if self.is_inside(at) { homology_color(0) } else { BLACK };
            scene.shapes.push(dot(point, color));
        }
        self.label(&mut scene, &points);
        scene
    }

    /// The ends u and v of the edge, then the others.
    fn points(&self) -> Vec<Position> {
        [(-0.5, 0.0), (0.5, 0.0)].iter().chain(self.others).copied().collect()
    }

    /// All edges shorter than uv.
    fn earlier_edges(&self) -> Vec<(usize, usize)> {
        let points = self.points();
        let length = |a: usize, b: usize| (points[a].0 - points[b].0).hypot(points[a].1 - points[b].1);
        let pairs = (0..points.len()).flat_map(|b| (0..b).map(move |a| (a, b)));
        pairs.filter(|&(a, b)| length(a, b) < 1.0 - 1e-9).collect()
    }

    /// Nearer to both ends of the edge than they are to each other.
    fn is_inside(&self, at: usize) -> bool {
        let (x, y) = self.points()[at];
        (x.abs() + 0.5).hypot(y) < 1.0 - 1e-9 && at > 1
    }

    fn label(&self, scene: &mut Scene, points: &[Position]) {
        scene.text((120.0, 16.0), self.heading, Anchor::Middle, BLACK);
        scene.text((120.0, 252.0), self.remark, Anchor::Middle, BLACK);
        let beside = |at: usize, across: f64, down: f64| (points[at].0 + across, points[at].1 + down);
        scene.text(beside(0, -7.0, 14.0), "u", Anchor::End, BLACK);
        scene.text(beside(1, 7.0, 14.0), "v", Anchor::Start, BLACK);
        if self.remark.contains("w₁") {
            scene.text(beside(2, -5.0, -6.0), "w₁", Anchor::End, BLACK);
            scene.text(beside(4, 7.0, 12.0), "w₂", Anchor::Start, BLACK);
        }
    }
}

fn dot(centre: Position, color: Color) -> Shape {
    Shape::Dots { centres: vec![centre], radius: 3.6, color, opacity: 1.0 }
}

/// From coordinates in which the edge has length 1 to the picture.
fn place((x, y): Position) -> Position {
    (120.0 + 85.0 * x, 146.0 - 85.0 * y)
}

/// The outline of the lune: an arc around each end of the edge.
fn region() -> Vec<Position> {
    let third = std::f64::consts::FRAC_PI_3;
    let arc = |centre: f64, middle: f64| {
        (0..=40).map(move |at| {
            let angle = middle + third * (f64::from(at) / 20.0 - 1.0);
            place((centre + angle.cos(), angle.sin()))
        })
    };
    arc(-0.5, 0.0).chain(arc(0.5, std::f64::consts::PI)).collect()
}

#[test]
fn lunes_are_as_their_headings_say() {
    let n_components = LUNES.map(|lune| {
        let inside: Vec<usize> = (0..lune.points().len()).filter(|at| lune.is_inside(*at)).collect();
        let mut component: Vec<usize> = (0..lune.points().len()).collect();
        for (a, b) in lune.earlier_edges().into_iter().filter(|edge| edge.0 > 1) {
            let (from, to) = (component[a], component[b]);
            component.iter_mut().filter(|of| **of == from).for_each(|of| *of = to);
        }
        inside.iter().map(|at| component[*at]).collect::<std::collections::BTreeSet<_>>().len()
    });
    assert_eq!(n_components, [0, 1, 2]);
}
