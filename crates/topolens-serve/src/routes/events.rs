//! What happens in runs that are being trained.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use serde_json::json;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use crate::library::stamp;
use crate::shared::Shared;

const PACE: Duration = Duration::from_secs(1);

/// Tells `{ "id": … }` of every study whose metrics grew, as server-sent events named `metrics`.
pub(super) async fn stream(
    State(shared): State<Shared>,
) -> Sse<impl futures_core::Stream<Item = Result<Event, Infallible>>> {
    let (sender, receiver) = mpsc::channel(16);
    tokio::spawn(async move {
        let mut seen = BTreeMap::new();
        let mut is_first = true;
        while !sender.is_closed() {
            let library = std::sync::Arc::clone(&shared.library);
            let Ok(now) = spawn_blocking(move || lengths(&library)).await else { break };
            for (id, length) in &now {
                let grew = seen.get(id).is_none_or(|before| before != length);
                let event = Event::default().event("metrics").data(json!({ "id": id }).to_string());
                if grew && !is_first && sender.send(Ok(event)).await.is_err() {
                    return;
                }
            }
            (seen, is_first) = (now, false);
            tokio::time::sleep(PACE).await;
        }
    });
    Sse::new(Received { receiver }).keep_alive(KeepAlive::default())
}

fn lengths(library: &crate::library::Library) -> BTreeMap<String, u64> {
    let studies = library.studies();
    let length = |study: &std::sync::Arc<crate::library::Study>| {
        let (_, length) = stamp(&study.folder.join("metrics.jsonl"))?;
        Some((study.id.clone(), length))
    };
    studies.iter().filter_map(length).collect()
}

/// A channel as a stream.
struct Received {
    receiver: mpsc::Receiver<Result<Event, Infallible>>,
}

impl futures_core::Stream for Received {
    type Item = Result<Event, Infallible>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        self.receiver.poll_recv(context)
    }
}
