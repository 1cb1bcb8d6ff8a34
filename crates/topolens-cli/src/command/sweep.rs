//! `topolens sweep`.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command as Process;
use std::thread::available_parallelism;

use anyhow::{Context, bail};
use clap::Parser;
use serde_json::json;
use topolens_lab::bridge::choose_layers;
use topolens_lab::dynamics::{DynamicsReport, Trajectory, write_dynamics_report};
use topolens_lab::input::{DataRef, Split, load_data};
use topolens_lab::shard::Shard;
use topolens_lab::sweep::{
    Configuration, Cost, Event, NetworkRow, NetworkState, Outcome, Pool, ProfileTable, Profiled, Size,
    Study as SweepStudy, SweepFolder, SweepSpec, Trial, network_states, profile_seconds, ready_made,
    ready_names, write_layers_report, write_network_table,
};
use topolens_nn::Model;
use topolens_nn::dataset::Fit;
use topolens_nn::train::Schedule;

use super::generalize;
use super::origin::Watch;
use super::profile::protocol;
use super::train::{Classes, TrainingData, network_spec, settings};
use crate::arguments::{Arguments, Command, ProfileArguments, SweepArguments, TrainArguments};
use crate::interrupt;
use crate::settings_file::flags;
use crate::terminal::{StudyProgress, Table, duration, note, print, print_json};

pub(crate) fn run(arguments: &SweepArguments) -> anyhow::Result<()> {
    let watch = Watch::start();
    let interrupt = interrupt::listen(arguments.common.watched)?;
    let spec = spec(arguments)?;
    let shard: Shard = arguments.shard.parse()?;
    let configurations = spec.configurations()?;
    let planned: Vec<Planned<'_>> =
        configurations.iter().map(|own| Planned::new(own, &spec)).collect::<anyhow::Result<_>>()?;
    let n_cores = available_parallelism().map_or(1, usize::from);
    let n_threads = arguments.common.threads.map_or(n_cores, usize::from);
    let n_jobs = arguments.jobs.map_or(n_threads, usize::from);
    let mut folder = SweepFolder::of(&arguments.out, &spec)?;
    if !arguments.dry_run {
        folder.ensure_writable()?;
    }
    let left: Vec<&Planned<'_>> = planned
        .iter()
        .enumerate()
        .filter(|(index, own)| shard.holds(*index) && !own.is_done(&folder))
        .map(|(_, own)| own)
        .collect();
    let plan = Plan::new(&left, planned.len(), n_jobs)?;
    if arguments.dry_run {
        return plan.show(&spec, &planned, arguments.common.json);
    }
    folder.start(&spec, shard)?;
    plan.announce();
    let failed = Work { folder: &folder, planned: &planned, n_jobs, n_threads }.run(&left, interrupt)?;
    let states = network_states(&folder, &spec, &configurations)?;
    let networks: Vec<NetworkRow> = states.iter().filter_map(|state| state.trained.clone()).collect();
    let table = ProfileTable::read(&folder, &configurations, &networks)?;
    let _turn = folder.turn()?;
    publish(&folder, &spec, (&states, &table), &watch)?;
    if interrupt.load(std::sync::atomic::Ordering::Relaxed) {
        return Err(topolens_lab::Error::interrupted().into());
    }
    let is_judged = spec.study == SweepStudy::Generalization && table.profiles.len() >= ENOUGH_TO_JUDGE;
    let judged =
        is_judged.then(|| generalize::of_sweep(folder.path(), arguments.common.seed, &watch, interrupt));
    if arguments.common.json {
        print_json(&json!({
            "schema": "topolens.sweep-results/1",
            "folder": arguments.out,
            "networks": networks,
            "failed": failed.iter().map(|(name, reason)| json!({ "network": name, "reason": reason })).collect::<Vec<_>>(),
        }))?;
    } else {
        show(&folder, &spec, &networks)?;
        match &judged {
            Some(Ok((study, table))) => {
                print("")?;
                study.show(table)?;
                print(&format!("\nwritten: {0}/generalization/report.html", folder.path().display()))?;
            }
            Some(Err(error)) => note(&format!("no study of generalisation: {error:#}")),
            None => {}
        }
    }
    match failed.len() {
        0 => Ok(()),
        n => bail!(
            "{n} of {} networks failed; mend what their logs say, and run the same command again",
            planned.len()
        ),
    }
}

