//! Who may ask, and what the answers forbid.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, COOKIE, HOST, LOCATION, ORIGIN,
    REFERRER_POLICY, SET_COOKIE, TRANSFER_ENCODING, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use std::sync::Arc;

/// Longer addresses are no address of this page.
const LONGEST: usize = 2048;
const COOKIE_NAME: &str = "topolens-token";
/// Only what comes from the page itself is loaded or run.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

/// What is asked of a request.
#[derive(Debug)]
pub(crate) struct Guard {
    /// The secret in the address that the user was told.
    pub(crate) token: String,
    /// The port, by which the names of this machine are known.
    pub(crate) port: u16,
}

impl Guard {
    /// Why a request is refused, if it is.
    fn refusal(&self, request: &Request) -> Option<(StatusCode, &'static str)> {
        let headers = request.headers();
        if request.uri().path_and_query().is_some_and(|path| path.as_str().len() > LONGEST) {
            return Some((StatusCode::URI_TOO_LONG, "the address is too long"));
        }
        if request.method() != Method::GET && request.method() != Method::HEAD {
            return Some((StatusCode::METHOD_NOT_ALLOWED, "everything here is read only"));
        }
        let has_body = headers.get(CONTENT_LENGTH).is_some_and(|length| length != "0");
        if has_body || headers.contains_key(TRANSFER_ENCODING) {
            return Some((StatusCode::PAYLOAD_TOO_LARGE, "a request has no body here"));
        }
        if !self.is_own_host(headers) {
            return Some((StatusCode::MISDIRECTED_REQUEST, "only the names of this machine are answered"));
        }
        if !self.is_own_origin(headers) {
            return Some((StatusCode::FORBIDDEN, "pages of other origins may not ask"));
        }
        (!self.has_token(headers))
            .then_some((StatusCode::UNAUTHORIZED, "open the address that `topolens serve` printed"))
    }

    fn own_names(&self) -> [String; 3] {
        ["127.0.0.1", "localhost", "[::1]"].map(|name| format!("{name}:{}", self.port))
    }

    /// A page elsewhere may let its own name lead here; it is told by that name.
    fn is_own_host(&self, headers: &HeaderMap) -> bool {
        let host = headers.get(HOST).and_then(|host| host.to_str().ok());
        host.is_some_and(|host| self.own_names().iter().any(|own| host.eq_ignore_ascii_case(own)))
    }

    fn is_own_origin(&self, headers: &HeaderMap) -> bool {
        let Some(origin) = headers.get(ORIGIN) else { return true };
        let origin = origin.to_str().unwrap_or_default();
        self.own_names().iter().any(|own| origin == format!("http://{own}"))
    }

    fn has_token(&self, headers: &HeaderMap) -> bool {
        let bearer =
            headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut own = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|cookie| {
            let (name, value) = cookie.trim().split_once('=')?;
            (name == self.cookie_name()).then_some(value)
        });
        bearer.is_some_and(|given| self.is_token(given)) || own.any(|given| self.is_token(given))
    }

    /// Cookies do not know ports; two servers shall not take each other's.
    fn cookie_name(&self) -> String {
        format!("{COOKIE_NAME}-{}", self.port)
    }

    /// In the same time whatever is given.
    fn is_token(&self, given: &str) -> bool {
        let differences = given.bytes().zip(self.token.bytes()).fold(0, |sum, (a, b)| sum | (a ^ b));
        given.len() == self.token.len() && differences == 0
    }

    /// The token in the address becomes a cookie, so that it is in no history and no referrer.
    fn welcome(&self, request: &Request) -> Option<Response> {
        let query = request.uri().query()?;
        let given = query.split('&').find_map(|pair| pair.strip_prefix("token="))?;
        let may_enter = request.uri().path() == "/" && request.method() == Method::GET;
        if !may_enter || !self.is_own_host(request.headers()) || !self.is_token(given) {
            return None;
        }
        let cookie = format!("{}={}; HttpOnly; SameSite=Strict; Path=/", self.cookie_name(), self.token);
        Some((StatusCode::SEE_OTHER, [(SET_COOKIE, cookie), (LOCATION, "/".to_owned())]).into_response())
    }
}

/// Lets a request through or refuses it, and tells the browser what it may do with the answer.
pub(crate) async fn guard(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    let mut response = match (guard.welcome(&request), guard.refusal(&request)) {
        (Some(welcome), _) => welcome,
        (None, Some((status, reason))) => (status, reason).into_response(),
        (None, None) => next.run(request).await,
    };
    protect(&mut response);
    response
}

fn protect(response: &mut Response<Body>) {
    let is_unknown = response.status() == StatusCode::UNAUTHORIZED;
    let headers = response.headers_mut();
    if is_unknown {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    let set = |headers: &mut HeaderMap, name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(headers, CONTENT_SECURITY_POLICY, POLICY);
    set(headers, X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(headers, REFERRER_POLICY, "no-referrer");
    set(headers, CACHE_CONTROL, "no-store");
    set(headers, HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(headers, HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
}
