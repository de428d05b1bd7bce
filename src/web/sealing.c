/* The steps of a batch from preview to sealed, and what pages about awards share. */
#include "web/sealing.h"

#include "base/id.h"
#include "base/limits.h"
#include "base/zone.h"
#include "service/award.h"

/* ---- shared ---- */

mr_str mr_office_say_day(mr_page *p, mr_str day)
{
    mr_date date;
    return mr_date_parse(day, &date, NULL) == MR_OK ? mr_say_date(p->arena, p->language, date) : day;
}

void mr_office_put_specification(mr_page *p, const struct mr_published *published)
{
    mr_str language, title = mr_texts_get(published->specification.title, mr_language_tag(p->language), &language);
    mr_json_put_member(&p->view, "slug", published->slug);
    mr_json_put_member(&p->view, "specification", title);
    mr_json_put_member(&p->view, "specification_lang", language);
}

mr_str mr_office_org(mr_page *p)
{
    struct mr_published *list;
    size_t count;
    if (p->actor->org_id.len) return p->actor->org_id;
    const struct mr_specification_filter first = {.limit = 1};
    if (mr_catalogue_list(p->service, p->arena, &first, &list, &count, NULL) != MR_OK || count == 0)
        return MR_STR_EMPTY;
    return list[0].org_id;
}

size_t mr_office_ids(mr_page *p, const char *field, mr_str *ret, size_t most)
{
    mr_str rest = p->request->body, pair, name;
    size_t count = 0;
    while (mr_str_split(&rest, '&', &pair)) {
        if (!mr_str_split(&pair, '=', &name) || !mr_str_is(name, field) || !mr_id_is_uuid(pair)) continue;
        if (count < most) ret[count] = pair;
        count++;
    }
    return count;
}

struct mr_award_fields mr_office_award_fields(mr_page *p)
{
    struct mr_award_fields fields = {0};
    for (size_t i = 0; i < MR_AWARD_FIELDS; i++)
        *mr_award_field_at(&fields, i) = mr_http_form(p->request, mr_award_field_name(i));
    return fields;
}

/* The field that a finding is about; the first when it is about none of them. */
static size_t field_of(const struct mr_finding *f)
{
    for (size_t i = 0; i < MR_AWARD_FIELDS; i++)
        if (strcmp(f->element, mr_award_field_name(i)) == 0) return i;
    return 0;
}

