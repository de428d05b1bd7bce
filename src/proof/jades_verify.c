/* Verifying a JAdES seal: the lead. What each part does is told in jades_inside.h.
 *
 * Three serializations (RFC 7515 section 7): general JSON, as European Digital Credentials are; flattened JSON; compact. All
 * end as a list of struct mr_jades_text, verified one by one; a file with parallel seals is good when all are.
 *
 * Invariants
 *   I1  A step is MR_PASSED only when what it says was computed and held. Steps that were not reached stay MR_UNCHECKED.
 *   I2  ret->payload is set only when `signature` passed, of every parallel seal.
 *   I3  Certificates are parsed once; all live in one pool, which ret owns.
 *   I4  A fault of the file never becomes an error of this function.
 *
 * Sources: ETSI TS 119 182-1 V1.2.1; RFC 7515 sections 5.2 and 7; RFC 7797 sections 3 and 5. */
#include "proof/jades_inside.h"

#include "base/encoding.h"

/* ---- results ---- */

int mr_jades_refuse(struct mr_step *step, const char *id, const char *detail)
{
    *step = (struct mr_step){.state = MR_FAILED, .id = id, .detail = mr_str_of(detail), .at = MR_TIME_NONE};
    return MR_E_FORMAT;
}

int mr_jades_refuse_error(struct mr_step *step, const char *id, mr_arena *a, const struct mr_err *found)
{
    const char *detail = found->message ? found->message : "";
    if (found->detail[0]) {
        mr_str whole = mr_arena_format(a, "%s: %s", detail, found->detail);
        if (whole.ptr) detail = whole.ptr;
    }
    return mr_jades_refuse(step, id, detail);
}

void mr_jades_remark(mr_jades *j, const char *id)
{
    for (size_t i = 0; i < MR_JADES_REMARKS; i++) {
        if (j->remarks[i] && strcmp(j->remarks[i], id) == 0) return;
        if (!j->remarks[i]) {
            j->remarks[i] = id;
            return;
        }
    }
}

const char *mr_jades_level_name(mr_jades_level level)
{
    static const char *const names[] = {[MR_JADES_NONE] = "",
                                        [MR_JADES_B] = "JAdES-B",
                                        [MR_JADES_T] = "JAdES-T",
                                        [MR_JADES_LT] = "JAdES-LT",
                                        [MR_JADES_LTA] = "JAdES-LTA"};
    return names[level];
}

mr_jades_level mr_jades_level_find(mr_str name)
{
    for (mr_jades_level l = MR_JADES_B; l <= MR_JADES_LTA; l++)
        if (mr_str_eq_ascii_nocase(name, mr_str_from(mr_str_of(mr_jades_level_name(l)), strlen("JAdES-")))) return l;
    return MR_JADES_NONE;
}

static void not_reached(struct mr_step *step)
{
    *step = (struct mr_step){.state = MR_UNCHECKED, .id = "seal.not_reached", .at = MR_TIME_NONE};
}

static void begin(mr_jades *j)
{
    *j = (mr_jades){.claimed_time = MR_TIME_NONE,
                    .best_time = MR_TIME_NONE,
                    .anchored_time = MR_TIME_NONE,
                    .lasts_until = MR_TIME_NONE};
    not_reached(&j->signature);
    not_reached(&j->content_time);
    not_reached(&j->signature_time);
    not_reached(&j->archive_time);
    not_reached(&j->revocation_evidence);
}

/* ---- one signature ---- */

/* RFC 7797 section 5.2: what a payload that is not encoded may hold in the compact serialization. */
static bool fits_compact(mr_str payload)
{
    for (size_t i = 0; i < payload.len; i++)
        if (payload.ptr[i] < 0x20 || payload.ptr[i] > 0x7E || payload.ptr[i] == '.') return false;
    return true;
}

static int read_payload(struct mr_jades_work *w, const struct mr_jades_text *text, const struct mr_jades_header *h,
                        mr_jades *j, struct mr_err *err)
{
    struct mr_err found = {0};
    if (!h->b64) {
        if (text->compact && !fits_compact(text->payload_text))
            return mr_jades_refuse(&j->signature, "seal.structure", "the payload has octets not allowed here");
        j->payload = text->payload_text;
        return MR_OK;
    }
    int code = mr_base64url_read(w->a, text->payload_text, &j->payload, &found);
    if (code == MR_OK) return MR_OK;
    if (!mr_jades_is_trouble(code)) return mr_jades_refuse_error(&j->signature, "seal.structure", w->a, &found);
    if (err) *err = found;
    return code;
}

