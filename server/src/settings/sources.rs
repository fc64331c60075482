//! Where settings come from, in order of precedence.

use std::collections::BTreeMap;
use std::path::Path;

use super::{KEYS, SettingsError};

/// Variables with our prefix that are not settings: scripts and tests use them.
const FOREIGN: [&str; 4] = ["GUANXI_BINARY", "GUANXI_API", "GUANXI_SHARED_DATA", "GUANXI_ADVISORY_DB"];

/// A value and where it was set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// As written.
    pub text: String,
    /// For messages: `--listen`, `GUANXI_LISTEN`, the file.
    pub place: String,
}

/// The settings as written, the strongest source of each.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    values: BTreeMap<&'static str, Value>,
}

impl Sources {
    /// Puts the sources together. `flags` holds what the command line set.
    ///
    /// # Errors
    /// Unknown keys, and a file that cannot be read.
    pub fn gather(
        flags: BTreeMap<&'static str, String>,
        environment: impl Iterator<Item = (String, String)>,
        file: Option<&Path>,
    ) -> Result<Self, SettingsError> {
        let mut sources = Self::default();
        for (name, text) in flags {
            sources.values.insert(name, Value { text, place: format!("--{name}") });
        }
        let mut config = file.map(|it| it.to_string_lossy().into_owned());
        for (variable, text) in environment.filter(|(it, _)| it.starts_with("GUANXI_")) {
            if FOREIGN.contains(&variable.as_str()) || variable.starts_with("GUANXI_TEST_") {
                continue;
            }
            if variable == "GUANXI_CONFIG" {
                config = config.or(Some(text));
                continue;
            }
            let name = KEYS.iter().map(|it| it.name).find(|name| environment_name(name) == variable);
            let name = name.ok_or_else(|| SettingsError::Unknown { key: variable.clone(), place: "the environment".into() })?;
            sources.values.entry(name).or_insert(Value { text, place: variable });
        }
        if let Some(path) = config {
            sources.add_file(&path)?;
        }
        for key in &KEYS {
            if let Some(default) = key.default {
                sources.values.entry(key.name).or_insert(Value { text: default.into(), place: "default".into() });
            }
        }
        Ok(sources)
    }

    fn add_file(&mut self, path: &str) -> Result<(), SettingsError> {
        let failed = |reason: String| SettingsError::File { path: path.to_owned(), reason };
        let text = std::fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| failed(error.to_string()))?;
        for (key, value) in table {
            let name = KEYS.iter().map(|it| it.name).find(|name| **name == key);
            let name = name.ok_or_else(|| SettingsError::Unknown { key: key.clone(), place: path.to_owned() })?;
            let text = match value {
                toml::Value::String(text) => text,
                toml::Value::Integer(number) => number.to_string(),
                toml::Value::Boolean(flag) => flag.to_string(),
                other => {
                    let reason = format!("must be a text, a number or true/false, not {}", other.type_str());
                    return Err(SettingsError::Wrong { key, place: path.to_owned(), reason });
                }
            };
            self.values.entry(name).or_insert(Value { text, place: path.to_owned() });
        }
        Ok(())
    }

    /// The value of a key.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(|it| it.text.as_str())
    }

    /// Where it was set.
    pub fn place(&self, key: &str) -> String {
        self.values.get(key).map_or_else(|| "not set".to_owned(), |it| it.place.clone())
    }
}

/// The environment variable of a key.
pub fn environment_name(key: &str) -> String {
    format!("GUANXI_{}", key.to_ascii_uppercase().replace('-', "_"))
}
