\unalias '@cmd@' 2>/dev/null || \true
@cmd@() { _mfa_session "$@"; }
