/* Proof values of ecdsa-sd-2023: multibase "u" over three octets that tell base from derived, and an array of five in CBOR. */
#include "proof/ecdsa_sd_inside.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "proof/cbor.h"

static const mr_str base_header = MR_STR_INIT("\xd9\x5d\x00"), derived_header = MR_STR_INIT("\xd9\x5d\x01");

/* ---- reading ---- */

struct reading {
    mr_arena *a;
    mr_cbor cbor;
    struct mr_err *err;
};

/* Octets of one length only. */
static int read_octets(struct reading *r, size_t size, mr_str *ret)
{
    size_t at = r->cbor.at;
    MR_TRY(mr_cbor_read_bytes(&r->cbor, ret, r->err));
    return ret->len == size ? MR_OK : MR_FAIL(r->err, MR_E_FORMAT, "octets of a wrong length", at);
}

/* The head of an array, and room for its elements. */
static int read_room(struct reading *r, size_t most, size_t size, void **ret, size_t *ret_count)
{
    MR_TRY(mr_cbor_read_array(&r->cbor, ret_count, r->err));
    if (*ret_count > most) return MR_FAIL(r->err, MR_E_LIMIT, "more statements or pointers than allowed", r->cbor.at);
    *ret = mr_arena_zalloc(r->a, *ret_count, size);
    return *ret ? MR_OK : MR_FAIL(r->err, MR_E_NOMEM, "a proof value", MR_NOWHERE);
}

static int read_signatures(struct reading *r, struct mr_ecdsa_sd_value *v)
{
    mr_str *signatures;
    MR_TRY(read_room(r, MR_LIMIT_SD_STATEMENTS, sizeof *signatures, (void **)&signatures, &v->signature_count));
    for (size_t i = 0; i < v->signature_count; i++) MR_TRY(read_octets(r, MR_ECDSA_SD_SIGNATURE, &signatures[i]));
    v->signatures = signatures;
    return MR_OK;
}

static int read_pointers(struct reading *r, struct mr_ecdsa_sd_value *v)
{
    mr_str *pointers;
    MR_TRY(read_room(r, MR_LIMIT_SD_POINTERS, sizeof *pointers, (void **)&pointers, &v->pointer_count));
    for (size_t i = 0; i < v->pointer_count; i++) MR_TRY(mr_cbor_read_text(&r->cbor, &pointers[i], r->err));
    v->pointers = pointers;
    return MR_OK;
}

static int read_labels(struct reading *r, struct mr_ecdsa_sd_value *v)
{
    MR_TRY(mr_cbor_read_map(&r->cbor, &v->label_count, r->err));
    if (v->label_count > MR_LIMIT_SD_STATEMENTS)
        return MR_FAIL(r->err, MR_E_LIMIT, "more blank nodes than allowed", r->cbor.at);
    struct mr_ecdsa_sd_label *labels = MR_NEW_ARRAY(r->a, struct mr_ecdsa_sd_label, v->label_count);
    if (!labels) return MR_FAIL(r->err, MR_E_NOMEM, "a proof value", MR_NOWHERE);
    for (size_t i = 0; i < v->label_count; i++) {
        MR_TRY(mr_cbor_read_uint(&r->cbor, &labels[i].number, r->err));
        MR_TRY(read_octets(r, MR_ECDSA_SD_HMAC, &labels[i].hmac));
    }
    v->labels = labels;
    return MR_OK;
}

/* Every document has statements that need not be mandatory; those that are may be as many as quads. */
static int read_indexes(struct reading *r, struct mr_ecdsa_sd_value *v)
{
    uint64_t *indexes;
    MR_TRY(read_room(r, MR_LIMIT_QUADS, sizeof *indexes, (void **)&indexes, &v->mandatory_count));
    for (size_t i = 0; i < v->mandatory_count; i++) MR_TRY(mr_cbor_read_uint(&r->cbor, &indexes[i], r->err));
    v->mandatory = indexes;
    return MR_OK;
}

