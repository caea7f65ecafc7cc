# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_mfa_session_global_optspecs
    string join \n s/serial= c/code= code-command= no-prompt d/duration= min-remaining= force role-arn= role-session-name= external-id= source-identity= policy= policy-arn= tag= transitive-tag= to= write no-write e/export format= dry-run json p/profile= region= endpoint-url= ca-bundle= allow-http h/help V/version
end

function __fish_mfa_session_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_mfa_session_global_optspecs) -- $cmd 2>/dev/null
    or argparse -s (__fish_mfa_session_global_optspecs) -- $cmd value 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_mfa_session_using_subcommand
    set -l cmd (__fish_mfa_session_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

# Print the words of the command of `exec` before the cursor; fail elsewhere.
function __fish_mfa_session_exec_words
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_mfa_session_global_optspecs) -- $cmd 2>/dev/null
    and test "$argv[1]" = exec
    or return
    set -e argv[1]
    # Fails while the last flag has no value.
    argparse -s (__fish_mfa_session_global_optspecs) -- $argv 2>/dev/null
    or return
    string join \n -- $argv
    return 0
end

function __fish_mfa_session_in_exec_command
    count (__fish_mfa_session_exec_words) >/dev/null
end

# Completes the command of `exec`, and its arguments as if the line began with the command.
function __fish_mfa_session_exec
    set -l words (__fish_mfa_session_exec_words)
    or return
    set -l token (commandline -ct)
    set -l line
    for word in $words
        set -a line (string escape -- $word)
    end
    complete -C "$line $token"
end

