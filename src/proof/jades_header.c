/* The protected header of a JAdES seal: its rules when read, and the one that we write.
 *
 * Reading keeps the rules in the order in which they are useful to a person: is it a header at all, is the payload here,
 * does the seal demand something that we do not understand (crit), by which method, when, by which certificate. The first
 * broken rule is the one reported.
 *
 * crit (RFC 7515 4.1.11): every entry must be present, be understood here and be no name of RFC 7515 or 7518 itself.
 * "Present" means in the protected header, but for etsiU, which is never there and which JWS signers of 2021 listed. b64 and
 * sigD must be listed when used (RFC 7797 section 6; TS 119 182-1 5.2.8). Signers after V1.1.1 list sigT, adoTst and others
 * too, those after V1.2.1 need not.
 *
 * Sources: ETSI TS 119 182-1 V1.2.1 sections 5.1, 5.2 and 6.3; RFC 7515 sections 4 and 7.2; RFC 7797. */
#include "proof/jades_inside.h"

#include "base/encoding.h"
#include "json/write.h"

enum { HEADER_MAX = 256 * 1024 };

/* From this day on a signer writes iat instead of sigT (TS 119 182-1 V1.2.1, 5.1.11 and 5.2.1): 2025-07-15T00:00:00Z. */
static const int64_t iat_since = INT64_C(1752537600000);
/* 9999-12-31T23:59:59Z, the last second that RFC 3339 can write. */
static const int64_t last_second = INT64_C(253402300799);

/* ---- reading ---- */

