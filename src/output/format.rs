//! The forms in which a session is printed. A renderer is a pure function from the session, its
//! region and its profile to a text, which is printed as a whole or not at all.
//!
//! A new form is one more file below, and its line in both lists here.

mod cmd;
mod dotenv;
mod fish;
mod github;
mod ini;
mod json;
mod nu;
mod posix;
mod powershell;
mod process;

use std::fmt;

use zeroize::Zeroizing;

use crate::{
    aws_files::SectionName,
    credentials::{AccessKey, Provenance, Session},
    environment,
    failure::{Failure, Status},
    secret::Secret,
    session_profile,
};

use super::Destination;
pub use posix::FORMAT as POSIX;
pub(super) use posix::quoted_for_shell;

/// All forms, in the order of the manual.
pub const FORMATS: [&Format; 10] = [
    &POSIX,
    &fish::FORMAT,
    &powershell::FORMAT,
    &cmd::FORMAT,
    &nu::FORMAT,
    &process::FORMAT,
    &json::FORMAT,
    &dotenv::FORMAT,
    &ini::FORMAT,
    &github::FORMAT,
];

/// A form in which a session is printed.
pub struct Format {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it is. Nothing in it means anything to a shell, whose completions show it.
    pub about: &'static str,
    /// The shells that it is for, as their programs are called.
    pub shells: &'static [&'static str],
    /// How it is typed where it is read.
    pub usage: &'static str,
    /// What makes the shell fail where there is no session: to it nothing would be a success, and a
    /// script would go on with the keys that it had before. Empty where others see to that.
    pub(super) failure: &'static str,
    /// What takes variables of these names away, where a reader can do that.
    unset: Option<fn(&[&str]) -> String>,
    /// What is printed.
    render: Renderer,
    /// What goes to a file besides, if anything does.
    appendix: Option<Appendix>,
}

/// A text for a file of the reader's, which is appended to when the rest has been printed.
struct Appendix {
    /// The variable that names the file.
    variable: &'static str,
    render: Renderer,
}

type Renderer = fn(&Handed<'_>) -> Result<Secret, Uncarried>;

impl Format {
    /// The form for the shell whose program has this name.
    #[must_use]
    pub fn of_shell(program: &str) -> Option<&'static Self> {
        FORMATS.into_iter().find(|format| format.shells.contains(&program))
    }

    /// The form of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        FORMATS.into_iter().find(|format| format.name == name)
    }

    /// The variable that names a file to be appended to, if there is to be one.
    #[must_use]
    pub fn appends_to(&self) -> Option<&'static str> {
        Some(self.appendix.as_ref()?.variable)
    }

    /// Whether who reads it asks again some time before the session ends.
    #[must_use]
    pub fn is_refreshed(&self) -> bool {
        self.name == process::FORMAT.name
    }

    /// What takes a session away from who has read it; `None` where that can't be.
    #[must_use]
    pub fn unsetting(&self) -> Option<String> {
        Some(self.unset?(&OF_SESSION))
    }

    /// The session as it is printed, and what goes to a file besides.
    pub fn texts(
        &self,
        session: &Session,
        place: &Destination,
    ) -> Result<(Secret, Option<Secret>), Failure> {
        let handed = Handed::new(session, place);
        let rendered = |render: Renderer| render(&handed).map_err(|it| self.invalid(&it));
        let appendix = self.appendix.as_ref().map(|appendix| rendered(appendix.render));
        Ok((rendered(self.render)?, appendix.transpose()?))
    }

    /// Makes sure that what is known before there is a session can be printed.
    pub(super) fn check(&self, place: &Destination) -> Result<(), Failure> {
        let source = place.source.clone();
        let session = Session {
            key: AccessKey { id: "-".to_owned(), secret: Secret::from("-") },
            token: Secret::from("-"),
            expires: environment::now(),
            provenance: Provenance { source, ..Provenance::default() },
        };
        self.texts(&session, place).map(drop)
    }

    fn invalid(&self, Uncarried { what, why }: &Uncarried) -> Failure {
        let what = format!("{what} can't be printed as {}: it {why}", self.name);
        Failure::new(Status::Here, what)
            .hint("choose another --format, or write the session: leave --format away")
    }
}

