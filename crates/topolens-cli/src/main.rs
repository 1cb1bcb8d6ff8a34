//! The `topolens` command.

mod arguments;
mod command;
mod interrupt;
mod memory;
mod outcome;
mod output_files;
mod terminal;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let arguments = match arguments::Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(message) => return outcome::usage(&message),
    };
    outcome::exit_code(command::run(arguments))
}
