/* Verifying Data Integrity proofs.
 *
 * Each proof is first verified alone, as a list of steps that ends at the first that does not hold: what it is, what it is for, when, whose key, on
 * which proofs it builds, what it covers, the signature. Then chains are settled: a proof counts only if those that it names do.
 *
 * Invariants
 *   I1  A proof is MR_PASSED only after its signature was verified with a key that was found under the wanted relationship, over all its members and
 *       all of the document (and, in a chain, with all of the proofs that it builds on); of a JCS suite's document without the contexts that were
 *       added behind those of the proof.
 *   I2  What is wrong with a proof never becomes an error of mr_data_integrity_verify.
 *   I3  The document without proofs is hashed once for all proofs of a set.
 *
 * Sources: W3C Verifiable Credential Data Integrity 1.0 sections 2.1, 4.4 and 4.5; EdDSA Cryptosuites 1.0 sections 3.2 and 3.3;
 * ECDSA Cryptosuites 1.0 sections 3.2 and 3.3; Controlled Identifiers 1.0 section 3.3; the W3C Community Group's Ed25519Signature2020 and
 * Ed25519Signature2018; RFC 7797. */
#include "base/encoding.h"
#include "json/write.h"
#include "proof/data_integrity_inside.h"
#include "proof/ecdsa_sd.h"

#include <stdio.h>

/* A hash that was tried to make: kept for the next proof, with what went wrong. */
struct tried_hash {
    bool is_made;
    int code;
    struct mr_err err;
    mr_digest digest;
};

struct work {
    mr_arena *a;
    mr_contexts *contexts;
    const mr_json *document, *context;
    const struct mr_key_source *keys;
    const struct mr_proof_wanted *wanted;
    const mr_json *proofs[MR_LIMIT_PROOFS + 1];
    uint32_t previous[MR_LIMIT_PROOFS]; /* that a proof builds on: a set of indexes */
    struct tried_hash hashes[2];        /* of the document without proofs by RDFC-1.0, by mr_digest_kind */
    struct mr_data_integrity *ret;
};

/* ---- steps ---- */

/* Always false: "no further". */
static bool stop(struct mr_step *step, mr_state state, const char *id, mr_str detail)
{
    *step = (struct mr_step){.state = state, .id = id, .detail = detail, .at = MR_TIME_NONE};
    return false;
}

static bool refuse(struct mr_step *step, const char *id, mr_str detail)
{
    return stop(step, MR_FAILED, id, detail);
}

static bool is_open(const struct mr_step *step)
{
    return !step->id;
}

/* What an error says to an expert; `place` stands before its pointer. */
static mr_str tell(struct work *w, const struct mr_err *e, const char *place)
{
    mr_str told =
        mr_arena_format(w->a, "%s%s%s%s%s%s%s", e->message ? e->message : "", e->detail[0] ? " (" : "", e->detail,
                        e->detail[0] ? ")" : "", place[0] || e->pointer[0] ? " at " : "", place, e->pointer);
    return told.ptr ? told : MR_STR_EMPTY;
}

/* The step of a document, or of options, that could not be hashed; errors that are nobody's fault are handed on. */
static int refuse_error(struct work *w, struct mr_step *step, const struct mr_err *e, const char *place,
                        struct mr_err *err)
{
    switch (e->code) {
    case MR_E_JSONLD_UNSAFE: {
        mr_str pointer = mr_arena_format(w->a, "%s%s", place, e->pointer);
        return refuse(step, "proof.dropped_term", pointer.ptr ? pointer : MR_STR_EMPTY), MR_OK;
    }
    case MR_E_JSONLD:
        if (e->message && strcmp(e->message, MR_JSONLD_CONTEXT_UNKNOWN) == 0)
            return stop(step, MR_UNCHECKED, "proof.unknown_context", mr_arena_dup(w->a, mr_str_of(e->detail))), MR_OK;
        return refuse(step, "proof.linked_data", tell(w, e, place)), MR_OK;
    case MR_E_FORMAT: return refuse(step, "proof.linked_data", tell(w, e, place)), MR_OK;
    case MR_E_JSON: return refuse(step, "proof.form", tell(w, e, place)), MR_OK;
    case MR_E_LIMIT: return stop(step, MR_UNCHECKED, "proof.limit", tell(w, e, place)), MR_OK;
    default:
        if (err) *err = *e;
        return e->code;
    }
}

