#include "service/elsewhere.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/secret.h"
#include "service/installation.h"

#include <unistd.h>

#define FILE_NAME "sign-in.json"
#define SECRET_LEAST 32

static int fail(const char *what, struct mr_err *err)
{
    return MR_FAIL_DETAIL(err, MR_E_FORMAT, "this is missing or cannot be so", "%s: %s", FILE_NAME, what);
}

static bool is_id(mr_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!((s.ptr[i] >= 'a' && s.ptr[i] <= 'z') || (s.ptr[i] >= '0' && s.ptr[i] <= '9') || s.ptr[i] == '-'))
            return false;
    return s.len > 0 && s.len <= 40;
}

static int read_provider(const mr_json *p, struct mr_elsewhere_provider *ret, struct mr_err *err)
{
    *ret = (struct mr_elsewhere_provider){.id = mr_json_get_str(p, "id"),
                                          .label = mr_json_get_str(p, "label"),
                                          .issuer = mr_json_get_str(p, "issuer"),
                                          .client_id = mr_json_get_str(p, "client_id"),
                                          .client_secret = mr_json_get_str(p, "client_secret"),
                                          .domains = mr_json_get(p, "domains")};
    mr_arena_init(&ret->kept, MR_LIMIT_SIGN_IN_ANSWER * 8);
    if (!is_id(ret->id)) return fail("id", err);
    if (!ret->label.len) return fail("label", err);
    if (!mr_str_has_prefix(ret->issuer, MR_STR("https://")) && !mr_str_has_prefix(ret->issuer, MR_STR("http://")))
        return fail("issuer", err);
    if (!ret->client_id.len) return fail("client_id", err);
    return MR_OK;
}

static int read_file(struct mr_elsewhere *e, mr_str text, struct mr_err *err)
{
    const mr_json *root;
    MR_TRY(mr_json_parse(&e->arena, text, NULL, &root, err));
    const mr_json *providers = mr_json_get(root, "providers"), *proxy = mr_json_get(root, "proxy");
    if (mr_json_count(providers) > MR_LIMIT_SIGN_IN_PROVIDERS) return fail("providers", err);
    e->providers = MR_NEW_ARRAY(&e->arena, struct mr_elsewhere_provider, mr_json_count(providers) + 1);
    if (!e->providers) return MR_FAIL(err, MR_E_NOMEM, "no memory for providers", MR_NOWHERE);
    MR_JSON_EACH (p, providers) MR_TRY(read_provider(p, &e->providers[e->provider_count++], err));
    if (!proxy) return MR_OK;
    e->proxy_secret = mr_json_get_str(proxy, "secret");
    e->proxy_label = mr_json_get_str(proxy, "label");
    e->proxy_domains = mr_json_get(proxy, "domains");
    if (e->proxy_secret.len < SECRET_LEAST) return fail("proxy.secret (at least 32 characters)", err);
    return e->proxy_label.len ? MR_OK : fail("proxy.label", err);
}

int mr_elsewhere_open(mr_service *s, struct mr_elsewhere **ret, struct mr_err *err)
{
    mr_arena arena;
    mr_arena_init(&arena, MR_MIB);
    struct mr_elsewhere *e = MR_NEW(&arena, struct mr_elsewhere);
    if (!e) return MR_FAIL(err, MR_E_NOMEM, "no memory to open", MR_NOWHERE);
    e->arena = arena;
    pthread_mutex_init(&e->lock, NULL);
    mr_str path = mr_arena_format(&e->arena, "%.*s/" FILE_NAME, MR_STR_ARG(s->folder)), text;
    int code = MR_OK;
    if (access(path.ptr, F_OK) == 0) {
        code = mr_file_read(&e->arena, path.ptr, MR_LIMIT_SIGN_IN_ANSWER, &text, err);
        if (code == MR_OK) code = read_file(e, text, err);
    }
    if (code == MR_OK)
        *ret = e;
    else
        mr_elsewhere_close(e);
    return code;
}

void mr_elsewhere_close(struct mr_elsewhere *e)
{
    if (!e) return;
    for (size_t i = 0; i < e->provider_count; i++) mr_arena_done(&e->providers[i].kept);
    pthread_mutex_destroy(&e->lock);
    mr_arena arena = e->arena;
    mr_arena_done(&arena);
}

struct mr_elsewhere_provider *mr_elsewhere_find(struct mr_elsewhere *e, mr_str id)
{
    for (size_t i = 0; i < e->provider_count; i++)
        if (mr_str_eq(e->providers[i].id, id)) return &e->providers[i];
    return NULL;
}

bool mr_elsewhere_trusts(const mr_json *domains, mr_str email)
{
    ptrdiff_t at = mr_str_find_char(email, '@');
    if (at <= 0 || mr_str_find_char(mr_str_from(email, (size_t)at + 1), '@') >= 0) return false;
    mr_str host = mr_str_from(email, (size_t)at + 1);
    MR_JSON_EACH (domain, domains) {
        mr_str d = mr_json_str(domain);
        if (!d.len || host.len < d.len) continue;
        mr_str end = mr_str_from(host, host.len - d.len);
        if (mr_str_eq_ascii_nocase(end, d) && (host.len == d.len || host.ptr[host.len - d.len - 1] == '.')) return true;
    }
    return false;
}

bool mr_elsewhere_federated(mr_arena *a, const struct mr_elsewhere *e, const struct mr_federated_headers *h,
                            struct mr_federated *ret)
{
    if (!e->proxy_secret.len || !mr_secret_eq(h->secret, e->proxy_secret) || !h->principal.len) return false;
    ret->issuer = mr_arena_format(a, "saml:%.*s", MR_STR_ARG(h->home));
    ret->subject = h->principal;
    ret->email = mr_elsewhere_trusts(e->proxy_domains, h->mail) ? h->mail : MR_STR_EMPTY;
    return true;
}
