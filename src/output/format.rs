//! An output format: data, and a pure function from a session to text.

use std::fmt;

use time::OffsetDateTime;

use super::variables::{ACCOUNT_ID, OF_SESSION, OutputContext, SOURCE, Variable};
use crate::{
    aws_files::SectionName,
    failure::{Failure, Status},
    secret::Secret,
    session::{Provenance, Session},
    session_profile,
    sts::AccountId,
};

/// A format in which a session is printed.
pub struct Format {
    /// The name on the command line.
    pub name: &'static str,
    /// The description; needs no quoting in completion scripts.
    pub about: &'static str,
    /// The program names of the shells that can read it.
    pub shells: &'static [&'static str],
    /// A command line that uses it.
    pub usage: &'static str,
    /// Makes the shell fail without a session: after empty output, a script would continue with its
    /// old keys. Empty if the reader sees the exit status.
    pub(super) failure: &'static str,
    /// Writes a statement that sets a variable, for a person to type.
    pub(crate) set: Option<fn(&str, &str) -> String>,
    /// Writes statements that unset variables, if the reader supports them.
    pub(super) unset: Option<fn(&[&str]) -> String>,
    /// Writes the text for standard output.
    pub(super) render: Renderer,
    /// Further text for an environment file, written after the print.
    pub(super) environment_file: Option<EnvironmentEntries>,
    /// Whether the reader runs the program again before the session expires.
    pub(crate) is_refreshed: bool,
}

pub(super) type Renderer = fn(&SessionView<'_>) -> Result<Secret, Unrepresentable>;

/// The text for an environment file.
pub(super) struct EnvironmentEntries {
    /// The variable that names the file.
    pub(super) variable: &'static str,
    pub(super) render: Renderer,
}

/// A session as text.
#[derive(Debug)]
pub struct Rendered {
    /// For standard output.
    pub printed: Secret,
    /// For the environment file, if the format has one.
    pub appended: Option<Secret>,
}

impl Format {
    /// A format without optional parts.
    pub(super) const PLAIN: Self = Self {
        name: "",
        about: "",
        shells: &[],
        usage: "",
        failure: "",
        set: None,
        unset: None,
        render: |_| Ok(Secret::from("")),
        environment_file: None,
        is_refreshed: false,
    };

    /// The variable that names the environment file, if the format has one.
    pub(crate) fn environment_file_variable(&self) -> Option<&'static str> {
        Some(self.environment_file.as_ref()?.variable)
    }

    /// Whether the format unsets variables of the reader, or empties them.
    pub(super) fn changes_environment(&self) -> bool {
        self.unset.is_some() || self.environment_file.is_some()
    }

    /// Whether the format has statements that remove a session.
    pub(crate) fn can_unset(&self) -> bool {
        self.unset.is_some()
    }

    /// Statements that remove a session, and the variables in `stale`, from the reader's
    /// environment, if the format supports them.
    pub(crate) fn unsetting(&self, stale: &[&'static str]) -> Option<String> {
        Some(self.unset?(&[&OF_SESSION, stale].concat()))
    }

    /// Renders a session, or fails if the format cannot represent a part of it.
    pub fn render(
        &self,
        session: &Session,
        profile: &SectionName,
        context: &OutputContext,
    ) -> Result<Rendered, Failure> {
        let view = SessionView::new(session, profile, context);
        let render = |renderer: Renderer| renderer(&view).map_err(|error| self.failed(&error));
        let appended = self.environment_file.as_ref().map(|entries| render(entries.render));
        Ok(Rendered { printed: render(self.render)?, appended: appended.transpose()? })
    }

    /// Checks the parts that are known without a session.
    pub(super) fn check(
        &self,
        source: &str,
        profile: &SectionName,
        context: &OutputContext,
    ) -> Result<(), Failure> {
        self.render(&placeholder(source), profile, context).map(drop)
    }

    fn failed(&self, Unrepresentable { part, reason }: &Unrepresentable) -> Failure {
        let what = format!("cannot print {part} in the format {}: it {reason}", self.name);
        Failure::new(Status::Local, what)
            .hint("choose another --format, or write the session to its profile: omit --format")
    }
}

impl fmt::Debug for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// A session whose keys every format can represent.
fn placeholder(source: &str) -> Session {
    Session {
        access_key_id: "-".to_owned(),
        secret_access_key: Secret::from("-"),
        session_token: Secret::from("-"),
        expires: OffsetDateTime::now_utc(),
        account: None,
        provenance: Provenance { source: source.to_owned(), ..Provenance::default() },
    }
}

/// The texts for a renderer. No `Debug`: they include secrets.
pub(super) struct SessionView<'a> {
    pub(super) access_key_id: &'a str,
    pub(super) secret_access_key: &'a str,
    pub(super) session_token: &'a str,
    /// In RFC 3339 and UTC.
    pub(super) expiration: String,
    pub(super) profile: &'a SectionName,
    pub(super) session: &'a Session,
    pub(super) context: &'a OutputContext,
}

