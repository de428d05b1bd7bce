#include "service/fetcher.h"

#include "service/installation.h"
#include "service/keys.h"
#include "service/status.h"
#include "store/status.h"

/* Cut the last part of a URL's path off; false when there is none. */
static bool cut_last(mr_str *url, mr_str *ret_last)
{
    for (size_t at = url->len; at > 0; at--) {
        if (url->ptr[at - 1] != '/') continue;
        *ret_last = mr_str_from(*url, at);
        url->len = at - 1;
        return true;
    }
    return false;
}

/* A list is ours when the whole URL is that under which it was opened, be that this server's address now or not. */
static int find_own_list(mr_service *s, mr_arena *a, mr_str url, mr_str *ret_id, mr_status_form *ret_form,
                         struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_status_list_row list;
    mr_str form, id;
    *ret_id = MR_STR_EMPTY;
    if (!cut_last(&url, &form) || !mr_status_form_find(form, ret_form) || !cut_last(&url, &id)) return MR_OK;
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(mr_store_status_list_find(tx, a, id, &list, err));
    if (list.id.len && mr_str_eq(list.base, url)) *ret_id = list.id;
    return MR_OK;
}

/* Of the keys of this installation (did:web): empty when the URL is not of them. */
static int publish_own(mr_service *s, mr_arena *a, mr_str url, mr_str *ret, struct mr_err *err)
{
    struct mr_keys keys;
    MR_TRY(mr_keys_open(s, a, &keys, err));
    return mr_keys_publish(&keys, url, ret, err);
}

static int serve_own(mr_service *s, mr_arena *a, mr_str url, mr_str *ret, bool *ret_own, struct mr_err *err)
{
    mr_str id, here = mr_status_base(s, a), withdrawn = mr_status_withdrawn_url(a, here, MR_STR(""));
    mr_status_form form;
    *ret_own = true;
    if (!s->db) return MR_FAIL(err, MR_E_NET, "no database is open", MR_NOWHERE);
    MR_TRY(find_own_list(s, a, url, &id, &form, err));
    if (id.len) return mr_status_serve(s, a, id, form, ret, err);
    if (s->public_url.len && mr_str_has_prefix(url, withdrawn))
        return mr_status_serve_withdrawn(s, a, mr_str_from(url, withdrawn.len), ret, err);
    MR_TRY(publish_own(s, a, url, ret, err));
    if (ret->len) return MR_OK;
    *ret_own = s->public_url.len && mr_str_has_prefix(url, here) && url.len > here.len && url.ptr[here.len] == '/';
    return *ret_own ? MR_FAIL(err, MR_E_NOT_FOUND, "no such list", MR_NOWHERE) : MR_OK;
}

static int pass_on(const struct mr_service_fetcher *f, mr_arena *a, mr_str url, const char *accept, size_t max,
                   mr_str *ret, struct mr_err *err)
{
    if (!f->further) return MR_FAIL(err, MR_E_STATE, "the network is off", MR_NOWHERE);
    if (f->until && mr_env_now(f->service->env) >= f->until)
        return MR_FAIL(err, MR_E_NET, "no time is left to ask", MR_NOWHERE);
    return f->further->get(f->further->self, a, url, accept, max, ret, err);
}

static int get(void *self, mr_arena *a, mr_str url, const char *accept, size_t max, mr_str *ret, struct mr_err *err)
{
    const struct mr_service_fetcher *f = self;
    mr_str answer = MR_STR_EMPTY;
    bool own;
    int code = serve_own(f->service, a, url, &answer, &own, err);
    if (own && code == MR_E_NOT_FOUND)
        return MR_FAIL_DETAIL(err, MR_E_NET, "this installation has no such list", "%.*s", MR_STR_ARG(url));
    if (code != MR_OK) return code;
    if (!own) return pass_on(f, a, url, accept, max, ret, err);
    if (answer.len > max)
        return MR_FAIL(err, MR_E_LIMIT, "what this installation publishes there is too long", MR_NOWHERE);
    *ret = answer;
    return MR_OK;
}

mr_fetch mr_service_fetcher_of(struct mr_service_fetcher *f)
{
    return (mr_fetch){.get = get, .self = f};
}
