\unalias '@cmd@' 2>/dev/null || \true
function \@cmd@ {
    _mfa_session "$@"
}

# Completes the profile, and the flags if the completions of mfa-session are there.
function _mfa_session_complete {
    \builtin local -a known
    if [[ $CURRENT -eq 2 && $words[2] != '-'* ]]; then
        known=(${(f)"$(\command mfa-session complete words 2>/dev/null)"})
        \compadd -a known
    elif [[ $words[CURRENT] == '-'* || $words[CURRENT-1] == '-'* ]]; then
        if [[ $words[2] != ('-'*|'status'|'clear') ]]; then
            # The name of a profile may be that of a command.
            words[2]=()
            (( CURRENT -= 1 ))
        fi
        words[1]='mfa-session'
        _normal
    fi
}

# Runs before each prompt until compinit has run, which may be later than this.
function _mfa_session_register {
    \builtin emulate -L zsh
    if (( $+functions[compdef] )); then
        precmd_functions=(${precmd_functions:#_mfa_session_register})
        compdef _mfa_session_complete '@cmd@'
    fi
}
\builtin typeset -ga precmd_functions
precmd_functions+=(_mfa_session_register)
