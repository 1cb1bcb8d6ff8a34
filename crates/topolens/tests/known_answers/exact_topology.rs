//! Manifolds whose Rips homology is known exactly.

use topolens::{Diagram, DistanceMatrix, Interval, PointCloud, VietorisRips, synthetic};

fn diagrams(cloud: &PointCloud<f64>, max_homology_dimension: usize) -> Vec<Diagram> {
    let rips = VietorisRips::new().max_homology_dimension(max_homology_dimension);
    rips.diagrams(&DistanceMatrix::from_cloud(cloud)).unwrap()
}

fn longest_first(diagram: &Diagram) -> Vec<Interval> {
    let mut intervals = diagram.intervals().to_vec();
    intervals.sort_by(|a, b| b.lifespan().total_cmp(&a.lifespan()));
    intervals
}

#[test]
fn the_loop_of_the_circle_dies_at_the_side_of_the_inscribed_triangle() {
    let intervals = longest_first(&diagrams(&synthetic::circle(300, 1).unwrap(), 1)[1]);
    assert!((intervals[0].death - 3.0_f64.sqrt()).abs() < 0.03, "{:?}", intervals[0]);
    assert!(intervals.get(1).is_none_or(|second| second.lifespan() < 0.1));
}

#[test]
fn the_cavity_of_the_sphere_dies_at_the_edge_of_the_inscribed_tetrahedron() {
    let distances = DistanceMatrix::from_cloud(&synthetic::sphere(300, 2, 1).unwrap());
    let rips = VietorisRips::new().max_homology_dimension(2).threshold(1.7);
    let intervals = longest_first(&rips.diagrams(&distances).unwrap()[2]);
    assert!((intervals[0].death - (8.0_f64 / 3.0).sqrt()).abs() < 0.03, "{:?}", intervals[0]);
    assert!(intervals.get(1).is_none_or(|second| second.lifespan() < 0.3));
}

#[test]
fn the_torus_has_two_long_loops() {
    let intervals = longest_first(&diagrams(&synthetic::clifford_torus(400, 1).unwrap(), 1)[1]);
    for long in &intervals[..2] {
        assert!((long.death - 1.74).abs() < 0.03, "{long:?}");
    }
    assert!(intervals[2].lifespan() < 0.6);
}

#[test]
fn a_threshold_leaves_living_classes_essential() {
    let distances = DistanceMatrix::from_cloud(&synthetic::circle(100, 1).unwrap());
    let diagrams = VietorisRips::new().threshold(1.0).diagrams(&distances).unwrap();
    assert!(diagrams[1].intervals().iter().filter(|interval| interval.is_essential()).count() == 1);
    let none = VietorisRips::new().threshold(0.0).diagrams(&distances).unwrap();
    assert!(none[0].intervals().len() == 100 && none[1].intervals().is_empty());
}

#[test]
fn the_octahedron_has_a_cavity_and_the_square_a_loop() {
    let octahedron: Vec<f64> =
        vec![1., 0., 0., -1., 0., 0., 0., 1., 0., 0., -1., 0., 0., 0., 1., 0., 0., -1.];
    let diagrams = diagrams(&PointCloud::new(octahedron, 6, 3).unwrap(), 2);
    let expected = Interval { birth: 2.0_f64.sqrt(), death: 2.0 };
    assert_eq!(diagrams[2].intervals(), [expected]);
    assert!(diagrams[1].intervals().is_empty());
    let square = PointCloud::new(vec![0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0], 4, 2).unwrap();
    let rips = VietorisRips::new().diagrams(&DistanceMatrix::from_cloud(&square)).unwrap();
    assert_eq!(rips[1].intervals(), [Interval { birth: 1.0, death: 2.0_f64.sqrt() }]);
}

#[test]
fn a_torsion_class_shows_over_one_field_only() {
    // The projective plane on 6 vertices: its 10 triangles at 1, via the barycentric subdivision (31 vertices).
    let faces: [[usize; 3]; 10] = [
        [0, 1, 2],
        [0, 2, 3],
        [0, 3, 4],
        [0, 4, 5],
        [0, 1, 5],
        [1, 2, 4],
        [2, 3, 5],
        [1, 3, 4],
        [2, 4, 5],
        [1, 3, 5],
    ];
    let mut simplices: Vec<Vec<usize>> = (0..6).map(|vertex| vec![vertex]).collect();
    simplices.extend((0..6).flat_map(|a| (a + 1..6).map(move |b| vec![a, b])));
    simplices.extend(faces.map(Vec::from));
    let n = simplices.len();
    let contains = |a: &[usize], b: &[usize]| b.iter().all(|vertex| a.contains(vertex));
    let distance = |i: usize, j: usize| {
        let (a, b) = (&simplices[i], &simplices[j]);
        if i == j {
            0.0
        } else if contains(a, b) || contains(b, a) {
            1.0
        } else {
            f64::INFINITY
        }
    };
    let square: Vec<f64> = (0..n * n).map(|at| distance(at / n, at % n)).collect();
    let distances = DistanceMatrix::from_square(&square, n).unwrap();
    let betti = |modulus| -> Vec<usize> {
        let rips = VietorisRips::new().max_homology_dimension(2).modulus(modulus);
        let diagrams = rips.diagrams(&distances).unwrap();
        diagrams
            .iter()
            .map(|diagram| diagram.intervals().iter().filter(|i| i.is_essential()).count())
            .collect()
    };
    assert_eq!(betti(2), [1, 1, 1]);
    assert_eq!(betti(3), [1, 0, 0]);
    assert_eq!(betti(5), [1, 0, 0]);
}
