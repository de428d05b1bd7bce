/* Idle makers wait in a list of the installation. One is taken again only by who asks for the same version, while it is fresh and the provider's settings are what
 * they were when it was opened; the rest are closed when the list is full. */
#include "service/maker.h"

#include "base/limits.h"
#include "credential/issue.h"
#include "json/write.h"
#include "model/contact.h"
#include "service/award_fields.h"
#include "service/claim.h"
#include "service/event.h"
#include "service/installation.h"
#include "service/mail.h"
#include "service/organisation.h"
#include "service/partner.h"
#include "service/status.h"
#include "store/body.h"

#define FRESH_MS 60000

/* One place in a status list withdraws all of them at once. */
static const mr_format forms[MR_MADE_FORMS] = {MR_FORMAT_ELM, MR_FORMAT_VC_JWT, MR_FORMAT_OPEN_BADGES,
                                               MR_FORMAT_DC_SD_JWT};

struct mr_maker {
    mr_arena arena; /* holds the maker itself */
    mr_service *s;
    mr_maker *next; /* in the list of idle ones */
    mr_str specification_id;
    struct mr_published published;
    mr_specification specification; /* as it is issued: for prior learning, with another participation */
    struct mr_award_setting setting;
    struct mr_seal_key seal;
    mr_issuer *issuer;
    int64_t opened_at;
};

/* ---- opening ---- */

/* Validated without a course: the elements of participation are answered by the reason. */
static void answer_participation(mr_maker *m)
{
    mr_specification *spec = &m->specification;
    size_t count = spec->title.count;
    struct mr_localised *texts = MR_NEW_ARRAY(&m->arena, struct mr_localised, count);
    spec->mode_count = 0;
    if (mr_texts_are_set(spec->participation_reason) || !texts) return;
    for (size_t i = 0; i < count; i++) {
        const mr_language *l = mr_language_find(spec->title.items[i].language);
        texts[i] = (struct mr_localised){.language = spec->title.items[i].language,
                                         .text = mr_message(l ? l : mr_language_english(), "validation.participation")};
    }
    spec->participation_reason = (mr_texts){.items = texts, .count = count};
}

static int read_setting(mr_maker *m, struct mr_award_setting *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_db_begin(m->s->db, false, &tx, err));
    return mr_award_setting_read(tx, m->published.org_id, ret, err);
}

int mr_maker_check(mr_service *s, mr_arena *a, const struct mr_published *published, struct mr_findings *findings,
                   struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_provider_doubt doubt;
    size_t before = findings->count;
    const mr_specification *spec = &published->specification;
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(mr_partner_check(tx, a, published->org_id, spec, findings, err));
    if (findings->count > before)
        return MR_FAIL_DETAIL(err, MR_E_SPECIFICATION, "an awarding body has not consented", "%.*s",
                              MR_STR_ARG(findings->items[before].value));
    MR_TRY(mr_organisation_find_rival(tx, a, published->org_id, &spec->provider, &doubt, err));
    if (!doubt.finding) return MR_OK;
    return MR_FAIL_DETAIL(err, MR_E_FORBIDDEN, "the provider is another organisation", "%.*s", MR_STR_ARG(doubt.value));
}

static int open_parts(mr_maker *m, bool validated, struct mr_err *err)
{
    struct mr_issuing issuing;
    struct mr_findings findings;
    mr_findings_init(&findings, &m->arena);
    MR_TRY(mr_catalogue_get(m->s, &m->arena, m->specification_id, &m->published, err));
    MR_TRY(mr_maker_check(m->s, &m->arena, &m->published, &findings, err));
    m->specification = m->published.specification;
    if (validated) answer_participation(m);
    MR_TRY(read_setting(m, &m->setting, err));
    MR_TRY(mr_service_seal(m->s, &m->specification, &m->seal, err));
    mr_service_fill_issuing(m->s, &m->specification, &m->seal, &issuing);
    issuing.page_image = m->setting.page_image;
    return mr_issuer_open(&issuing, &m->issuer, err);
}

