//! `mfa-session status`: shows the stored sessions and their time left.

mod table;

use std::{iter, process::ExitCode};

use clap::Args;
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::Run;
use crate::{
    config::{ActiveSession, Screen, active_session, requested_profile},
    context::Context,
    environment,
    failure::Failure,
    flags::{Json, ProfileFlag},
    message::{self, format_duration, printable, printable_json, round_to_minute},
    origin::Origin,
    output,
    profiles::StoredSession,
    session::{EXPIRES_SOON, Provenance},
    session_profile,
    sts::AccountId,
};
use table::{Cell, Style};

/// Show the stored sessions and their time left.
///
/// A star marks the active session: the session in the environment, unless `--profile` is given, or
/// else the session of the profile. It comes first, and expired sessions last. Names are cut to the
/// width of the terminal; `--json` prints whole names and ARNs. The exit status is 0 if the active
/// session is valid, 1 if it has expired or does not exist. Nothing is sent.
#[derive(Args)]
pub(crate) struct Status {
    /// Print only the profile and the time left of the active session, for a shell prompt.
    #[arg(long, conflicts_with = "json", help_heading = "Output")]
    short: bool,
    #[command(flatten)]
    _json: Json,
    #[command(flatten)]
    _profile: ProfileFlag,
}

impl Run for Status {
    const EXAMPLE: &'static str = "mfa-session status --short";

    fn run(&self, context: &Context<'_>) -> Result<ExitCode, Failure> {
        let active = active_session(context)?;
        if let ActiveSession::Profile(_) = active {
            context.profiles()?.check_home()?;
        }
        let stored = match &active {
            // A shell prompt does not wait for the other sessions.
            ActiveSession::Profile(profile) if self.short => {
                context.profiles()?.stored_session(profile).into_iter().collect()
            }
            ActiveSession::Environment { .. } if self.short => Vec::new(),
            _ => context.profiles()?.sessions(),
        };
        let rows = rows(&active, &stored, OffsetDateTime::now_utc());
        let valid = rows.iter().find(|row| row.is_active && row.is_valid());
        output::print(&if context.flags.is_set("json") {
            let sessions: Vec<Value> = rows.iter().map(Row::json).collect();
            let json = json!({ "good": valid.is_some(), "sessions": sessions });
            printable_json(&format!("{json:#}\n"))
        } else if self.short {
            valid.map_or(String::new(), |row| {
                format!("{} {}\n", printable(row.name()), row.time_left())
            })
        } else {
            if rows.is_empty() {
                explain_how_to_begin(context)?;
            }
            table(&rows, &Screen::of_stdout(context.environment)?)
        })?;
        Ok(if valid.is_some() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// Says that there is no session, and how to get one.
fn explain_how_to_begin(context: &Context<'_>) -> Result<(), Failure> {
    let profiles = context.profiles()?;
    message::info(format_args!("no session in {}", profiles.credentials_file().display()));
    let requested = requested_profile(context)?;
    if let Some(elsewhere) = profiles.signs_in_elsewhere(&requested.value) {
        elsewhere.show_hints();
        return Ok(());
    }
    let has_profile = profiles.chain(&requested.value)?.key_profile.is_some();
    let has_key = has_profile || context.environment.variable("AWS_ACCESS_KEY_ID")?.is_some();
    let is_default = requested.origin == Origin::Default;
    let command = match (has_key, is_default) {
        (true, true) => Some("mfa-session".to_owned()),
        (true, false) => Some(format!("mfa-session --profile {}", message::word(&requested.value))),
        (false, true) => profiles.command_to_begin(),
        (false, false) => None,
    };
    match command {
        Some(command) => message::hint(format_args!("get one: {command}")),
        None => profiles.unknown_profile(&requested).show_hints(),
    }
    Ok(())
}

/// A session in the table.
struct Row<'a> {
    /// `None` for the session in the environment.
    profile: Option<&'a str>,
    expires: Option<OffsetDateTime>,
    account: Option<AccountId>,
    provenance: Provenance,
    is_active: bool,
    now: OffsetDateTime,
}

fn rows<'a>(
    active: &'a ActiveSession,
    stored: &'a [StoredSession],
    now: OffsetDateTime,
) -> Vec<Row<'a>> {
    let in_environment = match active {
        ActiveSession::Environment { expires, account, provenance } => Some(Row {
            profile: None,
            expires: *expires,
            account: account.clone(),
            provenance: provenance.clone(),
            is_active: true,
            now,
        }),
        ActiveSession::Profile(_) => None,
    };
    let in_file =
        stored.iter().map(|StoredSession { profile, expires, account, provenance }| Row {
            profile: Some(profile),
            expires: *expires,
            account: account.clone(),
            provenance: provenance.clone().unwrap_or_default(),
            is_active: *active == ActiveSession::Profile(profile.clone()),
            now,
        });
    in_environment.into_iter().chain(in_file).collect()
}