static int check_signature(struct mr_jades_work *w, const struct mr_jades_text *text, const struct mr_jades_header *h,
                           mr_jades *j, struct mr_err *err)
{
    struct mr_err found = {0};
    const mr_str parts[] = {text->protected_text, MR_STR("."), text->payload_text}; /* RFC 7797 section 3 */
    struct mr_step *step = &j->signature;
    mr_str signature;
    int code = mr_base64url_read(w->a, text->signature_text, &signature, &found);
    if (code == MR_OK) {
        code = mr_key_verify(mr_certificate_key(j->certificate), h->alg, parts, 3, signature, &found);
        if (code == MR_E_KEY || code == MR_E_UNSUPPORTED)
            return mr_jades_refuse_error(step, "seal.algorithm", w->a, &found);
        if (code == MR_E_SIGNATURE) return mr_jades_refuse_error(step, "seal.signature.changed", w->a, &found);
    }
    if (code == MR_E_LIBRARY) { /* Ed25519 without its library: open, not wrong */
        if (mr_jades_refuse_error(step, "seal.unavailable", w->a, &found) != MR_OK) step->state = MR_UNCHECKED;
        return MR_OK;
    }
    if (code == MR_OK) {
        *step = (struct mr_step){.state = MR_PASSED, .id = "seal.signature.passed", .at = MR_TIME_NONE};
        return MR_OK;
    }
    if (!mr_jades_is_trouble(code)) return mr_jades_refuse_error(step, "seal.structure", w->a, &found);
    if (err) *err = found;
    return code;
}

/* TS 119 182-1 5.3.3: a stored policy belongs to a policy named with its digest, and there is one. */
static int check_policy(const struct mr_jades_header *h, const struct mr_jades_unsigned *u, struct mr_step *step)
{
    const mr_json *policy = mr_json_get(h->json, "sigPId");
    bool has_digest = mr_json_get_str(policy, "digVal").len || mr_json_get_str(policy, "hashVal").len;
    if (u->stored_policies > 1 || (u->stored_policies == 1 && !has_digest))
        return mr_jades_refuse(step, "seal.structure", "a signature policy is stored that the seal does not name");
    return MR_OK;
}

static void note(mr_jades *j, const struct mr_jades_header *h, const struct mr_jades_unsigned *u)
{
    if (mr_json_get(h->json, "sigPId")) mr_jades_remark(j, "seal.remark.policy");
    if (mr_json_get(h->json, "exp")) mr_jades_remark(j, "seal.remark.expiration");
    if (mr_json_get(h->json, "srAts")) mr_jades_remark(j, "seal.remark.attributes");
    if (h->old_time) mr_jades_remark(j, "seal.remark.old_time");
    if (u->has_counter_signature) mr_jades_remark(j, "seal.remark.counter_signature");
    if (u->has_references) mr_jades_remark(j, "seal.remark.references");
    if (u->clear) mr_jades_remark(j, "seal.remark.clear");
    if (u->has_unknown) mr_jades_remark(j, "seal.remark.unknown");
}

/* MR_E_FORMAT: a rule is broken and stands in j->signature. */
static int verify_one(struct mr_jades_work *w, const struct mr_jades_text *text, mr_jades *j, bool *ret_b64,
                      struct mr_err *err)
{
    struct mr_jades_header h = {0};
    struct mr_jades_unsigned *u = MR_NEW(w->a, struct mr_jades_unsigned);
    if (!u) return MR_FAIL(err, MR_E_NOMEM, "no room to read a seal", MR_NOWHERE);
    int code = mr_jades_header_read(w->a, text, &h, &j->signature, err);
    if (h.detached) {
        j->out_of_scope = true;
        j->signature.state = MR_UNCHECKED;
    }
    MR_TRY(code);
    *ret_b64 = h.b64;
    j->claimed_time = h.claimed_time;
    MR_TRY(mr_jades_unsigned_read(w, text->header, u, &j->signature, err));
    MR_TRY(check_policy(&h, u, &j->signature));
    note(j, &h, u);
    MR_TRY(read_payload(w, text, &h, j, err));
    MR_TRY(mr_jades_find_certificate(w, &h, j, &j->certificate, &j->signature, err));
    code = check_signature(w, text, &h, j, err);
    if (code != MR_OK && j->signature.state != MR_FAILED) return code;
    return mr_jades_judge_times(w, text, &h, u, j, err);
}

