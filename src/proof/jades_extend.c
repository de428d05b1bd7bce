/* Extending a seal: T, LT, LTA, and further archive time-stamps.
 *
 * An element of etsiU, once there, is covered by every later archive time-stamp as the text that it is. So nothing of the file is written anew: new elements are
 * put behind the last one, and all other octets are copied (invariant E1).
 *
 *   sigTst           a time-stamp over the signature: level T
 *   xVals, rVals     certificates and revocation evidence of the seal's chain and of every authority that stamped the signature: level LT. Where the file has
 *                    such elements already, anyValData with what it lacks
 *   arcTst           a time-stamp over all that: level LTA
 *   tstVD, arcTst    later, while the authority of the last arcTst can still be asked about: evidence about that authority, and a new time-stamp over all
 *
 * A seal that does not verify is not extended (E2), and what comes out is verified before it goes out (E3): a fault then shows today, when it can be mended,
 * and not in ten years.
 *
 * Sources: TS 119 182-1 V1.2.1 sections 5.3.4 to 5.3.7 and 6.3; what each token covers: jades_time.c. */
#include "base/encoding.h"
#include "proof/jades_inside.h"

struct extension {
    const struct mr_jades_extending *how;
    mr_arena *a;
    struct mr_err *err;
    const mr_json *root;
    struct mr_jades_text text;
    struct mr_jades_header h;
    struct mr_jades_unsigned *u;
    struct mr_jades_pool *pool;
    struct mr_jades_gathering g;
    mr_certificate *certificate;
    mr_jades_level level; /* reached by the file as it is */
    int64_t best_time;
    mr_str elements[MR_LIMIT_SEAL_PARTS]; /* of etsiU, as they stand */
    size_t count, old_count;
    mr_str stamp; /* the sigTst that was added; empty: none */
};

/* ---- reading ---- */

static int refuse_step(struct mr_err *err, const struct mr_step *step)
{
    return MR_FAIL_DETAIL(err, MR_E_SIGNATURE, "the seal does not hold, so it is not extended", "%s%s%.*s", step->id,
                          step->detail.len ? ": " : "", MR_STR_ARG(step->detail));
}

/* E2. */
static int check_holds(const mr_jades *j, struct mr_err *err)
{
    const struct mr_step *steps[] = {&j->signature, &j->content_time, &j->signature_time, &j->archive_time,
                                     &j->revocation_evidence};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        if (steps[i]->state == MR_FAILED) return refuse_step(err, steps[i]);
    if (j->signature.state != MR_PASSED) return refuse_step(err, &j->signature);
    if (j->purpose_why)
        return MR_FAIL_DETAIL(err, MR_E_CERTIFICATE, "the certificate may not seal", "%s", j->purpose_why);
    if (j->best_time == MR_TIME_NONE && j->chain.state == MR_CHAIN_BROKEN)
        return MR_FAIL_DETAIL(err, MR_E_CERTIFICATE,
                              "the seal's certificate is not valid any more, and no time-stamp shows that it was", "%s",
                              j->chain.why);
    return MR_OK;
}

static int check_first(struct extension *x, mr_str text)
{
    mr_jades j;
    MR_TRY(mr_jades_verify(x->a, text, x->root, x->how->anchors, x->how->anchor_count, x->how->now, &j, x->err));
    int code = check_holds(&j, x->err);
    x->level = j.level;
    x->best_time = j.best_time;
    mr_jades_done(&j);
    return code;
}

static int read_parts(struct extension *x)
{
    struct mr_step step = {.state = MR_UNCHECKED};
    struct mr_jades_work w = {.a = x->a, .now = x->how->now, .pool = x->pool};
    mr_jades j = {0}; /* takes remarks, which nobody reads here */
    int code = mr_jades_only_text(x->root, &x->text, &step);
    if (code != MR_OK)
        return MR_FAIL(x->err, MR_E_UNSUPPORTED, "a file with several parallel signatures is not extended", MR_NOWHERE);
    code = mr_jades_header_read(x->a, &x->text, &x->h, &step, x->err);
    if (code == MR_OK) code = mr_jades_unsigned_read(&w, x->text.header, x->u, &step, x->err);
    if (code == MR_OK) code = mr_jades_find_certificate(&w, &x->h, &j, &x->certificate, &step, x->err);
    if (code != MR_OK && step.state == MR_FAILED) return refuse_step(x->err, &step);
    MR_TRY(code);
    if (x->u->clear)
        return MR_FAIL(x->err, MR_E_UNSUPPORTED, "etsiU holds objects in clear text, which no time-stamp can cover",
                       MR_NOWHERE);
    MR_JSON_EACH (element, x->u->elements) x->elements[x->count++] = mr_json_text(element);
    x->old_count = x->count;
    return MR_OK;
}

