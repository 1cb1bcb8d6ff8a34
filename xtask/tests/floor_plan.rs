//! Keeps the floor plan of `ARCHITECTURE.md`: which crate may use which, which dependency lives where, and no cycles
//! between the modules of a crate.

#![expect(clippy::expect_used, reason = "a test stops at what it cannot read")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

/// Each crate and the crates of this workspace that it may use.
const FLOORS: [(&str, &[&str]); 7] = [
    ("topolens", &[]),
    ("topolens-nn", &[]),
    ("topolens-lab", &["topolens", "topolens-nn"]),
    ("topolens-serve", &["topolens", "topolens-nn", "topolens-lab"]),
    ("topolens-cli", &["topolens", "topolens-nn", "topolens-lab", "topolens-serve"]),
    ("topolens-py", &["topolens", "topolens-nn", "topolens-lab"]),
    ("xtask", &[]),
];

/// A dependency and the only crates that may have it.
const HOMES: [(&str, &[&str]); 10] = [
    ("clap", &["topolens-cli"]),
    ("axum", &["topolens-serve"]),
    ("tokio", &["topolens-serve"]),
    ("console", &["topolens-cli"]),
    ("indicatif", &["topolens-cli"]),
    ("pyo3", &["topolens-py"]),
    ("numpy", &["topolens-py"]),
    ("rten", &["topolens-nn"]),
    ("kuva", &["topolens-lab"]),
    ("serde", &["topolens-nn", "topolens-lab", "topolens-serve", "topolens-cli"]),
];

fn metadata() -> Metadata {
    MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .exec()
        .expect("cargo metadata runs")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the workspace").to_path_buf()
}

fn dependencies(metadata: &Metadata) -> BTreeMap<String, BTreeSet<String>> {
    let normal = |package: &cargo_metadata::Package| {
        let used = package.dependencies.iter().filter(|used| used.kind == DependencyKind::Normal);
        (package.name.to_string(), used.map(|used| used.name.clone()).collect())
    };
    metadata.packages.iter().map(normal).collect()
}

#[test]
fn crates_use_only_lower_floors() {
    let used = dependencies(&metadata());
    assert_eq!(used.len(), FLOORS.len(), "a crate is missing from FLOORS: {:?}", used.keys());
    for (name, allowed) in FLOORS {
        for own in FLOORS.map(|(own, _)| own) {
            assert!(!used[name].contains(own) || allowed.contains(&own), "{name} must not depend on {own}");
        }
    }
}

#[test]
fn dependencies_stay_in_their_homes() {
    for (name, used) in dependencies(&metadata()) {
        for (dependency, homes) in HOMES {
            let at_home = homes.contains(&name.as_str());
            assert!(
                at_home || !used.contains(dependency),
                "{name} must not depend on {dependency}: its home is {homes:?}"
            );
        }
    }
}

#[test]
fn modules_of_a_crate_form_no_cycle() {
    for (name, _) in FLOORS {
        let source = if name == "xtask" {
            root().join("xtask/src")
        } else {
            root().join("crates").join(name).join("src")
        };
        let graph = module_graph(&source);
        if let Some(cycle) = find_cycle(&graph) {
            panic!("{name}: modules use each other in a circle: {}", cycle.join(" -> "));
        }
    }
}

#[test]
fn a_planted_cycle_is_found() {
    let edge = |to: &str| BTreeSet::from([to.to_owned()]);
    let graph = BTreeMap::from([
        ("a".to_owned(), edge("b")),
        ("b".to_owned(), edge("c")),
        ("c".to_owned(), edge("a")),
    ]);
    assert_eq!(find_cycle(&graph), Some(["a", "b", "c", "a"].map(String::from).to_vec()));
    assert_eq!(
        paths_after_crate("use crate::{diagram::{A, B}, cloud::C}; crate::metric::D"),
        ["diagram", "cloud", "metric"]
    );
}

/// Top-level modules of the crate below `source`, each with the top-level modules that it names.
fn module_graph(source: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let re_exports = re_exports(source);
    let mut graph = BTreeMap::<String, BTreeSet<String>>::new();
    for file in rust_files(source) {
        let relative = file.strip_prefix(source).expect("a file below its folder");
        let module = relative
            .iter()
            .next()
            .expect("a first part")
            .to_string_lossy()
            .trim_end_matches(".rs")
            .to_owned();
        if module == "lib" || module == "main" {
            continue;
        }
        let named = paths_after_crate(&production_code(&file));
        let targets = named.into_iter().map(|name| re_exports.get(&name).cloned().unwrap_or(name));
        graph.entry(module.clone()).or_default().extend(targets.filter(|target| *target != module));
    }
    let modules: BTreeSet<String> = graph.keys().cloned().collect();
    for targets in graph.values_mut() {
        targets.retain(|target| modules.contains(target));
    }
    graph
}

/// Names that `lib.rs` lifts out of a module, each with that module.
fn re_exports(source: &Path) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(source.join("lib.rs")).unwrap_or_default();
    let mut lifted = BTreeMap::new();
    for statement in text.split("pub use ").skip(1) {
        let statement = statement.split(';').next().unwrap_or_default();
        let Some((module, names)) = statement.split_once("::") else { continue };
        for name in names.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|name| !name.is_empty()) {
            lifted.insert(name.to_owned(), module.trim().to_owned());
        }
    }
    lifted
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a source folder") {
        let path = entry.expect("a folder entry").path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// The file without comments and without its tests.
fn production_code(file: &Path) -> String {
    let text = std::fs::read_to_string(file).expect("a readable source file");
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    code.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// The first identifier of each path that starts with `crate::`, groups in braces opened.
fn paths_after_crate(code: &str) -> Vec<String> {
    let starts = code.split("crate::").skip(1).flat_map(|rest| match rest.strip_prefix('{') {
        Some(group) => members(group),
        None => vec![rest.to_owned()],
    });
    let identifier = |path: String| {
        let end = path.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(path.len());
        path[..end].to_owned()
    };
    starts.map(identifier).filter(|name| !name.is_empty()).collect()
}

/// The parts of a group in braces, split at the commas that lie in no inner group.
fn members(group: &str) -> Vec<String> {
    let mut depth = 0;
    let mut parts = Vec::new();
    let mut part = String::new();
    for character in group.chars() {
        match character {
            '}' if depth == 0 => break,
            ',' if depth == 0 => parts.push(std::mem::take(&mut part)),
            _ if character.is_whitespace() => {}
            _ => {
                depth += i32::from(character == '{') - i32::from(character == '}');
                part.push(character);
            }
        }
    }
    parts.push(part);
    parts
}

fn find_cycle(graph: &BTreeMap<String, BTreeSet<String>>) -> Option<Vec<String>> {
    fn visit(
        at: &str,
        graph: &BTreeMap<String, BTreeSet<String>>,
        trail: &mut Vec<String>,
        done: &mut BTreeSet<String>,
    ) -> Option<Vec<String>> {
        if let Some(start) = trail.iter().position(|name| name == at) {
            return Some(trail[start..].iter().cloned().chain([at.to_owned()]).collect());
        }
        if done.contains(at) {
            return None;
        }
        trail.push(at.to_owned());
        let cycle = graph.get(at).into_iter().flatten().find_map(|next| visit(next, graph, trail, done));
        trail.pop();
        done.insert(at.to_owned());
        cycle
    }
    graph.keys().find_map(|start| visit(start, graph, &mut Vec::new(), &mut BTreeSet::new()))
}
