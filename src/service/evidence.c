/* Asking for time-stamps and evidence. The memory is a table of few answers, searched from end to end: nothing beside a request. The lock covers the table
 * alone; two threads that ask for the same at once both ask the other side. */
#include "service/evidence.h"

#include "base/limits.h"
#include "net/client.h"

#include <pthread.h>

#define WAIT_MS 20000

enum what { OCSP, CRL, ISSUER };

struct entry {
    enum what what;
    uint8_t certificate[32]; /* SHA-256 of the one asked about */
    mr_buf answer;
    int64_t at, until; /* until 0: not in use */
};

struct mr_evidence_client {
    mr_arena arena; /* holds this struct */
    const mr_env *env;
    mr_str timestamp_url, fetch_from;
    struct mr_evidence_source source;
    pthread_mutex_t lock;
    struct entry entries[MR_LIMIT_EVIDENCE_KEPT];
    size_t next; /* to be overwritten */
};

/* ---- memory ---- */

static struct entry *find(mr_evidence_client *c, enum what what, const mr_certificate *about)
{
    int64_t now = mr_env_now(c->env);
    for (size_t i = 0; i < MR_LIMIT_EVIDENCE_KEPT; i++) {
        struct entry *e = &c->entries[i];
        if (e->until && e->what == what && now >= e->at && now < e->until &&
            memcmp(e->certificate, mr_certificate_sha256(about), 32) == 0)
            return e;
    }
    return NULL;
}

static bool recall(mr_evidence_client *c, enum what what, const mr_certificate *about, mr_arena *a, mr_str *ret)
{
    pthread_mutex_lock(&c->lock);
    const struct entry *e = find(c, what, about);
    mr_str copy = e ? mr_arena_dup(a, mr_buf_str(&e->answer)) : MR_STR_EMPTY;
    pthread_mutex_unlock(&c->lock);
    if (copy.ptr) *ret = copy;
    return copy.ptr != NULL;
}

static void keep(mr_evidence_client *c, enum what what, const mr_certificate *about, mr_str answer)
{
    int64_t now = mr_env_now(c->env), until = now + MR_LIMIT_EVIDENCE_SHARED_MS;
    int64_t end = what == ISSUER ? MR_TIME_NONE : mr_evidence_next_update(answer);
    if (end != MR_TIME_NONE && end < until) until = end;
    if (until <= now) return;
    pthread_mutex_lock(&c->lock);
    struct entry *e = &c->entries[c->next++ % MR_LIMIT_EVIDENCE_KEPT];
    mr_buf_done(&e->answer);
    mr_buf_init(&e->answer, MR_LIMIT_EVIDENCE_ANSWER);
    mr_buf_put(&e->answer, answer);
    e->what = what;
    memcpy(e->certificate, mr_certificate_sha256(about), sizeof e->certificate);
    e->at = now;
    e->until = mr_buf_failed(&e->answer) ? 0 : until;
    pthread_mutex_unlock(&c->lock);
}

/* ---- asking ---- */

static int fetch(const mr_evidence_client *c, mr_arena *a, mr_str url, const char *type, const char *accept,
                 mr_str body, mr_str *ret, struct mr_err *err)
{
    const struct mr_net_request request = {
        .url = url,
        .configured = c->fetch_from.len && mr_str_has_prefix(url, c->fetch_from),
        .plain = true,
        .type = type,
        .accept = accept,
        .body = body,
        .max_answer = MR_LIMIT_EVIDENCE_ANSWER,
        .timeout_ms = WAIT_MS,
    };
    struct mr_err found = {0};
    int code = mr_net_fetch(a, &request, ret, &found);
    if (code == MR_OK) return MR_OK;
    if (code != MR_E_NET) {
        if (err) *err = found;
        return code;
    }
    return MR_FAIL_DETAIL(err, MR_E_NET, "who is to say whether a certificate was revoked did not answer", "%.*s: %s",
                          MR_STR_ARG(url), found.detail);
}

struct question {
    enum what what;
    mr_certificate_place place;
    const char *type, *accept;
    mr_str body;
};

/* At the places that the certificate names, one after the other, until somebody answers. */
static int ask(mr_evidence_client *c, mr_arena *a, const mr_certificate *about, const struct question *q, mr_str *ret,
               struct mr_err *err)
{
    mr_str places[MR_PLACES_MOST];
    size_t count;
    MR_TRY(mr_certificate_places(a, about, q->place, places, &count, err));
    if (count == 0) return MR_FAIL(err, MR_E_NOT_FOUND, "the certificate names no place to ask", MR_NOWHERE);
    if (recall(c, q->what, about, a, ret)) return MR_OK;
    int code = MR_E_NET;
    for (size_t i = 0; i < count; i++) {
        code = fetch(c, a, places[i], q->type, q->accept, q->body, ret, err);
        if (code != MR_OK && code != MR_E_NET) return code;
        if (code != MR_OK) continue;
        keep(c, q->what, about, *ret);
        return MR_OK;
    }
    return code;
}

