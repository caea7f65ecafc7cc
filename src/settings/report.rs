//! Every setting, what it came to and where that was said: for `--dry-run`, as a table or as JSON.

use serde_json::{Map, Value, json};

use super::{Lookup, SETTINGS, Setting, Settings};
use crate::{
    code::Origins,
    failure::Failure,
    message::printable,
    origin::{Given, Origin},
    sts::ProxyUrl,
};

/// How a report is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// In columns.
    Table,
    /// `{"settings": {"region": {"value": …, "origin": …}, …}}`
    Json,
}

/// A setting: its name for programs and for people, its value, where that is from.
pub(super) struct Row {
    id: &'static str,
    name: &'static str,
    value: String,
    origin: String,
}

/// The report on these rows.
pub(super) fn report(rows: &[Row], form: Form) -> String {
    match form {
        Form::Json => {
            let settings = rows.iter().map(|row| {
                (row.id.to_owned(), json!({ "value": row.value, "origin": row.origin }))
            });
            let settings = Value::Object(settings.collect::<Map<_, _>>());
            format!("{:#}\n", json!({ "settings": settings }))
        }
        Form::Table => {
            let width = |text: fn(&Row) -> &str| {
                rows.iter().map(|row| text(row).chars().count()).max().unwrap_or_default()
            };
            let (names, values) = (width(|row| row.name), width(|row| &row.value));
            let lines = rows.iter().map(|Row { name, value, origin, .. }| {
                let line = format!("{name:names$}  {value:values$}  {origin}");
                format!("{}\n", printable(&line))
            });
            lines.collect()
        }
    }
}

impl Lookup<'_> {
    /// All settings, in the order of the manual, behind the key that signs.
    pub(super) fn rows(&self, settings: &Settings) -> Result<Vec<Row>, Failure> {
        let key = Row {
            id: "access_key_id",
            name: "access key id",
            value: settings.key.value.id.clone(),
            origin: settings.key.origin.to_string(),
        };
        let others = SETTINGS.iter().map(|setting| self.row(settings, setting));
        std::iter::once(Ok(key)).chain(others).collect()
    }

    fn row(&self, settings: &Settings, setting: &'static Setting) -> Result<Row, Failure> {
        let Settings { endpoints, place, .. } = settings;
        let said = self.said(setting)?;
        let resolved = |value: String| match &said {
            Some(said) => Given { value, origin: said.origin.clone() },
            None => Given::default(value),
        };
        let shown = match setting.id {
            "code" => self.code_row(settings),
            "session_profile" => resolved(place.profile.to_string()),
            "region" => endpoints.region.clone().map(|region| region.to_string()),
            "endpoint" => endpoints.sts.clone().map(|endpoint| endpoint.url().to_string()),
            "iam_endpoint" => endpoints.iam.clone().map(|endpoint| endpoint.url().to_string()),
            "credentials_file" => resolved(self.profiles.credentials_file().display().to_string()),
            "config_file" => resolved(self.profiles.config_file().display().to_string()),
            // There may be a password in it.
            "https_proxy" | "http_proxy" if said.is_some() => {
                let url = said.map(Given::parse::<ProxyUrl>).transpose();
                let shown = |url: ProxyUrl| url.to_string();
                url.ok().flatten().map_or(Given::default("unused".into()), |url| url.map(shown))
            }
            _ => said.unwrap_or_else(|| Given::default(setting.default.replace('`', ""))),
        };
        let Given { value, origin } = shown;
        Ok(Row { id: setting.id, name: setting.name, value, origin: origin.to_string() })
    }

    fn code_row(&self, settings: &Settings) -> Given<String> {
        let typed = self.cli.code.is_some();
        let flag = Origin::Flag("--code");
        let given = if typed { flag.clone() } else { Origin::Variable("MFA_SESSION_CODE") };
        let (value, origin) = match &settings.code {
            Origins::Given(_) => ("given, and not shown", given),
            Origins::Stdin => ("read from standard input", flag),
            Origins::Terminal(_) => ("asked on the terminal", Origin::Default),
            Origins::Nowhere(origin) => ("never asked", origin.clone()),
        };
        Given { value: value.to_owned(), origin }
    }
}
