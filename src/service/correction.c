#include "service/correction.h"

#include "base/limits.h"
#include "json/write.h"
#include "model/contact.h"
#include "service/audit.h"
#include "service/catalogue.h"
#include "service/mail.h"
#include "service/recipients.h"

static int commit(mr_db_tx **tx, struct mr_err *err)
{
    mr_db_tx *ending = *tx;
    *tx = NULL;
    return mr_db_commit(ending, err);
}

static int check_text(mr_str text, const char *what, struct mr_err *err)
{
    if (text.len <= MR_LIMIT_CORRECTION_REMARK && mr_utf8_check(text) >= text.len) return MR_OK;
    return MR_FAIL_DETAIL(err, MR_E_FORMAT, "it is too long", "%s", what);
}

static int check_name(mr_str name, mr_str learner, struct mr_err *err)
{
    if (name.len && mr_utf8_length(name) <= MR_LIMIT_NAME && mr_utf8_is_plain(name, true) && !mr_str_eq(name, learner))
        return MR_OK;
    return MR_FAIL_DETAIL(err, MR_E_FORMAT, "the name is empty, too long, or as it is", "%s", "name");
}

static int tell_registrar(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_recipient *to,
                          const struct mr_correction_row *row, const mr_specification *specification,
                          struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    mr_json_writer w;
    const mr_language *l = mr_language_find(to->language);
    if (!l) l = mr_language_english();
    mr_buf_init(&text, 64 * MR_KIB);
    mr_json_writer_init(&w, &text, 0);
    mr_json_begin_object(&w);
    mr_json_put_member(&w, "name", to->name);
    mr_json_put_member(&w, "learner", row->learner);
    mr_json_put_member(&w, "right_name", row->right_name);
    if (row->remark.len) mr_json_put_member(&w, "remark", row->remark);
    mr_json_put_member(&w, "title", mr_texts_get(specification->title, mr_language_tag(l), NULL));
    mr_json_put_member(&w, "link",
                       mr_arena_format(a, "%.*s/provider/achievements/%.*s", MR_STR_ARG(mr_service_public_url(s)),
                                       MR_STR_ARG(row->achievement_id)));
    mr_json_end_object(&w);
    const struct mr_mail mail = {.template_name = "correction",
                                 .org_id = row->org_id,
                                 .to = to->email,
                                 .language = mr_language_tag(l),
                                 .object_id = row->achievement_id,
                                 .data = mr_buf_str(&text)};
    return mr_mail_queue(s, tx, a, &mail, NULL, err);
}

int mr_correction_ask(mr_service *s, mr_arena *a, const mr_language *l, mr_str achievement_id, mr_str mac, mr_str pass,
                      mr_str right_name, mr_str remark, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_claim claim;
    struct mr_published published;
    struct mr_recipients to = {0};
    mr_str id;
    right_name = mr_str_trim(right_name), remark = mr_str_trim(remark);
    MR_TRY(mr_claim_open(s, a, achievement_id, mac, pass, &claim, err));
    if (claim.door == MR_CLAIM_USED || claim.door == MR_CLAIM_NEW_LINK || claim.state == MR_CLAIM_DECLINED)
        return MR_FAIL(err, MR_E_STATE, "this link asks for nothing any more", MR_NOWHERE);
    MR_TRY(check_name(right_name, claim.learner, err));
    MR_TRY(check_text(remark, "remark", err));
    MR_TRY(mr_catalogue_get(s, a, claim.specification_id, &published, err));
    const struct mr_correction_row row = {.org_id = claim.org_id,
                                          .achievement_id = claim.achievement_id,
                                          .learner = claim.learner,
                                          .right_name = right_name,
                                          .remark = remark,
                                          .language = mr_language_tag(l)};
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(mr_store_correction_add(tx, a, mr_service_env(s), &row, &id, err));
    MR_TRY(mr_recipients_add_role(tx, a, claim.org_id, MR_ROLE_REGISTRAR, &to, err));
    for (size_t i = 0; i < to.count; i++)
        MR_TRY(tell_registrar(s, tx, a, &to.list[i], &row, &published.specification, err));
    MR_TRY(mr_audit(s, tx, &mr_actor_stranger, MR_MAY_PUBLIC, claim.org_id, claim.achievement_id,
                    MR_STR("correction.asked"), err));
    return commit(&tx, err);
}

