#include "model/legal_identifier.h"

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_upper_or_digit(char c)
{
    return is_upper(c) || (c >= '0' && c <= '9');
}

static bool read_country(mr_str s, char ret[3])
{
    if (s.len < 2 || !is_upper(s.ptr[0]) || !is_upper(s.ptr[1])) return false;
    ret[0] = s.ptr[0];
    ret[1] = s.ptr[1];
    ret[2] = '\0';
    if (strcmp(ret, "EL") == 0) memcpy(ret, "GR", 3);
    if (strcmp(ret, "XI") == 0) memcpy(ret, "GB", 3);
    return true;
}

bool mr_legal_identifier_is_vat(mr_str s, char ret_country[3])
{
    if (s.len < 4 || s.len > 15) return false;
    for (size_t i = 2; i < s.len; i++) {
        if (!is_upper_or_digit(s.ptr[i])) return false;
    }
    return read_country(s, ret_country);
}

/* EN 319 412-1 5.1.4: three characters for the kind of identity (VAT, NTR, PSD, LEI), or two of a national scheme and a colon; two for the
 * country; a hyphen; the identifier itself, at least one character. */
bool mr_legal_identifier_is_eidas(mr_str s, char ret_country[3])
{
    static const char *const kinds[] = {"VAT", "NTR", "PSD", "LEI"};
    if (s.len < 7 || s.len > 128 || s.ptr[5] != '-') return false;
    bool known = is_upper_or_digit(s.ptr[0]) && is_upper_or_digit(s.ptr[1]) && s.ptr[2] == ':';
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) known |= mr_str_has_prefix(s, mr_str_of(kinds[i]));
    for (size_t i = 6; i < s.len; i++) {
        if (s.ptr[i] <= ' ' || s.ptr[i] > '~') return false;
    }
    return known && read_country(mr_str_from(s, 3), ret_country);
}
