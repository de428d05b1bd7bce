/* A European Digital Credential names no status list; the verifier finds it by the organizationIdentifier of the seal. For its own seals the installation adds
 * these entries to the operator's, without a name: where to ask is not whom to trust.
 *
 * Reading a seal opens an encrypted file, so each is read once. A seal that is renewed under its file name is of the same organisation. */
#include "service/verifying.h"

#include "base/limits.h"
#include "base/log.h"
#include "rdf/context.h"
#include "service/installation.h"
#include "service/seals.h"
#include "service/status.h"

/* ---- own seals ---- */

/* A file that cannot be read is told of once, and stands for nobody. Under the lock. */
static int learn(mr_service *s, mr_arena *a, struct mr_kept_seal *k, struct mr_err *err)
{
    struct mr_err why = {0};
    for (size_t i = 0; i < s->own_seal_count; i++)
        if (mr_str_eq(s->own_seals[i].file, k->file)) return MR_OK;
    if (!s->own_seals) s->own_seals = MR_NEW_ARRAY(&s->arena, struct mr_own_seal, MR_LIMIT_ANCHORS);
    if (!s->own_seals) return MR_FAIL(err, MR_E_NOMEM, "no memory for seals", MR_NOWHERE);
    if (s->own_seal_count == MR_LIMIT_ANCHORS) return MR_FAIL(err, MR_E_LIMIT, "too many seals", MR_NOWHERE);
    if (mr_seals_read(s, a, k, &why) != MR_OK) mr_log_err(MR_LOG_WARNING, "seal.unreadable", &why);
    struct mr_own_seal seal = {.file = mr_arena_dup(&s->arena, k->file),
                               .issuer = mr_arena_dup(&s->arena, k->issuer),
                               .identifier = mr_arena_dup(&s->arena, k->identifier)};
    if (!seal.file.ptr || !seal.issuer.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for a seal", MR_NOWHERE);
    s->own_seals[s->own_seal_count++] = seal;
    return MR_OK;
}

static int learn_all(mr_service *s, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct mr_kept_seal *list;
    size_t count;
    int64_t now = mr_env_now(s->env), passed = now - s->own_seals_at;
    mr_arena_init(&a, 32 * MR_MIB);
    if (s->own_seals_at && passed >= 0 && passed < MR_LIMIT_SEALS_LOOKED_MS) return MR_OK;
    MR_TRY(mr_seals_files(s, &a, &list, &count, err));
    for (size_t i = 0; i < count; i++) MR_TRY(learn(s, &a, &list[i], err));
    s->own_seals_at = now;
    return MR_OK;
}

/* ---- trust ---- */

static bool is_there(const mr_trust *t, const struct mr_known_issuer *entry)
{
    const struct mr_known_issuer *k = NULL;
    while ((k = mr_trust_next_withdrawn(t, entry->id, k)))
        if (mr_str_eq(k->withdrawn, entry->withdrawn)) return true;
    return false;
}

/* Under the lock. */
static int put_issuers(mr_service *s, mr_arena *a, mr_trust *t, struct mr_err *err)
{
    mr_str base = mr_status_base(s, a);
    t->issuers = MR_NEW_ARRAY(a, struct mr_known_issuer, s->trust.issuer_count + s->own_seal_count + 1);
    if (!t->issuers) return MR_FAIL(err, MR_E_NOMEM, "no memory for known issuers", MR_NOWHERE);
    for (size_t i = 0; i < s->trust.issuer_count; i++) t->issuers[i] = s->trust.issuers[i];
    for (size_t i = 0; i < s->own_seal_count; i++) {
        const struct mr_own_seal *seal = &s->own_seals[i];
        const struct mr_known_issuer own = {.id = seal->identifier,
                                            .withdrawn = mr_status_withdrawn_url(a, base, seal->issuer)};
        if (!own.withdrawn.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for known issuers", MR_NOWHERE);
        if (own.id.len && !is_there(t, &own)) t->issuers[t->issuer_count++] = own;
    }
    return MR_OK;
}

/* Seals are made when they are first needed: those of this process at once, those of others when the folder is looked at again. */
static int fill_trust(mr_service *s, mr_arena *a, mr_trust *t, struct mr_err *err)
{
    *t = s->trust;
    if (!s->db) return MR_OK; /* nothing is published */
    pthread_mutex_lock(&s->seal_lock);
    int code = learn_all(s, err);
    if (code == MR_OK) code = put_issuers(s, a, t, err);
    pthread_mutex_unlock(&s->seal_lock);
    return code;
}

int mr_service_verifying_init(mr_service *s, mr_arena *a, const mr_language *language, struct mr_service_verifying *ret,
                              struct mr_err *err)
{
    MR_TRY(fill_trust(s, a, &ret->trust, err));
    ret->fetcher = (struct mr_service_fetcher){.service = s,
                                               .further = s->net ? mr_net_fetcher_fetch(s->net) : NULL,
                                               .until = mr_env_now(s->env) + MR_LIMIT_FETCH_REQUEST_MS};
    ret->fetch = mr_service_fetcher_of(&ret->fetcher);
    ret->verifying =
        (struct mr_verifying){.trust = &ret->trust, .env = s->env, .language = language, .fetch = &ret->fetch};
    return MR_OK;
}

/* ---- compiled contexts, from request to request ---- */

int mr_service_verifier_open(mr_service *s, const struct mr_service_verifying *how, mr_verifier **ret,
                             struct mr_err *err)
{
    mr_contexts *contexts = NULL;
    MR_TRY(mr_verifier_open(&how->verifying, ret, err));
    pthread_mutex_lock(&s->maker_lock);
    if (s->idle_contexts_count) contexts = s->idle_contexts[--s->idle_contexts_count];
    pthread_mutex_unlock(&s->maker_lock);
    mr_verifier_give_contexts(*ret, contexts);
    return MR_OK;
}

void mr_service_verifier_close(mr_service *s, mr_verifier *v)
{
    mr_contexts *contexts = mr_verifier_take_contexts(v);
    bool small = contexts && mr_contexts_arena(contexts)->used <= MR_LIMIT_IDLE_CONTEXTS_EACH;
    pthread_mutex_lock(&s->maker_lock);
    if (small && s->idle_contexts_count < MR_LIMIT_IDLE_CONTEXTS)
        s->idle_contexts[s->idle_contexts_count++] = contexts, contexts = NULL;
    pthread_mutex_unlock(&s->maker_lock);
    mr_contexts_close(contexts);
    mr_verifier_close(v);
}
