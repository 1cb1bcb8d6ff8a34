//! `topolens demo`.

use topolens_lab::bridge::Subject;
use topolens_lab::dynamics::{Request, profile_epochs};
use topolens_lab::input::load_checkpoints;
use topolens_lab::profile::Protocol;
use topolens_lab::results::Results;
use topolens_lab::store::{FinishedLayers, Provenance, RunFolder};
use topolens_nn::ModelSpec;
use topolens_nn::train::TrainSettings;

use super::loaded::network;
use super::origin::Watch;
use super::study::{command_line, publish, with_progress};
use super::train::{Classes, Destination, TrainingData, train};
use crate::arguments::DemoArguments;
use crate::interrupt;
use crate::output_files::ensure_folder;
use crate::terminal::note;

const EPOCHS: usize = 4;
/// Untrained, after one epoch, trained.
const PROFILED: &str = "0,1,4";
const N_POINTS: usize = 500;

pub(crate) fn run(arguments: &DemoArguments) -> anyhow::Result<()> {
    let watch = Watch::start();
    let interrupt = interrupt::listen(arguments.common.watched)?;
    ensure_folder(&arguments.out, &["profile.json"])?;
    let replaces_demo = RunFolder::is_free_for(&arguments.out, "demo");
    note("1/2  training a ResNet-8 on 5000 embedded images of clothes");
    let data = TrainingData::load("fashion-mnist-6k", Classes::Matching(&[]), [None; 2])?;
    let images = &data.train.images;
    let seed = arguments.common.seed;
    let spec = ModelSpec { seed, ..ModelSpec::new("resnet8", images.image_shape(), images.n_classes()) };
    let settings = TrainSettings { epochs: EPOCHS, seed, ..TrainSettings::default() };
    let destination = Destination { folder: &arguments.out, overwrite: replaces_demo, with_events: false };
    train(spec.build()?, &settings, &data, destination, interrupt)?;
    note("2/2  measuring every layer before, during and after training");
    let checkpoints = load_checkpoints(&arguments.out, PROFILED)?;
    let mut protocol = Protocol { seed, ..Protocol::default() };
    protocol.set_n_points(N_POINTS);
    let finished = FinishedLayers::of_study(&arguments.out);
    let subjects: Vec<Subject<'_>> = checkpoints.iter().map(Subject::from).collect();
    let request = Request {
        subjects: &subjects,
        images: &data.test.images,
        layers: &[],
        protocol: &protocol,
        finished: Some(&finished),
        draws_loops: true,
        clouds: None,
    };
    let profiles = with_progress(|progress| profile_epochs(request, progress, interrupt))?;
    let provenance = Provenance {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        command: command_line(),
        seed,
        network: network(&checkpoints),
        data: data.test.stamp,
    };
    publish(
        &Results::new(provenance, profiles).took(watch.time()),
        &arguments.out,
        None,
        arguments.common.json,
    )
}