/* TS 119 182-1 V1.2.1 section 5.2 and 5.1.11, 5.1.12; RFC 7797. */
static bool is_understood(mr_str name)
{
    static const char *const names[] = {"b64",   "sigT",  "iat",    "exp",    "x5t#o", "sigX5ts", "srCms",
                                        "sigPl", "srAts", "adoTst", "sigPId", "sigD",  "etsiU"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (mr_str_is(name, names[i])) return true;
    return false;
}

static bool is_listed(const mr_json *crit, const char *name)
{
    MR_JSON_EACH (entry, crit)
        if (mr_str_is(mr_json_str(entry), name)) return true;
    return false;
}

static bool is_listed_before(const mr_json *crit, const mr_json *entry)
{
    MR_JSON_EACH (other, crit) {
        if (other == entry) break;
        if (mr_str_eq(mr_json_str(other), mr_json_str(entry))) return true;
    }
    return false;
}

/* Only what is signed can be critical, as RFC 7797 section 6 says of b64; etsiU stands in the other header by definition (TS 119 182-1 5.3.1). */
static bool is_present(const mr_json *json, const mr_json *unprotected, mr_str name)
{
    return mr_json_find_member(mr_str_is(name, "etsiU") ? unprotected : json, name) != NULL;
}

static int check_crit(const mr_json *json, const mr_json *unprotected, struct mr_step *step)
{
    const mr_json *crit = mr_json_get(json, "crit");
    if (mr_json_get(unprotected, "crit")) return mr_jades_refuse(step, "seal.crit", "crit is not protected");
    if (crit && (!mr_json_is(crit, MR_JSON_ARRAY) || mr_json_count(crit) == 0))
        return mr_jades_refuse(step, "seal.crit", "crit is no list of names");
    if (mr_json_count(crit) > MR_LIMIT_CRIT) return mr_jades_refuse(step, "seal.crit", "crit has too many entries");
    MR_JSON_EACH (entry, crit) {
        if (!mr_json_is(entry, MR_JSON_STRING))
            return mr_jades_refuse(step, "seal.crit", "crit has an entry that is no text");
        if (!is_understood(mr_json_text(entry)))
            return mr_jades_refuse(step, "seal.crit", "crit has an entry that is not understood or not allowed there");
        if (!is_present(json, unprotected, mr_json_text(entry)))
            return mr_jades_refuse(step, "seal.crit", "crit names a header member that is not there");
        if (is_listed_before(crit, entry)) return mr_jades_refuse(step, "seal.crit", "crit names a member twice");
    }
    if (mr_json_get(json, "b64") && !is_listed(crit, "b64"))
        return mr_jades_refuse(step, "seal.crit", "b64 is used and not listed in crit");
    return MR_OK;
}

/* RFC 7515 section 7.2.1: no name in both headers. What must be signed must not stand in the other one. */
static int check_unprotected(const mr_json *json, const mr_json *unprotected, struct mr_step *step)
{
    MR_JSON_EACH_MEMBER (name, unprotected) {
        if (mr_json_find_member(json, mr_json_text(name)))
            return mr_jades_refuse(step, "seal.structure", "a member is in the protected and in the other header");
    }
    if (mr_json_get(json, "etsiU")) return mr_jades_refuse(step, "seal.structure", "etsiU is in the protected header");
    return MR_OK;
}

static int check_method(const mr_json *json, struct mr_jades_header *h, struct mr_step *step)
{
    const mr_json *b64 = mr_json_get(json, "b64");
    h->alg = mr_alg_find(mr_json_get_str(json, "alg"));
    if (h->alg == MR_ALG_NONE)
        return mr_jades_refuse(step, "seal.algorithm", "alg is missing, none, symmetric or not known");
    if (b64 && !mr_json_is(b64, MR_JSON_TRUE) && !mr_json_is(b64, MR_JSON_FALSE))
        return mr_jades_refuse(step, "seal.structure", "b64 is neither true nor false");
    h->b64 = !mr_json_is(b64, MR_JSON_FALSE);
    return MR_OK;
}

/* TS 119 182-1 V1.2.1, 5.1.11 (iat) and 5.2.1 (sigT): one of them. */
static int check_time(const mr_json *json, struct mr_jades_header *h, struct mr_step *step)
{
    const mr_json *iat = mr_json_get(json, "iat"), *sig_t = mr_json_get(json, "sigT");
    int64_t seconds;
    if (!iat == !sig_t)
        return mr_jades_refuse(step, "seal.claimed_time", iat ? "iat and sigT are both there" : "neither iat nor sigT");
    if (iat) {
        if (!mr_json_to_int64(iat, &seconds) || seconds < 0 || seconds > last_second)
            return mr_jades_refuse(step, "seal.claimed_time", "iat is no time in whole seconds");
        h->claimed_time = seconds * 1000;
        return MR_OK;
    }
    if (mr_time_parse(mr_json_str(sig_t), &h->claimed_time, NULL) != MR_OK)
        return mr_jades_refuse(step, "seal.claimed_time", "sigT is no date and time");
    h->old_time = h->claimed_time >= iat_since;
    return MR_OK;
}

/* TS 119 182-1 5.1.7, 5.2.2.2, 5.2.2.3: exactly one way of naming the certificate. */
static int check_reference(const mr_json *json, struct mr_jades_header *h, struct mr_step *step)
{
    static const char *const names[] = {
        [MR_JADES_X5T_S256] = "x5t#S256", [MR_JADES_X5T_O] = "x5t#o", [MR_JADES_SIG_X5TS] = "sigX5ts"};
    size_t found = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const mr_json *v = mr_json_get(json, names[i]);
        if (!v) continue;
        h->reference = (mr_jades_reference)i, h->reference_value = v, found++;
    }
    if (found != 1)
        return mr_jades_refuse(step, "seal.certificate.reference",
                               "not exactly one of x5t#S256, x5t#o and sigX5ts is there");
    h->x5c = mr_json_get(json, "x5c");
    if (h->x5c && (!mr_json_is(h->x5c, MR_JSON_ARRAY) || mr_json_count(h->x5c) == 0))
        return mr_jades_refuse(step, "seal.certificate.missing", "x5c is no list of certificates");
    return MR_OK;
}

/* sigD announces a payload elsewhere (TS 119 182-1 5.2.8); so does a payload that is left out (RFC 7515 appendix F). */
static bool is_detached(const mr_json *json, const struct mr_jades_text *text)
{
    return mr_json_get(json, "sigD") || text->payload_text.len == 0;
}

