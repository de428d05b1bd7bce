#include "service/partner.h"

#include "base/encoding.h"
#include "base/id.h"
#include "base/limits.h"
#include "credential/specification_file.h"
#include "crypto/digest.h"
#include "json/write.h"
#include "model/contact.h"
#include "service/audit.h"
#include "service/mail.h"
#include "service/organisation.h"
#include "service/installation.h"
#include "store/organisation.h"
#include "store/specification.h"

#include <stdio.h>

#define ANSWER_MS (60 * MR_DAY_MS) /* for which a request can be answered */
#define ANSWER_NAME_MOST MR_LIMIT_NAME

/* ---- what the steps share ---- */

static int not_there(struct mr_err *err)
{
    return MR_FAIL(err, MR_E_NOT_FOUND, "there is no such request here", MR_NOWHERE);
}

static int commit(mr_db_tx **tx, struct mr_err *err)
{
    mr_db_tx *done = *tx;
    *tx = NULL;
    return mr_db_commit(done, err);
}

static mr_str digest_of(mr_arena *a, mr_str token)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    uint8_t digest[32];
    mr_buf_init(&text, 128);
    mr_sha256(token, digest);
    mr_hex_put(&text, mr_str_make((const char *)digest, sizeof digest));
    return mr_arena_dup(a, mr_buf_str(&text));
}

/* ---- asking ---- */

static void fault(struct mr_findings *findings, const char *element, const char *id, mr_str value, const char *pointer)
{
    struct mr_finding *f = mr_findings_add(findings, element, id, value);
    snprintf(f->pointer, sizeof f->pointer, "%s", pointer);
}

/* The body that is asked: one of this installation, or as its profile says. */
static int find_body(mr_db_tx *tx, mr_arena *a, const struct mr_partner_order *o, struct mr_findings *findings,
                     struct mr_partner_row *row, mr_organisation *ret, struct mr_err *err)
{
    struct mr_organisation_row partner;
    row->profile = o->profile;
    if (o->partner.len) {
        MR_TRY(mr_store_organisation_find_slug(tx, a, o->partner, &partner, err));
        if (!partner.id.len || mr_str_eq(partner.id, o->org_id))
            return MR_FAIL(err, MR_E_NOT_FOUND, "there is no such other organisation here", MR_NOWHERE);
        row->partner_id = partner.id;
        MR_TRY(mr_organisation_as_provider(tx, a, partner.id, &row->profile, err));
    } else if (!mr_contact_is_email(o->email)) {
        fault(findings, "partner.email", "spec.email", o->email, "/email");
    }
    struct mr_findings own;
    mr_findings_init(&own, a);
    MR_TRY(mr_organisation_read(a, row->profile, ret, o->partner.len ? &own : findings, err));
    row->name = ret->name.count ? ret->name.items[0].text : MR_STR_EMPTY;
    return MR_OK;
}

/* It was asked already, and has not refused or withdrawn. */
static int check_unasked(mr_db_tx *tx, mr_arena *a, const struct mr_partner_order *o, const mr_organisation *body,
                         struct mr_err *err)
{
    struct mr_partner_row *rows;
    size_t count;
    MR_TRY(mr_store_partner_list(tx, a, o->org_id, o->specification, &rows, &count, err));
    for (size_t i = 0; i < count; i++) {
        mr_organisation other;
        struct mr_findings findings;
        mr_findings_init(&findings, a);
        if (!mr_str_is(rows[i].state, "asked") && !mr_str_is(rows[i].state, "consented")) continue;
        MR_TRY(mr_organisation_read(a, rows[i].profile, &other, &findings, err));
        if (mr_organisation_is_same(body, &other))
            return MR_FAIL(err, MR_E_EXISTS, "it was asked for this specification already", MR_NOWHERE);
    }
    return MR_OK;
}

/* Only a specification that is published here has a title to tell; another is told by its short name. */
static mr_str title_of(mr_service *s, mr_db_tx *tx, mr_arena *a, mr_str slug, mr_str language)
{
    struct mr_specification_row row;
    const struct mr_kept_specification *kept;
    if (mr_store_specification_find(tx, a, slug, &row, NULL) != MR_OK || !row.id.len) return slug;
    if (mr_kept_specification_get(&s->kept, tx, a, row.id, &kept, NULL) != MR_OK) return slug;
    return mr_texts_get(kept->specification.title, language, NULL);
}

