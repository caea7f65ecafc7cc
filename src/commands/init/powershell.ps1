Remove-Item -Path Alias:@cmd@ -Force -ErrorAction Ignore

# Puts a session into this shell, or removes it. Other text goes to the output.
function global:@cmd@ {
    $words = @($args)
    $first = if ($words.Count -gt 0) { "$($words[0])" } else { '' }
    if ($first -cnotmatch '^(-.*|status|clear)?$') {
        $words = @('--profile') + $words
    }
    $prints = $words -cmatch '^(-[hVe]|--(help|version|dry-run|export|format))'
    if ($prints -or $first -ceq 'status' -or ($first -ceq 'clear' -and $words.Count -gt 1)) {
        mfa-session @words
        return
    }
    if ($first -ceq 'clear') {
        $words = @('clear', '--export=powershell')
    } else {
        $words = @('--export=powershell') + $words
    }
    $statements = mfa-session @words | Out-String
    if ($LASTEXITCODE -eq 0) {
        Invoke-Expression -Command $statements
    }
}

# Completes the profile.
Register-ArgumentCompleter -Native -CommandName '@cmd@' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $count = $commandAst.CommandElements.Count
    if ($count -gt 2 -or ($count -eq 2 -and -not $wordToComplete)) {
        return
    }
    mfa-session complete words | Where-Object { $_.StartsWith($wordToComplete) } | ForEach-Object {
        $quoted = $_
        if ($_ -cnotmatch '^\w[\w.-]*$') {
            $text = [Management.Automation.Language.CodeGeneration]::EscapeSingleQuotedStringContent($_)
            $quoted = "'$text'"
        }
        [Management.Automation.CompletionResult]::new($quoted, $_, 'ParameterValue', $_)
    }
}
