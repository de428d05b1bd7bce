/* etsiU, the unsigned part of a JAdES seal: an array whose elements were added one after the other, each the base64url
 * text of an object with one member.
 *
 * The texts are what archive time-stamps cover, so they stay as they are; here they are read. What we evaluate is taken out
 * (time-stamps, certificates, evidence), what we know and do not evaluate is noted (counter-signatures, references), what we
 * do not know is noted as such: the standard lets others add members.
 *
 * Elements may also be objects in clear text (TS 119 182-1 5.3.1). Time-stamps over those need a canonicalization that the
 * standard leaves open and nobody implements: they are noted and not evaluated. A mixture of both forms is forbidden.
 *
 * Bounded: elements, tokens, certificates and pieces of evidence are counted against base/limits.h.
 * Source: ETSI TS 119 182-1 V1.2.1 sections 5.3 and 5.4.3 (containers). */
#include "proof/jades_inside.h"

#include "base/encoding.h"

struct reading {
    struct mr_jades_work *w;
    struct mr_jades_unsigned *u;
    struct mr_step *step;
    struct mr_err *err;
    uint32_t at; /* index of the element in etsiU */
};

static int refuse_found(struct reading *r, int code, const struct mr_err *found)
{
    if (!mr_jades_is_trouble(code)) return mr_jades_refuse_error(r->step, "seal.structure", r->w->a, found);
    if (r->err) *r->err = *found;
    return code;
}

/* The octets of {"val": base64} (pkiOb, TS 119 182-1 5.4.1). DER is the only encoding in use. */
static int read_object(struct mr_jades_work *w, const mr_json *object, mr_str *ret, struct mr_err *found)
{
    const mr_json *encoding = mr_json_get(object, "encoding"), *val = mr_json_get(object, "val");
    if (encoding && !mr_str_has_suffix(mr_json_str(encoding), MR_STR("#DER")))
        return MR_FAIL(found, MR_E_FORMAT, "an object is in another encoding than DER", MR_NOWHERE);
    if (!mr_json_is(val, MR_JSON_STRING))
        return MR_FAIL(found, MR_E_FORMAT, "an object of the seal has no value", MR_NOWHERE);
    return mr_base64_read(w->a, mr_json_text(val), ret, found);
}

int mr_jades_tokens_read(struct mr_jades_work *w, const mr_json *container, uint32_t before,
                         struct mr_jades_tokens *tokens, struct mr_step *step, const char *id, struct mr_err *err)
{
    const mr_json *list = mr_json_get(container, "tstTokens");
    if (!mr_json_is(list, MR_JSON_ARRAY) || mr_json_count(list) == 0)
        return mr_jades_refuse(step, id, "a time-stamp container has no tokens");
    if (mr_json_count(list) > 1) tokens->shared_container = true;
    MR_JSON_EACH (token, list) {
        struct mr_err found = {0};
        if (w->timestamps == MR_LIMIT_TIMESTAMPS || tokens->count == MR_LIMIT_TIMESTAMPS)
            return mr_jades_refuse(step, id, "more time-stamps than allowed");
        struct mr_jades_token *to = &tokens->items[tokens->count];
        int code = read_object(w, token, &to->der, &found);
        if (code != MR_OK && mr_jades_is_trouble(code)) {
            if (err) *err = found;
            return code;
        }
        if (code != MR_OK) return mr_jades_refuse_error(step, id, w->a, &found);
        to->before = before;
        tokens->count++, w->timestamps++;
    }
    return MR_OK;
}

/* ---- certificates and evidence ---- */

/* xVals: [{"x509Cert": {"val": ...}}, {"otherCert": ...}]. A certificate that cannot be read cannot be used by anybody: left out. */
static int take_certificates(struct reading *r, const mr_json *list)
{
    if (!mr_json_is(list, MR_JSON_ARRAY)) return mr_jades_refuse(r->step, "seal.structure", "xVals is no list");
    MR_JSON_EACH (element, list) {
        struct mr_err found = {0};
        mr_str der;
        const mr_json *object = mr_json_get(element, "x509Cert");
        if (!object) {
            r->u->has_unknown = true;
            continue;
        }
        int code = read_object(r->w, object, &der, &found);
        if (code == MR_OK) code = mr_jades_pool_read(r->w->pool, der, NULL, &found);
        if (code == MR_E_CERTIFICATE || code == MR_E_FORMAT)
            r->u->has_unknown = true;
        else if (code != MR_OK)
            return refuse_found(r, code, &found);
    }
    return MR_OK;
}

static int take_octets(struct reading *r, const mr_json *list, mr_str *items, size_t *count)
{
    if (list && !mr_json_is(list, MR_JSON_ARRAY))
        return mr_jades_refuse(r->step, "seal.structure", "a list of evidence is no list");
    MR_JSON_EACH (element, list) {
        struct mr_err found = {0};
        if (*count == MR_LIMIT_EVIDENCE)
            return mr_jades_refuse(r->step, "seal.structure", "more revocation evidence than allowed");
        int code = read_object(r->w, element, &items[*count], &found);
        if (code != MR_OK) return refuse_found(r, code, &found);
        ++*count;
    }
    return MR_OK;
}