static int ask_ocsp(void *self, mr_arena *a, const mr_certificate *certificate, const mr_certificate *issuer,
                    mr_str *ret, struct mr_err *err)
{
    struct question q = {OCSP, MR_PLACE_OCSP, "application/ocsp-request", "application/ocsp-response", MR_STR_EMPTY};
    MR_TRY(mr_ocsp_request(a, certificate, issuer, &q.body, err));
    return ask(self, a, certificate, &q, ret, err);
}

static int ask_crl(void *self, mr_arena *a, const mr_certificate *certificate, mr_str *ret, struct mr_err *err)
{
    const struct question q = {CRL, MR_PLACE_CRL, NULL, "application/pkix-crl", MR_STR_EMPTY};
    return ask(self, a, certificate, &q, ret, err);
}

static int ask_issuer(void *self, mr_arena *a, const mr_certificate *certificate, mr_str *ret, struct mr_err *err)
{
    const struct question q = {ISSUER, MR_PLACE_ISSUER, NULL, "application/pkix-cert, application/pkcs7-mime",
                               MR_STR_EMPTY};
    return ask(self, a, certificate, &q, ret, err);
}

/* RFC 3161 section 3.4. The operator named the authority, so that it may be anywhere. */
static int ask_timestamp(void *self, mr_arena *a, const mr_digest *digest, mr_str *ret_token, struct mr_err *err)
{
    const mr_evidence_client *c = self;
    mr_str query, answer;
    struct mr_err found = {0};
    MR_TRY(mr_timestamp_request(a, c->env, digest, &query, err));
    const struct mr_net_request request = {
        .url = c->timestamp_url,
        .configured = true,
        .type = "application/timestamp-query",
        .accept = "application/timestamp-reply",
        .body = query,
        .max_answer = MR_LIMIT_TIMESTAMP,
        .timeout_ms = WAIT_MS,
    };
    int code = mr_net_fetch(a, &request, &answer, &found);
    if (code == MR_E_NET)
        return MR_FAIL_DETAIL(err, MR_E_NET, "the time-stamp authority did not answer as it should", "%s",
                              found.detail);
    if (code != MR_OK) {
        if (err) *err = found;
        return code;
    }
    code = mr_timestamp_response(a, query, answer, ret_token, &found);
    if (code == MR_E_FORMAT || code == MR_E_SIGNATURE) /* the other side's fault, not that of what is sealed */
        return MR_FAIL_DETAIL(err, MR_E_NET, "the time-stamp authority did not answer as it should", "%s",
                              found.message);
    if (code != MR_OK && err) *err = found;
    return code;
}

/* ---- the client ---- */

int mr_evidence_client_new(const struct mr_evidence_client_options *options, mr_evidence_client **ret,
                           struct mr_err *err)
{
    mr_arena arena;
    mr_arena_init(&arena, 2 * sizeof(mr_evidence_client) + 64 * MR_KIB);
    mr_evidence_client *c = MR_NEW(&arena, mr_evidence_client);
    if (!c || pthread_mutex_init(&c->lock, NULL) != 0) {
        mr_arena_done(&arena);
        return MR_FAIL(err, MR_E_NOMEM, "no memory to ask for evidence", MR_NOWHERE);
    }
    bool whole = !options->fetch_from.len || mr_str_has_suffix(options->fetch_from, MR_STR("/"));
    c->env = options->env;
    c->timestamp_url = mr_arena_dup(&arena, options->timestamp_url);
    c->fetch_from = /* or "http://host" would let "http://host@other" in */
        mr_arena_format(&arena, "%.*s%s", MR_STR_ARG(options->fetch_from), whole ? "" : "/");
    c->source = (struct mr_evidence_source){ask_ocsp, ask_crl, ask_issuer, c};
    c->arena = arena;
    *ret = c;
    return MR_OK;
}

void mr_evidence_client_free(mr_evidence_client *c)
{
    if (!c) return;
    for (size_t i = 0; i < MR_LIMIT_EVIDENCE_KEPT; i++) mr_buf_done(&c->entries[i].answer);
    pthread_mutex_destroy(&c->lock);
    mr_arena arena = c->arena;
    mr_arena_done(&arena);
}

const struct mr_evidence_source *mr_evidence_client_source(const mr_evidence_client *c)
{
    return &c->source;
}

mr_timestamp_source *mr_evidence_client_timestamp(const mr_evidence_client *c)
{
    return c->timestamp_url.len ? ask_timestamp : NULL;
}
