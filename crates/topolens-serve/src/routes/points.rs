//! Points of clouds and the pictures behind them.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use tokio::task::spawn_blocking;

use super::studies::{Answer, NOT_FOUND, find};
use crate::library::Study;
use crate::points::State as Progress;
use crate::shared::Shared;

#[derive(Deserialize)]
pub(super) struct Place {
    layer: Option<String>,
    epoch: usize,
    #[serde(default)]
    plane: Plane,
}

/// Which plane points are shown in.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Plane {
    /// That of the two widest directions.
    #[default]
    Widest,
    /// One in which neighbours stay neighbours.
    TSne,
}

pub(super) async fn epochs(State(shared): State<Shared>, Path(id): Path<String>) -> Answer {
    let study = find(shared, id).await?;
    let epochs = spawn_blocking(move || crate::points::epochs(&study.folder)).await.unwrap_or_default();
    Ok(Json(json!({ "epochs": epochs })).into_response())
}

/// The points of a layer, of the last one without a name. 202 while they are made: ask again.
pub(super) async fn layer(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    Query(place): Query<Place>,
) -> Answer {
    let study = find(shared.clone(), id).await?;
    if !study.has_points || !has_epoch(&study, place.epoch).await {
        let folder = study.folder.clone();
        let damage = spawn_blocking(move || crate::points::damage(&folder)).await.unwrap_or_default();
        return damage.map_or(Err(NOT_FOUND), |reason| Ok(failed(&reason)));
    }
    let sheet = match ready(shared.atlas.sheet(&study.folder, place.epoch)) {
        Ok(sheet) => sheet,
        Err(answer) => return Ok(*answer),
    };
    let names: Vec<&str> = sheet.layers.iter().map(|layer| layer.layer.as_str()).collect();
    let found = match &place.layer {
        Some(name) => sheet.layers.iter().find(|layer| layer.layer == *name).ok_or(NOT_FOUND)?,
        None => sheet.layers.last().ok_or(NOT_FOUND)?,
    };
    let mut points = json!(found);
    if place.plane == Plane::TSne {
        match ready(shared.atlas.neighborhood(&study.folder, place.epoch, &found.layer)) {
            Ok(places) => {
                points["places"] = json!(*places);
                points["shown"] = json!(null);
            }
            Err(answer) => return Ok(*answer),
        }
    }
    let answer = json!({
        "state": "ready",
        "layers": names,
        "points": points,
        "labels": sheet.labels,
        "class_names": sheet.class_names,
        "has_pictures": sheet.pictures.are_known(),
    });
    Ok(Json(answer).into_response())
}

/// Whether the run has a checkpoint of `epoch`; what is not there shall not push out what was made.
async fn has_epoch(study: &Study, epoch: usize) -> bool {
    let folder = study.folder.clone();
    spawn_blocking(move || crate::points::epochs(&folder).contains(&epoch)).await.unwrap_or_default()
}

/// What was made, or what to answer as long as it is not.
fn ready<T>(state: Progress<T>) -> Result<Arc<T>, Box<Response>> {
    match state {
        Progress::Ready(made) => Ok(made),
        Progress::Making => {
            Err(Box::new((StatusCode::ACCEPTED, Json(json!({ "state": "making" }))).into_response()))
        }
        Progress::Failed(reason) => Err(Box::new(failed(&reason))),
    }
}

/// What cannot be made, and why.
fn failed(reason: &str) -> Response {
    let answer = Json(json!({ "state": "failed", "reason": reason }));
    (StatusCode::UNPROCESSABLE_ENTITY, answer).into_response()
}

#[derive(Deserialize)]
pub(super) struct When {
    epoch: usize,
}

/// The picture behind a point as PNG.
pub(super) async fn picture(
    State(shared): State<Shared>,
    Path((id, index)): Path<(String, usize)>,
    Query(when): Query<When>,
) -> Answer {
    let study = find(shared.clone(), id).await?;
    if !has_epoch(&study, when.epoch).await {
        return Err(NOT_FOUND);
    }
    let Progress::Ready(sheet) = shared.atlas.sheet(&study.folder, when.epoch) else { return Err(NOT_FOUND) };
    let png = sheet.pictures.png(index).ok_or(NOT_FOUND)?;
    Ok(([(CONTENT_TYPE, "image/png")], png).into_response())
}
