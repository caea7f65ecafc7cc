//! Every setting, what it came to and where that was said: for `--dry-run`, as a table or as JSON.

use serde_json::{Map, Value, json};

use super::{Resolver, SETTINGS, Setting, Settings, Task};
use crate::{
    code::Origins,
    failure::Failure,
    inquiry::{Form, Inquiry},
    message::{printable, printable_json},
    origin::{Origin, Sourced},
    session::{Method, Mfa, Role},
    sts::ProxyUrl,
};

/// A setting: its name for programs and for people, its value, where that is from.
pub(super) struct Row {
    id: &'static str,
    name: &'static str,
    value: String,
    origin: String,
}

/// The report on these rows: a table, or `{"settings": {"region": {"value": …, "origin": …}, …}}`.
pub(super) fn report(rows: &[Row], form: Form) -> String {
    match form {
        Form::Json => {
            let settings = rows.iter().map(|row| {
                (row.id.to_owned(), json!({ "value": row.value, "origin": row.origin }))
            });
            let settings = Value::Object(settings.collect::<Map<_, _>>());
            printable_json(&format!("{:#}\n", json!({ "settings": settings })))
        }
        Form::Text => {
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

impl Resolver<'_> {
    /// The settings that concern the task, in the order of the manual, behind the key that signs.
    pub(super) fn rows(&self, settings: &Settings) -> Result<Vec<Row>, Failure> {
        let task = &settings.task;
        let key = key(task).map(|(id, origin)| Row {
            id: "access_key_id",
            name: "access key id",
            value: id.to_owned(),
            origin: origin.to_string(),
        });
        let concerned = SETTINGS.iter().filter(|setting| concerns(setting.id, task));
        let others = concerned.map(|setting| self.row(settings, setting));
        key.map(Ok).into_iter().chain(others).collect()
    }

    fn row(&self, settings: &Settings, setting: &'static Setting) -> Result<Row, Failure> {
        let Settings { endpoints, task, .. } = settings;
        let said = match recipe(task) {
            Some(Method::Roles(roles, _)) if OF_A_ROLE.contains(&setting.id) => {
                of_role(roles.wanted(), setting.id)
            }
            // Behind a role, the flag is the role's.
            Some(Method::Roles(..)) if setting.id == "duration" => {
                let lifetime = mfa(task).map(|mfa| mfa.lifetime.clone());
                let said = lifetime.filter(|lifetime| lifetime.origin != Origin::Default);
                said.map(|said| said.map(|lifetime| format!("{}s", lifetime.seconds())))
            }
            None | Some(Method::Mfa(_)) => self.said(setting)?,
            Some(_) if setting.id == "session_profile" => self.said_session_profile()?,
            Some(_) => self.said(setting)?,
        };
        let resolved = |value: String| match &said {
            Some(said) => Sourced { value, origin: said.origin.clone() },
            None => Sourced::default(value),
        };
        let shown = match setting.id {
            "code" => self.code_row(task),
            "session_profile" => resolved(match task {
                Task::Deliver(job) => job.place.profile.to_string(),
                Task::Inquire(_) => String::new(),
            }),
            "region" => endpoints.region.clone().map(|region| region.to_string()),
            "endpoint" => endpoints.sts.clone().map(|endpoint| endpoint.url().to_string()),
            "iam_endpoint" => endpoints.iam.clone().map(|endpoint| endpoint.url().to_string()),
            "credentials_file" => resolved(self.profiles.credentials_file().display().to_string()),
            "config_file" => resolved(self.profiles.config_file().display().to_string()),
            "code_command" | "totp_seed" if said.is_some() => {
                said.map_or(Sourced::default(String::new()), |it| it.map(|_| "not shown".into()))
            }
            // There may be a password in it.
            "https_proxy" | "http_proxy" if said.is_some() => {
                let url = said.map(Sourced::parse::<ProxyUrl>).transpose();
                let shown = |url: ProxyUrl| url.to_string();
                url.ok().flatten().map_or(Sourced::default("unused".into()), |url| url.map(shown))
            }
            _ => said.unwrap_or_else(|| Sourced::default(setting.default.replace('`', ""))),
        };
        let Sourced { value, origin } = shown;
        Ok(Row { id: setting.id, name: setting.name, value, origin: origin.to_string() })
    }

    fn code_row(&self, task: &Task) -> Sourced<String> {
        let typed = self.cli.mfa.code.is_some();
        let seed = Origin::Variable("MFA_SESSION_TOTP_SEED");
        let flag = Origin::Flag("--code");
        let given = if typed { flag.clone() } else { Origin::Variable("MFA_SESSION_CODE") };
        let (value, origin) = match mfa(task).map(|mfa| &mfa.code) {
            Some(Origins::Sourced(_)) => ("given, and not shown", given),
            Some(Origins::Stdin) => ("read from standard input", flag),
            Some(Origins::Command(command)) => ("printed by a command", command.origin.clone()),
            Some(Origins::Totp(_)) => ("made from the device's seed", seed),
            Some(Origins::Terminal(_)) | None => ("asked on the terminal", Origin::Default),
            Some(Origins::Nowhere(origin)) => ("never asked", origin.clone()),
        };
        Sourced { value: value.to_owned(), origin }
    }
}

/// How the session is got, if one is wanted.
fn recipe(task: &Task) -> Option<&Method> {
    match task {
        Task::Deliver(job) => Some(&job.recipe),
        Task::Inquire(_) => None,
    }
}

/// What was said of a role that is to be assumed.
fn of_role(role: &Role, id: &str) -> Option<Sourced<String>> {
    let text = |text: &str| text.to_owned();
    let said = match id {
        "role_arn" => Some(role.arn.clone().map(|arn| arn.to_string())),
        "duration_seconds" => Some(role.lifetime.clone().map(|it| format!("{}s", it.seconds()))),
        "role_session_name" => role.session_name.clone().map(|it| it.map(|it| text(it.as_str()))),
        "external_id" => role.external_id.clone().map(|it| it.map(|it| text(it.as_str()))),
        _ => role.source_identity.clone().map(|it| it.map(|it| text(it.as_str()))),
    };
    said.filter(|said| said.origin != Origin::Default)
}

/// The part for which a code is needed, if there is one.
fn mfa(task: &Task) -> Option<&Mfa> {
    match recipe(task)? {
        Method::Mfa(mfa) => Some(mfa),
        Method::Roles(_, job) => match &job.recipe {
            Method::Mfa(mfa) => Some(mfa),
            _ => None,
        },
        _ => None,
    }
}

/// The id of the key that signs, if there is one, and where it stands.
fn key(task: &Task) -> Option<(&str, &Origin)> {
    if let Task::Inquire(Inquiry { caller, .. }) = task {
        return Some((&caller.value.0.id, &caller.origin));
    }
    let key = match recipe(task)? {
        Method::Federation(federation) => &federation.key,
        _ => &mfa(task)?.key,
    };
    Some((&key.value.id, &key.origin))
}

/// Whether a task has to do with a setting; with those of the connection, all have.
fn concerns(id: &str, task: &Task) -> bool {
    let is_common = !OF_SESSIONS.contains(&id) && !OF_MFA.contains(&id) && !of_roles(id);
    let own: &[&str] = match recipe(task) {
        None => &[],
        Some(Method::Mfa(_)) => &["session_profile", "min_remaining", "role_arn"],
        Some(Method::Roles(..)) => &OF_ROLES,
        Some(Method::Federation(_)) => &["session_profile", "duration"],
        Some(Method::WebIdentity(_)) => &OF_WEB_IDENTITY,
        Some(Method::Saml(_)) => &OF_SAML,
    };
    is_common || own.contains(&id) || mfa(task).is_some() && OF_MFA.contains(&id)
}

fn of_roles(id: &str) -> bool {
    [&OF_ROLES[..], &OF_WEB_IDENTITY, &OF_SAML].iter().any(|ids| ids.contains(&id))
}

const OF_SESSIONS: [&str; 2] = ["session_profile", "min_remaining"];
const OF_MFA: [&str; 7] =
    ["serial", "code", "code_command", "totp_seed", "duration", "no_prompt", "iam_endpoint"];
const OF_A_ROLE: [&str; 5] =
    ["role_arn", "duration_seconds", "role_session_name", "external_id", "source_identity"];
const OF_ROLES: [&str; 7] = [
    "session_profile",
    "min_remaining",
    "role_arn",
    "duration_seconds",
    "role_session_name",
    "external_id",
    "source_identity",
];
const OF_WEB_IDENTITY: [&str; 7] = [
    "session_profile",
    "min_remaining",
    "web_identity_role_arn",
    "web_identity_session_name",
    "web_identity_token_file",
    "audience",
    "duration_seconds",
];
const OF_SAML: [&str; 5] =
    ["session_profile", "role_arn", "principal_arn", "assertion_file", "duration_seconds"];
