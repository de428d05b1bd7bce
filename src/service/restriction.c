#include "service/restriction.h"

#include "base/limits.h"
#include "json/write.h"
#include "model/contact.h"
#include "service/audit.h"
#include "service/catalogue.h"
#include "service/mail.h"
#include "service/recipients.h"
#include "store/organisation.h"

static int commit(mr_db_tx **tx, struct mr_err *err)
{
    mr_db_tx *ending = *tx;
    *tx = NULL;
    return mr_db_commit(ending, err);
}

static int begin(mr_service *s, const struct mr_actor *actor, bool writes, mr_db_tx **ret, struct mr_err *err)
{
    if (actor->kind != MR_ACTOR_PERSON) return MR_FAIL(err, MR_E_FORBIDDEN, "only people have awards", MR_NOWHERE);
    return mr_db_begin(mr_service_db(s), writes, ret, err);
}

static int check_text(mr_str text, const char *what, struct mr_err *err)
{
    if (text.len <= MR_LIMIT_CORRECTION_REMARK && mr_utf8_check(text) >= text.len) return MR_OK;
    return MR_FAIL_DETAIL(err, MR_E_FORMAT, "it is too long", "%s", what);
}

/* ---- what she sees ---- */

static int describe(mr_service *s, mr_arena *a, const mr_language *l, const struct mr_privacy_award *row,
                    struct mr_kept_award *ret, struct mr_err *err)
{
    struct mr_published published;
    *ret = (struct mr_kept_award){.row = *row, .provider = row->org_name};
    MR_TRY(mr_catalogue_get(s, a, row->specification_id, &published, err));
    ret->title = mr_texts_get(published.specification.title, mr_language_tag(l), &ret->title_language);
    ret->provider = mr_texts_get(published.specification.provider.name, mr_language_tag(l), NULL);
    return MR_OK;
}

static int mark_closed(mr_service *s, mr_arena *a, struct mr_kept_award *list, size_t count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_organisation_row org = {0};
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    for (size_t i = 0; i < count; i++) {
        if (!mr_str_eq(org.id, list[i].row.org_id))
            MR_TRY(mr_store_organisation_find(tx, a, list[i].row.org_id, &org, err));
        list[i].is_closed = org.closed_at != MR_TIME_NONE;
    }
    return MR_OK;
}

int mr_restriction_awards(mr_service *s, const struct mr_actor *actor, mr_arena *a, const mr_language *l, size_t limit,
                          struct mr_kept_award **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_privacy_award *rows;
    MR_TRY(begin(s, actor, false, &tx, err));
    MR_TRY(mr_store_privacy_awards(tx, a, actor->id, MR_STR_EMPTY, limit, &rows, ret_count, err));
    mr_db_rollbackp(&tx);
    tx = NULL;
    *ret = MR_NEW_ARRAY(a, struct mr_kept_award, *ret_count + 1);
    if (!*ret) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    for (size_t i = 0; i < *ret_count; i++) MR_TRY(describe(s, a, l, &rows[i], &(*ret)[i], err));
    return mark_closed(s, a, *ret, *ret_count, err);
}

static int find(mr_db_tx *tx, mr_arena *a, const struct mr_actor *actor, mr_str achievement_id,
                struct mr_privacy_award *ret, struct mr_err *err)
{
    MR_TRY(mr_store_privacy_award(tx, a, actor->id, achievement_id, ret, err));
    return ret->id.len ? MR_OK : MR_FAIL(err, MR_E_NOT_FOUND, "no such award", MR_NOWHERE);
}

int mr_restriction_award(mr_service *s, const struct mr_actor *actor, mr_arena *a, const mr_language *l,
                         mr_str achievement_id, struct mr_kept_award *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_privacy_award row;
    MR_TRY(begin(s, actor, false, &tx, err));
    MR_TRY(find(tx, a, actor, achievement_id, &row, err));
    mr_db_rollbackp(&tx);
    tx = NULL;
    return describe(s, a, l, &row, ret, err);
}

/* ---- asking ---- */

static int tell_registrar(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_recipient *to,
                          const struct mr_kept_award *award, mr_str remark, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    mr_json_writer w;
    mr_buf_init(&text, 64 * MR_KIB);
    mr_json_writer_init(&w, &text, 0);
    mr_json_begin_object(&w);
    mr_json_put_member(&w, "name", to->name);
    mr_json_put_member(&w, "title", award->title);
    if (remark.len) mr_json_put_member(&w, "remark", remark);
    mr_json_put_member(&w, "link",
                       mr_arena_format(a, "%.*s/provider/achievements/%.*s", MR_STR_ARG(mr_service_public_url(s)),
                                       MR_STR_ARG(award->row.id)));
    mr_json_end_object(&w);
    const struct mr_mail mail = {.template_name = "restriction",
                                 .org_id = award->row.org_id,
                                 .to = to->email,
                                 .language = to->language,
                                 .object_id = award->row.id,
                                 .data = mr_buf_str(&text)};
    return mr_mail_queue(s, tx, a, &mail, NULL, err);
}

