//! What the README and the help tell people to type does what they say.

use std::fs;

use crate::{
    generated::text,
    world::{PROGRAM, World},
};

/// A section of the README, without its heading.
pub(crate) fn section(heading: &str) -> String {
    let readme = text("README.md");
    let (_, rest) = readme.split_once(&format!("\n## {heading}\n")).expect(heading);
    rest.split("\n## ").next().unwrap().to_owned()
}

/// Programs in `~/bin` that stand in for those of other people: the code that the person sees is
/// in `~/code`; what asks AWS tells who it is.
#[cfg(unix)]
pub(crate) fn bin(world: &mut World) {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let bin = world.path("bin");
    fs::create_dir_all(&bin).unwrap();
    symlink(PROGRAM, bin.join("mfa-session")).unwrap();
    for (name, script) in STAND_INS {
        let path = bin.join(name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    world.set("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", bin.display()));
}

#[cfg(unix)]
const STAND_INS: [(&str, &str); 8] = [
    ("aws", "exec mfa-session whoami"),
    ("terraform", "exec mfa-session whoami"),
    ("ykman", r#"[ "$*" = "oath accounts code --single aws" ] && cat ~/code"#),
    ("pass", r#"[ "$*" = "otp aws/work" ] && cat ~/code"#),
    ("gopass", r#"[ "$*" = "otp --password aws" ] && cat ~/code"#),
    ("op", r#"[ "$*" = "item get AWS work --otp" ] && cat ~/code"#),
    ("oathtool", r#"[ "$*" = "--base32 --totp GEZDGNBV" ] && cat ~/code"#),
    ("docker", DOCKER),
];

/// Reads `--env-file` by docker's rules, and runs the rest, as if it were in a container.
#[cfg(unix)]
const DOCKER: &str = r#"[ "$1 $2" = "run --env-file" ] || exit 2
file=$3; shift 3
set -- sh -c 'exec mfa-session whoami'
while IFS= read -r line; do set -- "$line" "$@"; done < "$file"
exec env -i PATH="$PATH" HOME=/nowhere AWS_ENDPOINT_URL="$AWS_ENDPOINT_URL" "$@""#;
