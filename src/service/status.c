/* Statuses: places, decisions, published lists.
 *
 * A list is signed when somebody asks and kept in memory. It is asked for by everybody who verifies, needs no permission, and signing opens an
 * encrypted key file, so that one signing must serve them all: whoever comes while a list is being signed waits for it. What is kept is
 * known by its address; the count of changes that it was made from tells whether it is still right, also when the command line changed something
 * beside the server. */
#include "service/status.h"

#include "base/id.h"
#include "base/limits.h"
#include "crypto/digest.h"
#include "service/audit.h"
#include "service/catalogue.h"
#include "service/event.h"
#include "service/installation.h"
#include "service/maker.h"
#include "store/achievement.h"
#include "store/organisation.h"
#include "store/status.h"

static const char *const forms[] = {"revocation", "suspension", "token"};

const char *mr_status_form_name(mr_status_form form)
{
    return forms[form];
}

bool mr_status_form_find(mr_str name, mr_status_form *ret)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (!mr_str_is(name, forms[i])) continue;
        *ret = (mr_status_form)i;
        return true;
    }
    return false;
}

mr_str mr_status_base(const mr_service *s, mr_arena *a)
{
    return mr_arena_format(a, "%.*s/status", MR_STR_ARG(s->public_url));
}

mr_str mr_status_withdrawn_url(mr_arena *a, mr_str base, mr_str issuer)
{
    return mr_arena_format(a, "%.*s/withdrawn/%.*s", MR_STR_ARG(base), MR_STR_ARG(issuer));
}

/* ---- places ---- */

void mr_status_award_key(const mr_service *s, const mr_specification *specification, mr_str learner_key, char out[33])
{
    MR_CLEANUP(mr_buf_done) mr_buf b;
    mr_buf_init(&b, MR_KIB * 3);
    mr_buf_put(&b, specification->id);
    mr_buf_putc(&b, '\n');
    mr_buf_put(&b, specification->version);
    mr_buf_putc(&b, '\n');
    mr_buf_put(&b, learner_key);
    mr_service_mac(s, "award", mr_buf_str(&b), out);
}

struct allocation {
    mr_service *s;
    mr_arena *a;
    struct mr_status_taking where;
    mr_str provider;
    const mr_str *award_keys;
    size_t count;
    struct mr_status_place *places;
};

static int allocate(mr_db_tx *tx, void *self, struct mr_err *err)
{
    struct allocation *x = self;
    MR_TRY(mr_store_organisation_ensure(tx, x->a, x->s->env, x->provider, x->provider, &x->where.org_id, err));
    for (size_t i = 0; i < x->count; i++) {
        struct mr_status_entry_row entry;
        MR_TRY(mr_store_status_take(tx, x->a, x->s->env, &x->where, x->award_keys[i], &entry, err));
        x->places[i] = (struct mr_status_place){.list = entry.list, .index = (uint64_t)entry.index};
        memcpy(x->places[i].achievement_id, entry.achievement_id.ptr, 36);
    }
    return MR_OK;
}

