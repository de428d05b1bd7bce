#include "crypto/one_time_code.h"
#include "base/secret.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>

#define STEP_MS 30000
#define DIGITS 6

int64_t mr_one_time_step(int64_t now)
{
    return now / STEP_MS;
}

/* RFC 4226 section 5.3: dynamic truncation. */
void mr_one_time_code(mr_str secret, int64_t step, unsigned digits, char *out)
{
    static const uint32_t powers[] = {1000000, 10000000, 100000000};
    unsigned char counter[8], mac[EVP_MAX_MD_SIZE];
    unsigned size = sizeof mac;
    for (int i = 0; i < 8; i++) counter[i] = (unsigned char)((uint64_t)step >> (56 - 8 * i));
    if (!HMAC(EVP_sha1(), secret.ptr, (int)secret.len, counter, sizeof counter, mac, &size)) abort(); /* no memory */
    unsigned at = mac[size - 1] & 15;
    uint32_t number =
        (uint32_t)(mac[at] & 127) << 24 | (uint32_t)mac[at + 1] << 16 | (uint32_t)mac[at + 2] << 8 | mac[at + 3];
    snprintf(out, digits + 1, "%0*u", (int)digits, number % powers[digits - 6]);
}

int64_t mr_one_time_find(mr_str secret, mr_str code, int64_t now)
{
    char typed[DIGITS + 1] = {0}, right[DIGITS + 1];
    size_t count = 0;
    for (size_t i = 0; i < code.len; i++) {
        if (code.ptr[i] == ' ') continue;
        if (code.ptr[i] < '0' || code.ptr[i] > '9' || count == DIGITS) return 0;
        typed[count++] = code.ptr[i];
    }
    if (count != DIGITS) return 0;
    int64_t present = mr_one_time_step(now), found = 0;
    for (int64_t step = present - 1; step <= present + 1; step++) {
        mr_one_time_code(secret, step, DIGITS, right);
        if (mr_secret_eq(mr_str_of(typed), mr_str_of(right))) found = step;
    }
    return found;
}

void mr_base32_put(mr_buf *out, mr_str bytes)
{
    uint32_t held = 0;
    unsigned bits = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        held = held << 8 | (unsigned char)bytes.ptr[i];
        for (bits += 8; bits >= 5; bits -= 5)
            mr_buf_putc(out, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[held >> (bits - 5) & 31]);
    }
    if (bits) mr_buf_putc(out, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[held << (5 - bits) & 31]);
}