/* ---- what the proof says of itself ---- */

static const char *value_name(mr_cryptosuite s)
{
    return s == MR_ED25519_SIGNATURE_2018 ? "jws" : "proofValue";
}

/* Data Integrity 1.0 section 2.1, `type` and `cryptosuite`. */
static bool read_suite(const mr_json *proof, struct mr_proof *p)
{
    mr_str type = mr_json_get_str(proof, "type"), name = mr_json_get_str(proof, "cryptosuite");
    bool is_type = !mr_str_is(type, "DataIntegrityProof");
    if (!mr_json_is(proof, MR_JSON_OBJECT)) return refuse(&p->step, "proof.form", MR_STR("proof"));
    if (!type.len) return refuse(&p->step, "proof.form", MR_STR("type"));
    if (!is_type && !name.len) return refuse(&p->step, "proof.form", MR_STR("cryptosuite"));
    p->suite_name = is_type ? type : name;
    p->suite = mr_cryptosuite_find(p->suite_name);
    if (mr_suite_form_of(p->suite)->is_type != is_type) p->suite = MR_SUITE_NONE;
    if (p->suite == MR_SUITE_NONE) return stop(&p->step, MR_UNCHECKED, "proof.unknown_suite", p->suite_name);
    if (p->suite == MR_BBS_2023) return stop(&p->step, MR_UNCHECKED, "proof.bbs", p->suite_name);
    return true;
}

/* A member that is a text, or not there. */
static bool read_text(const mr_json *proof, const char *name, bool needed, mr_str *ret, struct mr_step *step)
{
    const mr_json *v = mr_json_get(proof, name);
    *ret = mr_json_str(v);
    return (v ? ret->len > 0 : !needed) || refuse(step, "proof.form", mr_str_of(name));
}

/* A member that is a text or a list of texts, or not there. */
static bool check_texts(const mr_json *proof, const char *name, struct mr_step *step)
{
    const mr_json *v = mr_json_get(proof, name);
    bool ok = !v || mr_json_is(v, MR_JSON_ARRAY) || mr_json_str(v).len;
    MR_JSON_EACH (text, v) ok = ok && mr_json_str(text).len;
    return ok || refuse(step, "proof.form", mr_str_of(name));
}

/* A time; one without a zone is UTC (Data Integrity 1.0 section 2.1, `created`). */
static bool read_time(const mr_json *proof, const char *name, int64_t *ret, struct mr_step *step)
{
    mr_str text;
    struct mr_err unused;
    if (!read_text(proof, name, false, &text, step)) return false;
    if (!text.len || mr_time_parse(text, ret, &unused) == MR_OK) return true;
    return refuse(step, "proof.form", mr_str_of(name));
}

static bool read_members(const mr_json *proof, struct mr_proof *p)
{
    mr_str unused;
    const mr_json *domain = mr_json_get(proof, "domain");
    bool ok = read_text(proof, "id", false, &p->id, &p->step) &&
              read_text(proof, "verificationMethod", true, &p->method, &p->step) &&
              read_text(proof, "proofPurpose", true, &unused, &p->step) &&
              read_text(proof, value_name(p->suite), true, &unused, &p->step) &&
              read_text(proof, "challenge", false, &p->challenge, &p->step) &&
              read_text(proof, "nonce", false, &unused, &p->step) && check_texts(proof, "domain", &p->step) &&
              check_texts(proof, "previousProof", &p->step) && read_time(proof, "created", &p->created, &p->step) &&
              read_time(proof, "expires", &p->expires, &p->step);
    p->domain = mr_json_str(mr_json_is(domain, MR_JSON_ARRAY) ? mr_json_at(domain, 0) : domain);
    return ok;
}

