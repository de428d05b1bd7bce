#include "crypto/hmac.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>

void mr_hmac_sha256(mr_str key, mr_str text, uint8_t out[32])
{
    unsigned size = 32;
    if (!HMAC(EVP_sha256(), key.ptr, (int)key.len, (const unsigned char *)text.ptr, text.len, out, &size))
        abort(); /* no memory left */
}
