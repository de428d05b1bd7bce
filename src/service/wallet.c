/* The wallet.
 *
 * An item that was claimed has no bytes of its own: the sealed documents are rows of `credential`, one copy. An item from elsewhere has its bytes and the report of the
 * day on which it was added. What lists and totals show of either is read from the sealed document once, when it is kept; the status of what was awarded here is joined
 * to it, so that a withdrawal shows at once. */
#include "service/wallet.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "crypto/digest.h"
#include "json/json.h"
#include "service/audit.h"
#include "service/catalogue.h"
#include "service/claim.h"
#include "service/verifying.h"
#include "store/achievement.h"
#include "store/body.h"

static int commit(mr_db_tx **tx, struct mr_err *err)
{
    mr_db_tx *ending = *tx;
    *tx = NULL;
    return mr_db_commit(ending, err);
}

static int begin(mr_service *s, const struct mr_actor *actor, bool writes, mr_db_tx **ret, struct mr_err *err)
{
    if (actor->kind != MR_ACTOR_PERSON) return MR_FAIL(err, MR_E_FORBIDDEN, "only people have a wallet", MR_NOWHERE);
    return mr_db_begin(mr_service_db(s), writes, ret, err);
}

static int find(mr_db_tx *tx, mr_arena *a, const struct mr_actor *actor, mr_str id, struct mr_wallet_item_row *ret,
                struct mr_err *err)
{
    MR_TRY(mr_store_wallet_find(tx, a, actor->id, id, ret, err));
    return ret->id.len ? MR_OK : MR_FAIL(err, MR_E_NOT_FOUND, "no such item", MR_NOWHERE);
}

/* ---- looking ---- */

int mr_wallet_list(mr_service *s, const struct mr_actor *actor, mr_arena *a, const struct mr_wallet_query *query,
                   struct mr_wallet_item_row **ret, size_t *ret_count, int64_t *ret_all, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_wallet_query q = *query;
    q.person_id = actor->id;
    q.search = mr_store_achievement_fold(a, mr_str_trim(query->search));
    MR_TRY(begin(s, actor, false, &tx, err));
    if (ret_all) MR_TRY(mr_store_wallet_count(tx, &q, ret_all, err));
    return mr_store_wallet_list(tx, a, &q, ret, ret_count, err);
}

int mr_wallet_totals(mr_service *s, const struct mr_actor *actor, struct mr_wallet_totals *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(begin(s, actor, false, &tx, err));
    return mr_store_wallet_totals(tx, actor->id, ret, err);
}

static int read_files(mr_db_tx *tx, mr_arena *a, struct mr_wallet_item *item, struct mr_err *err)
{
    static const mr_format formats[MR_WALLET_FILES] = {MR_FORMAT_ELM, MR_FORMAT_VC_JWT, MR_FORMAT_OPEN_BADGES,
                                                       MR_FORMAT_DC_SD_JWT};
    static const char *const names[MR_WALLET_FILES] = {"elm", "vc+jwt", "open-badges", "dc+sd-jwt"};
    for (size_t i = 0; i < MR_WALLET_FILES; i++) {
        struct mr_wallet_file *file = &item->files[item->file_count];
        MR_TRY(mr_store_credential_find(tx, a, item->row.achievement_id, mr_str_of(names[i]), &file->content, err));
        file->format = formats[i];
        if (file->content.len) item->file_count++;
    }
    return MR_OK;
}

int mr_wallet_get(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, struct mr_wallet_item *ret,
                  struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    *ret = (struct mr_wallet_item){0};
    MR_TRY(begin(s, actor, false, &tx, err));
    MR_TRY(find(tx, a, actor, id, &ret->row, err));
    if (ret->row.achievement_id.len) return read_files(tx, a, ret, err);
    MR_TRY(mr_store_wallet_content(tx, a, actor->id, id, &ret->files[0].content, &ret->report, err));
    ret->file_count = 1;
    return MR_OK;
}

static void verifier_cleanup(mr_verifier **v)
{
    if (*v) mr_verifier_close(*v);
}

int mr_wallet_verify(mr_service *s, mr_arena *a, const mr_language *l, mr_str file, mr_report *ret, struct mr_err *err)
{
    MR_CLEANUP(verifier_cleanup) mr_verifier *verifier = NULL;
    struct mr_service_verifying *how = MR_NEW(a, struct mr_service_verifying);
    if (!how) return MR_FAIL(err, MR_E_NOMEM, "no memory to verify", MR_NOWHERE);
    MR_TRY(mr_service_verifying_init(s, a, l, how, err));
    MR_TRY(mr_verifier_open(&how->verifying, &verifier, err));
    return mr_verify(verifier, a, file, ret, err);
}

