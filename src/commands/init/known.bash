# Offers values from the AWS files for the flag before the cursor, and after the function of `init`,
# the second argument; fails after other words. Values are never run: they are quoted like the word at
# the cursor.
_mfa__session_known() {
    local line="${COMP_LINE:0:COMP_POINT}" flag="" word="" quote="" character position
    for (( position = 0; position < ${#line}; position++ )); do
        character="${line:position:1}"
        if [[ ${character} == \\ && ${quote} != \' ]]; then
            word+="${line:position:2}"
            position=$(( position + 1 ))
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
    local kind
    case "${flag}" in
        --profile|-p) kind=profiles ;;
        --to) kind=sessions ;;
        --serial|-s) kind=serials ;;
        --role-arn) kind=roles ;;
        "${2:- }") kind=words ;;
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
    done <<< "$(command mfa-session complete "${kind}" 2>/dev/null)"

    # With nothing to offer, bash would offer files.
    if [[ ${#COMPREPLY[@]} -eq 0 ]]; then
        COMPREPLY=("${replaced}")
        if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
            compopt -o nospace
        fi
    fi
    return 0
}

