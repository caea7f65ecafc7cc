# Puts a session into this shell, or removes it. Other text goes to standard output. It uses no
# variables, because sh has no local ones. Quotes keep aliases from replacing words in zsh.
_mfa_session() {
    case ${1-} in
        '' | '-'* | 'status' | 'clear') ;;
        *) \set -- '--profile' "$@" ;;
    esac
    if _mfa_session_prints "$@"; then
        \command mfa-session "$@"
        \return
    fi
    case ${1-} in
        'clear') \set -- 'clear' '--export=sh' ;;
        *) \set -- '--export=sh' "$@" ;;
    esac
    # The exit status is the last line.
    \set -- "$(\command mfa-session "$@" && \printf '0' || \printf '%s' "$?")"
    \set -- "${1##*
}" "${1%
*}"
    if \test "$1" -ne 0; then
        \return "$1"
    fi
    \eval "$2"
}

_mfa_session_prints() {
    case ${1-} in
        'status') \return 0 ;;
        'clear') if \test "$#" -gt 1; then \return 0; fi ;;
    esac
    while \test "$#" -gt 0; do
        case $1 in
            '-h'* | '-V'* | '-e'*) \return 0 ;;
            '--help'* | '--version'* | '--dry-run'* | '--export'* | '--format'*) \return 0 ;;
        esac
        \shift
    done
    \return 1
}

