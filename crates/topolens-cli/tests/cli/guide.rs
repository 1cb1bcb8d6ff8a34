//! The user guide has a page for every command, and its pages name what there is. Their examples are run by the wheel's tests.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::bench::Bench;

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/guide/src")
}

/// Names of the pages below the guide's folder and what they say, in order; the table of contents is none.
fn pages() -> Vec<(String, String)> {
    let mut names = Vec::new();
    for folder in ["", "commands/"] {
        for entry in std::fs::read_dir(source().join(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if Path::new(&name).extension().is_some_and(|extension| extension == "md") && name != "SUMMARY.md"
            {
                names.push(format!("{folder}{name}"));
            }
        }
    }
    names.sort();
    let text = |name: &String| std::fs::read_to_string(source().join(name)).unwrap();
    names.iter().map(|name| (name.clone(), text(name))).collect()
}

/// What stands between `](` and `)`.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](").skip(1).filter_map(|rest| rest.split(')').next())
}

/// The commands of `topolens --help`.
fn commands() -> BTreeSet<String> {
    let help = Bench::new().run("--help").stdout;
    let list = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let names = list.lines().filter_map(|line| line.strip_prefix("  ")).filter(|line| !line.starts_with(' '));
    names.map(|line| line.split(' ').next().unwrap().to_owned()).filter(|name| name != "help").collect()
}

/// The name under which mdBook makes a heading a target.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().chars().filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

#[test]
fn every_command_has_a_page() {
    let commands = commands();
    assert!(commands.len() > 15 && commands.contains("simulate-attack"), "{commands:?}");
    let pages = pages();
    let of_commands = pages.iter().filter_map(|(name, text)| Some((name.strip_prefix("commands/")?, text)));
    let mut found = BTreeSet::new();
    for (name, text) in of_commands {
        let command = name.strip_suffix(".md").unwrap();
        assert!(text.starts_with(&format!("# topolens {command}\n")), "{name}");
        assert!(text.contains("\n## Example\n"), "{name}");
        found.insert(command.to_owned());
    }
    assert_eq!(found, commands);
}

#[test]
fn the_table_of_contents_names_every_page() {
    let summary = std::fs::read_to_string(source().join("SUMMARY.md")).unwrap();
    let named: Vec<&str> = links(&summary).collect();
    let there: Vec<String> = pages().into_iter().map(|(name, _)| name).collect();
    assert_eq!(named.iter().copied().collect::<BTreeSet<_>>(), there.iter().map(String::as_str).collect());
    assert_eq!(named.len(), there.len(), "a page is named twice");
}

#[test]
fn links_lead_somewhere() {
    let mut checked = 0;
    for (name, text) in pages() {
        let folder = source().join(&name).parent().unwrap().to_path_buf();
        for link in links(&text).filter(|link| !link.starts_with("https://")) {
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { source().join(&name) } else { folder.join(file) };
            let found = std::fs::read_to_string(&target);
            let found = found.unwrap_or_else(|_| panic!("{name} links to {link}, which is not there"));
            let mut headings = found.lines().filter(|line| line.starts_with('#'));
            let is_there =
                heading.is_empty() || headings.any(|line| anchor(line.trim_start_matches('#')) == heading);
            assert!(is_there, "{name} links to {link}, but there is no such heading");
            checked += 1;
        }
    }
    assert!(checked > 20, "{checked}");
}

#[test]
fn command_lines_have_commands_and_flags_that_exist() {
    let commands = commands();
    let mut helps = BTreeMap::new();
    let mut checked = 0;
    for (name, text) in pages() {
        for line in text.lines().filter_map(|line| line.strip_prefix("$ topolens ")) {
            let line = line.split(['|', '>', ';', '&', '#']).next().unwrap();
            let words: Vec<&str> = line.split_whitespace().collect();
            let command = words[0];
            let of_help = match command {
                "--version" => String::new(),
                "data" | "shard" => words[..2].join(" "),
                _ => command.to_owned(),
            };
            assert!(of_help.is_empty() || commands.contains(command), "{name}: {line}");
            let help = helps
                .entry(of_help)
                .or_insert_with_key(|of_help| Bench::new().run(&format!("{of_help} --help")).stdout);
            let is_flag = |help_word: &str, flag: &str| help_word.trim_end_matches([',', ']']) == flag;
            for flag in words.iter().filter(|word| word.starts_with("--")) {
                let is_there = help.split_whitespace().any(|word| is_flag(word, flag));
                assert!(is_there, "{name}: {flag} in {line}");
                checked += 1;
            }
        }
    }
    assert!(checked > 100, "{checked}");
}
