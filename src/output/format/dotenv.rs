//! Lines as `docker run --env-file` reads them, and podman: what stands behind the equals sign is
//! the value, quotes and all.
//!
//! <https://docs.docker.com/reference/cli/docker/container/run/#env>

use super::{Format, Handed, Uncarried, Variable, holds_nul, text};
use crate::secret::Secret;

pub(super) const FORMAT: Format = Format {
    name: "dotenv",
    about: "lines for the env file of docker and podman",
    shells: &[],
    usage: "docker run --env-file <(mfa-session --format dotenv)",
    failure: "",
    unset: None,
    render,
    appendix: None,
};

fn render(handed: &Handed<'_>) -> Result<Secret, Uncarried> {
    let variables = handed.variables_unless(refused)?;
    Ok(text(|out| {
        let mut lines = variables.iter();
        lines.try_for_each(|Variable { name, value, .. }| writeln!(out, "{name}={value}"))
    }))
}

fn refused(variable: &Variable<'_>) -> Option<&'static str> {
    let Variable { name, value, .. } = variable;
    if value.contains(['\n', '\r']) {
        Some("holds a line break")
    } else if name.len() + 1 + value.len() > LONGEST {
        Some("is longer than docker reads")
    } else {
        holds_nul(variable)
    }
}

/// In bytes, without the line break: docker's scanner takes one of 64 KiB with it.
const LONGEST: usize = 65_535;

#[cfg(test)]
mod tests {
    use super::{super::tests::lines, *};

    #[test]
    fn a_value_stands_as_it_is() {
        let source = lines(&FORMAT, " it's \"$x\" # \\ ").unwrap().swap_remove(4);
        assert_eq!(source, "MFA_SESSION_SOURCE= it's \"$x\" # \\ ");
    }

    #[test]
    fn a_value_of_several_lines_is_refused() {
        for source in ["a\nb", "a\r"] {
            assert_eq!(lines(&FORMAT, source), Err("holds a line break"));
        }
    }

    #[test]
    fn a_line_is_no_longer_than_docker_reads() {
        let room = LONGEST - "MFA_SESSION_SOURCE=".len();
        let longest = lines(&FORMAT, &"a".repeat(room)).unwrap().swap_remove(4);
        assert_eq!(longest.len(), LONGEST);
        let why = "is longer than docker reads";
        assert_eq!(lines(&FORMAT, &"a".repeat(room + 1)), Err(why));
    }
}
