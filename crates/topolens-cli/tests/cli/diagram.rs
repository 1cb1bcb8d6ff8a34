//! `topolens diagram`.

use serde_json::{Value, json};

use crate::bench::{Bench, testdata};

#[test]
fn triangle_by_hand() {
    let bench = Bench::new();
    bench.file("points.csv", "x,y\n0,0\n3,0\n3,4\n");
    let document = bench.json("diagram points.csv");
    assert_eq!(document["schema"], "topolens.diagram/1");
    assert_eq!(document["n_points"], 3);
    assert_eq!(document["diagrams"][0]["dimension"], 0);
    assert_eq!(document["diagrams"][0]["intervals"], json!([[0.0, 3.0], [0.0, 4.0], [0.0, null]]));
    assert_eq!(document["diagrams"][1], json!({ "dimension": 1, "intervals": [] }));
}

#[test]
fn square_has_one_loop_also_as_distances() {
    let bench = Bench::new();
    bench.npy("points.npy", &[&[0.0, 0.0], &[1.0, 0.0], &[1.0, 1.0], &[0.0, 1.0]]);
    let root = 2.0_f64.sqrt();
    bench.npy(
        "distances.npy",
        &[&[0.0, 1.0, root, 1.0], &[1.0, 0.0, 1.0, root], &[root, 1.0, 0.0, 1.0], &[1.0, root, 1.0, 0.0]],
    );
    let from_points = bench.json("diagram points.npy");
    assert_eq!(from_points["diagrams"][1]["intervals"], json!([[1.0, root]]));
    assert_eq!(from_points, bench.json("diagram distances.npy --metric precomputed"));
}

#[test]
fn reference_barcode_through_the_command() {
    let expected: Value =
        serde_json::from_slice(&std::fs::read(testdata("barcodes/sphere_n150_d3_h2_z2.json")).unwrap())
            .unwrap();
    let points = testdata("barcodes/sphere_n150_d3_h2_z2.npy");
    let found = Bench::new().json(&format!("diagram {} --max-homology-dimension 2", points.display()));
    for dimension in 0..3 {
        let pairs = |intervals: &Value| {
            let pair = |interval: &Value| {
                (interval[1].as_f64().unwrap_or(f64::INFINITY), interval[0].as_f64().unwrap())
            };
            let mut pairs: Vec<(f64, f64)> = intervals.as_array().unwrap().iter().map(pair).collect();
            pairs.sort_by(|a, b| a.partial_cmp(b).unwrap());
            pairs
        };
        let (ours, theirs) =
            (pairs(&found["diagrams"][dimension]["intervals"]), pairs(&expected["diagrams"][dimension]));
        assert_eq!(ours.len(), theirs.len());
        for (a, b) in ours.iter().zip(&theirs) {
            assert!((a.0 - b.0).abs() <= 1e-5 * b.0 || a.0.is_infinite() && b.0.is_infinite(), "{a:?} {b:?}");
            assert!((a.1 - b.1).abs() <= 1e-5 * b.1.max(1e-9), "{a:?} {b:?}");
        }
    }
}

#[test]
fn one_point_and_equal_points_have_one_essential_class() {
    let bench = Bench::new();
    bench.file("one.csv", "1,2\n").file("equal.csv", "1,2\n1,2\n1,2\n");
    for file in ["one.csv", "equal.csv"] {
        let document = bench.json(&format!("diagram {file}"));
        assert_eq!(document["diagrams"][0]["intervals"], json!([[0.0, null]]));
        assert_eq!(document["diagrams"][1]["intervals"], json!([]));
    }
}

#[test]
fn a_constant_column_changes_nothing() {
    let bench = Bench::new();
    bench.file("plain.csv", "0,0\n1,2\n4,1\n3,3\n").file("constant.csv", "0,5,0\n1,5,2\n4,5,1\n3,5,3\n");
    assert_eq!(bench.json("diagram plain.csv"), bench.json("diagram constant.csv"));
}

#[test]
fn threads_do_not_change_a_bit_and_out_writes_the_same() {
    let bench = Bench::new();
    let points = testdata("barcodes/relu_n250_d64_h1_z2.npy");
    let one = bench.run(&format!("diagram {} --json --threads 1", points.display()));
    let two = bench.run(&format!("diagram {} --json --threads 2 --out two.json", points.display()));
    assert_eq!(one.stdout, two.stdout);
    assert_eq!(std::fs::read_to_string(bench.path("two.json")).unwrap(), one.stdout);
}

