/* What becomes of a draft: handing it in, remarks, sending it back, approving, putting it away. */
#include "base/limits.h"
#include "base/time.h"
#include "service/audit.h"
#include "service/draft_inside.h"
#include "service/installation.h"
#include "store/specification.h"

#include <stdio.h>

static bool is_deed_of(mr_str kind, mr_str id, const struct mr_actor *actor)
{
    return mr_str_is(kind, mr_actor_word(actor)) && mr_str_eq(id, actor->id);
}

/* ---- checking ---- */

static void add_place(struct mr_findings *findings, const char *element, const char *id, mr_str value)
{
    struct mr_finding *f = mr_findings_add(findings, element, id, value);
    snprintf(f->pointer, sizeof f->pointer, "/%s", element);
}

/* Identifiers belong to whoever published under them first; a version is published once. */
static int check_place(mr_db_tx *tx, mr_arena *a, const struct mr_draft *draft, struct mr_findings *findings,
                       struct mr_err *err)
{
    struct mr_specification_row *versions;
    size_t count;
    if (mr_str_is(draft->slug, "new")) add_place(findings, "id", "draft.id_taken", draft->slug);
    if (!draft->slug.len) return MR_OK;
    MR_TRY(mr_store_specification_versions(tx, a, draft->slug, MR_LIMIT_DRAFTS, &versions, &count, err));
    if (count && !mr_str_eq(versions[0].org_id, draft->org_id)) {
        add_place(findings, "id", "draft.id_taken", draft->slug);
        return MR_OK;
    }
    for (size_t i = 0; i < count; i++)
        if (mr_str_eq(versions[i].version, draft->version)) {
            add_place(findings, "version", "draft.version_taken", draft->version);
            break;
        }
    return MR_OK;
}

int mr_draft_check(mr_service *s, mr_arena *a, const struct mr_draft *draft, bool sample, mr_specification *ret,
                   struct mr_findings *findings, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_specification_read(a, draft->document, ret, findings, err));
    if (draft->state != MR_DRAFT_PUBLISHED) {
        MR_TRY(mr_db_begin(s->db, false, &tx, err));
        MR_TRY(check_place(tx, a, draft, findings, err));
        mr_db_rollback(tx);
        tx = NULL;
    }
    if (!sample || findings->faults) return MR_OK;
    return mr_service_check_sample(s, a, ret, NULL, findings, err);
}

/* Open and check before the transaction that changes it: shapes take longer than the database should wait. What was checked is told by its revision. */
static int check_first(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, mr_draft_state state,
                       struct mr_findings *findings, struct mr_draft *ret, struct mr_err *err)
{
    mr_specification spec;
    MR_TRY(mr_draft_open(s, actor, a, id, ret, err));
    if (ret->state != state) return MR_FAIL(err, MR_E_STATE, "the draft is in another state", MR_NOWHERE);
    MR_TRY(mr_draft_check(s, a, ret, true, &spec, findings, err));
    if (findings->faults) return MR_FAIL(err, MR_E_SPECIFICATION, "the specification has faults", MR_NOWHERE);
    return MR_OK;
}

static void sign(struct mr_draft_row *row, const struct mr_actor *actor, bool submits, int64_t now)
{
    mr_str kind = mr_str_of(mr_actor_word(actor));
    if (submits)
        row->submitted_kind = kind, row->submitted_by = actor->id, row->submitted_at = now;
    else
        row->decided_kind = kind, row->decided_by = actor->id, row->decided_at = now;
}

/* ---- handing in, sending back ---- */

int mr_draft_submit(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, struct mr_findings *findings,
                    struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_draft draft;
    struct mr_draft_row row;
    MR_TRY(mr_draft_open(s, actor, a, id, &draft, err));
    MR_TRY(mr_authorise(actor, MR_MAY_SPECIFICATION_EDIT, draft.org_id, err));
    MR_TRY(check_first(s, actor, a, id, MR_DRAFT_OPEN, findings, &draft, err));
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(mr_draft_find_row(tx, actor, MR_MAY_SPECIFICATION_EDIT, a, id, &row, err));
    MR_TRY(mr_draft_wants_state(&row, MR_DRAFT_OPEN, err));
    row.revision = draft.revision;
    row.state = mr_draft_state_word(MR_DRAFT_SUBMITTED);
    row.decided_kind = row.decided_by = row.reason = MR_STR_EMPTY, row.decided_at = MR_TIME_NONE;
    sign(&row, actor, true, mr_env_now(s->env));
    MR_TRY(mr_store_draft_change(tx, s->env, &row, err));
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_SPECIFICATION_EDIT, row.org_id, id, MR_STR("draft.submit"), err));
    return mr_draft_commit(&tx, err);
}

