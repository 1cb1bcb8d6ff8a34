//! One file per command.

mod attack;
mod compare;
mod data;
mod demo;
mod detect;
mod diagram;
mod dimension;
mod dynamics;
mod foreign;
mod generalize;
mod layers;
mod loaded;
mod neighbors;
mod origin;
mod points;
mod profile;
mod robustness;
mod saved;
mod selftest;
mod serve;
mod shard;
mod show;
mod simulate_attack;
mod spoof;
mod study;
mod sweep;
mod train;
mod verify;

use anyhow::Context;

pub(crate) use selftest::Missed;

use crate::arguments::{Arguments, Command, Common, DataAction, ShardAction};

/// Runs the command that was asked for.
pub(crate) fn run(arguments: Arguments) -> anyhow::Result<()> {
    set_threads(arguments.command.common())?;
    match arguments.command {
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Train(arguments) => train::run(&arguments),
        Command::Dynamics(arguments) => dynamics::run(&arguments),
        Command::Sweep(arguments) => sweep::run(&arguments),
        Command::Generalize(arguments) => generalize::run(&arguments),
        Command::Layers(arguments) => layers::run(&arguments),
        Command::Profile(arguments) => profile::run(&arguments),
        Command::Diagram(arguments) => diagram::run(&arguments),
        Command::Dimension(arguments) => dimension::run(&arguments),
        Command::Neighbors(arguments) => neighbors::run(&arguments),
        Command::Shard(arguments) => shard::run(&arguments),
        Command::Compare(arguments) => compare::run(&arguments),
        Command::Attack(arguments) => attack::run(&arguments),
        Command::Detect(arguments) => detect::run(&arguments),
        Command::Spoof(arguments) => spoof::run(&arguments),
        Command::SimulateAttack(arguments) => simulate_attack::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Selftest(arguments) => selftest::run(&arguments),
        Command::Show(arguments) => show::run(&arguments),
        Command::Serve(arguments) => serve::serve(&arguments),
        Command::Data(arguments) => data::run(&arguments),
        Command::Completions(arguments) => serve::completions(&arguments),
        Command::Man(arguments) => serve::man(&arguments),
    }
}

impl Command {
    fn common(&self) -> &Common {
        match self {
            Self::Demo(arguments) => &arguments.common,
            Self::Train(arguments) => &arguments.common,
            Self::Dynamics(arguments) => &arguments.common,
            Self::Sweep(arguments) => &arguments.common,
            Self::Generalize(arguments) => &arguments.common,
            Self::Layers(arguments) => &arguments.common,
            Self::Profile(arguments) => &arguments.common,
            Self::Diagram(arguments) => &arguments.common,
            Self::Dimension(arguments) => &arguments.common,
            Self::Neighbors(arguments) => &arguments.common,
            Self::Compare(arguments) => &arguments.common,
            Self::Attack(arguments) => &arguments.common,
            Self::Detect(arguments) => &arguments.common,
            Self::Spoof(arguments) => &arguments.common,
            Self::SimulateAttack(arguments) => &arguments.common,
            Self::Verify(arguments) => &arguments.common,
            Self::Selftest(arguments) => &arguments.common,
            Self::Show(arguments) => &arguments.common,
            Self::Serve(arguments) => &arguments.common,
            Self::Completions(arguments) => &arguments.common,
            Self::Man(arguments) => &arguments.common,
            Self::Shard(arguments) => match &arguments.action {
                ShardAction::Plan(arguments) => &arguments.common,
                ShardAction::Run(arguments) => &arguments.common,
                ShardAction::Merge(arguments) => &arguments.common,
            },
            Self::Data(arguments) => match &arguments.action {
                DataAction::List(arguments) => &arguments.common,
                DataAction::Fetch(arguments) | DataAction::Verify(arguments) => &arguments.common,
            },
        }
    }
}

/// More threads than cores would only wait for each other.
fn set_threads(common: &Common) -> anyhow::Result<()> {
    let n_cores = std::thread::available_parallelism().map_or(usize::MAX, usize::from);
    let n_threads = common.threads.map_or(0, |wanted| usize::from(wanted).min(n_cores));
    rayon::ThreadPoolBuilder::new().num_threads(n_threads).build_global().context("cannot start the threads")
}
