/* Awards one by one. The place in a status list is taken, the documents are sealed outside any transaction, and the achievement is kept in one that many clients
 * share (mr_db_together). What the learner holds is asked before sealing, to tell it early, and again where it is kept, to be right. */
#include "service/award.h"

#include "base/limits.h"
#include "service/audit.h"
#include "service/claim.h"
#include "service/correction.h"
#include "service/installation.h"
#include "service/maker.h"
#include "service/organisation.h"
#include "service/status.h"
#include "service/upload.h"
#include "store/sealing.h"
#include "store/status.h"
#include "store/privacy.h"
#include "store/validation.h"

int mr_award_is_free(mr_service *s, const struct mr_actor *actor, mr_str org_id, bool *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_award_setting setting;
    *ret = mr_authorise(actor, MR_MAY_ACHIEVEMENT_AWARD, org_id, NULL) == MR_OK;
    if (!*ret || actor->kind != MR_ACTOR_PERSON) return MR_OK;
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(mr_award_setting_read(tx, org_id, &setting, err));
    *ret = setting.same_person && mr_authorise(actor, MR_MAY_RESULT_SIGN, org_id, NULL) == MR_OK;
    return MR_OK;
}

/* ---- the way that all of them go ---- */

struct awarding {
    mr_service *s;
    const struct mr_actor *actor;
    mr_arena *a;
    mr_maker *maker;
    mr_action action;
    mr_str specification_id, org_id;
    bool mail;
    struct mr_result_row row;
    struct mr_making making;
    struct mr_made made;
    mr_str replaced; /* achievement id; else empty */
    mr_str reason;
};

static int refuse_holder(const struct mr_holding *holding, struct mr_err *err)
{
    return MR_FAIL_DETAIL(err, MR_E_EXISTS, "this learner has this already", "%.*s", MR_STR_ARG(holding->id));
}

/* What is being replaced is no hindrance. */
static bool is_hindered(const struct awarding *w, const struct mr_holding *holding)
{
    return holding->id.len && !mr_str_eq(holding->id, w->replaced);
}

static int look(struct awarding *w, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_holding holding;
    MR_TRY(mr_db_begin(w->s->db, false, &tx, err));
    MR_TRY(mr_maker_look(w->s, tx, w->a, w->specification_id, &w->making, &holding, err));
    return is_hindered(w, &holding) ? refuse_holder(&holding, err) : MR_OK;
}

static int decide_validation(struct awarding *w, mr_db_tx *tx, struct mr_err *err)
{
    struct mr_validation_row v;
    MR_TRY(mr_store_validation_find(tx, w->a, w->making.validation_id, &v, err));
    if (!mr_str_is(v.state, "accepted") || v.achievement_id.len)
        return MR_FAIL(err, MR_E_STATE, "this validation does not lead to an award", MR_NOWHERE);
    return mr_store_validation_set_achievement(tx, v.id, w->made.row.id, err);
}

static int keep(mr_db_tx *tx, void *self, struct mr_err *err)
{
    struct awarding *w = self;
    struct mr_holding holding;
    const mr_specification *specification = &mr_maker_published(w->maker)->specification;
    bool changed = true;
    MR_TRY(mr_store_achievement_holding(tx, w->a, w->specification_id, mr_str_of(w->making.person_key),
                                        mr_env_now(w->s->env), &holding, err));
    if (is_hindered(w, &holding)) return refuse_holder(&holding, err);
    if (!w->made.row.batch_id.len)
        MR_TRY(
            mr_store_sealing_single(tx, w->a, w->s->env, w->org_id, w->specification_id, &w->made.row.batch_id, err));
    MR_TRY(mr_made_store(tx, &w->made, err));
    if (w->making.validation_id.len && !w->replaced.len) MR_TRY(decide_validation(w, tx, err));
    if (w->replaced.len) {
        const struct mr_status_order order = {
            .to = MR_STATUS_REVOKED, .code = MR_STR("wrong_data"), .reason = w->reason};
        MR_TRY(mr_status_change_in(w->s, tx, w->a, w->replaced, w->made.row.id, specification, &order, &changed, err));
    }
    if (!changed) return MR_FAIL(err, MR_E_STATE, "the credential was withdrawn meanwhile", MR_NOWHERE);
    if (w->replaced.len) MR_TRY(mr_correction_done(w->s, tx, w->a, w->actor, w->replaced, err));
    if (w->mail)
        MR_TRY(mr_maker_mail(w->s, tx, w->a, specification, &w->made.row, w->replaced.len ? "replaced" : "claim",
                             MR_STR_EMPTY, err));
    MR_TRY(mr_made_tell(w->s, tx, w->a, &w->made, err));
    return mr_audit(w->s, tx, w->actor, w->action, w->org_id, w->made.row.id, w->replaced, err);
}

