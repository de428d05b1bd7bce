#include "credential/hosted.h"

#include "base/limits.h"
#include "credential/assertion.h"
#include "credential/sniff.h"

static const char accepted[] = "application/ld+json, application/json;q=0.9, */*;q=0.1";

bool mr_hosted_was_at(const struct mr_hosted *h, mr_str url)
{
    for (size_t i = 0; i < h->hop_count; i++)
        if (mr_assertion_same_address(h->hops[i], url)) return true;
    return false;
}

mr_str mr_hosted_place(const struct mr_hosted *h)
{
    return h->hop_count ? h->hops[h->hop_count - 1] : MR_STR_EMPTY;
}

static void fail(mr_arena *a, struct mr_hosted *h, mr_hosted_outcome why, const char *detail)
{
    h->outcome = why;
    h->detail = mr_arena_format(a, "%.*s: %s", MR_STR_ARG(mr_hosted_place(h)), detail);
}

static mr_hosted_outcome outcome_of(const struct mr_err *e, const struct mr_fetch_failure *why)
{
    if (e->code == MR_E_STATE) return MR_HOSTED_NOT_ASKED;
    if (e->code == MR_E_LIMIT) return MR_HOSTED_TOO_LARGE;
    if (why->slow) return MR_HOSTED_SLOW;
    if (why->status == 404) return MR_HOSTED_MISSING;
    if (why->status == 410) return MR_HOSTED_GONE;
    return why->status ? MR_HOSTED_REFUSED : MR_HOSTED_UNREACHABLE;
}

/* One request. Many old badges name http where only https is allowed: the same place, better guarded. */
static int ask(mr_arena *a, const mr_fetch *fetch, mr_str url, mr_str *ret, struct mr_err *err)
{
    int code = fetch->get(fetch->self, a, url, accepted, MR_LIMIT_HOSTED, ret, err);
    struct mr_fetch_failure why = mr_fetch_explain(err);
    if (code != MR_E_NET || why.status || why.slow || !mr_str_has_prefix(url, MR_STR("http://"))) return code;
    mr_str secure = mr_arena_format(a, "https%.*s", MR_STR_ARG(mr_str_from(url, 4)));
    if (!secure.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for an address", MR_NOWHERE);
    struct mr_err second = {0};
    code = fetch->get(fetch->self, a, secure, accepted, MR_LIMIT_HOSTED, ret, &second);
    *err = second;
    return code;
}

/* From http to https, or the other way round, is no circle. */
static bool was_asked(const struct mr_hosted *h, mr_str url)
{
    for (size_t i = 0; i < h->hop_count; i++)
        if (mr_str_eq(h->hops[i], url)) return true;
    return false;
}

/* *ret_next: empty when it came to an end. */
static int ask_hop(mr_arena *a, const mr_fetch *fetch, mr_str url, struct mr_hosted *h, mr_str *ret_next,
                   struct mr_err *err)
{
    struct mr_err e = {0};
    *ret_next = MR_STR_EMPTY;
    if (!mr_assertion_is_web(url)) {
        fail(a, h, MR_HOSTED_NO_ADDRESS, "no web address");
        return MR_OK;
    }
    if (was_asked(h, url) || h->hop_count == MR_HOSTED_HOPS) {
        fail(a, h, MR_HOSTED_MOVES, was_asked(h, url) ? "it leads back to itself" : "it leads on and on");
        return MR_OK;
    }
    h->hops[h->hop_count++] = url;
    int code = ask(a, fetch, url, &h->text, &e);
    if (code == MR_OK) {
        h->outcome = MR_HOSTED_FOUND;
        return MR_OK;
    }
    if (code == MR_E_NOMEM) return MR_FAIL(err, MR_E_NOMEM, "no memory for what stands at an address", MR_NOWHERE);
    struct mr_fetch_failure why = mr_fetch_explain(&e);
    fail(a, h, outcome_of(&e, &why), e.detail[0] ? e.detail : e.message ? e.message : "");
    *ret_next = mr_arena_dup(a, why.moved_to);
    return MR_OK;
}

void mr_hosted_read_json(mr_arena *a, struct mr_hosted *h)
{
    struct mr_err e = {0};
    mr_str text;
    mr_sniffed kind = mr_sniff(h->text, &text);
    if (kind == MR_SNIFFED_HTML) {
        fail(a, h, MR_HOSTED_PAGE, "HTML");
        return;
    }
    int code = mr_json_parse(a, text, NULL, &h->json, &e);
    if (code == MR_OK && mr_json_is(h->json, MR_JSON_OBJECT)) return;
    h->json = NULL;
    bool large = code == MR_E_LIMIT || code == MR_E_NOMEM;
    fail(a, h, large ? MR_HOSTED_TOO_LARGE : MR_HOSTED_NOT_JSON, code ? e.message : "no JSON object");
}

int mr_hosted_get(mr_arena *a, const mr_fetch *fetch, mr_str url, bool text, struct mr_hosted *ret, struct mr_err *err)
{
    mr_str next = url;
    *ret = (struct mr_hosted){.outcome = MR_HOSTED_NOT_ASKED};
    if (!fetch) {
        ret->detail = url;
        return MR_OK;
    }
    while (next.len) MR_TRY(ask_hop(a, fetch, next, ret, &next, err));
    if (url.len == 0) fail(a, ret, MR_HOSTED_NO_ADDRESS, "no web address");
    if (ret->outcome == MR_HOSTED_FOUND && !text) mr_hosted_read_json(a, ret);
    return MR_OK;
}
