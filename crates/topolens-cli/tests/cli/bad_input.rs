//! Bad input: exit code 2 and a message that names the argument and says what to do.

use crate::bench::Bench;

#[track_caller]
fn check(message: &str, expected: &[&str]) {
    for part in expected {
        assert!(message.contains(part), "{part:?} is not in: {message}");
    }
}

#[test]
fn not_a_number_in_a_cloud() {
    let bench = Bench::new();
    bench.npy("nan.npy", &[&[0.0, 1.0], &[2.0, f64::NAN]]).file("infinite.csv", "1,2\ninf,3\n");
    check(&bench.refused("diagram nan.npy"), &["NaN", "row 1, column 1"]);
    check(&bench.refused("dimension infinite.csv"), &["inf", "row 1, column 0"]);
}

#[test]
fn too_few_different_points_for_a_dimension() {
    let bench = Bench::new();
    bench.file("one.csv", "1,2\n").file("equal.csv", "1,2\n1,2\n1,2\n1,2\n").file("empty.csv", "");
    check(&bench.refused("dimension one.csv"), &["point"]);
    check(&bench.refused("dimension equal.csv"), &["point"]);
    check(&bench.refused("diagram empty.csv"), &["empty"]);
}

#[test]
fn more_neighbors_than_points() {
    let bench = Bench::new();
    bench.file("five.csv", "0,1\n1,5\n2,2\n7,3\n4,4\n");
    check(&bench.refused("dimension five.csv --estimator mle"), &["neighbors", "20", "5"]);
}

#[test]
fn ragged_and_truncated_files() {
    let bench = Bench::new();
    bench.file("ragged.csv", "1,2\n3\n").npy("whole.npy", &[&[0.0, 1.0], &[2.0, 3.0]]);
    let whole = std::fs::read(bench.path("whole.npy")).unwrap();
    bench.file("cut.npy", &whole[..whole.len() - 1]).file("header.npy", &whole[..40]);
    check(&bench.refused("diagram ragged.csv"), &["ragged.csv", "line 2", "every row"]);
    check(&bench.refused("diagram cut.npy"), &["cut.npy", "truncated"]);
    check(&bench.refused("diagram header.npy"), &["header.npy"]);
    check(&bench.refused("diagram absent.npy"), &["absent.npy", "No such file"]);
}

#[test]
fn bad_arguments() {
    let bench = Bench::new();
    bench
        .file("wide.csv", "0,1,2\n1,0,3\n")
        .file("square.csv", "0,1\n2,0\n")
        .file("points.csv", "0,1\n2,0\n5,5\n");
    check(
        &bench.refused("diagram wide.csv --metric precomputed"),
        &["precomputed", "square", "2 rows and 3 columns"],
    );
    check(&bench.refused("diagram square.csv --metric precomputed"), &["symmetric"]);
    check(&bench.refused("diagram points.csv --modulus 4"), &["modulus", "prime"]);
    check(&bench.refused("diagram points.csv --threshold -1"), &["threshold"]);
    check(&bench.refused("dimension points.csv --estimator pca"), &["--estimator", "pca", "two-nn"]);
    check(&bench.refused("diagram points.csv --metric hamming"), &["euclidean", "geodesic"]);
    check(&bench.refused("train --net vgg99 --out r"), &["vgg99", "resnet8"]);
    check(&bench.refused("train --data nowhere --out r"), &["--data", "nowhere", "fashion-mnist"]);
    check(&bench.refused("data fetch imagenet"), &["imagenet", "cifar10"]);
    check(&bench.refused("profile --data cifar10"), &["topolens data fetch cifar10"]);
}

#[test]
fn an_output_that_cannot_be_written() {
    let bench = Bench::new();
    bench.file("points.csv", "0,1\n2,0\n5,5\n").file("occupied", "a file");
    check(&bench.refused("diagram points.csv --out /dev/full"), &["/dev/full", "No space left"]);
    check(&bench.refused("diagram points.csv --out occupied/x.json"), &["occupied"]);
    check(&bench.refused("diagram points.csv --out /proc/x.json"), &["/proc/x.json"]);
    check(&bench.refused("train --out occupied/run --limit 100 --epochs 1"), &["occupied"]);
    check(&bench.refused("train --out /proc/run --limit 100 --epochs 1"), &["/proc/run"]);
}

