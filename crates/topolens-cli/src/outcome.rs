//! From a command's result to an exit code: 0 done, 2 the input was at fault, 1 a defect of the program, 130 interrupted.

use std::io::{self, Write};
use std::process::ExitCode;

use crate::command::Missed;

/// Prints clap's message: help to standard output, a usage error to standard error.
pub(crate) fn usage(message: &clap::Error) -> ExitCode {
    let printed = message.print();
    let code = if printed.is_err() { 2 } else { message.exit_code() };
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}

/// Prints why a file of settings cannot be used.
pub(crate) fn bad_settings_file(error: &anyhow::Error) -> ExitCode {
    // Nothing can be done if standard error is closed.
    let _ = writeln!(io::stderr(), "topolens: {error:#}");
    ExitCode::from(2)
}

/// Prints the error, if there is one, and gives the exit code.
pub(crate) fn exit_code(result: anyhow::Result<()>) -> ExitCode {
    let Err(error) = result else { return ExitCode::SUCCESS };
    if is_broken_pipe(&error) {
        return ExitCode::SUCCESS;
    }
    // Nothing can be done if standard error is closed.
    let _ = writeln!(io::stderr(), "topolens: {}", with_flags(&told(&error)));
    ExitCode::from(match () {
        () if is_interrupted(&error) => 130,
        () if is_invalid_input(&error) => 2,
        () => 1,
    })
}

/// The error with its causes; a cause that the words before end with is not told again.
fn told(error: &anyhow::Error) -> String {
    let causes = error.chain().map(ToString::to_string);
    causes
        .reduce(|told, cause| if told.ends_with(&cause) { told } else { format!("{told}: {cause}") })
        .unwrap_or_default()
}

/// Arguments of the library and the flags that set them.
const FLAGS: [(&str, &str); 36] = [
    ("`layers`", "--layers"),
    ("`input`", "--input"),
    ("`constant`", "--constant"),
    ("`n_iterates`", "--trajectory"),
    ("`trajectory_dimension`", "--trajectory-dimension"),
    ("`augment`", "--augment"),
    ("`augment.rotate`", "--augment rotate"),
    ("`augment.zoom`", "--augment zoom"),
    ("`augment.shear`", "--augment shear"),
    ("`learning_rate`", "--learning-rate"),
    ("`weight_decay`", "--weight-decay"),
    ("`loss`", "--loss"),
    ("`loss.margin`", "--loss"),
    ("`cosine_scale`", "--cosine-scale"),
    ("`label_smoothing`", "--label-smoothing"),
    ("`random_labels`", "--random-labels"),
    ("`validation`", "--validation"),
    ("`patience`", "--patience"),
    ("`schedule`", "--schedule"),
    ("`measure`", "--measure:"),
    ("`measures`", "--measure"),
    ("`n_batches`", "--batches"),
    ("`batch_size`", "--batch-size"),
    ("`x`", "A"),
    ("`y`", "B"),
    ("`estimator`", "--estimator:"),
    ("`estimators`", "--estimator"),
    ("`n_neighbors`", "--neighbors"),
    ("`n_landmarks`", "--landmarks"),
    ("`pairs` give", "it gives"),
    ("`alpha`", "--alpha"),
    ("`modulus`", "--modulus"),
    ("`threshold`", "--threshold"),
    ("`max_homology_dimension`", "--max-homology-dimension"),
    ("`distances` holds", "it holds"),
    ("`values` holds", "it holds"),
];

/// A message of the library in words of the command line.
fn with_flags(message: &str) -> String {
    FLAGS.iter().fold(message.to_owned(), |message, (argument, flag)| message.replace(argument, flag))
}

/// The reader of our output went away, as `head` does.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let io = error.chain().find_map(|cause| cause.downcast_ref::<io::Error>());
    io.is_some_and(|io| io.kind() == io::ErrorKind::BrokenPipe)
}

fn is_interrupted(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let lab = cause.downcast_ref::<topolens_lab::Error>().map(topolens_lab::Error::is_interrupted);
        let nn = cause.downcast_ref::<topolens_nn::Error>().map(topolens_nn::Error::is_interrupted);
        lab.or(nn).unwrap_or(false)
    })
}

fn is_invalid_input(error: &anyhow::Error) -> bool {
    if error.is::<Missed>() {
        return false;
    }
    error.chain().all(|cause| {
        let lab = cause.downcast_ref::<topolens_lab::Error>().map(topolens_lab::Error::is_invalid_input);
        let nn = cause.downcast_ref::<topolens_nn::Error>().map(topolens_nn::Error::is_invalid_input);
        let mathematics = cause.downcast_ref::<topolens::Error>().map(topolens::Error::is_invalid_input);
        lab.or(nn).or(mathematics).unwrap_or(true)
    })
}