/// Networks from which on a sweep for generalisation is judged.
const ENOUGH_TO_JUDGE: usize = 6;

fn spec(arguments: &SweepArguments) -> anyhow::Result<SweepSpec> {
    let size = arguments.size.as_deref().map(str::parse::<Size>).transpose()?;
    if let Some(ready) = ready_made(&arguments.sweep, size.unwrap_or(Size::Quick))? {
        return Ok(ready);
    }
    let path = Path::new(&arguments.sweep);
    anyhow::ensure!(
        path.is_file(),
        "SWEEP: {:?} is neither a file nor one of {}",
        arguments.sweep,
        ready_names().join(", ")
    );
    anyhow::ensure!(size.is_none(), "--size: only ready-made sweeps have sizes; leave it out");
    Ok(SweepSpec::read(path)?)
}

/// A network with the commands that make it.
struct Planned<'a> {
    configuration: &'a Configuration,
    train: TrainArguments,
    profile: Option<ProfileArguments>,
    train_flags: Vec<String>,
    profile_flags: Vec<String>,
}

impl<'a> Planned<'a> {
    /// Reads the settings as the command line would.
    fn new(configuration: &'a Configuration, spec: &SweepSpec) -> anyhow::Result<Self> {
        let train_flags = all_flags(&configuration.settings).context("sweep: train and factors")?;
        let profile_flags = spec.profile.as_ref().map(all_flags).transpose().context("sweep: profile")?;
        let words = ["topolens", "train", "--out", "run"].map(str::to_owned);
        let Command::Train(train) = parse(words.into_iter().chain(train_flags.clone()))
            .with_context(|| format!("sweep: network {}", configuration.name))?
        else {
            bail!("bug: train is another command");
        };
        let profile = match &profile_flags {
            None => None,
            Some(flags) => {
                let words = ["topolens", "profile", "run"].map(str::to_owned);
                let Command::Profile(profile) =
                    parse(words.into_iter().chain(flags.clone())).context("sweep: profile")?
                else {
                    bail!("bug: profile is another command");
                };
                Some(profile)
            }
        };
        let profile_flags = profile_flags.unwrap_or_default();
        Ok(Self { configuration, train, profile, train_flags, profile_flags })
    }

    fn epochs(&self) -> usize {
        self.train.epochs()
    }

    fn is_done(&self, folder: &SweepFolder) -> bool {
        folder.is_trained(self.configuration, self.epochs())
            && (self.profile.is_none() || folder.is_profiled(self.configuration))
    }

    /// Refuses a profile that could only fail after the training: of data that is not there, of more images than there are, of layers that the
    /// network has not.
    fn check_profile(&self, trial: &Trial, images: &TrainingData) -> anyhow::Result<()> {
        let Some(profile) = &self.profile else { return Ok(()) };
        let given = profile
            .measured
            .data
            .as_deref()
            .map(str::parse::<DataRef>)
            .transpose()
            .context("profile: data")?;
        let n_images = match given {
            Some(given) => {
                let split = given.split.unwrap_or(Split::Test);
                load_data(&given.name, split, Fit::default()).context("profile: data")?.images.len()
            }
            None if profile.measured.training_images => trial.n_train,
            None => images.test.images.len(),
        };
        let n_points = protocol(profile, n_images).context("profile")?.n_points;
        anyhow::ensure!(
            profile.measured.points.is_none() || n_points <= n_images,
            "profile: points: {n_points} images are asked for, there are {n_images}"
        );
        let model: Model = trial.spec.build()?;
        choose_layers(&model, &profile.measured.layers.concat()).context("profile: layers")?;
        Ok(())
    }