static int mail_link(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_partner_order *o, mr_str partner,
                     mr_str id, mr_str token, int64_t until, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf data;
    struct mr_organisation_row asker;
    mr_json_writer w;
    mr_str site = mr_service_public_url(s);
    mr_buf_init(&data, MR_MIB);
    MR_TRY(mr_store_organisation_find(tx, a, o->org_id, &asker, err));
    mr_json_writer_init(&w, &data, 0);
    mr_json_begin_object(&w);
    mr_json_put_member(&w, "organisation", asker.name);
    mr_json_put_member(&w, "partner", partner);
    mr_json_put_member(&w, "title", title_of(s, tx, a, o->specification, o->language));
    mr_json_put_member(
        &w, "link", mr_arena_format(a, "%.*s/consent/%.*s/%.*s", MR_STR_ARG(site), MR_STR_ARG(id), MR_STR_ARG(token)));
    char day[11];
    mr_date_write(mr_date_of_time(until), day);
    mr_json_put_member_c(&w, "until", day);
    mr_json_end_object(&w);
    const struct mr_mail mail = {.template_name = "consent",
                                 .org_id = o->org_id,
                                 .to = o->email,
                                 .language = o->language,
                                 .object_id = id,
                                 .data = mr_buf_str(&data)};
    return mr_mail_queue(s, tx, a, &mail, NULL, err);
}

int mr_partner_ask(mr_service *s, mr_arena *a, const struct mr_actor *actor, const struct mr_partner_order *o,
                   struct mr_findings *findings, mr_str *ret_id, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    const mr_env *env = mr_service_env(s);
    struct mr_partner_row row = {.org_id = o->org_id, .slug = o->specification, .email = o->email};
    struct mr_specification_row published;
    mr_organisation body;
    char token[33];
    MR_TRY(mr_authorise(actor, MR_MAY_PARTNER_ASK, o->org_id, err));
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    if (!o->specification.len)
        fault(findings, "opportunity.specification", "opportunity.missing", MR_STR_EMPTY, "/specification");
    MR_TRY(mr_store_specification_find(tx, a, o->specification, &published, err));
    if (published.id.len && !mr_str_eq(published.org_id, o->org_id))
        return MR_FAIL(err, MR_E_NOT_FOUND, "there is no such thing here", MR_NOWHERE);
    MR_TRY(find_body(tx, a, o, findings, &row, &body, err));
    if (findings->faults) return MR_FAIL(err, MR_E_SPECIFICATION, "what is said of it has faults", MR_NOWHERE);
    MR_TRY(check_unasked(tx, a, o, &body, err));
    row.asked_at = mr_env_now(env), row.expires_at = row.asked_at + ANSWER_MS;
    mr_id_token(env, token);
    if (!row.partner_id.len) row.token = digest_of(a, mr_str_of(token));
    MR_TRY(mr_store_partner_add(tx, a, env, &row, ret_id, err));
    if (!row.partner_id.len) MR_TRY(mail_link(s, tx, a, o, row.name, *ret_id, mr_str_of(token), row.expires_at, err));
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_PARTNER_ASK, o->org_id, *ret_id, o->specification, err));
    return commit(&tx, err);
}

/* ---- answering ---- */

bool mr_partner_is_waiting(const mr_service *s, const struct mr_partner_row *row)
{
    return mr_str_is(row->state, "asked") && mr_env_now(mr_service_env(s)) <= row->expires_at;
}

static int answer(mr_service *s, mr_db_tx *tx, const struct mr_actor *actor, struct mr_partner_row *row, bool consents,
                  struct mr_err *err)
{
    if (!mr_partner_is_waiting(s, row))
        return MR_FAIL(err, MR_E_STATE, "it was answered, withdrawn, or its time is over", MR_NOWHERE);
    row->state = consents ? MR_STR("consented") : MR_STR("refused");
    row->answered_at = mr_env_now(mr_service_env(s));
    MR_TRY(mr_store_partner_answer(tx, row, err));
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_PARTNER_CONSENT, row->org_id, row->id, row->state, err));
    if (!row->partner_id.len) return MR_OK;
    return mr_audit(s, tx, actor, MR_MAY_PARTNER_CONSENT, row->partner_id, row->id, row->state, err);
}

int mr_partner_answer(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str id, bool consents,
                      struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_partner_row row;
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(mr_store_partner_find(tx, a, id, &row, err));
    if (!row.partner_id.len) return not_there(err);
    MR_TRY(mr_authorise(actor, MR_MAY_PARTNER_CONSENT, row.partner_id, err));
    row.answered_by = actor->id;
    MR_TRY(answer(s, tx, actor, &row, consents, err));
    return commit(&tx, err);
}

static int withdraw(mr_service *s, mr_db_tx *tx, const struct mr_actor *actor, const struct mr_partner_row *row,
                    struct mr_err *err)
{
    MR_TRY(mr_store_partner_withdraw(tx, row->id, mr_env_now(mr_service_env(s)), err));
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_PARTNER_CONSENT, row->org_id, row->id, MR_STR("withdrawn"), err));
    if (!row->partner_id.len) return MR_OK;
    return mr_audit(s, tx, actor, MR_MAY_PARTNER_CONSENT, row->partner_id, row->id, MR_STR("withdrawn"), err);
}

int mr_partner_withdraw(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str id, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_partner_row row;
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(mr_store_partner_find(tx, a, id, &row, err));
    if (!row.id.len) return not_there(err);
    bool is_partner = row.partner_id.len && mr_authorise(actor, MR_MAY_PARTNER_CONSENT, row.partner_id, NULL) == MR_OK;
    if (!is_partner) MR_TRY(mr_authorise(actor, MR_MAY_PARTNER_ASK, row.org_id, err));
    MR_TRY(withdraw(s, tx, actor, &row, err));
    return commit(&tx, err);
}

