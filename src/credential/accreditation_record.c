#include "credential/accreditation_record.h"

#include "base/encoding.h"
#include "base/file.h"
#include "base/limits.h"
#include "credential/each.h"
#include "credential/elm_accreditation.h"
#include "credential/trust.h"
#include "credential/vcdm.h"
#include "crypto/authority.h"
#include "proof/jades.h"

/* ---- what it says ---- */

static mr_str id_of(const mr_json *v)
{
    v = mr_each_first(v);
    return mr_json_is(v, MR_JSON_STRING) ? mr_json_text(v) : mr_json_get_str(v, "id");
}

static int64_t time_of(const mr_json *document)
{
    static const char *const names[] = {"validFrom", "issuanceDate", "issued"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        int64_t time;
        if (mr_time_parse(mr_json_get_str(document, names[i]), &time, NULL) == MR_OK) return time;
    }
    return MR_TIME_NONE;
}

static int read_record(mr_arena *a, const mr_json *document, mr_accreditation_record *ret, struct mr_err *err)
{
    const mr_json *subject = mr_each_first(mr_json_get(document, "credentialSubject"));
    const mr_json *accreditation = mr_json_get(subject, "accreditation");
    ret->id = mr_json_get_str(document, "id");
    ret->issuer = id_of(mr_json_get(document, "issuer"));
    ret->subject = mr_json_get_str(subject, "id");
    ret->attribute = mr_json_get_str(subject, "reservedAttributeId");
    ret->made = time_of(document);
    ret->is_record = mr_json_is(mr_each_first(accreditation), MR_JSON_OBJECT);
    if (!ret->is_record) return MR_OK;
    return mr_elm_read_accreditation(a, document, mr_each_first(accreditation), &ret->accreditation, err);
}

/* ---- peeking ---- */

static int read_base64url_json(mr_arena *a, mr_str text, const mr_json **ret, struct mr_err *err)
{
    mr_str octets = MR_STR_EMPTY;
    MR_TRY(mr_base64url_read(a, text, &octets, err));
    return mr_json_parse(a, octets, NULL, ret, err);
}

static int peek_token(mr_arena *a, mr_str text, const mr_json **ret, struct mr_err *err)
{
    mr_str rest = text, header, payload;
    if (!mr_str_split(&rest, '.', &header) || !mr_str_split(&rest, '.', &payload))
        return MR_FAIL(err, MR_E_FORMAT, "no signed credential", MR_NOWHERE);
    MR_TRY(read_base64url_json(a, payload, ret, err));
    const mr_json *inner = mr_json_get(*ret, "vc");
    if (mr_json_is(inner, MR_JSON_OBJECT)) *ret = inner;
    return MR_OK;
}

static int peek_jades(mr_arena *a, const mr_json *root, const mr_json **ret, struct mr_err *err)
{
    mr_str payload = mr_json_get_str(root, "payload");
    if (payload.len && payload.ptr[0] == '{') return mr_json_parse(a, payload, NULL, ret, err);
    return read_base64url_json(a, payload, ret, err);
}

static int peek_payload(mr_arena *a, mr_str text, const mr_json **ret, struct mr_err *err)
{
    const mr_json *root = NULL;
    if (text.len > MR_LIMIT_ACCREDITATION)
        return MR_FAIL(err, MR_E_LIMIT, "a record of accreditation that is larger than allowed", MR_NOWHERE);
    if (!text.len || text.ptr[0] != '{') return peek_token(a, text, ret, err);
    MR_TRY(mr_json_parse(a, text, NULL, &root, err));
    mr_vcdm_kind kind = mr_vcdm_kind_of(root);
    if (kind == MR_VCDM_ENVELOPED_CREDENTIAL) {
        mr_str id = mr_json_get_str(root, "id");
        ptrdiff_t comma = mr_str_find_char(id, ',');
        return peek_token(a, mr_str_from(id, (size_t)(comma + 1)), ret, err);
    }
    if (mr_jades_is(root)) return peek_jades(a, root, ret, err);
    if (!mr_data_integrity_is(root)) return MR_FAIL(err, MR_E_FORMAT, "no signed credential", MR_NOWHERE);
    *ret = root;
    return MR_OK;
}

