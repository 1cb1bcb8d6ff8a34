//! What can be asked for.

mod events;
mod page;
mod points;
mod studies;

use axum::Router;
use axum::routing::get;

use crate::shared::Shared;

/// All addresses; the same are in `assets/openapi.json`.
pub(crate) fn all() -> Router<Shared> {
    Router::new()
        .route("/", get(page::index))
        .route("/app.js", get(page::script))
        .route("/style.css", get(page::style))
        .route("/icon.svg", get(page::icon))
        .route("/api/openapi.json", get(page::openapi))
        .route("/api/studies", get(studies::list))
        .route("/api/studies/{id}", get(studies::one))
        .route("/api/studies/{id}/documents/{kind}", get(studies::document))
        .route("/api/studies/{id}/metrics", get(studies::metrics))
        .route("/api/studies/{id}/diagrams", get(studies::diagrams))
        .route("/api/studies/{id}/report", get(studies::report))
        .route("/api/studies/{id}/epochs", get(points::epochs))
        .route("/api/studies/{id}/points", get(points::layer))
        .route("/api/studies/{id}/pictures/{index}", get(points::picture))
        .route("/api/events", get(events::stream))
}
