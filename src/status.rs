//! What sessions there are, and how long they last. Yields text for standard output; nothing is
//! asked of anybody.

use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::{
    credentials::Provenance,
    environment,
    message::{format_duration, printable, printable_json, round_to_minute},
    profiles::StoredSession,
    session_profile,
};

/// Which session counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActiveSession {
    /// That of the environment, which ends then, if it is known.
    Environment(Option<OffsetDateTime>),
    /// That in this profile of the credentials file, if it is there.
    Profile(String),
}

/// How it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A line for each session.
    Table,
    /// One line for the one that counts, for a prompt; nothing where it is not good.
    Short,
    /// For programs.
    Json,
}

/// What is to be printed, and whether the session that counts is good.
#[must_use]
pub fn status(
    chosen: &ActiveSession,
    kept: &[StoredSession],
    form: Form,
    now: OffsetDateTime,
) -> (String, bool) {
    let rows = rows(chosen, kept, now);
    let good = rows.iter().find(|row| row.is_chosen && row.is_good());
    let text = match form {
        Form::Table => table(&rows),
        Form::Short => good.map_or(String::new(), |row| {
            format!("{} {}\n", printable(&row.name), row.left_in_words())
        }),
        Form::Json => {
            let rows: Vec<Value> = rows.iter().map(Row::json).collect();
            printable_json(&format!("{:#}\n", json!({ "good": good.is_some(), "sessions": rows })))
        }
    };
    (text, good.is_some())
}

/// A session, as it is told.
struct Row<'a> {
    name: String,
    /// `None` for that of the environment.
    profile: Option<&'a str>,
    expires: Option<OffsetDateTime>,
    provenance: Option<&'a Provenance>,
    is_chosen: bool,
    now: OffsetDateTime,
}

fn rows<'a>(
    chosen: &'a ActiveSession,
    kept: &'a [StoredSession],
    now: OffsetDateTime,
) -> Vec<Row<'a>> {
    let of_environment = match chosen {
        ActiveSession::Environment(expires) => Some(Row {
            name: "(environment)".to_owned(),
            profile: None,
            expires: *expires,
            provenance: None,
            is_chosen: true,
            now,
        }),
        ActiveSession::Profile(_) => None,
    };
    let of_file = kept.iter().map(|StoredSession { profile, expires, provenance }| Row {
        name: profile.clone(),
        profile: Some(profile),
        expires: *expires,
        provenance: provenance.as_ref(),
        is_chosen: *chosen == ActiveSession::Profile(profile.clone()),
        now,
    });
    of_environment.into_iter().chain(of_file).collect()
}

impl Row<'_> {
    /// A session of which nobody knows when it ends is believed to be good.
    fn is_good(&self) -> bool {
        self.expires.is_none_or(|expires| expires > self.now)
    }

    fn left_in_words(&self) -> String {
        match self.expires {
            None => "unknown".to_owned(),
            Some(_) if !self.is_good() => "over".to_owned(),
            Some(expires) => format_duration(round_to_minute(expires - self.now)),
        }
    }

    /// In the order of the table.
    fn cells(&self) -> [String; 5] {
        let provenance = self.provenance.cloned().unwrap_or_default();
        [
            format!("{} {}", if self.is_chosen { '*' } else { ' ' }, self.name),
            self.left_in_words(),
            self.expires.map_or("-".to_owned(), environment::shown),
            if provenance.source.is_empty() { "-".to_owned() } else { provenance.source },
            provenance.role.or(provenance.serial).unwrap_or_else(|| "-".to_owned()),
        ]
    }

    fn json(&self) -> Value {
        let provenance = self.provenance.cloned().unwrap_or_default();
        let left = self.expires.map(|expires| (expires - self.now).whole_seconds().max(0));
        json!({
            "profile": self.profile,
            "chosen": self.is_chosen,
            "good": self.is_good(),
            "expires": self.expires.map(session_profile::timestamp),
            "seconds_left": left,
            "source": Some(provenance.source).filter(|source| !source.is_empty()),
            "serial": provenance.serial,
            "role": provenance.role,
            "restricted": provenance.is_restricted,
        })
    }
}

fn table(rows: &[Row<'_>]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let head = ["  profile", "left", "until", "made from", "role or device"].map(str::to_owned);
    let lines: Vec<_> = std::iter::once(head).chain(rows.iter().map(Row::cells)).collect();
    let widths: Vec<usize> = (0..lines[0].len())
        .map(|column| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0))
        .collect();
    let line = |cells: [String; 5]| {
        let padded = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        let whole = padded.collect::<Vec<_>>().join("  ");
        format!("{}\n", printable(whole.trim_end()))
    };
    lines.into_iter().map(line).collect()
}