/// Its name tells all of it.
impl fmt::Debug for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// What is handed over: text that a renderer quotes by the rules of its target.
///
/// There is no `Debug`: keys are among it.
struct Handed<'a> {
    id: &'a str,
    secret: &'a str,
    token: &'a str,
    expires: String,
    region: Option<&'a str>,
    profile: &'a SectionName,
    session: &'a Session,
}

impl<'a> Handed<'a> {
    fn new(session: &'a Session, place: &'a Destination) -> Self {
        Self {
            id: &session.key.id,
            secret: session.key.secret.expose(),
            token: session.token.expose(),
            expires: session_profile::timestamp(session.expires),
            region: place.region.as_deref(),
            profile: &place.profile,
            session,
        }
    }

    /// The variables to be set, in this order.
    fn variables(&self) -> Vec<Variable<'_>> {
        let of_key = [
            ("AWS_ACCESS_KEY_ID", "the access key id", self.id),
            ("AWS_SECRET_ACCESS_KEY", "the secret access key", self.secret),
            ("AWS_SESSION_TOKEN", "the session token", self.token),
            ("AWS_CREDENTIAL_EXPIRATION", "the expiry", self.expires.as_str()),
            (SOURCE, "the profile's name", self.session.provenance.source.as_str()),
        ];
        let of_region = ["AWS_REGION", "AWS_DEFAULT_REGION"];
        let of_region = of_region.map(|name| Some((name, "the region's name", self.region?)));
        let all = of_key.into_iter().chain(of_region.into_iter().flatten());
        all.map(|(name, what, value)| Variable { name, what, value }).collect()
    }

    /// The same, if the target can carry each value: `why` says why it can't.
    fn variables_unless(
        &self,
        why: impl Fn(&Variable<'_>) -> Option<&'static str>,
    ) -> Result<Vec<Variable<'_>>, Uncarried> {
        let variables = self.variables();
        let refused = |variable: &Variable<'_>| Some((variable.what, why(variable)?));
        match variables.iter().find_map(refused) {
            Some((what, why)) => Err(Uncarried { what, why }),
            None => Ok(variables),
        }
    }
}

/// Hands each variable that is to be set to `set`, with its value.
pub(super) fn variables(session: &Session, place: &Destination, mut set: impl FnMut(&str, &str)) {
    for Variable { name, value, .. } in Handed::new(session, place).variables() {
        set(name, value);
    }
}

/// A variable to be set.
struct Variable<'a> {
    name: &'static str,
    /// What its value is, for a person.
    what: &'static str,
    value: &'a str,
}

/// The variable that names the profile.
const SOURCE: &str = "MFA_SESSION_SOURCE";

/// The variables that hold a session, or that it is told by; not those of the region, which may be
/// the person's own.
const OF_SESSION: [&str; 6] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    SOURCE,
    "AWS_SECURITY_TOKEN",
];

/// The variables to be unset: each goes before the keys above, or contradicts them, in one SDK or
/// another.
pub(super) const UNSET: [&str; 3] = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SECURITY_TOKEN"];

/// A part of a session that a form has no way to say exactly.
struct Uncarried {
    /// The part.
    what: &'static str,
    /// A predicate, such as "holds a line break". It does not hold the text.
    why: &'static str,
}

