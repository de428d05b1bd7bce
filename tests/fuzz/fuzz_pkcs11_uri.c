/* Reads any bytes as a PKCS#11 URI: never a crash, values that are text are UTF-8 without control characters, and what is shown of one that can be
 * read holds no PIN. */
#include "base/limits.h"
#include "crypto/pkcs11_uri.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool truth)
{
    if (!truth) abort();
}

static void check_text(mr_str s)
{
    require(mr_utf8_check(s) == s.len);
    for (size_t i = 0; i < s.len; i++) require((unsigned char)s.ptr[i] >= 0x20 && s.ptr[i] != 0x7f);
    require(!s.ptr || s.ptr[s.len] == '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct mr_pkcs11_uri u;
    struct mr_err err = {0};
    mr_str text = mr_str_make((const char *)data, size);
    mr_arena_init(&a, MR_MIB);
    if (mr_pkcs11_uri_read(&a, text, &u, &err) != MR_OK) {
        require(err.position == MR_NOWHERE || err.position <= size);
        return 0;
    }
    const mr_str texts[] = {u.token, u.manufacturer, u.model,       u.serial,     u.object,   u.type,
                            u.slot,  u.module_path,  u.module_name, u.pin_source, u.pin_value};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) check_text(texts[i]);
    mr_str shown = mr_pkcs11_uri_show(&a, text);
    ptrdiff_t at = mr_str_find(shown, MR_STR("pin-value="));
    require(u.pin_value.len == 0 || (at >= 0 && mr_str_is(mr_str_from(shown, (size_t)at), "pin-value=...")));
    return 0;
}
