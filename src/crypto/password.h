/* Passwords, kept as Argon2id hashes (RFC 9106) by libsodium, loaded on first use. */
#ifndef MR_CRYPTO_PASSWORD_H
#define MR_CRYPTO_PASSWORD_H

#include "base/err.h"

/* Room for a hash, with its NUL. */
#define MR_PASSWORD_HASH 128

/* The hash of a password, as text "$argon2id$v=19$m=...": 64 MiB of memory, two passes (MR_LIMIT_PASSWORD_MEMORY, MR_LIMIT_PASSWORD_PASSES); it takes
 * about a tenth of a second. Errors: MR_E_NOMEM, MR_E_LIBRARY. */
int mr_password_hash(mr_str password, char ret[MR_PASSWORD_HASH], struct mr_err *err) MR_MUST_CHECK;
/* Is this the password of the hash?
 *   hash       empty: of nobody; then the answer is no and takes as long, so that nobody learns who has an account
 *   ret_stale  made with other costs than today's: it should be hashed again; may be NULL
 *   errors     MR_E_NOMEM, MR_E_LIBRARY */
int mr_password_verify(mr_str hash, mr_str password, bool *ret_right, bool *ret_stale,
                       struct mr_err *err) MR_MUST_CHECK;

#endif