impl Row<'_> {
    fn name(&self) -> &str {
        self.profile.unwrap_or("(environment)")
    }

    /// A session with an unknown expiry counts as valid.
    fn is_valid(&self) -> bool {
        self.expires.is_none_or(|expires| expires > self.now)
    }

    fn time_left(&self) -> String {
        match self.expires {
            None => "unknown".to_owned(),
            Some(_) if !self.is_valid() => "expired".to_owned(),
            Some(expires) => format_duration(round_to_minute(expires - self.now)),
        }
    }

    fn cells(&self) -> [Cell; COLUMNS] {
        let Provenance { source, role, serial, .. } = &self.provenance;
        let (mark, style) = if self.is_active { ('*', Style::Bold) } else { (' ', Style::Plain) };
        let until = self.expires.map(|time| environment::format_local_briefly(time, self.now));
        let or_dash = |text: Option<&str>| Cell::new(text.unwrap_or("-"), Style::Plain);
        [
            Cell::new(format!("{mark} {}", self.name()), style),
            self.time_left_cell(),
            or_dash(until.as_deref()),
            or_dash(Some(source.as_str()).filter(|source| !source.is_empty())),
            or_dash(self.account.as_ref().map(AccountId::as_str)),
            or_dash(role.as_deref().or(serial.as_deref()).map(short_name).as_deref()),
        ]
    }

    /// A word says what the colour says: not every terminal has colours.
    fn time_left_cell(&self) -> Cell {
        let left = self.time_left();
        match self.expires.map(|expires| expires - self.now) {
            None => Cell::new(left, Style::Plain),
            Some(_) if !self.is_valid() => Cell::new(left, Style::Red),
            Some(time) if time < EXPIRES_SOON => Cell::new(format!("only {left}"), Style::Yellow),
            Some(_) => Cell::new(left, Style::Green),
        }
    }

    fn json(&self) -> Value {
        let Provenance { source, serial, role, is_restricted, .. } = &self.provenance;
        let left = self.expires.map(|expires| (expires - self.now).whole_seconds().max(0));
        json!({
            "profile": self.profile,
            "chosen": self.is_active,
            "good": self.is_valid(),
            "expires": self.expires.map(session_profile::timestamp),
            "seconds_left": left,
            "source": Some(source).filter(|source| !source.is_empty()),
            "serial": serial,
            "role": role,
            "restricted": is_restricted,
        })
    }
}

/// The table for a person. The active session comes first, expired sessions come last.
fn table(rows: &[Row<'_>], screen: &Screen) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let mut rows: Vec<&Row<'_>> = rows.iter().collect();
    rows.sort_by_key(|row| (!row.is_active, !row.is_valid()));
    let head = HEAD.map(|text| Cell::new(text, Style::Bold));
    let lines: Vec<_> = iter::once(head).chain(rows.into_iter().map(Row::cells)).collect();
    table::render(&lines, screen)
}

/// `role/admin` of `arn:aws:iam::123456789012:role/ops/admin`: the account has a column, and names
/// are unique in it without their paths. Another text stays as it is.
fn short_name(text: &str) -> String {
    let resource = AccountId::in_arn(text).and_then(|_| text.splitn(6, ':').nth(5));
    match resource.and_then(|resource| resource.split_once('/')) {
        Some((kind, path)) => format!("{kind}/{}", path.rsplit('/').next().unwrap_or(path)),
        None => text.to_owned(),
    }
}

const COLUMNS: usize = 6;

const HEAD: [&str; COLUMNS] = ["  profile", "left", "until", "source", "account", "role/device"];
