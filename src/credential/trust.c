/* The folder of whom to trust, and its answers.
 *
 * A certificate is asked about in two steps. First its chain is built, with the anchors of the folder and the certificates of listed services that could
 * belong to it (mr_trust_collect): a chain ends in something known or it does not. Then the end is looked up (mr_trust_judge): is it a listed service, of a
 * kind that vouches for seals, with which status on the day of the seal? A PEM anchor needs no list; where both know it, the list is told of, because it
 * says more.
 *
 * What a list says holds from its states to its next update. Asked about a later day, it has no answer, and "not known" is never said in its place.
 *
 * "Not known" needs a list that would know: the trusted list of the country whose authority issued the certificate, not too old. Without one: undecided. */
#include "credential/trust.h"

#include "base/encoding.h"
#include "base/file.h"
#include "base/limits.h"
#include "json/json.h"

const char *mr_trust_state_name(mr_trust_state s)
{
    static const char *const names[] = {[MR_TRUST_UNDECIDED] = "undecided",
                                        [MR_TRUST_NOT_KNOWN] = "not_known",
                                        [MR_TRUST_KNOWN] = "known",
                                        [MR_TRUST_WITHDRAWN] = "withdrawn"};
    return names[s];
}

/* ---- anchors ---- */

static int add_file(mr_arena *a, const char *path, mr_str name, mr_trust *t, mr_str *files, struct mr_err *err)
{
    mr_str pem = MR_STR_EMPTY;
    mr_certificate **found = NULL;
    size_t found_count = 0;
    MR_TRY(mr_file_read(a, path, MR_LIMIT_ANCHOR_FILE, &pem, err));
    if (mr_certificates_read_pem(a, pem, &found, &found_count, err) != MR_OK || found_count == 0)
        return MR_FAIL_DETAIL(err, MR_E_FORMAT, "no certificate can be read from this file", "%s", path);
    size_t kept = 0;
    while (kept < found_count && t->count < MR_LIMIT_ANCHORS) {
        files[t->count] = name;
        t->anchors[t->count++] = found[kept++];
    }
    if (kept == found_count) return MR_OK;
    while (kept < found_count) mr_certificate_free(found[kept++]);
    return MR_FAIL_DETAIL(err, MR_E_LIMIT, "too many trust anchors", "%s", path);
}