/// No variable of any system can hold it.
fn holds_nul(variable: &Variable<'_>) -> Option<&'static str> {
    variable.value.contains('\0').then_some("holds a NUL character")
}

/// A text that holds secrets. It is written twice, the first time to be measured: a string that
/// grows leaves its old self behind, unwiped.
fn text(write: impl Fn(&mut dyn fmt::Write) -> fmt::Result) -> Secret {
    let mut length = Length(0);
    write(&mut length).expect("a number takes all text");
    let mut text = Zeroizing::new(String::with_capacity(length.0));
    write(&mut *text).expect("a string takes all text");
    debug_assert_eq!(text.len(), length.0, "it is written alike both times");
    Secret::from(text)
}

/// A line for each variable, as `set` writes it, and behind them what takes others away.
fn statements(
    variables: &[Variable<'_>],
    set: impl Fn(&mut dyn fmt::Write, &Variable<'_>) -> fmt::Result,
    unset: &str,
) -> Secret {
    text(|out| {
        variables.iter().try_for_each(|variable| set(out, variable))?;
        out.write_str(unset)
    })
}

/// How long a text is that is written to it.
struct Length(usize);

impl fmt::Write for Length {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 += text.len();
        Ok(())
    }
}

/// For the unit tests of the forms.
#[cfg(test)]
mod tests {
    use super::*;

    /// The lines of a form for a session whose profile has this name; or why there are none.
    pub(super) fn lines(format: &Format, source: &str) -> Result<Vec<String>, &'static str> {
        let provenance = Provenance { source: source.to_owned(), ..Provenance::default() };
        let session = Session { provenance, ..session() };
        let profile = SectionName::parse("default-mfa").unwrap();
        let handed = Handed {
            region: Some("eu-west-1"),
            profile: &profile,
            id: &session.key.id,
            secret: session.key.secret.expose(),
            token: session.token.expose(),
            expires: session_profile::timestamp(session.expires),
            session: &session,
        };
        let render = format.appendix.as_ref().map_or(format.render, |appendix| appendix.render);
        let text = render(&handed).map_err(|uncarried| uncarried.why)?;
        Ok(text.expose().lines().map(ToOwned::to_owned).collect())
    }

    fn session() -> Session {
        Session {
            key: AccessKey { id: "ASIAEXAMPLE".into(), secret: Secret::from("secret/+=") },
            token: Secret::from("token/+=="),
            expires: time::OffsetDateTime::UNIX_EPOCH,
            provenance: Provenance::default(),
        }
    }

    #[test]
    fn each_form_has_a_name_of_its_own_and_each_shell_one_form() {
        for format in FORMATS {
            assert_eq!(Format::named(format.name).unwrap().about, format.about);
            for shell in format.shells {
                assert_eq!(Format::of_shell(shell).unwrap().name, format.name, "{shell}");
            }
        }
    }

    #[test]
    fn what_is_set_is_unset_but_for_the_region() {
        let set = lines(&POSIX, "default").unwrap();
        let set = set.iter().filter_map(|line| line.strip_prefix("export ")?.split_once('='));
        let set: Vec<&str> = set.map(|(name, _)| name).collect();
        assert_eq!(set[..5], OF_SESSION[..5]);
        assert_eq!(set[5..], ["AWS_REGION", "AWS_DEFAULT_REGION"]);
    }

    #[test]
    fn what_completions_show_means_nothing_to_a_shell() {
        for format in FORMATS {
            let is_plain = |c: char| c.is_ascii_alphanumeric() || " ,:_".contains(c);
            assert!(format.about.chars().all(is_plain), "{}", format.about);
        }
    }

    #[test]
    fn a_text_has_room_for_all_of_it_from_the_beginning() {
        let text = text(|out| write!(out, "{}ü", "a".repeat(70_000)));
        assert_eq!(text.expose().len(), 70_002);
    }

    #[test]
    fn what_no_variable_can_hold_is_refused_by_every_form_of_variables() {
        // For a POSIX shell such a name is left out.
        for name in ["fish", "powershell", "cmd", "nu", "dotenv", "github"] {
            let format = Format::named(name).unwrap();
            assert_eq!(lines(format, "a\0b"), Err("holds a NUL character"), "{name}");
        }
    }
}