/* ---- taking in ---- */

/* Whoever seals for another without a mandate, or outside an accreditation that is claimed, awards nothing that could be summed. */
static bool counts(const mr_report *r)
{
    return r->has_view && !r->view.mandate_missing && r->verdict != MR_VERDICT_INVALID &&
           r->checks[MR_CHECK_QUALITY].state != MR_FAILED;
}

/* By the names that the credential gives them in the reader's language, as on the claim page. */
static mr_str awarding_bodies(mr_arena *a, const mr_view *v)
{
    const struct mr_view_answer *bodies = &v->answers[MR_ELEMENT_AWARDING_BODY];
    mr_str all = MR_STR_EMPTY;
    for (size_t i = 0; bodies->answered && i < bodies->value_count; i++)
        all = mr_arena_format(a, "%.*s%s%.*s", MR_STR_ARG(all), all.len ? "; " : "", MR_STR_ARG(bodies->values[i]));
    return all.len ? all : v->awarding_body.len ? v->awarding_body : v->issuer;
}

static mr_str first_of(mr_str a, mr_str b)
{
    return a.len ? a : b;
}

static int fill(mr_arena *a, const mr_report *r, mr_str name, struct mr_wallet_item_row *row, struct mr_err *err)
{
    const mr_view *v = &r->view;
    char *day = MR_NEW_ARRAY(a, char, 11);
    if (!day) return MR_FAIL(err, MR_E_NOMEM, "no memory to keep it", MR_NOWHERE);
    row->format = mr_str_of(r->format_code ? r->format_code : "");
    row->verdict = mr_str_of(mr_verdict_name(r->verdict));
    row->checked_at = r->checked_at;
    row->ends_at = MR_TIME_NONE;
    row->title = name, row->issuer = row->learner = MR_STR("");
    if (r->has_view) {
        row->title = first_of(v->title, name);
        row->issuer = first_of(awarding_bodies(a, v), MR_STR(""));
        row->learner = first_of(v->learner, MR_STR(""));
        row->ends_at = v->valid_until;
        row->ects = v->ects_awarded, row->minutes = v->workload_minutes;
        if (mr_date_is_set(v->awarded_on)) {
            mr_date_write(v->awarded_on, day);
            row->awarded_on = mr_str_of(day);
        }
    }
    row->counts = counts(r);
    row->search = mr_store_achievement_fold(a, mr_arena_format(a, "%.*s %.*s %.*s", MR_STR_ARG(row->title),
                                                               MR_STR_ARG(row->issuer), MR_STR_ARG(row->learner)));
    return row->search.ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory to keep it", MR_NOWHERE);
}

static int check_room(mr_db_tx *tx, mr_str person_id, struct mr_err *err)
{
    const struct mr_wallet_query all = {.person_id = person_id};
    int64_t count;
    MR_TRY(mr_store_wallet_count(tx, &all, &count, err));
    return count < MR_LIMIT_WALLET_ITEMS ? MR_OK : MR_FAIL(err, MR_E_LIMIT, "the wallet is full", MR_NOWHERE);
}

static int note(mr_service *s, mr_db_tx *tx, mr_str person_id, mr_str org_id, mr_str object_id, const char *what,
                struct mr_err *err)
{
    const struct mr_actor actor = {.kind = MR_ACTOR_PERSON, .id = person_id};
    return mr_audit(s, tx, &actor, MR_MAY_SIGNED_IN, org_id, object_id, mr_str_of(what), err);
}

/* The sealed document of what was accepted, and whose it is; *ret_kept when this person keeps it already. */
static int find_accepted(mr_service *s, mr_arena *a, mr_str person_id, mr_str achievement_id, mr_str *ret_kept,
                         mr_str *ret_org, mr_str *ret_sealed, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_achievement_row row;
    struct mr_wallet_item_row kept;
    *ret_kept = MR_STR_EMPTY;
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    MR_TRY(mr_store_achievement_find(tx, a, achievement_id, &row, err));
    if (!row.id.len || !mr_str_is(row.claim_state, "accepted"))
        return MR_FAIL(err, MR_E_STATE, "only what was accepted is kept", MR_NOWHERE);
    MR_TRY(mr_store_wallet_find_achievement(tx, a, achievement_id, &kept, err));
    if (kept.id.len && !mr_str_eq(kept.person_id, person_id))
        return MR_FAIL(err, MR_E_EXISTS, "it is in another wallet", MR_NOWHERE);
    *ret_kept = kept.id, *ret_org = row.org_id;
    MR_TRY(mr_store_credential_find(tx, a, achievement_id, MR_STR("elm"), ret_sealed, err));
    return ret_sealed->len ? MR_OK : MR_FAIL(err, MR_E_STATE, "its copies are gone", MR_NOWHERE);
}

