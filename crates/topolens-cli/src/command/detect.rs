//! `topolens detect`.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use anyhow::{Context, ensure};
use serde_json::json;
use topolens_lab::adversarial::{Images, Planned, read_examples};
use topolens_lab::bridge::choose_layers;
use topolens_lab::detection::{
    DetectionResults, DetectionStudy, DetectorFolder, DetectorKind, find_detector,
};
use topolens_lab::profile::Protocol;
use topolens_lab::store::Provenance;
use topolens_nn::Tensor;
use topolens_nn::attack::{Ball, Norm, Settings, Victim, find};
use topolens_nn::tap::Readout;

use super::loaded::{Loaded, ensure_fits};
use super::origin::Watch;
use super::study::command_line;
use crate::arguments::DetectArguments;
use crate::interrupt;
use crate::output_files::ensure_folder;
use crate::terminal::{StudyProgress, Table, note, print, print_json, write_file};

pub(crate) fn run(arguments: &DetectArguments) -> anyhow::Result<()> {
    let interrupt = interrupt::listen(arguments.common.watched)?;
    ensure_folder(&arguments.out, &["detection.json"])?;
    let model = Loaded::load(arguments.model.as_deref(), "last", &arguments.foreign)?;
    let victim = model.victim()?.interruptible(interrupt);
    match &arguments.apply {
        Some(folder) => apply(arguments, folder, (&model, &victim), interrupt),
        None => fit(arguments, (&model, &victim), interrupt),
    }
}

fn fit(
    arguments: &DetectArguments,
    (model, victim): (&Loaded, &Victim<'_>),
    interrupt: &AtomicBool,
) -> anyhow::Result<()> {
    std::fs::create_dir_all(&arguments.out)
        .with_context(|| format!("--out: cannot make {}", arguments.out.display()))?;
    let kinds: Vec<&'static DetectorKind> =
        arguments.detector.iter().map(|name| Ok(find_detector(name)?)).collect::<anyhow::Result<_>>()?;
    let plan = Plan { arguments, victim };
    let (to_fit, noise) = (plan.attack(&arguments.fit, "--fit")?, plan.attack("noise", "--fit")?);
    ensure!(arguments.fit != "noise", "--fit: noise is the control, which counts as sound; give an attack");
    let mut judges: Vec<Planned> = Vec::new();
    for name in &arguments.on {
        let planned = plan.attack(name, "--on")?;
        let is_known = |other: &Planned| other.method.name == planned.method.name;
        // Noise and the attack that is fitted to are judged anyway.
        if !is_known(&to_fit) && !is_known(&noise) && !judges.iter().any(is_known) {
            judges.push(planned);
        }
    }
    let given = arguments.data.as_deref();
    ensure!(
        given.is_none_or(|name| !name.ends_with(":train") && !name.ends_with(":test")),
        "--data: give the data set without :train or :test; detectors need both parts"
    );
    let part = |word: &str| given.map(|name| format!("{name}:{word}"));
    let training = match part("train") {
        Some(name) => model.images(arguments.model.as_deref(), Some(&name), false)?,
        None => model.images(arguments.model.as_deref(), None, true)?,
    };
    let test = model.images(arguments.model.as_deref(), part("test").as_deref(), false)?;
    for images in [&training.images, &test.images] {
        ensure_fits(victim, images)?;
    }
    let readout: Readout = arguments.readout.parse()?;
    ensure!(readout.n_rows() == 1, "--readout: {readout} makes several rows of an image; take another");
    let mut protocol = Protocol { seed: arguments.common.seed, readout, ..Protocol::default() };
    ensure!(arguments.points >= 100, "--points: detectors need 100 images at least");
    protocol.set_n_points(arguments.points.min(test.images.len()));
    let taps = choose_layers(victim.network(), &arguments.layers.concat())?;
    let watch = Watch::start();
    let study = DetectionStudy {
        victim,
        training: &training.images,
        images: &test.images,
        taps: &taps,
        protocol: &protocol,
        kinds: &kinds,
        fit: &to_fit,
        judges: &judges,
        noise: &noise,
    };
    let n_steps = usize::from(arguments.seeds) * (1 + judges.len() + kinds.len());
    let bar = StudyProgress::new("detect", n_steps);
    let (mut seeds, mut first) = (Vec::new(), None);
    for repetition in 0..u64::from(arguments.seeds) {
        let seed = arguments.common.seed.wrapping_add(repetition);
        let fitted = study.run(seed, &mut |done| bar.step(done), interrupt)?;
        seeds.push(fitted.result);
        first.get_or_insert(fitted.detectors);
    }
    bar.finish();
    let provenance = Provenance {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        command: command_line(),
        seed: arguments.common.seed,
        network: model.description(),
        data: test.stamp,
    };
    let results = DetectionResults::new(provenance, described(&to_fit), seeds)?.took(watch.time());
    results.write(&arguments.out)?;
    if let Some(detectors) = first {
        detectors.write(&arguments.out)?;
    }
    publish(&results, arguments)
}

/// Attacks as they are asked for.
struct Plan<'a> {
    arguments: &'a DetectArguments,
    victim: &'a Victim<'a>,
}