#[test]
fn components_alone_are_those_of_both_dimensions() {
    let bench = Bench::new();
    let rows: Vec<[f64; 2]> = (0..40).map(|i| [f64::from(i * i % 17), f64::from(i * 7 % 13)]).collect();
    let rows: Vec<&[f64]> = rows.iter().map(<[f64; 2]>::as_slice).collect();
    bench.npy("points.npy", &rows);
    for threshold in ["", " --threshold 2"] {
        let alone = bench.json(&format!("diagram points.npy --max-homology-dimension 0{threshold}"));
        let both = bench.json(&format!("diagram points.npy{threshold}"));
        assert_eq!(alone["diagrams"][0], both["diagrams"][0]);
    }
    bench.refused("diagram points.npy --max-homology-dimension 0 --threshold -1");
}

#[test]
fn metrics_by_hand() {
    let bench = Bench::new();
    bench.file("points.csv", "3,4\n0,1\n");
    for (metric, expected) in
        [("euclidean", 18.0_f64.sqrt()), ("manhattan", 6.0), ("chebyshev", 3.0), ("cosine", 0.2)]
    {
        for dimension in [0, 1] {
            let line = format!("diagram points.csv --metric {metric} --max-homology-dimension {dimension}");
            let death = bench.json(&line)["diagrams"][0]["intervals"][0][1].as_f64().unwrap();
            assert!((death - expected).abs() < 1e-15, "{metric}: {death}");
        }
    }
    bench.file("rows.csv", "0,1,2,4\n7,6,5,3\n");
    let document = bench.json("diagram rows.csv --metric correlation");
    assert!((document["diagrams"][0]["intervals"][0][1].as_f64().unwrap() - 2.0).abs() < 1e-15);
}

#[test]
fn geodesic_distances_walk_around_the_corner() {
    let bench = Bench::new();
    bench.file("ring.csv", "0,0\n1,0\n2,0\n2,1\n2,2\n1,2\n0,2\n0,1\n");
    let document = bench.json("diagram ring.csv --metric geodesic --neighbors 2");
    // A ring of eight unit edges is filled at a third of its length, in whole edges.
    assert_eq!(document["diagrams"][1]["intervals"], json!([[1.0, 3.0]]));
    bench.file("apart.csv", "0\n1\n10\n11\n");
    let document = bench.json("diagram apart.csv --metric geodesic --neighbors 1");
    assert_eq!(
        document["diagrams"][0]["intervals"],
        json!([[0.0, 1.0], [0.0, 1.0], [0.0, null], [0.0, null]])
    );
}

#[test]
fn landmarks_come_with_the_bound_on_their_error() {
    let bench = Bench::new();
    bench.file("line.csv", "0\n1\n2\n3\n4\n");
    let document = bench.json("diagram line.csv --landmarks 3");
    assert_eq!((&document["n_points"], &document["landmarks"]), (&json!(5), &json!(3)));
    assert_eq!((&document["covering_radius"], &document["error_bound"]), (&json!(1.0), &json!(2.0)));
    assert_eq!(document["diagrams"][0]["intervals"], json!([[0.0, 2.0], [0.0, 2.0], [0.0, null]]));
    let said = bench.run("diagram line.csv --landmarks 3").stdout;
    assert!(said.contains("3 landmarks of 5 points") && said.contains("error bound 2.000000"), "{said}");
    bench.file("square.csv", "0,1,9\n1,0,8\n9,8,0\n");
    let document = bench.json("diagram square.csv --metric precomputed --landmarks 2");
    assert_eq!((&document["covering_radius"], &document["error_bound"]), (&json!(1.0), &json!(2.0)));
}

#[test]
fn where_landmarks_bound_nothing_it_is_said_why() {
    let bench = Bench::new();
    bench.file("points.csv", "0,1\n1,1\n2,1\n3,1\n9,1\n10,1\n");
    for (flags, reason) in [
        ("--metric cosine --landmarks 3", "triangle inequality"),
        ("--threshold 2 --landmarks 3", "--threshold"),
        ("--metric geodesic --neighbors 1 --landmarks 1", "infinitely far"),
    ] {
        let document = bench.json(&format!("diagram points.csv {flags}"));
        assert!(document["error_bound"].is_null(), "{document}");
        assert!(document["reason"].as_str().unwrap().contains(reason), "{document}");
        assert!(bench.run(&format!("diagram points.csv {flags}")).stdout.contains(reason));
    }
}

