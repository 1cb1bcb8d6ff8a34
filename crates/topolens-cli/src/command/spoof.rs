//! `topolens spoof`.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use anyhow::{Context, bail, ensure};
use topolens::Scaling;
use topolens_lab::bridge::{Subject, choose_layers, layer_clouds};
use topolens_lab::detection::{DetectorKind, find_detector};
use topolens_lab::profile::{LayerCloud, Protocol};
use topolens_lab::spoofing::alignment::{FaceFinder, Framing, LandmarkFile};
use topolens_lab::spoofing::{
    AttackDetection, AttackDetectionResults, AttackFolder, Baseline, Evaluation, FaceLoader, Faces, Layout,
    PopulationRow, PopulationSettings, PopulationStudy, Presentations, SpoofResults, ensure_outside, folders,
    liveness_scores, read_scores,
};
use topolens_lab::store::{DataStamp, Provenance};
use topolens_nn::Network;
use topolens_nn::tap::Readout;

use super::foreign::{Foreign, is_onnx, load_onnx};
use super::loaded::Loaded;
use super::origin::Watch;
use super::study::command_line;
use crate::arguments::{ForeignArguments, GraphArguments, SpoofArguments};
use crate::interrupt;
use crate::output_files::ensure_folder;
use crate::terminal::{StudyProgress, Table, note, print, print_json};

/// Persons shown in the report.
const N_EXAMPLES: usize = 4;

pub(crate) fn run(arguments: &SpoofArguments) -> anyhow::Result<()> {
    let watch = Watch::start();
    let interrupt = interrupt::listen(arguments.common.watched)?;
    ensure_apart(arguments)?;
    ensure_folder(&arguments.out, &["spoof.json"])?;
    std::fs::create_dir_all(&arguments.out)
        .with_context(|| format!("--out: cannot make {}", arguments.out.display()))?;
    let model = Loaded::load(Some(&arguments.model), "last", &arguments.foreign)?;
    let subject = model.subjects().pop().context("MODEL: it has no checkpoint")?;
    let settings = settings(arguments)?;
    let kinds: Vec<&'static DetectorKind> =
        arguments.detector.iter().map(|name| Ok(find_detector(name)?)).collect::<anyhow::Result<_>>()?;
    let readout: Readout = arguments.readout.parse().context("--readout")?;
    ensure!(readout.n_rows() == 1, "--readout: {readout} makes several rows of an image; take another");
    let taps = choose_layers(subject.network, &arguments.layers.concat())?;
    let finder = finder(arguments)?;
    let presentations = presentations(arguments)?;
    let loader = FaceLoader { framing: framing(arguments)?, finder: finder.as_ref() };
    let faces = load(&loader, &presentations, subject.network.input_shape(), interrupt)?;
    let baselines = baselines(arguments, (&faces, finder.as_ref()), interrupt)?;
    let protocol = Protocol { seed: arguments.common.seed, readout, ..Protocol::default() };
    let layers = layers(&model, subject, (&faces, &taps), &protocol, interrupt)?;
    let population = PopulationStudy { faces: &faces.presentations, layers: &layers, settings: &settings };
    let detection = AttackDetection {
        faces: &faces.presentations,
        layers: &layers,
        kinds: &kinds,
        baselines: &baselines,
        seed: arguments.common.seed,
    };
    let bar = StudyProgress::new("spoof", population.n_steps() + detection.n_steps());
    let rows = population.run(&mut |done| bar.step(done), interrupt)?;
    let detected = detected(detection.run(&mut |done| bar.step(done), interrupt))?;
    bar.finish();
    let provenance = Provenance {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        command: command_line(),
        seed: arguments.common.seed,
        network: model.description(),
        data: DataStamp::of(&data_name(arguments), &faces.images),
    };
    let results = SpoofResults {
        provenance,
        kinds: faces.kinds(N_EXAMPLES),
        persons_by: faces.presentations.persons_by.clone(),
        left_out: faces.left_out,
        settings,
        rows,
        detection: detected,
        time: Some(watch.time()),
    };
    results.write(&arguments.out)?;
    publish(&results, arguments)
}

/// Results among the images would be taken for faces the next time.
fn ensure_apart(arguments: &SpoofArguments) -> anyhow::Result<()> {
    let attacks =
        arguments.attack.iter().chain(&arguments.control).map(|given| attack_folder(given, false).path);
    for inputs in arguments.live.iter().chain(&arguments.data).cloned().chain(attacks) {
        ensure_outside(&arguments.out, &inputs)?;
    }
    Ok(())
}

