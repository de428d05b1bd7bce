/* Compact JWS, written and read.
 *
 * Writing: the protected header of a signer never changes, so it is encoded once. A signature then costs one copy of the
 * header, one pass of base64url from the payload straight into the output, and the signature over the text where it
 * stands: "header.payload" exists nowhere else.
 *
 * Reading takes a token apart and refuses what this program could misunderstand: a header with the same member twice, an
 * encoding that is not the only one for its octets, an extension that must be understood and is not (RFC 7515 4.1.11).
 * Certificates and keys are read only when the header carries them, so that a verifier who knows its issuers pays for
 * the signature and hardly anything else.
 *
 * Sources: RFC 7515 sections 2, 4.1, 5.1, 5.2 and 7.1; RFC 7517 section 4; RFC 7797 sections 3 and 6; RFC 7519
 * section 5; W3C VC-JOSE-COSE 1.0 section 3.1. */
#include "proof/jose.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "json/write.h"
#include "proof/jwk.h"

enum { HEADER_MAX = 256 * 1024 }; /* a protected header that we write: eight certificates, encoded twice */

/* ---- writing ---- */

static void put_chain(mr_json_writer *w, mr_buf *out, mr_certificate *const *chain, size_t count)
{
    mr_json_put_name(w, "x5c");
    mr_json_begin_array(w);
    for (size_t i = 0; i < count; i++) {
        if (i) mr_buf_putc(out, ',');
        mr_buf_putc(out, '"');
        mr_base64_put(out, mr_certificate_der(chain[i]));
        mr_buf_putc(out, '"');
    }
    mr_json_end_array(w);
}

static int put_header(const mr_jose_signer *s, const struct mr_jose_header *h, mr_buf *out, struct mr_err *err)
{
    mr_json_writer w;
    mr_json_writer_init(&w, out, 0);
    mr_json_begin_object(&w);
    mr_json_put_member_c(&w, "alg", mr_alg_name(s->alg));
    if (h->typ) mr_json_put_member_c(&w, "typ", h->typ);
    if (h->cty) mr_json_put_member_c(&w, "cty", h->cty);
    if (h->kid.len) mr_json_put_member(&w, "kid", h->kid);
    if (h->chain_count) put_chain(&w, out, h->chain, h->chain_count);
    if (h->jwk) {
        mr_json_put_name(&w, "jwk");
        mr_json_put_raw(&w, MR_STR_EMPTY); /* settles the comma; the key follows */
        MR_TRY(mr_key_write_jwk(s->key, out, err));
    }
    mr_json_end_object(&w);
    return MR_OK;
}

/* Whether the certificate was given for this key. */
static int check_leaf(mr_arena *a, const mr_key *key, const mr_certificate *leaf, struct mr_err *err)
{
    mr_str ours, theirs;
    MR_TRY(mr_key_write_public_der(key, a, &ours, err));
    MR_TRY(mr_key_write_public_der(mr_certificate_key(leaf), a, &theirs, err));
    if (!mr_str_eq(ours, theirs))
        return MR_FAIL(err, MR_E_KEY, "the first certificate is not that of the key", MR_NOWHERE);
    return MR_OK;
}

int mr_jose_signer_init(mr_jose_signer *s, mr_arena *a, mr_key *key, const struct mr_jose_header *h, struct mr_err *err)
{
    mr_jose_signer signer = {.key = key, .alg = h->alg != MR_ALG_NONE ? h->alg : mr_key_default_alg(key)};
    MR_CLEANUP(mr_buf_done) mr_buf header, text;
    mr_buf_init(&header, HEADER_MAX);
    mr_buf_init(&text, 2 * HEADER_MAX);
    if (!mr_key_is_private(key) || !mr_key_fits(key, signer.alg))
        return MR_FAIL(err, MR_E_KEY, "no private key of a kind that signs", MR_NOWHERE);
    if (h->chain_count) MR_TRY(check_leaf(a, key, h->chain[0], err));
    MR_TRY(put_header(&signer, h, &header, err));
    if (!mr_buf_failed(&header)) mr_base64url_put(&text, mr_buf_str(&header));
    if (mr_buf_failed(&header) || mr_buf_failed(&text))
        return MR_FAIL(err, MR_E_NOMEM, "no room for the protected header", MR_NOWHERE);
    signer.protected_text = mr_arena_dup(a, mr_buf_str(&text));
    if (!signer.protected_text.ptr) return MR_FAIL(err, MR_E_NOMEM, "no room for the protected header", MR_NOWHERE);
    *s = signer;
    return MR_OK;
}