int mr_restriction_ask(mr_service *s, const struct mr_actor *actor, mr_arena *a, const mr_language *l,
                       mr_str achievement_id, mr_str remark, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_kept_award award;
    struct mr_privacy_award row;
    struct mr_recipients to = {0};
    remark = mr_str_trim(remark);
    MR_TRY(check_text(remark, "remark", err));
    MR_TRY(mr_restriction_award(s, actor, a, l, achievement_id, &award, err));
    MR_TRY(begin(s, actor, true, &tx, err));
    MR_TRY(find(tx, a, actor, achievement_id, &row, err));
    if (row.restricted_at != MR_TIME_NONE) return MR_FAIL(err, MR_E_EXISTS, "it is restricted", MR_NOWHERE);
    MR_TRY(mr_store_restrict(tx, achievement_id, MR_STR("asked"), remark, mr_env_now(mr_service_env(s)), err));
    MR_TRY(mr_recipients_add_role(tx, a, row.org_id, MR_ROLE_REGISTRAR, &to, err));
    for (size_t i = 0; i < to.count; i++) MR_TRY(tell_registrar(s, tx, a, &to.list[i], &award, remark, err));
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_SIGNED_IN, row.org_id, row.id, MR_STR("restriction.asked"), err));
    return commit(&tx, err);
}

static int lift(mr_service *s, mr_db_tx *tx, const struct mr_actor *actor, mr_action action, mr_str org_id, mr_str id,
                struct mr_err *err)
{
    bool lifted;
    MR_TRY(mr_store_restrict_lift(tx, id, &lifted, err));
    if (!lifted) return MR_FAIL(err, MR_E_STATE, "there is no restriction that could be lifted", MR_NOWHERE);
    return mr_audit(s, tx, actor, action, org_id, id, MR_STR("restriction.lifted"), err);
}

int mr_restriction_end(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str achievement_id,
                       struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_privacy_award row;
    MR_TRY(begin(s, actor, true, &tx, err));
    MR_TRY(find(tx, a, actor, achievement_id, &row, err));
    MR_TRY(lift(s, tx, actor, MR_MAY_SIGNED_IN, row.org_id, row.id, err));
    return commit(&tx, err);
}

/* ---- in the office ---- */

int mr_restriction_list(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str org_id, size_t limit,
                        struct mr_restriction_row **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_authorise(actor, MR_MAY_ACHIEVEMENT_READ, org_id, err));
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    return mr_store_restriction_list(tx, a, org_id, limit, ret, ret_count, err);
}

int mr_restriction_get(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str achievement_id,
                       struct mr_restriction_row *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    MR_TRY(mr_store_restriction(tx, a, achievement_id, ret, err));
    if (!ret->achievement_id.len) return MR_FAIL(err, MR_E_NOT_FOUND, "no such achievement", MR_NOWHERE);
    return mr_authorise(actor, MR_MAY_ACHIEVEMENT_READ, ret->org_id, err);
}

/* What she is told about the achievement (a link to it among that), and the answer. */
static int tell_learner(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_restriction_row *row, mr_str about,
                        mr_str language, mr_str answer, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    mr_json_writer w;
    mr_buf_init(&text, 64 * MR_KIB);
    if (!mr_contact_is_email(row->email)) return MR_OK;
    mr_buf_put(&text, mr_str_make(about.ptr, about.len - 1));
    mr_buf_puts(&text, ",\"answer\":");
    mr_json_writer_init(&w, &text, 0);
    mr_json_put_str(&w, answer);
    mr_buf_putc(&text, '}');
    const struct mr_mail mail = {.template_name = "restriction_lifted",
                                 .org_id = row->org_id,
                                 .to = row->email,
                                 .language = language,
                                 .object_id = row->achievement_id,
                                 .data = mr_buf_str(&text)};
    return mr_mail_queue(s, tx, a, &mail, NULL, err);
}

int mr_restriction_lift(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str achievement_id, mr_str answer,
                        struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_restriction_row row;
    mr_str about, language;
    answer = mr_str_trim(answer);
    MR_TRY(mr_restriction_get(s, actor, a, achievement_id, &row, err));
    MR_TRY(mr_authorise(actor, MR_MAY_ACHIEVEMENT_REPLACE, row.org_id, err));
    if (!answer.len) return MR_FAIL_DETAIL(err, MR_E_FORMAT, "an answer is missing", "%s", "answer");
    MR_TRY(check_text(answer, "answer", err));
    MR_TRY(mr_mail_about_achievement(s, a, achievement_id, NULL, row.email, &about, &language, err));
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(lift(s, tx, actor, MR_MAY_ACHIEVEMENT_REPLACE, row.org_id, achievement_id, err));
    MR_TRY(tell_learner(s, tx, a, &row, about, language, answer, err));
    return commit(&tx, err);
}
