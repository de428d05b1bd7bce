#include "crypto/password.h"
#include "base/lazy.h"
#include "base/limits.h"

#include <sodium.h>

#define PASSWORD_FUNCTIONS(F)                                                                                          \
    F(sodium_init) F(crypto_pwhash_str) F(crypto_pwhash_str_verify) F(crypto_pwhash_str_needs_rehash)
MR_LAZY_LIBRARY(sodium, "libsodium.so.23", PASSWORD_FUNCTIONS)

/* Of no password that anybody knows; made with today's costs. */
static const char nobody[] =
    "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$Rn0rCxtVHZ2Q9YcyW0Jm0nHrrVZ0oU0xS0rQxkqk3fY";

static int prepare(struct mr_err *err)
{
    _Static_assert(MR_PASSWORD_HASH == crypto_pwhash_STRBYTES, "room for a hash of libsodium");
    MR_TRY(sodium_load(err));
    if (sodium_table.sodium_init() < 0) return MR_FAIL(err, MR_E_LIBRARY, "libsodium does not start", MR_NOWHERE);
    return MR_OK;
}

int mr_password_hash(mr_str password, char ret[MR_PASSWORD_HASH], struct mr_err *err)
{
    MR_TRY(prepare(err));
    if (sodium_table.crypto_pwhash_str(ret, password.ptr ? password.ptr : "", password.len, MR_LIMIT_PASSWORD_PASSES,
                                       MR_LIMIT_PASSWORD_MEMORY) != 0)
        return MR_FAIL(err, MR_E_NOMEM, "no memory to hash a password", MR_NOWHERE);
    return MR_OK;
}

int mr_password_verify(mr_str hash, mr_str password, bool *ret_right, bool *ret_stale, struct mr_err *err)
{
    char text[MR_PASSWORD_HASH] = {0};
    bool known = hash.len > 0 && hash.len < sizeof text;
    MR_TRY(prepare(err));
    memcpy(text, known ? hash.ptr : nobody, known ? hash.len : sizeof nobody - 1);
    bool right = sodium_table.crypto_pwhash_str_verify(text, password.ptr ? password.ptr : "", password.len) == 0;
    *ret_right = right && known;
    if (ret_stale)
        *ret_stale = known && sodium_table.crypto_pwhash_str_needs_rehash(text, MR_LIMIT_PASSWORD_PASSES,
                                                                          MR_LIMIT_PASSWORD_MEMORY) != 0;
    return MR_OK;
}
