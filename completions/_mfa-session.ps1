
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
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The profile with the long-term keys [default: `AWS_PROFILE`, or `default`]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile with the long-term keys [default: `AWS_PROFILE`, or `default`]')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'The MFA device: its ARN, or a hardware token''s serial number')
            [CompletionResult]::new('--serial', '--serial', [CompletionResultType]::ParameterName, 'The MFA device: its ARN, or a hardware token''s serial number')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'The MFA code: six digits, or `-` to read them from standard input')
            [CompletionResult]::new('--code', '--code', [CompletionResultType]::ParameterName, 'The MFA code: six digits, or `-` to read them from standard input')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'How long the session is to last, such as 1h30m [default: 12h]')
            [CompletionResult]::new('--duration', '--duration', [CompletionResultType]::ParameterName, 'How long the session is to last, such as 1h30m [default: 12h]')
            [CompletionResult]::new('--min-remaining', '--min-remaining', [CompletionResultType]::ParameterName, 'Reuse a session that has at least this long left [default: 5m]')
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'The session profile: where the session is written [default: `NAME-mfa`]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The region whose STS is asked')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'The URL of another STS, such as a VPC endpoint or an emulator')
            [CompletionResult]::new('--ca-bundle', '--ca-bundle', [CompletionResultType]::ParameterName, 'A PEM file of the only certificates to trust')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Get a new session even if there is a good one')
            [CompletionResult]::new('--no-prompt', '--no-prompt', [CompletionResultType]::ParameterName, 'Never ask: where a code is needed and none is given, fail at once')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show every setting and where it was said; ask nothing, send nothing')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'With `--dry-run`: show it as JSON')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Print exports for the shell instead of writing the session')
            [CompletionResult]::new('--export', '--export', [CompletionResultType]::ParameterName, 'Print exports for the shell instead of writing the session')
            [CompletionResult]::new('--write', '--write', [CompletionResultType]::ParameterName, 'With `--export`: write the session to the session profile as well')
            [CompletionResult]::new('--allow-http', '--allow-http', [CompletionResultType]::ParameterName, 'Let plain http go to other machines: keys can be read on the way')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