int mr_partner_list(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str org_id,
                    struct mr_partner_row **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_authorise(actor, MR_MAY_ORGANISATION_READ, org_id, err));
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    return mr_store_partner_list(tx, a, org_id, MR_STR_EMPTY, ret, ret_count, err);
}

/* ---- behind the mailed link ---- */

static int open_link(mr_db_tx *tx, mr_arena *a, mr_str id, mr_str token, struct mr_partner_row *ret, struct mr_err *err)
{
    MR_TRY(mr_store_partner_find(tx, a, id, ret, err));
    if (!ret->token.len || !mr_str_eq(ret->token, digest_of(a, token))) return not_there(err);
    return MR_OK;
}

int mr_partner_open(mr_service *s, mr_arena *a, mr_str id, mr_str token, struct mr_partner_row *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    return open_link(tx, a, id, token, ret, err);
}

static bool is_answer(mr_str s)
{
    return s.len > 0 && mr_utf8_length(s) <= ANSWER_NAME_MOST;
}

int mr_partner_answer_link(mr_service *s, mr_arena *a, mr_str id, mr_str token, bool consents, mr_str name,
                           mr_str function, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_partner_row row;
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(open_link(tx, a, id, token, &row, err));
    row.answer_name = mr_str_trim(name), row.answer_function = mr_str_trim(function);
    if (!is_answer(row.answer_name) || !is_answer(row.answer_function))
        return MR_FAIL(err, MR_E_USAGE, "the name or the function is missing or too long", MR_NOWHERE);
    MR_TRY(answer(s, tx, &mr_actor_stranger, &row, consents, err));
    return commit(&tx, err);
}

int mr_partner_withdraw_link(mr_service *s, mr_arena *a, mr_str id, mr_str token, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_partner_row row;
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(open_link(tx, a, id, token, &row, err));
    MR_TRY(withdraw(s, tx, &mr_actor_stranger, &row, err));
    return commit(&tx, err);
}

/* ---- is there consent? ---- */

/* Of the same house: the organisation itself, what it is a unit of, and its units, which say for themselves what they are called. */
static int is_own(mr_db_tx *tx, mr_arena *a, mr_str org_id, const mr_organisation *body, bool *ret, struct mr_err *err)
{
    struct mr_organisation_row *units, own;
    size_t count;
    MR_TRY(mr_store_organisation_find(tx, a, org_id, &own, err));
    MR_TRY(mr_store_organisation_page(tx, a, MR_ORGANISATION_LIST_ALL, org_id, MR_STR_EMPTY, 200, &units, &count, err));
    for (size_t i = 0; i < count + 2 && !*ret; i++) {
        mr_str id = i == 0 ? org_id : i == 1 ? own.parent_id : units[i - 2].id, profile;
        mr_organisation other;
        struct mr_findings findings;
        mr_findings_init(&findings, a);
        if (!id.len) continue;
        MR_TRY(mr_organisation_as_provider(tx, a, id, &profile, err));
        MR_TRY(mr_organisation_read(a, profile, &other, &findings, err));
        *ret = mr_organisation_is_same(body, &other);
    }
    return MR_OK;
}

int mr_partner_consented(mr_db_tx *tx, mr_arena *a, mr_str org_id, mr_str specification_slug,
                         const mr_organisation *body, bool *ret, struct mr_err *err)
{
    struct mr_partner_row *rows;
    size_t count;
    *ret = false;
    MR_TRY(is_own(tx, a, org_id, body, ret, err));
    if (*ret) return MR_OK;
    MR_TRY(mr_store_partner_list(tx, a, org_id, specification_slug, &rows, &count, err));
    for (size_t i = 0; i < count && !*ret; i++) {
        mr_organisation other;
        struct mr_findings findings;
        mr_findings_init(&findings, a);
        if (!mr_str_is(rows[i].state, "consented") || !mr_str_eq(rows[i].org_id, org_id)) continue;
        MR_TRY(mr_organisation_read(a, rows[i].profile, &other, &findings, err));
        *ret = mr_organisation_is_same(body, &other);
    }
    return MR_OK;
}

int mr_partner_check(mr_db_tx *tx, mr_arena *a, mr_str org_id, const mr_specification *s, struct mr_findings *findings,
                     struct mr_err *err)
{
    for (size_t i = 0; i < s->awarding_body_count; i++) {
        const mr_organisation *body = &s->awarding_bodies[i];
        bool consented;
        if (mr_organisation_is_same(body, &s->provider)) continue;
        MR_TRY(mr_partner_consented(tx, a, org_id, s->id, body, &consented, err));
        if (!consented)
            fault(findings, "awarding_body", "partner.no_consent", mr_texts_get(body->name, MR_STR("en"), NULL),
                  mr_arena_format(a, "/awarding_bodies/%zu", i).ptr);
    }
    return MR_OK;
}