/* ---- the file ---- */

struct file {
    struct mr_jades_text texts[MR_LIMIT_SIGNATURES];
    size_t count;
};

static int add_text(struct file *f, const mr_json *object, const mr_json *payload, struct mr_step *step)
{
    const mr_json *protected_text = mr_json_get(object, "protected"), *signature = mr_json_get(object, "signature");
    const mr_json *header = mr_json_get(object, "header");
    if (f->count == MR_LIMIT_SIGNATURES)
        return mr_jades_refuse(step, "seal.structure", "more parallel signatures than allowed");
    if (!mr_json_is(protected_text, MR_JSON_STRING) || !mr_json_is(signature, MR_JSON_STRING))
        return mr_jades_refuse(step, "seal.structure", "a signature without protected header or value");
    if (header && !mr_json_is(header, MR_JSON_OBJECT))
        return mr_jades_refuse(step, "seal.structure", "the unprotected header is no object");
    if (payload && !mr_json_is(payload, MR_JSON_STRING))
        return mr_jades_refuse(step, "seal.structure", "the payload is no text");
    f->texts[f->count++] = (struct mr_jades_text){.protected_text = mr_json_text(protected_text),
                                                  .signature_text = mr_json_text(signature),
                                                  .payload_text = payload ? mr_json_text(payload) : MR_STR_EMPTY,
                                                  .header = header};
    return MR_OK;
}

/* RFC 7515 section 7.2: unknown members are ignored. */
static int split_json(struct file *f, const mr_json *root, struct mr_step *step)
{
    const mr_json *list = mr_json_get(root, "signatures"), *payload = mr_json_get(root, "payload");
    if (!list) return add_text(f, root, payload, step);
    if (mr_json_get(root, "signature") || mr_json_get(root, "protected") || mr_json_get(root, "header"))
        return mr_jades_refuse(step, "seal.structure", "two serializations in one file");
    if (!mr_json_is(list, MR_JSON_ARRAY) || mr_json_count(list) == 0)
        return mr_jades_refuse(step, "seal.structure", "there is no list of signatures");
    MR_JSON_EACH (element, list) MR_TRY(add_text(f, element, payload, step));
    return MR_OK;
}

int mr_jades_only_text(const mr_json *root, struct mr_jades_text *ret, struct mr_step *step)
{
    struct file f = {.count = 0};
    MR_TRY(split_json(&f, root, step));
    if (f.count != 1) return mr_jades_refuse(step, "seal.structure", "several parallel signatures");
    *ret = f.texts[0];
    return MR_OK;
}

/* RFC 7515 section 7.1. Files end in a line break at times; it is not part of the text. */
static int split_compact(struct file *f, mr_str text, struct mr_step *step)
{
    text = mr_str_trim(text);
    const char *first = text.len ? memchr(text.ptr, '.', text.len) : NULL;
    const char *last = text.len ? memrchr(text.ptr, '.', text.len) : NULL;
    if (!first || first == last)
        return mr_jades_refuse(step, "seal.structure", "not three parts with full stops between them");
    size_t head = (size_t)(first - text.ptr), tail = (size_t)(last - text.ptr);
    f->texts[f->count++] = (struct mr_jades_text){.protected_text = mr_str_make(text.ptr, head),
                                                  .payload_text = mr_str_make(first + 1, tail - head - 1),
                                                  .signature_text = mr_str_from(text, tail + 1),
                                                  .compact = true};
    return MR_OK;
}

/* ---- parallel signatures ---- */

static void merge_step(struct mr_jades_work *w, struct mr_step *into, const struct mr_step *from, size_t number,
                       bool open_counts)
{
    bool worse = (from->state == MR_FAILED && into->state != MR_FAILED) ||
                 (open_counts && from->state == MR_UNCHECKED && into->state == MR_PASSED);
    if (!worse) return;
    *into = *from;
    mr_str detail = mr_arena_format(w->a, "signature %zu: %.*s", number, MR_STR_ARG(from->detail));
    if (detail.ptr) into->detail = detail;
}

