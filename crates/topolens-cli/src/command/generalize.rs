//! `topolens generalize`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command as Process, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, ensure};
use rayon::prelude::*;
use serde_json::json;
use topolens_lab::generalization::{
    Association, Comparison, LAST_HIDDEN, MeasureKind, MeasureTable, Observation, Observed, Predictor,
    ProfiledRun, associations, correlation_text, document, gather, have_unlike_paths, is_foretelling,
    observe, predict_errors, read_table, verdict, write_generalization_report, write_table,
};
use topolens_lab::input::{Split, load_data};
use topolens_lab::sweep::SweepFolder;
use topolens_nn::dataset::{Dataset, Fit};

use super::origin::Watch;
use crate::arguments::GeneralizeArguments;
use crate::interrupt;
use crate::output_files::ensure_folder;
use crate::terminal::{StudyProgress, Table, note, print, print_json, write_json};

/// Images of a cloud where nothing is asked for.
const USUAL_POINTS: usize = 1000;

pub(crate) fn run(arguments: &GeneralizeArguments) -> anyhow::Result<()> {
    let watch = Watch::start();
    let interrupt = interrupt::listen(arguments.common.watched)?;
    let observer = Observer {
        n_points: arguments.points.unwrap_or(USUAL_POINTS),
        asked: Observed { allow_test_data: arguments.allow_test_data, n_points: arguments.points },
        interrupt,
        images: Mutex::default(),
    };
    ensure_folder(&arguments.out, &["generalization.json"])?;
    if !arguments.predict.is_empty() {
        return predict(arguments, &observer);
    }
    let (table, n_points) = table(arguments, &observer)?;
    let seed = arguments.common.seed;
    let study = Study::new(&table, n_points, seed)?;
    study.write(&table, &arguments.out, (seed, &watch))?;
    if arguments.common.json {
        return print_json(&study.document(&table));
    }
    study.show(&table)?;
    print(&format!(
        "\nwritten: {0}/report.html\n         {0}/generalization.json\n         {0}/measures.csv",
        arguments.out.display()
    ))?;
    if study.comparison.is_some() {
        print(&format!(
            "         {0}/predictor.json; next: topolens generalize --predict RUN --out {0}",
            arguments.out.display()
        ))?;
    }
    Ok(())
}

/// Compares the networks of a sweep and writes into its folder `generalization`.
pub(super) fn of_sweep(
    folder: &Path,
    seed: u64,
    watch: &Watch,
    interrupt: &AtomicBool,
) -> anyhow::Result<(Study, MeasureTable)> {
    let observed = Observer::of_profiled(interrupt).observe_all(&expand(&[folder.to_path_buf()])?)?;
    let n_points = observed.first().map(|(_, first)| first.n_points);
    let table = gathered(&observed);
    let study = Study::new(&table, n_points, seed)?;
    study.write(&table, &folder.join("generalization"), (seed, watch))?;
    Ok((study, table))
}

/// The trained networks of a sweep with what was measured of them, on whichever images.
pub(super) fn table_of_sweep(
    folder: &Path,
    interrupt: &AtomicBool,
) -> anyhow::Result<(Vec<PathBuf>, MeasureTable)> {
    let asked = Observed { allow_test_data: true, ..Observed::default() };
    let observer = Observer { asked, ..Observer::of_profiled(interrupt) };
    let observed = observer.observe_all(&expand(&[folder.to_path_buf()])?)?;
    let runs = observed.iter().map(|(run, _)| run.clone()).collect();
    Ok((runs, gathered(&observed)))
}

/// The table, and the number of points behind its descriptors if it was made from runs.
fn table(
    arguments: &GeneralizeArguments,
    observer: &Observer<'_>,
) -> anyhow::Result<(MeasureTable, Option<usize>)> {
    if let [file] = &arguments.runs[..]
        && file.is_file()
    {
        let (table, left_out) = read_table(file)?;
        if !left_out.is_empty() {
            note(&format!("columns that are not numbers are left out: {}", left_out.join(", ")));
        }
        return Ok((table, None));
    }
    let runs = expand(&arguments.runs)?;
    ensure!(
        runs.len() >= 4,
        "RUNS: {} trained networks; four or more are needed, and conclusions need some thirty",
        runs.len()
    );
    let observed = observer.observe_all(&runs)?;
    let n_points = observed.first().map(|(_, first)| first.n_points);
    Ok((gathered(&observed), n_points))
}