static void set_gathering(struct extension *x)
{
    struct mr_jades_gathering *g = &x->g;
    g->a = x->a;
    g->source = x->how->evidence;
    g->anchors = x->how->anchors;
    g->anchor_count = x->how->anchor_count;
    g->now = x->how->now;
    g->pool = x->pool;
    memcpy(g->ocsp, x->u->ocsp, sizeof g->ocsp);
    memcpy(g->crls, x->u->crls, sizeof g->crls);
    g->ocsp_count = x->u->ocsp_count;
    g->crl_count = x->u->crl_count;
}

/* What is there from now on counts as old. */
static void settle_gathering(struct mr_jades_gathering *g)
{
    g->old_certificates = g->pool->count;
    g->old_ocsp = g->ocsp_count;
    g->old_crls = g->crl_count;
}

/* ---- elements ---- */

static int add_element(struct extension *x, const mr_buf *json)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    mr_buf_init(&text, MR_LIMIT_DOCUMENT);
    if (x->count == MR_LIMIT_SEAL_PARTS)
        return MR_FAIL(x->err, MR_E_LIMIT, "a seal holds no more elements", MR_LIMIT_SEAL_PARTS);
    if (!mr_buf_failed(json)) mr_base64url_put(&text, mr_buf_str(json));
    mr_str copy = mr_buf_failed(json) || mr_buf_failed(&text) ? MR_STR_EMPTY : mr_arena_dup(x->a, mr_buf_str(&text));
    if (!copy.ptr) return MR_FAIL(x->err, MR_E_NOMEM, "no room for a part of the seal", MR_NOWHERE);
    x->elements[x->count++] = copy;
    return MR_OK;
}

static int stamp(struct extension *x, const char *name, const mr_str *parts, size_t count, mr_str *ret_token)
{
    MR_CLEANUP(mr_buf_done) mr_buf json;
    mr_buf_init(&json, MR_LIMIT_DOCUMENT);
    if (!x->how->timestamp)
        return MR_FAIL(x->err, MR_E_STATE, "a time-stamp is needed, and no time-stamp authority is named", MR_NOWHERE);
    MR_TRY(mr_jades_stamp(x->how->timestamp, x->how->timestamp_self, parts, count, x->a, ret_token, x->err));
    mr_jades_put_token(&json, name, *ret_token);
    return add_element(x, &json);
}

static int add_signature_time(struct extension *x)
{
    MR_TRY(mr_jades_ask_revoked(&x->g, x->certificate, x->err)); /* no time-stamp for what is worth nothing */
    return stamp(x, "sigTst", &x->text.signature_text, 1, &x->stamp);
}

/* Evidence about the authority of a token that holds. */
static int gather_authority(struct extension *x, mr_str token, const mr_str *parts, size_t count, bool fresh)
{
    struct mr_timestamp t;
    MR_TRY(mr_timestamp_verify(token, parts, count, x->pool->items, x->pool->count, x->how->anchors,
                               x->how->anchor_count, &t, x->err));
    for (size_t i = 0; i < t.held_count; i++) mr_jades_pool_share(x->pool, t.held[i]);
    if (!fresh && (x->best_time == MR_TIME_NONE || t.time < x->best_time)) x->best_time = t.time;
    int code = mr_jades_gather(&x->g, t.authority, t.time, fresh ? t.time : MR_TIME_NONE, x->err);
    mr_timestamp_done(&t);
    return code;
}

static int add_certificates_and_evidence(struct extension *x)
{
    MR_CLEANUP(mr_buf_done) mr_buf json;
    mr_buf_init(&json, MR_LIMIT_DOCUMENT);
    if (mr_jades_gathering_has_certificates(&x->g)) {
        mr_buf_puts(&json, "{\"xVals\":");
        mr_jades_put_certificates(&json, &x->g);
        mr_buf_putc(&json, '}');
        MR_TRY(add_element(x, &json));
        mr_buf_clear(&json);
    }
    if (!mr_jades_gathering_has_evidence(&x->g)) return MR_OK;
    mr_buf_puts(&json, "{\"rVals\":");
    mr_jades_put_evidence(&json, &x->g);
    mr_buf_putc(&json, '}');
    return add_element(x, &json);
}

