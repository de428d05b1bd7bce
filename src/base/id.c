#include "base/id.h"

/* RFC 9562 section 4: 8-4-4-4-12 lower-case hexadecimal digits. */
static void write_uuid(const uint8_t bytes[16], char out[37])
{
    static const char digits[] = "0123456789abcdef";
    char *at = out;
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) *at++ = '-';
        *at++ = digits[bytes[i] >> 4];
        *at++ = digits[bytes[i] & 15];
    }
    *at = '\0';
}

static void set_version(uint8_t bytes[16], uint8_t version)
{
    bytes[6] = (uint8_t)(version << 4 | (bytes[6] & 0x0F));
    bytes[8] = (uint8_t)(0x80 | (bytes[8] & 0x3F)); /* RFC 9562 section 4.1: variant 10 */
}

void mr_id_new(const mr_env *env, char out[37])
{
    uint8_t bytes[16];
    uint64_t time = (uint64_t)mr_env_now(env);
    for (int i = 0; i < 6; i++) bytes[i] = (uint8_t)(time >> (40 - 8 * i)); /* RFC 9562 section 5.7: unix_ts_ms */
    mr_env_random(env, bytes + 6, 10);
    set_version(bytes, 7);
    write_uuid(bytes, out);
}

static int digit_of(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

void mr_id_new_after(const mr_env *env, mr_str last, char out[37])
{
    static const char digits[] = "0123456789abcdef";
    mr_id_new(env, out);
    if (!mr_id_is_uuid(last) || mr_str_compare(mr_str_of(out), last) > 0) return;
    memcpy(out, last.ptr, 36);
    for (int i = 35; i >= 0; i--) { /* the last one and 1; what is carried passes over hyphens, version and variant */
        if (out[i] == '-' || i == 14 || i == 19) continue;
        int next = digit_of(out[i]) + 1;
        out[i] = digits[next % 16];
        if (next < 16) return;
    }
}

void mr_id_random(const mr_env *env, char out[37])
{
    uint8_t bytes[16];
    mr_env_random(env, bytes, sizeof bytes);
    set_version(bytes, 4);
    write_uuid(bytes, out);
}

void mr_id_token(const mr_env *env, char out[33])
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    uint8_t bytes[24];
    mr_env_random(env, bytes, sizeof bytes);
    for (int i = 0; i < 8; i++) {
        uint32_t three = (uint32_t)bytes[3 * i] << 16 | (uint32_t)bytes[3 * i + 1] << 8 | bytes[3 * i + 2];
        for (int k = 0; k < 4; k++) out[4 * i + k] = alphabet[three >> (18 - 6 * k) & 63];
    }
    out[32] = '\0';
    explicit_bzero(bytes, sizeof bytes);
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

bool mr_id_is_uuid(mr_str s)
{
    if (s.len != 36) return false;
    for (size_t i = 0; i < 36; i++) {
        bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
        if (hyphen ? s.ptr[i] != '-' : !is_hex(s.ptr[i])) return false;
    }
    return true;
}