impl Plan<'_> {
    fn attack(&self, name: &str, flag: &'static str) -> anyhow::Result<Planned> {
        let method = find(name).context(flag)?;
        ensure!(
            !method.needs_gradients || self.victim.has_gradients(),
            "{flag}: {name} needs gradients, and the network runs forward only; take square"
        );
        let asked: Norm = self.arguments.norm.parse().context("--norm")?;
        // The smallest perturbation is sought in the norm that the attack has.
        let norm = if method.is_minimal && !method.norms.contains(&asked) { method.norms[0] } else { asked };
        if norm != asked {
            note(&format!(
                "{flag}: {name} is not for {asked}; the smallest perturbation in {norm} is sought"
            ));
        }
        let epsilon = Ball::new(norm, self.arguments.epsilon).context("--epsilon")?.epsilon();
        ensure!(epsilon > 0.0, "--epsilon: an attack of size 0 changes nothing; give a positive number");
        let settings = Settings::new(norm);
        method.build(&settings).context(flag)?;
        Ok(Planned { method, settings, epsilons: vec![epsilon] })
    }
}

fn described(planned: &Planned) -> String {
    let size = match planned.epsilons.first() {
        Some(epsilon) if !planned.method.is_minimal => format!(" at ε = {epsilon}"),
        _ => String::new(),
    };
    format!("{} ({}){size}", planned.method.name, planned.settings.norm)
}

fn publish(results: &DetectionResults, arguments: &DetectArguments) -> anyhow::Result<()> {
    if arguments.common.json {
        return print_json(&results.document());
    }
    print(&format!(
        "{}\ndetectors fitted to {}; area under the ROC curve, {} seeds\n",
        results.provenance.network,
        results.fitted_to,
        results.seeds.len()
    ))?;
    let mut table =
        Table::new(&["detector", "attack", "fitted to it", "area [95 %]", "detected at 5 % false alarms"]);
    for area in &results.areas {
        table.row(vec![
            area.detector.clone(),
            area.attack.clone(),
            if area.seen { "yes" } else { "-" }.to_owned(),
            format!("{:.3} [{:.3}, {:.3}]", area.value, area.lower, area.upper),
            format!("{:.1} %", 100.0 * area.detected),
        ]);
    }
    print(&table.to_string())?;
    for sentence in results.conclusions() {
        print(&format!("\n{sentence}"))?;
    }
    print(&format!(
        "\nwritten: {0}/report.html\n         {0}/detection.json\n         {0}/detectors.json; next: topolens detect MODEL --apply {0} --data IMAGES",
        arguments.out.display()
    ))
}

/// Judges new images by detectors of an earlier call.
fn apply(
    arguments: &DetectArguments,
    folder: &Path,
    (model, victim): (&Loaded, &Victim<'_>),
    interrupt: &AtomicBool,
) -> anyhow::Result<()> {
    let detectors = DetectorFolder::read(folder).context("--apply")?;
    let pixels = new_images(arguments, (model, victim))?;
    let scores = detectors.scores(victim, &pixels, interrupt)?;
    let names: Vec<String> = scores.iter().map(|(name, _)| name.clone()).collect();
    let line = |image: usize| {
        let cells: Vec<String> = scores.iter().map(|(_, scores)| scores[image].to_string()).collect();
        format!("{image},{}\n", cells.join(","))
    };
    let lines: String = (0..pixels.n_items()).map(line).collect();
    let text = format!("image,{}\n{lines}", names.join(","));
    std::fs::create_dir_all(&arguments.out)
        .with_context(|| format!("--out: cannot make {}", arguments.out.display()))?;
    let file = arguments.out.join("judged.csv");
    write_file(&file, text.as_bytes())?;
    let judged: Vec<(&str, f64, f64)> = detectors
        .detectors
        .iter()
        .zip(&scores)
        .map(|(detector, (name, scores))| {
            let n_above = scores.iter().filter(|score| **score >= detector.threshold).count();
            (name.as_str(), detector.threshold, n_above as f64 / scores.len().max(1) as f64)
        })
        .collect();
    if arguments.common.json {
        let judged: Vec<_> = judged
            .iter()
            .zip(&scores)
            .map(|((name, threshold, share), (_, scores))| {
                json!({ "detector": name, "threshold": threshold, "flagged": share, "scores": scores })
            })
            .collect();
        return print_json(
            &json!({ "schema": "topolens.judged/1", "n_images": pixels.n_items(), "detectors": judged }),
        );
    }
    let mut table = Table::new(&["detector", "threshold", "images called attacked"]);
    for (name, threshold, share) in judged {
        table.row(vec![name.to_owned(), format!("{threshold:.3}"), format!("{:.1} %", 100.0 * share)]);
    }
    print(&table.to_string())?;
    print(&format!(
        "\n{} images. Of the sound images held out that the network got right one in twenty exceeded a threshold; of those it gets wrong \
         more do\nwritten: {}",
        pixels.n_items(),
        file.display()
    ))
}

fn new_images(
    arguments: &DetectArguments,
    (model, victim): (&Loaded, &Victim<'_>),
) -> anyhow::Result<Tensor> {
    if let Some(path) = &arguments.images {
        return Ok(read_examples(path, victim.network().input_shape()).context("--images")?.perturbed);
    }
    let data = model.images(arguments.model.as_deref(), arguments.data.as_deref(), false)?;
    let [shape, expected] = [data.images.image_shape(), victim.network().input_shape()];
    ensure!(
        shape == expected,
        "--data: images of {shape:?}, the network takes {expected:?} (height, width, channels)"
    );
    if data.images.len() > arguments.points {
        note(&format!(
            "the first {} of {} images are judged (--points)",
            arguments.points,
            data.images.len()
        ));
    }
    let first: Vec<usize> = (0..data.images.len().min(arguments.points)).collect();
    Ok(Images::from(&data.images.subset(&first)?).pixels)
}