/* The five components (3.5.3 step 4, 3.5.8 step 4; the length that the latter gives for public keys, 36, is 35 everywhere else). */
static int read_components(struct reading *r, struct mr_ecdsa_sd_value *v)
{
    size_t count;
    MR_TRY(mr_cbor_read_array(&r->cbor, &count, r->err));
    if (count != 5) return MR_FAIL(r->err, MR_E_FORMAT, "not an array of five", 0);
    MR_TRY(read_octets(r, MR_ECDSA_SD_SIGNATURE, &v->base_signature));
    MR_TRY(read_octets(r, MR_ECDSA_SD_PUBLIC_KEY, &v->public_key));
    if (!v->derived) MR_TRY(read_octets(r, MR_ECDSA_SD_HMAC, &v->hmac_key));
    MR_TRY(read_signatures(r, v));
    if (v->derived) {
        MR_TRY(read_labels(r, v));
        MR_TRY(read_indexes(r, v));
    } else {
        MR_TRY(read_pointers(r, v));
    }
    return mr_cbor_read_end(&r->cbor, r->err);
}

int mr_ecdsa_sd_value_read(mr_arena *a, mr_str text, struct mr_ecdsa_sd_value *ret, struct mr_err *err)
{
    mr_str octets;
    struct mr_ecdsa_sd_value v = {0};
    if (!mr_str_has_prefix(text, MR_STR("u"))) return MR_FAIL(err, MR_E_FORMAT, "not in multibase base64url", 0);
    MR_TRY(mr_base64url_read(a, mr_str_from(text, 1), &octets, err));
    v.derived = mr_str_has_prefix(octets, derived_header);
    if (!v.derived && !mr_str_has_prefix(octets, base_header))
        return MR_FAIL(err, MR_E_FORMAT, "not a value of ecdsa-sd-2023", 0);
    struct reading r = {.a = a, .cbor = {mr_str_from(octets, base_header.len), 0}, .err = err};
    MR_TRY(read_components(&r, &v));
    *ret = v;
    return MR_OK;
}

/* ---- writing ---- */

/* 3.5.2 and 3.5.7, step 3 */
static void put_components(const struct mr_ecdsa_sd_value *v, mr_buf *out)
{
    mr_buf_put(out, v->derived ? derived_header : base_header);
    mr_cbor_put_array(out, 5);
    mr_cbor_put_bytes(out, v->base_signature);
    mr_cbor_put_bytes(out, v->public_key);
    if (!v->derived) mr_cbor_put_bytes(out, v->hmac_key);
    mr_cbor_put_array(out, v->signature_count);
    for (size_t i = 0; i < v->signature_count; i++) mr_cbor_put_bytes(out, v->signatures[i]);
    if (!v->derived) {
        mr_cbor_put_array(out, v->pointer_count);
        for (size_t i = 0; i < v->pointer_count; i++) mr_cbor_put_text(out, v->pointers[i]);
        return;
    }
    mr_cbor_put_map(out, v->label_count);
    for (size_t i = 0; i < v->label_count; i++) {
        mr_cbor_put_uint(out, v->labels[i].number);
        mr_cbor_put_bytes(out, v->labels[i].hmac);
    }
    mr_cbor_put_array(out, v->mandatory_count);
    for (size_t i = 0; i < v->mandatory_count; i++) mr_cbor_put_uint(out, v->mandatory[i]);
}

int mr_ecdsa_sd_value_write(const struct mr_ecdsa_sd_value *v, mr_buf *out, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_wipe) mr_buf octets;
    mr_buf_init(&octets, MR_LIMIT_DOCUMENT);
    put_components(v, &octets);
    if (mr_buf_failed(&octets)) return MR_FAIL(err, MR_E_LIMIT, "a proof value larger than allowed", MR_NOWHERE);
    mr_multibase_put(out, 'u', mr_buf_str(&octets));
    return mr_buf_failed(out) ? MR_FAIL(err, MR_E_LIMIT, "a proof value larger than allowed", MR_NOWHERE) : MR_OK;
}

int mr_ecdsa_sd_mandatory(mr_arena *a, mr_str proof_value, const mr_str **ret, size_t *ret_count, struct mr_err *err)
{
    struct mr_ecdsa_sd_value v;
    MR_TRY(mr_ecdsa_sd_value_read(a, proof_value, &v, err));
    if (v.derived) return MR_FAIL(err, MR_E_FORMAT, "a derived proof: only its holder could show more", MR_NOWHERE);
    *ret = v.pointers;
    *ret_count = v.pointer_count;
    return MR_OK;
}