    /// The processes that it still needs.
    fn steps(&self, folder: &SweepFolder, n_threads: usize) -> Vec<Process> {
        let run = folder.run(self.configuration);
        let program = std::env::current_exe().unwrap_or_else(|_| "topolens".into());
        let process = |words: &[&str]| {
            let mut process = Process::new(&program);
            process.args(words).args(["--watched", "--threads", &n_threads.to_string()]);
            process
        };
        let mut steps = Vec::new();
        if !folder.is_trained(self.configuration, self.epochs()) {
            let mut train = process(&["train"]);
            train.arg("--out").arg(&run);
            if folder.epoch_of(self.configuration).is_some() {
                train.args(["--resume", "--epochs", &self.epochs().to_string()]);
            } else {
                train.arg("--overwrite").args(&self.train_flags);
            }
            steps.push(train);
        }
        if self.profile.is_some() && !folder.is_profiled(self.configuration) {
            let mut profile = process(&["profile"]);
            profile.arg(&run).args(&self.profile_flags);
            steps.push(profile);
        }
        steps
    }
}

fn all_flags(table: &toml::Table) -> anyhow::Result<Vec<String>> {
    let all: anyhow::Result<Vec<Vec<String>>> = table
        .iter()
        .filter(|(_, value)| value.as_array().is_none_or(|items| !items.is_empty()))
        .map(|(key, value)| flags(key, value))
        .collect();
    Ok(all?.concat())
}

fn parse(words: impl Iterator<Item = String>) -> anyhow::Result<Command> {
    let parsed = Arguments::try_parse_from(words).map_err(|error| {
        let text = error.render().to_string();
        let first: Vec<&str> = text.lines().take_while(|line| !line.is_empty()).map(str::trim).collect();
        anyhow::anyhow!("{}", first.join(" ").trim_start_matches("error: "))
    })?;
    Ok(parsed.command)
}

/// Tables, figures and report of a profile, about.
const PROFILE_BYTES: u64 = 3 << 20;

/// What is to be done, and what it takes.
struct Plan {
    n_networks: usize,
    n_left: usize,
    n_jobs: usize,
    training: f64,
    profiling: f64,
    bytes: u64,
}