/* The person who handed it in takes it back; anybody else needs to be one who approves, and says why. */
int mr_draft_return(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, mr_str reason,
                    struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_draft_row row;
    reason = mr_str_trim(reason);
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(mr_draft_find_row(tx, actor, MR_MAY_SPECIFICATION_READ, a, id, &row, err));
    bool own = is_deed_of(row.submitted_kind, row.submitted_by, actor);
    mr_action action = own ? MR_MAY_SPECIFICATION_EDIT : MR_MAY_SPECIFICATION_APPROVE;
    MR_TRY(mr_authorise(actor, action, row.org_id, err));
    MR_TRY(mr_draft_wants_state(&row, MR_DRAFT_SUBMITTED, err));
    if (!own && !reason.len) return MR_FAIL(err, MR_E_USAGE, "no reason is given", MR_NOWHERE);
    if (reason.len > MR_LIMIT_DRAFT_REMARK) return MR_FAIL(err, MR_E_LIMIT, "the reason is too long", MR_NOWHERE);
    row.state = mr_draft_state_word(MR_DRAFT_OPEN);
    row.reason = reason;
    sign(&row, actor, false, mr_env_now(s->env));
    MR_TRY(mr_store_draft_change(tx, s->env, &row, err));
    MR_TRY(mr_audit(s, tx, actor, action, row.org_id, id, MR_STR("draft.return"), err));
    return mr_draft_commit(&tx, err);
}

/* ---- approving ---- */

static int find_bar(mr_db_tx *tx, const struct mr_actor *actor, const struct mr_draft *draft, mr_draft_bar *ret,
                    struct mr_err *err)
{
    bool other;
    *ret = MR_DRAFT_FREE;
    if (actor->kind == MR_ACTOR_OPERATOR) return MR_OK;
    if (is_deed_of(draft->submitted.kind, draft->submitted.id, actor)) *ret = MR_DRAFT_OWN;
    if (*ret != MR_DRAFT_FREE) return MR_OK;
    MR_TRY(mr_store_draft_has_other_editor(tx, draft->id, mr_str_of(mr_actor_word(actor)), actor->id, &other, err));
    if (!other) *ret = MR_DRAFT_ONLY_EDITOR;
    return MR_OK;
}

int mr_draft_find_bar(mr_service *s, const struct mr_actor *actor, const struct mr_draft *draft, mr_draft_bar *ret,
                      struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_authorise(actor, MR_MAY_SPECIFICATION_READ, draft->org_id, err));
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    return find_bar(tx, actor, draft, ret, err);
}

/* In one transaction: the new version, the draft's end, and the log that names both. */
static int publish(mr_service *s, mr_db_tx *tx, const struct mr_actor *actor, mr_arena *a, struct mr_draft_row *row,
                   struct mr_err *err)
{
    const struct mr_specification_row published = {
        .org_id = row->org_id, .slug = row->slug, .version = row->version, .document = row->document};
    MR_TRY(mr_store_specification_add(tx, a, s->env, &published, &row->specification_id, err));
    MR_TRY(mr_catalogue_tell(s, tx, a, &published, row->specification_id, err));
    row->state = mr_draft_state_word(MR_DRAFT_PUBLISHED);
    row->reason = MR_STR_EMPTY;
    sign(row, actor, false, mr_env_now(s->env));
    MR_TRY(mr_store_draft_change(tx, s->env, row, err));
    mr_str detail =
        mr_arena_format(a, "draft.approve submitted=%.*s:%.*s specification=%.*s", MR_STR_ARG(row->submitted_kind),
                        MR_STR_ARG(row->submitted_by), MR_STR_ARG(row->specification_id));
    return mr_audit(s, tx, actor, MR_MAY_SPECIFICATION_APPROVE, row->org_id, row->id, detail, err);
}

