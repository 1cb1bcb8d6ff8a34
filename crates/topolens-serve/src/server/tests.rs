//! Requests as browsers and others send them.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, COOKIE, HOST, LOCATION, ORIGIN,
    SET_COOKIE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, StatusCode};
use tower::ServiceExt;

use super::router;
use crate::guard::Guard;
use crate::library::Library;
use crate::library::tests::write_profile;

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

fn page() -> (tempfile::TempDir, Router) {
    let root = tempfile::tempdir().unwrap();
    write_profile(&root.path().join("a"), "resnet8");
    std::fs::write(root.path().join("a/report.html"), "<h1>it</h1>").unwrap();
    std::fs::write(root.path().join("a/metrics.jsonl"), "{\"epoch\":0}\nnonsense\n{\"epoch\":1}\n").unwrap();
    let diagrams = r#"{"layers": [{"layer": "block1", "epoch": 3, "diagrams": [{"dimension": 0, "intervals": [[0, 1]]}]}]}"#;
    std::fs::write(root.path().join("a/diagrams.json"), diagrams).unwrap();
    std::fs::write(root.path().join("secret.txt"), "secret").unwrap();
    let library = Library::new(&[root.path().join("a")]).unwrap();
    (root, router(library, 100, Guard { token: TOKEN.to_owned(), port: 7 }))
}

fn request(path: &str) -> axum::http::request::Builder {
    Request::builder().uri(path).header(HOST, "127.0.0.1:7").header(AUTHORIZATION, format!("Bearer {TOKEN}"))
}

fn ask(page: &Router, request: Request) -> (StatusCode, HeaderMap, String) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let response = page.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, headers, String::from_utf8_lossy(&body).into_owned())
    })
}

fn status(page: &Router, request: axum::http::request::Builder) -> StatusCode {
    ask(page, request.body(Body::empty()).unwrap()).0
}

fn id(page: &Router) -> String {
    let (_, _, body) = ask(page, request("/api/studies").body(Body::empty()).unwrap());
    let found: serde_json::Value = serde_json::from_str(&body).unwrap();
    found["studies"][0]["id"].as_str().unwrap().to_owned()
}

