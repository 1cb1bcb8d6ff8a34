//! `topolens serve`, `completions` and `man`.

use std::io::Write;

use anyhow::Context;
use clap::CommandFactory;
use serde_json::json;
use topolens_serve::{Server, Settings};

use crate::arguments::{Arguments, CompletionsArguments, ManArguments, ServeArguments};
use crate::interrupt;
use crate::terminal::{note, print, print_json};

pub(crate) fn serve(arguments: &ServeArguments) -> anyhow::Result<()> {
    let interrupt = interrupt::listen(arguments.common.watched)?;
    let settings =
        Settings { folders: arguments.folders.clone(), port: arguments.port, n_points: arguments.points };
    let server = Server::open(&settings)?;
    if arguments.common.json {
        print_json(&json!({ "schema": "topolens.serve/1", "address": server.address() }))?;
    } else {
        print(&format!("open {}", server.address()))?;
        note("for this machine only; Ctrl-C ends it");
    }
    Ok(server.run(interrupt)?)
}

pub(crate) fn completions(arguments: &CompletionsArguments) -> anyhow::Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "topolens", &mut script);
    std::io::stdout().write_all(&script).context("cannot write to standard output")
}

pub(crate) fn man(arguments: &ManArguments) -> anyhow::Result<()> {
    std::fs::create_dir_all(&arguments.folder)
        .with_context(|| format!("FOLDER: cannot make {}", arguments.folder.display()))?;
    clap_mangen::generate_to(Arguments::command(), &arguments.folder)
        .with_context(|| format!("FOLDER: cannot write into {}", arguments.folder.display()))?;
    print(&format!("written: {}/topolens.1 and one for each command", arguments.folder.display()))
}