int mr_draft_approve(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, struct mr_findings *findings,
                     mr_str *ret_slug, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_draft draft;
    struct mr_draft_row row;
    mr_draft_bar bar;
    MR_TRY(mr_draft_open(s, actor, a, id, &draft, err));
    MR_TRY(mr_authorise(actor, MR_MAY_SPECIFICATION_APPROVE, draft.org_id, err));
    MR_TRY(check_first(s, actor, a, id, MR_DRAFT_SUBMITTED, findings, &draft, err));
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(mr_draft_find_row(tx, actor, MR_MAY_SPECIFICATION_APPROVE, a, id, &row, err));
    MR_TRY(mr_draft_wants_state(&row, MR_DRAFT_SUBMITTED, err));
    MR_TRY(find_bar(tx, actor, &draft, &bar, err));
    if (bar != MR_DRAFT_FREE)
        return MR_FAIL_DETAIL(err, MR_E_FORBIDDEN, "a second person approves", "%s",
                              bar == MR_DRAFT_OWN ? "own" : "only_editor");
    row.revision = draft.revision; /* what was checked, and nothing newer */
    MR_TRY(publish(s, tx, actor, a, &row, err));
    MR_TRY(mr_draft_commit(&tx, err));
    *ret_slug = row.slug;
    return MR_OK;
}

/* ---- remarks ---- */

int mr_draft_comment(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, mr_str element, mr_str remark,
                     struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_draft_row row;
    struct mr_draft_comment_row *there;
    size_t count;
    struct mr_draft_comment_row comment = {.element = element,
                                           .remark = mr_str_trim(remark),
                                           .kind = mr_str_of(mr_actor_word(actor)),
                                           .actor_id = actor->id};
    if (!comment.remark.len || (element.len && mr_draft_member_place(element) == SIZE_MAX))
        return MR_FAIL(err, MR_E_USAGE, "nothing is remarked, or about no member of specification files", MR_NOWHERE);
    if (comment.remark.len > MR_LIMIT_DRAFT_REMARK)
        return MR_FAIL(err, MR_E_LIMIT, "the remark is too long", MR_NOWHERE);
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(mr_draft_find_row(tx, actor, MR_MAY_SPECIFICATION_COMMENT, a, id, &row, err));
    MR_TRY(mr_store_draft_comment_list(tx, a, id, MR_LIMIT_DRAFT_COMMENTS, &there, &count, err));
    if (count == MR_LIMIT_DRAFT_COMMENTS) return MR_FAIL(err, MR_E_LIMIT, "there are too many remarks", MR_NOWHERE);
    MR_TRY(mr_store_draft_comment_add(tx, s->env, &row, &comment, err));
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_SPECIFICATION_COMMENT, row.org_id, id, element, err));
    return mr_draft_commit(&tx, err);
}

int mr_draft_comments(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id,
                      struct mr_draft_comment **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_draft_row row;
    struct mr_draft_comment_row *rows;
    size_t count;
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(mr_draft_find_row(tx, actor, MR_MAY_SPECIFICATION_READ, a, id, &row, err));
    MR_TRY(mr_store_draft_comment_list(tx, a, id, MR_LIMIT_DRAFT_COMMENTS, &rows, &count, err));
    struct mr_draft_comment *list = MR_NEW_ARRAY(a, struct mr_draft_comment, count);
    if (!list) return MR_FAIL(err, MR_E_NOMEM, "no memory for the remarks", MR_NOWHERE);
    for (size_t i = 0; i < count; i++)
        list[i] = (struct mr_draft_comment){
            rows[i].element, rows[i].remark, {rows[i].kind, rows[i].actor_id, rows[i].created_at}};
    *ret = list, *ret_count = count;
    return MR_OK;
}

/* ---- putting away ---- */

int mr_draft_archive(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, bool archived,
                     struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_draft_row row;
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(mr_draft_find_row(tx, actor, MR_MAY_SPECIFICATION_ARCHIVE, a, id, &row, err));
    MR_TRY(mr_draft_wants_state(&row, archived ? MR_DRAFT_OPEN : MR_DRAFT_ARCHIVED, err));
    row.state = mr_draft_state_word(archived ? MR_DRAFT_ARCHIVED : MR_DRAFT_OPEN);
    MR_TRY(mr_store_draft_change(tx, s->env, &row, err));
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_SPECIFICATION_ARCHIVE, row.org_id, id,
                    archived ? MR_STR("draft.archive") : MR_STR("draft.restore"), err));
    return mr_draft_commit(&tx, err);
}

int mr_draft_delete(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_draft_row row;
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(mr_draft_find_row(tx, actor, MR_MAY_SPECIFICATION_EDIT, a, id, &row, err));
    if (!mr_str_is(row.state, "archived")) MR_TRY(mr_draft_wants_state(&row, MR_DRAFT_OPEN, err));
    MR_TRY(mr_store_draft_remove(tx, id, err));
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_SPECIFICATION_EDIT, row.org_id, id, MR_STR("draft.delete"), err));
    return mr_draft_commit(&tx, err);
}
