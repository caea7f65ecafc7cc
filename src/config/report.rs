//! The record of a resolver: each setting with its value and origin, as a table or as JSON.

use serde_json::{Map, Value, json};

use crate::{
    message::{printable, printable_json},
    origin::Origin,
    settings::{SETTINGS, Setting},
};

/// The settings that were resolved so far.
#[derive(Default)]
pub(super) struct Record(Vec<Row>);

struct Row {
    setting: &'static Setting,
    value: String,
    origin: String,
}

impl Record {
    /// Adds a setting or replaces it.
    pub(super) fn set(&mut self, setting: &'static Setting, value: String, origin: &Origin) {
        let row = Row { setting, value, origin: origin.to_string() };
        match self.0.iter_mut().find(|old| old.setting.id == setting.id) {
            Some(old) => *old = row,
            None => self.0.push(row),
        }
    }

    /// A table in the order of the manual, or
    /// `{"settings": {"region": {"value": …, "origin": …}, …}}`.
    pub(super) fn text(&self, as_json: bool) -> String {
        if as_json {
            let settings = self.0.iter().map(|row| {
                let Row { setting, value, origin } = row;
                (setting.id.to_owned(), json!({ "value": value, "origin": origin }))
            });
            let settings = Value::Object(settings.collect::<Map<_, _>>());
            return printable_json(&format!("{:#}\n", json!({ "settings": settings })));
        }
        let mut rows: Vec<&Row> = self.0.iter().collect();
        rows.sort_by_key(|row| SETTINGS.iter().position(|known| known.id == row.setting.id));
        let width = |text: fn(&Row) -> &str| {
            rows.iter().map(|row| text(row).chars().count()).max().unwrap_or_default()
        };
        let (names, values) = (width(|row| row.setting.name), width(|row| &row.value));
        let line = |Row { setting, value, origin }: &Row| {
            let line = format!("{:names$}  {value:values$}  {origin}", setting.name);
            format!("{}\n", printable(&line))
        };
        rows.into_iter().map(line).collect()
    }
}
