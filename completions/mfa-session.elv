
use builtin;
use str;

set edit:completion:arg-completer[mfa-session] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'mfa-session'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'mfa-session'= {
            cand -p 'The profile with the long-term keys [default: `AWS_PROFILE`, or `default`]'
            cand --profile 'The profile with the long-term keys [default: `AWS_PROFILE`, or `default`]'
            cand -s 'The MFA device: its ARN, or a hardware token''s serial number'
            cand --serial 'The MFA device: its ARN, or a hardware token''s serial number'
            cand -c 'The MFA code: six digits, or `-` to read them from standard input'
            cand --code 'The MFA code: six digits, or `-` to read them from standard input'
            cand -d 'How long the session is to last, such as 1h30m [default: 12h]'
            cand --duration 'How long the session is to last, such as 1h30m [default: 12h]'
            cand --min-remaining 'Reuse a session that has at least this long left [default: 5m]'
            cand --to 'The session profile: where the session is written [default: `NAME-mfa`]'
            cand --region 'The region whose STS is asked'
            cand --endpoint-url 'The URL of another STS, such as a VPC endpoint or an emulator'
            cand --ca-bundle 'A PEM file of the only certificates to trust'
            cand --force 'Get a new session even if there is a good one'
            cand --no-prompt 'Never ask: where a code is needed and none is given, fail at once'
            cand --dry-run 'Show every setting and where it was said; ask nothing, send nothing'
            cand --json 'With `--dry-run`: show it as JSON'
            cand -e 'Print exports for the shell instead of writing the session'
            cand --export 'Print exports for the shell instead of writing the session'
            cand --write 'With `--export`: write the session to the session profile as well'
            cand --allow-http 'Let plain http go to other machines: keys can be read on the way'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
    ]
    $completions[$command]
}
