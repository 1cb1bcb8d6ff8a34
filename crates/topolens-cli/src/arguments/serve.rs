//! What `topolens serve`, `completions` and `man` accept.

use std::path::PathBuf;

use clap::Args;
use clap_complete::Shell;

use super::Common;

/// A page on this machine to walk through studies: runs side by side, layers, epochs, diagrams, and the points of a layer with their pictures
///
/// Reads every run folder and study below the folders, writes nothing, and answers this machine only, to who has the token in the printed
/// address. A run that is being trained is followed as it goes. Ctrl-C ends it.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  topolens serve
  topolens serve runs
  topolens serve runs topolens-demo --port 8080
  topolens serve runs --json   # the address as JSON, for programs; GET /api/openapi.json describes what can be asked")]
pub(crate) struct ServeArguments {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Folders with studies, in sub-folders or not
    #[arg(default_value = ".")]
    pub(crate) folders: Vec<PathBuf>,
    /// Port on this machine; 0 for any that is free
    #[arg(long, default_value_t = 0)]
    pub(crate) port: u16,
    /// Images in the clouds that are drawn, at most
    #[arg(long, default_value_t = 2000, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(30..=20000))]
    pub(crate) points: usize,
}

/// Completions of the command line for a shell
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  topolens completions bash > ~/.local/share/bash-completion/completions/topolens
  topolens completions zsh > ~/.zfunc/_topolens
  topolens completions fish > ~/.config/fish/completions/topolens.fish")]
pub(crate) struct CompletionsArguments {
    #[command(flatten)]
    pub(crate) common: Common,
    /// The shell
    pub(crate) shell: Shell,
}

/// Manual pages, one for each command
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  topolens man ~/.local/share/man/man1
  topolens man pages && man ./pages/topolens-profile.1")]
pub(crate) struct ManArguments {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Folder for topolens.1, topolens-profile.1, …
    pub(crate) folder: PathBuf,
}
