# Offers what the AWS files know for the flag before the cursor; fails where it is none of these
# flags. What stands in the files is never run: it is quoted as the word at the cursor is.
_mfa__session_known() {
    local line="${COMP_LINE:0:COMP_POINT}" flag="" word="" quote="" character place
    for (( place = 0; place < ${#line}; place++ )); do
        character="${line:place:1}"
        if [[ ${character} == \\ && ${quote} != \' ]]; then
            word+="${line:place:2}"
            place=$(( place + 1 ))
        elif [[ -z ${quote} && ${character} == [[:blank:]] ]]; then
            flag="${word:-${flag}}"
            word=""
        else
            word+="${character}"
            if [[ ${character} == "${quote}" ]]; then
                quote=""
            elif [[ -z ${quote} && ${character} == [\'\"] ]]; then
                quote="${character}"
            fi
        fi
    done

    local before=""
    if [[ ${word} == --*=* ]]; then
        flag="${word%%=*}"
        before="${flag}="
    fi
    local what
    case "${flag}" in
        --profile|-p) what=profiles ;;
        --to) what=sessions ;;
        --serial|-s) what=serials ;;
        --role-arn) what=roles ;;
        *) return 1 ;;
    esac

    # Readline replaces only what follows the last colon, equals sign or quote.
    local replaced="$1" kept name quoted
    kept="${word%"${replaced}"}"
    COMPREPLY=()
    while IFS= read -r name; do
        if [[ -z ${quote} ]]; then
            printf -v quoted '%s%q' "${before}" "${name}"
        elif [[ ${name} == *[\'\"\\\$\`!]* ]]; then
            continue
        else
            quoted="${before}${quote}${name}"
        fi
        if [[ -n ${name} && ${quoted} == "${word}"* ]]; then
            COMPREPLY+=("${quoted#"${kept}"}")
        fi
    done <<< "$(command mfa-session complete "${what}" 2>/dev/null)"

    # With nothing to offer, bash would offer files.
    if [[ ${#COMPREPLY[@]} -eq 0 ]]; then
        COMPREPLY=("${replaced}")
        if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
            compopt -o nospace
        fi
    fi
    return 0
}