/* Is one of the proof's domains the wanted one? */
static bool has_domain(const mr_json *proof, mr_str wanted)
{
    const mr_json *domain = mr_json_get(proof, "domain");
    if (mr_str_eq(mr_json_str(domain), wanted)) return true;
    MR_JSON_EACH (d, domain)
        if (mr_str_eq(mr_json_str(d), wanted)) return true;
    return false;
}

/* Data Integrity 1.0 section 4.4: expected purpose, domain and challenge. */
static bool check_wanted(const mr_json *proof, const struct mr_proof_wanted *wanted, struct mr_proof *p)
{
    mr_str purpose = mr_json_get_str(proof, "proofPurpose");
    if (!mr_str_is(purpose, mr_relationship_name(wanted->purpose))) return refuse(&p->step, "proof.purpose", purpose);
    if (wanted->domain.len && !has_domain(proof, wanted->domain)) return refuse(&p->step, "proof.domain", p->domain);
    if (wanted->challenge.len && !mr_str_eq(wanted->challenge, p->challenge))
        return refuse(&p->step, "proof.challenge", p->challenge);
    return true;
}

static bool check_times(struct mr_proof *p, int64_t now)
{
    bool early = p->created != MR_TIME_NONE && p->created > now && p->created - now > MR_LIMIT_CLOCK_SKEW_MS;
    bool late = p->expires != MR_TIME_NONE && p->expires < now;
    if (early) refuse(&p->step, "proof.created_to_come", MR_STR_EMPTY), p->step.at = p->created;
    if (!early && late) refuse(&p->step, "proof.expired", MR_STR_EMPTY), p->step.at = p->expires;
    return !early && !late;
}

/* ---- whose key ---- */

static int find_key(struct work *w, struct mr_proof *p, struct mr_err *err)
{
    MR_TRY(w->keys->find(w->keys->self, w->a, p->method, w->wanted->purpose, &p->key, err));
    struct mr_step state = mr_method_state(&p->key, w->wanted->now);
    if (state.state != MR_PASSED)
        p->step = state;
    else if (!mr_suite_fits(mr_suite_form_of(p->suite), p->key.key))
        refuse(&p->step, "proof.algorithm", p->suite_name);
    return MR_OK;
}

/* ---- what it covers ---- */

static bool find_previous(struct work *w, size_t i)
{
    mr_str name;
    const mr_json *previous = mr_json_get(w->proofs[i], "previousProof");
    return mr_proofs_match(previous, w->proofs, w->ret->count, &w->previous[i], &name) ||
           refuse(&w->ret->proofs[i].step, "proof.chain", name);
}

/* The document as proof i covers it (Data Integrity 1.0 section 4.5). */
static int read_covered(struct work *w, size_t i, const mr_json **ret, struct mr_err *err)
{
    const mr_json *previous[MR_LIMIT_PROOFS];
    size_t count = 0;
    for (size_t j = 0; j < w->ret->count; j++)
        if (w->previous[i] >> j & 1) previous[count++] = w->proofs[j];
    return mr_proof_document(w->a, w->document, previous, count, ret, err);
}

static int hash_covered(struct work *w, size_t i, mr_digest_kind kind, mr_digest *ret, struct mr_err *err)
{
    const mr_json *covered;
    struct tried_hash *t = &w->hashes[kind], own = {0};
    if (w->previous[i]) t = &own;
    if (!t->is_made) {
        t->is_made = true;
        MR_TRY(read_covered(w, i, &covered, err));
        t->code = mr_proof_hash(w->a, w->contexts, NULL, covered, MR_RDFC, kind, &t->digest, &t->err);
    }
    *ret = t->digest;
    return t->code == MR_OK ? MR_OK : refuse_error(w, &w->ret->proofs[i].step, &t->err, "", err);
}

