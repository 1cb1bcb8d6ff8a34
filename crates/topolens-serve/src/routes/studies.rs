//! Studies and their documents.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::task::spawn_blocking;

use crate::library::Study;
use crate::shared::Shared;

/// The page of a study may style itself, run its script, show its own pictures and save them, and nothing else.
const REPORT_POLICY: &str = "sandbox allow-scripts allow-downloads; default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";

pub(super) type Answer = Result<Response, (StatusCode, &'static str)>;

/// Nothing at that address.
pub(super) const NOT_FOUND: (StatusCode, &str) =
    (StatusCode::NOT_FOUND, "there is no such study, document or layer");
const UNREADABLE: (StatusCode, &str) = (StatusCode::INTERNAL_SERVER_ERROR, "the file cannot be read");

pub(super) async fn list(State(shared): State<Shared>) -> Answer {
    let studies = spawn_blocking(move || shared.library.studies()).await.map_err(|_| UNREADABLE)?;
    let studies: Vec<&Study> = studies.iter().map(AsRef::as_ref).collect();
    Ok(Json(json!({ "studies": studies })).into_response())
}

pub(super) async fn one(State(shared): State<Shared>, Path(id): Path<String>) -> Answer {
    Ok(Json(json!(*find(shared, id).await?)).into_response())
}

pub(super) async fn document(
    State(shared): State<Shared>,
    Path((id, kind)): Path<(String, String)>,
) -> Answer {
    let path = find(shared, id).await?.document(&kind).ok_or(NOT_FOUND)?;
    let text = read(path).await?;
    Ok(([(CONTENT_TYPE, "application/json")], text).into_response())
}

/// The lines of `metrics.jsonl` as a list.
pub(super) async fn metrics(State(shared): State<Shared>, Path(id): Path<String>) -> Answer {
    let path = find(shared, id).await?.folder.join("metrics.jsonl");
    let text = read(path).await?;
    let lines: Vec<Value> =
        text.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect();
    Ok(Json(json!({ "epochs": lines })).into_response())
}

#[derive(Deserialize)]
pub(super) struct Place {
    layer: String,
    epoch: Option<usize>,
}

/// The diagrams of one layer.
pub(super) async fn diagrams(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    Query(place): Query<Place>,
) -> Answer {
    let path = find(shared, id).await?.document("diagrams").ok_or(NOT_FOUND)?;
    let text = read(path).await?;
    let found = spawn_blocking(move || {
        let document: Value = serde_json::from_slice(&text).ok()?;
        let layers = document["layers"].as_array()?;
        let is_it = |layer: &&Value| {
            let epoch = layer["epoch"].as_u64().map(|epoch| epoch as usize);
            layer["layer"] == place.layer.as_str() && (place.epoch.is_none() || place.epoch == epoch)
        };
        layers.iter().find(is_it).cloned()
    });
    let found = found.await.map_err(|_| UNREADABLE)?.ok_or(NOT_FOUND)?;
    Ok(Json(found).into_response())
}

pub(super) async fn report(State(shared): State<Shared>, Path(id): Path<String>) -> Answer {
    let study = find(shared, id).await?;
    if !study.has_report {
        return Err(NOT_FOUND);
    }
    let text = read(study.folder.join("report.html")).await?;
    let headers = [(CONTENT_TYPE, "text/html; charset=utf-8"), (CONTENT_SECURITY_POLICY, REPORT_POLICY)];
    Ok((headers, text).into_response())
}

pub(super) async fn find(shared: Shared, id: String) -> Result<Arc<Study>, (StatusCode, &'static str)> {
    let found = spawn_blocking(move || shared.library.study(&id)).await.map_err(|_| UNREADABLE)?;
    found.ok_or(NOT_FOUND)
}

async fn read(path: PathBuf) -> Result<Vec<u8>, (StatusCode, &'static str)> {
    tokio::fs::read(path)
        .await
        .map_err(|error| if error.kind() == std::io::ErrorKind::NotFound { NOT_FOUND } else { UNREADABLE })
}
