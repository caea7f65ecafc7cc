
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
            cand -s 'The MFA device: its ARN, or a hardware token''s serial number'
            cand --serial 'The MFA device: its ARN, or a hardware token''s serial number'
            cand -c 'The MFA code: six digits, or `-` to read them from standard input'
            cand --code 'The MFA code: six digits, or `-` to read them from standard input'
            cand --code-command 'A command that prints the MFA code, such as `pass otp aws`'
            cand -d 'How long the session is to last, such as 1h30m [default: 12h; for a role 1h]'
            cand --duration 'How long the session is to last, such as 1h30m [default: 12h; for a role 1h]'
            cand --min-remaining 'Reuse a session that has at least this long left [default: 5m]'
            cand --role-arn 'Assume this role with the MFA session: its ARN'
            cand --role-session-name 'How the role''s session is called [default: the IAM user''s name]'
            cand --external-id 'What the owner of the role wants to be told'
            cand --source-identity 'Who is behind the session, for `CloudTrail`: it can''t be changed by further roles'
            cand --policy 'A session policy: JSON, or `file://` and the name of a file'
            cand --policy-arn 'A managed policy as a session policy; may be repeated, ten times at most'
            cand --tag 'A session tag; may be repeated, fifty times at most'
            cand --transitive-tag 'A tag that goes on to the sessions of further roles; may be repeated'
            cand --to 'The session profile: where the session is written [default: `NAME-mfa`]'
            cand -p 'The profile with the long-term keys [default: `AWS_PROFILE`, or `default`]'
            cand --profile 'The profile with the long-term keys [default: `AWS_PROFILE`, or `default`]'
            cand --region 'The region whose STS is asked'
            cand --endpoint-url 'The URL of another STS, such as a VPC endpoint or an emulator'
            cand --ca-bundle 'A PEM file of the only certificates to trust'
            cand --no-prompt 'Never ask: where a code is needed and none is given, fail at once'
            cand --force 'Get a new session even if there is a good one'
            cand -e 'Print exports for the shell instead of writing the session'
            cand --export 'Print exports for the shell instead of writing the session'
            cand --write 'With `--export`: write the session to the session profile as well'
            cand --dry-run 'Show every setting and where it was said; ask nothing, send nothing'
            cand --json 'Print JSON: with `--dry-run`, whoami and key-info'
            cand --allow-http 'Let plain http go to other machines: keys can be read on the way'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand whoami 'Show whose keys these are: account, ARN and user id (GetCallerIdentity)'
            cand key-info 'Show the account that an access key id belongs to (GetAccessKeyInfo)'
            cand decode 'Show the JSON in an encoded authorization message (DecodeAuthorizationMessage)'
            cand federate 'Get a session for a federated user (GetFederationToken)'
            cand web-identity 'Get a session of a role for an OIDC token (AssumeRoleWithWebIdentity); needs no AWS keys'
            cand saml 'Get a session of a role for a SAML assertion (AssumeRoleWithSAML); needs no AWS keys'
        }
        &'mfa-session;whoami'= {
            cand -p 'The profile with the long-term keys [default: `AWS_PROFILE`, or `default`]'
            cand --profile 'The profile with the long-term keys [default: `AWS_PROFILE`, or `default`]'
            cand --region 'The region whose STS is asked'
            cand --endpoint-url 'The URL of another STS, such as a VPC endpoint or an emulator'
            cand --ca-bundle 'A PEM file of the only certificates to trust'
            cand --dry-run 'Show every setting and where it was said; ask nothing, send nothing'
            cand --json 'Print JSON: with `--dry-run`, whoami and key-info'
            cand --allow-http 'Let plain http go to other machines: keys can be read on the way'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'mfa-session;key-info'= {
            cand -p 'The profile with the long-term keys [default: `AWS_PROFILE`, or `default`]'
            cand --profile 'The profile with the long-term keys [default: `AWS_PROFILE`, or `default`]'
            cand --region 'The region whose STS is asked'
            cand --endpoint-url 'The URL of another STS, such as a VPC endpoint or an emulator'
            cand --ca-bundle 'A PEM file of the only certificates to trust'
            cand --dry-run 'Show every setting and where it was said; ask nothing, send nothing'
            cand --json 'Print JSON: with `--dry-run`, whoami and key-info'
            cand --allow-http 'Let plain http go to other machines: keys can be read on the way'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'mfa-session;decode'= {
            cand -p 'The profile with the long-term keys [default: `AWS_PROFILE`, or `default`]'
            cand --profile 'The profile with the long-term keys [default: `AWS_PROFILE`, or `default`]'
            cand --region 'The region whose STS is asked'
            cand --endpoint-url 'The URL of another STS, such as a VPC endpoint or an emulator'
            cand --ca-bundle 'A PEM file of the only certificates to trust'
            cand --dry-run 'Show every setting and where it was said; ask nothing, send nothing'
            cand --json 'Print JSON: with `--dry-run`, whoami and key-info'
            cand --allow-http 'Let plain http go to other machines: keys can be read on the way'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'mfa-session;federate'= {
            cand -d 'How long the session is to last, such as 1h30m [default: 12h; for a role 1h]'
            cand --duration 'How long the session is to last, such as 1h30m [default: 12h; for a role 1h]'
            cand --policy 'A session policy: JSON, or `file://` and the name of a file'
            cand --policy-arn 'A managed policy as a session policy; may be repeated, ten times at most'
            cand --tag 'A session tag; may be repeated, fifty times at most'
            cand --to 'The session profile: where the session is written [default: `NAME-mfa`]'
            cand -p 'The profile with the long-term keys [default: `AWS_PROFILE`, or `default`]'
            cand --profile 'The profile with the long-term keys [default: `AWS_PROFILE`, or `default`]'
            cand --region 'The region whose STS is asked'
            cand --endpoint-url 'The URL of another STS, such as a VPC endpoint or an emulator'
            cand --ca-bundle 'A PEM file of the only certificates to trust'
            cand -e 'Print exports for the shell instead of writing the session'
            cand --export 'Print exports for the shell instead of writing the session'
            cand --write 'With `--export`: write the session to the session profile as well'
            cand --dry-run 'Show every setting and where it was said; ask nothing, send nothing'
            cand --json 'Print JSON: with `--dry-run`, whoami and key-info'
            cand --allow-http 'Let plain http go to other machines: keys can be read on the way'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'mfa-session;web-identity'= {
            cand --role-arn 'The role: its ARN [default: `AWS_ROLE_ARN`, or the profile''s `role_arn`]'
            cand --role-session-name 'How the session is called [default: the token''s subject]'
            cand --token-file 'The file with the OIDC token, or `-` for standard input'
            cand --audience 'The audience of a token that is asked of GitHub [default: sts.amazonaws.com]'
            cand --policy 'A session policy: JSON, or `file://` and the name of a file'
            cand --policy-arn 'A managed policy as a session policy; may be repeated, ten times at most'
            cand -d 'How long the session is to last, such as 1h30m [default: 12h; for a role 1h]'
            cand --duration 'How long the session is to last, such as 1h30m [default: 12h; for a role 1h]'
            cand --min-remaining 'Reuse a session that has at least this long left [default: 5m]'
            cand --to 'The session profile: where the session is written [default: `NAME-mfa`]'
            cand -p 'The profile with the long-term keys [default: `AWS_PROFILE`, or `default`]'
            cand --profile 'The profile with the long-term keys [default: `AWS_PROFILE`, or `default`]'
            cand --region 'The region whose STS is asked'
            cand --endpoint-url 'The URL of another STS, such as a VPC endpoint or an emulator'
            cand --ca-bundle 'A PEM file of the only certificates to trust'
            cand --force 'Get a new session even if there is a good one'
            cand -e 'Print exports for the shell instead of writing the session'
            cand --export 'Print exports for the shell instead of writing the session'
            cand --write 'With `--export`: write the session to the session profile as well'
            cand --dry-run 'Show every setting and where it was said; ask nothing, send nothing'
            cand --json 'Print JSON: with `--dry-run`, whoami and key-info'
            cand --allow-http 'Let plain http go to other machines: keys can be read on the way'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'mfa-session;saml'= {
            cand --assertion-file 'The file with the assertion [default: `-`, standard input]'
            cand --role-arn 'The role: its ARN [default: the one that the assertion names]'
            cand --principal-arn 'The provider in IAM: its ARN [default: the one that the assertion names with the role]'
            cand --policy 'A session policy: JSON, or `file://` and the name of a file'
            cand --policy-arn 'A managed policy as a session policy; may be repeated, ten times at most'
            cand -d 'How long the session is to last, such as 1h30m [default: 12h; for a role 1h]'
            cand --duration 'How long the session is to last, such as 1h30m [default: 12h; for a role 1h]'
            cand --to 'The session profile: where the session is written [default: `NAME-mfa`]'
            cand -p 'The profile with the long-term keys [default: `AWS_PROFILE`, or `default`]'
            cand --profile 'The profile with the long-term keys [default: `AWS_PROFILE`, or `default`]'
            cand --region 'The region whose STS is asked'
            cand --endpoint-url 'The URL of another STS, such as a VPC endpoint or an emulator'
            cand --ca-bundle 'A PEM file of the only certificates to trust'
            cand -e 'Print exports for the shell instead of writing the session'
            cand --export 'Print exports for the shell instead of writing the session'
            cand --write 'With `--export`: write the session to the session profile as well'
            cand --dry-run 'Show every setting and where it was said; ask nothing, send nothing'
            cand --json 'Print JSON: with `--dry-run`, whoami and key-info'
            cand --allow-http 'Let plain http go to other machines: keys can be read on the way'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
    ]
    $completions[$command]
}