/* The part to be signed, behind `start` of `out`, and its signature. */
static int sign_at(const mr_jose_signer *s, mr_str payload, mr_arena *scratch, mr_buf *out, size_t start,
                   struct mr_err *err)
{
    /* A signature has at most two numbers of the key's size (RFC 7518 3.4), an RSA signature one; asking for the room at
     * once saves moving the text. */
    size_t signature_room = mr_base64url_size(2 * ((size_t)mr_key_bits(s->key) / 8 + 2));
    mr_str text, signature;
    if (payload.len > MR_LIMIT_DOCUMENT)
        return MR_FAIL(err, MR_E_LIMIT, "the payload is larger than allowed", MR_NOWHERE);
    if (!mr_buf_reserve(out, s->protected_text.len + mr_base64url_size(payload.len) + signature_room + 2))
        return MR_FAIL(err, MR_E_LIMIT, "no room for the token", MR_NOWHERE);
    mr_buf_put(out, s->protected_text);
    mr_buf_putc(out, '.');
    mr_base64url_put(out, payload);
    text = mr_str_make(out->ptr + start, out->len - start);
    MR_TRY(mr_key_sign(s->key, s->alg, &text, 1, scratch, &signature, err)); /* RFC 7515 5.1 step 5 */
    mr_buf_putc(out, '.');
    mr_base64url_put(out, signature);
    if (mr_buf_failed(out)) return MR_FAIL(err, MR_E_LIMIT, "no room for the token", MR_NOWHERE);
    return MR_OK;
}

int mr_jose_sign(const mr_jose_signer *s, mr_str payload, mr_arena *scratch, mr_buf *out, struct mr_err *err)
{
    size_t start = out->len;
    int code = sign_at(s, payload, scratch, out, start, err);
    if (code != MR_OK) out->len = start;
    return code;
}

/* ---- reading ---- */

/* Take a token apart: exactly two full stops (RFC 7515 section 7.1). */
static bool split(mr_str compact, mr_str parts[3])
{
    for (size_t i = 0; i < 2; i++) {
        const char *stop = compact.len ? memchr(compact.ptr, '.', compact.len) : NULL;
        if (!stop) return false;
        parts[i] = mr_str_make(compact.ptr, (size_t)(stop - compact.ptr));
        compact = mr_str_from(compact, parts[i].len + 1);
    }
    parts[2] = compact;
    return !compact.len || !memchr(compact.ptr, '.', compact.len);
}

/* Decode one part; error positions are those of the whole token. */
static int decode(mr_arena *a, mr_str whole, mr_str part, mr_str *ret, struct mr_err *err)
{
    int code = mr_base64url_read(a, part, ret, err);
    if (code != MR_OK && err && err->position != MR_NOWHERE) err->position += (size_t)(part.ptr - whole.ptr);
    return code;
}

/* A member that must be a string when it is there. */
static int read_text(const mr_json *header, const char *name, mr_str *ret, struct mr_err *err)
{
    const mr_json *v = mr_json_get(header, name);
    if (v && !mr_json_is(v, MR_JSON_STRING))
        return MR_FAIL_DETAIL(err, MR_E_FORMAT, "a member of the header is no text", "%s", name);
    *ret = mr_json_str(v);
    return MR_OK;
}

/* A media type as RFC 7515 4.1.9 writes it: "application/" is left out when no other "/" follows. */
static mr_str short_type(mr_str type)
{
    static const mr_str prefix = MR_STR_INIT("application/");
    if (type.len <= prefix.len || !mr_str_eq_ascii_nocase(mr_str_make(type.ptr, prefix.len), prefix)) return type;
    mr_str rest = mr_str_from(type, prefix.len);
    return mr_str_find_char(rest, '/') < 0 ? rest : type;
}

/* RFC 7515 4.1.11 and RFC 7797 section 6: the only extension understood here is b64, and only as true. */
static int check_extensions(const mr_json *header, struct mr_err *err)
{
    const mr_json *crit = mr_json_get(header, "crit"), *b64 = mr_json_get(header, "b64");
    bool named = false;
    if (crit && (!mr_json_is(crit, MR_JSON_ARRAY) || mr_json_count(crit) == 0))
        return MR_FAIL(err, MR_E_FORMAT, "crit is no list of names", crit->position);
    MR_JSON_EACH (name, crit) {
        if (!mr_str_is(mr_json_str(name), "b64"))
            return MR_FAIL_DETAIL(err, MR_E_FORMAT, "crit names an extension that is not understood", "%.*s",
                                  MR_STR_ARG(mr_json_str(name)));
        if (named) return MR_FAIL(err, MR_E_FORMAT, "crit names an extension twice", name->position);
        named = true;
    }
    if (named != (b64 != NULL)) return MR_FAIL(err, MR_E_FORMAT, "b64 and crit do not fit together", MR_NOWHERE);
    if (b64 && !mr_json_is(b64, MR_JSON_TRUE))
        return MR_FAIL(err, MR_E_FORMAT, "the payload is not encoded (b64 false)", b64->position);
    return MR_OK;
}

