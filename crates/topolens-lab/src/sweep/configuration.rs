//! One network of a sweep.

use toml::{Table, Value};

/// The settings of one network.
#[derive(Debug, Clone, PartialEq)]
pub struct Configuration {
    /// What it varies, and a checksum of all settings: the same settings have the same name.
    pub name: String,
    /// Settings of `topolens train`, a key for each flag.
    pub settings: Table,
}

impl Configuration {
    /// What all networks share with what is `own`; the name tells the settings in `varied`.
    pub(super) fn new(shared: &Table, own: Table, varied: &[String]) -> Self {
        let mut settings = shared.clone();
        settings.extend(own);
        let sum = blake3::hash(settings.to_string().as_bytes()).to_hex();
        let mut parts: Vec<String> = varied.iter().filter_map(|key| part(key, settings.get(key)?)).collect();
        parts.push(sum[..6].to_owned());
        Self { name: parts.join("_"), settings }
    }

    /// The same text for the same settings, however they are written.
    pub(super) fn canonical(&self) -> String {
        // These two give no flag.
        let is_none = |value: &Value| {
            matches!(value, Value::Boolean(false)) || value.as_array().is_some_and(Vec::is_empty)
        };
        let given = self.settings.iter().filter(|(_, value)| !is_none(value));
        given.map(|(key, value)| format!("{key}={}\n", canonical(value))).collect::<Vec<_>>().concat()
    }

    /// The level of a setting as text, if it is set.
    pub fn level(&self, key: &str) -> Option<String> {
        self.settings.get(key).map(text_of)
    }
}

/// A setting as text: items of a list are joined by `+`, an empty list is `none`.
pub fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) if items.is_empty() => "none".to_owned(),
        Value::Array(items) => items.iter().map(text_of).collect::<Vec<_>>().join("+"),
        other => other.to_string(),
    }
}

/// The items that a setting gives, numbers as the shortest text that reads back as them.
fn canonical(value: &Value) -> String {
    match value {
        Value::Array(items) => items.iter().map(canonical).collect::<Vec<_>>().join(","),
        Value::String(text) => text.split(',').map(number_or_text).collect::<Vec<_>>().join(","),
        other => number_or_text(&other.to_string()),
    }
}

/// Whole numbers are kept digit by digit: seeds have more digits than a float.
fn number_or_text(text: &str) -> String {
    let whole = || text.parse::<i128>().ok().map(|number| number.to_string());
    let real = || text.parse::<f64>().ok().map(|number| number.to_string());
    whole().or_else(real).unwrap_or_else(|| text.to_owned())
}

/// A setting as part of a folder's name; architecture and data speak for themselves.
fn part(key: &str, value: &Value) -> Option<String> {
    let text = text_of(value);
    let text = match (key, text.as_str()) {
        ("net", _) => text,
        ("data", _) => text.rsplit('/').next()?.to_owned(),
        (_, "true") => key.to_owned(),
        (_, "false") => return None,
        _ => format!("{key}-{text}"),
    };
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-+.".contains(c);
    Some(text.chars().map(|c| if is_plain(c) { c } else { '-' }).collect())
}
