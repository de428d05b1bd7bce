/* One hop: the address in termsOfUse leads to an accreditation; it must be about the party below (grantee), signed by the party above (granter) with a key that
 * was good at the time, in force at the time, not revoked, of a role that allows what was done below, and its scope must include what it is used for.
 * What it is used for on the next hop is the entry of its scope that was used on this one: a scope wider than the parent's breaks the chain there.
 *
 * What is believed of whom:
 * - A signature by a did:key or did:web speaks for that identifier, wherever the text was found.
 * - Keys of did:ebsi come from a registry of identifiers. A credential could name one of its maker's; only registries that the operator wrote into the
 *   trust folder ("registry": "https://...") are asked.
 * - That an accreditation is not revoked is known from such a registry only, or from a status list (credential/status.h).
 *
 * Recursion follows the chain and ends at MR_LIMIT_ACCREDITATION_HOPS; MR_LIMIT_ACCREDITATION_TRIES bounds the accreditations that are opened in all. */
#include "credential/accreditation_chain.h"

#include "credential/each.h"
#include "credential/status.h"
#include "credential/vcdm.h"

#define FROM_NOWHERE MR_STR_EMPTY

/* What an accreditation is used for. */
struct use {
    mr_strs types;   /* without those that every credential has */
    mr_strs schemas; /* one of them must be the accreditation's */
    mr_strs places;
    bool accredits; /* it is used to accredit, not to issue */
};
struct climber {
    mr_arena *a;
    const struct mr_climbing *c;
    struct mr_accreditation_chain *ret;
    mr_str path[MR_LIMIT_ACCREDITATION_HOPS + 1]; /* who was met */
    size_t tries;
    struct mr_err *err;
};

static struct mr_step step_of(mr_state state, const char *id, mr_str detail)
{
    return (struct mr_step){.state = state, .id = id, .detail = detail, .at = MR_TIME_NONE};
}

static int out_of_memory(const struct climber *w)
{
    return MR_FAIL(w->err, MR_E_NOMEM, "no memory for a chain of accreditations", MR_NOWHERE);
}

/* ---- reading ---- */

static mr_str id_of(const mr_json *v)
{
    v = mr_each_first(v);
    return mr_json_is(v, MR_JSON_STRING) ? mr_json_text(v) : mr_json_get_str(v, "id");
}

static mr_str last_part(mr_str uri)
{
    for (size_t i = uri.len; i > 0; i--)
        if (uri.ptr[i - 1] == '/') return mr_str_from(uri, i);
    return uri;
}

/* Texts, or the ids of objects; `cut` to the last part. */
static int read_list(const struct climber *w, const mr_json *v, bool cut, mr_strs *ret)
{
    size_t count = 0;
    MR_EACH(counted, v)
    {
        count += counted != NULL;
    }
    if (count > MR_LIMIT_ACCREDITATION_LIST) count = MR_LIMIT_ACCREDITATION_LIST;
    *ret = (mr_strs){MR_NEW_ARRAY(w->a, mr_str, count + 1), 0};
    if (!ret->items) return out_of_memory(w);
    MR_EACH(item, v)
    {
        mr_str text = id_of(item);
        if (text.len && ret->count < count) ret->items[ret->count++] = cut ? last_part(text) : text;
    }
    return MR_OK;
}

static bool is_general(mr_str type)
{
    return mr_str_is(type, "VerifiableCredential") || mr_str_is(type, "VerifiableAttestation");
}

static void drop_general(mr_strs *types)
{
    size_t kept = 0;
    for (size_t i = 0; i < types->count; i++)
        if (!is_general(types->items[i])) types->items[kept++] = types->items[i];
    types->count = kept;
}

enum role { ROLE_NONE, ROLE_ATTEST, ROLE_ACCREDIT, ROLE_ROOT };

