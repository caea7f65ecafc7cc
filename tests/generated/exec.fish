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