int mr_maker_open(mr_service *s, mr_str specification_id, bool validated, mr_maker **ret, struct mr_err *err)
{
    mr_arena arena;
    mr_arena_init(&arena, MR_LIMIT_DOCUMENT_MEMORY);
    mr_maker *m = MR_NEW(&arena, mr_maker);
    if (!m) return MR_FAIL(err, MR_E_NOMEM, "no memory for issuing", MR_NOWHERE);
    m->arena = arena;
    m->s = s;
    m->specification_id = mr_arena_dup(&m->arena, specification_id);
    m->opened_at = mr_env_now(s->env);
    int code = open_parts(m, validated, err);
    if (code == MR_OK)
        *ret = m;
    else
        mr_maker_close(m);
    return code;
}

void mr_maker_close(mr_maker *m)
{
    if (!m) return;
    if (m->issuer) mr_issuer_close(m->issuer);
    mr_seal_key_done(&m->seal);
    mr_arena arena = m->arena;
    mr_arena_done(&arena);
}
void mr_maker_closep(mr_maker **m)
{
    mr_maker_close(*m);
}

const struct mr_published *mr_maker_published(const mr_maker *m)
{
    return &m->published;
}

/* ---- idle ones ---- */

/* Off the list: the one of this version, or NULL. */
static mr_maker *take_idle(mr_service *s, mr_str specification_id)
{
    mr_maker *found = NULL;
    pthread_mutex_lock(&s->maker_lock);
    for (mr_maker **at = &s->idle_makers; *at && !found; at = &(*at)->next) {
        if (!mr_str_eq((*at)->specification_id, specification_id)) continue;
        found = *at;
        *at = found->next;
        s->idle_maker_count--;
        break;
    }
    pthread_mutex_unlock(&s->maker_lock);
    return found;
}

static bool is_usable(mr_maker *m)
{
    struct mr_award_setting now;
    int64_t age = mr_env_now(m->s->env) - m->opened_at;
    if (age < 0 || age > FRESH_MS || read_setting(m, &now, NULL) != MR_OK) return false;
    return now.page_image == m->setting.page_image && now.formats == m->setting.formats;
}

int mr_maker_take(mr_service *s, mr_str specification_id, mr_maker **ret, struct mr_err *err)
{
    for (mr_maker *m; (m = take_idle(s, specification_id)) != NULL; mr_maker_close(m)) {
        if (!is_usable(m)) continue;
        *ret = m;
        return MR_OK;
    }
    return mr_maker_open(s, specification_id, false, ret, err);
}

void mr_maker_give(mr_maker *m)
{
    if (!m) return;
    mr_service *s = m->s;
    pthread_mutex_lock(&s->maker_lock);
    bool has_room = s->idle_maker_count < MR_LIMIT_IDLE_MAKERS;
    if (has_room) {
        m->next = s->idle_makers;
        s->idle_makers = m;
        s->idle_maker_count++;
    }
    pthread_mutex_unlock(&s->maker_lock);
    if (!has_room) mr_maker_close(m);
}
void mr_maker_givep(mr_maker **m)
{
    mr_maker_give(*m);
}

void mr_maker_end(mr_service *s)
{
    while (s->idle_makers) {
        mr_maker *m = s->idle_makers;
        s->idle_makers = m->next;
        mr_maker_close(m);
    }
    s->idle_maker_count = 0;
}

/* ---- places ---- */

void mr_maker_person_key(const mr_service *s, const char *learner_key, char out[33])
{
    mr_service_mac(s, "learner", mr_str_of(learner_key), out);
}

int mr_maker_look(mr_service *s, mr_db_tx *tx, mr_arena *a, mr_str specification_id, struct mr_making *making,
                  struct mr_holding *ret, struct mr_err *err)
{
    mr_maker_person_key(s, making->row->learner_key, making->person_key);
    MR_TRY(mr_store_achievement_holding(tx, a, specification_id, mr_str_of(making->person_key), mr_env_now(s->env), ret,
                                        err));
    making->term = ret->count + 1;
    if (!ret->id.len && !making->renews.len && !making->replaces.len) making->renews = ret->renews;
    return MR_OK;
}

/* The key of a first award is as it always was. */
static mr_str with_term(mr_arena *a, mr_str key, int64_t term)
{
    return term <= 1 ? key : mr_arena_format(a, "%.*s/%lld", MR_STR_ARG(key), (long long)term);
}

