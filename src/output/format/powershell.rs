//! Statements for PowerShell, one in each line. They are ASCII, whatever encoding it reads them in.
//!
//! The rules are those of `about_Quoting_Rules` in its documentation.

use std::fmt::{self, Write as _};

use super::{Format, Handed, UNSET, Uncarried, Variable, holds_nul, statements};
use crate::secret::Secret;

pub(super) const FORMAT: Format = Format {
    name: "powershell",
    about: "statements for PowerShell",
    shells: &["powershell", "pwsh"],
    usage: "mfa-session --format powershell | Out-String | Invoke-Expression",
    failure: "throw 'mfa-session failed'\n",
    unset: Some(unset),
    render,
    appendix: None,
};

fn render(handed: &Handed<'_>) -> Result<Secret, Uncarried> {
    let variables = handed.variables_unless(holds_nul)?;
    let set = |out: &mut dyn fmt::Write, Variable { name, value, .. }: &Variable<'_>| {
        writeln!(out, "$Env:{} = {}", name, Quoted(value))
    };
    Ok(statements(&variables, set, &unset(&UNSET)))
}

fn unset(names: &[&str]) -> String {
    let statement = |name| format!("Remove-Item -Path Env:{name} -ErrorAction Ignore\n");
    names.iter().map(statement).collect()
}

/// A value in single quotes, in which a quote is written twice; to PowerShell, typographic ones are
/// quotes as well. What is not printable ASCII is joined to it by its number.
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('\'')?;
        for c in self.0.chars() {
            match c {
                '\'' => f.write_str("''")?,
                ' '..='~' => f.write_char(c)?,
                c => {
                    f.write_char('\'')?;
                    for unit in c.encode_utf16(&mut [0; 2]) {
                        write!(f, " + [char]0x{unit:04x}")?;
                    }
                    f.write_str(" + '")?;
                }
            }
        }
        f.write_char('\'')
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::lines, *};

    #[test]
    fn quotes_are_doubled_and_all_but_ascii_is_joined_by_number() {
        let source = &lines(&FORMAT, "it's $(x) `n\n\u{2019}\u{1f511}").unwrap()[4];
        assert_eq!(
            source,
            "$Env:MFA_SESSION_SOURCE = 'it''s $(x) `n' + [char]0x000a + '' + [char]0x2019 + '' + \
             [char]0xd83d + [char]0xdd11 + ''"
        );
    }
}
