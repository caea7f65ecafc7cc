//! Lines for `docker run --env-file` and podman. The value is everything after the equals sign,
//! including quotes.
//!
//! <https://docs.docker.com/reference/cli/docker/container/run/#env>

use crate::{
    output::format::{Format, SessionView, Unrepresentable},
    output::variables::{Variable, nul_character},
    secret::Secret,
};

/// In bytes, without the line break: docker scans at most 64 KiB.
const MAX_LINE_LENGTH: usize = 65_535;

pub(super) const FORMAT: Format = Format {
    name: "dotenv",
    about: "lines for the env file of docker and podman",
    usage: "docker run --env-file <(mfa-session --format dotenv)",
    render,
    ..Format::PLAIN
};

fn render(view: &SessionView<'_>) -> Result<Secret, Unrepresentable> {
    let variables = view.variables_without(problem)?;
    let line = |Variable { name, value, .. }: &Variable<'_>| format!("{name}={value}\n");
    Ok(Secret::new(variables.iter().map(line).collect()))
}

fn problem(variable: &Variable<'_>) -> Option<&'static str> {
    let Variable { name, value, .. } = variable;
    if value.contains(['\n', '\r']) {
        Some("contains a line break")
    } else if name.len() + 1 + value.len() > MAX_LINE_LENGTH {
        Some("is too long for docker")
    } else {
        nul_character(variable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::format::lines;

    #[test]
    fn does_not_quote_a_value() {
        let source = lines(&FORMAT, " it's \"$x\" # \\ ").unwrap().swap_remove(4);
        assert_eq!(source, "MFA_SESSION_SOURCE= it's \"$x\" # \\ ");
    }

    #[test]
    fn refuses_a_value_of_several_lines() {
        for source in ["a\nb", "a\r"] {
            assert_eq!(lines(&FORMAT, source), Err("contains a line break"));
        }
    }

    #[test]
    fn refuses_a_line_that_is_too_long_for_docker() {
        let room = MAX_LINE_LENGTH - "MFA_SESSION_SOURCE=".len();
        let longest = lines(&FORMAT, &"a".repeat(room)).unwrap().swap_remove(4);
        assert_eq!(longest.len(), MAX_LINE_LENGTH);
        let reason = "is too long for docker";
        assert_eq!(lines(&FORMAT, &"a".repeat(room + 1)), Err(reason));
    }
}
