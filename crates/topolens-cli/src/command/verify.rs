//! `topolens verify`.

use anyhow::{Context, ensure};
use topolens_lab::bridge::Subject;
use topolens_lab::input::{DataRef, LoadedData, load_data, load_whole};
use topolens_lab::store::Provenance;
use topolens_lab::verification::{
    Familiarity, Group, VerificationResults, check_pairs, embeddings, groups_of_persons, verify,
};
use topolens_nn::Network;
use topolens_nn::tap;

use super::loaded::Loaded;
use super::origin::Watch;
use super::study::command_line;
use crate::arguments::VerifyArguments;
use crate::interrupt;
use crate::output_files::ensure_folder;
use crate::terminal::{Table, print, print_json};

/// The layer that embeddings are read from unless another is asked for.
const EMBEDDING: &str = "embedding";

pub(crate) fn run(arguments: &VerifyArguments) -> anyhow::Result<()> {
    let watch = Watch::start();
    let interrupt = interrupt::listen(arguments.common.watched)?;
    ensure_folder(&arguments.out, &["verify.json"])?;
    let model = Loaded::load(Some(&arguments.model), "last", &arguments.foreign)?;
    let faces = faces(&model, &arguments.faces)?;
    let subjects = model.subjects();
    let subject = *subjects.last().context("MODEL: it has no checkpoint")?;
    ensure_taken(subject, &faces)?;
    let layer = layer(&model, subject.network, arguments.layer.as_deref())?;
    let names = faces.images.class_names();
    let groups = groups_of_persons(names, model.class_names(), &arguments.persons)?;
    let Comparable { groups, left_out } = Comparable::new(groups, faces.images.labels())?;
    std::fs::create_dir_all(&arguments.out)
        .with_context(|| format!("--out: cannot make {}", arguments.out.display()))?;
    let embeddings = embeddings(subject, &faces.images, layer, interrupt)?;
    let seed = arguments.common.seed;
    let judge = |(familiarity, members): &(Familiarity, Vec<usize>)| {
        verify(&embeddings, names, (*familiarity, members), seed)
    };
    let groups = groups.iter().map(judge).collect::<topolens_lab::Result<Vec<Group>>>()?;
    let provenance = Provenance {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        command: command_line(),
        seed,
        network: model.description(),
        data: faces.stamp,
    };
    let (layer, notice) = (embeddings.layer, faces.notice);
    let results =
        VerificationResults { provenance, layer, notice, groups, left_out, time: Some(watch.time()) };
    results.write(&arguments.out)?;
    publish(&results, arguments)
}

/// Groups of persons whose pictures can be compared, and the others with the reason.
struct Comparable {
    groups: Vec<(Familiarity, Vec<usize>)>,
    left_out: Vec<(Familiarity, String)>,
}

impl Comparable {
    /// Fails if no group can be compared.
    fn new(groups: Vec<(Familiarity, Vec<usize>)>, labels: &[usize]) -> topolens_lab::Result<Self> {
        let (mut comparable, mut left_out, mut refusal) = (Vec::new(), Vec::new(), None);
        for (familiarity, members) in groups {
            match check_pairs(labels, (familiarity, &members)) {
                Ok(()) => comparable.push((familiarity, members)),
                Err(error) => {
                    left_out.push((familiarity, error.to_string()));
                    refusal.get_or_insert(error);
                }
            }
        }
        match refusal.filter(|_| comparable.is_empty()) {
            Some(refusal) => Err(refusal),
            None => Ok(Self { groups: comparable, left_out }),
        }
    }
}

/// The pictures, all of them unless a part is asked for.
fn faces(model: &Loaded, given: &str) -> anyhow::Result<LoadedData> {
    let given: DataRef = given.parse().context("--faces")?;
    let data = match given.split {
        Some(split) => load_data(&given.name, split, model.fit()),
        None => load_whole(&given.name, model.fit()),
    };
    model.take(data.context("--faces")?)
}

fn ensure_taken(subject: Subject<'_>, faces: &LoadedData) -> anyhow::Result<()> {
    let [shape, expected] = [faces.images.image_shape(), subject.network.input_shape()];
    ensure!(
        shape == expected,
        "--faces: pictures of {shape:?}, the network takes {expected:?} (height, width, channels); for ONNX files --resize and --crop bring \
         them to its size"
    );
    Ok(())
}

fn layer(model: &Loaded, network: &dyn Network, asked: Option<&str>) -> anyhow::Result<usize> {
    let layers = network.layers();
    let has_embedding = layers.iter().any(|layer| layer.name == EMBEDDING);
    if asked.is_none() && !has_embedding && !model.is_own() {
        return Ok(layers.len() - 1);
    }
    match tap::select(layers, &[asked.unwrap_or(EMBEDDING)]).context("--layer")?[..] {
        [layer] => Ok(layer),
        ref several => anyhow::bail!("--layer: {} layers match; give one", several.len()),
    }
}

fn publish(results: &VerificationResults, arguments: &VerifyArguments) -> anyhow::Result<()> {
    if arguments.common.json {
        return print_json(&results.document());
    }
    print(&format!("{}\nembeddings: layer {}\n", results.provenance.network, results.layer))?;
    let columns: Vec<&str> =
        ["persons"].into_iter().chain(results.groups.iter().map(|group| group.familiarity.words())).collect();
    let mut table = Table::new(&columns);
    let mut row = |name: &str, cell: &dyn Fn(&Group) -> String| {
        table.row([name.to_owned()].into_iter().chain(results.groups.iter().map(cell)).collect());
    };
    row("number", &|group| group.persons.len().to_string());
    row("genuine pairs", &|group| group.n_genuine.to_string());
    row("impostor pairs", &|group| group.n_impostor.to_string());
    row("area under the ROC curve [95 %]", &|group| group.area.to_string());
    row("equal error rate", &|group| group.equal_error_rate.percent());
    let n_rates = results.groups.first().map_or(0, |group| group.true_accept_rates.len());
    for at in 0..n_rates {
        let rate = results.groups[0].true_accept_rates[at].false_accept_rate;
        row(&format!("genuine accepted at {:.1} % of impostors", 100.0 * rate), &|group| {
            group.true_accept_rates[at].words(group.n_impostor)
        });
    }
    row("mean cosine, genuine", &|group| group.mean_genuine.to_string());
    row("mean cosine, impostor", &|group| group.mean_impostor.to_string());
    print(&table.to_string())?;
    for sentence in results.conclusions() {
        print(&format!("\n{sentence}"))?;
    }
    print(&format!(
        "\nwritten: {0}/report.html\n         {0}/verify.json\n         {0}/pairs.csv",
        arguments.out.display()
    ))
}
