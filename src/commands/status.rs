//! `mfa-session status`: shows the stored sessions and their time left.

use std::{iter, process::ExitCode};

use clap::Args;
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::Run;
use crate::{
    config::{ActiveSession, active_session, requested_profile},
    context::Context,
    environment,
    failure::Failure,
    flags::{Json, ProfileFlag},
    message::{self, format_duration, printable, printable_json, round_to_minute},
    origin::Origin,
    output,
    profiles::StoredSession,
    session::Provenance,
    session_profile,
};

/// Show the stored sessions and their time left.
///
/// A star marks the active session: the session in the environment, unless `--profile` is given, or
/// else the session of the profile. The exit status is 0 if it is valid, 1 if it has expired or
/// does not exist. Nothing is sent.
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
            table(&rows)
        })?;
        Ok(if valid.is_some() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// Says that there is no session, and how to get one.
fn explain_how_to_begin(context: &Context<'_>) -> Result<(), Failure> {
    let profiles = context.profiles()?;
    message::info(format_args!("no session in {}", profiles.credentials_file().display()));
    let requested = requested_profile(context)?;
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
        ActiveSession::Environment { expires, provenance } => Some(Row {
            profile: None,
            expires: *expires,
            provenance: provenance.clone(),
            is_active: true,
            now,
        }),
        ActiveSession::Profile(_) => None,
    };
    let in_file = stored.iter().map(|StoredSession { profile, expires, provenance }| Row {
        profile: Some(profile),
        expires: *expires,
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
            Some(_) if !self.is_valid() => "over".to_owned(),
            Some(expires) => format_duration(round_to_minute(expires - self.now)),
        }
    }

    fn cells(&self) -> [String; 5] {
        let Provenance { source, role, serial, .. } = &self.provenance;
        let or_dash = |text: Option<&str>| text.unwrap_or("-").to_owned();
        [
            format!("{} {}", if self.is_active { '*' } else { ' ' }, self.name()),
            self.time_left(),
            or_dash(self.expires.map(environment::format_local).as_deref()),
            or_dash(Some(source.as_str()).filter(|source| !source.is_empty())),
            or_dash(role.as_deref().or(serial.as_deref())),
        ]
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

fn table(rows: &[Row<'_>]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let head = ["  profile", "left", "until", "made from", "role or device"].map(str::to_owned);
    let lines: Vec<_> = iter::once(head).chain(rows.iter().map(Row::cells)).collect();
    let width = |column: usize| {
        lines.iter().map(|line| line[column].chars().count()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..lines[0].len()).map(width).collect();
    let line = |cells: &[String; 5]| {
        let padded = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        let whole = padded.collect::<Vec<_>>().join("  ");
        format!("{}\n", printable(whole.trim_end()))
    };
    lines.iter().map(line).collect()
}
