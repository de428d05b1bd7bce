/* Reads any octets as the authenticator data of a new passkey: never a crash; what was taken has an id and a key, and is for this site. The digest of the site is put in
 * front, since no guessing would find it. */
#include "service/passkey.h"

#include "base/limits.h"
#include "crypto/digest.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    const struct mr_passkey_wanted wanted = {.rp_id = MR_STR("merit.example.org")};
    struct mr_passkey passkey;
    struct mr_err err;
    mr_arena_init(&a, 16 * MR_MIB);
    char *text = size < MR_MIB ? mr_arena_alloc(&a, size + 32) : NULL;
    if (!text) return 0;
    mr_sha256(wanted.rp_id, (uint8_t *)text);
    if (size) memcpy(text + 32, data, size);
    if (mr_passkey_register(&a, &wanted, mr_str_make(text, size + 32), &passkey, &err) != MR_OK) return 0;
    if (!passkey.id.len || !passkey.public_key.len || passkey.counter < 0) abort();
    return 0;
}