fn settings(arguments: &SpoofArguments) -> anyhow::Result<PopulationSettings> {
    ensure!(
        arguments.points >= 40,
        "--points: {} images of a kind are too few; give 40 or more",
        arguments.points
    );
    let scaling: Scaling = arguments.scaling.parse().context("--scaling")?;
    Ok(PopulationSettings {
        n_points: arguments.points.div_ceil(2),
        n_permutations: usize::from(arguments.permutations),
        scaling,
        seed: arguments.common.seed,
        ..PopulationSettings::default()
    })
}

fn finder(arguments: &SpoofArguments) -> anyhow::Result<Option<FaceFinder>> {
    let Some(detector) = &arguments.detector_net else { return Ok(None) };
    let load = |path: &Path, flag: &'static str| {
        let rten = GraphArguments { engine: "rten".to_owned(), ..GraphArguments::default() };
        rten.beside(path).and_then(|graph| load_onnx(path, &graph)).context(flag)
    };
    let landmarks = arguments.landmark_net.as_deref().map(|path| load(path, "--landmark-net")).transpose()?;
    Ok(Some(FaceFinder::new(load(detector, "--detector-net")?, landmarks)?))
}

fn framing(arguments: &SpoofArguments) -> anyhow::Result<Framing> {
    if arguments.aligned {
        return Ok(Framing::Whole);
    }
    if let Some(times) = arguments.bounds {
        ensure_times(times, "--bounds")?;
        return Ok(Framing::Bounds(times));
    }
    ensure!(
        arguments.landmarks.is_some() || arguments.landmark_net.is_some(),
        "say where faces are: --aligned if pictures are faces already, --landmarks FILE, or --detector-net and --landmark-net; or --bounds for \
         networks that take a face box"
    );
    Ok(Framing::FivePoints)
}

fn ensure_times(times: f64, flag: &str) -> anyhow::Result<()> {
    ensure!((0.1..=20.0).contains(&times), "{flag}: {times} is not from 0.1 to 20 times the face box");
    Ok(())
}

fn presentations(arguments: &SpoofArguments) -> anyhow::Result<Presentations> {
    let landmarks = arguments.landmarks.as_deref().map(LandmarkFile::read).transpose()?;
    let found = match (&arguments.data, &arguments.live) {
        (Some(root), _) => {
            let layout: Layout = arguments.layout.parse()?;
            layout.read(root)?
        }
        (None, Some(live)) => {
            let mut attacks = Vec::new();
            for given in &arguments.attack {
                attacks.push(attack_folder(given, false));
            }
            attacks.extend(arguments.control.iter().map(|given| attack_folder(given, true)));
            let name = |at: usize| attacks[at].name.as_str();
            for at in 0..attacks.len() {
                let is_known = name(at) == "live" || (0..at).any(|other| name(other) == name(at));
                ensure!(!is_known, "--attack: {:?} is there twice; give names as NAME=FOLDER", name(at));
            }
            folders(live, &attacks, landmarks.as_ref())?
        }
        (None, None) => bail!("give --live and --attack, or --data"),
    };
    let of_person = arguments.images_per_person.map_or(usize::MAX, usize::from);
    let found = found.drawn(arguments.points, of_person, arguments.common.seed);
    note(&format!("persons are told apart by {}", found.persons_by));
    for (at, kind) in found.kinds.iter().enumerate() {
        let (n_images, n_persons) = (found.n_images(at), found.n_persons(at));
        note(&format!("{}: {n_images} images of {n_persons} persons", kind.label()));
    }
    for (at, kind) in found.kinds.iter().enumerate().skip(1) {
        if found.n_shared_persons(at) == 0 {
            note(&format!(
                "warning: nobody on {} is among the live persons; if they are the same people, name them alike",
                kind.label()
            ));
        }
    }
    if found.n_images(0) > 1
        && found.n_persons(0) == found.n_images(0)
        && arguments.images_per_person != Some(1)
    {
        note(
            "warning: every live image is taken for another person; if persons come twice, give them sub-folders",
        );
    }
    Ok(found)
}