/// The table of runs; says if paths of the weights are left out.
fn gathered(observed: &[(PathBuf, Observation)]) -> MeasureTable {
    if have_unlike_paths(observed) {
        note(
            "the paths of the weights have different numbers of iterates and are left out; record as many steps of each run by \
             `topolens train --trajectory N`",
        );
    }
    gather(observed)
}

/// Run folders, those of sweeps one by one.
fn expand(given: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let mut runs = Vec::new();
    for path in given {
        if SweepFolder::is_one(path) {
            let (folder, spec) = SweepFolder::open(path)?;
            for configuration in spec.configurations()? {
                let run = folder.run(&configuration);
                let is_trained = folder.epoch_of(&configuration).is_some_and(|epoch| {
                    folder
                        .card(&configuration, epoch)
                        .is_ok_and(|card| folder.is_trained(&configuration, card.settings.epochs))
                });
                // What the sweep could not profile, nobody can.
                let is_profiled = spec.profile.is_none() || folder.is_profiled(&configuration);
                if is_trained && !is_profiled {
                    note(&format!("left out, it is not profiled: {}", run.display()));
                } else if is_trained {
                    runs.push(run);
                }
            }
        } else {
            ensure!(
                !path.is_file(),
                "RUNS: {} is a file; give one table alone, or run folders",
                path.display()
            );
            runs.push(path.clone());
        }
    }
    let mut distinct = runs.clone();
    distinct.sort();
    distinct.dedup();
    ensure!(distinct.len() == runs.len(), "RUNS: a network is given twice");
    Ok(runs)
}

/// Observes runs, profiling those that are not yet.
struct Observer<'a> {
    n_points: usize,
    asked: Observed,
    interrupt: &'a AtomicBool,
    /// Training images by the name of their data, loaded once.
    images: Mutex<BTreeMap<String, Dataset>>,
}

impl<'a> Observer<'a> {
    /// Of networks that are profiled already, on training images.
    fn of_profiled(interrupt: &'a AtomicBool) -> Self {
        Self { n_points: 0, asked: Observed::default(), interrupt, images: Mutex::default() }
    }
}

impl Observer<'_> {
    fn observe_all(&self, runs: &[PathBuf]) -> anyhow::Result<Vec<(PathBuf, Observation)>> {
        let without: Vec<&PathBuf> = runs
            .iter()
            .filter(|run| run.join("run.json").is_file() && !run.join("profile.json").is_file())
            .collect();
        if !without.is_empty() {
            let bar = StudyProgress::new("profile", without.len());
            for run in without {
                self.profile(run)?;
                bar.step(&run.display().to_string());
            }
            bar.finish();
        }
        let profiled = runs.iter().map(|run| ProfiledRun::open(run, self.asked));
        let profiled = profiled.collect::<topolens_lab::Result<Vec<ProfiledRun>>>()?;
        ProfiledRun::ensure_alike(&profiled)?;
        let bar = StudyProgress::new("baselines", runs.len());
        let images = |name: &str| self.training_images(name);
        let observed = profiled.par_iter().map(|run| {
            if self.interrupt.load(Ordering::Relaxed) {
                return Err(topolens_lab::Error::interrupted().into());
            }
            let found = observe(run, &images)?;
            bar.step(&run.path.display().to_string());
            Ok((run.path.clone(), found))
        });
        let observed = observed.collect();
        bar.finish();
        observed
    }

    /// The first images of the training part, as many as are ever looked at.
    fn training_images(&self, name: &str) -> topolens_lab::Result<Dataset> {
        const MOST: usize = 5000;
        let mut known = self.images.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(images) = known.get(name) {
            return Ok(images.clone());
        }
        let whole = load_data(name, Split::Train, Fit::default())?.images;
        let first: Vec<usize> = (0..whole.len().min(MOST)).collect();
        let images = whole.subset(&first)?;
        known.insert(name.to_owned(), images.clone());
        Ok(images)
    }

    fn profile(&self, run: &Path) -> anyhow::Result<()> {
        let mut process = Process::new(std::env::current_exe()?);
        process.arg("profile").arg(run);
        process.args(["--training-images", "--points", &self.n_points.to_string()]);
        let done = process.stdin(Stdio::null()).output().context("cannot start topolens profile")?;
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        ensure!(done.status.success(), "{}: {}", run.display(), said.lines().last().unwrap_or_default());
        Ok(())
    }
}