static int load_anchors(mr_arena *a, const char *folder, mr_trust *t, struct mr_err *err)
{
    mr_str *names = NULL, *files;
    size_t count = 0;
    MR_TRY(mr_file_list(a, folder, ".pem", MR_LIMIT_ANCHORS, &names, &count, err));
    t->anchors = MR_NEW_ARRAY(a, mr_certificate *, count ? MR_LIMIT_ANCHORS : 1);
    t->anchor_files = files = MR_NEW_ARRAY(a, mr_str, count ? MR_LIMIT_ANCHORS : 1);
    if (!t->anchors || !files) return MR_FAIL(err, MR_E_NOMEM, "no memory for trust anchors", MR_NOWHERE);
    for (size_t i = 0; i < count; i++) {
        mr_str path = mr_arena_format(a, "%s/%.*s", folder, MR_STR_ARG(names[i]));
        if (!path.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory", MR_NOWHERE);
        MR_TRY(add_file(a, path.ptr, names[i], t, files, err));
    }
    return MR_OK;
}

/* ---- known issuers ---- */

static int read_day(const mr_json *item, const char *name, const char *path, mr_date *ret, struct mr_err *err)
{
    mr_str text = mr_json_get_str(item, name);
    struct mr_err ignored;
    if (!mr_json_get(item, name)) return MR_OK;
    if (mr_date_parse(text.len > 10 ? mr_str_make(text.ptr, 10) : text, ret, &ignored) == MR_OK) return MR_OK;
    return MR_FAIL_DETAIL(err, MR_E_FORMAT, "a date of an issuer is no date", "%s", path);
}

static int add_issuer(const mr_json *item, mr_str id, mr_str says, const char *path, mr_trust *t, struct mr_err *err)
{
    mr_str own_says = mr_json_get_str(item, "says");
    struct mr_known_issuer known = {.id = id,
                                    .name = mr_json_get_str(item, "name"),
                                    .withdrawn = mr_json_get_str(item, "withdrawn"),
                                    .says = own_says.len ? own_says : says,
                                    .accredits = mr_json_is(mr_json_get(item, "accredits"), MR_JSON_TRUE),
                                    .registry = mr_json_get_str(item, "registry")};
    if (!known.id.len || !known.name.len)
        return MR_FAIL_DETAIL(err, MR_E_FORMAT, "an issuer has no id or no name", "%s", path);
    MR_TRY(read_day(item, "from", path, &known.from, err));
    MR_TRY(read_day(item, "until", path, &known.until, err));
    if (t->issuer_count == MR_LIMIT_ANCHORS)
        return MR_FAIL_DETAIL(err, MR_E_LIMIT, "too many known issuers", "%s", path);
    t->issuers[t->issuer_count++] = known;
    return MR_OK;
}

/* "dcc-members.json" without its ending: a register that does not name itself. */
static mr_str stem_of(const char *path)
{
    mr_str name = mr_str_of(path);
    for (ptrdiff_t at; (at = mr_str_find_char(name, '/')) >= 0;) name = mr_str_from(name, (size_t)at + 1);
    return mr_str_make(name.ptr, name.len - strlen(".json"));
}

/* {"registry": {"did:key:...": {"name": ...}}}, with "name" or "meta" of the register beside it. */
static int add_register(const mr_json *root, const char *path, mr_trust *t, struct mr_err *err)
{
    mr_str says = mr_json_get_str(root, "name");
    if (!says.len) says = mr_json_get_str(mr_json_get(root, "meta"), "name");
    if (!says.len) says = stem_of(path);
    MR_JSON_EACH_MEMBER (id, mr_json_get(root, "registry"))
        MR_TRY(add_issuer(id + 1, mr_json_text(id), says, path, t, err));
    return MR_OK;
}

static int add_issuers(mr_arena *a, const char *path, mr_trust *t, struct mr_err *err)
{
    mr_str text = MR_STR_EMPTY;
    const mr_json *list = NULL;
    MR_TRY(mr_file_read(a, path, MR_LIMIT_ANCHOR_FILE, &text, err));
    struct mr_err e = {0};
    if (mr_json_parse(a, text, NULL, &list, &e) != MR_OK)
        return MR_FAIL_DETAIL(err, e.code, "a list of issuers is no JSON", "%s: %s", path, e.message);
    if (mr_json_is(mr_json_get(list, "registry"), MR_JSON_OBJECT)) return add_register(list, path, t, err);
    if (!mr_json_is(list, MR_JSON_ARRAY)) return MR_FAIL_DETAIL(err, MR_E_FORMAT, "no list of issuers", "%s", path);
    MR_JSON_EACH (item, list) MR_TRY(add_issuer(item, mr_json_get_str(item, "id"), MR_STR_EMPTY, path, t, err));
    return MR_OK;
}

static int load_issuers(mr_arena *a, const char *folder, mr_trust *t, struct mr_err *err)
{
    mr_str *names = NULL;
    size_t count = 0;
    MR_TRY(mr_file_list(a, folder, ".json", MR_LIMIT_ANCHORS, &names, &count, err));
    if (!count) return MR_OK;
    t->issuers = MR_NEW_ARRAY(a, struct mr_known_issuer, MR_LIMIT_ANCHORS);
    if (!t->issuers) return MR_FAIL(err, MR_E_NOMEM, "no memory for known issuers", MR_NOWHERE);
    for (size_t i = 0; i < count; i++) {
        mr_str path = mr_arena_format(a, "%s/%.*s", folder, MR_STR_ARG(names[i]));
        if (!path.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory", MR_NOWHERE);
        MR_TRY(add_issuers(a, path.ptr, t, err));
    }
    return MR_OK;
}

static int load_records(mr_arena *a, const char *folder, mr_trust *t, struct mr_err *err)
{
    const char *records = mr_arena_format(a, "%s/accreditations", folder).ptr;
    if (!records) return MR_FAIL(err, MR_E_NOMEM, "no memory for accreditations", MR_NOWHERE);
    return mr_accreditations_load(a, records, &t->records, &t->record_count, err);
}

static bool holds_on(const struct mr_known_issuer *k, mr_date day)
{
    if (!mr_date_is_set(day)) return true;
    return !(mr_date_is_set(k->from) && mr_date_compare(day, k->from) < 0) &&
           !(mr_date_is_set(k->until) && mr_date_compare(day, k->until) > 0);
}

const struct mr_known_issuer *mr_trust_find(const mr_trust *t, mr_str id, mr_date day)
{
    const struct mr_known_issuer *other = NULL;
    for (size_t i = 0; t && id.len && i < t->issuer_count; i++) {
        const struct mr_known_issuer *k = &t->issuers[i];
        if (!k->name.len || !mr_str_eq(k->id, id)) continue;
        if (holds_on(k, day)) return k;
        if (!other) other = k;
    }
    return other;
}

const struct mr_known_issuer *mr_trust_find_accreditor(const mr_trust *t, mr_str id)
{
    for (size_t i = 0; t && id.len && i < t->issuer_count; i++)
        if (t->issuers[i].accredits && mr_str_eq(t->issuers[i].id, id)) return &t->issuers[i];
    return NULL;
}

const struct mr_known_issuer *mr_trust_find_registry(const mr_trust *t, mr_str url)
{
    for (size_t i = 0; t && i < t->issuer_count; i++) {
        mr_str registry = t->issuers[i].registry;
        /* with its slash, or https://registry.example would be https://registry.example.attacker.example, too */
        if (registry.len && registry.ptr[registry.len - 1] == '/' && mr_str_has_prefix(url, registry))
            return &t->issuers[i];
    }
    return NULL;
}

const struct mr_known_issuer *mr_trust_next_withdrawn(const mr_trust *t, mr_str id, const struct mr_known_issuer *after)
{
    size_t i = after ? (size_t)(after - t->issuers) + 1 : 0;
    for (; t && id.len && i < t->issuer_count; i++)
        if (t->issuers[i].withdrawn.len && mr_str_eq(t->issuers[i].id, id)) return &t->issuers[i];
    return NULL;
}

/* ---- the folder ---- */

/* Lists that cannot be relied on must not keep a credential of somebody else from being checked. */
static int load_lists(mr_arena *a, const char *folder, mr_trust *t, struct mr_err *err)
{
    struct mr_err why = {0};
    int code = mr_trust_cache_open(a, folder, &t->lists, &why);
    if (code == MR_OK) return MR_OK;
    if (code == MR_E_NOMEM) return MR_FAIL(err, code, why.message, MR_NOWHERE);
    t->lists_why = mr_arena_format(a, "%s: %s", why.message, why.detail);
    return t->lists_why.ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory", MR_NOWHERE);
}

int mr_trust_load(mr_arena *a, const char *folder, mr_trust *ret, struct mr_err *err)
{
    mr_trust t = {0};
    int code = load_anchors(a, folder, &t, err);
    if (code == MR_OK) code = load_issuers(a, folder, &t, err);
    if (code == MR_OK) code = load_lists(a, folder, &t, err);
    if (code == MR_OK) code = load_records(a, folder, &t, err);
    if (code) {
        mr_trust_done(&t);
        return code;
    }
    *ret = t;
    return MR_OK;
}

void mr_trust_done(mr_trust *t)
{
    for (size_t i = 0; i < t->count; i++) mr_certificate_free(t->anchors[i]);
    *t = (mr_trust){0};
}

/* ---- lists ---- */

bool mr_territory_is(mr_str a, mr_str b)
{
    static const char *const twice[][2] = {{"EL", "GR"}, {"UK", "GB"}};
    if (mr_str_eq_ascii_nocase(a, b)) return true;
    for (size_t i = 0; i < 2; i++) {
        mr_str x = mr_str_of(twice[i][0]), y = mr_str_of(twice[i][1]);
        if ((mr_str_eq_ascii_nocase(a, x) && mr_str_eq_ascii_nocase(b, y)) ||
            (mr_str_eq_ascii_nocase(a, y) && mr_str_eq_ascii_nocase(b, x)))
            return true;
    }
    return false;
}

/* The trusted list of a country, not a list of other lists or of attestation providers. */
static const struct mr_trust_list *find_country(const mr_trust_cache *c, mr_str territory)
{
    for (size_t i = 0; c && territory.len && i < c->count; i++)
        if (mr_str_is(c->lists[i].kind, "tsl") && !c->lists[i].announced &&
            mr_territory_is(c->lists[i].territory, territory))
            return &c->lists[i];
    return NULL;
}

size_t mr_trust_missing(const mr_trust_cache *c, size_t *ret_named)
{
    size_t missing = 0;
    *ret_named = 0;
    for (size_t i = 0; c && i < c->count; i++) {
        MR_JSON_EACH (territory, c->lists[i].announced) {
            ++*ret_named;
            missing += !find_country(c, mr_json_str(territory));
        }
    }
    return missing;
}

static bool is_stale(const struct mr_trust_list *l, int64_t at)
{
    return l->next_update != MR_TIME_NONE && at > l->next_update;
}

/* The certificates of one service, as far as they fit `c`: its issuer, or itself. */
static int collect_service(mr_arena *a, const mr_json *service, const mr_certificate *c, mr_certificate **ret,
                           size_t *ret_count, size_t room)
{
    MR_JSON_EACH (text, mr_json_get(service, "certificates")) {
        mr_certificate *found = NULL;
        mr_str der;
        struct mr_err ignored = {0};
        bool known = false;
        if (*ret_count == room) return MR_OK;
        if (mr_base64_read(a, mr_json_str(text), &der, &ignored) != MR_OK ||
            mr_certificate_read(der, &found, &ignored) != MR_OK)
            continue;
        bool fits = mr_str_eq(mr_certificate_subject_der(found), mr_certificate_issuer_der(c)) ||
                    mr_str_eq(der, mr_certificate_der(c));
        for (size_t i = 0; i < *ret_count && !known; i++)
            known = mr_str_eq(mr_certificate_der(ret[i]), mr_certificate_der(found));
        if (fits && !known)
            ret[(*ret_count)++] = found;
        else
            mr_certificate_free(found);
    }
    return MR_OK;
}

static bool is_anchor_service(const mr_json *service)
{
    MR_JSON_EACH (state, mr_json_get(service, "states")) {
        const struct mr_service_state s = {.state = state, .type = mr_json_get_str(state, "type")};
        if (mr_service_is_for_seals(&s) || mr_service_is_for_time_stamps(&s)) return true;
    }
    return false;
}

int mr_trust_collect(const mr_trust *t, mr_arena *a, mr_certificate *const *certificates, size_t count,
                     mr_certificate **ret, size_t *ret_count, size_t room, bool *ret_broken, struct mr_err *err)
{
    for (size_t i = 0; t && t->lists && i < count; i++) {
        const mr_str subjects[] = {mr_certificate_issuer_der(certificates[i]),
                                   mr_certificate_subject_der(certificates[i])};
        size_t asked = mr_str_eq(subjects[0], subjects[1]) ? 1 : 2;
        for (size_t k = 0; k < asked; k++) {
            struct mr_listed listed[MR_LISTED_MOST];
            size_t found = 0;
            struct mr_err why = {0};
            int code = mr_trust_cache_find_subject(t->lists, a, subjects[k], listed, &found, &why);
            if (code == MR_E_NOMEM) return MR_FAIL(err, code, "no memory for trusted lists", MR_NOWHERE);
            if (code != MR_OK) *ret_broken = true;
            for (size_t s = 0; s < found; s++)
                if (is_anchor_service(listed[s].service))
                    MR_TRY(collect_service(a, listed[s].service, certificates[i], ret, ret_count, room));
        }
    }
    return MR_OK;
}

/* ---- judging a certificate ---- */

/* How much a listed service says for the seal: more is better. */
static int rank_of(const struct mr_trust_answer *x)
{
    return x->state == MR_TRUST_KNOWN ? 10 + (int)x->standing : x->state == MR_TRUST_WITHDRAWN ? 2 : x->list ? 1 : 0;
}

/* What one service says. */
static void judge_service(const struct mr_trust_question *q, const struct mr_listed *l, struct mr_trust_answer *ret)
{
    struct mr_service_state s = mr_service_at(l->service, q->at);
    *ret = (struct mr_trust_answer){.at = q->at,
                                    .party = mr_json_get_str(l->service, "party"),
                                    .list = l->list,
                                    .service_type = s.type,
                                    .status = s.status,
                                    .since = s.since,
                                    .until = mr_service_until(l->service, q->at),
                                    .stale = is_stale(l->list, q->at),
                                    .standing_why = "the list does not vouch for the seal"};
    if (ret->stale) {
        ret->id = "trust.list_old";
        ret->standing_why = "the list is past its next update";
    } else if (!s.state) {
        ret->state = MR_TRUST_WITHDRAWN;
        ret->id = "trust.not_yet_listed";
        ret->since = mr_service_until(l->service, q->at);
    } else if (!mr_service_is_for_seals(&s)) {
        ret->state = MR_TRUST_NOT_KNOWN;
        ret->id = "trust.other_service";
    } else if (!mr_service_is_active(&s)) {
        struct mr_service_state claimed = mr_service_at(l->service, q->claimed);
        bool was = q->claimed != MR_TIME_NONE && mr_service_is_for_seals(&claimed) && mr_service_is_active(&claimed);
        ret->state = was ? MR_TRUST_UNDECIDED : MR_TRUST_WITHDRAWN;
        ret->id = was ? "trust.withdrawn_since" : "trust.withdrawn";
    } else {
        ret->state = MR_TRUST_KNOWN;
        ret->standing = mr_standing_of(q->leaf, l->service, q->at, &ret->standing_why);
        ret->id = "trust.listed";
    }
}

/* The best of what the lists say about a certificate; list NULL when they do not name it. */
static int ask_lists(const mr_trust *t, mr_arena *a, const struct mr_trust_question *q, struct mr_trust_answer *ret,
                     struct mr_err *err)
{
    struct mr_listed listed[MR_LISTED_MOST];
    size_t count = 0;
    struct mr_err why = {0};
    *ret = (struct mr_trust_answer){.at = q->at, .since = MR_TIME_NONE, .until = MR_TIME_NONE};
    if (!t->lists || !q->anchor) return MR_OK;
    int code = mr_trust_cache_find_subject(t->lists, a, mr_certificate_subject_der(q->anchor), listed, &count, &why);
    if (code == MR_E_NOMEM) return MR_FAIL(err, code, "no memory for trusted lists", MR_NOWHERE);
    for (size_t i = 0; i < count; i++) {
        struct mr_trust_answer one;
        if (!mr_service_has_certificate(listed[i].service, a, q->anchor)) continue;
        judge_service(q, &listed[i], &one);
        if (!ret->list || rank_of(&one) > rank_of(ret)) *ret = one;
    }
    if (code == MR_OK || ret->state == MR_TRUST_KNOWN) return MR_OK;
    ret->state = MR_TRUST_UNDECIDED;
    ret->id = "trust.lists_changed";
    ret->list = NULL;
    return MR_OK;
}

static ptrdiff_t find_anchor(const mr_trust *t, const mr_certificate *c)
{
    for (size_t i = 0; c && i < t->count; i++)
        if (mr_str_eq(mr_certificate_der(t->anchors[i]), mr_certificate_der(c))) return (ptrdiff_t)i;
    return -1;
}

static void judge_anchor(const mr_trust *t, mr_arena *a, size_t at, const mr_certificate *c, struct mr_trust_answer *x)
{
    const struct mr_certificate_name *n = mr_certificate_subject(c);
    x->state = MR_TRUST_KNOWN;
    x->id = "trust.passed";
    x->party = mr_arena_dup(a, n->common_name.len ? n->common_name : n->organisation.len ? n->organisation : n->line);
    if (t->anchor_files) x->says = t->anchor_files[at];
    x->list = NULL;
    x->standing = MR_STANDING_UNDECIDED;
    x->standing_why = "a trust anchor of this installation vouches for it, and no trusted list";
}

/* Nothing vouches for it. Is there anything here that would? */
static void judge_unknown(const mr_trust *t, const struct mr_trust_question *q, struct mr_trust_answer *x)
{
    mr_str country = mr_certificate_issuer(q->leaf)->country;
    const struct mr_trust_list *list = find_country(t->lists, country);
    x->territory = country;
    x->standing_why = "no list that could decide is here";
    if (t->lists_why.len || q->lists_broken)
        x->id = "trust.lists_changed";
    else if (!t->lists && t->count == 0)
        x->id = "trust.no_anchors";
    else if (!t->lists) {
        x->state = MR_TRUST_NOT_KNOWN;
        x->id = "trust.not_reached";
    } else if (!list)
        x->id = "trust.no_list";
    else if (is_stale(list, q->at)) {
        x->list = list;
        x->stale = true;
        x->id = "trust.list_old";
    } else {
        x->list = list;
        x->state = MR_TRUST_NOT_KNOWN;
        x->id = "trust.not_listed";
        x->standing = MR_STANDING_ADVANCED;
        x->standing_why = "its issuer is not on the trusted list of its country";
    }
}

int mr_trust_judge(const mr_trust *t, mr_arena *a, const struct mr_trust_question *q, struct mr_trust_answer *ret,
                   struct mr_err *err)
{
    static const mr_trust none;
    struct mr_trust_answer x;
    size_t named;
    if (!t) t = &none;
    MR_TRY(ask_lists(t, a, q, &x, err));
    ptrdiff_t anchor = find_anchor(t, q->anchor);
    if (x.state != MR_TRUST_KNOWN && anchor >= 0)
        judge_anchor(t, a, (size_t)anchor, q->anchor, &x);
    else if (!x.id)
        judge_unknown(t, q, &x);
    x.partial = mr_trust_missing(t->lists, &named) > 0;
    *ret = x;
    return MR_OK;
}

int mr_trust_standing(const mr_trust *t, mr_arena *a, mr_certificate *leaf, mr_certificate *const *pool,
                      size_t pool_count, int64_t at, struct mr_trust_answer *ret, struct mr_err *err)
{
    enum { ROOM = 64 };
    size_t count = t ? t->count : 0, own = count;
    mr_certificate **all = MR_NEW_ARRAY(a, mr_certificate *, pool_count + 1),
                   **anchors = MR_NEW_ARRAY(a, mr_certificate *, count + ROOM);
    struct mr_chain chain;
    bool broken = false;
    if (!all || !anchors) return MR_FAIL(err, MR_E_NOMEM, "no memory for a chain", MR_NOWHERE);
    if (count) memcpy(anchors, t->anchors, count * sizeof *anchors);
    all[0] = leaf;
    if (pool_count) memcpy(all + 1, pool, pool_count * sizeof *all);
    int code = mr_trust_collect(t, a, all, pool_count + 1, anchors, &count, own + ROOM, &broken, err);
    if (code == MR_OK) code = mr_chain_build(leaf, pool, pool_count, anchors, count, at, &chain, err);
    if (code == MR_OK) {
        struct mr_trust_question q = {.leaf = leaf, .at = at, .claimed = MR_TIME_NONE, .lists_broken = broken};
        if (chain.state == MR_CHAIN_ANCHORED && chain.count) q.anchor = chain.certificates[chain.count - 1];
        code = mr_trust_judge(t, a, &q, ret, err);
        if (code == MR_OK && chain.state == MR_CHAIN_BROKEN && ret->state != MR_TRUST_KNOWN) {
            ret->state = MR_TRUST_NOT_KNOWN;
            ret->id = "trust.broken";
            ret->standing_why = chain.why;
        }
    }
    for (size_t i = own; i < count; i++) mr_certificate_free(anchors[i]);
    return code;
}

/* ---- judging an identifier ---- */

static int64_t day_to_time(mr_date d)
{
    return mr_date_is_set(d) ? mr_date_to_time(d) : MR_TIME_NONE;
}

static void judge_known(const struct mr_known_issuer *k, int64_t at, int64_t now, struct mr_trust_answer *x)
{
    bool then = holds_on(k, mr_date_of_time(at)), still = holds_on(k, mr_date_of_time(now));
    x->party = k->name;
    x->says = k->says;
    x->since = day_to_time(k->from);
    x->until = day_to_time(k->until);
    x->state = then ? MR_TRUST_KNOWN : MR_TRUST_WITHDRAWN;
    x->id = then && still ? "trust.known" : then ? "trust.known_until" : "trust.known_other_time";
}

static int ask_lists_for_id(const mr_trust *t, mr_arena *a, mr_str id, int64_t at, struct mr_trust_answer *x,
                            struct mr_err *err)
{
    struct mr_listed listed[MR_LISTED_MOST];
    size_t count = 0;
    struct mr_err why = {0};
    int code = mr_trust_cache_find_id(t->lists, a, id, listed, &count, &why);
    if (code == MR_E_NOMEM) return MR_FAIL(err, code, "no memory for trusted lists", MR_NOWHERE);
    for (size_t i = 0; i < count; i++) {
        struct mr_service_state s = mr_service_at(listed[i].service, at);
        bool names = false;
        MR_JSON_EACH (one, mr_json_get(listed[i].service, "ids")) names |= mr_str_eq(mr_json_str(one), id);
        if (!names || x->state == MR_TRUST_KNOWN || !mr_service_is_for_seals(&s)) continue;
        bool stale = is_stale(listed[i].list, at);
        *x = (struct mr_trust_answer){.at = at,
                                      .party = mr_json_get_str(listed[i].service, "party"),
                                      .list = listed[i].list,
                                      .service_type = s.type,
                                      .status = s.status,
                                      .since = s.since,
                                      .until = mr_service_until(listed[i].service, at),
                                      .stale = stale};
        bool active = mr_service_is_active(&s);
        x->state = stale ? MR_TRUST_UNDECIDED : active ? MR_TRUST_KNOWN : MR_TRUST_WITHDRAWN;
        x->id = stale ? "trust.list_old" : active ? "trust.named" : "trust.withdrawn";
    }
    return MR_OK;
}

int mr_trust_judge_identifier(const mr_trust *t, mr_arena *a, mr_str id, int64_t at, int64_t now,
                              struct mr_trust_answer *ret, struct mr_err *err)
{
    const struct mr_known_issuer *k = mr_trust_find(t, id, mr_date_of_time(at));
    struct mr_trust_answer x = {.at = at, .since = MR_TIME_NONE, .until = MR_TIME_NONE, .id = "trust.identifier"};
    if (t && t->issuer_count) x.state = MR_TRUST_NOT_KNOWN;
    if (k) judge_known(k, at, now, &x);
    if (x.state != MR_TRUST_KNOWN && t && t->lists) MR_TRY(ask_lists_for_id(t, a, id, at, &x, err));
    *ret = x;
    return MR_OK;
}
