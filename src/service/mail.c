/* Mail as people see it: queued, listed, sent again, worded. Sending itself is service/mail_sending.c. */
#include "service/mail.h"

#include "base/id.h"
#include "base/limits.h"
#include "json/write.h"
#include "model/contact.h"
#include "service/audit.h"
#include "service/catalogue.h"
#include "service/claim.h"
#include "service/jobs.h"
#include "service/mail_inside.h"
#include "service/maker.h"
#include "service/sign_in.h"
#include "store/achievement.h"
#include "store/job.h"
#include "store/mail.h"
#include "store/organisation.h"
#include "store/privacy.h"

#define STOP_PURPOSE "mail stop"

static int commit(mr_db_tx **tx, struct mr_err *err)
{
    mr_db_tx *done = *tx;
    *tx = NULL;
    return mr_db_commit(done, err);
}

/* ---- queueing ---- */

/* By which an address is known to want no reminders; without the installation's secret nobody can tell whose it is. */
static void address_key(const mr_service *s, mr_str address, char out[33])
{
    char small[256];
    size_t len = address.len < sizeof small ? address.len : sizeof small;
    for (size_t i = 0; i < len; i++) {
        char c = address.ptr[i];
        small[i] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
    }
    mr_service_mac(s, "mail address", mr_str_make(small, len), out);
}

static int is_stopped(mr_service *s, mr_db_tx *tx, const struct mr_mail_kind *kind, mr_str to, bool *ret,
                      struct mr_err *err)
{
    char key[33];
    *ret = false;
    if (!kind || kind->whose != MR_MAIL_REMINDER) return MR_OK;
    address_key(s, to, key);
    return mr_store_mail_is_stopped(tx, mr_str_of(key), ret, err);
}

/* Of a restricted record its learner hears no more than what the restriction itself is about and, while it is hers to lift, that the credential changed. */
static int is_restricted(mr_db_tx *tx, mr_arena *a, const struct mr_mail *mail, bool *ret, struct mr_err *err)
{
    static const char *const always[] = {"restriction", "restriction_lifted", "correction"};
    static const char *const while_asked[] = {"correction_answer", "replaced",   "revoked",
                                              "suspended",         "reinstated", "claim_link"};
    struct mr_restriction_row row;
    *ret = false;
    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        if (strcmp(mail->template_name, always[i]) == 0) return MR_OK;
    if (!mail->object_id.len) return MR_OK;
    MR_TRY(mr_store_restriction(tx, a, mail->object_id, &row, err));
    *ret = row.achievement_id.len && row.since != MR_TIME_NONE;
    for (size_t i = 0; *ret && mr_str_is(row.what, "asked") && i < sizeof while_asked / sizeof *while_asked; i++)
        if (strcmp(mail->template_name, while_asked[i]) == 0) *ret = false;
    return MR_OK;
}

int mr_mail_queue(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_mail *mail, mr_str *ret_id,
                  struct mr_err *err)
{
    bool stopped, restricted;
    if (!mr_contact_is_email(mail->to)) return MR_FAIL(err, MR_E_FORMAT, "this is no e-mail address", MR_NOWHERE);
    MR_TRY(is_stopped(s, tx, mr_mail_kind_find(mr_str_of(mail->template_name)), mail->to, &stopped, err));
    MR_TRY(is_restricted(tx, a, mail, &restricted, err));
    if (ret_id) *ret_id = MR_STR_EMPTY;
    if (stopped || restricted) return MR_OK;
    const struct mr_mail_row row = {.org_id = mail->org_id,
                                    .template_name = mr_str_of(mail->template_name),
                                    .language = mail->language,
                                    .recipient = mail->to,
                                    .object_id = mail->object_id,
                                    .data = mail->data,
                                    .next_at = mail->at ? mail->at : mr_env_now(mr_service_env(s))};
    MR_TRY(mr_store_mail_add(tx, a, mr_service_env(s), &row, ret_id, err));
    mr_jobs_expect(s);
    return mr_store_job_hasten(tx, MR_STR("mail.send"), row.next_at, err);
}

