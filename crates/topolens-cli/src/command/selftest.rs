//! `topolens selftest`.

use serde_json::{Value, json};
use topolens_lab::selftest::{Check, Finding, checks, run_check};

use crate::arguments::SelftestArguments;
use crate::output_files::ensure_files;
use crate::terminal::{Screen, StudyProgress, Table, print, print_json, write_json};

pub(crate) fn run(arguments: &SelftestArguments) -> anyhow::Result<()> {
    let chosen = chosen(&arguments.only)?;
    ensure_files(&[("--out", arguments.out.as_deref())], &[])?;
    let found = compute(&chosen, arguments.common.seed)?;
    let n_missed = found.iter().filter(|(_, finding)| !finding.is_met()).count();
    let document = document(&found, n_missed);
    if let Some(path) = &arguments.out {
        write_json(path, &document)?;
    }
    if arguments.common.json {
        print_json(&document)?;
    } else {
        print(&format!("{}\n\n{}", table(&found, Screen::of_stdout()), verdict(found.len(), n_missed)))?;
    }
    if n_missed > 0 { Err(Missed(n_missed).into()) } else { Ok(()) }
}

/// Numbers that are not as they must be: a defect of topolens.
#[derive(Debug)]
pub(crate) struct Missed(usize);

impl std::fmt::Display for Missed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} known numbers were missed", self.0)
    }
}

impl std::error::Error for Missed {}

fn chosen(only: &[String]) -> anyhow::Result<Vec<Check>> {
    let all = checks();
    for name in only {
        let is_known = all.iter().any(|check| check.id.eq_ignore_ascii_case(name.trim()));
        let known: Vec<&str> = all.iter().map(|check| check.id).collect();
        anyhow::ensure!(is_known, "--only: {name:?} is not one of {}", known.join(", "));
    }
    let is_wanted =
        |check: &Check| only.is_empty() || only.iter().any(|name| check.id.eq_ignore_ascii_case(name.trim()));
    Ok(all.into_iter().filter(is_wanted).collect())
}

fn compute(chosen: &[Check], seed: u64) -> anyhow::Result<Vec<(Check, Finding)>> {
    let progress = StudyProgress::new("selftest", chosen.len());
    let mut found = Vec::new();
    for &check in chosen {
        found.extend(run_check(check, seed)?.into_iter().map(|finding| (check, finding)));
        progress.step(check.id);
    }
    progress.finish();
    Ok(found)
}

fn document(found: &[(Check, Finding)], n_missed: usize) -> Value {
    let finding = |(check, finding): &(Check, Finding)| {
        json!({
            "check": check.id, "about": check.about, "what": finding.what, "expected": finding.expected,
            "tolerance": finding.tolerance, "found": finding.found, "is_met": finding.is_met(),
        })
    };
    json!({
        "schema": "topolens.selftest/1", "n_missed": n_missed,
        "findings": found.iter().map(finding).collect::<Vec<_>>(),
    })
}

fn table(found: &[(Check, Finding)], screen: Screen) -> Table {
    let mut table = Table::new(&["check", "what", "expected", "within", "found", ""]);
    for (check, finding) in found {
        let verdict = if finding.is_met() { screen.good("ok") } else { screen.bad("MISS") };
        table.row(vec![
            check.id.to_owned(),
            finding.what.clone(),
            number(finding.expected),
            number(finding.tolerance),
            number(finding.found),
            verdict,
        ]);
    }
    table
}

/// Four digits, or powers of ten where they would hide the number.
fn number(value: f64) -> String {
    if value == 0.0 || (1e-3..1e5).contains(&value.abs()) {
        format!("{value:.4}")
    } else {
        format!("{value:.1e}")
    }
}

fn verdict(n: usize, n_missed: usize) -> String {
    match n_missed {
        0 => format!("all {n} known numbers are met"),
        n_missed => format!("{n_missed} of {n} known numbers are missed"),
    }
}