/* Of an accreditation: what it allows. Both spellings of "authorisation" are found. */
static enum role role_of(const mr_json *document)
{
    static const struct {
        const char *type;
        enum role role;
    } roles[] = {
        {"VerifiableAuthorisationForTrustChain", ROLE_ROOT},
        {"VerifiableAuthorizationForTrustChain", ROLE_ROOT},
        {"VerifiableAccreditationToAccredit", ROLE_ACCREDIT},
        {"VerifiableAccreditationToAttest", ROLE_ATTEST},
    };
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (mr_each_has(mr_json_get(document, "type"), roles[i].type)) return roles[i].role;
    return ROLE_NONE;
}

static bool is_accreditation(const mr_json *document)
{
    const mr_json *types = mr_json_get(document, "type");
    return role_of(document) != ROLE_NONE || mr_each_has(types, "VerifiableAccreditation") ||
           mr_each_has(types, "VerifiableAuthorisationToOnboard");
}

static bool is_policy(const mr_json *policy)
{
    static const char *const types[] = {"IssuanceCertificate", "AttestationPolicy", "AccreditationPolicy",
                                        "VerifiableAccreditation"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (mr_each_has(mr_json_get(policy, "type"), types[i])) return true;
    return false;
}

/* The accreditation that a policy names. */
static mr_str address_of(const mr_json *policy)
{
    mr_str parent = mr_json_get_str(policy, "parentAccreditation");
    return parent.len ? parent : mr_json_get_str(policy, "id");
}

bool mr_accreditation_names_policy(const mr_json *document)
{
    MR_EACH(policy, mr_json_get(document, "termsOfUse"))
    {
        if (is_policy(policy)) return true;
    }
    return false;
}

/* ---- getting an accreditation ---- */

struct found {
    mr_str text;        /* of the signed accreditation; empty: not had, and `why` tells */
    mr_str source;      /* for experts */
    bool is_registered; /* a registry that is believed gave it, so that it is not revoked */
    struct mr_step why;
};

/* The part of an address between "/issuers/" and the next slash; empty when there is none. */
static mr_str part_behind(mr_str url, const char *before)
{
    ptrdiff_t at = mr_str_find(url, mr_str_of(before));
    if (at < 0) return MR_STR_EMPTY;
    mr_str rest = mr_str_from(url, (size_t)at + strlen(before));
    ptrdiff_t end = mr_str_find_char(rest, '/');
    return end < 0 ? rest : mr_str_make(rest.ptr, (size_t)end);
}

/* "did%3Aebsi%3Az..." as "did:ebsi:z...". */
static bool is_same_did(mr_str in_address, mr_str did)
{
    size_t k = 0;
    for (size_t i = 0; i < in_address.len; i++, k++) {
        bool escaped = in_address.len - i >= 3 && in_address.ptr[i] == '%' && in_address.ptr[i + 1] == '3' &&
                       (in_address.ptr[i + 2] | 32) == 'a';
        if (k >= did.len || did.ptr[k] != (escaped ? ':' : in_address.ptr[i])) return false;
        if (escaped) i += 2;
    }
    return k == did.len;
}

static bool is_at(const mr_accreditation_record *r, mr_str url)
{
    mr_str did = part_behind(url, "/issuers/"), attribute = part_behind(url, "/attributes/");
    if (r->id.len && mr_str_eq(r->id, url)) return true;
    return attribute.len && mr_str_eq(r->attribute, attribute) && is_same_did(did, r->subject);
}

/* What a registry answers: {"attribute": {"body", "issuerType"}}, the same without its shell, or the signed text itself. */
static void take_answer(struct climber *w, mr_str url, mr_str answer, struct found *f)
{
    const mr_json *json = NULL;
    f->is_registered = mr_trust_find_registry(w->c->trust, url) != NULL;
    f->source = url;
    f->text = mr_str_trim(answer);
    if (!f->text.len || f->text.ptr[0] != '{' || mr_json_parse(w->a, f->text, NULL, &json, NULL) != MR_OK) return;
    const mr_json *attribute = mr_json_get(json, "attribute");
    if (!attribute) attribute = json;
    mr_str body = mr_json_get_str(attribute, "body");
    bool is_answer = body.len || mr_json_get(attribute, "issuerType");
    if (!is_answer) return; /* a credential */
    f->text = body;
    if (mr_str_is(mr_json_get_str(attribute, "issuerType"), "Revoked")) {
        f->text = MR_STR_EMPTY;
        f->why = step_of(MR_FAILED, "chain.revoked", url);
    } else if (!body.len)
        f->why = step_of(MR_FAILED, "chain.form", url);
}

static int ask(struct climber *w, mr_str url, struct found *f)
{
    const mr_fetch *fetch = w->c->opening.fetch;
    mr_str answer = MR_STR_EMPTY;
    struct mr_err e = {0};
    f->source = url;
    if (!mr_str_has_prefix(url, MR_STR("https://"))) {
        f->why = step_of(MR_UNCHECKED, "chain.unreachable", url);
        return MR_OK;
    }
    int code = fetch ? fetch->get(fetch->self, w->a, url, "application/json", MR_LIMIT_ACCREDITATION, &answer, &e)
                     : MR_E_STATE;
    if (code == MR_E_NOMEM) return out_of_memory(w);
    if (code == MR_OK)
        take_answer(w, url, answer, f);
    else
        f->why = step_of(MR_UNCHECKED, code == MR_E_STATE ? "chain.not_asked" : "chain.unreachable", url);
    return MR_OK;
}

/* In the trust folder, else at its address. */
static int find(struct climber *w, mr_str url, struct found *ret)
{
    const mr_trust *t = w->c->trust;
    *ret = (struct found){.why = {.state = MR_UNCHECKED, .id = "chain.unreachable", .at = MR_TIME_NONE}};
    for (size_t i = 0; t && i < t->record_count; i++) {
        if (!is_at(&t->records[i], url)) continue;
        ret->text = t->records[i].text;
        ret->source = t->records[i].name;
        return MR_OK;
    }
    return ask(w, url, ret);
}

/* ---- keys ---- */

/* The document of a DID in one registry; *ret false: not had. */
static int find_in_registry(const struct mr_registry_keys *k, mr_arena *a, mr_str registry, mr_str method,
                            mr_relationship use, struct mr_method *ret_method, bool *ret, struct mr_err *err)
{
    struct mr_err e = {0};
    mr_str document = MR_STR_EMPTY;
    ptrdiff_t hash = mr_str_find_char(method, '#');
    mr_str did = hash < 0 ? method : mr_str_make(method.ptr, (size_t)hash);
    mr_str url = mr_arena_format(a, "%.*sdid-registry/v5/identifiers/%.*s", MR_STR_ARG(registry), MR_STR_ARG(did));
    int code = k->fetch->get(k->fetch->self, a, url, "application/did+ld+json", MR_LIMIT_CONTROLLER, &document, &e);
    *ret = code == MR_OK;
    if (code == MR_E_NOMEM) return MR_FAIL(err, MR_E_NOMEM, "no memory for a key", MR_NOWHERE);
    return *ret ? mr_controller_find_in(a, document, method, use, ret_method, err) : MR_OK;
}

int mr_registry_key_find(void *self, mr_arena *a, mr_str method, mr_relationship use, struct mr_method *ret,
                         struct mr_err *err)
{
    struct mr_registry_keys *k = self;
    const mr_trust *t = k->trust;
    bool named = false, found = false;
    if (!mr_str_has_prefix(method, MR_STR("did:ebsi:"))) return k->usual.find(k->usual.self, a, method, use, ret, err);
    for (size_t i = 0; t && i < t->issuer_count; i++) {
        mr_str registry = t->issuers[i].registry;
        if (!registry.len || registry.ptr[registry.len - 1] != '/') continue;
        named = true;
        if (k->fetch) MR_TRY(find_in_registry(k, a, registry, method, use, ret, &found, err));
        if (found) return MR_OK;
    }
    k->is_unknown = !named;
    if (!named) return k->usual.find(k->usual.self, a, method, use, ret, err);
    *ret = (struct mr_method){.id = method, .expires = MR_TIME_NONE, .revoked = MR_TIME_NONE};
    ret->why = step_of(MR_UNCHECKED, k->fetch ? "key.unreachable" : "key.not_asked", method);
    return MR_OK;
}

/* ---- one accreditation ---- */

struct hop {
    struct found found;
    mr_accreditation_record record;
    struct mr_accreditation_seal seal;
    const mr_json *payload;
};

static int64_t read_time(const mr_json *document, const char *const *names, size_t count, bool earliest)
{
    int64_t best = MR_TIME_NONE, time;
    for (size_t i = 0; i < count; i++) {
        if (mr_time_parse(mr_json_get_str(document, names[i]), &time, NULL) != MR_OK) continue;
        if (best == MR_TIME_NONE || (earliest ? time < best : time > best)) best = time;
    }
    return best;
}

/* With several the strictest counts. */
static void read_times(const mr_json *payload, int64_t *ret_from, int64_t *ret_until)
{
    static const char *const from[] = {"validFrom", "issuanceDate"}, *const until[] = {"validUntil", "expirationDate"};
    *ret_from = read_time(payload, from, 2, false);
    *ret_until = read_time(payload, until, 2, true);
}

static int open_hop(struct climber *w, struct hop *h, struct mr_step *ret)
{
    struct mr_registry_keys keys = {.usual = w->c->opening.keys, .fetch = w->c->opening.fetch, .trust = w->c->trust};
    struct mr_opening o = w->c->opening;
    o.keys = (struct mr_key_source){mr_registry_key_find, &keys};
    o.now = w->c->at;
    MR_TRY(mr_accreditation_open(w->a, &o, w->c->trust, h->found.text, &h->record, &h->seal, &h->payload, w->err));
    const struct mr_step *s = &h->seal.step;
    mr_str why = mr_str_of(s->id);
    *ret = step_of(MR_PASSED, "chain.passed", h->found.source);
    if (s->state == MR_FAILED)
        *ret = step_of(MR_FAILED, mr_str_is(why, "accreditation.form") ? "chain.form" : "chain.signature",
                       h->found.source);
    else if (s->state != MR_PASSED)
        *ret = step_of(MR_UNCHECKED,
                       keys.is_unknown                      ? "chain.registry_unknown"
                       : mr_str_is(why, "format.algorithm") ? "chain.algorithm"
                                                            : "chain.key",
                       h->found.source);
    else if (h->seal.key_revoked != MR_TIME_NONE && h->seal.key_revoked <= w->c->opening.now)
        *ret = step_of(MR_UNCHECKED, "chain.key", h->seal.signer); /* who stole it can write any date */
    return MR_OK;
}

/* Who signed for whom, and when. */
static struct mr_step check_parties(const struct climber *w, const struct hop *h, mr_str grantee, const struct use *use)
{
    int64_t from, until;
    enum role role = role_of(h->payload);
    read_times(h->payload, &from, &until);
    if (!mr_str_eq(h->seal.signer, h->record.issuer)) return step_of(MR_FAILED, "chain.signature", h->record.issuer);
    if (!mr_str_eq(h->record.subject, grantee)) return step_of(MR_FAILED, "chain.grantee", h->record.subject);
    if (from != MR_TIME_NONE && w->c->at < from) return step_of(MR_FAILED, "chain.early", h->found.source);
    if (until != MR_TIME_NONE && w->c->at > until) return step_of(MR_FAILED, "chain.expired", h->found.source);
    bool allowed = use->accredits ? role == ROLE_ACCREDIT || role == ROLE_ROOT : role == ROLE_ATTEST;
    if (!allowed) return step_of(MR_FAILED, "chain.role", h->found.source);
    return step_of(MR_PASSED, "chain.passed", FROM_NOWHERE);
}

static bool has_all(mr_strs have, mr_strs wanted)
{
    for (size_t i = 0; i < wanted.count; i++)
        if (!mr_strs_have(have, wanted.items[i])) return false;
    return true;
}

static bool is_within(mr_strs places, mr_strs limits)
{
    for (size_t i = 0; i < places.count; i++) {
        bool inside = false;
        for (size_t k = 0; k < limits.count; k++) inside = inside || mr_place_is_in(places.items[i], limits.items[k]);
        if (!inside) return false;
    }
    return true;
}

/* How far an entry of a scope includes a use; the later, the nearer. */
static struct mr_step compare(const struct use *entry, const struct use *use, bool is_first)
{
    if (!has_all(entry->types, use->types)) return step_of(MR_FAILED, "chain.scope", FROM_NOWHERE);
    bool any_schema = use->accredits && !use->types.count; /* it is about accreditations themselves */
    if (!any_schema && entry->schemas.count && !mr_strs_have(use->schemas, entry->schemas.items[0]))
        return step_of(MR_FAILED, "chain.schema", entry->schemas.items[0]);
    if (!entry->places.count) return step_of(MR_PASSED, "chain.passed", FROM_NOWHERE);
    if (!use->places.count)
        return is_first ? step_of(MR_UNCHECKED, "chain.place_unknown", entry->places.items[0])
                        : step_of(MR_FAILED, "chain.jurisdiction", entry->places.items[0]);
    if (!is_within(use->places, entry->places)) return step_of(MR_FAILED, "chain.jurisdiction", entry->places.items[0]);
    return step_of(MR_PASSED, "chain.passed", FROM_NOWHERE);
}

static int nearness(const struct mr_step *s)
{
    static const char *const order[] = {"chain.form",         "chain.scope",         "chain.schema",
                                        "chain.jurisdiction", "chain.place_unknown", "chain.passed"};
    for (int i = 0; i < 6; i++)
        if (strcmp(s->id, order[i]) == 0) return i;
    return -1;
}

/* The entry of the scope that includes the use: it is what the granter must have been allowed to grant. */
static int check_scope(struct climber *w, const struct hop *h, const struct use *use, bool is_first, struct use *ret,
                       struct mr_step *ret_step)
{
    const mr_json *scope = mr_json_get(mr_each_first(mr_json_get(h->payload, "credentialSubject")), "accreditedFor");
    *ret = *use;
    *ret_step = step_of(MR_FAILED, "chain.form", h->found.source);
    if (role_of(h->payload) == ROLE_ROOT) {
        *ret_step = step_of(MR_PASSED, "chain.passed", FROM_NOWHERE); /* covers all that is below it */
        return MR_OK;
    }
    MR_EACH(item, scope)
    {
        struct use entry = {.accredits = true};
        MR_TRY(read_list(w, mr_json_get(item, "types"), false, &entry.types));
        MR_TRY(read_list(w, mr_json_get(item, "schemaId"), false, &entry.schemas));
        MR_TRY(read_list(w, mr_json_get(item, "limitJurisdiction"), true, &entry.places));
        drop_general(&entry.types);
        struct mr_step step = compare(&entry, use, is_first);
        if (nearness(&step) <= nearness(ret_step)) continue;
        *ret_step = step;
        *ret = entry;
        if (step.state == MR_PASSED) break;
    }
    return MR_OK;
}

/* Revoked since? Of an accreditation that was found elsewhere than in its registry, the registry is asked. */
static int check_status(struct climber *w, const struct hop *h, struct mr_step *ret)
{
    const mr_json *status = mr_json_get(h->payload, "credentialStatus");
    *ret = step_of(MR_PASSED, "chain.passed", FROM_NOWHERE);
    if (!status) return MR_OK;
    if (!mr_each_has(mr_each_get(status, "type"), "EbsiAccreditationEntry")) {
        const struct mr_status_asking asking = {.opening = w->c->opening, .issuer = h->record.issuer};
        struct mr_status_answer answer;
        MR_TRY(mr_status_ask(w->a, &asking, h->payload, &answer, w->err));
        if (answer.step.state == MR_FAILED) *ret = step_of(MR_FAILED, "chain.revoked", answer.list);
        if (answer.step.state == MR_UNCHECKED) *ret = step_of(MR_UNCHECKED, "chain.status", answer.list);
        return MR_OK;
    }
    mr_str url = id_of(status);
    if (h->found.is_registered) return MR_OK;
    if (!mr_trust_find_registry(w->c->trust, url)) {
        *ret = step_of(MR_UNCHECKED, "chain.registry_unknown", url);
        return MR_OK;
    }
    struct found now = {.why = {.state = MR_UNCHECKED, .id = "chain.status", .at = MR_TIME_NONE}};
    MR_TRY(ask(w, url, &now));
    if (!now.text.len)
        *ret = now.why.state == MR_FAILED ? now.why : step_of(MR_UNCHECKED, "chain.status", url);
    else if (!mr_str_eq(now.text, h->record.text))
        *ret = step_of(MR_FAILED, "chain.revoked", url); /* another has taken its place */
    return MR_OK;
}

/* ---- climbing ---- */

static int read_use(struct climber *w, const mr_json *document, struct use *ret)
{
    *ret = (struct use){.accredits = is_accreditation(document)};
    MR_TRY(read_list(w, mr_json_get(document, "type"), false, &ret->types));
    MR_TRY(read_list(w, mr_json_get(document, "credentialSchema"), false, &ret->schemas));
    drop_general(&ret->types);
    /* Who may accredit may use the types of accreditations themselves. */
    if (ret->accredits) ret->types.count = 0, ret->schemas.count = 0;
    ret->places = (mr_strs){MR_NEW(w->a, mr_str), 0};
    if (!ret->places.items) return out_of_memory(w);
    if (w->c->place.len) ret->places.items[ret->places.count++] = w->c->place;
    return MR_OK;
}

static int describe_link(struct climber *w, const struct hop *h, mr_str grantee, const struct use *used, size_t depth)
{
    struct mr_chain_link *l = &w->ret->links[depth];
    mr_str types = MR_STR_EMPTY;
    *l = (struct mr_chain_link){.granter = h->record.issuer, .grantee = grantee, .source = h->found.source};
    read_times(h->payload, &l->from, &l->until);
    for (size_t i = 0; i < used->types.count; i++)
        types = mr_arena_format(w->a, "%.*s%s%.*s", MR_STR_ARG(types), i ? ", " : "", MR_STR_ARG(used->types.items[i]));
    l->types = types;
    w->ret->count = depth + 1;
    return MR_OK;
}

static int climb(struct climber *w, mr_str issuer, const mr_json *document, const struct use *use, size_t depth,
                 struct mr_step *ret);

/* One policy: the accreditation that it names, and whoever stands above it. */
static int climb_policy(struct climber *w, mr_str grantee, const mr_json *policy, const struct use *use, size_t depth,
                        struct mr_step *ret)
{
    struct hop h = {0};
    struct use used;
    mr_str url = address_of(policy), in_address = part_behind(url, "/issuers/");
    if (in_address.len && !is_same_did(in_address, grantee)) {
        *ret = step_of(MR_FAILED, "chain.address", url);
        return MR_OK;
    }
    if (w->tries++ >= MR_LIMIT_ACCREDITATION_TRIES) {
        *ret = step_of(MR_UNCHECKED, "chain.too_many", url);
        return MR_OK;
    }
    MR_TRY(find(w, url, &h.found));
    *ret = h.found.why;
    if (!h.found.text.len) return MR_OK;
    MR_TRY(open_hop(w, &h, ret));
    if (ret->state != MR_PASSED) return MR_OK;
    *ret = check_parties(w, &h, grantee, use);
    if (ret->state != MR_PASSED) return MR_OK;
    MR_TRY(check_scope(w, &h, use, depth == 0, &used, ret));
    if (ret->state == MR_FAILED) return MR_OK;
    struct mr_step scope = *ret, status;
    MR_TRY(check_status(w, &h, &status));
    *ret = status;
    if (status.state == MR_FAILED) return MR_OK;
    MR_TRY(describe_link(w, &h, grantee, &used, depth));
    MR_TRY(climb(w, h.record.issuer, h.payload, &used, depth + 1, ret));
    /* What could not be told on the way is not made good by what stands above it. */
    if (ret->state == MR_PASSED && status.state != MR_PASSED) *ret = status;
    if (ret->state == MR_PASSED && scope.state != MR_PASSED) *ret = scope;
    return MR_OK;
}

static bool was_met(const struct climber *w, mr_str party, size_t depth)
{
    for (size_t i = 0; i < depth; i++)
        if (mr_str_eq(w->path[i], party)) return true;
    return false;
}

static int climb(struct climber *w, mr_str issuer, const mr_json *document, const struct use *use, size_t depth,
                 struct mr_step *ret)
{
    const struct mr_known_issuer *root = mr_trust_find_accreditor(w->c->trust, issuer);
    bool any = false;
    if (root) {
        w->ret->root = root->name.len ? root->name : root->id;
        *ret = step_of(MR_PASSED, "chain.passed", issuer);
        return MR_OK;
    }
    *ret = step_of(MR_FAILED, "chain.cycle", issuer);
    if (was_met(w, issuer, depth)) return MR_OK;
    *ret = step_of(MR_FAILED, "chain.too_long", issuer);
    if (depth == MR_LIMIT_ACCREDITATION_HOPS) return MR_OK;
    w->path[depth] = issuer;
    *ret = step_of(MR_UNCHECKED, "chain.root_unknown", issuer);
    MR_EACH(policy, mr_json_get(document, "termsOfUse"))
    {
        struct mr_step step;
        if (!is_policy(policy)) continue;
        MR_TRY(climb_policy(w, issuer, policy, use, depth, &step));
        if (step.state == MR_PASSED || !any || (step.state == MR_FAILED && ret->state == MR_UNCHECKED)) *ret = step;
        any = true;
        if (step.state == MR_PASSED) break;
    }
    return MR_OK;
}

int mr_accreditation_chain_follow(mr_arena *a, const struct mr_climbing *c, const mr_json *document,
                                  struct mr_accreditation_chain *ret, struct mr_err *err)
{
    struct climber w = {.a = a, .c = c, .ret = ret, .err = err};
    struct use use;
    *ret = (struct mr_accreditation_chain){0};
    MR_TRY(read_use(&w, document, &use));
    return climb(&w, id_of(mr_json_get(document, "issuer")), document, &use, 0, &ret->step);
}

mr_str mr_accreditation_chain_describe(mr_arena *a, const struct mr_accreditation_chain *c)
{
    mr_str all = MR_STR_EMPTY;
    for (size_t i = c->count; i > 0; i--) {
        const struct mr_chain_link *l = &c->links[i - 1];
        all = mr_arena_format(a, "%.*s%s%.*s accredited %.*s%s%.*s (%.*s)", MR_STR_ARG(all), all.len ? "; " : "",
                              MR_STR_ARG(l->granter), MR_STR_ARG(l->grantee), l->types.len ? " for " : "",
                              MR_STR_ARG(l->types), MR_STR_ARG(l->source));
    }
    return all;
}

/* ---- the rules of the schemas ---- */

static bool is_uri(mr_str s)
{
    return mr_str_find_char(s, ':') > 0 && mr_str_find_char(s, ' ') < 0;
}

static bool is_time(const mr_json *document, const char *name)
{
    int64_t time;
    return mr_time_parse(mr_json_get_str(document, name), &time, NULL) == MR_OK;
}

/* Objects with a type, and with an id where one is asked for. */
static bool are_typed(const mr_json *v, bool with_id)
{
    MR_EACH(item, v)
    {
        const mr_json *type = mr_json_get(item, "type"), *id = mr_json_get(item, "id");
        if (!mr_json_is(type, MR_JSON_STRING) && !(mr_each_is_texts(type) && !with_id)) return false;
        if (with_id ? !is_uri(mr_json_str(id)) : id && !mr_json_is(id, MR_JSON_STRING)) return false;
    }
    return true;
}

static const char *attestation_fault(const mr_json *d, bool is_second)
{
    static const char *const dates[] = {"validFrom", "issuanceDate", "issued"};
    const mr_json *types = mr_json_get(d, "type");
    const char *context = is_second ? MR_VCDM_2_CONTEXT : MR_VCDM_1_CONTEXT;
    const mr_json *schema = mr_json_get(d, "credentialSchema");
    if (!schema || !are_typed(schema, true)) return "credentialSchema";
    if (!mr_each_is_texts(mr_json_get(d, "@context")) || !mr_each_has(mr_json_get(d, "@context"), context))
        return "@context";
    if (!is_uri(mr_json_get_str(d, "id"))) return "id";
    if (!mr_each_is_texts(types) || (!is_second && !mr_each_has(types, "VerifiableAttestation"))) return "type";
    if (!is_uri(id_of(mr_json_get(d, "issuer")))) return "issuer";
    for (size_t i = 0; i < (is_second ? 1 : 3); i++)
        if (!is_time(d, dates[i])) return dates[i];
    if (!mr_json_is(mr_each_first(mr_json_get(d, "credentialSubject")), MR_JSON_OBJECT)) return "credentialSubject";
    if (!are_typed(mr_json_get(d, "credentialStatus"), true)) return "credentialStatus";
    return are_typed(mr_json_get(d, "termsOfUse"), false) ? NULL : "termsOfUse";
}

static const char *scope_fault(const mr_json *scope)
{
    MR_JSON_EACH (entry, scope) {
        const mr_json *places = mr_json_get(entry, "limitJurisdiction");
        if (!is_uri(mr_json_get_str(entry, "schemaId"))) return "credentialSubject.accreditedFor.schemaId";
        if (!mr_each_is_texts(mr_json_get(entry, "types"))) return "credentialSubject.accreditedFor.types";
        if (!mr_json_is(places, MR_JSON_STRING) && !mr_each_is_texts(places))
            return "credentialSubject.accreditedFor.limitJurisdiction";
    }
    return mr_json_is(scope, MR_JSON_ARRAY) ? NULL : "credentialSubject.accreditedFor";
}

const char *mr_accreditation_form_fault(const mr_json *document)
{
    const mr_json *subject = mr_json_get(document, "credentialSubject"),
                  *status = mr_json_get(document, "credentialStatus");
    const char *fault = attestation_fault(document, mr_vcdm_version_of(document) == MR_VCDM_2);
    enum role role = role_of(document);
    if (fault || (role != ROLE_ATTEST && role != ROLE_ACCREDIT)) return fault;
    if (!is_time(document, "expirationDate")) return "expirationDate";
    if (!is_uri(mr_json_get_str(subject, "id"))) return "credentialSubject.id";
    if (!mr_json_is(mr_json_get(subject, "reservedAttributeId"), MR_JSON_STRING))
        return "credentialSubject.reservedAttributeId";
    if (!mr_each_has(mr_json_get(status, "type"), "EbsiAccreditationEntry")) return "credentialStatus";
    if (!mr_json_get(document, "termsOfUse")) return "termsOfUse";
    return scope_fault(mr_json_get(subject, "accreditedFor"));
}