int mr_mail_about_achievement(mr_service *s, mr_arena *a, mr_str achievement_id, const mr_language *l, mr_str to,
                              mr_str *ret, mr_str *ret_language, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_CLEANUP(mr_buf_done) mr_buf text;
    struct mr_achievement_row row;
    struct mr_published published;
    mr_json_writer w;
    char until[11];
    mr_buf_init(&text, 64 * MR_KIB);
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(mr_store_achievement_find(tx, a, achievement_id, &row, err));
    mr_db_rollbackp(&tx);
    tx = NULL;
    if (!row.id.len) return MR_FAIL(err, MR_E_NOT_FOUND, "no such achievement", MR_NOWHERE);
    MR_TRY(mr_catalogue_get(s, a, row.specification_id, &published, err));
    const mr_specification *specification = &published.specification;
    mr_str tag = mr_language_tag(l ? l : mr_maker_mail_language(a, &row, specification));
    bool is_hers = row.learner_email.len && mr_str_eq(mr_sign_in_email(a, to), mr_sign_in_email(a, row.learner_email));
    mr_str path = is_hers ? mr_claim_mail_path(s, a, row.id, row.claim_turn, row.learner_email)
                          : mr_claim_path(s, a, row.id, row.claim_turn);
    if (ret_language) *ret_language = tag;
    mr_date_write(mr_date_of_time(row.claim_until), until);
    mr_json_writer_init(&w, &text, 0);
    mr_json_begin_object(&w);
    mr_json_put_member(&w, "learner", row.learner_name);
    mr_json_put_member(&w, "title", mr_texts_get(specification->title, tag, NULL));
    mr_json_put_member(&w, "provider", mr_texts_get(specification->provider.name, tag, NULL));
    if (specification->provider.email.len) mr_json_put_member(&w, "provider_email", specification->provider.email);
    mr_json_put_member(&w, "link", mr_arena_format(a, "%.*s%.*s", MR_STR_ARG(s->public_url), MR_STR_ARG(path)));
    if (mr_str_is(row.claim_state, "open")) mr_json_put_member_c(&w, "until", until);
    mr_json_end_object(&w);
    *ret = mr_arena_dup(a, mr_buf_str(&text));
    return ret->ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory for a mail", MR_NOWHERE);
}

/* ---- lists ---- */

static const char *const states[MR_MAIL_STATES] = {"waiting", "sent", "refused", "returned", "given_up"};

const char *mr_mail_state_word(mr_mail_state state)
{
    return states[state];
}

mr_mail_state mr_mail_state_find(mr_str word)
{
    mr_mail_state state = 0;
    while (state < MR_MAIL_STATES && !mr_str_is(word, states[state])) state++;
    return state;
}

/* What it says can be made anew from the achievement that it is about. */
static bool can_be_made_anew(const struct mr_mail_row *row)
{
    return row->object_id.len &&
           (mr_str_is(row->template_name, "claim") || mr_str_is(row->template_name, "reminder") ||
            mr_str_is(row->template_name, "replaced") || mr_str_is(row->template_name, "claim_link"));
}

static struct mr_queued_mail mail_of(const struct mr_mail_row *row)
{
    return (struct mr_queued_mail){.id = row->id,
                                   .org_id = row->org_id,
                                   .kind = row->template_name,
                                   .language = row->language,
                                   .to = row->recipient,
                                   .object_id = row->object_id,
                                   .state = mr_mail_state_find(row->state),
                                   .attempts = row->attempts,
                                   .created_at = row->created_at,
                                   .sent_at = row->sent_at,
                                   .next_at = row->next_at,
                                   .answer_code = row->answer_code,
                                   .answer = row->answer,
                                   .can_be_sent = row->data.len || can_be_made_anew(row)};
}

int mr_mail_list(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str org_id, mr_mail_state state,
                 mr_str after, size_t limit, struct mr_queued_mail **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_mail_row *rows;
    size_t count;
    const struct mr_mail_filter filter = {
        .org_id = org_id, .state = state < MR_MAIL_STATES ? mr_str_of(states[state]) : MR_STR_EMPTY, .after = after};
    MR_TRY(mr_authorise(actor, MR_MAY_MAIL_READ, org_id, err));
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(mr_store_mail_list(tx, a, &filter, limit, &rows, &count, err));
    struct mr_queued_mail *list = MR_NEW_ARRAY(a, struct mr_queued_mail, count);
    if (!list) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    for (size_t i = 0; i < count; i++) list[i] = mail_of(&rows[i]);
    *ret = list, *ret_count = count;
    return MR_OK;
}

static int find_row(mr_db_tx *tx, mr_arena *a, const struct mr_actor *actor, mr_action action, mr_str id,
                    struct mr_mail_row *ret, struct mr_err *err)
{
    MR_TRY(mr_store_mail_find(tx, a, id, ret, err));
    if (!ret->id.len) return MR_FAIL(err, MR_E_NOT_FOUND, "no such mail", MR_NOWHERE);
    return mr_authorise(actor, action, ret->org_id, err);
}

int mr_mail_get(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, struct mr_queued_mail *ret,
                struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_mail_row row;
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(find_row(tx, a, actor, MR_MAY_MAIL_READ, id, &row, err));
    *ret = mail_of(&row);
    return MR_OK;
}