impl<'a> SessionView<'a> {
    fn new(session: &'a Session, profile: &'a SectionName, context: &'a OutputContext) -> Self {
        Self {
            access_key_id: &session.access_key_id,
            secret_access_key: session.secret_access_key.expose(),
            session_token: session.session_token.expose(),
            expiration: session_profile::timestamp(session.expires),
            profile,
            session,
            context,
        }
    }

    pub(super) fn account_id(&self) -> Option<&str> {
        self.session.account.as_ref().map(AccountId::as_str)
    }

    /// The variables to set, in this order.
    pub(super) fn variables(&self) -> Vec<Variable<'_>> {
        let source = self.session.provenance.source.as_str();
        let of_session = [
            ("AWS_ACCESS_KEY_ID", "the access key id", self.access_key_id),
            ("AWS_SECRET_ACCESS_KEY", "the secret access key", self.secret_access_key),
            ("AWS_SESSION_TOKEN", "the session token", self.session_token),
            ("AWS_CREDENTIAL_EXPIRATION", "the expiry", self.expiration.as_str()),
            (SOURCE, "the name of the source profile", source),
        ];
        let of_session = of_session.into_iter();
        let of_session =
            of_session.map(|(name, description, value)| Variable { name, description, value });
        let account = self.account_id().map(|value| Variable {
            name: ACCOUNT_ID,
            description: "the account id",
            value,
        });
        of_session.chain(account).chain(self.context.region_variables()).collect()
    }

    /// The variables to set, if `problem` returns `None` for each.
    pub(super) fn variables_without(
        &self,
        problem: impl Fn(&Variable<'_>) -> Option<&'static str>,
    ) -> Result<Vec<Variable<'_>>, Unrepresentable> {
        let variables = self.variables();
        for variable in &variables {
            if let Some(reason) = problem(variable) {
                return Err(Unrepresentable { part: variable.description, reason });
            }
        }
        Ok(variables)
    }
}

/// Calls `change` with the name and the value of each variable to set, and with the name of each
/// variable to unset.
pub(crate) fn for_each_variable(
    session: &Session,
    profile: &SectionName,
    context: &OutputContext,
    mut change: impl FnMut(&str, Option<&str>),
) {
    context.warn_about_account(session);
    let view = SessionView::new(session, profile, context);
    let variables = view.variables();
    for name in context.unset_besides(&variables) {
        change(name, None);
    }
    for Variable { name, value, .. } in variables {
        change(name, Some(value));
    }
}

/// A part of a session that a format cannot represent exactly.
pub(super) struct Unrepresentable {
    pub(super) part: &'static str,
    /// A predicate, such as "contains a line break". It does not quote the text.
    pub(super) reason: &'static str,
}

#[cfg(test)]
pub(super) use tests::lines;

#[cfg(test)]
mod tests {
    use super::{super::formats::POSIX, *};

    /// The lines of a session from this source profile, or why the format cannot represent it.
    pub(in crate::output) fn lines(
        format: &Format,
        source: &str,
    ) -> Result<Vec<String>, &'static str> {
        let session = Session {
            access_key_id: "ASIAEXAMPLE".into(),
            secret_access_key: Secret::from("secret/+="),
            session_token: Secret::from("token/+=="),
            expires: OffsetDateTime::UNIX_EPOCH,
            account: AccountId::parse("123456789012"),
            ..placeholder(source)
        };
        let profile = SectionName::parse("default-mfa").unwrap();
        let context =
            OutputContext { region: Some("eu-west-1".into()), ..OutputContext::default() };
        let view = SessionView::new(&session, &profile, &context);
        let entries = format.environment_file.as_ref();
        let render = entries.map_or(format.render, |entries| entries.render);
        let text = render(&view).map_err(|error| error.reason)?;
        Ok(text.expose().lines().map(ToOwned::to_owned).collect())
    }

    #[test]
    fn unsets_all_variables_but_the_region() {
        let set = lines(&POSIX, "default").unwrap();
        let set = set.iter().filter_map(|line| line.strip_prefix("export ")?.split_once('='));
        let set: Vec<&str> = set.map(|(name, _)| name).collect();
        assert_eq!(set[..6], OF_SESSION[..6]);
        assert_eq!(set[6..], ["AWS_REGION", "AWS_DEFAULT_REGION", "MFA_SESSION_REGION"]);
    }
}