/// What was found.
pub(super) struct Study {
    associations: Vec<Association>,
    comparison: Option<Comparison>,
    verdict: Vec<String>,
}

impl Study {
    pub(super) fn new(table: &MeasureTable, n_points: Option<usize>, seed: u64) -> anyhow::Result<Self> {
        let associations = associations(table)?;
        ensure!(
            !associations.is_empty(),
            "no measure varies between the networks and is defined in four of them, or all have the same test error"
        );
        let suffix = format!("@{LAST_HIDDEN}");
        let has_places = table.measures.iter().any(|measure| measure.name.ends_with(&suffix));
        let is_used = |name: &str| !has_places || is_foretelling(name);
        let comparison = match predict_errors(table, &is_used, seed) {
            Ok(mut comparison) => {
                comparison.predictor.n_points = n_points;
                Some(comparison)
            }
            Err(error) => {
                note(&format!("no predictor: {error}"));
                None
            }
        };
        let is_partial = |measure: &&topolens_lab::generalization::Measure| {
            is_used(&measure.name)
                && measure.kind == MeasureKind::Descriptor
                && measure.values.contains(&None)
        };
        let n_partial = table.measures.iter().filter(is_partial).count();
        if n_partial > 0 {
            note(&format!(
                "{n_partial} descriptors are not defined in all networks; the predictor leaves them out"
            ));
        }
        let verdict = verdict(&associations, comparison.as_ref());
        Ok(Self { associations, comparison, verdict })
    }

    fn document(&self, table: &MeasureTable) -> serde_json::Value {
        document(table, &self.associations, self.comparison.as_ref(), &self.verdict)
    }

    pub(super) fn write(
        &self,
        table: &MeasureTable,
        folder: &Path,
        (seed, watch): (u64, &Watch),
    ) -> anyhow::Result<()> {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("--out: cannot make {}", folder.display()))?;
        write_table(&folder.join("measures.csv"), table)?;
        write_json(&folder.join("generalization.json"), &self.document(table))?;
        if let Some(comparison) = &self.comparison {
            write_json(&folder.join("predictor.json"), &json!(comparison.predictor))?;
        }
        write_generalization_report(
            folder,
            table,
            (&self.associations, self.comparison.as_ref()),
            &self.verdict,
            &watch.origin(Some(seed), &[folder.join("measures.csv")])?,
        )?;
        Ok(())
    }

    pub(super) fn show(&self, table: &MeasureTable) -> anyhow::Result<()> {
        const SHOWN: usize = 12;
        let percent = |share: f64| format!("{:.1}", 100.0 * share);
        let lowest = table.test_error.iter().copied().fold(f64::INFINITY, f64::min);
        let highest = table.test_error.iter().copied().fold(0.0, f64::max);
        print(&format!(
            "{} networks, test error {} to {} %; correlation with the test error [95 % interval, unless it is ±1]\n",
            table.len(),
            percent(lowest),
            percent(highest)
        ))?;
        let header = [
            "measure",
            "kind",
            "n",
            "Pearson",
            "Spearman",
            "Kendall",
            "granulated",
            "given all",
            "CMI",
            "with gap",
        ];
        let mut shown = Table::new(&header);
        for kind in [MeasureKind::Descriptor, MeasureKind::Baseline] {
            self.associations
                .iter()
                .filter(|found| found.kind == kind)
                .take(SHOWN)
                .for_each(|found| shown.row(line(found)));
        }
        print(&shown.to_string())?;
        let n_more = self
            .associations
            .iter()
            .filter(|found| found.kind == MeasureKind::Descriptor)
            .count()
            .saturating_sub(SHOWN);
        if n_more > 0 {
            print(&format!("and {n_more} more descriptors in generalization.json"))?;
        }
        if let Some(comparison) = &self.comparison {
            print("\nmean miss of the test error, in points, for networks left out")?;
            let mut misses = Table::new(&["foretold by", "measures", "miss"]);
            for found in std::iter::once(&comparison.descriptors).chain(comparison.baselines.iter().take(4)) {
                let [value, lower, upper] = found.mean_absolute_error.map(percent);
                misses.row(vec![
                    found.name.clone(),
                    found.n_measures.to_string(),
                    format!("{value} [{lower}, {upper}]"),
                ]);
            }
            print(&misses.to_string())?;
        }
        self.verdict.iter().try_for_each(|sentence| print(&format!("\n{sentence}")))
    }
}

