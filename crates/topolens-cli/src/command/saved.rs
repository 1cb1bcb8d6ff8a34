//! Activations that another program saved, with what the flags say of them.

use std::path::Path;

use topolens_lab::input::{Layout, SavedActivations};

use crate::arguments::{LayoutName, SavedArguments};
use crate::terminal::note;

impl SavedArguments {
    /// Opens a file or folder and keeps the layers that match.
    pub(crate) fn open(&self, path: &Path, layers: &[String]) -> anyhow::Result<SavedActivations> {
        let saved = SavedActivations::open(path, self.labels.as_deref(), layers)?;
        if !saved.passed_over.is_empty() {
            let told: Vec<String> = saved.passed_over.iter().map(ToString::to_string).collect();
            note(&format!(
                "{}: passed over {}; a layer holds numbers, samples x features, and classes are named with --labels",
                path.display(),
                told.join(", ")
            ));
        }
        Ok(saved)
    }

    /// Where the channels of images are.
    pub(crate) fn layout(&self) -> Layout {
        match self.layout {
            LayoutName::Nchw => Layout::ChannelsFirst,
            LayoutName::Nhwc => Layout::ChannelsLast,
        }
    }

    /// Refuses flags of saved activations beside a network.
    pub(crate) fn ensure_unused(&self) -> anyhow::Result<()> {
        anyhow::ensure!(
            self.labels.is_none() && self.layout == LayoutName::Nchw,
            "--labels, --layout: only for saved activations; the labels of a network's images come with --data"
        );
        Ok(())
    }
}
