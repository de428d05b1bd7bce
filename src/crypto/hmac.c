/* HMAC over OpenSSL's own SHA-256, for the reasons told in digest.c: HMAC() looks its algorithms up by name each time, and the first time wakes the
 * provider machinery, which an idle server then keeps in memory (1.9 MB measured). Source: FIPS 198-1 section 4. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "crypto/hmac.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

/* One of the two hashes: of the key, combined with this octet, and the text. */
static void hash_with(const uint8_t key[SHA256_CBLOCK], uint8_t pad, mr_str text, uint8_t out[32])
{
    uint8_t block[SHA256_CBLOCK];
    SHA256_CTX c;
    for (size_t i = 0; i < sizeof block; i++) block[i] = key[i] ^ pad;
    SHA256_Init(&c);
    SHA256_Update(&c, block, sizeof block);
    SHA256_Update(&c, text.ptr, text.len);
    SHA256_Final(out, &c);
    OPENSSL_cleanse(block, sizeof block);
    OPENSSL_cleanse(&c, sizeof c);
}

void mr_hmac_sha256(mr_str key, mr_str text, uint8_t out[32])
{
    uint8_t block[SHA256_CBLOCK] = {0}, inner[32];
    if (key.len > sizeof block)
        SHA256((const uint8_t *)key.ptr, key.len, block); /* steps 1 to 3 */
    else if (key.len)
        memcpy(block, key.ptr, key.len);
    hash_with(block, 0x36, text, inner);
    hash_with(block, 0x5c, mr_str_make((const char *)inner, sizeof inner), out);
    OPENSSL_cleanse(block, sizeof block);
    OPENSSL_cleanse(inner, sizeof inner);
}