int mr_maker_place(mr_maker *m, mr_arena *a, struct mr_making *const *makings, size_t count, struct mr_err *err)
{
    mr_str *names = MR_NEW_ARRAY(a, mr_str, count);
    struct mr_status_place *places;
    if (!names) return MR_FAIL(err, MR_E_NOMEM, "no memory for the places", MR_NOWHERE);
    for (size_t i = 0; i < count; i++) {
        char key[33];
        mr_str learner = with_term(a, mr_str_of(makings[i]->row->learner_key), makings[i]->term);
        mr_status_award_key(m->s, &m->published.specification, learner, key);
        names[i] = mr_arena_dup(a, mr_str_of(key));
    }
    MR_TRY(mr_status_allocate(m->s, a, &m->published.specification, MR_STR_EMPTY, names, count, &places, err));
    for (size_t i = 0; i < count; i++) {
        mr_achievement *achievement = &makings[i]->row->achievement;
        memcpy(achievement->id, places[i].achievement_id, sizeof achievement->id);
        achievement->status_list = places[i].list;
        achievement->status_index = places[i].index;
    }
    return MR_OK;
}

/* ---- sealing ---- */

/* Compressed at once: the transaction that stores it keeps others waiting. */
static int pack(mr_arena *a, mr_format format, mr_str sealed, mr_str *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf packed;
    mr_buf_init(&packed, 2 * MR_LIMIT_DOCUMENT);
    MR_TRY(mr_body_pack(mr_str_of(mr_format_name(format)), sealed, &packed, err));
    *ret = mr_arena_dup(a, mr_buf_str(&packed));
    return ret->ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory to seal", MR_NOWHERE);
}

/* A kind of key that no badge can be signed with leaves badges out; a European Digital Credential there is always. */
static int seal_forms(mr_maker *m, mr_arena *a, mr_achievement *achievement, struct mr_made *ret, struct mr_err *err)
{
    for (size_t k = 0; k < MR_MADE_FORMS; k++) {
        MR_CLEANUP(mr_buf_done) mr_buf out;
        mr_buf_init(&out, MR_LIMIT_DOCUMENT);
        if (!(m->setting.formats & forms[k])) continue;
        int code = mr_issue(m->issuer, achievement, forms[k], &out, err);
        if (code == MR_E_UNSUPPORTED && forms[k] == MR_FORMAT_OPEN_BADGES) continue;
        MR_TRY(code);
        MR_TRY(pack(a, forms[k], mr_buf_str(&out), &ret->packed[k], err));
        ret->octets += ret->packed[k].len;
    }
    return MR_OK;
}

/* The achievement as it is kept, of which a corrected one can be made. */
static mr_str write_source(mr_arena *a, const mr_achievement *achievement)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    mr_json_writer w;
    struct mr_award_fields fields = mr_award_fields_of(a, achievement);
    mr_buf_init(&text, 64 * MR_KIB);
    mr_json_writer_init(&w, &text, 0);
    mr_json_begin_object(&w);
    mr_award_fields_put(&w, &fields);
    mr_json_end_object(&w);
    return mr_arena_dup(a, mr_buf_str(&text));
}

int mr_maker_seal(mr_maker *m, mr_arena *a, const struct mr_making *making, struct mr_made *ret, struct mr_err *err)
{
    mr_achievement *x = &making->row->achievement;
    char awarded[11];
    int64_t now = mr_env_now(m->s->env);
    *ret = (struct mr_made){0};
    MR_TRY(seal_forms(m, a, x, ret, err));
    mr_date_write(x->awarded_on, awarded);
    ret->row = (struct mr_achievement_row){
        .id = mr_arena_dup(a, mr_str_of(x->id)),
        .org_id = m->published.org_id,
        .specification_id = m->published.id,
        .batch_id = making->batch_id,
        .row_number = (int64_t)making->row->number,
        .learner_key = with_term(a, mr_arena_dup(a, mr_str_of(making->person_key)), making->term),
        .person_key = mr_arena_dup(a, mr_str_of(making->person_key)),
        .learner_name = mr_arena_dup(a, x->learner.full_name),
        .search_name = mr_store_achievement_fold(a, x->learner.full_name),
        .learner_email = mr_arena_dup(a, x->learner.email),
        .awarded_on = mr_arena_dup(a, mr_str_of(awarded)),
        .source = write_source(a, x),
        .replaces = making->replaces,
        .renews = making->renews,
        .validation_id = making->validation_id,
        .expires_at = mr_achievement_valid_until(x, &m->specification, now),
        .claim_until = now + MR_CLAIM_MS,
        .created_at = now,
        .status = MR_STR("active"),
        .claim_state = MR_STR("open"),
    };
    return ret->row.source.ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory to seal", MR_NOWHERE);
}