/* "/proof", or with its number in a list. */
static const char *place_of(struct work *w, size_t i, char place[32])
{
    bool is_list = mr_json_is(mr_json_get(w->document, "proof"), MR_JSON_ARRAY);
    snprintf(place, 32, is_list ? "/proof/%zu" : "/proof", i);
    return place;
}

/* The hashes of the options and of the document, in the order in which they are signed; both of RDFC-1.0. */
static int hash_rdfc(struct work *w, size_t i, mr_digest hashes[2], struct mr_err *err)
{
    static const mr_json security_v2 = {.ptr = "https://w3id.org/security/v2",
                                        .len = sizeof "https://w3id.org/security/v2" - 1,
                                        .skip = 1,
                                        .type = MR_JSON_STRING};
    struct mr_proof *p = &w->ret->proofs[i];
    const mr_json *configuration, *context = w->context;
    struct mr_err e = {0};
    char place[32];
    mr_digest_kind kind = mr_proof_digest_kind(p->key.key);
    if (p->suite == MR_ED25519_SIGNATURE_2018) context = &security_v2; /* whatever the document's context is */
    MR_TRY(mr_proof_configuration(w->a, w->proofs[i], value_name(p->suite), context, &configuration, err));
    int code = mr_proof_hash(w->a, w->contexts, NULL, configuration, MR_RDFC, kind, &hashes[0], &e);
    if (code != MR_OK) return refuse_error(w, &p->step, &e, place_of(w, i, place), err);
    return hash_covered(w, i, kind, &hashes[1], err);
}

/* ---- JCS: the context that the proof was made under ---- */

/* Are two values the same, by their canonical forms? */
static int compare(const mr_json *x, const mr_json *y, bool *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf first;
    MR_CLEANUP(mr_buf_done) mr_buf second;
    mr_buf_init(&first, MR_LIMIT_RDF_TEXT);
    mr_buf_init(&second, MR_LIMIT_RDF_TEXT);
    MR_TRY(mr_json_canonicalise(x, &first, err));
    MR_TRY(mr_json_canonicalise(y, &second, err));
    *ret = mr_str_eq(mr_buf_str(&first), mr_buf_str(&second));
    return MR_OK;
}

/* A context as a list: its first item, and how many there are. */
static const mr_json *items(const mr_json *context, uint32_t *ret_count)
{
    bool is_list = mr_json_is(context, MR_JSON_ARRAY);
    *ret_count = is_list ? context->len : 1;
    return is_list ? context + 1 : context;
}

/* EdDSA Cryptosuites 1.0 section 3.3.2: the document's context begins with the proof's. Contexts may have been added behind it since. */
static int begins_with(const mr_json *context, const mr_json *beginning, bool *ret, struct mr_err *err)
{
    uint32_t there, count;
    const mr_json *x = items(context, &there), *y = items(beginning, &count);
    *ret = count <= there;
    for (uint32_t i = 0; i < count && *ret; i++, x += x->skip, y += y->skip) MR_TRY(compare(x, y, ret, err));
    return MR_OK;
}

