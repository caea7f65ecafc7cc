//! Programs that a check needs and that may not be installed: on a person's machine the check is
//! then skipped, in CI that is a failure.

use std::{env, io, io::Write as _};

/// Whether the tool is there. If not, standard error says what was skipped for it, past libtest's
/// capture; with `CI` set it panics.
pub(crate) fn has(tool: &str) -> bool {
    let name = format!("{tool}{}", env::consts::EXE_SUFFIX);
    let path = env::var_os("PATH").unwrap_or_default();
    if env::split_paths(&path).any(|directory| directory.join(&name).is_file()) {
        return true;
    }
    assert!(env::var_os("CI").is_none(), "{tool} is not installed; in CI no check is skipped");
    // A failure to say so is none of the check.
    let _ = io::stderr().write_all(format!("skipped: needs {tool}\n").as_bytes());
    false
}

#[test]
fn a_tool_is_found_where_it_is() {
    assert!(has("cargo"));
}
