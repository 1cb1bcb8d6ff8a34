//! The `topolens` command.

mod arguments;
mod command;
mod interrupt;
mod memory;
mod outcome;
mod output_files;
mod settings_file;
mod terminal;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let words = match settings_file::expand(std::env::args_os().collect()) {
        Ok(words) => words,
        Err(error) => return outcome::bad_settings_file(&error),
    };
    let arguments = match arguments::Arguments::try_parse_from(words) {
        Ok(arguments) => arguments,
        Err(message) => return outcome::usage(&message),
    };
    outcome::exit_code(command::run(arguments))
}
