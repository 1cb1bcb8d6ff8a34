//! `topolens selftest`.

use crate::bench::Bench;

#[test]
fn the_checks_that_take_no_time_are_met() {
    let bench = Bench::new();
    let found = bench.json("selftest --only A1,a3");
    assert_eq!(
        (found["schema"].as_str().unwrap(), found["n_missed"].as_u64().unwrap()),
        ("topolens.selftest/1", 0)
    );
    let findings = found["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 9 + 10);
    assert!(findings.iter().all(|finding| finding["is_met"] == true), "{findings:#?}");
    let said = bench.run("selftest --only A3 --out found.json");
    assert!(said.code == Some(0) && said.stdout.contains("all 10 known numbers are met"), "{}", said.stdout);
    assert!(bench.path("found.json").exists());
    assert!(bench.refused("selftest --only A9").contains("A14"));
}