int mr_made_store(mr_db_tx *tx, const struct mr_made *made, struct mr_err *err)
{
    MR_TRY(mr_store_achievement_add(tx, &made->row, err));
    for (size_t k = 0; k < MR_MADE_FORMS; k++) {
        if (made->packed[k].len == 0) continue;
        MR_TRY(mr_store_credential_add_packed(tx, made->row.id, made->row.org_id, mr_str_of(mr_format_name(forms[k])),
                                              made->packed[k], made->row.created_at, err));
    }
    return MR_OK;
}

int mr_made_tell(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_made *made, struct mr_err *err)
{
    const struct mr_achievement_row *row = &made->row;
    mr_str data = mr_arena_format(a, "\"specification\":\"%.*s\",\"batch\":\"%.*s\"", MR_STR_ARG(row->specification_id),
                                  MR_STR_ARG(row->batch_id));
    if (row->replaces.len)
        data = mr_arena_format(a, "%.*s,\"replaces\":\"%.*s\"", MR_STR_ARG(data), MR_STR_ARG(row->replaces));
    if (!data.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for an event", MR_NOWHERE);
    return mr_event(s, tx, row->org_id, "achievement.awarded", row->id, data, err);
}

/* ---- mail ---- */

mr_str mr_maker_told_language(mr_arena *a, const struct mr_achievement_row *row)
{
    const mr_json *source;
    if (row->source.len == 0 || mr_json_parse(a, row->source, NULL, &source, NULL) != MR_OK) return MR_STR_EMPTY;
    return mr_award_fields_get(source).language;
}

const mr_language *mr_maker_mail_language(mr_arena *a, const struct mr_achievement_row *row,
                                          const mr_specification *specification)
{
    const mr_language *l = mr_language_find(mr_maker_told_language(a, row));
    for (size_t i = 0; !l && i < specification->title.count; i++)
        l = mr_language_find(specification->title.items[i].language);
    return l ? l : mr_language_english();
}

int mr_maker_mail(mr_service *s, mr_db_tx *tx, mr_arena *a, const mr_specification *specification,
                  const struct mr_achievement_row *row, const char *template_name, mr_str more, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    mr_json_writer w;
    char until[11];
    mr_buf_init(&text, 64 * MR_KIB);
    if (!mr_contact_is_email(row->learner_email)) return MR_OK;
    mr_str language = mr_language_tag(mr_maker_mail_language(a, row, specification)), path;
    bool is_claim = strcmp(template_name, "claim") == 0 || strcmp(template_name, "replaced") == 0;
    path = is_claim ? mr_claim_mail_path(s, a, row->id, row->claim_turn, row->learner_email)
                    : mr_claim_path(s, a, row->id, row->claim_turn);
    mr_date_write(mr_date_of_time(row->claim_until), until);
    mr_json_writer_init(&w, &text, 0);
    mr_json_begin_object(&w);
    mr_json_put_member(&w, "learner", row->learner_name);
    mr_json_put_member(&w, "title", mr_texts_get(specification->title, language, NULL));
    mr_json_put_member(&w, "provider", mr_texts_get(specification->provider.name, language, NULL));
    mr_json_put_member(&w, "link", mr_arena_format(a, "%.*s%.*s", MR_STR_ARG(s->public_url), MR_STR_ARG(path)));
    mr_json_put_member_c(&w, "until", until);
    mr_json_put_member(&w, "language", language);
    mr_json_end_object(&w);
    mr_str data = mr_arena_format(a, "%.*s%.*s}", (int)(text.len - 1), text.ptr, MR_STR_ARG(more));
    const struct mr_mail mail = {.template_name = template_name,
                                 .org_id = row->org_id,
                                 .to = row->learner_email,
                                 .language = language,
                                 .object_id = row->id,
                                 .data = data};
    return mr_mail_queue(s, tx, a, &mail, NULL, err);
}
