//! `topolens train --config run.toml`, `topolens profile --config card.toml`: flags from a file.
//!
//! Every key is the name of a flag, so that the file knows what the command line knows; what is on the command line wins.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::Path;

use anyhow::{Context, bail, ensure};
use clap::{Command, CommandFactory};
use toml::{Table, Value};

use crate::arguments::Arguments;

/// What may be said anew when a run goes on; the rest is as it was.
const CHANGED_BY_RESUMING: [&str; 4] = ["out", "epochs", "threads", "json"];

/// The command line `words` with the flags of the file that `--config` names, if there is one, before its own.
pub(crate) fn expand(words: Vec<OsString>) -> anyhow::Result<Vec<OsString>> {
    let Some((command, path)) = config(&words) else { return Ok(words) };
    let named = || format!("--config: {}", path.display());
    let text = fs::read_to_string(&path).map_err(|error| anyhow::anyhow!("{}: {error}", named()))?;
    let table: Table = text.parse().map_err(|error: toml::de::Error| {
        anyhow::anyhow!("{} is no TOML file: {}", named(), error.to_string().trim_end())
    })?;
    ensure!(!table.contains_key("config"), "{}: a file of settings cannot name another one", named());
    for key in table.keys() {
        let name = command.get_name();
        ensure!(
            has_flag(&command, key),
            "{}: topolens {name} has no flag --{key}; keys are names of flags, `topolens {name} --help` lists them",
            named()
        );
    }
    let mut expanded = words[..2].to_vec();
    for (key, value) in &table {
        let is_settled = is_given(&words, "resume") && !CHANGED_BY_RESUMING.contains(&key.as_str());
        if !is_given(&words, key) && !is_settled {
            expanded.extend(flags(key, value).with_context(named)?.into_iter().map(OsString::from));
        }
    }
    expanded.extend_from_slice(&words[2..]);
    Ok(expanded)
}

/// The command and the file after its `--config`; none of a command without that flag.
fn config(words: &[OsString]) -> Option<(Command, std::path::PathBuf)> {
    let command = Arguments::command().find_subcommand(words.get(1)?.to_str()?)?.clone();
    if !has_flag(&command, "config") {
        return None;
    }
    let joined = |word: &OsStr| word.to_str()?.strip_prefix("--config=").map(Into::into);
    let path = words.iter().enumerate().find_map(|(at, word)| match word.to_str() {
        Some("--config") => words.get(at + 1).map(|path| Path::new(path).to_path_buf()),
        _ => joined(word),
    });
    Some((command, path?))
}

fn has_flag(command: &Command, name: &str) -> bool {
    command.get_arguments().any(|argument| argument.get_long() == Some(name))
}

fn is_given(words: &[OsString], key: &str) -> bool {
    let flag = format!("--{key}");
    let is_flag =
        |word: &str| word.strip_prefix(&flag).is_some_and(|rest| rest.is_empty() || rest.starts_with('='));
    words.iter().filter_map(|word| word.to_str()).any(is_flag)
}

/// `key = true` is a flag alone, a list is separated by commas.
pub(crate) fn flags(key: &str, value: &Value) -> anyhow::Result<Vec<String>> {
    Ok(match value {
        Value::Boolean(true) => vec![format!("--{key}")],
        Value::Boolean(false) => Vec::new(),
        Value::Array(items) => {
            let items: anyhow::Result<Vec<String>> = items.iter().map(|item| scalar(key, item)).collect();
            vec![format!("--{key}={}", items?.join(","))]
        }
        value => vec![format!("--{key}={}", scalar(key, value)?)],
    })
}

fn scalar(key: &str, value: &Value) -> anyhow::Result<String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Integer(number) => Ok(number.to_string()),
        Value::Float(number) => Ok(number.to_string()),
        _ => bail!("{key} must be a text, a number, true, false, or a list of texts and numbers"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(text: &str, words: &[&str]) -> anyhow::Result<Vec<String>> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.toml");
        fs::write(&path, text).unwrap();
        let mut all = vec!["topolens".into(), "train".into(), "--config".into(), path.into_os_string()];
        all.extend(words.iter().map(OsString::from));
        let expanded = expand(all)?;
        Ok(expanded.into_iter().map(|word| word.into_string().unwrap()).collect())
    }

    #[test]
    fn every_kind_of_value_becomes_a_flag() {
        let text = "net = 'resnet20'\nepochs = 3\nlearning-rate = 0.1\nuniform = true\noverwrite = false\naugment = ['flip', 'rotate=5']";
        let words = expanded(text, &[]).unwrap();
        for flag in
            ["--net=resnet20", "--epochs=3", "--learning-rate=0.1", "--uniform", "--augment=flip,rotate=5"]
        {
            assert!(words.iter().any(|word| word == flag), "{flag} in {words:?}");
        }
        assert!(!words.iter().any(|word| word.contains("overwrite")));
    }

    #[test]
    fn the_command_line_wins() {
        for given in [&["--epochs", "7"][..], &["--epochs=7"]] {
            let words = expanded("epochs = 3\nseed = 1", given).unwrap();
            assert!(!words.contains(&"--epochs=3".to_owned()), "{words:?}");
            assert!(words.contains(&"--seed=1".to_owned()), "{words:?}");
        }
        assert!(!is_given(&["--epochs-x=1".into(), "--epochs-x".into()], "epochs"));
        let resumed = expanded("net = 'resnet20'\nout = 'a'", &["--resume"]).unwrap();
        assert!(resumed.contains(&"--out=a".to_owned()) && !resumed.contains(&"--net=resnet20".to_owned()));
        let other: Vec<OsString> = ["topolens", "diagram", "--config", "x"].map(OsString::from).to_vec();
        assert_eq!(expand(other.clone()).unwrap(), other);
    }

    #[test]
    fn what_is_no_setting_is_named() {
        for (text, word) in [
            ("a = [", "TOML"),
            ("[net]\nname = 1", "net"),
            ("config = 'x'", "another"),
            ("learning_rate = 1", "--learning_rate"),
        ] {
            let message = format!("{:#}", expanded(text, &[]).unwrap_err());
            assert!(message.contains(word) && message.contains("run.toml"), "{message}");
        }
    }
}