int mr_mail_counts(mr_service *s, const struct mr_actor *actor, mr_str org_id, int64_t ret[MR_MAIL_STATES],
                   struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_mail_counts counts;
    MR_TRY(mr_authorise(actor, MR_MAY_MAIL_READ, org_id, err));
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(mr_store_mail_counts(tx, org_id, &counts, err));
    const int64_t all[] = {counts.waiting, counts.sent, counts.refused, counts.returned, counts.given_up};
    memcpy(ret, all, sizeof all);
    return MR_OK;
}

int mr_mail_again(mr_service *s, const struct mr_actor *actor, mr_str id, mr_str to, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_mail_row row;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    if (to.len && !mr_contact_is_email(to)) return MR_FAIL(err, MR_E_FORMAT, "this is no e-mail address", MR_NOWHERE);
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(find_row(tx, &a, actor, MR_MAY_MAIL_SEND, id, &row, err));
    mr_db_rollbackp(&tx);
    tx = NULL;
    const mr_language *l = mr_language_find(row.language);
    if (can_be_made_anew(&row))
        MR_TRY(mr_mail_about_achievement(s, &a, row.object_id, l ? l : mr_language_english(),
                                         to.len ? to : row.recipient, &row.data, NULL, err));
    if (!row.data.len) return MR_FAIL(err, MR_E_STATE, "what this mail said is kept no longer", MR_NOWHERE);
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(mr_store_mail_again(tx, id, to.len ? to : row.recipient, row.data, mr_env_now(s->env), err));
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_MAIL_SEND, row.org_id, id, to.len ? MR_STR("readdressed") : MR_STR("again"),
                    err));
    MR_TRY(mr_store_job_hasten(tx, MR_STR("mail.send"), mr_env_now(s->env), err));
    MR_TRY(commit(&tx, err));
    mr_jobs_wake(s);
    return MR_OK;
}

int mr_mail_way(mr_service *s, mr_arena *a, struct mr_mail_way_now *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_mail_way way;
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(mr_store_mail_way(tx, a, MR_STR("server"), &way, err));
    *ret = (struct mr_mail_way_now){.is_configured = s->post.url.len > 0,
                                    .from = s->post.from,
                                    .trouble = way.failures ? way.trouble : MR_STR_EMPTY,
                                    .trouble_since = way.failures ? way.since : MR_TIME_NONE};
    return MR_OK;
}

/* ---- a provider's own ---- */

int mr_mail_org(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    *ret = actor->org_id;
    if (ret->len) return MR_OK;
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(mr_store_organisation_first(tx, a, ret, err));
    return ret->len ? MR_OK : MR_FAIL(err, MR_E_NOT_FOUND, "there is no organisation yet", MR_NOWHERE);
}

static int find_kind(mr_str name, const struct mr_mail_kind **ret, struct mr_err *err)
{
    *ret = mr_mail_kind_find(name);
    if (*ret && (*ret)->whose != MR_MAIL_MERIT) return MR_OK;
    return MR_FAIL(err, MR_E_NOT_FOUND, "there is no mail of this kind that a provider words", MR_NOWHERE);
}

int mr_mail_words_find(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str org_id, mr_str kind,
                       mr_str language, struct mr_mail_words *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_mail_wording wording;
    MR_TRY(mr_authorise(actor, MR_MAY_MAIL_EDIT, org_id, err));
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(mr_store_mail_wording(tx, a, org_id, kind, language, &wording, err));
    *ret = (struct mr_mail_words){wording.subject, wording.introduction};
    return MR_OK;
}

int mr_mail_words_set(mr_service *s, const struct mr_actor *actor, mr_str org_id, mr_str kind_name, mr_str language,
                      const struct mr_mail_words *words, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    const struct mr_mail_kind *kind;
    const struct mr_mail_wording wording = {words->subject, words->introduction};
    MR_TRY(mr_authorise(actor, MR_MAY_MAIL_EDIT, org_id, err));
    MR_TRY(find_kind(kind_name, &kind, err));
    if (!mr_language_find(language))
        return MR_FAIL(err, MR_E_NOT_FOUND, "Merit does not speak this language", MR_NOWHERE);
    MR_TRY(mr_mail_words_check(kind, words, err));
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(mr_store_mail_wording_set(tx, org_id, kind_name, language, &wording, mr_env_now(s->env), err));
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_MAIL_EDIT, org_id, MR_STR_EMPTY, kind_name, err));
    return commit(&tx, err);
}