int mr_wallet_keep(mr_service *s, mr_arena *a, const mr_language *l, mr_str person_id, mr_str achievement_id,
                   mr_str *ret_id, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    mr_report report = {0};
    mr_str org_id, sealed;
    MR_TRY(find_accepted(s, a, person_id, achievement_id, ret_id, &org_id, &sealed, err));
    if (ret_id->len) return MR_OK;
    MR_TRY(mr_wallet_verify(s, a, l, sealed, &report, err));
    if (!report.has_view) return MR_FAIL(err, MR_E_DB, "a stored credential does not verify", MR_NOWHERE);
    struct mr_wallet_item_row row = {.person_id = person_id, .achievement_id = achievement_id};
    MR_TRY(fill(a, &report, MR_STR(""), &row, err));
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(check_room(tx, person_id, err));
    MR_TRY(mr_store_wallet_add(tx, a, mr_service_env(s), &row, MR_STR_EMPTY, MR_STR_EMPTY, ret_id, err));
    MR_TRY(note(s, tx, person_id, org_id, achievement_id, "wallet.kept", err));
    return commit(&tx, err);
}

static int digest_of(mr_arena *a, mr_str file, mr_str *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    uint8_t digest[32];
    mr_buf_init(&text, 128);
    mr_sha256(file, digest);
    mr_hex_put(&text, mr_str_make((const char *)digest, sizeof digest));
    *ret = mr_arena_dup(a, mr_buf_str(&text));
    return ret->ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory to keep it", MR_NOWHERE);
}

/* What our own seal and database know already is no file from elsewhere when it is the same award, but which copy she wants is hers to say: both may stand side by side. */
static int add_imported(mr_service *s, mr_arena *a, const struct mr_wallet_item_row *row, mr_str packed, mr_str report,
                        mr_str *ret_id, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_wallet_item_row there;
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(mr_store_wallet_find_digest(tx, a, row->person_id, row->digest, &there, err));
    *ret_id = there.id;
    if (there.id.len) return MR_OK;
    MR_TRY(check_room(tx, row->person_id, err));
    MR_TRY(mr_store_wallet_add(tx, a, mr_service_env(s), row, packed, report, ret_id, err));
    MR_TRY(note(s, tx, row->person_id, MR_STR_EMPTY, *ret_id, "wallet.imported", err));
    return commit(&tx, err);
}

int mr_wallet_import(mr_service *s, const struct mr_actor *actor, mr_arena *a, const mr_language *l, mr_str name,
                     mr_str file, mr_str *ret_id, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf packed, told;
    mr_report report = {0};
    mr_buf_init(&packed, MR_LIMIT_DOCUMENT + MR_MIB);
    mr_buf_init(&told, MR_LIMIT_DOCUMENT);
    if (actor->kind != MR_ACTOR_PERSON) return MR_FAIL(err, MR_E_FORBIDDEN, "only people have a wallet", MR_NOWHERE);
    MR_TRY(mr_wallet_verify(s, a, l, file, &report, err));
    if (!report.is_credential)
        return MR_FAIL_DETAIL(err, MR_E_FORMAT, "this file is no credential", "%.*s", MR_STR_ARG(report.summary));
    struct mr_wallet_item_row row = {.person_id = actor->id};
    MR_TRY(digest_of(a, file, &row.digest, err));
    MR_TRY(fill(a, &report, first_of(name, MR_STR("?")), &row, err));
    mr_report_write_json(&report, l, name, &told);
    if (mr_buf_failed(&told)) return MR_FAIL(err, MR_E_LIMIT, "the report is too long", MR_NOWHERE);
    MR_TRY(mr_body_pack(row.format, file, &packed, err));
    return add_imported(s, a, &row, mr_buf_str(&packed), mr_buf_str(&told), ret_id, err);
}