fn line(found: &Association) -> Vec<String> {
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    let given = found.test_error.partial.iter().find(|partial| partial.given == "all");
    vec![
        found.measure.clone(),
        found.kind.label().to_owned(),
        found.n_networks.to_string(),
        correlation_text(found.test_error.pearson),
        correlation_text(found.test_error.spearman),
        correlation_text(found.test_error.kendall),
        or_dash(found.test_error.granulated.as_ref().map(|granulated| format!("{:.2}", granulated.value))),
        or_dash(given.and_then(|partial| partial.correlation).map(correlation_text)),
        or_dash(found.test_error.information.as_ref().map(|information| format!("{:.2}", information.value))),
        or_dash(found.gap.as_ref().map(|gap| correlation_text(gap.spearman))),
    ]
}

/// Foretells errors by the predictor of an earlier call.
fn predict(arguments: &GeneralizeArguments, observer: &Observer<'_>) -> anyhow::Result<()> {
    let path = arguments.out.join("predictor.json");
    let text = std::fs::read(&path).with_context(|| {
        format!(
            "--out: cannot read {}; `topolens generalize RUNS --out FOLDER` makes a predictor",
            path.display()
        )
    })?;
    let predictor: Predictor =
        serde_json::from_slice(&text).with_context(|| format!("{} is no predictor", path.display()))?;
    ensure!(predictor.is_sound(), "{} is no predictor of this version; make it again", path.display());
    let n_points = predictor.n_points.unwrap_or(observer.n_points);
    ensure!(
        arguments.points.is_none_or(|points| points == n_points),
        "--points: the predictor was fitted to clouds of {n_points} points; leave it out"
    );
    let observer =
        Observer { n_points, asked: observer.asked, interrupt: observer.interrupt, images: Mutex::default() };
    let runs = expand(&arguments.predict)?;
    let mut table =
        Table::new(&["network", "foretold test error", "90 % of the networks left out", "measured"]);
    let (mut told, mut misses) = (Vec::new(), Vec::new());
    for (run, observed) in observer.observe_all(&runs)? {
        ensure!(
            predictor.n_points.is_none_or(|points| points == observed.n_points),
            "{}: it was profiled on {} points, the predictor was fitted to {}; run `topolens profile {} --training-images \
             --points {}`",
            run.display(),
            observed.n_points,
            n_points,
            run.display(),
            n_points
        );
        let measures: Vec<_> = observed.descriptors.iter().chain(&observed.baselines).cloned().collect();
        let found = predictor.predict(&measures).with_context(|| run.display().to_string())?;
        let measured = 1.0 - observed.card.test_accuracy;
        let percent = |share: f64| format!("{:.1} %", 100.0 * share);
        let interval = format!("{} to {}", percent(found.lower), percent(found.upper));
        table.row(vec![run.display().to_string(), percent(found.value), interval, percent(measured)]);
        if !found.unlike.is_empty() {
            note(&format!(
                "warning: {} is unlike the networks the predictor was fitted to ({} of {} measures more than three deviations off); \
                 do not trust its number",
                run.display(),
                found.unlike.len(),
                predictor.measures.len()
            ));
        }
        let is_inside = found.lower <= measured && measured <= found.upper;
        misses.push(((found.value - measured).abs(), is_inside));
        told.push(json!({
            "network": run, "predicted": found.value, "lower": found.lower, "upper": found.upper,
            "unlike": found.unlike, "test_error": measured,
        }));
    }
    let n = misses.len();
    let miss = misses.iter().map(|(miss, _)| miss).sum::<f64>() / n.max(1) as f64;
    let n_inside = misses.iter().filter(|(_, is_inside)| *is_inside).count();
    if arguments.common.json {
        return print_json(&json!({
            "schema": "topolens.prediction/1", "networks": told,
            "mean_absolute_error": miss, "n_inside": n_inside,
        }));
    }
    print(&table.to_string())?;
    print(&format!("mean miss {:.1} points; {n_inside} of {n} inside their interval", 100.0 * miss))
}
