# Completes profiles, and the flags of mfa-session if its completions are there.
_mfa_session_complete() {
    COMPREPLY=()
    if [[ $2 != -* ]] && _mfa__session_known "$2" "$1"; then
        return
    fi
    if ! declare -F _mfa__session && declare -F _completion_loader; then
        _completion_loader mfa-session
    fi &>/dev/null
    if [[ $2 == -* || $3 == -* ]] && declare -F _mfa__session >/dev/null; then
        case "${COMP_WORDS[1]}" in
            -* | status | clear) ;;
            # The name of a profile may be that of a command.
            *) COMP_WORDS[1]=- ;;
        esac
        _mfa__session "$@"
    fi
}

\unalias '@cmd@' 2>/dev/null || \true
@cmd@() { _mfa_session "$@"; }
\complete -F _mfa_session_complete @cmd@