int mr_correction_asked(mr_service *s, mr_arena *a, mr_str achievement_id, struct mr_correction_row *ret,
                        struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    return mr_store_correction_of(tx, a, achievement_id, ret, err);
}

int mr_correction_list(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str org_id, mr_str batch_id,
                       size_t limit, struct mr_correction_row **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_authorise(actor, MR_MAY_ACHIEVEMENT_READ, org_id, err));
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    return mr_store_correction_list(tx, a, org_id, batch_id, limit, ret, ret_count, err);
}

/* With what she was told about the achievement (a link to it among that), and the answer. */
static int tell_learner(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_correction_row *row, mr_str about,
                        mr_str answer, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    mr_buf_init(&text, 64 * MR_KIB);
    if (!mr_contact_is_email(row->email)) return MR_OK;
    mr_buf_put(&text, mr_str_make(about.ptr, about.len - 1));
    mr_buf_puts(&text, ",\"answer\":");
    mr_json_writer w;
    mr_json_writer_init(&w, &text, 0);
    mr_json_put_str(&w, answer);
    mr_buf_putc(&text, '}');
    const struct mr_mail mail = {.template_name = "correction_answer",
                                 .org_id = row->org_id,
                                 .to = row->email,
                                 .language = row->language,
                                 .object_id = row->achievement_id,
                                 .data = mr_buf_str(&text)};
    return mr_mail_queue(s, tx, a, &mail, NULL, err);
}

static int find_open(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, struct mr_correction_row *ret,
                     struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    MR_TRY(mr_store_correction_find(tx, a, id, ret, err));
    if (!ret->id.len) return MR_FAIL(err, MR_E_NOT_FOUND, "no such request", MR_NOWHERE);
    return mr_authorise(actor, MR_MAY_ACHIEVEMENT_REPLACE, ret->org_id, err);
}

int mr_correction_refuse(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, mr_str answer,
                         struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_correction_row row;
    mr_str about;
    bool moved;
    answer = mr_str_trim(answer);
    MR_TRY(find_open(s, actor, a, id, &row, err));
    if (!answer.len) return MR_FAIL_DETAIL(err, MR_E_FORMAT, "an answer is missing", "%s", "answer");
    MR_TRY(check_text(answer, "answer", err));
    const mr_language *l = mr_language_find(row.language);
    MR_TRY(mr_mail_about_achievement(s, a, row.achievement_id, l ? l : mr_language_english(), row.email, &about, NULL,
                                     err));
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(mr_store_correction_answer(tx, id, MR_STR("refused"), answer, actor->id, mr_env_now(mr_service_env(s)),
                                      &moved, err));
    if (!moved) return MR_FAIL(err, MR_E_STATE, "it was answered before", MR_NOWHERE);
    MR_TRY(tell_learner(s, tx, a, &row, about, answer, err));
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_ACHIEVEMENT_REPLACE, row.org_id, row.achievement_id,
                    MR_STR("correction.refused"), err));
    return commit(&tx, err);
}

int mr_correction_done(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_actor *actor, mr_str achievement_id,
                       struct mr_err *err)
{
    struct mr_correction_row row;
    bool moved;
    MR_TRY(mr_store_correction_of(tx, a, achievement_id, &row, err));
    if (!mr_str_is(row.state, "open")) return MR_OK;
    return mr_store_correction_answer(tx, row.id, MR_STR("corrected"), MR_STR_EMPTY, actor->id,
                                      mr_env_now(mr_service_env(s)), &moved, err);
}
