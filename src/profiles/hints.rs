//! What to do about a profile that neither file has, or that the files have under another name.

use super::Profiles;
use crate::{
    aws_files::config_header,
    failure::{Failure, Status},
    message::word,
    origin::{Origin, Sourced},
};

impl Profiles {
    /// The failure for a profile that neither file has.
    pub(crate) fn unknown_profile(&self, requested: &Sourced<String>) -> Failure {
        if let Err(failure) = self.check_home() {
            return failure.hint("or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
        }
        let (credentials, config) = (self.credentials.path.display(), self.config.path.display());
        let what = format!("no profile `{}` in {credentials} or {config}", requested.value);
        let what = match &requested.origin {
            Origin::Default => what,
            origin => format!("{origin}: {what}"),
        };
        let status = match requested.origin {
            Origin::Flag(_) => Status::Usage,
            _ => Status::Local,
        };
        let failure = Failure::new(status, what);
        if let Some(header) = self.ignored_header(&requested.value) {
            return failure.hint(header);
        }
        let source = requested.value.strip_suffix("-mfa").filter(|name| self.has(name));
        if let Some(name) = source {
            return failure
                .hint(format!("get its session first: mfa-session --profile {}", word(name)));
        }
        let names = self.some_profile_names();
        if names.is_empty() {
            return failure.hint(
                "add your long-term keys with `aws configure`, or set AWS_ACCESS_KEY_ID and \
                 AWS_SECRET_ACCESS_KEY",
            );
        }
        let failure = match self.similar_name(&requested.value) {
            Some(name) => failure.hint(format!("did you mean `--profile {}`?", word(&name))),
            None => failure,
        };
        failure.hint(format!("name one of these with --profile: {}", names.join(", ")))
    }

    /// The command that gets a session of the first profile, and the names of others; `None` if
    /// the files have no profile.
    pub(crate) fn command_to_begin(&self) -> Option<String> {
        let names = self.some_profile_names();
        let (first, others) = names.split_first()?;
        let command = format!("mfa-session --profile {}", word(first));
        if others.is_empty() {
            return Some(command);
        }
        Some(format!("{command} (or another profile: {})", others.join(", ")))
    }

    /// What to do about a name in `source_profile` that neither file has.
    pub(super) fn hint_for_source(&self, name: &str) -> Option<String> {
        let similar = || Some(format!("did you mean `{}`?", self.similar_name(name)?));
        self.ignored_header(name).or_else(similar)
    }

    /// What to do about a header that names the profile, but that the AWS CLI and this program
    /// ignore: it has the form of the other file, or white space without quotes.
    pub(crate) fn ignored_header(&self, profile: &str) -> Option<String> {
        let (credentials, config) = (&self.credentials, &self.config);
        let (quoted, unquoted) = (config_header("profile", profile), format!("profile {profile}"));
        let is_one_file = credentials.path == config.path;
        let wrong = [
            (config, unquoted.as_str(), quoted.as_str(), unquoted != quoted),
            (config, profile, &quoted, !is_one_file && profile != "default"),
            (credentials, &quoted, profile, !is_one_file),
            (credentials, &unquoted, profile, !is_one_file),
        ];
        wrong.into_iter().filter(|(.., is_wrong)| *is_wrong).find_map(|(file, header, right, _)| {
            if file.document.section(right).is_some() {
                return None;
            }
            let (line, path) = (file.document.line_of(header)?, file.path.display());
            Some(format!("[{header}] in {path}, line {line}, should read [{right}]"))
        })
    }
}
