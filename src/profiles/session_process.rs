//! Recognizes a `credential_process` that runs this program. Its keys are sessions, not the source
//! of one.

use std::{collections::HashSet, mem, path::Path};

use super::{LONG_TERM, Profiles, key_process::CREDENTIAL_PROCESS};
use crate::{
    origin::{Origin, Sourced},
    session_profile::{self, SectionKeys},
    system::command::split,
};

/// A `credential_process` that runs this program.
pub(super) struct SessionProcess {
    /// The profile in the command, if the command has no flags for another session.
    pub(super) profile: Option<String>,
    pub(super) origin: Origin,
}

impl Profiles {
    /// The profile whose session the `credential_process` of the requested profile prints. The
    /// requested profile itself, if it runs no such process, or has `X-long-term`.
    pub(crate) fn session_source(&self, requested: &str) -> String {
        let mut source = requested.to_owned();
        let mut seen = HashSet::new();
        while !self.has(&format!("{source}{LONG_TERM}"))
            && let Some(SessionProcess { profile: Some(next), .. }) = self.session_process(&source)
            && next != source
            && !seen.contains(&next)
            && self.key_profile(&next).is_some()
        {
            seen.insert(mem::replace(&mut source, next));
        }
        source
    }

    /// The `credential_process` of a profile, if an SDK would use it and it runs this program.
    pub(super) fn session_process(&self, profile: &str) -> Option<SessionProcess> {
        let Sourced { value: line, origin } = self.value(profile, CREDENTIAL_PROCESS)?;
        let section = self.credentials.document.section(profile);
        let keys = section.map_or(SectionKeys::None, session_profile::classify_keys);
        if !matches!(keys, SectionKeys::None) || self.value(profile, "role_arn").is_some() {
            return None;
        }
        let words = split(&line)?;
        let is_prefix = |word: &&String| *word == "env" || word.contains('=');
        let prefix = words.iter().take_while(is_prefix).count();
        let (program, arguments) = words[prefix..].split_first()?;
        let is_own = Path::new(program).file_stem()? == "mfa-session";
        is_own.then(|| SessionProcess { profile: profile_in(arguments), origin })
    }
}

/// The profile in the arguments, if no flag asks for another session than the profile's own.
fn profile_in(arguments: &[String]) -> Option<String> {
    let mut profile = None;
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let (flag, value) = match argument.split_once('=') {
            Some((flag, value)) => (flag, Some(value.to_owned())),
            None => (argument.as_str(), None),
        };
        let mut value = || value.clone().or_else(|| arguments.next().cloned());
        match flag {
            "-p" | "--profile" => profile = Some(value()?),
            "--format" | "--min-remaining" => drop(value()?),
            "--write" | "--no-write" | "--no-prompt" => {}
            _ => return None,
        }
    }
    profile
}