#[test]
fn pairs_that_meet_and_pairs_that_do_not() {
    let bench = Bench::new();
    bench.file("pairs.csv", "i,j,d\n0,1,1\n1,2,1\n2,3,1\n3,0,1\n1,0,1\n");
    bench.npy("pairs.npy", &[&[0.0, 1.0, 1.0], &[1.0, 2.0, 1.0], &[2.0, 3.0, 1.0], &[3.0, 0.0, 1.0]]);
    let document = bench.json("diagram pairs.csv --sparse");
    assert_eq!(document["n_points"], 4);
    assert_eq!(document["diagrams"][1]["intervals"], json!([[1.0, null]]));
    assert_eq!(document, bench.json("diagram pairs.npy --sparse"));
    let inf = f64::INFINITY;
    bench.npy(
        "square.npy",
        &[&[0.0, 1.0, inf, 1.0], &[1.0, 0.0, 1.0, inf], &[inf, 1.0, 0.0, 1.0], &[1.0, inf, 1.0, 0.0]],
    );
    assert_eq!(document, bench.json("diagram square.npy --metric precomputed"));
}

#[test]
fn cycles_can_be_drawn_also_among_landmarks() {
    let bench = Bench::new();
    bench.file("square.csv", "0,0\n0,0.1\n1,0\n1,1\n0,1\n");
    let document = bench.json("diagram square.csv --landmarks 4 --cycles");
    let found = &document["diagrams"][1]["representatives"][0];
    let mut cycle: Vec<u64> = serde_json::from_value(found["cycle"].clone()).unwrap();
    assert_eq!(found["birth_edge"], json!([cycle[0].max(cycle[3]), cycle[0].min(cycle[3])]));
    cycle.sort_unstable();
    assert_eq!(cycle, [0, 2, 3, 4]);
    assert_eq!(found["death_triangle"].as_array().unwrap().len(), 3);
    assert!(bench.json("diagram square.csv")["diagrams"][1]["representatives"].is_null());
    let words = bench.refused("diagram square.csv --cycles --max-homology-dimension 0");
    assert!(words.contains("--cycles"), "{words}");
}

/// Five points of which four make a square.
const SQUARE: &str = "0,0\n0,0.1\n1,0\n1,1\n0,1\n";

#[test]
fn plot_writes_a_picture_and_the_numbers_stay() {
    let bench = Bench::new();
    bench.file("square.csv", SQUARE);
    let plain = bench.run("diagram square.csv --json");
    let plotted = bench.run("diagram square.csv --json --plot new/square.svg --out square.json");
    assert_eq!((plotted.code, &plotted.stdout), (Some(0), &plain.stdout));
    assert_eq!(std::fs::read_to_string(bench.path("square.json")).unwrap(), plain.stdout);
    let svg = std::fs::read_to_string(bench.path("new/square.svg")).unwrap();
    assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\"") && svg.ends_with("</svg>"), "{svg}");
    assert!(svg.contains(
        "<title>Barcode and persistence diagram of square.csv: 5 intervals in H0 (1 of them without end), 1 interval in H1.</title>"
    ));
    for text in ["Filtration value", "Birth", "Death", "H₀: 5", "H₁: 1", "∞"] {
        assert!(svg.contains(&format!(">{text}</text>")), "{text} is not in {svg}");
    }
    assert_eq!(svg.matches("<text").count(), svg.matches("</text>").count());
    assert_eq!(std::fs::read_dir(bench.path("new")).unwrap().count(), 1, "nothing else is left");
    assert_eq!(bench.run("diagram square.csv --plot square.PNG").code, Some(0));
    let png = image::open(bench.path("square.PNG")).unwrap();
    assert_eq!((png.width(), png.height()), (2007, 1004));
}

#[test]
fn a_plot_that_cannot_be_written_is_refused_before_the_work() {
    let bench = Bench::new();
    bench.file("square.csv", SQUARE).file("occupied", "a file").file("folder.svg/readme", "");
    for (flags, expected) in [
        ("--plot square.bmp", "--plot <FILE>': give a file that ends in .svg, .pdf or .png"),
        ("--plot square", "give a file that ends in .svg, .pdf or .png"),
        ("--plot folder.svg", "--plot: cannot write folder.svg: is a directory"),
        ("--plot occupied/square.svg", "--plot: cannot write occupied/square.svg"),
        ("--plot /proc/absent/square.svg", "--plot: cannot write /proc/absent/square.svg"),
        ("--out occupied/square.json", "--out: cannot write occupied/square.json"),
        ("--plot a.svg --out a.svg", "--plot and --out name the same file"),
        ("--plot a.svg --out ./a.svg", "--plot and --out name the same file"),
        ("--json --draw always", "--draw always would draw into the JSON"),
        ("--draw sometimes", "auto, always, never"),
    ] {
        // The points do not exist, which is found only when the work starts.
        let message = bench.refused(&format!("diagram absent.npy {flags}"));
        assert!(message.contains(expected) && !message.contains("absent.npy"), "{flags}: {message}");
    }
    assert!(bench.refused("diagram absent.npy --plot new/square.svg").contains("absent.npy"));
    assert!(!bench.path("new").exists(), "nothing is made before the work is done");
}