int mr_jades_header_read(mr_arena *a, const struct mr_jades_text *text, struct mr_jades_header *ret,
                         struct mr_step *step, struct mr_err *err)
{
    struct mr_err found = {0};
    mr_str decoded;
    const mr_json *json;
    struct mr_jades_header h = {.claimed_time = MR_TIME_NONE};
    int code = mr_base64url_read(a, text->protected_text, &decoded, &found);
    if (code == MR_OK) code = mr_json_parse(a, decoded, NULL, &json, &found);
    if (code != MR_OK && mr_jades_is_trouble(code)) {
        if (err) *err = found;
        return code;
    }
    if (code != MR_OK) return mr_jades_refuse_error(step, "seal.structure", a, &found);
    if (!mr_json_is(json, MR_JSON_OBJECT))
        return mr_jades_refuse(step, "seal.structure", "the protected header is no object");
    h.json = json;
    h.detached = ret->detached = is_detached(json, text);
    if (h.detached) return mr_jades_refuse(step, "seal.detached", "the sealed content is not in the file (sigD)");
    MR_TRY(check_unprotected(json, text->header, step));
    MR_TRY(check_crit(json, text->header, step));
    MR_TRY(check_method(json, &h, step));
    MR_TRY(check_time(json, &h, step));
    MR_TRY(check_reference(json, &h, step));
    *ret = h;
    return MR_OK;
}

/* "S256" and so on (TS 119 182-1 5.2.2.2); SHA-1 is not among them. */
static bool digest_kind(mr_str name, mr_digest_kind *ret)
{
    if (mr_str_is(name, "S256"))
        *ret = MR_SHA256;
    else if (mr_str_is(name, "S384"))
        *ret = MR_SHA384;
    else if (mr_str_is(name, "S512"))
        *ret = MR_SHA512;
    else
        return false;
    return true;
}

int mr_jades_header_digest(mr_arena *a, const struct mr_jades_header *h, uint32_t at, mr_digest_kind *ret_kind,
                           mr_str *ret_digest, struct mr_err *err)
{
    const mr_json *v = h->reference_value;
    mr_str text = mr_json_str(v);
    *ret_kind = MR_SHA256;
    *ret_digest = MR_STR_EMPTY;
    if (h->reference != MR_JADES_SIG_X5TS && at > 0) return MR_OK;
    if (h->reference != MR_JADES_X5T_S256) {
        if (h->reference == MR_JADES_SIG_X5TS) v = mr_json_at(v, at);
        text = mr_json_get_str(v, "digVal");
        if (!digest_kind(mr_json_get_str(v, "digAlg"), ret_kind)) return MR_OK;
    }
    int code = text.len ? mr_base64url_read(a, text, ret_digest, err) : MR_OK;
    return mr_jades_is_trouble(code) ? code : MR_OK;
}

/* ---- writing ---- */

/* Tag and length in front of `size` octets (X.690 8.1.3); returns how many octets were written, at most 6. */
static size_t der_head(uint8_t tag, size_t size, uint8_t *out)
{
    size_t octets = 0, at = 0;
    out[at++] = tag;
    if (size < 0x80) {
        out[at++] = (uint8_t)size;
        return at;
    }
    for (size_t rest = size; rest; rest >>= 8) octets++;
    out[at++] = (uint8_t)(0x80 | octets);
    while (octets--) out[at++] = (uint8_t)(size >> (8 * octets));
    return at;
}

int mr_jades_kid(mr_arena *a, const mr_certificate *c, mr_str *ret, struct mr_err *err)
{
    /* IssuerSerial ::= SEQUENCE { GeneralNames { directoryName [4] EXPLICIT Name }, serialNumber INTEGER } */
    mr_str name = mr_certificate_issuer_der(c), serial = mr_certificate_serial(c);
    uint8_t inner[8], outer[8], number[8], whole[8];
    size_t inner_size = der_head(0xA4, name.len, inner);
    size_t outer_size = der_head(0x30, inner_size + name.len, outer);
    size_t number_size = der_head(0x02, serial.len, number);
    size_t whole_size = der_head(0x30, outer_size + inner_size + name.len + number_size + serial.len, whole);
    const mr_str parts[] = {mr_str_make((char *)whole, whole_size),   mr_str_make((char *)outer, outer_size),
                            mr_str_make((char *)inner, inner_size),   name,
                            mr_str_make((char *)number, number_size), serial};
    MR_CLEANUP(mr_buf_done) mr_buf text;
    mr_str der = mr_arena_concat(a, parts, sizeof parts / sizeof *parts);
    mr_buf_init(&text, HEADER_MAX);
    if (der.ptr) mr_base64_put(&text, der);
    mr_str kid = der.ptr && !mr_buf_failed(&text) ? mr_arena_dup(a, mr_buf_str(&text)) : MR_STR_EMPTY;
    if (!kid.ptr) return MR_FAIL(err, MR_E_NOMEM, "no room for the protected header", MR_NOWHERE);
    *ret = kid;
    return MR_OK;
}