/* rVals: {"crlVals": [...], "ocspVals": [...]} */
static int take_evidence(struct reading *r, const mr_json *value)
{
    if (!mr_json_is(value, MR_JSON_OBJECT)) return mr_jades_refuse(r->step, "seal.structure", "rVals is no object");
    r->u->has_evidence = true;
    if (mr_json_get(value, "otherVals")) r->u->has_unknown = true;
    MR_TRY(take_octets(r, mr_json_get(value, "ocspVals"), r->u->ocsp, &r->u->ocsp_count));
    return take_octets(r, mr_json_get(value, "crlVals"), r->u->crls, &r->u->crl_count);
}

/* tstVD, anyValData: {"xVals": [...], "rVals": {...}} */
static int take_validation_data(struct reading *r, const mr_json *value)
{
    const mr_json *certificates = mr_json_get(value, "xVals"), *evidence = mr_json_get(value, "rVals");
    if (!mr_json_is(value, MR_JSON_OBJECT))
        return mr_jades_refuse(r->step, "seal.structure", "validation data is no object");
    if (certificates) MR_TRY(take_certificates(r, certificates));
    if (evidence) MR_TRY(take_evidence(r, evidence));
    return MR_OK;
}

/* ---- elements ---- */

static int take_signature_time(struct reading *r, const mr_json *value)
{
    return mr_jades_tokens_read(r->w, value, r->at, &r->u->signature, r->step, "seal.structure", r->err);
}

static int take_archive_time(struct reading *r, const mr_json *value)
{
    return mr_jades_tokens_read(r->w, value, r->at, &r->u->archive, r->step, "seal.structure", r->err);
}

static int take_own_certificates(struct reading *r, const mr_json *value)
{
    r->u->has_validation_data = true;
    return take_certificates(r, value);
}

static int take_own_evidence(struct reading *r, const mr_json *value)
{
    r->u->has_validation_data = true;
    return take_evidence(r, value);
}

static int note_reference(struct reading *r, const mr_json *value)
{
    r->u->has_references = true;
    return MR_OK;
}

static int note_counter_signature(struct reading *r, const mr_json *value)
{
    r->u->has_counter_signature = true;
    return MR_OK;
}

static int note_policy(struct reading *r, const mr_json *value)
{
    r->u->stored_policies++;
    return MR_OK;
}

static int note_unknown(struct reading *r, const mr_json *value)
{
    r->u->has_unknown = true;
    return MR_OK;
}

static const struct {
    const char *name;
    int (*take)(struct reading *r, const mr_json *value);
} elements[] = {
    {"sigTst", take_signature_time},  {"arcTst", take_archive_time},   {"xVals", take_own_certificates},
    {"rVals", take_own_evidence},     {"tstVD", take_validation_data}, {"anyValData", take_validation_data},
    {"cSig", note_counter_signature}, {"sigPSt", note_policy},         {"xRefs", note_reference},
    {"rRefs", note_reference},        {"axRefs", note_reference},      {"arRefs", note_reference},
    {"sigRTst", note_reference},      {"rfsTst", note_reference},      {"axVals", note_unknown},
    {"arVals", note_unknown},
};

static int take_element(struct reading *r, const mr_json *name)
{
    for (size_t i = 0; i < sizeof elements / sizeof *elements; i++)
        if (mr_str_is(mr_json_text(name), elements[i].name)) return elements[i].take(r, name + 1);
    return note_unknown(r, name + 1);
}

static int read_element(struct reading *r, const mr_json *element)
{
    struct mr_err found = {0};
    const mr_json *object;
    mr_str text;
    int code = mr_base64url_read(r->w->a, mr_json_text(element), &text, &found);
    if (code == MR_OK) code = mr_json_parse(r->w->a, text, NULL, &object, &found);
    if (code != MR_OK) return refuse_found(r, code, &found);
    if (!mr_json_is(object, MR_JSON_OBJECT) || mr_json_count(object) != 1)
        return mr_jades_refuse(r->step, "seal.structure", "an element of etsiU is no object with one member");
    return take_element(r, object + 1);
}

/* All elements texts, or all objects. */
static int check_form(struct reading *r, const mr_json *etsi_u)
{
    size_t texts = 0, objects = 0;
    MR_JSON_EACH (element, etsi_u) {
        texts += mr_json_is(element, MR_JSON_STRING);
        objects += mr_json_is(element, MR_JSON_OBJECT);
    }
    if (!mr_json_is(etsi_u, MR_JSON_ARRAY) || texts + objects == 0 || texts + objects != mr_json_count(etsi_u))
        return mr_jades_refuse(r->step, "seal.structure", "etsiU is no list of texts");
    if (texts && objects) return mr_jades_refuse(r->step, "seal.structure", "etsiU mixes texts and objects");
    if (texts + objects > MR_LIMIT_SEAL_PARTS)
        return mr_jades_refuse(r->step, "seal.structure", "etsiU has more elements than allowed");
    r->u->clear = objects > 0;
    return MR_OK;
}

int mr_jades_unsigned_read(struct mr_jades_work *w, const mr_json *header, struct mr_jades_unsigned *ret,
                           struct mr_step *step, struct mr_err *err)
{
    struct reading r = {.w = w, .u = ret, .step = step, .err = err};
    const mr_json *etsi_u = mr_json_get(header, "etsiU");
    MR_JSON_EACH_MEMBER (name, header)
        if (!mr_str_is(mr_json_text(name), "etsiU")) ret->has_unknown = true;
    if (!etsi_u) return MR_OK;
    MR_TRY(check_form(&r, etsi_u));
    ret->elements = etsi_u;
    if (ret->clear) return MR_OK;
    MR_JSON_EACH (element, etsi_u) {
        MR_TRY(read_element(&r, element));
        r.at++;
    }
    return MR_OK;
}