int mr_status_allocate(mr_service *s, mr_arena *a, const mr_specification *specification, mr_str base,
                       const mr_str *award_keys, size_t count, struct mr_status_place **ret, struct mr_err *err)
{
    struct allocation x = {
        .s = s,
        .a = a,
        .where = {.issuer = mr_service_issuer(a, specification),
                  .base = base.len ? base : mr_status_base(s, a),
                  .size = s->status_size},
        .provider = mr_texts_get(specification->provider.name, mr_specification_primary_language(specification), NULL),
        .award_keys = award_keys,
        .count = count,
        .places = MR_NEW_ARRAY(a, struct mr_status_place, count),
    };
    if (!x.places || !x.where.base.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for the places", MR_NOWHERE);
    MR_TRY(mr_db_together(s->db, allocate, &x, err));
    *ret = x.places;
    return MR_OK;
}

/* ---- asking and deciding ---- */

mr_status mr_status_of_word(mr_str word)
{
    for (mr_status s = MR_STATUS_ACTIVE; s < MR_STATUS_REVOKED; s++)
        if (mr_str_is(word, mr_status_name(s))) return s;
    return MR_STATUS_REVOKED;
}

static int read_id(mr_str text, mr_str *ret, struct mr_err *err)
{
    mr_str urn = MR_STR("urn:credential:");
    *ret = mr_str_has_prefix(text, urn) ? mr_str_from(text, urn.len) : text;
    return mr_id_is_uuid(*ret)
               ? MR_OK
               : MR_FAIL(err, MR_E_NOT_FOUND, "no credential of this installation has this id", MR_NOWHERE);
}

/* What is known of an achievement: its row, its entry, or both. */
struct known {
    struct mr_achievement_row row;
    struct mr_status_entry_row entry;
};

static int find_known(mr_db_tx *tx, mr_arena *a, mr_str id, struct known *ret, struct mr_err *err)
{
    MR_TRY(mr_store_achievement_find(tx, a, id, &ret->row, err));
    MR_TRY(mr_store_status_find(tx, a, id, &ret->entry, err));
    if (ret->row.id.len || ret->entry.list_id.len) return MR_OK;
    return MR_FAIL(err, MR_E_NOT_FOUND, "no credential of this installation has this id", MR_NOWHERE);
}

static mr_str state_of(const struct known *k)
{
    return k->entry.list_id.len ? k->entry.state : k->row.status;
}

static mr_str org_of(const struct known *k)
{
    return k->row.id.len ? k->row.org_id : k->entry.org_id;
}

int mr_status_find(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id,
                   struct mr_achievement_status *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct known k;
    struct mr_status_change_row last;
    mr_str achievement;
    MR_TRY(read_id(id, &achievement, err));
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(find_known(tx, a, achievement, &k, err));
    MR_TRY(mr_authorise(actor, MR_MAY_ACHIEVEMENT_READ, org_of(&k), err));
    MR_TRY(mr_store_status_last_change(tx, a, achievement, &last, err));
    *ret = (struct mr_achievement_status){
        .achievement_id = mr_arena_dup(a, achievement),
        .status = mr_status_of_word(state_of(&k)),
        .changed_at = last.to.len ? last.changed_at : MR_TIME_NONE,
        .reason = last.reason,
        .reason_code = last.reason_code,
        .org_id = mr_arena_dup(a, org_of(&k)),
        .replaced_by = last.replaced_by,
        .is_listed = k.entry.list_id.len > 0,
        .learner = k.row.learner_name,
        .specification_id = k.row.specification_id,
        .batch_id = k.row.batch_id,
    };
    return MR_OK;
}

int mr_status_history(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, struct mr_status_step **ret,
                      size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_achievement_status now;
    struct mr_status_change_row *rows;
    size_t count;
    MR_TRY(mr_status_find(s, actor, a, id, &now, err));
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(mr_store_status_changes(tx, a, now.achievement_id, MR_LIMIT_API_PAGE, &rows, &count, err));
    struct mr_status_step *steps = MR_NEW_ARRAY(a, struct mr_status_step, count);
    if (!steps) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    for (size_t i = 0; i < count; i++)
        steps[i] = (struct mr_status_step){mr_status_of_word(rows[i].to), rows[i].changed_at, rows[i].reason};
    *ret = steps, *ret_count = count;
    return MR_OK;
}

const char *const mr_status_reasons[] = {"wrong_data", "not_entitled", "misconduct", "asked",
                                         "review",     "review_over",  "other",      NULL};

static bool is_reason(mr_str code)
{
    for (size_t i = 0; mr_status_reasons[i]; i++)
        if (mr_str_is(code, mr_status_reasons[i])) return true;
    return code.len == 0;
}

int mr_status_check_order(const struct mr_status_order *order, struct mr_err *err)
{
    size_t at = mr_utf8_check(order->reason);
    if (at < order->reason.len) return MR_FAIL(err, MR_E_UTF8, "the reason is not UTF-8", at);
    if (mr_utf8_length(order->reason) > MR_LIMIT_STATUS_REASON)
        return MR_FAIL_DETAIL(err, MR_E_LIMIT, "the reason is too long", "at most %d characters",
                              MR_LIMIT_STATUS_REASON);
    if (!is_reason(order->code))
        return MR_FAIL_DETAIL(err, MR_E_UNSUPPORTED, "there is no such code of a reason", "%.*s",
                              MR_STR_ARG(order->code));
    return MR_OK;
}

static int mail(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct known *k, const mr_specification *specification,
                mr_status to, struct mr_err *err)
{
    static const char *const templates[] = {"reinstated", "suspended", "revoked"};
    if (!k->row.id.len || mr_str_is(k->row.claim_state, "declined")) return MR_OK;
    return mr_maker_mail(s, tx, a, specification, &k->row, templates[to], MR_STR_EMPTY, err);
}

/* specification: NULL when it lives in files, which are in a list, and whose learner is not known. */
static int change(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct known *k, mr_str id, mr_str successor,
                  const mr_specification *specification, const struct mr_status_order *order, bool *ret_changed,
                  struct mr_err *err)
{
    mr_str from = state_of(k);
    *ret_changed = false;
    if (mr_str_is(from, mr_status_name(order->to))) return MR_OK;
    if (mr_status_of_word(from) == MR_STATUS_REVOKED)
        return MR_FAIL(err, MR_E_STATE, "this credential was withdrawn for good, and that cannot be taken back",
                       MR_NOWHERE);
    const struct mr_status_change_row row = {
        .org_id = k->entry.list_id.len ? k->entry.org_id : k->row.org_id,
        .issuer = k->entry.list_id.len ? k->entry.issuer : mr_service_issuer(a, specification),
        .achievement_id = id,
        .from = from,
        .to = mr_str_of(mr_status_name(order->to)),
        .reason = order->reason.len ? order->reason : MR_STR(""),
        .reason_code = order->code,
        .replaced_by = successor.len ? successor : MR_STR(""),
        .changed_at = mr_env_now(s->env),
    };
    MR_TRY(mr_store_status_change(tx, s->env, &row, err));
    *ret_changed = true;
    mr_str data = mr_arena_format(a, "\"status\":\"%.*s\"", MR_STR_ARG(row.to));
    MR_TRY(mr_event(s, tx, row.org_id, "achievement.status", id, data, err));
    return order->mail && specification ? mail(s, tx, a, k, specification, order->to, err) : MR_OK;
}

int mr_status_change_in(mr_service *s, mr_db_tx *tx, mr_arena *a, mr_str achievement_id, mr_str successor,
                        const mr_specification *specification, const struct mr_status_order *order, bool *ret_changed,
                        struct mr_err *err)
{
    struct known k;
    MR_TRY(find_known(tx, a, achievement_id, &k, err));
    return change(s, tx, a, &k, achievement_id, successor, specification, order, ret_changed, err);
}

/* One credential is to be changed; what it belongs to is looked up before the transaction that writes. */
struct one {
    mr_service *s;
    const struct mr_actor *actor;
    mr_arena *a;
    mr_str id, successor; /* achievement ids; successor may be empty */
    const struct mr_status_order *order;
    const mr_specification *specification; /* NULL: it lives in files */
};

/* Nothing takes the place of another that is withdrawn itself, or another provider's. */
static int check_successor(mr_db_tx *tx, const struct one *one, struct mr_err *err)
{
    struct known k;
    if (one->successor.len == 0) return MR_OK;
    if (mr_str_eq(one->successor, one->id))
        return MR_FAIL(err, MR_E_USAGE, "a credential cannot take its own place", MR_NOWHERE);
    MR_TRY(find_known(tx, one->a, one->successor, &k, err));
    MR_TRY(mr_authorise(one->actor, MR_MAY_ACHIEVEMENT_READ, org_of(&k), err));
    if (mr_status_of_word(state_of(&k)) == MR_STATUS_REVOKED)
        return MR_FAIL(err, MR_E_STATE, "the credential that is to take its place is withdrawn itself", MR_NOWHERE);
    return MR_OK;
}

static int change_one(mr_db_tx *tx, void *self, struct mr_err *err)
{
    const struct one *one = self;
    struct known k;
    bool changed;
    MR_TRY(find_known(tx, one->a, one->id, &k, err));
    MR_TRY(mr_authorise(one->actor, MR_MAY_ACHIEVEMENT_STATUS, org_of(&k), err));
    MR_TRY(check_successor(tx, one, err));
    MR_TRY(change(one->s, tx, one->a, &k, one->id, one->successor, one->specification, one->order, &changed, err));
    if (!changed) return MR_OK;
    return mr_audit(one->s, tx, one->actor, MR_MAY_ACHIEVEMENT_STATUS, org_of(&k), one->id,
                    mr_str_of(mr_status_name(one->order->to)), err);
}

static int make_change(struct one *one, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_published published;
    struct known k;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    one->a = &a;
    MR_TRY(mr_status_check_order(one->order, err));
    MR_TRY(mr_db_begin(one->s->db, false, &tx, err));
    MR_TRY(find_known(tx, &a, one->id, &k, err));
    mr_db_rollbackp(&tx);
    tx = NULL;
    if (k.row.id.len) {
        MR_TRY(mr_catalogue_get(one->s, &a, k.row.specification_id, &published, err));
        one->specification = &published.specification;
    }
    return mr_db_together(one->s->db, change_one, one, err);
}

int mr_status_set(mr_service *s, const struct mr_actor *actor, mr_str id, const struct mr_status_order *order,
                  struct mr_err *err)
{
    struct one one = {.s = s, .actor = actor, .order = order};
    MR_TRY(read_id(id, &one.id, err));
    return make_change(&one, err);
}

int mr_status_replace(mr_service *s, const struct mr_actor *actor, mr_str id, mr_str successor, mr_str reason,
                      struct mr_err *err)
{
    const struct mr_status_order order = {.to = MR_STATUS_REVOKED, .reason = reason};
    struct one one = {.s = s, .actor = actor, .order = &order};
    MR_TRY(read_id(id, &one.id, err));
    MR_TRY(read_id(successor, &one.successor, err));
    return make_change(&one, err);
}

int mr_status_page(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str after, size_t limit,
                   struct mr_achievement_status **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_status_row *rows;
    size_t count;
    MR_TRY(mr_authorise(actor, MR_MAY_INSTALLATION_READ, MR_STR_EMPTY, err));
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(mr_store_status_page(tx, a, after, limit, &rows, &count, err));
    struct mr_achievement_status *list = MR_NEW_ARRAY(a, struct mr_achievement_status, count);
    if (!list) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    for (size_t i = 0; i < count; i++)
        list[i] = (struct mr_achievement_status){.achievement_id = rows[i].achievement_id,
                                                 .status = mr_status_of_word(rows[i].state),
                                                 .changed_at = rows[i].changed_at,
                                                 .is_listed = rows[i].is_listed,
                                                 .replaced_by = rows[i].replaced_by,
                                                 .learner = rows[i].learner_name};
    *ret = list, *ret_count = count;
    return MR_OK;
}

/* ---- signing ---- */

/* The seal given, or the issuer's own in `own`, which the caller gives back. */
static int choose_seal(mr_service *s, mr_str issuer, const struct mr_seal_key *given, struct mr_seal_key *own,
                       const struct mr_seal_key **ret, struct mr_err *err)
{
    *ret = given ? given : own;
    return given ? MR_OK : mr_service_seal_named(s, issuer, own, err);
}

static int find_list(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_status_list_row *ret, struct mr_err *err)
{
    MR_TRY(mr_store_status_list_find(tx, a, id, ret, err));
    return ret->id.len ? MR_OK : MR_FAIL(err, MR_E_NOT_FOUND, "no such status list", MR_NOWHERE);
}

static mr_str url_of(mr_arena *a, const struct mr_status_list_row *list)
{
    return mr_arena_format(a, "%.*s/%.*s", MR_STR_ARG(list->base), MR_STR_ARG(list->id));
}

/* Its URL and its entries as they are now. Lists are never shorter than the standard's least length, in which one entry hides (Bitstring Status List section 5.2). */
static int read_list(mr_service *s, mr_arena *a, mr_str list_id, struct mr_status_list_row *list,
                     struct mr_status_publishing *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(find_list(tx, a, list_id, list, err));
    size_t count = (size_t)list->size > MR_LIMIT_STATUS_INDEXES ? (size_t)list->size : MR_LIMIT_STATUS_INDEXES;
    uint8_t *octets = MR_NEW_ARRAY(a, uint8_t, count);
    ret->base = url_of(a, list);
    if (!octets || !ret->base.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for the status list", MR_NOWHERE);
    ret->statuses = octets, ret->count = count;
    return mr_store_status_list_read(tx, list->id, octets, count, err);
}

int mr_status_write(mr_service *s, mr_arena *a, mr_str list_id, mr_status_form form, const struct mr_seal_key *seal,
                    mr_buf *out, struct mr_err *err)
{
    MR_CLEANUP(mr_seal_key_done) struct mr_seal_key own = {0};
    struct mr_status_publishing p = {.now = mr_env_now(s->env), .valid_for_ms = MR_STATUS_VALID_MS};
    struct mr_status_list_row list;
    MR_TRY(read_list(s, a, list_id, &list, &p, err));
    MR_TRY(choose_seal(s, list.issuer, seal, &own, &seal, err));
    mr_certificate *chain[MR_SEAL_CHAIN_MOST];
    size_t chain_count = mr_seal_key_chain(seal, chain);
    return mr_status_publish(a, &p, form, seal->key, chain, chain_count, MR_STR_EMPTY, out, err);
}

static int read_revoked(mr_service *s, mr_arena *a, mr_str issuer, mr_str **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(mr_store_status_revoked(tx, a, issuer, ret, ret_count, err));
    mr_str *ids = *ret;
    for (size_t i = 0; i < *ret_count; i++) {
        ids[i] = mr_arena_format(a, "urn:credential:%.*s", MR_STR_ARG(ids[i]));
        if (!ids[i].ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    }
    return MR_OK;
}

int mr_status_write_withdrawn(mr_service *s, mr_arena *a, mr_str issuer, mr_str url, const struct mr_seal_key *seal,
                              mr_buf *out, struct mr_err *err)
{
    MR_CLEANUP(mr_seal_key_done) struct mr_seal_key own = {0};
    const struct mr_status_publishing p = {.base = url, .now = mr_env_now(s->env), .valid_for_ms = MR_STATUS_VALID_MS};
    mr_str *ids;
    size_t count;
    MR_TRY(read_revoked(s, a, issuer, &ids, &count, err));
    MR_TRY(choose_seal(s, issuer, seal, &own, &seal, err));
    mr_certificate *chain[MR_SEAL_CHAIN_MOST];
    size_t chain_count = mr_seal_key_chain(seal, chain);
    return mr_status_publish_withdrawn(a, &p, ids, count, seal->key, chain, chain_count, out, err);
}

int mr_status_lists(mr_service *s, mr_arena *a, struct mr_kept_list **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_status_list_row *rows;
    size_t count;
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(mr_store_status_list_all(tx, a, &rows, &count, err));
    struct mr_kept_list *lists = MR_NEW_ARRAY(a, struct mr_kept_list, count);
    if (!lists) return MR_FAIL(err, MR_E_NOMEM, "no memory for the lists", MR_NOWHERE);
    for (size_t i = 0; i < count; i++)
        lists[i] = (struct mr_kept_list){.id = rows[i].id,
                                         .base = rows[i].base,
                                         .url = url_of(a, &rows[i]),
                                         .issuer = rows[i].issuer,
                                         .used = rows[i].used};
    *ret = lists, *ret_count = count;
    return MR_OK;
}

/* ---- serving ---- */

/* What is asked for: a form of a list, or, with list_id empty, an issuer's withdrawn ids. */
struct asked {
    mr_str list_id, issuer;
    mr_status_form form;
    int64_t version; /* changes so far */
};

static void name_asked(const struct asked *what, uint8_t out[32])
{
    MR_CLEANUP(mr_buf_done) mr_buf b;
    mr_buf_init(&b, MR_KIB);
    mr_buf_put(&b, what->list_id.len ? what->list_id : what->issuer);
    mr_buf_putc(&b, '/');
    mr_buf_puts(&b, what->list_id.len ? mr_status_form_name(what->form) : "withdrawn");
    mr_sha256(mr_buf_str(&b), out);
}

/* The slot that holds it, else the one whose time is over first. Under the lock. */
static struct mr_status_signed *find_slot(mr_service *s, const uint8_t name[32])
{
    struct mr_status_signed *oldest = &s->status_signed[0];
    for (size_t i = 0; i < MR_LIMIT_STATUS_KEPT; i++) {
        struct mr_status_signed *slot = &s->status_signed[i];
        if (slot->until && memcmp(slot->name, name, sizeof slot->name) == 0) return slot;
        if (slot->until < oldest->until) oldest = slot;
    }
    return oldest;
}

static int sign_into(mr_service *s, struct mr_status_signed *slot, const struct asked *what, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    slot->until = 0;
    mr_buf_done(&slot->text);
    mr_buf_init(&slot->text, MR_LIMIT_STATUS_DOCUMENT);
    mr_str url = mr_status_withdrawn_url(&a, mr_status_base(s, &a), what->issuer);
    MR_TRY(what->list_id.len ? mr_status_write(s, &a, what->list_id, what->form, NULL, &slot->text, err)
                             : mr_status_write_withdrawn(s, &a, what->issuer, url, NULL, &slot->text, err));
    if (mr_buf_failed(&slot->text)) return MR_FAIL(err, MR_E_LIMIT, "the list is too long", MR_NOWHERE);
    name_asked(what, slot->name);
    slot->version = what->version;
    slot->until = mr_env_now(s->env) + MR_STATUS_VALID_MS / 2;
    return MR_OK;
}

static int serve(mr_service *s, mr_arena *a, const struct asked *what, mr_str *ret, struct mr_err *err)
{
    uint8_t name[32];
    name_asked(what, name);
    pthread_mutex_lock(&s->status_lock);
    struct mr_status_signed *slot = find_slot(s, name);
    int64_t now = mr_env_now(s->env);
    /* also not signed in a future that a clock no longer shows: others would refuse it */
    bool is_right = slot->until > now && slot->until <= now + MR_STATUS_VALID_MS / 2 &&
                    slot->version == what->version && memcmp(slot->name, name, sizeof name) == 0;
    int code = is_right ? MR_OK : sign_into(s, slot, what, err);
    if (code == MR_OK) *ret = mr_arena_dup(a, mr_buf_str(&slot->text));
    pthread_mutex_unlock(&s->status_lock);
    if (code != MR_OK) return code;
    return ret->ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory for the status list", MR_NOWHERE);
}

/* The count of changes is read before the entries are: a list is at worst newer than it is thought to be. */
int mr_status_serve(mr_service *s, mr_arena *a, mr_str list_id, mr_status_form form, mr_str *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_status_list_row list;
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(find_list(tx, a, list_id, &list, err));
    mr_db_rollbackp(&tx);
    tx = NULL;
    const struct asked what = {.list_id = list.id, .form = form, .version = list.changes};
    return serve(s, a, &what, ret, err);
}

int mr_status_serve_withdrawn(mr_service *s, mr_arena *a, mr_str issuer, mr_str *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct asked what = {.issuer = issuer};
    if (!mr_service_has_seal(s, issuer)) return MR_FAIL(err, MR_E_NOT_FOUND, "no such issuer", MR_NOWHERE);
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(mr_store_status_revoked_count(tx, issuer, &what.version, err));
    mr_db_rollbackp(&tx);
    tx = NULL;
    return serve(s, a, &what, ret, err);
}