int mr_mail_source_of(mr_service *s, mr_db_tx *tx, mr_arena *a, mr_str org_id, mr_str kind, mr_str language,
                      struct mr_mail_source *ret, struct mr_err *err)
{
    struct mr_organisation_row org = {0};
    struct mr_mail_wording wording = {0};
    const mr_json *profile = NULL;
    const mr_language *l = mr_language_find(language);
    *ret = (struct mr_mail_source){.kind = kind, .language = mr_language_tag(l ? l : mr_language_english())};
    if (!org_id.len) return MR_OK;
    MR_TRY(mr_store_organisation_find(tx, a, org_id, &org, err));
    if (org.profile.len && mr_json_parse(a, org.profile, NULL, &profile, NULL) != MR_OK) profile = NULL;
    mr_str name = mr_json_str(mr_json_find_member(mr_json_get(profile, "name"), ret->language));
    ret->provider = name.len ? name : org.name;
    ret->contact = mr_json_get_str(profile, "email");
    const struct mr_mail_kind *k = mr_mail_kind_find(kind);
    if (k && k->whose != MR_MAIL_MERIT)
        MR_TRY(mr_store_mail_wording(tx, a, org_id, kind, ret->language, &wording, err));
    ret->words = (struct mr_mail_words){wording.subject, wording.introduction};
    return MR_OK;
}

int mr_mail_preview(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str org_id, mr_str kind,
                    mr_str language, const struct mr_mail_words *words, struct mr_mail_text *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_mail_source source;
    const mr_language *l = mr_language_find(language);
    MR_TRY(mr_authorise(actor, MR_MAY_MAIL_EDIT, org_id, err));
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(mr_mail_source_of(s, tx, a, org_id, kind, language, &source, err));
    source.data = mr_mail_text_sample(s, a, l ? l : mr_language_english());
    if (words && words->subject.len) source.words = *words;
    return mr_mail_text_make(s, a, &source, ret, err);
}

int mr_mail_test(mr_service *s, const struct mr_actor *actor, mr_str org_id, mr_str kind, mr_str language, mr_str to,
                 struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    const struct mr_mail_kind *k = mr_mail_kind_find(kind);
    const mr_language *l = mr_language_find(language);
    mr_arena_init(&a, MR_MIB);
    MR_TRY(mr_authorise(actor, MR_MAY_MAIL_EDIT, org_id, err));
    if (!k || (k->whose == MR_MAIL_MERIT && !mr_str_is(kind, "test")))
        return MR_FAIL(err, MR_E_NOT_FOUND, "there is no mail of this kind to try", MR_NOWHERE);
    const struct mr_mail mail = {
        .template_name = k->name,
        .org_id = org_id,
        .to = to,
        .language = language,
        .data = mr_str_is(kind, "test") ? MR_STR("{}") : mr_mail_text_sample(s, &a, l ? l : mr_language_english())};
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(mr_mail_queue(s, tx, &a, &mail, NULL, err));
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_MAIL_EDIT, org_id, MR_STR_EMPTY, MR_STR("test"), err));
    MR_TRY(commit(&tx, err));
    mr_jobs_wake(s);
    return MR_OK;
}

int mr_mail_reminds(mr_service *s, const struct mr_actor *actor, mr_str org_id, bool *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_authorise(actor, MR_MAY_MAIL_READ, org_id, err));
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    return mr_store_mail_reminds(tx, org_id, ret, err);
}

int mr_mail_set_reminds(mr_service *s, const struct mr_actor *actor, mr_str org_id, bool remind, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_authorise(actor, MR_MAY_MAIL_EDIT, org_id, err));
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(mr_store_mail_set_reminds(tx, org_id, remind, err));
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_MAIL_EDIT, org_id, MR_STR_EMPTY,
                    remind ? MR_STR("reminders=on") : MR_STR("reminders=off"), err));
    return commit(&tx, err);
}

/* ---- for recipients ---- */

mr_str mr_mail_stop_path(const mr_service *s, mr_arena *a, mr_str id)
{
    char mac[33];
    mr_service_mac(s, STOP_PURPOSE, id, mac);
    return mr_arena_format(a, "/mail/stop/%.*s/%s", MR_STR_ARG(id), mac);
}

int mr_mail_stop_is(mr_service *s, mr_str id, mr_str mac, struct mr_err *err)
{
    if (mr_id_is_uuid(id) && mr_service_mac_fits(s, STOP_PURPOSE, id, mac)) return MR_OK;
    return MR_FAIL(err, MR_E_NOT_FOUND, "no such mail", MR_NOWHERE);
}

int mr_mail_stop(mr_service *s, mr_str id, mr_str mac, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_mail_row row;
    char key[33];
    mr_arena_init(&a, MR_MIB);
    MR_TRY(mr_mail_stop_is(s, id, mac, err));
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(mr_store_mail_find(tx, &a, id, &row, err));
    if (!row.id.len) return MR_FAIL(err, MR_E_NOT_FOUND, "no such mail", MR_NOWHERE);
    address_key(s, row.recipient, key);
    MR_TRY(mr_store_mail_stop(tx, mr_str_of(key), mr_env_now(s->env), err));
    return commit(&tx, err);
}
