//! Progress of long work: a bar on a terminal, plain lines elsewhere.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::output::note;

const EPOCH_STYLE: &str = "{prefix} [{bar:30}] {pos}/{len} images  {msg}";
const STUDY_STYLE: &str = "{prefix} [{bar:30}] {pos}/{len}  {msg}  {elapsed} so far, {eta} left";

fn bar(template: &str, length: u64, prefix: String) -> ProgressBar {
    let bar = ProgressBar::new(length).with_prefix(prefix);
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("=> "));
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// The bar of one training epoch.
#[derive(Debug)]
pub(crate) struct EpochProgress {
    bar: ProgressBar,
}

impl EpochProgress {
    pub(crate) fn new(epoch: usize, n_epochs: usize, n_images: usize) -> Self {
        Self { bar: bar(EPOCH_STYLE, n_images as u64, format!("epoch {epoch}/{n_epochs}")) }
    }

    pub(crate) fn update(&self, n_images_done: usize, message: &str) {
        self.bar.set_message(message.to_owned());
        self.bar.set_position(n_images_done as u64);
    }

    /// Removes the bar and leaves `line`.
    pub(crate) fn finish(&self, line: &str) {
        self.bar.finish_and_clear();
        note(line);
    }
}

/// The bar of a study.
#[derive(Debug)]
pub(crate) struct StudyProgress {
    bar: ProgressBar,
}

impl StudyProgress {
    pub(crate) fn new(name: &str, n_steps: usize) -> Self {
        Self { bar: bar(STUDY_STYLE, n_steps as u64, name.to_owned()) }
    }

    pub(crate) fn step(&self, done: &str) {
        self.bar.set_message(done.to_owned());
        self.bar.inc(1);
    }

    /// Leaves a line above the bar.
    pub(crate) fn say(&self, line: &str) {
        self.bar.suspend(|| note(line));
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