static int hash_jcs(struct work *w, size_t i, mr_digest hashes[2], struct mr_err *err)
{
    struct mr_proof *p = &w->ret->proofs[i];
    const mr_json *configuration, *covered, *own = mr_json_get(w->proofs[i], "@context");
    struct mr_err e = {0};
    char place[32];
    bool begins = true;
    mr_digest_kind kind = mr_proof_digest_kind(p->key.key);
    MR_TRY(mr_proof_configuration(w->a, w->proofs[i], value_name(p->suite), NULL, &configuration, err));
    MR_TRY(read_covered(w, i, &covered, err));
    int code = own ? begins_with(w->context, own, &begins, &e) : MR_OK;
    if (code == MR_OK && !begins) return refuse(&p->step, "proof.context", MR_STR_EMPTY), MR_OK;
    if (code == MR_OK && own) /* the same section: the document under the context of the proof */
        MR_TRY(mr_proof_configuration(w->a, covered, NULL, own, &covered, err));
    if (code == MR_OK) code = mr_proof_hash(w->a, w->contexts, NULL, configuration, MR_JCS, kind, &hashes[0], &e);
    if (code != MR_OK) return refuse_error(w, &p->step, &e, place_of(w, i, place), err);
    code = mr_proof_hash(w->a, w->contexts, NULL, covered, MR_JCS, kind, &hashes[1], &e);
    return code == MR_OK ? MR_OK : refuse_error(w, &p->step, &e, "", err);
}

/* ---- the signature ---- */

/* proofValue: base58btc of r||s or of an EdDSA signature (EdDSA Cryptosuites 1.0 section 3.2.2). */
static int read_value(struct work *w, const mr_json *proof, struct mr_proof *p, mr_str *ret, struct mr_err *err)
{
    mr_str text = mr_json_get_str(proof, "proofValue");
    size_t size = mr_key_get_kind(p->key.key) == MR_KEY_P384 ? 96 : 64;
    struct mr_err e = {0};
    int code = text.ptr[0] == 'z' ? mr_multibase_read(w->a, text, ret, &e) : MR_E_ENCODING;
    if (code == MR_E_NOMEM) return refuse_error(w, &p->step, &e, "", err);
    if (code != MR_OK || ret->len != size)
        refuse(&p->step, "proof.value", mr_str_of(e.message ? e.message : "not base58btc of a signature's length"));
    return MR_OK;
}

/* The one header that Ed25519Signature2018 writes: alg, b64 and crit, in any order (RFC 7797 section 6). */
static int is_unencoded_eddsa(mr_arena *a, mr_str encoded, bool *ret, struct mr_err *err)
{
    mr_str text;
    const mr_json *header, *crit;
    MR_TRY(mr_base64url_read(a, encoded, &text, err));
    MR_TRY(mr_json_parse(a, text, NULL, &header, err));
    crit = mr_json_get(header, "crit");
    *ret = mr_json_count(header) == 3 && mr_str_is(mr_json_get_str(header, "alg"), "EdDSA") &&
           mr_json_is(mr_json_get(header, "b64"), MR_JSON_FALSE) && mr_json_is(crit, MR_JSON_ARRAY) &&
           mr_json_count(crit) == 1 && mr_str_is(mr_json_str(mr_json_at(crit, 0)), "b64");
    return MR_OK;
}

/* jws: "header..signature"; the payload between the full stops is detached. */
static int read_jws(struct work *w, const mr_json *proof, struct mr_proof *p, mr_str *ret_header, mr_str *ret,
                    struct mr_err *err)
{
    mr_str jws = mr_json_get_str(proof, "jws");
    ptrdiff_t stop_at = mr_str_find(jws, MR_STR(".."));
    struct mr_err e = {0};
    bool is_right = false;
    if (stop_at < 0) return refuse(&p->step, "proof.value", MR_STR("no detached JWS")), MR_OK;
    *ret_header = mr_str_make(jws.ptr, (size_t)stop_at);
    int code = is_unencoded_eddsa(w->a, *ret_header, &is_right, &e);
    if (code == MR_OK && is_right) code = mr_base64url_read(w->a, mr_str_from(jws, (size_t)stop_at + 2), ret, &e);
    if (code == MR_E_NOMEM) return refuse_error(w, &p->step, &e, "", err);
    if (code != MR_OK || !is_right || ret->len != 64)
        refuse(&p->step, "proof.value", mr_str_of(e.message ? e.message : "not the header of this suite"));
    return MR_OK;
}