#[test]
fn the_points_are_never_replaced() {
    let bench = Bench::new();
    bench.file("square.csv", SQUARE);
    for flags in ["--out square.csv", "--out ./square.csv"] {
        let message = bench.refused(&format!("diagram square.csv {flags}"));
        assert!(message.contains("would replace the points"), "{message}");
    }
    assert_eq!(std::fs::read_to_string(bench.path("square.csv")).unwrap(), SQUARE);
}

#[test]
fn few_pairs_need_memory_for_themselves_alone() {
    let bench = Bench::new();
    let ring = |i: u32| (f64::from(i) * 0.001 * std::f64::consts::TAU).sin_cos();
    let points: Vec<String> = (0..1000).map(ring).map(|(x, y)| format!("{x},{y}")).collect();
    bench.file("ring.csv", points.join("\n"));
    let near = bench.json("diagram ring.csv --threshold 0.02 --memory 1M --max-homology-dimension 4");
    assert_eq!(near["diagrams"][1]["intervals"][0][1], Value::Null);
    assert_eq!(near["diagrams"].as_array().unwrap().len(), 5);
    assert!(bench.refused("diagram ring.csv --memory 1M").contains("give a --threshold"));
    let message = bench.refused("diagram ring.csv --threshold 0.02 --memory 100K");
    assert!(message.contains("lower the --threshold") && message.contains("100 KB may be used"), "{message}");
}

#[test]
fn more_points_than_loops_can_be_found_of() {
    let bench = Bench::new();
    let points: Vec<String> = (0..65_536).map(|i| i.to_string()).collect();
    bench.file("line.csv", points.join("\n"));
    let message = bench.refused("diagram line.csv");
    assert!(message.contains("65535 is the most") && message.contains("--landmarks"), "{message}");
}

#[test]
fn drawn_in_a_pipe_only_if_asked_for() {
    let bench = Bench::new();
    bench.file("square.csv", SQUARE);
    let plain = bench.run("diagram square.csv").stdout;
    assert!(plain.is_ascii() && plain.lines().count() == 3, "{plain}");
    assert_eq!(bench.run("diagram square.csv --draw never").stdout, plain);
    let drawn = bench.run("diagram square.csv --draw always").stdout;
    let drawing = drawn.strip_prefix(&plain).unwrap();
    assert!(drawing.starts_with("\nH₀: 5\n  ━━━") && drawing.contains("▶ [0, ∞)\n"), "{drawing}");
    assert!(drawing.contains("[1.00, 1.35)") && drawing.contains("\n\nDeath upwards"), "{drawing}");
    assert!(!drawing.contains('\u{1b}'), "no colours in a pipe");
    let json = bench.run("diagram square.csv --json").stdout;
    assert_eq!(bench.run("diagram square.csv --json --draw never").stdout, json);
}

#[test]
fn little_or_extreme_input_can_be_drawn() {
    let bench = Bench::new();
    bench.file("one.csv", "1,2\n").file("two.csv", "0\n1e-12\n").file("huge.csv", "0\n1e12\n3e12\n");
    bench.npy("subnormal.npy", &[&[0.0, 1e-320], &[1e-320, 0.0]]);
    bench.npy("largest.npy", &[&[0.0, f64::MAX], &[f64::MAX, 0.0]]);
    for points in ["one.csv", "two.csv", "huge.csv", "subnormal.npy", "largest.npy"] {
        let metric = if points.ends_with("npy") { "--metric precomputed" } else { "" };
        let said = bench.run(&format!("diagram {points} {metric} --draw always --plot {points}.svg"));
        assert_eq!(said.code, Some(0), "{points}: {}", said.stderr);
        let svg = std::fs::read_to_string(bench.path(&format!("{points}.svg"))).unwrap();
        for bad in ["NaN", "inf"] {
            assert!(!svg.contains(bad) && !said.stdout.contains(bad), "{points}: {}{svg}", said.stdout);
        }
    }
}