/* {"NAME":{"xVals":...,"rVals":...}} with what is new; nothing when nothing is. */
static int add_validation_data(struct extension *x, const char *name)
{
    MR_CLEANUP(mr_buf_done) mr_buf json;
    bool certificates = mr_jades_gathering_has_certificates(&x->g), evidence = mr_jades_gathering_has_evidence(&x->g);
    mr_buf_init(&json, MR_LIMIT_DOCUMENT);
    if (!certificates && !evidence) return MR_OK;
    mr_buf_format(&json, "{\"%s\":{", name);
    if (certificates) {
        mr_buf_puts(&json, "\"xVals\":");
        mr_jades_put_certificates(&json, &x->g);
    }
    if (evidence) {
        mr_buf_puts(&json, certificates ? ",\"rVals\":" : "\"rVals\":");
        mr_jades_put_evidence(&json, &x->g);
    }
    mr_buf_puts(&json, "}}");
    return add_element(x, &json);
}

static int add_evidence(struct extension *x)
{
    const mr_str *signature = &x->text.signature_text;
    for (size_t i = 0; i < x->how->issuer_count; i++) mr_jades_pool_share(x->pool, x->how->issuers[i]);
    for (size_t i = 0; i < x->u->signature.count; i++)
        MR_TRY(gather_authority(x, x->u->signature.items[i].der, signature, 1, false));
    if (x->stamp.len) MR_TRY(gather_authority(x, x->stamp, signature, 1, false));
    int64_t at = x->best_time == MR_TIME_NONE ? x->how->now : x->best_time;
    MR_TRY(mr_jades_gather(&x->g, x->certificate, at, MR_TIME_NONE, x->err));
    MR_TRY(x->u->has_validation_data ? add_validation_data(x, "anyValData") : add_certificates_and_evidence(x));
    settle_gathering(&x->g);
    return MR_OK;
}

/* What an archive time-stamp before element number `before` covers. */
static int cover(struct extension *x, size_t before, mr_str **ret, size_t *ret_count)
{
    const mr_str head[] = {x->text.payload_text,   MR_STR("."), x->text.protected_text, MR_STR("."),
                           x->text.signature_text, MR_STR(".")};
    enum { HEAD = sizeof head / sizeof *head };
    mr_str *parts = MR_NEW_ARRAY(x->a, mr_str, HEAD + before);
    if (!parts) return MR_FAIL(x->err, MR_E_NOMEM, "no room for the parts of an archive time-stamp", MR_NOWHERE);
    memcpy(parts, head, sizeof head);
    memcpy(parts + HEAD, x->elements, before * sizeof *parts);
    *ret = parts, *ret_count = HEAD + before;
    return MR_OK;
}

/* Evidence about the authority of the last archive time-stamp, no older than that: earlier ones have theirs from when they were the last. */
static int add_archive_evidence(struct extension *x)
{
    const struct mr_jades_tokens *tokens = &x->u->archive;
    uint32_t last = 0;
    for (size_t i = 0; i < tokens->count; i++)
        if (tokens->items[i].before > last) last = tokens->items[i].before;
    for (size_t i = 0; i < tokens->count; i++) {
        mr_str *parts;
        size_t count;
        if (tokens->items[i].before != last) continue;
        MR_TRY(cover(x, last, &parts, &count));
        MR_TRY(gather_authority(x, tokens->items[i].der, parts, count, true));
    }
    MR_TRY(add_validation_data(x, "tstVD"));
    settle_gathering(&x->g);
    return MR_OK;
}

static int add_archive_time(struct extension *x)
{
    mr_str *parts, token;
    size_t count;
    if (x->u->archive.count) MR_TRY(add_archive_evidence(x));
    MR_TRY(cover(x, x->count, &parts, &count));
    return stamp(x, "arcTst", parts, count, &token);
}

static int add_all(struct extension *x)
{
    mr_jades_level wanted = x->how->level;
    bool lacks_evidence = wanted >= MR_JADES_LT && x->level < MR_JADES_LT;
    if (lacks_evidence) MR_TRY(mr_jades_check_places(&x->g, x->certificate, x->err)); /* before anybody is asked */
    if (wanted >= MR_JADES_T && x->u->signature.count == 0) MR_TRY(add_signature_time(x));
    if (lacks_evidence) MR_TRY(add_evidence(x));
    if (wanted == MR_JADES_LTA && (x->level < MR_JADES_LTA || x->how->renew)) MR_TRY(add_archive_time(x));
    return MR_OK;
}

/* ---- writing ---- */

/* Behind the closing quotation mark of the string that begins at this octet. */
static size_t string_end(mr_str text, size_t at)
{
    for (at++; at < text.len && text.ptr[at] != '"'; at++)
        if (text.ptr[at] == '\\') at++;
    return at + 1;
}