impl Plan {
    /// Tries each kind of network on a few images.
    fn new(left: &[&Planned<'_>], n_networks: usize, n_jobs: usize) -> anyhow::Result<Self> {
        let mut plan =
            Self { n_networks, n_left: left.len(), n_jobs, training: 0.0, profiling: 0.0, bytes: 0 };
        let mut data: BTreeMap<String, TrainingData> = BTreeMap::new();
        let mut costs: Vec<(Trial, Cost)> = Vec::new();
        let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build()?;
        for own in left {
            let arguments = &own.train;
            let named = || format!("sweep: network {}", own.configuration.name);
            if !data.contains_key(&arguments.data) {
                let loaded =
                    TrainingData::load(&arguments.data, Classes::Matching(&arguments.classes), [None; 2])
                        .with_context(named)?;
                data.insert(arguments.data.clone(), loaded);
            }
            let images = &data[&arguments.data];
            let n = |limit: Option<usize>, whole: usize| limit.map_or(whole, |limit| limit.min(whole));
            let trial = Trial {
                spec: network_spec(arguments, &images.train.images).with_context(named)?,
                settings: settings(arguments).with_context(named)?,
                n_train: n(arguments.limit, images.train.images.len()),
                n_test: n(arguments.test_limit, images.test.images.len()),
            };
            let known = costs.iter().find(|(tried, _)| is_alike(tried, &trial)).map(|(_, cost)| *cost);
            let cost = match known {
                Some(cost) => cost,
                // It will fail at once, and be counted and named among those that did.
                None => match one_thread.install(|| trial.cost(&images.train.images)) {
                    Err(error) if error.is_divergence() => Cost { seconds: 0.0, bytes: 0 },
                    cost => cost.with_context(named)?,
                },
            };
            if known.is_none() {
                own.check_profile(&trial, images).with_context(named)?;
                costs.push((trial, cost));
            }
            plan.training += cost.seconds;
            plan.bytes += cost.bytes + if own.profile.is_some() { PROFILE_BYTES } else { 0 };
        }
        plan.profiling = Self::profiling(left, &one_thread)?;
        Ok(plan)
    }

    fn profiling(left: &[&Planned<'_>], one_thread: &rayon::ThreadPool) -> anyhow::Result<f64> {
        const LAYERS: usize = 10;
        let Some((own, profile)) = left.first().and_then(|own| Some((own, own.profile.as_ref()?))) else {
            return Ok(0.0);
        };
        let n_images = own.train.limit.unwrap_or(usize::MAX);
        let protocol = protocol(profile, n_images)?;
        let n_epochs = match (profile.epochs.as_str(), &own.train.checkpoints) {
            ("last", _) => 1,
            ("all", Some(kept)) => kept.len(),
            ("all", None) => own.epochs() + 1,
            (some, _) => some.split(',').count(),
        };
        let of_one = one_thread.install(|| profile_seconds(&protocol, LAYERS * n_epochs))?;
        Ok(of_one * left.len() as f64)
    }

    fn seconds(&self) -> f64 {
        (self.training + self.profiling) / self.n_jobs.min(self.n_left.max(1)) as f64
    }

    fn line(&self) -> String {
        format!(
            "{} of {} networks to train, {} at a time: about {} (training {}, profiles {} of one core) and {} MB of disk",
            self.n_left,
            self.n_networks,
            self.n_jobs,
            duration(self.seconds()),
            duration(self.training),
            duration(self.profiling),
            (self.bytes >> 20).max(1)
        )
    }

    fn announce(&self) {
        if self.n_left > 0 {
            note(&self.line());
        }
    }

    fn show(&self, spec: &SweepSpec, planned: &[Planned<'_>], as_json: bool) -> anyhow::Result<()> {
        if as_json {
            let names: Vec<&str> = planned.iter().map(|own| own.configuration.name.as_str()).collect();
            return print_json(&json!({
                "schema": "topolens.plan/1", "sweep": spec, "networks": names, "jobs": self.n_jobs,
                "seconds": self.seconds(), "training_core_seconds": self.training,
                "profiling_core_seconds": self.profiling, "bytes": self.bytes,
            }));
        }
        for own in planned {
            print(&own.configuration.name)?;
        }
        print(&self.line())
    }
}

/// Whether two networks cost the same: seeds and rates do not matter.
fn is_alike(a: &Trial, b: &Trial) -> bool {
    let kind = |trial: &Trial| {
        let mut trial = trial.clone();
        (trial.spec.seed, trial.settings.seed) = (0, 0);
        (trial.settings.label_smoothing, trial.settings.random_labels) = (0.0, 0.0);
        trial.settings.schedule = Schedule::default();
        trial.settings.optimizer = trial.settings.optimizer.with_learning_rate(1.0).with_weight_decay(0.0);
        trial
    };
    kind(a) == kind(b)
}

/// The work of a sweep.
struct Work<'a> {
    folder: &'a SweepFolder,
    planned: &'a [Planned<'a>],
    n_jobs: usize,
    n_threads: usize,
}

impl Work<'_> {
    /// Trains what is left; gives the networks that failed, with the reason.
    fn run(
        &self,
        left: &[&Planned<'_>],
        interrupt: &std::sync::atomic::AtomicBool,
    ) -> anyhow::Result<Vec<(String, String)>> {
        let configurations: Vec<&Configuration> = left.iter().map(|own| own.configuration).collect();
        let n_threads = (self.n_threads / self.n_jobs.min(left.len().max(1))).max(1);
        let steps = |configuration: &Configuration| {
            let own = self.planned.iter().find(|own| own.configuration == configuration);
            own.map_or_else(Vec::new, |own| own.steps(self.folder, n_threads))
        };
        let bar = StudyProgress::new("sweep", left.len());
        let mut failed = Vec::new();
        let mut hear = |event: Event| match event {
            Event::Ended { name, outcome, seconds } => match outcome {
                Outcome::Done => {
                    bar.step(&name);
                    bar.say(&format!("{name}: done in {}", duration(seconds)));
                }
                Outcome::Failed { reason, log } => {
                    bar.step(&name);
                    bar.say(&format!("{name}: failed: {reason} (all it said is in {})", log.display()));
                    failed.push((name, reason));
                }
                Outcome::Interrupted => {}
            },
        };
        let pool = Pool { folder: self.folder, n_jobs: self.n_jobs, steps: &steps };
        pool.run(&configurations, &mut hear, interrupt)?;
        bar.finish();
        Ok(failed)
    }
}

/// Writes tables and report.
fn publish(
    folder: &SweepFolder,
    spec: &SweepSpec,
    (networks, table): (&[NetworkState], &ProfileTable),
    watch: &Watch,
) -> anyhow::Result<()> {
    write_network_table(&folder.path().join("networks.csv"), networks)?;
    table.write(&folder.path().join("profiles.csv"))?;
    if table.profiles.is_empty() {
        return Ok(());
    }
    let reason = |state: &NetworkState| Some((state.network.clone(), state.status.reason()?.to_owned()));
    let failed: Vec<(String, String)> = networks.iter().filter_map(reason).collect();
    let files = ["sweep.toml", "networks.csv", "profiles.csv"].map(|name| folder.path().join(name));
    let origin = watch.origin(None, &files)?;
    match spec.study {
        SweepStudy::Dynamics => {
            write_dynamics_report(folder.path(), &dynamics(spec, table, failed, origin))?;
        }
        SweepStudy::Layers | SweepStudy::Generalization => {
            write_layers_report(folder.path(), spec, table, &failed, &origin)?;
        }
    }
    Ok(())
}

fn dynamics(
    spec: &SweepSpec,
    table: &ProfileTable,
    failed: Vec<(String, String)>,
    mut provenance: Vec<(String, String)>,
) -> DynamicsReport {
    provenance.push(("sweep".to_owned(), toml::to_string(spec).unwrap_or_default()));
    let trajectory = |profiled: &Profiled| {
        let levels = profiled.network.settings.iter().filter(|(_, level)| !level.is_empty());
        let name: Vec<String> = levels
            .map(|(key, level)| if key == "net" { level.clone() } else { format!("{key} {level}") })
            .collect();
        Trajectory {
            name: name.join(", "),
            rows: profiled.rows.clone(),
            accuracies: profiled.accuracies.clone(),
        }
    };
    DynamicsReport {
        title: spec.title.clone(),
        networks: table.profiles.iter().map(trajectory).collect(),
        provenance,
        weights: Vec::new(),
        failed,
    }
}

fn show(folder: &SweepFolder, spec: &SweepSpec, networks: &[NetworkRow]) -> anyhow::Result<()> {
    let varied = spec.varied();
    let mut header: Vec<&str> = varied.iter().map(String::as_str).collect();
    header.extend(["epoch", "train error", "test error"]);
    let mut shown = Table::new(&header);
    let percent = |share: f64| format!("{:.2} %", 100.0 * share);
    for network in networks {
        let mut line: Vec<String> = network.settings.iter().map(|(_, level)| level.clone()).collect();
        line.push(network.epoch.to_string());
        line.push(network.train_error.map_or_else(|| "-".to_owned(), percent));
        line.push(percent(network.test_error));
        shown.row(line);
    }
    print(&shown.to_string())?;
    print(&format!(
        "\nwritten: {0}/networks.csv\n         {0}/profiles.csv\n         {0}/report.html",
        folder.path().display()
    ))?;
    Ok(())
}
