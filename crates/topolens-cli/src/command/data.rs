//! `topolens data`.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use topolens_lab::input::{CATALOGUE, CatalogueEntry, DataStatus, data_home, fetch, find_entry, verify};

use crate::arguments::{DataAction, DataArguments};
use crate::terminal::{Table, note, print, print_json};

pub(crate) fn run(arguments: &DataArguments) -> anyhow::Result<()> {
    match &arguments.action {
        DataAction::List(list) => show(&home(list.out.as_deref()), list.common.json),
        DataAction::Fetch(named) => {
            let entry = find_entry(&named.name)?;
            note(&format!("fetching {}: {}; terms: {}", entry.name, entry.about, entry.licence));
            report(entry, fetch(entry, &home(named.out.as_deref()))?.as_deref(), named.common.json)
        }
        DataAction::Verify(named) => {
            let entry = find_entry(&named.name)?;
            let home = home(named.out.as_deref());
            let folder = verify(entry, &home)?;
            report(entry, folder.as_deref(), named.common.json)
        }
    }
}

fn home(given: Option<&Path>) -> PathBuf {
    given.map_or_else(data_home, Path::to_path_buf)
}

fn show(home: &Path, as_json: bool) -> anyhow::Result<()> {
    if as_json {
        let entries: Vec<Value> = CATALOGUE.iter().map(|entry| describe(entry, home)).collect();
        return print_json(&json!({ "schema": "topolens.data/1", "home": home, "data_sets": entries }));
    }
    let mut table = Table::new(&["name", "where", "terms", "what"]);
    for entry in CATALOGUE {
        let place = place(&entry.status(home));
        table.row(vec![entry.name.into(), place, entry.licence.into(), entry.about.into()]);
    }
    print(&table.to_string())
}

fn place(status: &DataStatus) -> String {
    match status {
        DataStatus::Embedded => "embedded".to_owned(),
        DataStatus::Present(folder) => folder.display().to_string(),
        DataStatus::Absent => "not fetched".to_owned(),
    }
}

fn describe(entry: &CatalogueEntry, home: &Path) -> Value {
    let status = entry.status(home);
    json!({
        "name": entry.name, "about": entry.about, "licence": entry.licence,
        "status": place(&status), "files": entry.files().map(|(file, _)| file).collect::<Vec<_>>(),
    })
}

fn report(entry: &CatalogueEntry, folder: Option<&Path>, as_json: bool) -> anyhow::Result<()> {
    if as_json {
        let status = if folder.is_some() { "verified" } else { "embedded" };
        return print_json(
            &json!({ "schema": "topolens.data/1", "name": entry.name, "status": status, "folder": folder }),
        );
    }
    match folder {
        Some(folder) => print(&format!(
            "{}: {} files with the published sums in {}",
            entry.name,
            entry.files().count(),
            folder.display()
        )),
        None => print(&format!("{}: embedded, nothing to fetch", entry.name)),
    }
}
