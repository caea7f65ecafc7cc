//! Statements for PowerShell, one per line. They are ASCII: PowerShell may decode program output in
//! any encoding.
//!
//! Quoting follows `about_Quoting_Rules` in PowerShell's documentation.

use crate::{
    output::format::{Format, SessionView, Unrepresentable},
    output::variables::{Variable, nul_character},
    secret::Secret,
};

pub(super) const FORMAT: Format = Format {
    name: "powershell",
    about: "statements for PowerShell",
    shells: &["powershell", "pwsh"],
    usage: "mfa-session --format powershell | Out-String | Invoke-Expression",
    failure: "throw 'mfa-session failed'\n",
    set: Some(set),
    unset: Some(unset),
    render,
    ..Format::PLAIN
};

fn render(view: &SessionView<'_>) -> Result<Secret, Unrepresentable> {
    let variables = view.variables_without(nul_character)?;
    let statement = |Variable { name, value, .. }: &Variable<'_>| set(name, value) + "\n";
    let unset = unset(&view.context.unset_besides(&variables));
    Ok(Secret::new(variables.iter().map(statement).collect::<String>() + &unset))
}

fn set(name: &str, value: &str) -> String {
    format!("$Env:{name} = {}", quote(value))
}

fn unset(names: &[&str]) -> String {
    let statement = |name| format!("Remove-Item -Path Env:{name} -ErrorAction Ignore\n");
    names.iter().map(statement).collect()
}

/// Doubles single quotes, and appends all but printable ASCII by number: to PowerShell, typographic
/// quotes are quotes.
fn quote(value: &str) -> String {
    let escape = |c: char| match c {
        '\'' => "''".to_owned(),
        ' '..='~' => c.to_string(),
        c => {
            let unit = |unit: &u16| format!(" + [char]0x{unit:04x}");
            let units: String = c.encode_utf16(&mut [0; 2]).iter().map(unit).collect();
            format!("'{units} + '")
        }
    };
    format!("'{}'", value.chars().map(escape).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::format::lines;

    #[test]
    fn doubles_quotes_and_appends_other_characters_by_number() {
        let source = &lines(&FORMAT, "it's $(x) `n\n\u{2019}\u{1f511}").unwrap()[4];
        assert_eq!(
            source,
            "$Env:MFA_SESSION_SOURCE = 'it''s $(x) `n' + [char]0x000a + '' + [char]0x2019 + '' + \
             [char]0xd83d + [char]0xdd11 + ''"
        );
    }
}
