//! `topolens simulate-attack`.

use topolens_lab::spoofing::simulator::{FolderJob, Format, Manifest, Simulator, Unreadable};

use super::study::command_line;
use crate::arguments::{FormatName, SimulateAttackArguments};
use crate::interrupt;
use crate::terminal::{StudyProgress, note, print, print_json};

/// Images that are named one by one when they cannot be used.
const N_NAMED: usize = 10;

pub(crate) fn run(arguments: &SimulateAttackArguments) -> anyhow::Result<()> {
    let interrupt = interrupt::listen(arguments.common.watched)?;
    let simulator = Simulator::new(arguments.kind.parse()?, arguments.preset.parse()?, arguments.common.seed);
    let format = match arguments.format {
        FormatName::Jpeg => Format::Jpeg,
        FormatName::Png => Format::Png,
    };
    let job = FolderJob::plan(&arguments.live, &arguments.out, simulator, format)?;
    let bar = StudyProgress::new(&arguments.kind, job.n_images());
    let manifest = job.run(command_line(), &mut |name| bar.step(name), interrupt);
    bar.finish();
    let manifest = manifest?;
    tell_unreadable(&manifest.unreadable);
    if arguments.common.json {
        return print_json(&manifest);
    }
    let Manifest { kind, preset, seed, images, .. } = &manifest;
    print(&format!(
        "{} images simulated: {kind}, {preset}, seed {seed}\n\nwritten: {1}\n         {1}/{2}",
        images.len(),
        arguments.out.display(),
        Manifest::FILE
    ))
}

fn tell_unreadable(unreadable: &[Unreadable]) {
    if unreadable.is_empty() {
        return;
    }
    note(&format!("warning: {} live images cannot be used and are left out:", unreadable.len()));
    for Unreadable { file, reason } in unreadable.iter().take(N_NAMED) {
        note(&format!("  {file}: {reason}"));
    }
    if unreadable.len() > N_NAMED {
        note(&format!("  and {} more, see {}", unreadable.len() - N_NAMED, Manifest::FILE));
    }
}