#[test]
fn only_who_has_the_token_and_asks_this_machine_is_answered() {
    let (_root, page) = page();
    assert_eq!(status(&page, request("/api/studies")), StatusCode::OK);
    let bare = || Request::builder().uri("/api/studies").header(HOST, "localhost:7");
    let (refused, headers, _) = ask(&page, bare().body(Body::empty()).unwrap());
    assert_eq!(
        (refused, &headers["www-authenticate"]),
        (StatusCode::UNAUTHORIZED, &"Bearer".parse().unwrap())
    );
    assert_eq!(status(&page, bare().header(AUTHORIZATION, "Bearer 0123")), StatusCode::UNAUTHORIZED);
    let wrong = TOKEN.replace('0', "1");
    assert_eq!(
        status(&page, bare().header(COOKIE, format!("topolens-token-7={wrong}"))),
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(
        status(&page, bare().header(COOKIE, format!("a=b; topolens-token-7={TOKEN}"))),
        StatusCode::OK
    );
    assert_eq!(
        status(&page, bare().header(COOKIE, format!("topolens-token-8={TOKEN}"))),
        StatusCode::UNAUTHORIZED
    );
    let named = |host: &str| {
        Request::builder().uri("/").header(HOST, host).header(AUTHORIZATION, format!("Bearer {TOKEN}"))
    };
    assert_eq!(status(&page, named("evil.example:7")), StatusCode::MISDIRECTED_REQUEST);
    assert_eq!(status(&page, named("[::1]:7")), StatusCode::OK);
    let from = |origin: &str| request("/api/studies").header(ORIGIN, origin);
    assert_eq!(status(&page, from("https://evil.example")), StatusCode::FORBIDDEN);
    assert_eq!(status(&page, from("http://127.0.0.1:7")), StatusCode::OK);
}

#[test]
fn the_token_in_the_address_becomes_a_cookie() {
    let (_root, page) = page();
    let enter = |token: &str, host: &str| {
        let request = Request::builder().uri(format!("/?token={token}")).header(HOST, host);
        ask(&page, request.body(Body::empty()).unwrap())
    };
    let (status, headers, _) = enter(TOKEN, "127.0.0.1:7");
    assert_eq!((status, headers[LOCATION].to_str().unwrap()), (StatusCode::SEE_OTHER, "/"));
    let cookie = headers[SET_COOKIE].to_str().unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    assert_eq!(enter("no", "127.0.0.1:7").0, StatusCode::UNAUTHORIZED);
    assert_eq!(enter(TOKEN, "evil.example:7").0, StatusCode::MISDIRECTED_REQUEST);
}

#[test]
fn nothing_is_written_and_nothing_else_is_read() {
    let (_root, page) = page();
    let id = id(&page);
    for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"] {
        assert_eq!(status(&page, request("/api/studies").method(method)), StatusCode::METHOD_NOT_ALLOWED);
    }
    let with_body = request("/api/studies").header(CONTENT_LENGTH, "5").body(Body::from("12345")).unwrap();
    assert_eq!(ask(&page, with_body).0, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(
        status(&page, request(&format!("/api/studies?{}", "a".repeat(3000)))),
        StatusCode::URI_TOO_LONG
    );
    for path in [
        "/api/studies/..%2f..%2fsecret.txt".to_owned(),
        format!("/api/studies/{id}/documents/..%2f..%2fsecret.txt"),
        format!("/api/studies/{id}/documents/run"),
        format!("/api/studies/{id}/diagrams?layer=none"),
        format!("/api/studies/{id}/points?epoch=1"),
        format!("/api/studies/{id}/pictures/0?epoch=1"),
        "/api/studies/ffffffffffffffff".to_owned(),
        "/secret.txt".to_owned(),
        "/../secret.txt".to_owned(),
    ] {
        assert_eq!(status(&page, request(&path)), StatusCode::NOT_FOUND, "{path}");
    }
    for path in [
        "diagrams",
        "diagrams?layer=a&epoch=-1",
        "points?epoch=x",
        "points?epoch=1&plane=umap",
        "pictures/-1?epoch=1",
    ] {
        let path = format!("/api/studies/{id}/{path}");
        assert_eq!(status(&page, request(&path)), StatusCode::BAD_REQUEST, "{path}");
    }
}

#[test]
fn a_study_and_its_parts_are_served_under_a_policy() {
    let (_root, page) = page();
    let id = id(&page);
    let get = |path: &str| ask(&page, request(path).body(Body::empty()).unwrap());
    let (status, headers, body) = get(&format!("/api/studies/{id}/documents/profile"));
    assert!(status == StatusCode::OK && body.contains("resnet8"));
    assert!(headers[CONTENT_SECURITY_POLICY].to_str().unwrap().starts_with("default-src 'none'"));
    assert_eq!(
        (&headers[X_CONTENT_TYPE_OPTIONS], &headers[CACHE_CONTROL]),
        (&"nosniff".parse().unwrap(), &"no-store".parse().unwrap())
    );
    let (_, headers, body) = get(&format!("/api/studies/{id}/report"));
    assert!(
        body.contains("<h1>it") && headers[CONTENT_SECURITY_POLICY].to_str().unwrap().starts_with("sandbox")
    );
    let metrics: serde_json::Value =
        serde_json::from_str(&get(&format!("/api/studies/{id}/metrics")).2).unwrap();
    assert_eq!(metrics["epochs"].as_array().unwrap().len(), 2);
    let diagrams = get(&format!("/api/studies/{id}/diagrams?layer=block1&epoch=3"));
    assert!(diagrams.0 == StatusCode::OK && diagrams.2.contains("intervals"));
    assert_eq!(get(&format!("/api/studies/{id}/diagrams?layer=block1&epoch=4")).0, StatusCode::NOT_FOUND);
    for (path, word) in [
        ("/", "<title>topolens"),
        ("/app.js", "EventSource"),
        ("/style.css", "prefers-color-scheme"),
        ("/api/openapi.json", "3.1.0"),
    ] {
        assert!(get(path).2.contains(word), "{path}");
    }
}

#[test]
fn every_address_is_described() {
    let described: serde_json::Value =
        serde_json::from_str(include_str!("../../assets/openapi.json")).unwrap();
    let routes = include_str!("../routes/mod.rs");
    for path in described["paths"].as_object().unwrap().keys() {
        assert!(routes.contains(&format!("\"{path}\"")), "{path}");
    }
    let n_routes = routes.matches(".route(\"/api/").count();
    // Events are a stream, which this kind of description has no words for.
    assert_eq!(described["paths"].as_object().unwrap().len(), n_routes - 1);
}
