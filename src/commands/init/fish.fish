function @cmd@ --description 'Put a session into this shell, or remove it'
    set -l words $argv
    switch "$words[1]"
        case '' '-*' status clear
        case '*'
            set words --profile $words
    end
    if test "$words[1]" = status
        or begin
            test "$words[1]" = clear
            and test (count $words) -gt 1
        end
        or string match --quiet --regex -- '^(-[hVe]|--(help|version|dry-run|export|format))' $words
        command mfa-session $words
        return
    end
    if test "$words[1]" = clear
        set words clear --export=fish
    else
        set words --export=fish $words
    end
    set -l statements (command mfa-session $words)
    or return
    eval $statements
end

# Completes flags and their values as mfa-session does.
function __mfa_session_flags
    set -l words (commandline -opc)[2..]
    switch "$words[1]"
        case '' '-*' status clear
        case '*'
            set -e words[1]
    end
    set -l line (string escape -- mfa-session $words)
    set -l token (commandline -ct)
    complete -C "$line $token"
end

complete -c @cmd@ -e
complete -c @cmd@ -f
complete -c @cmd@ -n 'test (count (commandline -opc)) -eq 1' \
    -a '(command mfa-session complete words 2>/dev/null)'
complete -c @cmd@ -n 'string match -q -- "-*" (commandline -opc)[-1] (commandline -ct)' \
    -a '(__mfa_session_flags)'
