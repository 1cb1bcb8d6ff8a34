//! `topolens shard`.

use crate::bench::Bench;

/// 330 points of 6 features.
fn points(bench: &Bench) {
    let rows: Vec<Vec<f64>> = (0..330)
        .map(|row| {
            (0..6).map(|column| (f64::from(row) * 0.37 + f64::from(row * column) * 0.13).sin()).collect()
        })
        .collect();
    let rows: Vec<&[f64]> = rows.iter().map(Vec::as_slice).collect();
    bench.npy("points.npy", &rows);
}

#[test]
fn machines_that_share_a_folder_find_what_one_would() {
    let bench = Bench::new();
    points(&bench);
    let plan = bench.json("shard plan points.npy --out shards --block-size 100 --neighbors 4");
    assert_eq!((plan["n_tasks"].as_u64(), plan["n_points"].as_u64()), (Some(6), Some(330)));
    let first = bench.json("shard run shards --shard 2/3");
    assert_eq!(first["tasks"]["n_own"], 2);
    assert!(bench.refused("shard merge shards").contains("4 of 6 tasks are not done"));
    let rest = bench.run("shard run shards --json");
    assert!(rest.stderr.contains("2 of 6 tasks are done already"), "{}", rest.stderr);
    let merged =
        bench.json("shard merge shards --deaths e.npy --distances a.npy --indices b.npy --out m.json");
    let whole = bench.json("neighbors points.npy --neighbors 4 --distances c.npy --indices d.npy");
    assert_eq!(merged["neighbors"], whole);
    for (one, other) in [("a.npy", "c.npy"), ("b.npy", "d.npy")] {
        assert_eq!(std::fs::read(bench.path(one)).unwrap(), std::fs::read(bench.path(other)).unwrap());
    }
    let diagram = bench.json("diagram points.npy --max-homology-dimension 0");
    let deaths = diagram["diagrams"][0]["intervals"].as_array().unwrap();
    let finite: Vec<f64> = deaths.iter().filter_map(|interval| interval[1].as_f64()).collect();
    assert!((merged["lifespans_sum"].as_f64().unwrap() - finite.iter().sum::<f64>()).abs() < 1e-9);
    assert!(bench.path("e.npy").exists() && bench.path("m.json").exists());
    assert!(bench.run("shard merge shards").stdout.contains("largest death"));
}

#[test]
fn what_cannot_be_done_is_said() {
    let bench = Bench::new();
    points(&bench);
    for (command, told) in [
        ("shard plan points.npy --out shards --neighbors 330", "--neighbors"),
        ("shard plan points.npy --out shards --block-size 20", "--block-size"),
        ("shard plan points.csv --out shards", "points.csv"),
        ("shard plan sweep.toml --out shards", "topolens sweep"),
        ("shard run nowhere", "shard plan"),
        ("shard merge nowhere", "shard plan"),
    ] {
        let message = bench.refused(command);
        assert!(message.contains(told), "{command}: {message}");
    }
    bench.json("shard plan points.npy --out shards --block-size 100");
    assert!(bench.refused("shard plan points.npy --out shards --block-size 90").contains("another plan"));
    assert!(bench.refused("shard run shards --shard 4/3").contains("4/3"));
}
