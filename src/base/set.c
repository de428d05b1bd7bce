/* Open addressing with linear probing, at most half full; a slot holds the fingerprint itself, 0 means free (a fingerprint
 * of 0 is kept as 1). Two different texts are taken for one with a chance of 2^-64 a pair: below one in a thousand million
 * for a hundred thousand rows. */
#include "base/set.h"

#include <stdlib.h>

enum { FIRST_CAPACITY = 256 };

void mr_set_init(mr_set *s, const mr_env *env, size_t max)
{
    *s = (mr_set){.max = max};
    mr_env_random(env, s->key, sizeof s->key);
}

void mr_set_done(mr_set *s)
{
    free(s->slots);
    *s = (mr_set){.max = s->max};
}

static uint64_t fingerprint(const mr_set *s, mr_str text)
{
    uint64_t hash = mr_siphash(s->key, text);
    return hash ? hash : 1;
}

/* The slot that holds `print`, or the free one where it belongs. The table is never full. */
static uint64_t *slot_of(uint64_t *slots, size_t capacity, uint64_t print)
{
    size_t at = print & (capacity - 1);
    while (slots[at] && slots[at] != print) at = (at + 1) & (capacity - 1);
    return &slots[at];
}

static bool grow(mr_set *s)
{
    size_t capacity = s->capacity ? s->capacity * 2 : FIRST_CAPACITY;
    uint64_t *slots = calloc(capacity, sizeof *slots);
    if (!slots) return false;
    for (size_t i = 0; i < s->capacity; i++)
        if (s->slots[i]) *slot_of(slots, capacity, s->slots[i]) = s->slots[i];
    free(s->slots);
    s->slots = slots;
    s->capacity = capacity;
    return true;
}

int mr_set_add(mr_set *s, mr_str text, bool *ret_was_there, struct mr_err *err)
{
    uint64_t print = fingerprint(s, text);
    if (s->capacity && *slot_of(s->slots, s->capacity, print)) {
        *ret_was_there = true;
        return MR_OK;
    }
    if (s->count >= s->max) return MR_FAIL(err, MR_E_LIMIT, "more members than the set may have", MR_NOWHERE);
    if (s->count * 2 >= s->capacity && !grow(s))
        return MR_FAIL(err, MR_E_NOMEM, "no memory for a larger set", MR_NOWHERE);
    *slot_of(s->slots, s->capacity, print) = print;
    s->count++;
    *ret_was_there = false;
    return MR_OK;
}

bool mr_set_has(const mr_set *s, mr_str text)
{
    return s->capacity && *slot_of(s->slots, s->capacity, fingerprint(s, text)) != 0;
}

static uint64_t rotate(uint64_t x, int bits)
{
    return x << bits | x >> (64 - bits);
}

static uint64_t little_endian(const uint8_t *p, size_t count)
{
    uint64_t word = 0;
    for (size_t i = 0; i < count; i++) word |= (uint64_t)p[i] << (8 * i);
    return word;
}

/* SipRound of the paper, section 2.2. */
static void sip_round(uint64_t v[4])
{
    v[0] += v[1], v[1] = rotate(v[1], 13) ^ v[0], v[0] = rotate(v[0], 32);
    v[2] += v[3], v[3] = rotate(v[3], 16) ^ v[2];
    v[0] += v[3], v[3] = rotate(v[3], 21) ^ v[0];
    v[2] += v[1], v[1] = rotate(v[1], 17) ^ v[2], v[2] = rotate(v[2], 32);
}

static void sip_word(uint64_t v[4], uint64_t word)
{
    v[3] ^= word;
    sip_round(v);
    sip_round(v);
    v[0] ^= word;
}

uint64_t mr_siphash(const uint8_t key[16], mr_str text)
{
    const uint8_t *p = (const uint8_t *)text.ptr;
    uint64_t k0 = little_endian(key, 8), k1 = little_endian(key + 8, 8);
    uint64_t v[4] = {k0 ^ UINT64_C(0x736f6d6570736575), k1 ^ UINT64_C(0x646f72616e646f6d),
                     k0 ^ UINT64_C(0x6c7967656e657261), k1 ^ UINT64_C(0x7465646279746573)};
    size_t at = 0;
    for (; text.len - at >= 8; at += 8) sip_word(v, little_endian(p + at, 8));
    uint64_t last = (uint64_t)(text.len & 0xFF) << 56;
    if (text.len > at) last |= little_endian(p + at, text.len - at);
    sip_word(v, last);
    v[2] ^= 0xFF;
    for (int i = 0; i < 4; i++) sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}
