//! `topolens attack`.

use std::path::Path;

use anyhow::{Context, anyhow, ensure};
use serde_json::json;
use topolens_lab::adversarial::{
    AttackResults, AttackStudy, Cell, Given, Images, OnThreads, Planned, Progress, plan, read_examples,
    write_examples, write_pointwise,
};
use topolens_lab::bridge::{choose_layers, draw_images};
use topolens_lab::profile::Protocol;
use topolens_lab::store::{DataStamp, FinishedLayers, Provenance};
use topolens_lab::sweep::SweepFolder;
use topolens_nn::Tensor;
use topolens_nn::attack::{Assault, Norm, Settings, Victim, methods};

use super::loaded::{Loaded, ensure_fits, n_outputs};
use super::origin::Watch;
use super::robustness;
use super::study::command_line;
use crate::arguments::{AttackArguments, quotient};
use crate::interrupt;
use crate::output_files::ensure_folder;
use crate::terminal::{StudyProgress, Table, ensure_writable, note, print, print_json};

pub(crate) fn run(arguments: &AttackArguments) -> anyhow::Result<()> {
    if arguments.list {
        return list(arguments.common.json);
    }
    let watch = Watch::start();
    let interrupt = interrupt::listen(arguments.common.watched)?;
    ensure_folder(&arguments.out, &["attack.json", "robustness.json"])?;
    if let Some(folder) = arguments.model.as_deref().filter(|model| SweepFolder::is_one(model)) {
        return robustness::run(folder, arguments, interrupt);
    }
    for (flag, folder) in [("--out", Some(&arguments.out)), ("--save", arguments.save.as_ref())] {
        let Some(folder) = folder else { continue };
        std::fs::create_dir_all(folder)
            .with_context(|| format!("{flag}: cannot make {}", folder.display()))?;
    }
    if let Some(path) = &arguments.pointwise {
        ensure_writable("--pointwise", path)?;
    }
    let model = Loaded::load(arguments.model.as_deref(), "last", &arguments.foreign)?;
    let victim = model.victim()?.interruptible(interrupt);
    let planned = planned(arguments, &victim)?;
    let mut protocol = protocol(arguments)?;
    let subject = Subject::read(arguments, &model, &victim, &mut protocol)?;
    let taps = choose_layers(victim.network(), &arguments.layers.concat())?;
    let finished = FinishedLayers::of_study(&arguments.out);
    let measurer = OnThreads { finished: Some(&finished) };
    let study = AttackStudy {
        victim: &victim,
        images: &subject.images,
        taps: &taps,
        protocol: &protocol,
        target: subject.target,
        measurer: &measurer,
    };
    let assault = study.assault()?;
    ensure!(
        assault.n_attacked() >= 20,
        "{}: {} images can be attacked, {} are classified wrongly and {} are of the target's class; twenty are needed for a cloud",
        if arguments.adversarial.is_some() { "--adversarial" } else { "--points" },
        assault.n_attacked(),
        assault.n_wrong(),
        assault.n_of_target()
    );
    let given: Vec<Given> = subject.given(&assault).into_iter().collect();
    let cells = with_progress(|hear| study.run(&assault, (&planned, &given), hear, interrupt))?;
    tell_taken_back(&cells);
    if let Some(folder) = &arguments.save {
        let files = write_examples(folder, &cells, &subject.images, assault.attacked(), arguments.png)?;
        note(&format!("{} files of attacked images in {}", files.len(), folder.display()));
    }
    if let Some(path) = &arguments.pointwise {
        write_pointwise(path, &cells).context("--pointwise")?;
    }
    let provenance = Provenance {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        command: command_line(),
        seed: arguments.common.seed,
        network: model.description(),
        data: subject.stamp,
    };
    let n_images = [assault.n_attacked(), assault.n_wrong(), assault.n_of_target()];
    let results =
        AttackResults::new(provenance, n_images, (subject.target, &subject.images.class_names), cells)
            .took(watch.time());
    publish(&results, &finished, arguments)
}

fn publish(
    results: &AttackResults,
    finished: &FinishedLayers,
    arguments: &AttackArguments,
) -> anyhow::Result<()> {
    results.write(&arguments.out)?;
    finished.discard()?;
    if arguments.common.json {
        return print_json(&results.document());
    }
    print(&format!("{}\n", results.provenance.network))?;
    print(&curve(results).to_string())?;
    for sentence in results.conclusions() {
        print(&format!("\n{sentence}"))?;
    }
    print(&format!(
        "\nwritten: {0}/report.html\n         {0}/attack.json\n         {0}/curve.csv\n         {0}/rows.csv",
        arguments.out.display()
    ))
}

