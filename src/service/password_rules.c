#include "service/password_rules.h"
#include "base/limits.h"

static const char *const common[] = {
#define COMMON(word) word,
#include "service/common_passwords.def"
#undef COMMON
};

/* One character over and over, or a run of neighbours ("abcdefgh", "87654321"). */
static bool is_run(mr_str s)
{
    int step = s.len > 1 ? s.ptr[1] - s.ptr[0] : 0;
    if (step < -1 || step > 1) return false;
    for (size_t i = 1; i < s.len; i++)
        if (s.ptr[i] - s.ptr[i - 1] != step) return false;
    return true;
}

/* Letters and digits of the one, without case, within the other. */
static bool is_own(mr_str password, mr_str own)
{
    return own.len >= 4 && mr_str_eq_ascii_nocase(password, own);
}

const char *mr_password_fault(mr_str password, mr_str email, mr_str name)
{
    if (mr_utf8_length(password) < MR_LIMIT_PASSWORD_LEAST) return "short";
    if (password.len > MR_LIMIT_PASSWORD_MOST) return "long";
    if (is_run(password)) return "common";
    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        if (mr_str_eq_ascii_nocase(password, mr_str_of(common[i]))) return "common";
    ptrdiff_t at = mr_str_find_char(email, '@');
    if (is_own(password, email) || is_own(password, name) ||
        (at > 0 && is_own(password, mr_str_make(email.ptr, (size_t)at))))
        return "own";
    return NULL;
}
