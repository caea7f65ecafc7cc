# Completes the profile. nu inserts a name as it is: one that is not plain needs quotes.
def "nu-complete @cmd@" [context: string] {
    if ($context | split row --regex '\s+' | length) > 2 { return [] }
    ^mfa-session complete words | lines | each {|name|
        if $name =~ '^\w[\w.@%+-]*$' { $name } else { $name | to json --raw }
    }
}

# Put a session into this shell, or remove it.
export def --env --wrapped @cmd@ [...words: string@"nu-complete @cmd@"] {
    let first = $words.0? | default ""
    let is_profile = $first !~ '^(-.*|status|clear)?$'
    let words = if $is_profile { ["--profile" ...$words] } else { $words }
    let prints = $words | any {|word|
        $word =~ '^(-[hVe]|--(help|version|dry-run|export|format))'
    }
    if $prints or $first == "status" or ($first == "clear" and ($words | length) > 1) {
        ^mfa-session ...$words
    } else {
        let words = if $first == "clear" { [clear --export=nu] } else { [--export=nu ...$words] }
        # A failure ends the function here.
        let variables = ^mfa-session ...$words
        $variables | from json | load-env
    }
}