/// The images to attack, and attacked ones that were given.
struct Subject {
    images: Images,
    stamp: DataStamp,
    target: Option<usize>,
    given: Option<(String, Norm, Tensor)>,
}

impl Subject {
    fn read(
        arguments: &AttackArguments,
        model: &Loaded,
        victim: &Victim<'_>,
        protocol: &mut Protocol,
    ) -> anyhow::Result<Self> {
        let network = victim.network();
        let given = arguments.adversarial.as_deref();
        let examples = given
            .map(|path| read_examples(path, network.input_shape()).context("--adversarial"))
            .transpose()?;
        let name = given.map(file_name);
        let norm: Norm = arguments.norm.parse().context("--norm")?;
        if let Some(examples) = &examples {
            ensure!(
                examples.clean.is_some() == examples.labels.is_some(),
                "--adversarial: it has one of the arrays \"clean\" and \"labels\"; give both, or none if its images are the first of --data"
            );
        }
        if let Some(examples) = &examples
            && let (Some(clean), Some(labels)) = (&examples.clean, &examples.labels)
        {
            let images = Images::unnamed(clean.clone(), labels.clone(), n_outputs(network));
            let stamp = DataStamp::of_pixels(&name.clone().unwrap_or_default(), clean.values(), labels);
            let target = target(arguments, &images.class_names)?;
            protocol.set_n_points(labels.len());
            let given = name.map(|name| (name, norm, examples.perturbed.clone()));
            return Ok(Self { images, stamp, target, given });
        }
        let mut data = model.images(arguments.model.as_deref(), arguments.data.as_deref(), false)?;
        if let Some(examples) = &examples {
            let n_images = examples.perturbed.n_items();
            ensure!(
                n_images <= data.images.len(),
                "--adversarial: it has {n_images} images and the data {}; add the arrays \"clean\" and \"labels\" to the file",
                data.images.len()
            );
            data.images = data.images.subset(&(0..n_images).collect::<Vec<_>>())?;
            protocol.set_n_points(n_images);
        } else {
            protocol.set_n_points(arguments.points.min(data.images.len()));
            data.images = draw_images(&data.images, protocol)?;
        }
        ensure_fits(victim, &data.images)?;
        let target = target(arguments, data.images.class_names())?;
        let given = name.zip(examples).map(|(name, examples)| (name, norm, examples.perturbed));
        Ok(Self { images: Images::from(&data.images), stamp: data.stamp, target, given })
    }

    /// The given images that belong to those that are attacked.
    fn given(&self, assault: &Assault<'_>) -> Option<Given> {
        let (name, norm, perturbed) = self.given.as_ref()?;
        Some(Given::new(name, *norm, perturbed.select(assault.attacked())))
    }
}

