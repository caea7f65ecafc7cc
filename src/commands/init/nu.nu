# Completes the profile.
def "nu-complete @cmd@" [context: string] {
    if ($context | split row --regex '\s+' | length) > 2 { return [] }
    ^mfa-session complete words | lines
}

# Put a session into this shell, or take it out.
export def --env --wrapped @cmd@ [...words: string@"nu-complete @cmd@"] {
    let first = $words | get --optional 0 | default ""
    let is_profile = $first != "" and $first not-starts-with "-" and $first not-in [status clear]
    let words = if $is_profile { ["--profile" ...$words] } else { $words }
    let flags = '^(-[hVe]|--(help|version|dry-run|export|format))'
    if $first == "status" or ($first == "clear" and ($words | length) > 1) or ($words | any { $in =~ $flags }) {
        ^mfa-session ...$words
    } else {
        let words = if $first == "clear" { [clear --export=nu] } else { [--export=nu ...$words] }
        # A failure ends the function here.
        let variables = ^mfa-session ...$words
        $variables | from json | load-env
    }
}
