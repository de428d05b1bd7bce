#include "api/inside.h"

#include "base/limits.h"
#include "credential/status.h"

#define FEWEST ((size_t)131072)   /* Bitstring Status List 1.0 section 2.1: 16 KiB of bits */
#define MOST MR_LIMIT_STATUS_LIST /* as many as verifiers inflate, with room: an entry takes 2 bits at most */

struct merit_status_list {
    mr_arena arena;
    mr_str base;
    uint8_t *statuses;
    size_t count;
};

static bool is_address(const char *url)
{
    return mr_str_has_prefix(mr_str_of(url), MR_STR("https://"));
}

merit_code merit_status_list_new(const char *base, size_t count, merit_status_list **ret, merit_error *err)
{
    if (!is_address(base)) return mr_api_refuse(err, MR_E_USAGE, "a status list stands under an https address");
    if (count > MOST) return mr_api_refuse(err, MR_E_LIMIT, "a status list is not so long");
    if (count < FEWEST) count = FEWEST;
    merit_status_list *l = mr_api_new(sizeof *l, count + MR_MIB);
    if (l) {
        l->base = mr_arena_dup(&l->arena, mr_str_of(base));
        l->statuses = MR_NEW_ARRAY(&l->arena, uint8_t, count);
        l->count = count;
    }
    if (!l || !l->base.ptr || !l->statuses) {
        merit_status_list_free(l);
        return mr_api_refuse(err, MR_E_NOMEM, "no memory for a status list");
    }
    *ret = l;
    return MERIT_OK;
}

void merit_status_list_free(merit_status_list *list)
{
    mr_api_free(list);
}

size_t merit_status_list_count(const merit_status_list *list)
{
    return list->count;
}

merit_code merit_status_list_set(merit_status_list *list, uint64_t index, merit_status status, merit_error *err)
{
    if (index >= list->count) return mr_api_refuse(err, MR_E_LIMIT, "the status list ends before this entry");
    if (status != MERIT_ACTIVE && status != MERIT_REVOKED && status != MERIT_SUSPENDED)
        return mr_api_refuse(err, MR_E_USAGE, "there is no such status");
    list->statuses[index] = (uint8_t)status;
    return MERIT_OK;
}

merit_status merit_status_list_get(const merit_status_list *list, uint64_t index)
{
    return index < list->count ? (merit_status)list->statuses[index] : MERIT_ACTIVE;
}

const unsigned char *merit_status_list_octets(const merit_status_list *list, size_t *ret_size)
{
    if (ret_size) *ret_size = list->count;
    return list->statuses;
}

merit_code merit_status_list_load(merit_status_list *list, const void *octets, size_t size, merit_error *err)
{
    const uint8_t *given = octets;
    if (size != list->count) return mr_api_refuse(err, MR_E_FORMAT, "these entries are of a list of another length");
    for (size_t i = 0; i < size; i++)
        if (given[i] > MERIT_SUSPENDED) return mr_api_refuse(err, MR_E_FORMAT, "one of these entries is no status");
    memcpy(list->statuses, given, size);
    return MERIT_OK;
}

/* ---- publishing ---- */

static bool find_form(const char *name, mr_status_form *ret)
{
    static const struct {
        const char *name;
        mr_status_form form;
    } forms[] = {{"revocation", MR_STATUS_FORM_REVOCATION},
                 {"suspension", MR_STATUS_FORM_SUSPENSION},
                 {"token", MR_STATUS_FORM_TOKEN}};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (!mr_str_is(mr_str_of(name), forms[i].name)) continue;
        *ret = forms[i].form;
        return true;
    }
    return false;
}

/* Who signs, named by certificates, or by the key itself. */
struct signer {
    mr_certificate *chain[MR_SEAL_CHAIN_MOST];
    size_t chain_count;
    mr_buf kid;
};

static void signer_init(struct signer *s, const merit_key *key)
{
    mr_buf_init(&s->kid, MR_LIMIT_KEY_FILE);
    s->chain_count = mr_seal_key_chain(&key->seal, s->chain);
    if (s->chain_count == 0) mr_api_key_put_method(key, false, &s->kid);
}

static void signer_done(struct signer *s)
{
    mr_buf_done(&s->kid);
}

static struct mr_status_publishing describe(mr_str base, const struct merit_publishing *given)
{
    int64_t valid_for = MR_API_MEMBER(given, valid_for, 0);
    return (struct mr_status_publishing){.base = base,
                                         .issuer = mr_str_of(MR_API_MEMBER(given, issuer, NULL)),
                                         .now = mr_env_now(mr_env_system()),
                                         .valid_for_ms = valid_for > 0 ? valid_for : MR_DAY_MS};
}

merit_code merit_status_publish(const merit_status_list *list, const merit_key *key,
                                const struct merit_publishing *publishing, char **ret, size_t *ret_size,
                                merit_error *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_buf_done) mr_buf out;
    MR_CLEANUP(signer_done) struct signer s;
    struct mr_err e = {0};
    mr_status_form form;
    struct mr_status_publishing p = describe(list->base, publishing);
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    signer_init(&s, key);
    p.statuses = list->statuses;
    p.count = list->count;
    if (!find_form(MR_API_MEMBER(publishing, form, NULL), &form))
        return mr_api_refuse(err, MR_E_USAGE, "a status list is published as revocation, suspension or token");
    if (mr_status_publish(&a, &p, form, key->seal.key, s.chain, s.chain_count, mr_buf_str(&s.kid), &out, &e) != MR_OK)
        return mr_api_fail(err, &e);
    return mr_api_hand_over(&out, ret, ret_size, err);
}

merit_code merit_withdrawn_publish(const char *url, const char *const *ids, size_t id_count, const merit_key *key,
                                   const struct merit_publishing *publishing, char **ret, size_t *ret_size,
                                   merit_error *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_buf_done) mr_buf out;
    MR_CLEANUP(signer_done) struct signer s;
    struct mr_err e = {0};
    struct mr_status_publishing p = describe(mr_str_of(url), publishing);
    mr_str *all;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    signer_init(&s, key);
    if (!is_address(url)) return mr_api_refuse(err, MR_E_USAGE, "a status list stands under an https address");
    ptrdiff_t did = mr_str_find_char(mr_buf_str(&s.kid), '#'); /* of a bare key, which nothing else names */
    if (p.issuer.len == 0 && did > 0) p.issuer = mr_str_make(s.kid.ptr, (size_t)did);
    if (mr_api_texts(&a, ids, id_count, &all, &e) != MR_OK ||
        mr_status_publish_withdrawn(&a, &p, all, id_count, key->seal.key, s.chain, s.chain_count, &out, &e) != MR_OK)
        return mr_api_fail(err, &e);
    return mr_api_hand_over(&out, ret, ret_size, err);
}
