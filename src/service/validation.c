#include "service/validation.h"

#include "base/limits.h"
#include "service/audit.h"
#include "service/award_setting.h"
#include "service/catalogue.h"
#include "service/installation.h"

static int check_text(mr_str text, struct mr_err *err)
{
    if (mr_str_trim(text).len == 0) return MR_FAIL(err, MR_E_USAGE, "a text is missing", MR_NOWHERE);
    if (text.len > MR_LIMIT_CLAIM_TEXT)
        return MR_FAIL_DETAIL(err, MR_E_LIMIT, "a text is too long", "%d", MR_LIMIT_CLAIM_TEXT);
    return MR_OK;
}

static mr_str write_fields(mr_arena *a, const struct mr_award_fields *fields)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    mr_json_writer w;
    mr_buf_init(&text, MR_MIB);
    mr_json_writer_init(&w, &text, 0);
    mr_json_begin_object(&w);
    mr_award_fields_put(&w, fields);
    mr_json_end_object(&w);
    return mr_arena_dup(a, mr_buf_str(&text));
}

static int commit(mr_db_tx **tx, struct mr_err *err)
{
    mr_db_tx *ending = *tx;
    *tx = NULL;
    return mr_db_commit(ending, err);
}

int mr_validation_open(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str specification,
                       const struct mr_award_fields *learner, mr_str claim, struct mr_findings *findings,
                       mr_str *ret_id, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_published published;
    struct mr_result_row read;
    MR_TRY(mr_catalogue_get(s, a, specification, &published, err));
    MR_TRY(mr_authorise(actor, MR_MAY_VALIDATION_EDIT, published.org_id, err));
    MR_TRY(mr_award_fields_read(a, s->env, learner, &read, err));
    if (read.fate != MR_ROW_READY) {
        *findings = read.findings;
        return MR_FAIL(err, MR_E_FORMAT, "what is told of the learner has faults", MR_NOWHERE);
    }
    MR_TRY(check_text(claim, err));
    const struct mr_validation_row row = {.org_id = published.org_id,
                                          .specification_id = published.id,
                                          .learner_name = read.achievement.learner.full_name,
                                          .learner_email = mr_str_trim(learner->email),
                                          .source = write_fields(a, learner),
                                          .claim = claim};
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(mr_store_validation_add(tx, a, s->env, &row, ret_id, err));
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_VALIDATION_EDIT, row.org_id, *ret_id, MR_STR("opened"), err));
    return commit(&tx, err);
}

static int find_row(mr_db_tx *tx, const struct mr_actor *actor, mr_action action, mr_arena *a, mr_str id,
                    struct mr_validation_row *ret, struct mr_err *err)
{
    MR_TRY(mr_store_validation_find(tx, a, id, ret, err));
    if (!ret->id.len) return MR_FAIL(err, MR_E_NOT_FOUND, "no such validation", MR_NOWHERE);
    return mr_authorise(actor, action, ret->org_id, err);
}

static int find(mr_service *s, const struct mr_actor *actor, mr_action action, mr_arena *a, mr_str id,
                struct mr_validation *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    const mr_json *source;
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(find_row(tx, actor, action, a, id, &ret->row, err));
    MR_TRY(mr_json_parse(a, ret->row.source, NULL, &source, err));
    ret->learner = mr_award_fields_get(source);
    return MR_OK;
}

int mr_validation_find(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, struct mr_validation *ret,
                       struct mr_err *err)
{
    return find(s, actor, MR_MAY_VALIDATION_READ, a, id, ret, err);
}

int mr_validation_list(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str specification, mr_str before,
                       size_t limit, struct mr_validation_row **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_published published;
    MR_TRY(mr_catalogue_get(s, a, specification, &published, err));
    MR_TRY(mr_authorise(actor, MR_MAY_VALIDATION_READ, published.org_id, err));
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    return mr_store_validation_list(tx, a, published.slug, before, limit, ret, ret_count, err);
}

int mr_validation_decide(mr_service *s, const struct mr_actor *actor, mr_str id, bool accept, mr_str assessor,
                         mr_str reasons, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_validation_row row;
    bool done;
    mr_arena_init(&a, 4 * MR_MIB);
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(find_row(tx, actor, MR_MAY_VALIDATION_DECIDE, &a, id, &row, err));
    MR_TRY(check_text(reasons, err));
    MR_TRY(check_text(assessor, err));
    row.state = accept ? MR_STR("accepted") : MR_STR("refused");
    row.reasons = reasons, row.assessor = assessor, row.decided_by = actor->id;
    row.decided_at = mr_env_now(s->env);
    MR_TRY(mr_store_validation_decide(tx, &row, &done, err));
    if (!done) return MR_FAIL(err, MR_E_STATE, "this was decided before", MR_NOWHERE);
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_VALIDATION_DECIDE, row.org_id, id, row.state, err));
    return commit(&tx, err);
}

int mr_validation_award(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, bool mail,
                        struct mr_awarded *ret, struct mr_err *err)
{
    struct mr_validation v;
    struct mr_award_setting setting;
    struct mr_findings findings;
    MR_TRY(find(s, actor, MR_MAY_ACHIEVEMENT_AWARD, a, id, &v, err));
    if (!mr_str_is(v.row.state, "accepted") || v.row.achievement_id.len)
        return MR_FAIL(err, MR_E_STATE, "this validation is not accepted, or was awarded before", MR_NOWHERE);
    if (v.row.restricted_at != MR_TIME_NONE)
        return MR_FAIL_DETAIL(err, MR_E_STATE, "nothing is awarded on a restricted record", "%s", "restricted");
    MR_TRY(mr_award_setting_get(s, &mr_actor_system, v.row.org_id, &setting, err));
    if (actor->kind == MR_ACTOR_PERSON && mr_str_eq(actor->id, v.row.decided_by) && !setting.same_person)
        return MR_FAIL_DETAIL(err, MR_E_FORBIDDEN, "who decided does not award", "same_person");
    const struct mr_award_order order = {
        .specification = v.row.specification_id, .fields = v.learner, .mail = mail, .validation_id = v.row.id};
    mr_findings_init(&findings, a);
    return mr_award(s, actor, a, &order, &findings, ret, err);
}