/* RFC 7515 4.1.6: standard base64 of DER, the signer's certificate first. */
static int read_certificates(mr_arena *a, const mr_json *x5c, mr_jws *j, struct mr_err *err)
{
    const size_t most = sizeof j->certificates / sizeof *j->certificates;
    if (!mr_json_is(x5c, MR_JSON_ARRAY) || mr_json_count(x5c) == 0)
        return MR_FAIL(err, MR_E_FORMAT, "x5c is no list of certificates", x5c->position);
    MR_JSON_EACH (element, x5c) {
        mr_str der;
        if (!mr_json_is(element, MR_JSON_STRING))
            return MR_FAIL(err, MR_E_FORMAT, "x5c holds something that is no text", element->position);
        if (j->certificate_count == most)
            return MR_FAIL(err, MR_E_LIMIT, "x5c holds more certificates than allowed", element->position);
        MR_TRY(mr_base64_read(a, mr_json_text(element), &der, err));
        MR_TRY(mr_certificate_read(der, &j->certificates[j->certificate_count], err));
        j->certificate_count++;
    }
    return MR_OK;
}

static int read_header(mr_arena *a, mr_str text, mr_jws *j, struct mr_err *err)
{
    mr_str alg;
    MR_TRY(mr_json_parse(a, text, NULL, &j->header, err)); /* RFC 7515 section 4: no name twice */
    if (!mr_json_is(j->header, MR_JSON_OBJECT)) return MR_FAIL(err, MR_E_FORMAT, "the header is no object", 0);
    MR_TRY(read_text(j->header, "alg", &alg, err));
    if (!mr_json_get(j->header, "alg")) return MR_FAIL(err, MR_E_FORMAT, "the header names no algorithm", 0);
    j->alg = mr_alg_find(alg);
    if (j->alg == MR_ALG_NONE)
        return MR_FAIL_DETAIL(err, MR_E_UNSUPPORTED, "the algorithm is not accepted", "%.*s", MR_STR_ARG(alg));
    MR_TRY(check_extensions(j->header, err));
    MR_TRY(read_text(j->header, "typ", &j->typ, err));
    MR_TRY(read_text(j->header, "cty", &j->cty, err));
    j->kid = mr_json_get_str(j->header, "kid");
    j->typ = short_type(j->typ);
    j->cty = short_type(j->cty);
    const mr_json *x5c = mr_json_get(j->header, "x5c"), *jwk = mr_json_get(j->header, "jwk");
    if (x5c) MR_TRY(read_certificates(a, x5c, j, err));
    if (jwk) MR_TRY(mr_jwk_read(jwk, &j->jwk, err));
    return MR_OK;
}

int mr_jws_read(mr_arena *a, mr_str compact, mr_jws *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_jws_done) mr_jws j = {0};
    mr_str parts[3], header;
    if (compact.len > MR_LIMIT_DOCUMENT) return MR_FAIL(err, MR_E_LIMIT, "the token is larger than allowed", 0);
    if (!split(compact, parts))
        return MR_FAIL(err, MR_E_FORMAT, "not three parts with full stops between them", MR_NOWHERE);
    MR_TRY(decode(a, compact, parts[0], &header, err));
    MR_TRY(read_header(a, header, &j, err));
    MR_TRY(decode(a, compact, parts[1], &j.payload, err));
    MR_TRY(decode(a, compact, parts[2], &j.signature, err));
    j.signed_text = mr_str_make(compact.ptr, parts[0].len + 1 + parts[1].len);
    *ret = j;
    j = (mr_jws){0};
    return MR_OK;
}

void mr_jws_done(mr_jws *j)
{
    for (size_t i = 0; i < j->certificate_count; i++) mr_certificate_free(j->certificates[i]);
    mr_key_free(j->jwk);
    *j = (mr_jws){0};
}

int mr_jws_verify(const mr_jws *j, mr_key *key, struct mr_err *err)
{
    return mr_key_verify(key, j->alg, &j->signed_text, 1, j->signature, err);
}