/* All parallel seals must be good; the first is described. */
static void merge(struct mr_jades_work *w, mr_jades *into, const mr_jades *from, size_t number)
{
    merge_step(w, &into->signature, &from->signature, number, true);
    merge_step(w, &into->content_time, &from->content_time, number, false);
    merge_step(w, &into->signature_time, &from->signature_time, number, false);
    merge_step(w, &into->archive_time, &from->archive_time, number, false);
    merge_step(w, &into->revocation_evidence, &from->revocation_evidence, number, false);
    for (size_t i = 0; i < MR_JADES_REMARKS && from->remarks[i]; i++) mr_jades_remark(into, from->remarks[i]);
    into->out_of_scope |= from->out_of_scope;
    if (from->level < into->level) into->level = from->level;
    if (from->lasts_until < into->lasts_until) into->lasts_until = from->lasts_until;
    if (from->best_time != MR_TIME_NONE) into->timestamps_anchored &= from->timestamps_anchored;
    if (!into->purpose_why) into->purpose_why = from->purpose_why;
}

/* MR_E_FORMAT of a part means that its step holds the fault; everything else is trouble. */
static int verify_text(struct mr_jades_work *w, const struct mr_jades_text *text, mr_jades *j, bool *ret_b64,
                       struct mr_err *err)
{
    struct mr_err found = {0};
    int code = verify_one(w, text, j, ret_b64, &found);
    if (code == MR_OK || code == MR_E_FORMAT) return MR_OK;
    if (err) *err = found;
    return code;
}

static int verify_all(struct mr_jades_work *w, const struct file *f, mr_jades *ret, struct mr_err *err)
{
    bool b64 = true, other_b64;
    MR_TRY(verify_text(w, &f->texts[0], ret, &b64, err));
    for (size_t i = 1; i < f->count; i++) {
        mr_jades other;
        begin(&other);
        other_b64 = b64;
        MR_TRY(verify_text(w, &f->texts[i], &other, &other_b64, err));
        /* RFC 7797 section 3: b64 must be the same in all signatures. */
        if (other_b64 != b64 && mr_jades_refuse(&other.signature, "seal.structure", "b64 differs among signatures"))
            other.level = MR_JADES_NONE;
        merge(w, ret, &other, i + 1);
    }
    return MR_OK;
}

static bool is_signature(const mr_json *object)
{
    return mr_json_is(mr_json_get(object, "signature"), MR_JSON_STRING) ||
           mr_json_is(mr_json_get(object, "protected"), MR_JSON_STRING);
}

bool mr_jades_is(const mr_json *root)
{
    const mr_json *list = mr_json_get(root, "signatures");
    if (list) return is_signature(mr_json_at(list, 0));
    return is_signature(root) &&
           (mr_json_get(root, "payload") || (mr_json_get(root, "signature") && mr_json_get(root, "protected")));
}

int mr_jades_verify(mr_arena *a, mr_str text, const mr_json *root, mr_certificate *const *anchors, size_t anchor_count,
                    int64_t now, mr_jades *ret, struct mr_err *err)
{
    struct file f = {.count = 0};
    struct mr_jades_work w = {.a = a, .anchors = anchors, .anchor_count = anchor_count, .now = now};
    begin(ret);
    w.pool = MR_NEW(a, struct mr_jades_pool);
    if (!w.pool) return MR_FAIL(err, MR_E_NOMEM, "no room to read a seal", MR_NOWHERE);
    int code = root ? split_json(&f, root, &ret->signature) : split_compact(&f, text, &ret->signature);
    ret->signatures = f.count;
    code = code == MR_OK ? verify_all(&w, &f, ret, err) : MR_OK; /* otherwise the fault stands in ret->signature */
    ret->pool = w.pool->items;
    ret->pool_count = w.pool->count;
    if (ret->signature.state != MR_PASSED) {
        ret->payload = MR_STR_EMPTY; /* I2 */
        ret->level = MR_JADES_NONE;
    }
    if (code != MR_OK) mr_jades_done(ret);
    return code;
}

void mr_jades_done(mr_jades *j)
{
    for (size_t i = 0; i < j->pool_count; i++) mr_certificate_free(j->pool[i]);
    begin(j);
}