static void put_faults(mr_page *p, const struct mr_findings *findings)
{
    mr_json_writer *v = &p->view;
    mr_str wrong[MR_AWARD_FIELDS] = {MR_STR_EMPTY};
    mr_json_put_name(v, "faults");
    mr_json_begin_array(v);
    for (size_t i = 0; i < findings->count; i++) {
        const struct mr_finding *f = &findings->items[i];
        mr_str text = mr_finding_say(p->arena, p->language, f);
        wrong[field_of(f)] = text;
        mr_json_begin_object(v);
        mr_json_put_member(v, "text", text);
        mr_json_put_member_c(v, "field", mr_award_field_name(field_of(f)));
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
    mr_json_put_flag(&p->view, "has_faults", findings->count > 0);
    for (size_t i = 0; i < MR_AWARD_FIELDS; i++)
        if (wrong[i].len)
            mr_json_put_member(v, mr_arena_format(p->arena, "wrong_%s", mr_award_field_name(i)).ptr, wrong[i]);
    if (findings->count) mr_http_set_status(p->response, 422);
}

static void put_supervisions(mr_page *p, mr_str chosen)
{
    mr_json_writer *v = &p->view;
    mr_json_put_name(v, "supervisions");
    mr_json_begin_array(v);
    for (mr_supervision x = MR_SUPERVISION_NOT_SAID; x <= MR_SUPERVISION_IDENTITY_ON_SITE; x++) {
        const char *word = mr_supervision_word(x);
        mr_str id = mr_arena_format(p->arena, "award.supervision.%s", *word ? word : "as_specified");
        mr_json_begin_object(v);
        mr_json_put_member_c(v, "code", word);
        mr_json_put_member(v, "text", mr_message_str(p->language, id));
        mr_json_put_flag(&p->view, "chosen", mr_str_is(chosen, word));
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
}

void mr_office_put_award_fields(mr_page *p, const struct mr_award_fields *fields, const struct mr_findings *findings)
{
    struct mr_award_fields copy = *fields;
    for (size_t i = 0; i < MR_AWARD_FIELDS; i++)
        mr_json_put_member(&p->view, mr_award_field_name(i), *mr_award_field_at(&copy, i));
    put_supervisions(p, fields->supervision);
    mr_page_put_languages(p, fields->language);
    if (findings) put_faults(p, findings);
}

/* ---- the next step ---- */

static void put_zones(mr_page *p, mr_str chosen)
{
    mr_json_writer *v = &p->view;
    mr_json_put_name(v, "zones");
    mr_json_begin_array(v);
    for (const struct mr_zone *z = mr_zones; z->name; z++) {
        mr_json_begin_object(v);
        mr_json_put_member_c(v, "name", z->name);
        mr_json_put_flag(&p->view, "chosen", mr_str_is(chosen, z->name));
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
}

/* A country with one zone suggests it. */
static mr_str likely_zone(mr_page *p, mr_str specification_id)
{
    static const char *const zones[][2] = {
        {"DK", "Europe/Copenhagen"}, {"SE", "Europe/Stockholm"},   {"NO", "Europe/Oslo"},
        {"FI", "Europe/Helsinki"},   {"IS", "Atlantic/Reykjavik"}, {"NL", "Europe/Amsterdam"},
        {"BE", "Europe/Brussels"},   {"DE", "Europe/Berlin"},      {"FR", "Europe/Paris"},
        {"ES", "Europe/Madrid"},     {"PT", "Europe/Lisbon"},      {"IT", "Europe/Rome"},
        {"IE", "Europe/Dublin"},     {"AT", "Europe/Vienna"},      {"PL", "Europe/Warsaw"},
        {"CZ", "Europe/Prague"},     {"GR", "Europe/Athens"},      {"EE", "Europe/Tallinn"},
        {"LV", "Europe/Riga"},       {"LT", "Europe/Vilnius"},     {"RO", "Europe/Bucharest"},
        {"BG", "Europe/Sofia"},      {"HU", "Europe/Budapest"},    {"SI", "Europe/Ljubljana"},
        {"HR", "Europe/Zagreb"},     {"SK", "Europe/Bratislava"},  {"MT", "Europe/Malta"},
        {"CY", "Europe/Nicosia"},    {"LU", "Europe/Luxembourg"},
    };
    struct mr_published published;
    if (mr_catalogue_get(p->service, p->arena, specification_id, &published, NULL) == MR_OK &&
        published.specification.provider.country)
        for (size_t i = 0; i < sizeof zones / sizeof *zones; i++)
            if (strcmp(published.specification.provider.country->code, zones[i][0]) == 0) return mr_str_of(zones[i][1]);
    return MR_STR("Europe/Brussels");
}

static void put_schedule(mr_page *p, const struct mr_sealing_row *row, const char *wrong)
{
    const struct mr_zone *zone = mr_zone_find(row->seal_zone);
    mr_str typed = mr_http_form(p->request, "at"), chosen = mr_http_form(p->request, "zone");
    char at[17] = "";
    bool is_set = row->seal_at != MR_TIME_NONE && zone;
    if (is_set) {
        mr_zone_write(zone, row->seal_at, at);
        mr_date day = mr_date_of_time(0);
        if (mr_date_parse(mr_str_make(at, 10), &day, NULL) != MR_OK) day = mr_date_of_time(row->seal_at);
        mr_str words = mr_say_date(p->arena, p->language, day);
        mr_json_put_member(&p->view, "at_set",
                           MR_SAY(p->arena, p->language, "batch.at.set",
                                  {"time", mr_arena_format(p->arena, "%.*s, %s", MR_STR_ARG(words), at + 11)},
                                  {"zone", mr_str_of(zone->name)}));
    }
    mr_json_put_member(&p->view, "at_value", typed.len ? typed : mr_str_of(at));
    if (!chosen.len) chosen = is_set ? mr_str_of(zone->name) : likely_zone(p, row->specification_id);
    put_zones(p, chosen);
    if (!wrong) return;
    mr_json_put_member(&p->view, "at_wrong", mr_message(p->language, wrong));
    mr_http_set_status(p->response, 422);
}

int mr_office_put_next(mr_page *p, mr_str batch_id, int64_t ready, const char *wrong, struct mr_err *err)
{
    static const char *const hindrances[] = {NULL, "batch.hindrance.unsigned", "batch.hindrance.same",
                                             "batch.hindrance.forbidden"};
    struct mr_sealing sealing;
    mr_json_writer *v = &p->view;
    MR_TRY(mr_batch_sealing(p->service, p->actor, p->arena, batch_id, &sealing, err));
    const struct mr_sealing_row *row = &sealing.row;
    bool is_signed = row->signed_at != MR_TIME_NONE, is_free = sealing.hindrance == MR_SEAL_FREE;
    mr_json_put_name(v, "next");
    mr_json_begin_object(v);
    if (is_signed)
        mr_json_put_member(
            v, "signed",
            MR_SAY(p->arena, p->language, "batch.signed",
                   {"name", row->signed_name.len ? row->signed_name : mr_message(p->language, "batch.signed.operator")},
                   {"when", mr_say_time(p->arena, p->language, row->signed_at)}));
    if (hindrances[sealing.hindrance] && !sealing.may_sign)
        mr_json_put_member(v, "hindrance", mr_message(p->language, hindrances[sealing.hindrance]));
    mr_json_put_flag(&p->view, "may_seal", is_free);
    mr_json_put_flag(&p->view, "signs_too", is_free && !is_signed);
    mr_json_put_flag(&p->view, "may_sign", sealing.may_sign && !is_free);
    mr_json_put_flag(&p->view, "may_unsign", is_signed && mr_str_eq(row->signed_by, p->actor->id));
    mr_json_put_flag(&p->view, "may_supervise", !is_signed && mr_actor_may(p->actor, MR_MAY_RESULT_ENTER));
    mr_json_put_flag(&p->view, "mails", !mr_str_is(row->mailing, "later") || row->seal_at == MR_TIME_NONE);
    mr_json_put_member(v, "seal", mr_office_count(p, "batch.seal", ready));
    put_supervisions(p, row->supervision);
    put_schedule(p, row, wrong);
    mr_json_end_object(v);
    return MR_OK;
}

/* ---- steps ---- */

static void back(mr_page *p, int code, const struct mr_err *err)
{
    if (code == MR_OK || code == MR_E_STATE)
        mr_http_redirect(p->response, mr_office_batch_path(p, p->part[0], ""));
    else
        mr_page_fail(p, err);
}

void mr_web_batch_sign(mr_page *p)
{
    struct mr_err err = {0};
    back(p, mr_batch_sign(p->service, p->actor, p->part[0], &err), &err);
}

void mr_web_batch_unsign(mr_page *p)
{
    struct mr_err err = {0};
    back(p, mr_batch_unsign(p->service, p->actor, p->part[0], &err), &err);
}

void mr_web_batch_supervision(mr_page *p)
{
    struct mr_err err = {0};
    mr_supervision supervision;
    if (!mr_supervision_find(mr_http_form(p->request, "supervision"), &supervision))
        supervision = MR_SUPERVISION_NOT_SAID;
    back(p, mr_batch_set_supervision(p->service, p->actor, p->part[0], supervision, &err), &err);
}

void mr_web_batch_schedule(mr_page *p)
{
    struct mr_err err = {0};
    const struct mr_zone *zone = mr_zone_find(mr_http_form(p->request, "zone"));
    bool mail = mr_http_form(p->request, "mail").len > 0;
    int64_t at = 0;
    int code = zone ? mr_zone_parse(zone, mr_http_form(p->request, "at"), &at, &err)
                    : MR_FAIL(&err, MR_E_TIME, "no such time zone", MR_NOWHERE);
    if (code == MR_OK)
        code = mr_batch_schedule(p->service, p->actor, p->part[0], at, mr_str_of(zone->name), mail, &err);
    if (code == MR_E_TIME)
        mr_office_show_batch(p, "batch.at.wrong");
    else
        back(p, code, &err);
}

void mr_web_batch_unschedule(mr_page *p)
{
    struct mr_err err = {0};
    back(p, mr_batch_unschedule(p->service, p->actor, p->part[0], &err), &err);
}

void mr_web_batch_mail(mr_page *p)
{
    struct mr_err err = {0};
    back(p, mr_batch_mail(p->service, p->actor, p->part[0], &err), &err);
}

/* Addresses that only forms lead to, opened otherwise. */
void mr_web_batch_back(mr_page *p)
{
    mr_http_redirect(p->response, mr_office_batch_path(p, p->part[0], ""));
}
