//! `topolens attack` of a sweep.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use anyhow::{Context, ensure};
use topolens_lab::adversarial::{Images, Planned, Robustness, robust_accuracy};
use topolens_lab::bridge::draw_images;
use topolens_lab::profile::Protocol;
use topolens_nn::attack::{Settings, find};

use super::attack::epsilons;
use super::generalize::table_of_sweep;
use super::loaded::{Loaded, ensure_fits};
use super::origin::Watch;
use crate::arguments::AttackArguments;
use crate::terminal::{StudyProgress, Table, print, print_json, write_json};

/// Attacks every trained network of a sweep and compares what withstands with descriptors of clean data.
pub(super) fn run(folder: &Path, arguments: &AttackArguments, interrupt: &AtomicBool) -> anyhow::Result<()> {
    let watch = Watch::start();
    let attacks = attacks(arguments)?;
    let (runs, table) = table_of_sweep(folder, interrupt)?;
    ensure!(
        runs.len() >= 4,
        "MODEL: {} has {} trained networks; four or more are needed",
        folder.display(),
        runs.len()
    );
    let bar = StudyProgress::new("attack", runs.len());
    let mut accuracies = Vec::with_capacity(runs.len());
    for run in &runs {
        let model = Loaded::load(Some(run), "last", &arguments.foreign)?;
        let victim = model.victim()?.interruptible(interrupt);
        let data = model.images(Some(run), arguments.data.as_deref(), false)?;
        ensure_fits(&victim, &data.images)?;
        let mut protocol = Protocol { seed: arguments.common.seed, ..Protocol::default() };
        protocol.set_n_points(arguments.points.min(data.images.len()));
        let images = Images::from(&draw_images(&data.images, &protocol)?);
        accuracies.push(
            robust_accuracy(&victim, &images, &attacks, arguments.common.seed)
                .with_context(|| run.display().to_string())?,
        );
        bar.step(&run.display().to_string());
    }
    bar.finish();
    let found = Robustness::new(described(&attacks), table, &accuracies)?;
    std::fs::create_dir_all(&arguments.out)
        .with_context(|| format!("--out: cannot make {}", arguments.out.display()))?;
    write_json(&arguments.out.join("robustness.json"), &found.document())?;
    let files = [folder.join("networks.csv"), arguments.out.join("robustness.json")];
    found.write_report(&arguments.out, &watch.origin(Some(arguments.common.seed), &files)?)?;
    if arguments.common.json {
        return print_json(&found.document());
    }
    show(&found, &arguments.out)
}

fn attacks(arguments: &AttackArguments) -> anyhow::Result<Vec<Planned>> {
    ensure!(
        arguments.target.is_none() && arguments.adversarial.is_none() && arguments.save.is_none(),
        "--target, --adversarial, --save: not for a sweep; attack one of its networks, SWEEP/runs/NAME"
    );
    let epsilons = epsilons(&arguments.epsilon)?;
    ensure!(
        epsilons.len() == 1,
        "--epsilon: of a sweep the accuracy under one strength is compared; give one number"
    );
    let settings = Settings {
        norm: arguments.norm.parse().context("--norm")?,
        steps: arguments.steps,
        step_size: arguments.step_size,
        restarts: usize::from(arguments.restarts),
    };
    let plan = |name: &String| {
        let method = find(name).context("--method")?;
        method.build(&settings)?;
        Ok(Planned { method, settings: settings.clone(), epsilons: epsilons.clone() })
    };
    let asked = if arguments.method.is_empty() { vec!["pgd".to_owned()] } else { arguments.method.clone() };
    asked.iter().map(plan).collect()
}

fn described(attacks: &[Planned]) -> String {
    let names: Vec<&str> = attacks.iter().map(|planned| planned.method.name).collect();
    let norm = attacks.first().map_or_else(String::new, |planned| planned.settings.norm.to_string());
    let epsilon = attacks.first().and_then(|planned| planned.epsilons.first()).copied().unwrap_or(0.0);
    format!("{} ({norm}) at ε = {epsilon}", names.join(", "))
}

fn show(found: &Robustness, folder: &Path) -> anyhow::Result<()> {
    const SHOWN: usize = 15;
    let percent = |share: f64| format!("{:.1} %", 100.0 * share);
    let mut networks = Table::new(&["network", "clean accuracy", "robust accuracy"]);
    for (name, (clean, robust)) in found.networks().iter().zip(found.clean.iter().zip(found.robust())) {
        networks.row(vec![name.clone(), percent(*clean), percent(robust)]);
    }
    print(&networks.to_string())?;
    let header =
        ["measure", "kind", "networks", "Spearman [95 %]", "adjusted p", "given clean accuracy", "given all"];
    let mut table = Table::new(&header);
    found.lines().iter().take(SHOWN).for_each(|line| table.row(line.cells()));
    print(&format!("\nmeasures of clean data with the robust accuracy\n{table}"))?;
    for sentence in found.answer() {
        print(&format!("\n{sentence}"))?;
    }
    print(&format!("\nwritten: {0}/report.html\n         {0}/robustness.json", folder.display()))
}