static void put_certificate(mr_buf *out, const mr_certificate *c)
{
    mr_buf_putc(out, '"');
    mr_base64_put(out, mr_certificate_der(c));
    mr_buf_putc(out, '"');
}

/* The seal's certificate, its issuing certificate, and those above it but for the root, which verifiers have or do not trust. */
static void put_chain(mr_json_writer *w, mr_buf *out, const struct mr_seal_key *seal)
{
    mr_json_put_name(w, "x5c");
    mr_json_begin_array(w);
    put_certificate(out, seal->certificate);
    for (size_t i = 0; i < seal->issuer_count; i++) {
        if (i > 0 && mr_certificate_is_self_issued(seal->issuers[i])) break;
        mr_buf_putc(out, ',');
        put_certificate(out, seal->issuers[i]);
    }
    mr_json_end_array(w);
}

/* TS 119 182-1 5.2.6; only b64 must stand in crit (5.1.9). */
static void put_content_time(mr_json_writer *w, mr_buf *out, mr_str token)
{
    mr_json_put_name(w, "adoTst");
    mr_json_put_raw(w, MR_STR("{\"tstTokens\":[{\"val\":\""));
    mr_base64_put(out, token);
    mr_buf_puts(out, "\"}]}");
}

static int put_header(const struct mr_seal_key *seal, int64_t now, mr_str content_token, mr_arena *scratch, mr_buf *out,
                      struct mr_err *err)
{
    mr_json_writer w;
    mr_str kid;
    MR_TRY(mr_jades_kid(scratch, seal->certificate, &kid, err));
    mr_json_writer_init(&w, out, 0);
    mr_json_begin_object(&w);
    mr_json_put_member_c(&w, "alg", mr_alg_name(mr_key_default_alg(seal->key)));
    mr_json_put_member_c(&w, "cty", "ld+json"); /* RFC 7515 4.1.10: "application/" is left out */
    mr_json_put_member(&w, "kid", kid);
    mr_json_put_name(&w, "x5t#S256");
    mr_json_put_raw(&w, MR_STR_EMPTY); /* settles the comma; the value follows */
    mr_buf_putc(out, '"');
    mr_base64url_put(out, mr_str_make((const char *)mr_certificate_sha256(seal->certificate), 32));
    mr_buf_putc(out, '"');
    put_chain(&w, out, seal);
    mr_json_put_member_c(&w, "typ", "jose+json");
    mr_json_put_flag(&w, "b64", false);
    mr_json_put_number(&w, "iat", now / 1000);
    if (content_token.len) put_content_time(&w, out, content_token);
    mr_json_put_name(&w, "crit");
    mr_json_put_raw(&w, MR_STR("[\"b64\"]"));
    mr_json_end_object(&w);
    return MR_OK;
}

int mr_jades_header_write(const struct mr_seal_key *seal, int64_t now, mr_str content_token, mr_arena *scratch,
                          mr_str *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf header, text;
    mr_buf_init(&header, HEADER_MAX);
    mr_buf_init(&text, 2 * HEADER_MAX);
    MR_TRY(put_header(seal, now, content_token, scratch, &header, err));
    if (!mr_buf_failed(&header)) mr_base64url_put(&text, mr_buf_str(&header));
    bool fits = !mr_buf_failed(&header) && !mr_buf_failed(&text);
    mr_str copy = fits ? mr_arena_dup(scratch, mr_buf_str(&text)) : MR_STR_EMPTY;
    if (!copy.ptr) return MR_FAIL(err, MR_E_NOMEM, "no room for the protected header", MR_NOWHERE);
    *ret = copy;
    return MR_OK;
}