int mr_wallet_remove(mr_service *s, const struct mr_actor *actor, mr_str id, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_wallet_item_row row;
    bool removed;
    mr_arena_init(&a, MR_MIB);
    MR_TRY(begin(s, actor, true, &tx, err));
    MR_TRY(find(tx, &a, actor, id, &row, err));
    MR_TRY(mr_store_wallet_remove(tx, actor->id, id, &removed, err));
    if (row.achievement_id.len) MR_TRY(mr_store_credential_remove(tx, row.achievement_id, err));
    MR_TRY(note(s, tx, actor->id, row.org_id, row.achievement_id.len ? row.achievement_id : id, "wallet.removed", err));
    return commit(&tx, err);
}

/* ---- offers ---- */

int mr_wallet_offers(mr_service *s, const struct mr_actor *actor, mr_arena *a, const mr_language *l,
                     struct mr_wallet_offered **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_wallet_offer *rows;
    struct mr_published published;
    size_t count;
    MR_TRY(begin(s, actor, false, &tx, err));
    MR_TRY(mr_store_wallet_offers(tx, a, actor->id, mr_env_now(mr_service_env(s)), MR_LIMIT_WALLET_PAGE, &rows, &count,
                                  err));
    mr_db_rollbackp(&tx);
    tx = NULL;
    struct mr_wallet_offered *list = MR_NEW_ARRAY(a, struct mr_wallet_offered, count + 1);
    if (!list) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    for (size_t i = 0; i < count; i++) {
        MR_TRY(mr_catalogue_get(s, a, rows[i].specification_id, &published, err));
        list[i] = (struct mr_wallet_offered){
            .achievement_id = rows[i].achievement_id, .email = rows[i].email, .awarded_on = rows[i].awarded_on};
        list[i].title = mr_texts_get(published.specification.title, mr_language_tag(l), &list[i].title_language);
        list[i].provider = mr_texts_get(published.specification.provider.name, mr_language_tag(l), NULL);
    }
    *ret = list, *ret_count = count;
    return MR_OK;
}

/* The row of one of her offers. */
static int find_offer(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str achievement_id,
                      struct mr_achievement_row *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_wallet_offer *rows;
    size_t count;
    MR_TRY(begin(s, actor, false, &tx, err));
    MR_TRY(mr_store_wallet_offers(tx, a, actor->id, mr_env_now(mr_service_env(s)), MR_LIMIT_WALLET_ITEMS, &rows, &count,
                                  err));
    for (size_t i = 0; i < count; i++)
        if (mr_str_eq(rows[i].achievement_id, achievement_id))
            return mr_store_achievement_find(tx, a, achievement_id, ret, err);
    return MR_FAIL(err, MR_E_NOT_FOUND, "this is not offered", MR_NOWHERE);
}

int mr_wallet_offer_take(mr_service *s, const struct mr_actor *actor, mr_arena *a, const mr_language *l,
                         mr_str achievement_id, mr_str *ret_path, struct mr_err *err)
{
    struct mr_achievement_row row;
    mr_str id;
    MR_TRY(find_offer(s, actor, a, achievement_id, &row, err));
    if (mr_str_is(row.claim_state, "open")) {
        *ret_path = mr_claim_mail_path(s, a, row.id, row.claim_turn, row.learner_email);
        return MR_OK;
    }
    MR_TRY(mr_wallet_keep(s, a, l, actor->id, achievement_id, &id, err));
    *ret_path = mr_arena_format(a, "/wallet/items/%.*s", MR_STR_ARG(id));
    return MR_OK;
}

int mr_wallet_find_kept(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str achievement_id, mr_str *ret_id,
                        struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_wallet_item_row row;
    *ret_id = MR_STR_EMPTY;
    if (actor->kind != MR_ACTOR_PERSON) return MR_OK;
    MR_TRY(begin(s, actor, false, &tx, err));
    MR_TRY(mr_store_wallet_find_achievement(tx, a, achievement_id, &row, err));
    if (mr_str_eq(row.person_id, actor->id)) *ret_id = row.id;
    return MR_OK;
}

/* ---- collections ---- */

static int check_name(mr_str *name, struct mr_err *err)
{
    *name = mr_str_trim(*name);
    if (name->len && mr_utf8_length(*name) <= MR_LIMIT_NAME && mr_utf8_is_plain(*name, true)) return MR_OK;
    return MR_FAIL(err, MR_E_FORMAT, "the name is empty or too long", MR_NOWHERE);
}

