# Completes the command of `exec`, and its arguments as if the line began with the command. Fails
# elsewhere.
_mfa__session_exec() {
    local i is_exec="" is_command=""
    for (( i = 1; i < COMP_CWORD; i++ )); do
        case "${COMP_WORDS[i]}" in
            --)
                is_command=yes
                i=$(( i + 1 ))
                break
                ;;
            FLAGS_WITH_VALUE) [[ ${COMP_WORDS[i + 1]} == = ]] || i=$(( i + 1 )) ;;
            -*) ;;
            *)
                if [[ -n ${is_exec} ]]; then
                    is_command=yes
                    break
                elif [[ ${COMP_WORDS[i]} != exec ]]; then
                    return 1
                fi
                is_exec=yes
                ;;
        esac
        # Readline splits words at equals signs and colons.
        while [[ ${COMP_WORDS[i + 1]} == [:=]* ]]; do
            i=$(( i + 2 ))
        done
    done
    if [[ -z ${is_exec} || ${i} -gt ${COMP_CWORD} ]] || [[ -z ${is_command} && $2 == -* ]]; then
        return 1
    fi

    local line="${COMP_LINE}" word
    for word in "${COMP_WORDS[@]:0:i}" ""; do
        line="${line#"${line%%[![:blank:]]*}"}"
        line="${line#"${word}"}"
    done
    COMP_POINT=$(( COMP_POINT - ${#COMP_LINE} + ${#line} ))
    COMP_LINE="${line}"
    COMP_WORDS=("${COMP_WORDS[@]:i}")
    COMP_CWORD=$(( COMP_CWORD - i ))

    if [[ ${COMP_CWORD} -eq 0 ]]; then
        local IFS=$'\n'
        COMPREPLY=($(compgen -c -- "$2"))
        return 0
    fi
    local name="${COMP_WORDS[0]##*/}" spec
    if ! complete -p -- "${name}" && declare -F _completion_loader; then
        _completion_loader "${name}"
    fi &>/dev/null
    # Without completions of the command, bash offers files.
    spec="$(complete -p -- "${name}" 2>/dev/null)" || return 0
    local options="${spec#complete }"
    options="${options% *}"
    if [[ ${options} == *"-F "* ]]; then
        local function="${options##*-F }"
        "${function%% *}" "${COMP_WORDS[0]}" "$2" "$3"
    else
        local IFS=$'\n'
        # `complete -p` has quoted the options.
        COMPREPLY=($(IFS=$' \t\n'; eval "compgen ${options} -- \"\$2\"" 2>/dev/null))
    fi
    return 0
}