/// `NAME=FOLDER`, or a folder under its own name.
fn attack_folder(given: &str, is_control: bool) -> AttackFolder {
    let named = given.split_once('=').filter(|(name, _)| !name.is_empty() && !name.contains(['/', '\\']));
    if let Some((name, path)) = named {
        return AttackFolder { name: name.to_owned(), path: PathBuf::from(path), is_control };
    }
    let path = PathBuf::from(given);
    let name = path.file_name().map_or_else(|| given.to_owned(), |name| name.to_string_lossy().into_owned());
    AttackFolder { name, path, is_control }
}

fn load(
    loader: &FaceLoader<'_>,
    presentations: &Presentations,
    shape: [usize; 3],
    interrupt: &AtomicBool,
) -> anyhow::Result<Faces> {
    let n_images = presentations.items.len();
    let bar = StudyProgress::new("faces", n_images);
    let faces = loader.load(presentations, shape, &mut |n| (0..n).for_each(|_| bar.step("")), interrupt);
    bar.finish();
    let faces = faces?;
    if let Some(first) = faces.left_out.first() {
        let of_kind = |kind: &str| faces.left_out.iter().filter(|file| file.kind == kind).count();
        let counts =
            presentations.kinds.iter().map(|kind| format!("{} of {}", of_kind(&kind.name), kind.name));
        note(&format!(
            "warning: {} of {n_images} images cannot be used and are left out ({}), the first {} of {} ({})",
            faces.left_out.len(),
            counts.collect::<Vec<String>>().join(", "),
            first.name,
            first.kind,
            first.reason
        ));
    }
    Ok(faces)
}

fn layers(
    model: &Loaded,
    subject: Subject<'_>,
    (faces, taps): (&Faces, &[usize]),
    protocol: &Protocol,
    interrupt: &AtomicBool,
) -> anyhow::Result<Vec<LayerCloud>> {
    let images = faces.images.clone();
    let images = match model {
        Loaded::Foreign(foreign) => foreign.ordered(images),
        Loaded::Own(_) => images,
    };
    Ok(layer_clouds(subject, &images, taps, protocol, interrupt)?)
}

/// CSV files one by one, networks together.
fn baselines(
    arguments: &SpoofArguments,
    (faces, finder): (&Faces, Option<&FaceFinder>),
    interrupt: &AtomicBool,
) -> anyhow::Result<Vec<Baseline>> {
    let (networks, files): (Vec<&PathBuf>, Vec<&PathBuf>) =
        arguments.baseline.iter().partition(|path| is_onnx(path));
    let mut baselines = Vec::new();
    for file in files {
        let name = file.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
        baselines.push(Baseline { name, scores: read_scores(file, &faces.presentations)? });
    }
    if networks.is_empty() {
        return Ok(baselines);
    }
    ensure!(
        arguments.baseline_bounds.len() == networks.len(),
        "--baseline-bounds: {} numbers for {} networks; give one for each, such as 2.7,4.0",
        arguments.baseline_bounds.len(),
        networks.len()
    );
    let mut sums = vec![0.0; faces.presentations.items.len()];
    let mut names = Vec::new();
    for (path, times) in networks.iter().zip(&arguments.baseline_bounds) {
        ensure_times(*times, "--baseline-bounds")?;
        let foreign = Foreign::load(path, &ForeignArguments::default()).context("--baseline")?;
        let loader = FaceLoader { framing: Framing::Bounds(*times), finder };
        let seen = load(&loader, &faces.presentations, foreign.network.input_shape(), interrupt)?;
        ensure!(
            seen.left_out.is_empty(),
            "--baseline: {} has no face box, which a network as baseline needs; give --detector-net or --landmarks",
            seen.left_out[0].name
        );
        let images = foreign.ordered(seen.images);
        let scores = liveness_scores(&foreign.victim(), &images, arguments.baseline_live, interrupt)?;
        sums.iter_mut().zip(scores).for_each(|(sum, score)| *sum += score);
        names.push(path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned()));
    }
    baselines.push(Baseline { name: names.join(" + "), scores: sums });
    Ok(baselines)
}

/// Too few persons for detectors leave the comparison as it is.
fn detected(
    found: topolens_lab::Result<AttackDetectionResults>,
) -> anyhow::Result<Result<AttackDetectionResults, String>> {
    match found {
        Ok(found) => Ok(Ok(found)),
        Err(error) if error.is_too_few_faces() => Ok(Err(error.to_string())),
        Err(error) => Err(error.into()),
    }
}

