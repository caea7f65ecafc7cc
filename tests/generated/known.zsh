(( $+functions[_mfa-session_known] )) ||
_mfa-session_known() {
    local -a known
    known=(${(f)"$(command mfa-session complete ${@[-1]} 2>/dev/null)"})
    compadd "${@[1,-2]}" -a known
}