int mr_accreditation_peek(mr_arena *a, mr_str text, mr_accreditation_record *ret, struct mr_err *err)
{
    const mr_json *document = NULL;
    text = mr_str_trim(text);
    *ret = (mr_accreditation_record){.text = text, .made = MR_TIME_NONE};
    MR_TRY(peek_payload(a, text, &document, err));
    if (mr_vcdm_kind_of(document) != MR_VCDM_CREDENTIAL)
        return MR_FAIL(err, MR_E_FORMAT, "no signed credential", MR_NOWHERE);
    return read_record(a, document, ret, err);
}

/* ---- a folder of them ---- */

static int load_file(mr_arena *a, const char *folder, mr_str name, mr_accreditation_record *ret, struct mr_err *err)
{
    struct mr_err e = {0};
    mr_str text = MR_STR_EMPTY, path = mr_arena_format(a, "%s/%.*s", folder, MR_STR_ARG(name));
    if (!path.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for accreditations", MR_NOWHERE);
    MR_TRY(mr_file_read(a, path.ptr, MR_LIMIT_ACCREDITATION, &text, err));
    if (mr_accreditation_peek(a, text, ret, &e) != MR_OK)
        return MR_FAIL_DETAIL(err, e.code, "this is no record of an accreditation", "%s: %s", path.ptr, e.message);
    ret->name = name;
    return MR_OK;
}

int mr_accreditations_load(mr_arena *a, const char *folder, mr_accreditation_record **ret, size_t *ret_count,
                           struct mr_err *err)
{
    static const char *const endings[] = {".json", ".jsonld", ".jwt"};
    mr_str *names[3];
    size_t counts[3], count = 0;
    *ret = NULL;
    *ret_count = 0;
    if (!mr_file_exists(folder)) return MR_OK;
    for (size_t i = 0; i < 3; i++) {
        MR_TRY(mr_file_list(a, folder, endings[i], MR_LIMIT_ACCREDITATIONS, &names[i], &counts[i], err));
        count += counts[i];
    }
    if (count > MR_LIMIT_ACCREDITATIONS)
        return MR_FAIL_DETAIL(err, MR_E_LIMIT, "too many records of accreditation", "%s", folder);
    mr_accreditation_record *all = MR_NEW_ARRAY(a, mr_accreditation_record, count + 1);
    if (!all) return MR_FAIL(err, MR_E_NOMEM, "no memory for accreditations", MR_NOWHERE);
    size_t at = 0;
    for (size_t i = 0; i < 3; i++)
        for (size_t k = 0; k < counts[i]; k++) MR_TRY(load_file(a, folder, names[i][k], &all[at++], err));
    *ret = all;
    *ret_count = count;
    return MR_OK;
}

/* ---- opening ---- */

struct opening {
    mr_arena *a;
    const struct mr_opening *o;
    const struct mr_trust *trust;
    struct mr_accreditation_seal *seal;
    const mr_json *payload;
};

static void set_step(struct opening *w, mr_state state, const char *id, mr_str detail)
{
    w->seal->step = (struct mr_step){.state = state, .id = id, .detail = detail, .at = MR_TIME_NONE};
}

static bool any_is_test(mr_certificate *const *certificates, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (mr_certificate_is_test(certificates[i])) return true;
    return false;
}

/* Whose certificate it is, and who vouches for that. `chain` as of the time that counts. */
static void take_certificate(struct opening *w, const mr_certificate *leaf, const struct mr_chain *chain, bool is_test)
{
    const struct mr_certificate_name *name = mr_certificate_subject(leaf);
    const char *why = NULL;
    w->seal->signer = mr_arena_dup(w->a, name->organisation_identifier);
    w->seal->signer_name = mr_arena_dup(w->a, name->organisation);
    w->seal->is_test = is_test;
    if (!mr_certificate_may_seal(leaf, &why)) set_step(w, MR_FAILED, "issuer.purpose", mr_str_of(why));
    if (chain->state == MR_CHAIN_BROKEN) set_step(w, MR_UNCHECKED, "trust.broken", mr_str_of(chain->why));
    if (chain->state != MR_CHAIN_ANCHORED || is_test || !chain->count) return;
    const struct mr_certificate_name *anchor = mr_certificate_subject(chain->certificates[chain->count - 1]);
    w->seal->anchor = mr_arena_dup(w->a, anchor->common_name.len ? anchor->common_name : anchor->line);
}

static int open_jades(struct opening *w, mr_str text, const mr_json *root, struct mr_err *err)
{
    mr_jades j = {0};
    struct mr_err e = {0};
    const mr_trust *t = w->trust;
    int code = mr_jades_verify(w->a, text, root, t ? t->anchors : NULL, t ? t->count : 0, w->o->now, &j, &e);
    if (code == MR_E_NOMEM) return MR_FAIL(err, MR_E_NOMEM, "no memory to open a record", MR_NOWHERE);
    if (code) {
        set_step(w, MR_FAILED, "format.broken_seal", mr_arena_dup(w->a, mr_str_of(e.detail)));
        return MR_OK;
    }
    w->seal->step = j.signature;
    w->seal->step.detail = mr_arena_dup(w->a, j.signature.detail);
    const struct mr_step *times[] = {&j.content_time, &j.signature_time, &j.archive_time, &j.revocation_evidence};
    for (size_t i = 0; i < 4; i++)
        if (times[i]->state == MR_FAILED) set_step(w, MR_FAILED, times[i]->id, MR_STR_EMPTY);
    if (j.certificate)
        take_certificate(w, j.certificate, &j.chain,
                         any_is_test(j.pool, j.pool_count) || any_is_test(j.chain.certificates, j.chain.count));
    if (w->seal->step.state == MR_PASSED && mr_json_parse(w->a, j.payload, NULL, &w->payload, &e) != MR_OK)
        set_step(w, MR_FAILED, "format.not_elm", MR_STR_EMPTY);
    mr_jades_done(&j);
    return MR_OK;
}

static int take_chain(struct opening *w, const mr_secured *s, struct mr_err *err)
{
    const mr_trust *t = w->trust;
    struct mr_chain chain = {0};
    MR_TRY(mr_chain_build(s->certificates[0], s->certificates, s->certificate_count, t ? t->anchors : NULL,
                          t ? t->count : 0, w->o->now, &chain, err));
    take_certificate(w, s->certificates[0], &chain,
                     any_is_test(s->certificates, s->certificate_count) ||
                         any_is_test(chain.certificates, chain.count));
    return MR_OK;
}

/* Statements are signed, not words: with definitions of its own a document's words can change places under an intact proof (Data Integrity 1.0 section 4.6),
 * and it is by its words that a record is read. JCS signs the words. */
static bool may_mean_something_else(const mr_secured *s)
{
    mr_cryptosuite suite = mr_cryptosuite_find(s->suite);
    if (s->mechanism != MR_MECHANISM_DATA_INTEGRITY || suite == MR_EDDSA_JCS_2022 || suite == MR_ECDSA_JCS_2019)
        return false;
    for (const mr_json *node = s->payload, *end = node + node->skip; node < end; node++) {
        MR_EACH(context, mr_json_get(node, "@context"))
        {
            if (mr_json_is(context, MR_JSON_OBJECT)) return true;
        }
    }
    return false;
}

static int take_secured(struct opening *w, const mr_secured *s, struct mr_err *err)
{
    w->seal->step = s->step;
    w->payload = s->payload;
    if (s->mechanism == MR_MECHANISM_SD_JWT || mr_secured_is_list(s))
        set_step(w, MR_FAILED, "format.other_token", MR_STR_EMPTY);
    if (s->key_only) set_step(w, MR_UNCHECKED, "issuer.key_only", MR_STR_EMPTY);
    if (w->payload && may_mean_something_else(s)) set_step(w, MR_UNCHECKED, "proof.own_context", MR_STR_EMPTY);
    w->seal->signer = s->key.controller;
    w->seal->key_revoked = s->key.revoked;
    return s->certificate_count ? take_chain(w, s, err) : MR_OK;
}

static int open_secured(struct opening *w, mr_str text, struct mr_err *err)
{
    mr_secured s;
    struct mr_err e = {0};
    int code = mr_secured_open(w->a, w->o, text, &s, &e);
    if (code == MR_E_NOMEM) return MR_FAIL(err, MR_E_NOMEM, "no memory to open a record", MR_NOWHERE);
    if (code) {
        bool unknown = code == MR_E_UNSUPPORTED;
        set_step(w, unknown ? MR_UNCHECKED : MR_FAILED, unknown ? "format.algorithm" : "format.broken_token",
                 mr_arena_dup(w->a, mr_str_of(e.detail[0] ? e.detail : e.message)));
        return MR_OK;
    }
    code = take_secured(w, &s, err);
    mr_secured_done(&s);
    return code;
}

int mr_accreditation_open(mr_arena *a, const struct mr_opening *o, const struct mr_trust *trust, mr_str text,
                          mr_accreditation_record *ret, struct mr_accreditation_seal *ret_seal, const mr_json **payload,
                          struct mr_err *err)
{
    struct opening w = {a, o, trust, ret_seal, NULL};
    const mr_json *root = NULL;
    struct mr_err e = {0};
    text = mr_str_trim(text);
    *ret_seal = (struct mr_accreditation_seal){.key_revoked = MR_TIME_NONE};
    *ret = (mr_accreditation_record){.text = text, .made = MR_TIME_NONE};
    bool jades = text.len && text.ptr[0] == '{' && text.len <= MR_LIMIT_ACCREDITATION &&
                 mr_json_parse(a, text, NULL, &root, &e) == MR_OK && mr_jades_is(root);
    if (text.len > MR_LIMIT_ACCREDITATION)
        set_step(&w, MR_UNCHECKED, "format.too_much", MR_STR_EMPTY);
    else
        MR_TRY(jades ? open_jades(&w, text, root, err) : open_secured(&w, text, err));
    *payload = w.payload;
    int code = w.payload ? read_record(a, w.payload, ret, &e) : mr_accreditation_peek(a, text, ret, &e);
    if (code == MR_E_NOMEM) return MR_FAIL(err, MR_E_NOMEM, "no memory to open a record", MR_NOWHERE);
    bool credential = w.payload && mr_vcdm_kind_of(w.payload) == MR_VCDM_CREDENTIAL;
    if (ret_seal->step.state == MR_PASSED && (code || !credential))
        set_step(&w, MR_FAILED, "accreditation.form", mr_arena_dup(a, mr_str_of(e.message)));
    return MR_OK;
}

/* ---- whose it is ---- */

static bool is_identified(const mr_party *p, mr_str identifier)
{
    for (size_t i = 0; i < p->identifier_count; i++)
        if (mr_str_eq(p->identifiers[i].value, identifier)) return true;
    return false;
}

const char *mr_accreditation_signer_fault(const mr_accreditation_record *r, const struct mr_accreditation_seal *s)
{
    bool certificate = s->signer_name.len > 0;
    if (!s->signer.len) return "accreditation.other_issuer";
    /* A certificate is named by its own identifier; the issuer's id is then a name for the certificate. */
    if (!certificate && !mr_str_eq(s->signer, r->issuer)) return "accreditation.other_issuer";
    if (r->is_record && !is_identified(&r->accreditation.agent, s->signer)) return "accreditation.other_agent";
    return NULL;
}