static int verify_signature(struct mr_proof *p, const mr_str *parts, size_t count, mr_str signature, struct mr_err *err)
{
    struct mr_err e = {0};
    int code = mr_key_verify(p->key.key, mr_key_default_alg(p->key.key), parts, count, signature, &e);
    if (code == MR_OK)
        stop(&p->step, MR_PASSED, "proof.passed", MR_STR_EMPTY);
    else if (code == MR_E_SIGNATURE)
        refuse(&p->step, "seal.signature.changed", MR_STR_EMPTY);
    else if (code == MR_E_LIBRARY)
        stop(&p->step, MR_UNCHECKED, "seal.unavailable", mr_str_of(e.message));
    else if (err)
        *err = e;
    return is_open(&p->step) ? code : MR_OK;
}

/* RFC 7797 section 3: the JWS header as it is encoded, a full stop, the octets as they are. */
static int verify_2018(struct work *w, size_t i, struct mr_err *err)
{
    struct mr_proof *p = &w->ret->proofs[i];
    mr_digest hashes[2];
    mr_str header, signature;
    MR_TRY(read_jws(w, w->proofs[i], p, &header, &signature, err));
    if (is_open(&p->step)) MR_TRY(hash_rdfc(w, i, hashes, err));
    if (!is_open(&p->step)) return MR_OK;
    mr_str parts[] = {header, MR_STR("."), mr_digest_str(&hashes[0]), mr_digest_str(&hashes[1])};
    return verify_signature(p, parts, 4, signature, err);
}

/* ecdsa-sd-2023 has a proof value of its own, and signs statement by statement. */
static int verify_selective(struct work *w, size_t i, struct mr_err *err)
{
    struct mr_proof *p = &w->ret->proofs[i];
    const mr_json *covered;
    struct mr_err e = {0};
    MR_TRY(read_covered(w, i, &covered, err));
    int code = mr_ecdsa_sd_verify(w->a, w->contexts, covered, w->proofs[i], mr_json_get_str(w->proofs[i], "proofValue"),
                                  p->key.key, &p->step, &e);
    return code == MR_OK ? MR_OK : refuse_error(w, &p->step, &e, "", err);
}

static int verify_hashes(struct work *w, size_t i, struct mr_err *err)
{
    struct mr_proof *p = &w->ret->proofs[i];
    mr_digest hashes[2];
    mr_str signature;
    MR_TRY(read_value(w, w->proofs[i], p, &signature, err));
    if (!is_open(&p->step)) return MR_OK;
    bool is_jcs = mr_suite_form_of(p->suite)->transformation == MR_JCS;
    MR_TRY(is_jcs ? hash_jcs(w, i, hashes, err) : hash_rdfc(w, i, hashes, err));
    if (!is_open(&p->step)) return MR_OK;
    mr_str parts[] = {mr_digest_str(&hashes[0]), mr_digest_str(&hashes[1])};
    return verify_signature(p, parts, 2, signature, err);
}

/* One proof, whatever becomes of those that it builds on. */
static int verify_alone(struct work *w, size_t i, struct mr_err *err)
{
    struct mr_proof *p = &w->ret->proofs[i];
    const mr_json *proof = w->proofs[i];
    if (!read_suite(proof, p) || !read_members(proof, p) || !check_wanted(proof, w->wanted, p) ||
        !check_times(p, w->wanted->now) || !find_previous(w, i))
        return MR_OK;
    MR_TRY(find_key(w, p, err));
    if (!is_open(&p->step)) return MR_OK;
    switch (p->suite) {
    case MR_ED25519_SIGNATURE_2018: return verify_2018(w, i, err);
    case MR_ECDSA_SD_2023: return verify_selective(w, i, err);
    default: return verify_hashes(w, i, err);
    }
}

/* ---- chains ---- */