fn data_name(arguments: &SpoofArguments) -> String {
    match (&arguments.data, &arguments.live) {
        (Some(data), _) => format!("{} ({})", data.display(), arguments.layout),
        (None, Some(live)) => {
            let others = arguments.attack.iter().chain(&arguments.control);
            std::iter::once(live.display().to_string()).chain(others.cloned()).collect::<Vec<_>>().join(", ")
        }
        (None, None) => String::new(),
    }
}

fn publish(results: &SpoofResults, arguments: &SpoofArguments) -> anyhow::Result<()> {
    if arguments.common.json {
        return print_json(&results.document());
    }
    print(&results.provenance.network)?;
    for kind in results.kinds.iter().skip(1) {
        print(&format!(
            "\nlive faces and {}: means over splits of the persons; * adjusted p up to 0.05",
            kind.label()
        ))?;
        print(&layer_table(results, &kind.name).to_string())?;
    }
    if let Ok(found) = &results.detection {
        print("\ndetection, at the threshold of equal errors on other persons [95 % over persons]")?;
        print(&detection_table(found).to_string())?;
    }
    for sentence in results.conclusions() {
        print(&format!("\n{sentence}"))?;
    }
    print(&format!(
        "\nwritten: {0}/report.html\n         {0}/spoof.json\n         {0}/layers.csv",
        arguments.out.display()
    ))
}

/// What is shown of each layer: title, subject, quantity, homology dimension; the kind's name stands for {}.
const SHOWN: [(&str, &str, &str, Option<usize>); 9] = [
    ("TwoNN live", "live", "two-nn", None),
    ("{}", "other", "two-nn", None),
    ("MLE live", "live", "mle", None),
    ("{}", "other", "mle", None),
    ("E0/null live", "live", "lifespans-sum-over-null", Some(0)),
    ("{}", "other", "lifespans-sum-over-null", Some(0)),
    ("own kind near", "between", "neighbors-of-own-side", None),
    ("silhouette", "between", "silhouette", None),
    ("RTD of pairs", "paired", "rtd", Some(1)),
];

fn layer_table(results: &SpoofResults, kind: &str) -> Table {
    let titles = SHOWN.iter().map(|(title, ..)| title.replace("{}", kind));
    let header: Vec<String> = ["layer", "depth"].map(str::to_owned).into_iter().chain(titles).collect();
    let mut table = Table::new(&header.iter().map(String::as_str).collect::<Vec<&str>>());
    let of_kind: Vec<&PopulationRow> = results.rows.iter().filter(|row| row.kind == kind).collect();
    let mut layers: Vec<&PopulationRow> = of_kind.clone();
    layers.dedup_by_key(|row| row.layer_index);
    for layer in layers {
        let find = |of: &str, quantity: &str, homology_dimension: Option<usize>| {
            of_kind.iter().find(|row| {
                row.layer_index == layer.layer_index
                    && row.of.name() == of
                    && row.quantity == quantity
                    && row.homology_dimension == homology_dimension
            })
        };
        let cell = |(_, of, quantity, homology_dimension): &(&str, &str, &str, Option<usize>)| {
            let value = find(of, quantity, *homology_dimension).and_then(|row| row.value);
            // The star of a difference stands at the attack.
            let tested = if *of == "other" { "difference" } else { of };
            let p = find(tested, quantity, *homology_dimension).and_then(|row| row.p_adjusted);
            let star = if p.is_some_and(|p| p <= 0.05) { "*" } else { "" };
            value.map_or_else(
                || "-".to_owned(),
                |value| format!("{}{star}", topolens_lab::report::three_digits(value)),
            )
        };
        let place = [layer.layer.clone(), format!("{:.2}", layer.depth)];
        table.row(place.into_iter().chain(SHOWN.iter().map(cell)).collect());
    }
    table
}

fn detection_table(found: &AttackDetectionResults) -> Table {
    let mut table = Table::new(&["detector", "area", "worst APCER", "BPCER", "ACER", "EER", "HTER"]);
    for Evaluation { detector, area, apcer, bpcer, acer, eer, hter, .. } in
        found.evaluations.iter().chain(&found.unseen)
    {
        let worst = apcer.iter().max_by(|a, b| a.rate.value.total_cmp(&b.rate.value));
        table.row(vec![
            detector.clone(),
            area.to_string(),
            worst.map_or_else(|| "-".to_owned(), |worst| worst.rate.percent()),
            bpcer.percent(),
            acer.percent(),
            eer.percent(),
            hter.percent(),
        ]);
    }
    table
}