static int find_collection(mr_db_tx *tx, mr_arena *a, const struct mr_actor *actor, mr_str id,
                           struct mr_collection_row *ret, struct mr_err *err)
{
    MR_TRY(mr_store_collection_find(tx, a, actor->id, id, ret, err));
    return ret->id.len ? MR_OK : MR_FAIL(err, MR_E_NOT_FOUND, "no such collection", MR_NOWHERE);
}

int mr_collection_list(mr_service *s, const struct mr_actor *actor, mr_arena *a, struct mr_collection_row **ret,
                       size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(begin(s, actor, false, &tx, err));
    return mr_store_collection_list(tx, a, actor->id, MR_LIMIT_COLLECTIONS, ret, ret_count, err);
}

int mr_collection_get(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id,
                      struct mr_collection_row *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(begin(s, actor, false, &tx, err));
    return find_collection(tx, a, actor, id, ret, err);
}

int mr_collection_add(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str name, mr_str *ret_id,
                      struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_collection_row *list;
    size_t count;
    MR_TRY(check_name(&name, err));
    MR_TRY(begin(s, actor, true, &tx, err));
    MR_TRY(mr_store_collection_list(tx, a, actor->id, MR_LIMIT_COLLECTIONS, &list, &count, err));
    if (count == MR_LIMIT_COLLECTIONS) return MR_FAIL(err, MR_E_LIMIT, "there are too many collections", MR_NOWHERE);
    MR_TRY(mr_store_collection_add(tx, a, mr_service_env(s), actor->id, name, ret_id, err));
    return commit(&tx, err);
}

int mr_collection_rename(mr_service *s, const struct mr_actor *actor, mr_str id, mr_str name, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_collection_row row;
    mr_arena_init(&a, MR_MIB);
    MR_TRY(check_name(&name, err));
    MR_TRY(begin(s, actor, true, &tx, err));
    MR_TRY(find_collection(tx, &a, actor, id, &row, err));
    MR_TRY(mr_store_collection_rename(tx, actor->id, id, name, err));
    return commit(&tx, err);
}

int mr_collection_remove(mr_service *s, const struct mr_actor *actor, mr_str id, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_collection_row row;
    mr_arena_init(&a, MR_MIB);
    MR_TRY(begin(s, actor, true, &tx, err));
    MR_TRY(find_collection(tx, &a, actor, id, &row, err));
    MR_TRY(mr_store_collection_remove(tx, actor->id, id, err));
    return commit(&tx, err);
}

/* Its items in their order, with this one a place further up or down, numbered anew. */
static int move(mr_db_tx *tx, mr_arena *a, const struct mr_actor *actor, mr_str id, mr_str item_id, bool up,
                struct mr_err *err)
{
    const struct mr_wallet_query all = {.person_id = actor->id, .collection_id = id, .limit = MR_LIMIT_WALLET_ITEMS};
    struct mr_wallet_item_row *rows;
    size_t count;
    MR_TRY(mr_store_wallet_list(tx, a, &all, &rows, &count, err));
    mr_str *ids = MR_NEW_ARRAY(a, mr_str, count + 1);
    if (!ids) return MR_FAIL(err, MR_E_NOMEM, "no memory to sort", MR_NOWHERE);
    for (size_t i = 0; i < count; i++) ids[i] = rows[i].id;
    for (size_t i = 0; i < count; i++) {
        if (!mr_str_eq(ids[i], item_id)) continue;
        size_t other = up ? i - 1 : i + 1; /* below 0 it is beyond the end, too */
        if (other >= count) break;
        ids[i] = ids[other], ids[other] = item_id;
        break;
    }
    return mr_store_collection_order(tx, id, ids, count, err);
}

int mr_collection_change_item(mr_service *s, const struct mr_actor *actor, mr_str id, mr_str item_id,
                              mr_collection_change change, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_collection_row row;
    struct mr_wallet_item_row item;
    mr_arena_init(&a, 16 * MR_MIB);
    MR_TRY(begin(s, actor, true, &tx, err));
    MR_TRY(find_collection(tx, &a, actor, id, &row, err));
    MR_TRY(find(tx, &a, actor, item_id, &item, err));
    switch (change) {
    case MR_COLLECTION_PUT: MR_TRY(mr_store_collection_put(tx, id, item_id, err)); break;
    case MR_COLLECTION_TAKE: MR_TRY(mr_store_collection_take(tx, id, item_id, err)); break;
    default: MR_TRY(move(tx, &a, actor, id, item_id, change == MR_COLLECTION_UP, err));
    }
    return commit(&tx, err);
}