#[test]
fn standard_output_that_fills() {
    let bench = Bench::new();
    bench.file("points.csv", "0,1\n2,0\n5,5\n");
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_topolens"));
    let command = command.args(["diagram", "points.csv", "--json"]).current_dir(bench.path("")).stdout(full);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    check(&String::from_utf8_lossy(&output.stderr), &["standard output", "No space left"]);
}

#[test]
fn what_is_not_a_run_or_a_network() {
    let bench = Bench::new();
    bench.file("empty/readme", "").file("run/run.json", "{}").file("net.safetensors", "not a network");
    check(&bench.refused("profile empty"), &["empty", "not a run folder", "topolens train"]);
    check(&bench.refused("profile run"), &["not a run folder", "schema"]);
    check(&bench.refused("profile absent"), &["absent", "No such file"]);
    check(&bench.refused("profile net.safetensors"), &["net"]);
    check(&bench.refused("profile --layers stage*"), &["stage*", "block1"]);
    check(&bench.refused("profile --points 999999"), &["--points", "1000"]);
}

#[test]
fn truncated_images() {
    let bench = Bench::new();
    bench.file("idx/train-images-idx3-ubyte", [0, 0, 8, 3, 0, 0, 0, 9, 0, 0, 0, 28, 0, 0, 0, 28, 1, 2, 3]);
    bench.file("idx/train-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 9, 1, 2, 3]);
    check(&bench.refused("train --data idx --out r"), &["train-images-idx3-ubyte"]);
    bench.file("cifar/test_batch.bin", [1, 2, 3]).file("cifar/data_batch_1.bin", [1, 2, 3]);
    check(&bench.refused("train --data cifar --out r"), &["data_batch_"]);
    bench.file("pictures/cat/a.png", "not a picture");
    check(&bench.refused("train --data pictures --out r"), &["a.png"]);
}

#[test]
fn messages_name_the_file_and_the_flag() {
    let bench = Bench::new();
    bench.npy("nan.npy", &[&[0.0, 1.0], &[2.0, f64::NAN]]).file("five.csv", "0,1\n1,5\n2,2\n7,3\n4,4\n");
    check(&bench.refused("diagram nan.npy"), &["nan.npy: it holds NaN"]);
    check(&bench.refused("dimension five.csv --estimator mle"), &["--neighbors = 20", "lower --neighbors"]);
    check(&bench.refused("diagram five.csv --threshold -1"), &["--threshold = -1"]);
}

#[test]
fn metrics_neighbors_and_landmarks_that_do_not_fit() {
    let bench = Bench::new();
    bench.file("zero.csv", "1,2\n0,0\n3,3\n").file("points.csv", "0,1\n2,0\n5,5\n");
    check(&bench.refused("diagram zero.csv --metric cosine"), &["zero.csv", "row 1 is zero", "cosine"]);
    check(&bench.refused("diagram zero.csv --metric correlation"), &["row 1 is constant", "correlation"]);
    check(&bench.refused("diagram points.csv --metric geodesic"), &["--neighbors = 15", "got 3"]);
    check(&bench.refused("diagram points.csv --metric geodesic --neighbors 0"), &["--neighbors"]);
    check(&bench.refused("diagram points.csv --neighbors 2"), &["--neighbors", "--metric geodesic"]);
    check(&bench.refused("diagram points.csv --landmarks 0"), &["--landmarks", "1 or more"]);
    check(&bench.refused("diagram points.csv --landmarks 4"), &["--landmarks = 4", "3 points"]);
}

#[test]
fn pairs_that_are_none() {
    let bench = Bench::new();
    let refused = |rows: &str| bench.file("pairs.csv", rows).refused("diagram pairs.csv --sparse");
    check(&refused("0,1\n"), &["pairs.csv", "--sparse", "three numbers"]);
    check(&refused(""), &["pairs.csv", "--sparse"]);
    check(&refused("0,1,1\n0,1.5,1\n"), &["pairs.csv", "row 1, column 1 holds 1.5"]);
    check(&refused("-1,1,1\n"), &["row 0, column 0 holds -1"]);
    check(&refused("0,70000,1\n"), &["holds 70000", "65534"]);
    check(&refused("0,1,-2\n"), &["it holds -2"]);
    check(&refused("0,1,nan\n"), &["it holds NaN"]);
    check(&refused("1,1,2\n"), &["diagonal"]);
    check(&refused("0,1,2\n1,0,3\n"), &["points 0 and 1", "2 and 3"]);
    bench.file("far.csv", "0,60000,1\n");
    check(&bench.refused("diagram far.csv --sparse --memory 1M"), &["needs about"]);
    check(&bench.refused("diagram far.csv --sparse --metric cosine"), &["--sparse", "--metric"]);
    check(&bench.refused("diagram far.csv --sparse --landmarks 3"), &["--sparse", "--landmarks"]);
}

#[test]
fn more_memory_than_allowed() {
    let bench = Bench::new();
    bench.file("five.csv", "0,1\n1,5\n2,2\n7,3\n4,4\n");
    check(
        &bench.refused("diagram five.csv --memory 10"),
        &["needs about", "--max-homology-dimension 0", "--memory"],
    );
    assert_eq!(bench.run("diagram five.csv --memory 70 --landmarks 2").code, Some(0));
    check(&bench.refused("diagram five.csv --memory lots"), &["800M"]);
    let cavities = "diagram five.csv --max-homology-dimension 3 --memory 100";
    check(&bench.refused(cavities), &["--threshold"]);
    assert_eq!(bench.run(&format!("{cavities} --threshold 2")).code, Some(0));
}

#[test]
fn a_path_that_is_not_there_is_called_nothing_else() {
    let bench = Bench::new();
    for line in [
        "profile missing",
        "profile missing.onnx --data fashion-mnist-6k",
        "profile missing.pt",
        "layers missing",
        "attack missing",
        "detect missing",
        "verify missing --faces orl",
        "compare missing.npy other.npy",
        "compare missing other",
    ] {
        let message = bench.refused(line);
        check(&message, &["missing", "No such file"]);
        assert!(!message.contains("run folder"), "{line}: {message}");
        assert_eq!(message.matches("No such file").count(), 1, "{line}: {message}");
    }
}

#[test]
fn results_that_cannot_be_written_are_known_before_the_work() {
    let bench = Bench::new();
    bench.npy("acts/a.npy", &[&[0.0, 1.0], &[2.0, 3.0], &[5.0, 1.0], &[2.0, 2.0]]).file("occupied", "a file");
    for command in
        ["profile acts", "dynamics acts acts", "demo", "attack", "detect", "train", "generalize acts"]
    {
        check(&bench.refused(&format!("{command} --out occupied")), &["--out", "occupied", "is a file"]);
        check(&bench.refused(&format!("{command} --out /proc/results")), &["--out", "/proc/results"]);
        check(&bench.refused(&format!("{command} --out occupied/results")), &["--out", "occupied/results"]);
    }
    assert_eq!(std::fs::read(bench.path("occupied")).unwrap(), b"a file");
}

#[test]
fn keys_of_a_settings_file_that_are_no_flags_are_named_with_the_file() {
    let bench = Bench::new();
    bench.file("card.toml", "mean = 0.5\nlearning_rate = 0.1\n");
    for line in ["profile", "train", "compare a b", "verify a --faces orl"] {
        let command = line.split(' ').next().unwrap();
        let message = bench.refused(&format!("{line} --config card.toml"));
        check(&message, &["card.toml", command]);
        assert!(message.contains("--learning_rate") || message.contains("--mean"), "{message}");
    }
    bench.file("card.toml", "mean = 0.5\n");
    // A file of settings is read, not passed over.
    check(&bench.refused("verify topolens-demo --faces orl --config missing.toml"), &["missing.toml"]);
}

#[test]
fn layers_may_have_commas_in_their_names() {
    let bench = Bench::new();
    let rows: Vec<[f64; 2]> = (0..20).map(|at| [f64::from(at).sin(), f64::from(at * at).cos()]).collect();
    let rows: Vec<&[f64]> = rows.iter().map(<[f64; 2]>::as_slice).collect();
    for name in ["conv,1", "conv,2", "output"] {
        bench.npy(&format!("acts/{name}.npy"), &rows);
    }
    let layers = |patterns: &str| {
        let said = bench.run_words(&["compare", "acts", "--layers", patterns, "--json"]);
        assert_eq!(said.code, Some(0), "{}", said.stderr);
        let found: serde_json::Value = serde_json::from_str(&said.stdout).unwrap();
        found["rows"]["layers"].clone()
    };
    assert_eq!(layers(r"conv\,2,output"), serde_json::json!(["conv,2", "output"]));
    assert_eq!(layers("conv{?1,?2}"), serde_json::json!(["conv,1", "conv,2"]));
    check(&bench.refused("compare acts --layers a,,b"), &["--layers", "empty"]);
    check(&bench.refused("compare acts --layers conv,output"), &["--layers", "conv"]);
}
