
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'mfa-session' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'mfa-session'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'mfa-session' {
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'The MFA device: its ARN, or the serial number of a hardware token')
            [CompletionResult]::new('--serial', '--serial', [CompletionResultType]::ParameterName, 'The MFA device: its ARN, or the serial number of a hardware token')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'The MFA code: six digits, or `-` to read them from standard input')
            [CompletionResult]::new('--code', '--code', [CompletionResultType]::ParameterName, 'The MFA code: six digits, or `-` to read them from standard input')
            [CompletionResult]::new('--code-command', '--code-command', [CompletionResultType]::ParameterName, 'A command that prints the MFA code, such as `pass otp aws`')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'How long the session lasts, such as 1h30m [default: 12h; for a role 1h]')
            [CompletionResult]::new('--duration', '--duration', [CompletionResultType]::ParameterName, 'How long the session lasts, such as 1h30m [default: 12h; for a role 1h]')
            [CompletionResult]::new('--min-remaining', '--min-remaining', [CompletionResultType]::ParameterName, 'Reuse a session that has at least this long left [default: 5m; for SDKs 15m]')
            [CompletionResult]::new('--role-arn', '--role-arn', [CompletionResultType]::ParameterName, 'ARN of the role to assume with the MFA session')
            [CompletionResult]::new('--role-session-name', '--role-session-name', [CompletionResultType]::ParameterName, 'Role session name [default: the IAM user''s name]')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'External ID that the role''s trust policy requires')
            [CompletionResult]::new('--source-identity', '--source-identity', [CompletionResultType]::ParameterName, 'Source identity for CloudTrail; roles assumed later can''t change it')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'A session policy: JSON, or `file://FILE`')
            [CompletionResult]::new('--policy-arn', '--policy-arn', [CompletionResultType]::ParameterName, 'ARN of a managed policy as a session policy; may be repeated, up to 10 times')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'A session tag; may be repeated, up to 50 times')
            [CompletionResult]::new('--transitive-tag', '--transitive-tag', [CompletionResultType]::ParameterName, 'The key of a tag that is passed on to roles assumed later; may be repeated')
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'The session profile, to which the session is written [default: `NAME-mfa`]')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Print the session in this format')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The profile with the long-term keys [default: `AWS_PROFILE`, or `default`]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile with the long-term keys [default: `AWS_PROFILE`, or `default`]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The region of STS')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'The URL of STS, such as a VPC endpoint or an emulator')
            [CompletionResult]::new('--ca-bundle', '--ca-bundle', [CompletionResultType]::ParameterName, 'A PEM file with certificates to trust instead of the default ones')
            [CompletionResult]::new('--no-prompt', '--no-prompt', [CompletionResultType]::ParameterName, 'Never prompt: fail at once if a code is needed and none is given')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Get a new session even if the stored one is valid')
            [CompletionResult]::new('--write', '--write', [CompletionResultType]::ParameterName, 'Write the session to the session profile as well, so that it can be reused')
            [CompletionResult]::new('--no-write', '--no-write', [CompletionResultType]::ParameterName, 'Don''t write the session to the session profile')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Print exports for the shell')
            [CompletionResult]::new('--export', '--export', [CompletionResultType]::ParameterName, 'Print exports for the shell')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show each setting and where it comes from; prompt for nothing, send nothing')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'With `--dry-run`: print JSON')
            [CompletionResult]::new('--allow-http', '--allow-http', [CompletionResultType]::ParameterName, 'Allow plain http to other machines, which exposes the keys')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('exec', 'exec', [CompletionResultType]::ParameterValue, 'Run a command with the session in its environment')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Print a shell function that puts sessions into the shell')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show the stored sessions and their time left')
            [CompletionResult]::new('clear', 'clear', [CompletionResultType]::ParameterValue, 'Remove the session from the session profile')
            [CompletionResult]::new('whoami', 'whoami', [CompletionResultType]::ParameterValue, 'Show the account, ARN and user id of the keys in use (GetCallerIdentity)')
            [CompletionResult]::new('key-info', 'key-info', [CompletionResultType]::ParameterValue, 'Show the account of an access key id (GetAccessKeyInfo)')
            [CompletionResult]::new('decode', 'decode', [CompletionResultType]::ParameterValue, 'Show the JSON in an encoded authorization message (DecodeAuthorizationMessage)')
            [CompletionResult]::new('federate', 'federate', [CompletionResultType]::ParameterValue, 'Get a session for a federated user (GetFederationToken)')
            [CompletionResult]::new('web-identity', 'web-identity', [CompletionResultType]::ParameterValue, 'Get a role''s session for an OIDC token (AssumeRoleWithWebIdentity); needs no AWS keys')
            [CompletionResult]::new('saml', 'saml', [CompletionResultType]::ParameterValue, 'Get a role''s session for a SAML assertion (AssumeRoleWithSAML); needs no AWS keys')
            [CompletionResult]::new('token', 'token', [CompletionResultType]::ParameterValue, 'Print a token that proves your AWS identity to another service (GetWebIdentityToken)')
            [CompletionResult]::new('root', 'root', [CompletionResultType]::ParameterValue, 'Get a short session of a member account''s root user, for one task (AssumeRoot)')
            break
        }
        'mfa-session;exec' {
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'The MFA device: its ARN, or the serial number of a hardware token')
            [CompletionResult]::new('--serial', '--serial', [CompletionResultType]::ParameterName, 'The MFA device: its ARN, or the serial number of a hardware token')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'The MFA code: six digits, or `-` to read them from standard input')
            [CompletionResult]::new('--code', '--code', [CompletionResultType]::ParameterName, 'The MFA code: six digits, or `-` to read them from standard input')
            [CompletionResult]::new('--code-command', '--code-command', [CompletionResultType]::ParameterName, 'A command that prints the MFA code, such as `pass otp aws`')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'How long the session lasts, such as 1h30m [default: 12h; for a role 1h]')
            [CompletionResult]::new('--duration', '--duration', [CompletionResultType]::ParameterName, 'How long the session lasts, such as 1h30m [default: 12h; for a role 1h]')
            [CompletionResult]::new('--min-remaining', '--min-remaining', [CompletionResultType]::ParameterName, 'Reuse a session that has at least this long left [default: 5m; for SDKs 15m]')
            [CompletionResult]::new('--role-arn', '--role-arn', [CompletionResultType]::ParameterName, 'ARN of the role to assume with the MFA session')
            [CompletionResult]::new('--role-session-name', '--role-session-name', [CompletionResultType]::ParameterName, 'Role session name [default: the IAM user''s name]')
            [CompletionResult]::new('--external-id', '--external-id', [CompletionResultType]::ParameterName, 'External ID that the role''s trust policy requires')
            [CompletionResult]::new('--source-identity', '--source-identity', [CompletionResultType]::ParameterName, 'Source identity for CloudTrail; roles assumed later can''t change it')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'A session policy: JSON, or `file://FILE`')
            [CompletionResult]::new('--policy-arn', '--policy-arn', [CompletionResultType]::ParameterName, 'ARN of a managed policy as a session policy; may be repeated, up to 10 times')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'A session tag; may be repeated, up to 50 times')
            [CompletionResult]::new('--transitive-tag', '--transitive-tag', [CompletionResultType]::ParameterName, 'The key of a tag that is passed on to roles assumed later; may be repeated')
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'The session profile, to which the session is written [default: `NAME-mfa`]')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The profile with the long-term keys [default: `AWS_PROFILE`, or `default`]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile with the long-term keys [default: `AWS_PROFILE`, or `default`]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The region of STS')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'The URL of STS, such as a VPC endpoint or an emulator')
            [CompletionResult]::new('--ca-bundle', '--ca-bundle', [CompletionResultType]::ParameterName, 'A PEM file with certificates to trust instead of the default ones')
            [CompletionResult]::new('--no-prompt', '--no-prompt', [CompletionResultType]::ParameterName, 'Never prompt: fail at once if a code is needed and none is given')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Get a new session even if the stored one is valid')
            [CompletionResult]::new('--write', '--write', [CompletionResultType]::ParameterName, 'Write the session to the session profile as well, so that it can be reused')
            [CompletionResult]::new('--no-write', '--no-write', [CompletionResultType]::ParameterName, 'Don''t write the session to the session profile')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show each setting and where it comes from; prompt for nothing, send nothing')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'With `--dry-run`: print JSON')
            [CompletionResult]::new('--allow-http', '--allow-http', [CompletionResultType]::ParameterName, 'Allow plain http to other machines, which exposes the keys')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'mfa-session;init' {
            [CompletionResult]::new('--cmd', '--cmd', [CompletionResultType]::ParameterName, 'The name of the function')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The profile with the long-term keys [default: `AWS_PROFILE`, or `default`]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile with the long-term keys [default: `AWS_PROFILE`, or `default`]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The region of STS')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'The URL of STS, such as a VPC endpoint or an emulator')
            [CompletionResult]::new('--ca-bundle', '--ca-bundle', [CompletionResultType]::ParameterName, 'A PEM file with certificates to trust instead of the default ones')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show each setting and where it comes from; prompt for nothing, send nothing')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'With `--dry-run`: print JSON')
            [CompletionResult]::new('--allow-http', '--allow-http', [CompletionResultType]::ParameterName, 'Allow plain http to other machines, which exposes the keys')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'mfa-session;status' {
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The profile with the long-term keys [default: `AWS_PROFILE`, or `default`]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile with the long-term keys [default: `AWS_PROFILE`, or `default`]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The region of STS')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'The URL of STS, such as a VPC endpoint or an emulator')
            [CompletionResult]::new('--ca-bundle', '--ca-bundle', [CompletionResultType]::ParameterName, 'A PEM file with certificates to trust instead of the default ones')
            [CompletionResult]::new('--short', '--short', [CompletionResultType]::ParameterName, 'Print only the profile and the time left of the active session, for a shell prompt')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show each setting and where it comes from; prompt for nothing, send nothing')
            [CompletionResult]::new('--allow-http', '--allow-http', [CompletionResultType]::ParameterName, 'Allow plain http to other machines, which exposes the keys')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'mfa-session;clear' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Print these statements in this format')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The profile with the long-term keys [default: `AWS_PROFILE`, or `default`]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile with the long-term keys [default: `AWS_PROFILE`, or `default`]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The region of STS')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'The URL of STS, such as a VPC endpoint or an emulator')
            [CompletionResult]::new('--ca-bundle', '--ca-bundle', [CompletionResultType]::ParameterName, 'A PEM file with certificates to trust instead of the default ones')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Remove every session that mfa-session wrote')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Print statements that unset the variables of a session, and change no file')
            [CompletionResult]::new('--export', '--export', [CompletionResultType]::ParameterName, 'Print statements that unset the variables of a session, and change no file')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show each setting and where it comes from; prompt for nothing, send nothing')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'With `--dry-run`: print JSON')
            [CompletionResult]::new('--allow-http', '--allow-http', [CompletionResultType]::ParameterName, 'Allow plain http to other machines, which exposes the keys')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'mfa-session;whoami' {
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The profile with the long-term keys [default: `AWS_PROFILE`, or `default`]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile with the long-term keys [default: `AWS_PROFILE`, or `default`]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The region of STS')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'The URL of STS, such as a VPC endpoint or an emulator')
            [CompletionResult]::new('--ca-bundle', '--ca-bundle', [CompletionResultType]::ParameterName, 'A PEM file with certificates to trust instead of the default ones')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show each setting and where it comes from; send nothing')
            [CompletionResult]::new('--allow-http', '--allow-http', [CompletionResultType]::ParameterName, 'Allow plain http to other machines, which exposes the keys')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'mfa-session;key-info' {
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The profile with the long-term keys [default: `AWS_PROFILE`, or `default`]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile with the long-term keys [default: `AWS_PROFILE`, or `default`]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The region of STS')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'The URL of STS, such as a VPC endpoint or an emulator')
            [CompletionResult]::new('--ca-bundle', '--ca-bundle', [CompletionResultType]::ParameterName, 'A PEM file with certificates to trust instead of the default ones')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show each setting and where it comes from; send nothing')
            [CompletionResult]::new('--allow-http', '--allow-http', [CompletionResultType]::ParameterName, 'Allow plain http to other machines, which exposes the keys')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'mfa-session;decode' {
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The profile with the long-term keys [default: `AWS_PROFILE`, or `default`]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile with the long-term keys [default: `AWS_PROFILE`, or `default`]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The region of STS')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'The URL of STS, such as a VPC endpoint or an emulator')
            [CompletionResult]::new('--ca-bundle', '--ca-bundle', [CompletionResultType]::ParameterName, 'A PEM file with certificates to trust instead of the default ones')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show each setting and where it comes from; prompt for nothing, send nothing')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'With `--dry-run`: print JSON')
            [CompletionResult]::new('--allow-http', '--allow-http', [CompletionResultType]::ParameterName, 'Allow plain http to other machines, which exposes the keys')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'mfa-session;federate' {
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'How long the session lasts, such as 1h30m [default: 12h; for a role 1h]')
            [CompletionResult]::new('--duration', '--duration', [CompletionResultType]::ParameterName, 'How long the session lasts, such as 1h30m [default: 12h; for a role 1h]')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'A session policy: JSON, or `file://FILE`')
            [CompletionResult]::new('--policy-arn', '--policy-arn', [CompletionResultType]::ParameterName, 'ARN of a managed policy as a session policy; may be repeated, up to 10 times')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'A session tag; may be repeated, up to 50 times')
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'The session profile, to which the session is written [default: `NAME-mfa`]')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Print the session in this format')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The profile with the long-term keys [default: `AWS_PROFILE`, or `default`]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile with the long-term keys [default: `AWS_PROFILE`, or `default`]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The region of STS')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'The URL of STS, such as a VPC endpoint or an emulator')
            [CompletionResult]::new('--ca-bundle', '--ca-bundle', [CompletionResultType]::ParameterName, 'A PEM file with certificates to trust instead of the default ones')
            [CompletionResult]::new('--write', '--write', [CompletionResultType]::ParameterName, 'Write the session to the session profile as well, so that it can be reused')
            [CompletionResult]::new('--no-write', '--no-write', [CompletionResultType]::ParameterName, 'Don''t write the session to the session profile')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Print exports for the shell')
            [CompletionResult]::new('--export', '--export', [CompletionResultType]::ParameterName, 'Print exports for the shell')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show each setting and where it comes from; prompt for nothing, send nothing')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'With `--dry-run`: print JSON')
            [CompletionResult]::new('--allow-http', '--allow-http', [CompletionResultType]::ParameterName, 'Allow plain http to other machines, which exposes the keys')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'mfa-session;web-identity' {
            [CompletionResult]::new('--role-arn', '--role-arn', [CompletionResultType]::ParameterName, 'ARN of the role [default: `AWS_ROLE_ARN`, or the profile''s `role_arn`]')
            [CompletionResult]::new('--role-session-name', '--role-session-name', [CompletionResultType]::ParameterName, 'Role session name [default: the token''s subject]')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'The file with the OIDC token, or `-` for standard input')
            [CompletionResult]::new('--audience', '--audience', [CompletionResultType]::ParameterName, 'The audience of a token from GitHub [default: sts.amazonaws.com]')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'A session policy: JSON, or `file://FILE`')
            [CompletionResult]::new('--policy-arn', '--policy-arn', [CompletionResultType]::ParameterName, 'ARN of a managed policy as a session policy; may be repeated, up to 10 times')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'How long the session lasts, such as 1h30m [default: 12h; for a role 1h]')
            [CompletionResult]::new('--duration', '--duration', [CompletionResultType]::ParameterName, 'How long the session lasts, such as 1h30m [default: 12h; for a role 1h]')
            [CompletionResult]::new('--min-remaining', '--min-remaining', [CompletionResultType]::ParameterName, 'Reuse a session that has at least this long left [default: 5m; for SDKs 15m]')
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'The session profile, to which the session is written [default: `NAME-mfa`]')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Print the session in this format')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The profile with the long-term keys [default: `AWS_PROFILE`, or `default`]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile with the long-term keys [default: `AWS_PROFILE`, or `default`]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The region of STS')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'The URL of STS, such as a VPC endpoint or an emulator')
            [CompletionResult]::new('--ca-bundle', '--ca-bundle', [CompletionResultType]::ParameterName, 'A PEM file with certificates to trust instead of the default ones')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Get a new session even if the stored one is valid')
            [CompletionResult]::new('--write', '--write', [CompletionResultType]::ParameterName, 'Write the session to the session profile as well, so that it can be reused')
            [CompletionResult]::new('--no-write', '--no-write', [CompletionResultType]::ParameterName, 'Don''t write the session to the session profile')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Print exports for the shell')
            [CompletionResult]::new('--export', '--export', [CompletionResultType]::ParameterName, 'Print exports for the shell')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show each setting and where it comes from; prompt for nothing, send nothing')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'With `--dry-run`: print JSON')
            [CompletionResult]::new('--allow-http', '--allow-http', [CompletionResultType]::ParameterName, 'Allow plain http to other machines, which exposes the keys')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'mfa-session;saml' {
            [CompletionResult]::new('--assertion-file', '--assertion-file', [CompletionResultType]::ParameterName, 'The file with the assertion [default: `-`, standard input]')
            [CompletionResult]::new('--role-arn', '--role-arn', [CompletionResultType]::ParameterName, 'ARN of the role [default: the only role in the assertion]')
            [CompletionResult]::new('--principal-arn', '--principal-arn', [CompletionResultType]::ParameterName, 'ARN of the SAML provider in IAM [default: the role''s provider in the assertion]')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'A session policy: JSON, or `file://FILE`')
            [CompletionResult]::new('--policy-arn', '--policy-arn', [CompletionResultType]::ParameterName, 'ARN of a managed policy as a session policy; may be repeated, up to 10 times')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'How long the session lasts, such as 1h30m [default: 12h; for a role 1h]')
            [CompletionResult]::new('--duration', '--duration', [CompletionResultType]::ParameterName, 'How long the session lasts, such as 1h30m [default: 12h; for a role 1h]')
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'The session profile, to which the session is written [default: `NAME-mfa`]')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Print the session in this format')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The profile with the long-term keys [default: `AWS_PROFILE`, or `default`]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile with the long-term keys [default: `AWS_PROFILE`, or `default`]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The region of STS')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'The URL of STS, such as a VPC endpoint or an emulator')
            [CompletionResult]::new('--ca-bundle', '--ca-bundle', [CompletionResultType]::ParameterName, 'A PEM file with certificates to trust instead of the default ones')
            [CompletionResult]::new('--write', '--write', [CompletionResultType]::ParameterName, 'Write the session to the session profile as well, so that it can be reused')
            [CompletionResult]::new('--no-write', '--no-write', [CompletionResultType]::ParameterName, 'Don''t write the session to the session profile')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Print exports for the shell')
            [CompletionResult]::new('--export', '--export', [CompletionResultType]::ParameterName, 'Print exports for the shell')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show each setting and where it comes from; prompt for nothing, send nothing')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'With `--dry-run`: print JSON')
            [CompletionResult]::new('--allow-http', '--allow-http', [CompletionResultType]::ParameterName, 'Allow plain http to other machines, which exposes the keys')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'mfa-session;token' {
            [CompletionResult]::new('--audience', '--audience', [CompletionResultType]::ParameterName, 'The service that the token is for; may be repeated, ten times at most')
            [CompletionResult]::new('--signing-algorithm', '--signing-algorithm', [CompletionResultType]::ParameterName, 'The algorithm of the signature')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'How long the token lasts: 1m to 1h [default: 5m]')
            [CompletionResult]::new('--duration', '--duration', [CompletionResultType]::ParameterName, 'How long the token lasts: 1m to 1h [default: 5m]')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'A claim of the token; may be repeated, fifty times at most')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The profile with the long-term keys [default: `AWS_PROFILE`, or `default`]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile with the long-term keys [default: `AWS_PROFILE`, or `default`]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The region of STS')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'The URL of STS, such as a VPC endpoint or an emulator')
            [CompletionResult]::new('--ca-bundle', '--ca-bundle', [CompletionResultType]::ParameterName, 'A PEM file with certificates to trust instead of the default ones')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show each setting and where it comes from; prompt for nothing, send nothing')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'With `--dry-run`: print JSON')
            [CompletionResult]::new('--allow-http', '--allow-http', [CompletionResultType]::ParameterName, 'Allow plain http to other machines, which exposes the keys')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'mfa-session;root' {
            [CompletionResult]::new('--task', '--task', [CompletionResultType]::ParameterName, 'What the session may do')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'How long the session lasts: 15m at most [default: 15m]')
            [CompletionResult]::new('--duration', '--duration', [CompletionResultType]::ParameterName, 'How long the session lasts: 15m at most [default: 15m]')
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'The session profile, to which the session is written [default: `NAME-mfa`]')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Print the session in this format')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The profile with the long-term keys [default: `AWS_PROFILE`, or `default`]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile with the long-term keys [default: `AWS_PROFILE`, or `default`]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The region of STS')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'The URL of STS, such as a VPC endpoint or an emulator')
            [CompletionResult]::new('--ca-bundle', '--ca-bundle', [CompletionResultType]::ParameterName, 'A PEM file with certificates to trust instead of the default ones')
            [CompletionResult]::new('--write', '--write', [CompletionResultType]::ParameterName, 'Write the session to the session profile as well, so that it can be reused')
            [CompletionResult]::new('--no-write', '--no-write', [CompletionResultType]::ParameterName, 'Don''t write the session to the session profile')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Print exports for the shell')
            [CompletionResult]::new('--export', '--export', [CompletionResultType]::ParameterName, 'Print exports for the shell')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show each setting and where it comes from; prompt for nothing, send nothing')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'With `--dry-run`: print JSON')
            [CompletionResult]::new('--allow-http', '--allow-http', [CompletionResultType]::ParameterName, 'Allow plain http to other machines, which exposes the keys')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
