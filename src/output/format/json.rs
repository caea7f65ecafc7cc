//! All that is known about a session, for scripts; and JSON in general.
//!
//! It is ASCII: no reader's encoding matters, and nothing in it moves the cursor.

use std::fmt::{self, Write as _};

use super::{Format, Handed, Uncarried, text};
use crate::secret::Secret;

pub(super) const FORMAT: Format = Format {
    name: "json",
    about: "JSON for scripts: the session, and all that is known about it",
    shells: &[],
    usage: "mfa-session --format json | jq",
    failure: "",
    unset: None,
    render,
    appendix: None,
};

#[expect(clippy::unnecessary_wraps, reason = "other forms can't carry everything")]
fn render(handed: &Handed<'_>) -> Result<Secret, Uncarried> {
    let provenance = &handed.session.provenance;
    Ok(object(&[
        ("access_key_id", Json::Text(handed.id)),
        ("secret_access_key", Json::Text(handed.secret)),
        ("session_token", Json::Text(handed.token)),
        ("expiration", Json::Text(&handed.expires)),
        ("session_profile", Json::Text(handed.profile.as_str())),
        ("source_profile", Json::Text(&provenance.source)),
        ("source_key_id", Json::optional(provenance.key_id.as_deref())),
        ("serial", Json::optional(provenance.serial.as_deref())),
        ("role_arn", Json::optional(provenance.role.as_deref())),
        ("region", Json::optional(handed.region)),
    ]))
}

/// An object, a line for each member.
pub(super) fn object(members: &[(&str, Json<'_>)]) -> Secret {
    text(|out| write_object(out, members))
}

/// The same, where nothing in it is secret.
pub(super) fn write_object(out: &mut dyn fmt::Write, members: &[(&str, Json<'_>)]) -> fmt::Result {
    for (place, (name, value)) in members.iter().enumerate() {
        let before = if place == 0 { "{" } else { "," };
        write!(out, "{before}\n  {}: {value}", Json::Text(name))?;
    }
    out.write_str("\n}\n")
}

/// A value.
pub(super) enum Json<'a> {
    Null,
    Number(u8),
    Text(&'a str),
}

impl<'a> Json<'a> {
    fn optional(text: Option<&'a str>) -> Self {
        text.map_or(Self::Null, Self::Text)
    }
}

impl fmt::Display for Json<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::Null => return f.write_str("null"),
            Self::Number(number) => return write!(f, "{number}"),
            Self::Text(text) => text,
        };
        f.write_char('"')?;
        for c in text.chars() {
            match c {
                '"' | '\\' => write!(f, "\\{c}")?,
                ' '..='~' => f.write_char(c)?,
                c => {
                    for unit in c.encode_utf16(&mut [0; 2]) {
                        write!(f, "\\u{unit:04x}")?;
                    }
                }
            }
        }
        f.write_char('"')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_read_back_as_it_is() {
        let all: String =
            (0..=0x2100).chain([0xfeff, 0x1f511]).filter_map(char::from_u32).collect();
        let written = Json::Text(&all).to_string();
        assert!(written.chars().all(|c| matches!(c, ' '..='~')));
        assert_eq!(serde_json::from_str::<String>(&written).unwrap(), all);
    }
}
