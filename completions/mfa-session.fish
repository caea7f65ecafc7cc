complete -c mfa-session -s p -l profile -d 'The profile with the long-term keys [default: `AWS_PROFILE`, or `default`]' -r -f
complete -c mfa-session -s s -l serial -d 'The MFA device: its ARN, or a hardware token\'s serial number' -r -f
complete -c mfa-session -s c -l code -d 'The MFA code: six digits, or `-` to read them from standard input' -r -f
complete -c mfa-session -s d -l duration -d 'How long the session is to last, such as 1h30m [default: 12h]' -r -f
complete -c mfa-session -l min-remaining -d 'Reuse a session that has at least this long left [default: 5m]' -r -f
complete -c mfa-session -l to -d 'The session profile: where the session is written [default: `NAME-mfa`]' -r -f
complete -c mfa-session -l region -d 'The region whose STS is asked' -r -f
complete -c mfa-session -l endpoint-url -d 'The URL of another STS, such as a VPC endpoint or an emulator' -r -f
complete -c mfa-session -l ca-bundle -d 'A PEM file of the only certificates to trust' -r -F
complete -c mfa-session -l force -d 'Get a new session even if there is a good one'
complete -c mfa-session -l no-prompt -d 'Never ask: where a code is needed and none is given, fail at once'
complete -c mfa-session -l dry-run -d 'Show every setting and where it was said; ask nothing, send nothing'
complete -c mfa-session -l json -d 'With `--dry-run`: show it as JSON'
complete -c mfa-session -s e -l export -d 'Print exports for the shell instead of writing the session'
complete -c mfa-session -l write -d 'With `--export`: write the session to the session profile as well'
complete -c mfa-session -l allow-http -d 'Let plain http go to other machines: keys can be read on the way'
complete -c mfa-session -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mfa-session -s V -l version -d 'Print version'