static int run(struct awarding *w, struct mr_awarded *ret, struct mr_err *err)
{
    struct mr_making *one[] = {&w->making};
    MR_TRY(look(w, err));
    MR_TRY(mr_maker_place(w->maker, w->a, one, 1, err));
    MR_TRY(mr_maker_seal(w->maker, w->a, &w->making, &w->made, err));
    MR_TRY(mr_db_together(w->s->db, keep, w, err));
    mr_str path = mr_claim_path(w->s, w->a, w->made.row.id, 0);
    *ret =
        (struct mr_awarded){.id = w->made.row.id,
                            .renews = w->made.row.renews,
                            .url = mr_arena_format(w->a, "%.*s%.*s", MR_STR_ARG(w->s->public_url), MR_STR_ARG(path))};
    return MR_OK;
}

/* Fields to an achievement; what is wrong with them becomes the caller's. */
static int read_fields(struct awarding *w, const struct mr_award_fields *fields, struct mr_findings *findings,
                       struct mr_err *err)
{
    MR_TRY(mr_award_fields_read(w->a, w->s->env, fields, &w->row, err));
    w->making.row = &w->row;
    w->row.number = 0;
    if (w->row.fate == MR_ROW_READY) return MR_OK;
    *findings = w->row.findings;
    return MR_FAIL(err, MR_E_FORMAT, "what is told of the award has faults", MR_NOWHERE);
}

/* ---- awarding ---- */

static void give_or_close(mr_maker **m)
{
    mr_maker_give(*m);
}

static int award_ordinary(struct awarding *w, struct mr_awarded *ret, struct mr_err *err)
{
    MR_CLEANUP(give_or_close) mr_maker *maker = NULL;
    MR_TRY(mr_maker_take(w->s, w->specification_id, &maker, err));
    w->maker = maker;
    return run(w, ret, err);
}

static int award_validated(struct awarding *w, struct mr_awarded *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_maker_closep) mr_maker *maker = NULL;
    MR_TRY(mr_maker_open(w->s, w->specification_id, true, &maker, err));
    w->maker = maker;
    return run(w, ret, err);
}

int mr_award(mr_service *s, const struct mr_actor *actor, mr_arena *a, const struct mr_award_order *order,
             struct mr_findings *findings, struct mr_awarded *ret, struct mr_err *err)
{
    struct mr_published published;
    bool is_free, is_validated = order->validation_id.len > 0;
    struct awarding *w = MR_NEW(a, struct awarding);
    if (!w) return MR_FAIL(err, MR_E_NOMEM, "no memory to award", MR_NOWHERE);
    MR_TRY(mr_catalogue_get(s, a, order->specification, &published, err));
    MR_TRY(mr_authorise(actor, MR_MAY_ACHIEVEMENT_AWARD, published.org_id, err));
    MR_TRY(mr_organisation_check_open(s, published.org_id, err));
    MR_TRY(mr_award_is_free(s, actor, published.org_id, &is_free, err));
    if (!is_free && !is_validated) /* a validation was decided by an assessor */
        return MR_FAIL_DETAIL(err, MR_E_FORBIDDEN, "an assessor signs results off, and another person seals",
                              "same_person");
    *w = (struct awarding){.s = s,
                           .actor = actor,
                           .a = a,
                           .action = MR_MAY_ACHIEVEMENT_AWARD,
                           .specification_id = published.id,
                           .org_id = published.org_id,
                           .mail = order->mail,
                           .making.validation_id = order->validation_id};
    MR_TRY(read_fields(w, &order->fields, findings, err));
    MR_TRY(mr_maker_check(s, a, &published, findings, err));
    return is_validated ? award_validated(w, ret, err) : award_ordinary(w, ret, err);
}

/* Kept as a table of one row in the form of docs/results.md. */
static int keep_table(struct awarding *w, mr_str name, mr_str *ret_batch_id, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf table;
    mr_buf_init(&table, MR_MIB);
    mr_results_write(&w->row.achievement, 1, &table);
    if (mr_buf_failed(&table)) return MR_FAIL(err, MR_E_LIMIT, "the award is too long", MR_NOWHERE);
    const struct mr_upload upload = {
        .specification_id = w->specification_id, .file_name = name, .content = mr_buf_str(&table), .by_form = true};
    return mr_upload_add(w->s, w->actor, w->a, &upload, ret_batch_id, err);
}