fn file_name(path: &Path) -> String {
    path.file_stem().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

fn target(arguments: &AttackArguments, class_names: &[String]) -> anyhow::Result<Option<usize>> {
    let Some(given) = &arguments.target else { return Ok(None) };
    let by_name = class_names.iter().position(|name| name == given);
    let by_number = given.parse().ok().filter(|number| *number < class_names.len());
    by_name.or(by_number).map(Some).with_context(|| {
        format!("--target: there is no class {given:?}; the classes are {}", class_names.join(", "))
    })
}

/// The attacks asked for, and noise as the control.
fn planned(arguments: &AttackArguments, victim: &Victim<'_>) -> anyhow::Result<Vec<Planned>> {
    let norm = arguments.norm.parse().context("--norm")?;
    let epsilons = epsilons(&arguments.epsilon)?;
    let settings = Settings {
        norm,
        steps: arguments.steps,
        step_size: arguments.step_size,
        restarts: usize::from(arguments.restarts),
    };
    if arguments.adversarial.is_some() && arguments.method.is_empty() {
        return Ok(Vec::new());
    }
    let names = if arguments.method.is_empty() { vec!["fgsm".to_owned()] } else { arguments.method.clone() };
    plan(&names, &settings, &epsilons, victim, arguments.target.is_some())
        .map_err(|refusal| anyhow!("--{}: {}", refusal.argument, refusal.reason))
}

/// Numbers separated by commas, or `FROM:TO:COUNT`.
pub(super) fn epsilons(text: &str) -> anyhow::Result<Vec<f64>> {
    let number = |part: &str| {
        let found = quotient(part).map_err(|reason| anyhow!("--epsilon: {reason}"))?;
        ensure!(found.is_finite() && found > 0.0, "--epsilon: {part} is not a positive number");
        Ok(found)
    };
    if let [from, to, count] = text.split(':').collect::<Vec<_>>()[..] {
        let (from, to) = (number(from)?, number(to)?);
        let count: u32 = count
            .trim()
            .parse()
            .with_context(|| format!("--epsilon: {count:?} is not a number of strengths"))?;
        ensure!((2..=1000).contains(&count), "--epsilon: give 2 to 1000 strengths, not {count}");
        ensure!(from < to, "--epsilon: {from} is not below {to}");
        let step = (to - from) / f64::from(count - 1);
        // Twelve digits, so that 0.015 is not 0.015000000000000001.
        let rounded = |value: f64| format!("{value:.12}").parse().unwrap_or(value);
        return Ok((0..count).map(|at| rounded(from + step * f64::from(at))).collect());
    }
    let mut found = text.split(',').map(number).collect::<anyhow::Result<Vec<f64>>>()?;
    found.sort_by(f64::total_cmp);
    found.dedup();
    Ok(found)
}

fn protocol(arguments: &AttackArguments) -> anyhow::Result<Protocol> {
    ensure!(arguments.points >= 20, "--points: a cloud under attack needs twenty images at least");
    let readout: topolens_nn::tap::Readout = arguments.readout.parse()?;
    ensure!(readout.n_rows() == 1, "--readout: {readout} makes several rows of an image; take another");
    Ok(Protocol {
        local: false,
        seed: arguments.common.seed,
        readout,
        scaling: arguments.scaling.parse()?,
        ..Protocol::default()
    })
}

fn with_progress(
    study: impl FnOnce(&mut dyn FnMut(&Progress)) -> topolens_lab::Result<Vec<Cell>>,
) -> anyhow::Result<Vec<Cell>> {
    let mut bar: Option<StudyProgress> = None;
    let mut hear = |progress: &Progress| match progress {
        Progress::Planned { n_images: [attacked, wrong, of_target], n_cells } => {
            note(&format!(
                "{attacked} images are attacked; set aside: {wrong} that are classified wrongly, {of_target} of the target's class"
            ));
            bar = Some(StudyProgress::new("attack", *n_cells));
        }
        Progress::Done { cell } => {
            if let Some(bar) = &bar {
                bar.step(cell);
            }
        }
    };
    let cells = study(&mut hear);
    if let Some(bar) = bar {
        bar.finish();
    }
    Ok(cells?)
}

fn tell_taken_back(cells: &[Cell]) {
    for cell in cells.iter().filter(|cell| cell.n_taken_back > 0) {
        note(&format!(
            "warning: {} of {} at ε = {}: outside of the ball or of the pixel range, so they count as the clean images",
            cell.n_taken_back, cell.method, cell.epsilon
        ));
    }
}

fn curve(results: &AttackResults) -> Table {
    let fooled = results
        .target
        .map_or_else(|| "fooled".to_owned(), |target| format!("taken for {}", results.class_name(target)));
    let mut table = Table::new(&["attack", "norm", "ε", "accuracy", "F1", &fooled, "size of successes"]);
    for cell in &results.cells {
        table.row(vec![
            cell.method.clone(),
            cell.norm.to_string(),
            shown_size(cell.epsilon),
            format!("{:.1} %", 100.0 * cell.accuracy),
            format!("{:.3}", cell.f1),
            format!("{:.1} %", 100.0 * cell.success),
            cell.median_distance_of_successes.map_or_else(|| "-".to_owned(), shown_size),
        ]);
    }
    table
}

/// Four decimals, or powers of ten where these say nothing.
fn shown_size(size: f64) -> String {
    if size == 0.0 || (1e-3..1e4).contains(&size) { format!("{size:.4}") } else { format!("{size:.1e}") }
}

fn list(as_json: bool) -> anyhow::Result<()> {
    if as_json {
        let attacks: Vec<_> = methods()
            .iter()
            .map(|method| {
                json!({
                    "name": method.name, "title": method.title, "reference": method.reference,
                    "norms": method.norms.iter().map(Norm::to_string).collect::<Vec<_>>(),
                    "needs_gradients": method.needs_gradients, "is_minimal": method.is_minimal, "takes_target": method.takes_target,
                })
            })
            .collect();
        return print_json(&json!({ "schema": "topolens.attacks/1", "attacks": attacks }));
    }
    let mut table = Table::new(&["attack", "norms", "gradients", "smallest", "target", "what it does"]);
    let yes = |flag: bool| if flag { "yes" } else { "-" }.to_owned();
    for method in methods() {
        table.row(vec![
            method.name.to_owned(),
            method.norms.iter().map(Norm::to_string).collect::<Vec<_>>().join(" "),
            yes(method.needs_gradients),
            yes(method.is_minimal),
            yes(method.takes_target),
            method.title.to_owned(),
        ]);
    }
    print(&table.to_string())
}