static void put_elements(const struct extension *x, mr_buf *out)
{
    for (size_t i = x->old_count; i < x->count; i++) {
        if (i > x->old_count) mr_buf_putc(out, ',');
        mr_buf_putc(out, '"');
        mr_buf_put(out, x->elements[i]);
        mr_buf_putc(out, '"');
    }
}

/* E1: the file up to a place, the new elements with what must stand around them there, the rest of the file. */
static int write_extended(const struct extension *x, mr_str text, mr_buf *out)
{
    const mr_json *list = mr_json_get(x->root, "signatures"), *object = list ? mr_json_at(list, 0) : x->root;
    const mr_json *header = mr_json_get(object, "header"), *etsi_u = mr_json_get(header, "etsiU");
    const char *before, *after;
    size_t at;
    if (etsi_u) {
        at = string_end(text, mr_json_at(etsi_u, mr_json_count(etsi_u) - 1)->position);
        before = ",", after = "";
    } else if (header) {
        at = header->position + 1;
        before = "\"etsiU\":[", after = mr_json_count(header) ? "]," : "]";
    } else {
        at = string_end(text, mr_json_get(object, "protected")->position);
        before = ",\"header\":{\"etsiU\":[", after = "]}";
    }
    mr_buf_put(out, mr_str_make(text.ptr, at));
    mr_buf_puts(out, before);
    put_elements(x, out);
    mr_buf_puts(out, after);
    mr_buf_put(out, mr_str_from(text, at));
    return mr_buf_failed(out) ? MR_FAIL(x->err, MR_E_LIMIT, "no room for the extended document", MR_NOWHERE) : MR_OK;
}

/* ---- the result ---- */

static const char *what_lacks(const mr_jades *j)
{
    if (j->signature_time.state != MR_PASSED) return "a time-stamp over the signature";
    if (j->revocation_evidence.state != MR_PASSED) return j->revocation_evidence.id;
    return "evidence about an authority of the chain or of a time-stamp, or references to evidence elsewhere are there";
}

/* E3. */
static int check_result(struct extension *x, mr_str text, int64_t *ret_until)
{
    const mr_json *root;
    mr_jades j;
    MR_TRY(mr_json_parse(x->a, text, NULL, &root, x->err));
    MR_TRY(mr_jades_verify(x->a, text, root, x->how->anchors, x->how->anchor_count, x->how->now, &j, x->err));
    int code = check_holds(&j, x->err);
    if (code == MR_OK && j.level < x->how->level)
        code = MR_FAIL_DETAIL(x->err, MR_E_CERTIFICATE, "the level that was asked for was not reached", "%s lacks %s",
                              mr_jades_level_name(j.level), what_lacks(&j));
    if (ret_until) *ret_until = j.lasts_until;
    mr_jades_done(&j);
    return code;
}

static int extend(struct extension *x, mr_str text, mr_buf *out, bool *ret_changed, int64_t *ret_until)
{
    size_t start = out->len;
    MR_TRY(mr_json_parse(x->a, text, NULL, &x->root, x->err));
    if (!mr_jades_is(x->root)) return MR_FAIL(x->err, MR_E_FORMAT, "this is no seal in JSON serialization", MR_NOWHERE);
    MR_TRY(read_parts(x));
    MR_TRY(check_first(x, text));
    set_gathering(x);
    settle_gathering(&x->g);
    MR_TRY(add_all(x));
    *ret_changed = x->count > x->old_count;
    if (!*ret_changed) return check_result(x, text, ret_until);
    MR_TRY(write_extended(x, text, out));
    return check_result(x, mr_str_from(mr_buf_str(out), start), ret_until);
}

int mr_jades_extend(const struct mr_jades_extending *how, mr_str text, mr_arena *scratch, mr_buf *out,
                    bool *ret_changed, int64_t *ret_until, struct mr_err *err)
{
    size_t start = out->len;
    struct mr_err mine = {0};
    struct extension *x = MR_NEW(scratch, struct extension);
    if (!x || !(x->u = MR_NEW(scratch, struct mr_jades_unsigned)) || !(x->pool = MR_NEW(scratch, struct mr_jades_pool)))
        return MR_FAIL(err, MR_E_NOMEM, "no room to extend a seal", MR_NOWHERE);
    x->how = how;
    x->a = scratch;
    x->err = err ? err : &mine;
    *ret_changed = false;
    int code = extend(x, text, out, ret_changed, ret_until);
    mr_jades_pool_done(x->pool);
    if (code != MR_OK) {
        out->len = start;
        *ret_changed = false;
    }
    return code;
}