int mr_award_hand_in(mr_service *s, const struct mr_actor *actor, mr_arena *a, const struct mr_award_order *order,
                     mr_str name, struct mr_findings *findings, mr_str *ret_batch_id, struct mr_err *err)
{
    struct mr_published published;
    struct awarding *w = MR_NEW(a, struct awarding);
    if (!w) return MR_FAIL(err, MR_E_NOMEM, "no memory to award", MR_NOWHERE);
    MR_TRY(mr_catalogue_get(s, a, order->specification, &published, err));
    MR_TRY(mr_authorise(actor, MR_MAY_RESULT_ENTER, published.org_id, err));
    *w = (struct awarding){.s = s,
                           .actor = actor,
                           .a = a,
                           .action = MR_MAY_RESULT_ENTER,
                           .specification_id = published.id,
                           .org_id = published.org_id};
    MR_TRY(read_fields(w, &order->fields, findings, err));
    MR_TRY(look(w, err));
    return keep_table(w, name, ret_batch_id, err);
}

/* ---- correcting ---- */

static int find_row(mr_db_tx *tx, const struct mr_actor *actor, mr_action action, mr_arena *a, mr_str id,
                    struct mr_achievement_row *ret, struct mr_err *err)
{
    MR_TRY(mr_store_achievement_find(tx, a, id, ret, err));
    if (!ret->id.len) return MR_FAIL(err, MR_E_NOT_FOUND, "no such achievement", MR_NOWHERE);
    return mr_authorise(actor, action, ret->org_id, err);
}

static int fields_of(mr_arena *a, const struct mr_achievement_row *row, struct mr_award_fields *ret, struct mr_err *err)
{
    const mr_json *source;
    *ret = (struct mr_award_fields){.name = row->learner_name, .email = row->learner_email, .date = row->awarded_on};
    if (row->source.len == 0) return MR_OK;
    MR_TRY(mr_json_parse(a, row->source, NULL, &source, err));
    *ret = mr_award_fields_get(source);
    return MR_OK;
}

int mr_award_find(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str achievement_id,
                  struct mr_award_record *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_achievement_row row;
    struct mr_status_change_row last;
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(find_row(tx, actor, MR_MAY_ACHIEVEMENT_READ, a, achievement_id, &row, err));
    MR_TRY(mr_store_status_last_change(tx, a, row.id, &last, err));
    *ret = (struct mr_award_record){.id = row.id,
                                    .org_id = row.org_id,
                                    .specification_id = row.specification_id,
                                    .batch_id = row.batch_id,
                                    .status = row.status,
                                    .claim_state = row.claim_state,
                                    .claim_turn = row.claim_turn,
                                    .replaces = row.replaces,
                                    .renews = row.renews,
                                    .validation_id = row.validation_id,
                                    .replaced_by = last.replaced_by,
                                    .expires_at = row.expires_at};
    return fields_of(a, &row, &ret->fields, err);
}

static int find_old(struct awarding *w, mr_str id, struct mr_achievement_row *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_restriction_row restriction;
    MR_TRY(mr_db_begin(w->s->db, false, &tx, err));
    MR_TRY(find_row(tx, w->actor, MR_MAY_ACHIEVEMENT_REPLACE, w->a, id, ret, err));
    if (mr_str_is(ret->status, "revoked"))
        return MR_FAIL(err, MR_E_STATE, "this credential was withdrawn for good", MR_NOWHERE);
    MR_TRY(mr_store_restriction(tx, w->a, id, &restriction, err));
    if (restriction.since != MR_TIME_NONE && !mr_str_is(restriction.what, "asked"))
        return MR_FAIL(err, MR_E_STATE, "its learner was forgotten", MR_NOWHERE);
    return MR_OK;
}

int mr_award_replace(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str achievement_id,
                     const struct mr_award_fields *fields, mr_str reason, struct mr_findings *findings,
                     struct mr_awarded *ret, struct mr_err *err)
{
    struct mr_achievement_row old;
    struct mr_published published;
    struct awarding *w = MR_NEW(a, struct awarding);
    if (!w) return MR_FAIL(err, MR_E_NOMEM, "no memory to award", MR_NOWHERE);
    *w = (struct awarding){
        .s = s, .actor = actor, .a = a, .action = MR_MAY_ACHIEVEMENT_REPLACE, .mail = true, .reason = reason};
    const struct mr_status_order order = {.to = MR_STATUS_REVOKED, .reason = reason};
    MR_TRY(mr_status_check_order(&order, err));
    MR_TRY(find_old(w, achievement_id, &old, err));
    MR_TRY(read_fields(w, fields, findings, err));
    MR_TRY(mr_catalogue_get(s, a, old.specification_id, &published, err));
    MR_TRY(mr_maker_check(s, a, &published, findings, err));
    w->row.number = (size_t)old.row_number;
    w->replaced = old.id;
    w->specification_id = old.specification_id, w->org_id = old.org_id;
    w->making.batch_id = old.batch_id;
    w->making.replaces = old.id, w->making.renews = old.renews, w->making.validation_id = old.validation_id;
    return old.validation_id.len ? award_validated(w, ret, err) : award_ordinary(w, ret, err);
}