complete -c mfa-session -n "__fish_mfa_session_needs_command" -s s -l serial -d 'The MFA device: its ARN or serial number' -r -f -a "(command mfa-session complete serials 2>/dev/null)"
complete -c mfa-session -n "__fish_mfa_session_needs_command" -s c -l code -d 'The MFA code: six digits, or `-` for standard input' -r -f
complete -c mfa-session -n "__fish_mfa_session_needs_command" -l code-command -d 'A command that prints the MFA code, such as `pass otp aws`' -r -f -a "(__fish_complete_command)"
complete -c mfa-session -n "__fish_mfa_session_needs_command" -s d -l duration -d 'Duration of the session [default: 12h; 1h for a role]' -r -f
complete -c mfa-session -n "__fish_mfa_session_needs_command" -l min-remaining -d 'Reuse a session that has at least this long left [default: 5m; for SDKs 15m]' -r -f
complete -c mfa-session -n "__fish_mfa_session_needs_command" -l role-arn -d 'ARN of the role to assume' -r -f -a "(command mfa-session complete roles 2>/dev/null)"
complete -c mfa-session -n "__fish_mfa_session_needs_command" -l role-session-name -d 'Role session name [default: the IAM user\'s name]' -r -f
complete -c mfa-session -n "__fish_mfa_session_needs_command" -l external-id -d 'External ID that the role\'s trust policy requires' -r -f
complete -c mfa-session -n "__fish_mfa_session_needs_command" -l source-identity -d 'Source identity for CloudTrail; roles assumed later can\'t change it' -r -f
complete -c mfa-session -n "__fish_mfa_session_needs_command" -l policy -d 'A session policy: JSON, or `file://FILE`' -r -f
complete -c mfa-session -n "__fish_mfa_session_needs_command" -l policy-arn -d 'ARN of a managed policy as a session policy; may be repeated, up to 10 times' -r -f
complete -c mfa-session -n "__fish_mfa_session_needs_command" -l tag -d 'A session tag; may be repeated, up to 50 times' -r -f
complete -c mfa-session -n "__fish_mfa_session_needs_command" -l transitive-tag -d 'The key of a tag that is passed on to roles assumed later; may be repeated' -r -f
complete -c mfa-session -n "__fish_mfa_session_needs_command" -l to -d 'The profile to write to [default: `NAME-mfa` or `NAME-ROLE`]' -r -f -a "(command mfa-session complete sessions 2>/dev/null)"
complete -c mfa-session -n "__fish_mfa_session_needs_command" -l format -d 'Print the session in a format, such as json or dotenv' -r -f -a "env\t'exports for sh, bash, dash, ksh and zsh'
fish\t'statements for fish'
powershell\t'statements for PowerShell'
cmd\t'commands for cmd, or for a batch file'
nu\t'a record for nu'
process\t'JSON for the AWS SDKs, as they read it from a credential process'
json\t'JSON for scripts: the session, and all that is known about it'
dotenv\t'lines for the env file of docker and podman'
ini\t'the session profile, a section of a credentials file'
github\t'for the next steps of a GitHub Actions job: masks, and variables in GITHUB_ENV'"
complete -c mfa-session -n "__fish_mfa_session_needs_command" -s p -l profile -d 'The AWS profile [default: `AWS_PROFILE`, or `default`]' -r -f -a "(command mfa-session complete profiles 2>/dev/null)"
complete -c mfa-session -n "__fish_mfa_session_needs_command" -l region -d 'The region of STS' -r -f
complete -c mfa-session -n "__fish_mfa_session_needs_command" -l endpoint-url -d 'The URL of STS, such as a VPC endpoint or an emulator' -r -f
complete -c mfa-session -n "__fish_mfa_session_needs_command" -l ca-bundle -d 'A PEM file with certificates to trust instead of the default ones' -r -F
complete -c mfa-session -n "__fish_mfa_session_needs_command" -l no-prompt -d 'Never prompt: fail at once if a code is needed and none is given'
complete -c mfa-session -n "__fish_mfa_session_needs_command" -l force -d 'Get a new session even if the stored one is valid'
complete -c mfa-session -n "__fish_mfa_session_needs_command" -l write -d 'Write the session to the session profile as well, so that it can be reused'
complete -c mfa-session -n "__fish_mfa_session_needs_command" -l no-write -d 'Don\'t write the session to the session profile'
complete -c mfa-session -n "__fish_mfa_session_needs_command" -s e -l export -d 'Print exports for the shell'
complete -c mfa-session -n "__fish_mfa_session_needs_command" -l dry-run -d 'Show each setting and where it comes from, then stop'
complete -c mfa-session -n "__fish_mfa_session_needs_command" -l json -d 'With `--dry-run`: print JSON'
complete -c mfa-session -n "__fish_mfa_session_needs_command" -l allow-http -d 'Allow plain http to other machines, which exposes the keys'
complete -c mfa-session -n "__fish_mfa_session_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mfa-session -n "__fish_mfa_session_needs_command" -s V -l version -d 'Print version'
complete -c mfa-session -n "__fish_mfa_session_needs_command" -f -a "exec" -d 'Run a command with the session in its environment'
complete -c mfa-session -n "__fish_mfa_session_needs_command" -f -a "init" -d 'Print a shell function that puts sessions into the shell'
complete -c mfa-session -n "__fish_mfa_session_needs_command" -f -a "status" -d 'Show the stored sessions and their time left'
complete -c mfa-session -n "__fish_mfa_session_needs_command" -f -a "clear" -d 'Remove the session from the session profile'
complete -c mfa-session -n "__fish_mfa_session_needs_command" -f -a "console" -d 'Print a link that signs in to the AWS console, or open it'
complete -c mfa-session -n "__fish_mfa_session_needs_command" -f -a "whoami" -d 'Show the account, ARN and profile of the keys in use'
complete -c mfa-session -n "__fish_mfa_session_needs_command" -f -a "key-info" -d 'Show the account of an access key id'
complete -c mfa-session -n "__fish_mfa_session_needs_command" -f -a "decode" -d 'Show the JSON in an encoded authorization message'
complete -c mfa-session -n "__fish_mfa_session_needs_command" -f -a "federate" -d 'Get a session for a federated user'
complete -c mfa-session -n "__fish_mfa_session_needs_command" -f -a "web-identity" -d 'Get a role\'s session for an OIDC token, without keys'
complete -c mfa-session -n "__fish_mfa_session_needs_command" -f -a "saml" -d 'Get a role\'s session for a SAML assertion, without keys'
complete -c mfa-session -n "__fish_mfa_session_needs_command" -f -a "token" -d 'Print a token that proves your AWS identity to another service'
complete -c mfa-session -n "__fish_mfa_session_needs_command" -f -a "root" -d 'Get a session of a member account\'s root user'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand exec; and not __fish_mfa_session_in_exec_command" -s s -l serial -d 'The MFA device: its ARN or serial number' -r -f -a "(command mfa-session complete serials 2>/dev/null)"
complete -c mfa-session -n "__fish_mfa_session_using_subcommand exec; and not __fish_mfa_session_in_exec_command" -s c -l code -d 'The MFA code: six digits, or `-` for standard input' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand exec; and not __fish_mfa_session_in_exec_command" -l code-command -d 'A command that prints the MFA code, such as `pass otp aws`' -r -f -a "(__fish_complete_command)"
complete -c mfa-session -n "__fish_mfa_session_using_subcommand exec; and not __fish_mfa_session_in_exec_command" -s d -l duration -d 'Duration of the session [default: 12h; 1h for a role]' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand exec; and not __fish_mfa_session_in_exec_command" -l min-remaining -d 'Reuse a session that has at least this long left [default: 5m; for SDKs 15m]' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand exec; and not __fish_mfa_session_in_exec_command" -l role-arn -d 'ARN of the role to assume' -r -f -a "(command mfa-session complete roles 2>/dev/null)"
complete -c mfa-session -n "__fish_mfa_session_using_subcommand exec; and not __fish_mfa_session_in_exec_command" -l role-session-name -d 'Role session name [default: the IAM user\'s name]' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand exec; and not __fish_mfa_session_in_exec_command" -l external-id -d 'External ID that the role\'s trust policy requires' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand exec; and not __fish_mfa_session_in_exec_command" -l source-identity -d 'Source identity for CloudTrail; roles assumed later can\'t change it' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand exec; and not __fish_mfa_session_in_exec_command" -l policy -d 'A session policy: JSON, or `file://FILE`' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand exec; and not __fish_mfa_session_in_exec_command" -l policy-arn -d 'ARN of a managed policy as a session policy; may be repeated, up to 10 times' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand exec; and not __fish_mfa_session_in_exec_command" -l tag -d 'A session tag; may be repeated, up to 50 times' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand exec; and not __fish_mfa_session_in_exec_command" -l transitive-tag -d 'The key of a tag that is passed on to roles assumed later; may be repeated' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand exec; and not __fish_mfa_session_in_exec_command" -l to -d 'The profile to write to [default: `NAME-mfa` or `NAME-ROLE`]' -r -f -a "(command mfa-session complete sessions 2>/dev/null)"
complete -c mfa-session -n "__fish_mfa_session_using_subcommand exec; and not __fish_mfa_session_in_exec_command" -s p -l profile -d 'The AWS profile [default: `AWS_PROFILE`, or `default`]' -r -f -a "(command mfa-session complete profiles 2>/dev/null)"
complete -c mfa-session -n "__fish_mfa_session_using_subcommand exec; and not __fish_mfa_session_in_exec_command" -l region -d 'The region of STS' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand exec; and not __fish_mfa_session_in_exec_command" -l endpoint-url -d 'The URL of STS, such as a VPC endpoint or an emulator' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand exec; and not __fish_mfa_session_in_exec_command" -l ca-bundle -d 'A PEM file with certificates to trust instead of the default ones' -r -F
complete -c mfa-session -n "__fish_mfa_session_using_subcommand exec; and not __fish_mfa_session_in_exec_command" -l no-prompt -d 'Never prompt: fail at once if a code is needed and none is given'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand exec; and not __fish_mfa_session_in_exec_command" -l force -d 'Get a new session even if the stored one is valid'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand exec; and not __fish_mfa_session_in_exec_command" -l write -d 'Write the session to the session profile as well, so that it can be reused'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand exec; and not __fish_mfa_session_in_exec_command" -l no-write -d 'Don\'t write the session to the session profile'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand exec; and not __fish_mfa_session_in_exec_command" -l dry-run -d 'Show each setting and where it comes from, then stop'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand exec; and not __fish_mfa_session_in_exec_command" -l json -d 'With `--dry-run`: print JSON'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand exec; and not __fish_mfa_session_in_exec_command" -l allow-http -d 'Allow plain http to other machines, which exposes the keys'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand exec; and not __fish_mfa_session_in_exec_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand init" -l cmd -d 'The name of the function' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand init" -s p -l profile -d 'The AWS profile [default: `AWS_PROFILE`, or `default`]' -r -f -a "(command mfa-session complete profiles 2>/dev/null)"
complete -c mfa-session -n "__fish_mfa_session_using_subcommand init" -l region -d 'The region of STS' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand init" -l endpoint-url -d 'The URL of STS, such as a VPC endpoint or an emulator' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand init" -l ca-bundle -d 'A PEM file with certificates to trust instead of the default ones' -r -F
complete -c mfa-session -n "__fish_mfa_session_using_subcommand init" -l dry-run -d 'Show each setting and where it comes from, then stop'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand init" -l json -d 'With `--dry-run`: print JSON'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand init" -l allow-http -d 'Allow plain http to other machines, which exposes the keys'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand status" -s p -l profile -d 'The AWS profile [default: `AWS_PROFILE`, or `default`]' -r -f -a "(command mfa-session complete profiles 2>/dev/null)"
complete -c mfa-session -n "__fish_mfa_session_using_subcommand status" -l region -d 'The region of STS' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand status" -l endpoint-url -d 'The URL of STS, such as a VPC endpoint or an emulator' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand status" -l ca-bundle -d 'A PEM file with certificates to trust instead of the default ones' -r -F
complete -c mfa-session -n "__fish_mfa_session_using_subcommand status" -l short -d 'Print only the profile and the time left of the active session, for a shell prompt'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand status" -l json -d 'Print JSON'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand status" -l dry-run -d 'Show each setting and where it comes from, then stop'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand status" -l allow-http -d 'Allow plain http to other machines, which exposes the keys'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand clear" -l format -d 'Print these statements in this format' -r -f -a "env\t'exports for sh, bash, dash, ksh and zsh'
fish\t'statements for fish'
powershell\t'statements for PowerShell'
cmd\t'commands for cmd, or for a batch file'
nu\t'a record for nu'"
complete -c mfa-session -n "__fish_mfa_session_using_subcommand clear" -s p -l profile -d 'The AWS profile [default: `AWS_PROFILE`, or `default`]' -r -f -a "(command mfa-session complete profiles 2>/dev/null)"
complete -c mfa-session -n "__fish_mfa_session_using_subcommand clear" -l region -d 'The region of STS' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand clear" -l endpoint-url -d 'The URL of STS, such as a VPC endpoint or an emulator' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand clear" -l ca-bundle -d 'A PEM file with certificates to trust instead of the default ones' -r -F
complete -c mfa-session -n "__fish_mfa_session_using_subcommand clear" -l all -d 'Remove every session that mfa-session wrote'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand clear" -s e -l export -d 'Print statements that unset the variables of a session, and change no file'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand clear" -l dry-run -d 'Show each setting and where it comes from, then stop'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand clear" -l json -d 'With `--dry-run`: print JSON'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand clear" -l allow-http -d 'Allow plain http to other machines, which exposes the keys'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand clear" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand console" -l service -d 'A service to begin with, as the console\'s addresses name it: ec2, s3, cloudformation' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand console" -s s -l serial -d 'The MFA device: its ARN or serial number' -r -f -a "(command mfa-session complete serials 2>/dev/null)"
complete -c mfa-session -n "__fish_mfa_session_using_subcommand console" -s c -l code -d 'The MFA code: six digits, or `-` for standard input' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand console" -l code-command -d 'A command that prints the MFA code, such as `pass otp aws`' -r -f -a "(__fish_complete_command)"
complete -c mfa-session -n "__fish_mfa_session_using_subcommand console" -s d -l duration -d 'Duration of the session [default: 12h; 1h for a role]' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand console" -l min-remaining -d 'Reuse a session that has at least this long left [default: 5m; for SDKs 15m]' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand console" -l role-arn -d 'ARN of the role to assume' -r -f -a "(command mfa-session complete roles 2>/dev/null)"
complete -c mfa-session -n "__fish_mfa_session_using_subcommand console" -l role-session-name -d 'Role session name [default: the IAM user\'s name]' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand console" -l external-id -d 'External ID that the role\'s trust policy requires' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand console" -l source-identity -d 'Source identity for CloudTrail; roles assumed later can\'t change it' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand console" -l policy -d 'A session policy: JSON, or `file://FILE`' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand console" -l policy-arn -d 'ARN of a managed policy as a session policy; may be repeated, up to 10 times' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand console" -l tag -d 'A session tag; may be repeated, up to 50 times' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand console" -l transitive-tag -d 'The key of a tag that is passed on to roles assumed later; may be repeated' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand console" -l to -d 'The profile to write to [default: `NAME-mfa` or `NAME-ROLE`]' -r -f -a "(command mfa-session complete sessions 2>/dev/null)"
complete -c mfa-session -n "__fish_mfa_session_using_subcommand console" -s p -l profile -d 'The AWS profile [default: `AWS_PROFILE`, or `default`]' -r -f -a "(command mfa-session complete profiles 2>/dev/null)"
complete -c mfa-session -n "__fish_mfa_session_using_subcommand console" -l region -d 'The region of STS' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand console" -l endpoint-url -d 'The URL of STS, such as a VPC endpoint or an emulator' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand console" -l ca-bundle -d 'A PEM file with certificates to trust instead of the default ones' -r -F
complete -c mfa-session -n "__fish_mfa_session_using_subcommand console" -l open -d 'Open the link in the browser instead of printing it'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand console" -l no-prompt -d 'Never prompt: fail at once if a code is needed and none is given'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand console" -l force -d 'Get a new session even if the stored one is valid'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand console" -l write -d 'Write the session to the session profile as well, so that it can be reused'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand console" -l no-write -d 'Don\'t write the session to the session profile'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand console" -l dry-run -d 'Show each setting and where it comes from, then stop'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand console" -l json -d 'With `--dry-run`: print JSON'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand console" -l allow-http -d 'Allow plain http to other machines, which exposes the keys'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand console" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand whoami" -s p -l profile -d 'The AWS profile [default: `AWS_PROFILE`, or `default`]' -r -f -a "(command mfa-session complete profiles 2>/dev/null)"
complete -c mfa-session -n "__fish_mfa_session_using_subcommand whoami" -l region -d 'The region of STS' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand whoami" -l endpoint-url -d 'The URL of STS, such as a VPC endpoint or an emulator' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand whoami" -l ca-bundle -d 'A PEM file with certificates to trust instead of the default ones' -r -F
complete -c mfa-session -n "__fish_mfa_session_using_subcommand whoami" -l json -d 'Print JSON'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand whoami" -l dry-run -d 'Show each setting and where it comes from, then stop'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand whoami" -l allow-http -d 'Allow plain http to other machines, which exposes the keys'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand whoami" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand key-info" -s p -l profile -d 'The AWS profile [default: `AWS_PROFILE`, or `default`]' -r -f -a "(command mfa-session complete profiles 2>/dev/null)"
complete -c mfa-session -n "__fish_mfa_session_using_subcommand key-info" -l region -d 'The region of STS' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand key-info" -l endpoint-url -d 'The URL of STS, such as a VPC endpoint or an emulator' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand key-info" -l ca-bundle -d 'A PEM file with certificates to trust instead of the default ones' -r -F
complete -c mfa-session -n "__fish_mfa_session_using_subcommand key-info" -l json -d 'Print JSON'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand key-info" -l dry-run -d 'Show each setting and where it comes from, then stop'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand key-info" -l allow-http -d 'Allow plain http to other machines, which exposes the keys'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand key-info" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand decode" -s p -l profile -d 'The AWS profile [default: `AWS_PROFILE`, or `default`]' -r -f -a "(command mfa-session complete profiles 2>/dev/null)"
complete -c mfa-session -n "__fish_mfa_session_using_subcommand decode" -l region -d 'The region of STS' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand decode" -l endpoint-url -d 'The URL of STS, such as a VPC endpoint or an emulator' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand decode" -l ca-bundle -d 'A PEM file with certificates to trust instead of the default ones' -r -F
complete -c mfa-session -n "__fish_mfa_session_using_subcommand decode" -l dry-run -d 'Show each setting and where it comes from, then stop'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand decode" -l json -d 'With `--dry-run`: print JSON'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand decode" -l allow-http -d 'Allow plain http to other machines, which exposes the keys'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand decode" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand federate" -l tag -d 'A session tag; may be repeated, up to 50 times' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand federate" -l format -d 'Print the session in a format, such as json or dotenv' -r -f -a "env\t'exports for sh, bash, dash, ksh and zsh'
fish\t'statements for fish'
powershell\t'statements for PowerShell'
cmd\t'commands for cmd, or for a batch file'
nu\t'a record for nu'
process\t'JSON for the AWS SDKs, as they read it from a credential process'
json\t'JSON for scripts: the session, and all that is known about it'
dotenv\t'lines for the env file of docker and podman'
ini\t'the session profile, a section of a credentials file'
github\t'for the next steps of a GitHub Actions job: masks, and variables in GITHUB_ENV'"
complete -c mfa-session -n "__fish_mfa_session_using_subcommand federate" -s p -l profile -d 'The AWS profile [default: `AWS_PROFILE`, or `default`]' -r -f -a "(command mfa-session complete profiles 2>/dev/null)"
complete -c mfa-session -n "__fish_mfa_session_using_subcommand federate" -l region -d 'The region of STS' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand federate" -l endpoint-url -d 'The URL of STS, such as a VPC endpoint or an emulator' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand federate" -l ca-bundle -d 'A PEM file with certificates to trust instead of the default ones' -r -F
complete -c mfa-session -n "__fish_mfa_session_using_subcommand federate" -l policy -d 'A session policy: JSON, or `file://FILE`' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand federate" -l policy-arn -d 'ARN of a managed policy as a session policy; may be repeated, up to 10 times' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand federate" -s d -l duration -d 'Duration of the session [default: 12h]' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand federate" -l to -d 'The profile to write to [default: `NAME-USER`]' -r -f -a "(command mfa-session complete sessions 2>/dev/null)"
complete -c mfa-session -n "__fish_mfa_session_using_subcommand federate" -l write -d 'Write the session to the session profile as well, so that it can be reused'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand federate" -l no-write -d 'Don\'t write the session to the session profile'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand federate" -s e -l export -d 'Print exports for the shell'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand federate" -l dry-run -d 'Show each setting and where it comes from, then stop'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand federate" -l json -d 'With `--dry-run`: print JSON'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand federate" -l allow-http -d 'Allow plain http to other machines, which exposes the keys'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand federate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand web-identity" -l role-arn -d 'ARN of the role [default: `AWS_ROLE_ARN`, or the profile\'s `role_arn`]' -r -f -a "(command mfa-session complete roles 2>/dev/null)"
complete -c mfa-session -n "__fish_mfa_session_using_subcommand web-identity" -l role-session-name -d 'Role session name [default: the token\'s subject]' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand web-identity" -l token-file -d 'The file with the OIDC token, or `-` for standard input' -r -F
complete -c mfa-session -n "__fish_mfa_session_using_subcommand web-identity" -l audience -d 'The audience of a token from GitHub [default: sts.amazonaws.com]' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand web-identity" -l policy -d 'A session policy: JSON, or `file://FILE`' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand web-identity" -l policy-arn -d 'ARN of a managed policy as a session policy; may be repeated, up to 10 times' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand web-identity" -l min-remaining -d 'Reuse a session that has at least this long left [default: 5m; for SDKs 15m]' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand web-identity" -l format -d 'Print the session in a format, such as json or dotenv' -r -f -a "env\t'exports for sh, bash, dash, ksh and zsh'
fish\t'statements for fish'
powershell\t'statements for PowerShell'
cmd\t'commands for cmd, or for a batch file'
nu\t'a record for nu'
process\t'JSON for the AWS SDKs, as they read it from a credential process'
json\t'JSON for scripts: the session, and all that is known about it'
dotenv\t'lines for the env file of docker and podman'
ini\t'the session profile, a section of a credentials file'
github\t'for the next steps of a GitHub Actions job: masks, and variables in GITHUB_ENV'"
complete -c mfa-session -n "__fish_mfa_session_using_subcommand web-identity" -s p -l profile -d 'The AWS profile [default: `AWS_PROFILE`, or `default`]' -r -f -a "(command mfa-session complete profiles 2>/dev/null)"
complete -c mfa-session -n "__fish_mfa_session_using_subcommand web-identity" -l region -d 'The region of STS' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand web-identity" -l endpoint-url -d 'The URL of STS, such as a VPC endpoint or an emulator' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand web-identity" -l ca-bundle -d 'A PEM file with certificates to trust instead of the default ones' -r -F
complete -c mfa-session -n "__fish_mfa_session_using_subcommand web-identity" -s d -l duration -d 'Duration of the session [default: 1h]' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand web-identity" -l to -d 'The profile to write to [default: `NAME-ROLE`]' -r -f -a "(command mfa-session complete sessions 2>/dev/null)"
complete -c mfa-session -n "__fish_mfa_session_using_subcommand web-identity" -l force -d 'Get a new session even if the stored one is valid'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand web-identity" -l write -d 'Write the session to the session profile as well, so that it can be reused'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand web-identity" -l no-write -d 'Don\'t write the session to the session profile'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand web-identity" -s e -l export -d 'Print exports for the shell'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand web-identity" -l dry-run -d 'Show each setting and where it comes from, then stop'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand web-identity" -l json -d 'With `--dry-run`: print JSON'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand web-identity" -l allow-http -d 'Allow plain http to other machines, which exposes the keys'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand web-identity" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand saml" -l assertion-file -d 'The file with the assertion [default: `-`, standard input]' -r -F
complete -c mfa-session -n "__fish_mfa_session_using_subcommand saml" -l role-arn -d 'ARN of the role [default: the only role in the assertion]' -r -f -a "(command mfa-session complete roles 2>/dev/null)"
complete -c mfa-session -n "__fish_mfa_session_using_subcommand saml" -l principal-arn -d 'ARN of the SAML provider in IAM [default: the role\'s provider in the assertion]' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand saml" -l policy -d 'A session policy: JSON, or `file://FILE`' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand saml" -l policy-arn -d 'ARN of a managed policy as a session policy; may be repeated, up to 10 times' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand saml" -l format -d 'Print the session in a format, such as json or dotenv' -r -f -a "env\t'exports for sh, bash, dash, ksh and zsh'
fish\t'statements for fish'
powershell\t'statements for PowerShell'
cmd\t'commands for cmd, or for a batch file'
nu\t'a record for nu'
process\t'JSON for the AWS SDKs, as they read it from a credential process'
json\t'JSON for scripts: the session, and all that is known about it'
dotenv\t'lines for the env file of docker and podman'
ini\t'the session profile, a section of a credentials file'
github\t'for the next steps of a GitHub Actions job: masks, and variables in GITHUB_ENV'"
complete -c mfa-session -n "__fish_mfa_session_using_subcommand saml" -s p -l profile -d 'The AWS profile [default: `AWS_PROFILE`, or `default`]' -r -f -a "(command mfa-session complete profiles 2>/dev/null)"
complete -c mfa-session -n "__fish_mfa_session_using_subcommand saml" -l region -d 'The region of STS' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand saml" -l endpoint-url -d 'The URL of STS, such as a VPC endpoint or an emulator' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand saml" -l ca-bundle -d 'A PEM file with certificates to trust instead of the default ones' -r -F
complete -c mfa-session -n "__fish_mfa_session_using_subcommand saml" -s d -l duration -d 'Duration of the session [default: 1h]' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand saml" -l to -d 'The profile to write to [default: `NAME-ROLE`]' -r -f -a "(command mfa-session complete sessions 2>/dev/null)"
complete -c mfa-session -n "__fish_mfa_session_using_subcommand saml" -l write -d 'Write the session to the session profile as well, so that it can be reused'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand saml" -l no-write -d 'Don\'t write the session to the session profile'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand saml" -s e -l export -d 'Print exports for the shell'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand saml" -l dry-run -d 'Show each setting and where it comes from, then stop'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand saml" -l json -d 'With `--dry-run`: print JSON'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand saml" -l allow-http -d 'Allow plain http to other machines, which exposes the keys'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand saml" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand token" -l audience -d 'The service that the token is for; may be repeated, ten times at most' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand token" -l signing-algorithm -d 'The algorithm of the signature' -r -f -a "RS256\t''
ES384\t''"
complete -c mfa-session -n "__fish_mfa_session_using_subcommand token" -s d -l duration -d 'How long the token lasts: 1m to 1h [default: 5m]' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand token" -l tag -d 'A claim of the token; may be repeated, fifty times at most' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand token" -s p -l profile -d 'The AWS profile [default: `AWS_PROFILE`, or `default`]' -r -f -a "(command mfa-session complete profiles 2>/dev/null)"
complete -c mfa-session -n "__fish_mfa_session_using_subcommand token" -l region -d 'The region of STS' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand token" -l endpoint-url -d 'The URL of STS, such as a VPC endpoint or an emulator' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand token" -l ca-bundle -d 'A PEM file with certificates to trust instead of the default ones' -r -F
complete -c mfa-session -n "__fish_mfa_session_using_subcommand token" -l dry-run -d 'Show each setting and where it comes from, then stop'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand token" -l json -d 'With `--dry-run`: print JSON'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand token" -l allow-http -d 'Allow plain http to other machines, which exposes the keys'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand token" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand root" -l task -d 'What the session may do' -r -f -a "IAMAuditRootUserCredentials\t''
IAMCreateRootUserPassword\t''
IAMDeleteRootUserCredentials\t''
S3UnlockBucketPolicy\t''
SQSUnlockQueuePolicy\t''"
complete -c mfa-session -n "__fish_mfa_session_using_subcommand root" -s d -l duration -d 'Duration of the session, 15m at most [default: 15m]' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand root" -l format -d 'Print the session in a format, such as json or dotenv' -r -f -a "env\t'exports for sh, bash, dash, ksh and zsh'
fish\t'statements for fish'
powershell\t'statements for PowerShell'
cmd\t'commands for cmd, or for a batch file'
nu\t'a record for nu'
process\t'JSON for the AWS SDKs, as they read it from a credential process'
json\t'JSON for scripts: the session, and all that is known about it'
dotenv\t'lines for the env file of docker and podman'
ini\t'the session profile, a section of a credentials file'
github\t'for the next steps of a GitHub Actions job: masks, and variables in GITHUB_ENV'"
complete -c mfa-session -n "__fish_mfa_session_using_subcommand root" -s p -l profile -d 'The AWS profile [default: `AWS_PROFILE`, or `default`]' -r -f -a "(command mfa-session complete profiles 2>/dev/null)"
complete -c mfa-session -n "__fish_mfa_session_using_subcommand root" -l region -d 'The region of STS' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand root" -l endpoint-url -d 'The URL of STS, such as a VPC endpoint or an emulator' -r -f
complete -c mfa-session -n "__fish_mfa_session_using_subcommand root" -l ca-bundle -d 'A PEM file with certificates to trust instead of the default ones' -r -F
complete -c mfa-session -n "__fish_mfa_session_using_subcommand root" -l to -d 'The profile to write to [default: `NAME-root-ACCOUNT`]' -r -f -a "(command mfa-session complete sessions 2>/dev/null)"
complete -c mfa-session -n "__fish_mfa_session_using_subcommand root" -l write -d 'Write the session to the session profile as well, so that it can be reused'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand root" -l no-write -d 'Don\'t write the session to the session profile'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand root" -s e -l export -d 'Print exports for the shell'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand root" -l dry-run -d 'Show each setting and where it comes from, then stop'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand root" -l json -d 'With `--dry-run`: print JSON'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand root" -l allow-http -d 'Allow plain http to other machines, which exposes the keys'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand root" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mfa-session -n "__fish_mfa_session_using_subcommand exec" -f -a "(__fish_mfa_session_exec)"
