/* Keys as Multikey (Controlled Identifiers 1.0 section 2.2.2): a multicodec number that names the kind, then the key's octets.
 *
 * One table holds the numbers, as they are written (unsigned varints of two octets, Multicodec table), also of the kinds that Merit does not
 * sign or verify with: whoever meets one of these is told its name. EC keys are compressed points (SEC 1 section 2.3.3), RSA keys the
 * RSAPublicKey of PKCS#1 (RFC 8017 A.1.1), private keys the seed (Ed25519) or the private number. */
#include "base/limits.h"
#include "crypto/der.h"
#include "crypto/inside.h"

#include <openssl/crypto.h>

enum { PREFIX = 2 };

static const struct codec {
    char prefix[PREFIX];
    bool is_private;
    mr_key_kind kind; /* MR_KEY_OTHER: known by name only */
    const char *name;
} codecs[] = {
    {{'\xed', '\x01'}, false, MR_KEY_ED25519, "Ed25519"},
    {{'\x80', '\x24'}, false, MR_KEY_P256, "P-256"},
    {{'\x81', '\x24'}, false, MR_KEY_P384, "P-384"},
    {{'\x82', '\x24'}, false, MR_KEY_P521, "P-521"},
    {{'\x85', '\x24'}, false, MR_KEY_RSA, "RSA"},
    {{'\xec', '\x01'}, false, MR_KEY_OTHER, "X25519"},
    {{'\xe7', '\x01'}, false, MR_KEY_OTHER, "secp256k1"},
    {{'\xea', '\x01'}, false, MR_KEY_OTHER, "BLS12-381 G1"},
    {{'\xeb', '\x01'}, false, MR_KEY_OTHER, "BLS12-381 G2"},
    {{'\xee', '\x01'}, false, MR_KEY_OTHER, "BLS12-381 G1 and G2"},
    {{'\x83', '\x24'}, false, MR_KEY_OTHER, "Ed448"},
    {{'\x84', '\x24'}, false, MR_KEY_OTHER, "X448"},
    {{'\x86', '\x24'}, false, MR_KEY_OTHER, "SM2"},
    {{'\x90', '\x24'}, false, MR_KEY_OTHER, "ML-DSA-44"},
    {{'\x91', '\x24'}, false, MR_KEY_OTHER, "ML-DSA-65"},
    {{'\x92', '\x24'}, false, MR_KEY_OTHER, "ML-DSA-87"},
    {{'\x80', '\x26'}, true, MR_KEY_ED25519, "Ed25519"},
    {{'\x86', '\x26'}, true, MR_KEY_P256, "P-256"},
    {{'\x87', '\x26'}, true, MR_KEY_P384, "P-384"},
};

static const struct codec *find_codec(mr_str octets, bool is_private)
{
    for (size_t i = 0; octets.len >= PREFIX && i < sizeof codecs / sizeof *codecs; i++)
        if (codecs[i].is_private == is_private && memcmp(codecs[i].prefix, octets.ptr, PREFIX) == 0) return &codecs[i];
    return NULL;
}

const char *mr_multikey_kind(mr_str octets)
{
    const struct codec *codec = find_codec(octets, false);
    return codec ? codec->name : NULL;
}

/* The kind that the prefix names, when it is one of ours. */
static int read_prefix(mr_str octets, bool is_private, mr_key_kind *ret, struct mr_err *err)
{
    const struct codec *codec = find_codec(octets, is_private);
    if (!codec && octets.len < PREFIX) return MR_FAIL(err, MR_E_FORMAT, "too short for a Multikey", MR_NOWHERE);
    if (!codec)
        return MR_FAIL_DETAIL(err, MR_E_UNSUPPORTED, "a Multikey of an unknown kind", "%02x%02x",
                              (uint8_t)octets.ptr[0], (uint8_t)octets.ptr[1]);
    if (codec->kind == MR_KEY_OTHER)
        return MR_FAIL_DETAIL(err, MR_E_UNSUPPORTED, "a key of a kind that is not handled", "%s", codec->name);
    *ret = codec->kind;
    return MR_OK;
}

static int fill_public(mr_key *k, mr_str octets, struct mr_err *err)
{
    if (k->kind == MR_KEY_RSA) return mr_rsa_set_der(k, octets, err);
    if (k->kind == MR_KEY_ED25519) return mr_ed25519_set_public(k, octets, err);
    /* OpenSSL reads the other forms of points, too; here one key has one text */
    if (octets.len != 1 + mr_ec_size(k->kind))
        return MR_FAIL(err, MR_E_FORMAT, "not a compressed point of the curve", MR_NOWHERE);
    return mr_ec_set_public(k, octets, err);
}

static int read_key(mr_str octets, bool is_private, mr_key **ret, struct mr_err *err)
{
    mr_key_kind kind = MR_KEY_OTHER;
    mr_openssl_start();
    MR_TRY(read_prefix(octets, is_private, &kind, err));
    MR_CLEANUP(mr_key_freep) mr_key *k = mr_key_alloc(kind, is_private);
    if (!k) return MR_FAIL(err, MR_E_NOMEM, "not enough memory for a key", MR_NOWHERE);
    mr_str rest = mr_str_from(octets, PREFIX);
    MR_TRY(is_private ? mr_key_set_secret(k, rest, err) : fill_public(k, rest, err));
    *ret = k;
    k = NULL;
    return MR_OK;
}

int mr_key_of_multikey(mr_str octets, mr_key **ret, struct mr_err *err)
{
    return read_key(octets, false, ret, err);
}

int mr_key_of_secret_multikey(mr_str octets, mr_key **ret, struct mr_err *err)
{
    return read_key(octets, true, ret, err);
}

static bool put_ec(const mr_key *k, mr_buf *out)
{
    uint8_t point[133];
    size_t size = mr_ec_size(k->kind);
    if (!mr_ec_point(k, point)) return false;
    point[0] = (uint8_t)(2 | (point[2 * size] & 1)); /* y is even or odd */
    mr_buf_put(out, mr_str_make((const char *)point, 1 + size));
    return true;
}

static bool put_rsa(const mr_key *k, mr_buf *out)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, MR_LIMIT_KEY_FILE);
    mr_str spki, body, algorithm, bits;
    if (mr_key_write_public_der(k, &a, &spki, NULL) != MR_OK || !mr_der_get(&spki, MR_DER_SEQUENCE, &body) ||
        !mr_der_get(&body, MR_DER_SEQUENCE, &algorithm) || !mr_der_bits(&body, &bits))
        return false;
    mr_buf_put(out, bits);
    return true;
}

static bool put_octets(const mr_key *k, mr_buf *out)
{
    if (k->kind == MR_KEY_RSA) return put_rsa(k, out);
    if (k->kind != MR_KEY_ED25519) return put_ec(k, out);
    mr_buf_put(out, mr_str_make((const char *)k->ed25519_public, sizeof k->ed25519_public));
    return true;
}

void mr_key_put_multikey(const mr_key *k, mr_buf *out)
{
    const struct codec *codec = codecs;
    while (codec->kind != k->kind) codec++; /* the public ones come first; MR_KEY_OTHER is among them */
    if (k->kind == MR_KEY_OTHER) {
        out->failed = true;
        return;
    }
    mr_buf_put(out, mr_str_make(codec->prefix, PREFIX));
    if (!put_octets(k, out)) out->failed = true;
}