/* Once those that it builds on are settled, a proof counts as the least of them. */
static void settle(struct work *w, size_t i)
{
    struct mr_proof *p = &w->ret->proofs[i];
    for (size_t j = 0; j < w->ret->count; j++) {
        const struct mr_proof *previous = &w->ret->proofs[j];
        if (!(w->previous[i] >> j & 1) || previous->step.state == MR_PASSED || p->step.state == MR_FAILED) continue;
        if (previous->step.state == MR_FAILED)
            refuse(&p->step, "proof.chain", previous->id);
        else if (p->step.state == MR_PASSED)
            stop(&p->step, MR_UNCHECKED, "proof.chain_unchecked", previous->id);
    }
}

/* Each round settles at least one proof, or those that are left build on each other in a circle. */
static void settle_chains(struct work *w)
{
    uint32_t all = (uint32_t)((UINT64_C(1) << w->ret->count) - 1), settled = 0, before;
    do {
        before = settled;
        for (size_t i = 0; i < w->ret->count; i++) {
            if (settled >> i & 1 || (w->previous[i] & ~settled)) continue;
            settle(w, i);
            settled |= UINT32_C(1) << i;
        }
    } while (settled != before);
    for (size_t i = 0; i < w->ret->count; i++)
        if ((all & ~settled) >> i & 1) refuse(&w->ret->proofs[i].step, "proof.chain", w->ret->proofs[i].id);
}

/* ---- all of them ---- */

/* The step of the whole: the first that failed, else the first that could not be checked, else passed. */
static void sum_up(struct mr_data_integrity *d)
{
    const struct mr_step *worst = &d->proofs[0].step;
    for (size_t i = 1; i < d->count; i++) {
        const struct mr_step *step = &d->proofs[i].step;
        bool is_worse = step->state == MR_FAILED || worst->state == MR_PASSED;
        if (worst->state != MR_FAILED && step->state != MR_PASSED && is_worse) worst = step;
    }
    d->step = *worst;
}

static int verify_all(struct work *w, struct mr_err *err)
{
    for (size_t i = 0; i < w->ret->count; i++) MR_TRY(verify_alone(w, i, err));
    settle_chains(w);
    sum_up(w->ret);
    for (size_t i = 0; i < sizeof w->hashes / sizeof *w->hashes; i++)
        if (w->hashes[i].is_made && w->hashes[i].code == MR_OK) w->ret->is_expanded = true;
    return MR_OK;
}

int mr_data_integrity_verify(mr_arena *a, mr_contexts *contexts, const mr_json *document,
                             const struct mr_key_source *keys, const struct mr_proof_wanted *wanted,
                             struct mr_data_integrity *ret, struct mr_err *err)
{
    const mr_json *context = mr_json_get(document, "@context");
    struct work w = {a, contexts, document, context ? context : &mr_no_context, keys, wanted, .ret = ret};
    _Static_assert(MR_LIMIT_PROOFS < 32, "sets of proofs are bits of a uint32_t");
    *ret = (struct mr_data_integrity){0};
    for (size_t i = 0; i < MR_LIMIT_PROOFS; i++)
        ret->proofs[i].created = ret->proofs[i].expires = ret->proofs[i].step.at = MR_TIME_NONE;
    size_t count = mr_proofs_list(document, w.proofs, MR_LIMIT_PROOFS);
    if (count == 0) return refuse(&ret->step, "proof.none", MR_STR_EMPTY), MR_OK;
    if (count > MR_LIMIT_PROOFS) return stop(&ret->step, MR_UNCHECKED, "proof.limit", MR_STR("proof")), MR_OK;
    ret->count = count;
    int code = verify_all(&w, err);
    if (code != MR_OK) mr_data_integrity_done(ret);
    return code;
}

void mr_data_integrity_done(struct mr_data_integrity *d)
{
    for (size_t i = 0; i < d->count; i++) mr_key_free(d->proofs[i].key.key);
    *d = (struct mr_data_integrity){0};
}
