/* Opportunities: the office's list and form, and the page that everybody sees.
 *
 *   GET  /provider/opportunities[?specification=]      the list
 *   GET  /provider/opportunities/new?specification=    an empty form
 *   POST /provider/opportunities                       a new one
 *   GET, POST /provider/opportunities/<id>             one of them
 *   POST /provider/opportunities/<id>/enrolment        its page for people who enrol themselves
 *   GET  /opportunities/<id>                           for everybody */
#include "web/opportunity.h"
#include "base/limits.h"

#include "credential/wording.h"
#include "service/catalogue.h"
#include "service/organisation.h"
#include "web/enrolment.h"
#include "web/fields.h"
#include "web/provider.h"
#include "web/specification.h"

#define PAGE 50
#define COUNT(list) (sizeof(list) / sizeof *(list))

static const char *const currencies[] = {"EUR", "BGN", "CHF", "CZK", "DKK", "GBP", "HUF",
                                         "ISK", "NOK", "PLN", "RON", "SEK", "UAH", NULL};
static const char *const zones[] = {"UTC",
                                    "Atlantic/Azores",
                                    "Atlantic/Reykjavik",
                                    "Europe/Amsterdam",
                                    "Europe/Athens",
                                    "Europe/Berlin",
                                    "Europe/Bratislava",
                                    "Europe/Brussels",
                                    "Europe/Bucharest",
                                    "Europe/Budapest",
                                    "Europe/Copenhagen",
                                    "Europe/Dublin",
                                    "Europe/Helsinki",
                                    "Europe/Kyiv",
                                    "Europe/Lisbon",
                                    "Europe/Ljubljana",
                                    "Europe/Luxembourg",
                                    "Europe/Madrid",
                                    "Europe/Malta",
                                    "Europe/Oslo",
                                    "Europe/Paris",
                                    "Europe/Prague",
                                    "Europe/Riga",
                                    "Europe/Rome",
                                    "Europe/Sofia",
                                    "Europe/Stockholm",
                                    "Europe/Tallinn",
                                    "Europe/Vienna",
                                    "Europe/Vilnius",
                                    "Europe/Warsaw",
                                    "Europe/Zagreb",
                                    "Asia/Nicosia",
                                    NULL};

static const char *const states[] = {"draft", "open", "full", "closed", "cancelled", NULL};

static const struct mr_field fields[] = {
    {"state", "opportunity.state", MR_FIELD_SELECT, .required = true, .words = states,
     .words_say = "opportunity.state"},
    {"start", "opportunity.start", MR_FIELD_DATE},
    {"end", "opportunity.end", MR_FIELD_DATE},
    {"apply_until", "opportunity.apply_until", MR_FIELD_DATE},
    {"time_zone", "opportunity.time_zone", MR_FIELD_SELECT, .required = true, .words = zones},
    {"mode", "opportunity.mode", MR_FIELD_SELECT, .required = true, .scheme = MR_SCHEME_MODE},
    {"place", "opportunity.place", MR_FIELD_TEXT},
    {"address", "opportunity.address", MR_FIELD_TEXT},
    {"languages", "opportunity.languages", MR_FIELD_LANGUAGES, .required = true},
    {"price", "opportunity.price", MR_FIELD_NUMBER},
    {"currency", "opportunity.currency", MR_FIELD_SELECT, .words = currencies},
    {"seats", "opportunity.seats", MR_FIELD_NUMBER},
    {"url", "opportunity.url", MR_FIELD_URL},
    {"funding", "opportunity.funding", MR_FIELD_AREAS},
};

/* ---- telling ---- */

static mr_str day(mr_page *p, mr_date date)
{
    return mr_say_date(p->arena, p->language, date);
}

static mr_str when(mr_page *p, const mr_opportunity *o)
{
    bool start = mr_date_is_set(o->start), end = mr_date_is_set(o->end);
    if (start && end)
        return MR_SAY(p->arena, p->language, "opportunity.from_to", {"from", day(p, o->start)}, {"to", day(p, o->end)});
    if (start) return MR_SAY(p->arena, p->language, "opportunity.from", {"from", day(p, o->start)});
    if (end) return MR_SAY(p->arena, p->language, "opportunity.any_time_until", {"to", day(p, o->end)});
    return mr_message(p->language, "opportunity.any_time");
}

/* "Europe/Copenhagen", which may be broken behind the stroke. */
static mr_str zone(mr_page *p, mr_str name)
{
    ptrdiff_t stroke = mr_str_find_char(name, '/');
    if (stroke < 0) return name;
    return mr_arena_format(p->arena, "%.*s/\u200B%.*s", (int)stroke, name.ptr,
                           MR_STR_ARG(mr_str_from(name, (size_t)stroke + 1)));
}

static mr_str apply(mr_page *p, const mr_opportunity *o)
{
    if (!mr_date_is_set(o->apply_until)) return MR_STR_EMPTY;
    return MR_SAY(p->arena, p->language, "opportunity.apply_by", {"date", day(p, o->apply_until)},
                  {"zone", zone(p, o->time_zone)});
}

/* "1,200 DKK", "1.200,50 DKK" */
static mr_str price(mr_page *p, const mr_opportunity *o)
{
    if (o->price_minor < 0) return MR_STR_EMPTY;
    if (o->price_minor == 0) return mr_message(p->language, "opportunity.free");
    mr_str whole = mr_say_count(p->arena, p->language, o->price_minor / 100);
    const char *point = mr_str_is(mr_language_tag(p->language), "en") ? "." : ",";
    mr_str part =
        o->price_minor % 100 ? mr_arena_format(p->arena, "%s%02d", point, (int)(o->price_minor % 100)) : MR_STR("");
    return mr_arena_format(p->arena, "%.*s%.*s %s", MR_STR_ARG(whole), MR_STR_ARG(part),
                           o->currency ? o->currency->code : "");
}

static mr_str languages(mr_page *p, const mr_opportunity *o)
{
    mr_str all = MR_STR_EMPTY, tag = mr_language_tag(p->language);
    for (size_t i = 0; i < o->language_count; i++)
        all = mr_wording_join(p->arena, all, mr_concept_label(o->languages[i], tag));
    return all;
}

static mr_str place(mr_page *p, const mr_opportunity *o)
{
    return mr_wording_join(p->arena, o->place, o->address);
}

static void put_facts(mr_page *p, const struct mr_offered *one)
{
    static const char *const looks[] = {"na", "passed", "unchecked", "na", "failed"};
    const mr_opportunity *o = &one->opportunity;
    bool open = mr_opportunity_is_open(p->service, o);
    mr_json_put_member_or_false(&p->view, "id", one->id);
    mr_json_put_member_or_false(&p->view, "when", when(p, o));
    mr_json_put_member_or_false(&p->view, "apply", apply(p, o));
    mr_json_put_member_or_false(&p->view, "place", place(p, o));
    mr_json_put_member_or_false(&p->view, "mode",
                                o->mode ? mr_concept_label(o->mode, mr_language_tag(p->language)) : MR_STR_EMPTY);
    mr_json_put_member_or_false(&p->view, "languages_taught", languages(p, o));
    mr_json_put_member_or_false(&p->view, "price", price(p, o));
    mr_web_put_texts(p, "funding", o->funding);
    mr_json_put_member_or_false(&p->view, "seats",
                                o->seats ? mr_say_count(p->arena, p->language, o->seats) : MR_STR_EMPTY);
    mr_json_put_member_or_false(&p->view, "url", o->url);
    mr_json_put_member_or_false(&p->view, "state",
                                mr_message_str(p->language, mr_arena_format(p->arena, "opportunity.state.%s",
                                                                            mr_opportunity_states[o->state])));
    for (int i = 0; i < 5; i++)
        if (i != 3) mr_json_put_flag(&p->view, looks[i], strcmp(looks[i], looks[o->state]) == 0);
    mr_json_put_flag(&p->view, "open", open);
    mr_json_put_member_or_false(&p->view, "enrol",
                                open && mr_web_enrolment_is_open(p, one->id)
                                    ? mr_arena_format(p->arena, "/enrol/%.*s", MR_STR_ARG(one->id))
                                    : MR_STR_EMPTY);
}

void mr_web_put_opportunities(mr_page *p, const char *name, const struct mr_offered *list, size_t count, bool titled)
{
    mr_json_put_name(&p->view, name);
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < count; i++) {
        mr_json_begin_object(&p->view);
        put_facts(p, &list[i]);
        mr_json_put_member_or_false(&p->view, "title",
                                    titled ? mr_web_title_of(p, list[i].opportunity.specification) : MR_STR_EMPTY);
        mr_json_put_member_or_false(&p->view, "slug", list[i].opportunity.specification);
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
    mr_json_put_flag(&p->view, mr_arena_format(p->arena, "has_%s", name).ptr, count > 0);
}

/* ---- for everybody ---- */

void mr_web_opportunity(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_offered one;
    struct mr_published published;
    struct mr_organisation_shown provider;
    int code = mr_opportunity_find(p->service, p->arena, p->part[0], &one, &err);
    if (code == MR_OK) code = mr_catalogue_get(p->service, p->arena, one.opportunity.specification, &published, &err);
    if (code == MR_OK) code = mr_organisation_find_ever(p->service, p->arena, one.org_id, &provider, &err);
    if (code != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    const mr_specification *s = &published.specification;
    mr_page_begin_titled(p, mr_texts_get(s->title, mr_language_tag(p->language), NULL), "find");
    mr_json_put_member(&p->view, "slug", published.slug);
    mr_web_put_texts(p, "heading", s->title);
    mr_web_put_texts(p, "provider_name", s->provider.name);
    mr_json_put_member_or_false(&p->view, "workload",
                                mr_wording_workload(p->arena, p->language, s->ects_hundredths, s->workload_minutes));
    put_facts(p, &one);
    mr_web_put_closed(p, &provider);
    mr_page_show(p, "opportunity");
}

/* ---- the office's list ---- */

static int put_list(mr_page *p, const struct mr_organisation_shown *o, mr_str slug, struct mr_err *err)
{
    struct mr_offered *list;
    size_t count;
    mr_str after = mr_http_query(p->request, "after"), next = MR_STR_EMPTY;
    MR_TRY(mr_opportunity_list(p->service, p->arena, p->actor, o->id, slug, after, PAGE + 1, &list, &count, err));
    if (count > PAGE) {
        MR_CLEANUP(mr_buf_done) mr_buf b;
        count = PAGE;
        mr_buf_init(&b, 1 << 16);
        mr_buf_puts(&b, "/provider/opportunities");
        mr_web_put_query(&b, "specification", slug);
        mr_web_put_query(&b, "after", list[PAGE - 1].id);
        next = mr_arena_dup(p->arena, mr_buf_str(&b));
    }
    mr_web_put_opportunities(p, "opportunities", list, count, true);
    mr_json_put_member_or_false(&p->view, "next", next);
    return MR_OK;
}

/* What can be offered: specifications of this organisation. */
static int put_choices(mr_page *p, const struct mr_organisation_shown *o, mr_str chosen, struct mr_err *err)
{
    struct mr_published *list;
    size_t count;
    const struct mr_specification_filter own = {.org_id = p->actor->kind == MR_ACTOR_OPERATOR ? MR_STR_EMPTY : o->id,
                                                .newest_first = true,
                                                .limit = MR_LIMIT_OFFICE_CHOICES};
    MR_TRY(mr_catalogue_list(p->service, p->arena, &own, &list, &count, err));
    mr_json_put_name(&p->view, "specifications");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < count; i++) {
        mr_json_begin_object(&p->view);
        mr_json_put_member(&p->view, "slug", list[i].slug);
        mr_json_put_member(&p->view, "title",
                           mr_texts_get(list[i].specification.title, mr_language_tag(p->language), NULL));
        mr_json_put_flag(&p->view, "chosen", mr_str_eq(list[i].slug, chosen));
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
    mr_json_put_flag(&p->view, "has_specifications", count > 0);
    return MR_OK;
}

/* The specification's own organisation, for whoever runs the program and acts for none. */
static int open_organisation(mr_page *p, mr_str slug, struct mr_organisation_shown *ret, struct mr_err *err)
{
    struct mr_published published;
    struct mr_organisation_shown of;
    mr_str organisation = mr_http_query(p->request, "organisation");
    if (!organisation.len && slug.len && !p->actor->org_id.len &&
        mr_catalogue_get(p->service, p->arena, slug, &published, NULL) == MR_OK &&
        mr_organisation_find(p->service, p->arena, published.org_id, &of, NULL) == MR_OK)
        organisation = of.slug;
    return mr_organisation_open(p->service, p->arena, p->actor, organisation, ret, err);
}

void mr_web_opportunities(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_organisation_shown o;
    mr_str slug = mr_http_query(p->request, "specification");
    int code = open_organisation(p, slug, &o, &err);
    mr_page_begin(p, "opportunities.title", "provider.opportunities");
    if (code == MR_OK) code = put_list(p, &o, slug, &err);
    if (code == MR_OK) code = put_choices(p, &o, slug, &err);
    mr_json_put_flag(&p->view, "done", mr_http_query(p->request, "done").len > 0);
    mr_json_put_flag(&p->view, "may_edit", mr_actor_may(p->actor, MR_MAY_OPPORTUNITY_EDIT));
    mr_json_put_member_or_false(&p->view, "only", slug.len ? mr_web_title_of(p, slug) : MR_STR_EMPTY);
    if (code == MR_OK)
        mr_page_show_private(p, "opportunities");
    else
        mr_page_fail(p, &err);
}

/* ---- the form ---- */

/* What the form stands for; id empty: a new one. */
struct form {
    mr_str id, slug;
    int64_t revision;
    const mr_json *values;
    const struct mr_findings *findings;
    bool conflict; /* somebody else changed it meanwhile */
    bool wrong;    /* what was typed of its enrolment page cannot be */
};

static void show_form(mr_page *p, const struct form *f)
{
    mr_page_begin(p, f->id.len ? "opportunity.edit.title" : "opportunity.new.title", "provider.opportunities");
    mr_json_put_member(&p->view, "action",
                       f->id.len ? mr_arena_format(p->arena, "/provider/opportunities/%.*s", MR_STR_ARG(f->id))
                                 : MR_STR("/provider/opportunities"));
    mr_json_put_member(&p->view, "slug", f->slug);
    mr_json_put_member(&p->view, "specification_title", mr_web_title_of(p, f->slug));
    mr_json_put_member_or_false(&p->view, "id", f->id);
    mr_json_put_number(&p->view, "revision", f->revision);
    mr_json_put_flag(&p->view, "conflict", f->conflict);
    if (f->conflict) mr_http_set_status(p->response, 409);
    if (f->wrong) mr_http_set_status(p->response, 422);
    mr_fields_put(p, fields, COUNT(fields), f->values, f->findings);
    mr_web_put_enrolment_page(p, f->slug, f->id, f->wrong);
    mr_page_show_private(p, "opportunity_form");
}

static const mr_json *parse(mr_page *p, mr_str text)
{
    const mr_json *root = NULL;
    return mr_json_parse(p->arena, text, NULL, &root, NULL) == MR_OK ? root : NULL;
}

static mr_str as_json(mr_page *p, const mr_opportunity *o)
{
    MR_CLEANUP(mr_buf_done) mr_buf b;
    mr_json_writer w;
    mr_buf_init(&b, 1 << 20);
    mr_json_writer_init(&w, &b, 0);
    mr_json_begin_object(&w);
    mr_opportunity_write(o, &w);
    mr_json_end_object(&w);
    return mr_arena_dup(p->arena, mr_buf_str(&b));
}

/* Where a provider is, its days and its money usually are. */
static const struct {
    char country[3];
    const char *zone, *currency;
} usual[] = {
    {"AT", "Europe/Vienna", "EUR"},      {"BE", "Europe/Brussels", "EUR"},   {"BG", "Europe/Sofia", "EUR"},
    {"CY", "Asia/Nicosia", "EUR"},       {"CZ", "Europe/Prague", "CZK"},     {"DE", "Europe/Berlin", "EUR"},
    {"DK", "Europe/Copenhagen", "DKK"},  {"EE", "Europe/Tallinn", "EUR"},    {"ES", "Europe/Madrid", "EUR"},
    {"FI", "Europe/Helsinki", "EUR"},    {"FR", "Europe/Paris", "EUR"},      {"GR", "Europe/Athens", "EUR"},
    {"HR", "Europe/Zagreb", "EUR"},      {"HU", "Europe/Budapest", "HUF"},   {"IE", "Europe/Dublin", "EUR"},
    {"IS", "Atlantic/Reykjavik", "ISK"}, {"IT", "Europe/Rome", "EUR"},       {"LT", "Europe/Vilnius", "EUR"},
    {"LU", "Europe/Luxembourg", "EUR"},  {"LV", "Europe/Riga", "EUR"},       {"MT", "Europe/Malta", "EUR"},
    {"NL", "Europe/Amsterdam", "EUR"},   {"NO", "Europe/Oslo", "NOK"},       {"PL", "Europe/Warsaw", "PLN"},
    {"PT", "Europe/Lisbon", "EUR"},      {"RO", "Europe/Bucharest", "RON"},  {"SE", "Europe/Stockholm", "SEK"},
    {"SI", "Europe/Ljubljana", "EUR"},   {"SK", "Europe/Bratislava", "EUR"}, {"UA", "Europe/Kyiv", "UAH"},
};

static void suggest(const mr_specification *s, mr_opportunity *o)
{
    for (size_t i = 0; s->provider.country && i < COUNT(usual); i++) {
        if (strcmp(usual[i].country, s->provider.country->code) != 0) continue;
        o->time_zone = mr_str_of(usual[i].zone);
        o->currency = mr_concept_find(MR_SCHEME_CURRENCY, mr_str_of(usual[i].currency));
    }
}

/* A new one is like its specification in what that says already. */
void mr_web_opportunity_new(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_published published;
    mr_str slug = mr_http_query(p->request, "specification");
    int code = mr_catalogue_get(p->service, p->arena, slug, &published, &err);
    if (code == MR_OK) code = mr_authorise(p->actor, MR_MAY_OPPORTUNITY_EDIT, published.org_id, &err);
    if (code != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    const mr_specification *s = &published.specification;
    mr_opportunity o = {.specification = slug,
                        .time_zone = MR_STR("UTC"),
                        .mode = s->mode_count ? s->modes[0] : NULL,
                        .languages = s->languages,
                        .language_count = s->language_count,
                        .price_minor = -1};
    suggest(s, &o);
    const struct form f = {.slug = slug, .values = parse(p, as_json(p, &o))};
    show_form(p, &f);
}

static void show_one(mr_page *p, const struct mr_offered *one, bool wrong)
{
    const struct form f = {.id = one->id,
                           .slug = one->opportunity.specification,
                           .revision = one->revision,
                           .values = parse(p, as_json(p, &one->opportunity)),
                           .wrong = wrong};
    show_form(p, &f);
}

void mr_web_opportunity_edit(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_offered one;
    if (mr_opportunity_get(p->service, p->arena, p->actor, p->part[0], &one, &err) == MR_OK)
        show_one(p, &one, false);
    else
        mr_page_fail(p, &err);
}

void mr_web_opportunity_enrolment(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_offered one;
    bool wrong = false;
    int code = mr_opportunity_get(p->service, p->arena, p->actor, p->part[0], &one, &err);
    if (code == MR_OK) code = mr_web_enrolment_save_page(p, one.opportunity.specification, one.id, &wrong, &err);
    if (wrong) {
        show_one(p, &one, true);
        return;
    }
    if (code == MR_OK)
        mr_http_redirect(p->response,
                         mr_arena_format(p->arena, "/provider/opportunities/%.*s#enrolment", MR_STR_ARG(one.id)));
    else
        mr_page_fail(p, &err);
}

/* The form's JSON with the specification in front. */
static mr_str sent_document(mr_page *p, mr_str slug)
{
    MR_CLEANUP(mr_buf_done) mr_buf b;
    mr_str rest = mr_fields_read(p, fields, COUNT(fields));
    mr_buf_init(&b, 1 << 24);
    mr_buf_puts(&b, "{\"specification\":");
    mr_json_quote(&b, slug);
    if (rest.len > 2) mr_buf_putc(&b, ',');
    mr_buf_put(&b, mr_str_from(rest, 1));
    return mr_arena_dup(p->arena, mr_buf_str(&b));
}

/* The list of its specification, which says that it was saved. */
static mr_str list_path(mr_page *p, mr_str slug)
{
    MR_CLEANUP(mr_buf_done) mr_buf b;
    mr_buf_init(&b, 1 << 16);
    mr_buf_puts(&b, "/provider/opportunities?done=1");
    mr_web_put_query(&b, "specification", slug);
    return mr_arena_dup(p->arena, mr_buf_str(&b));
}

static void save(mr_page *p, mr_str id)
{
    struct mr_err err = {0};
    struct mr_findings findings;
    uint64_t revision = 0;
    struct form f = {.id = id, .slug = mr_http_form(p->request, "specification")};
    mr_str text = sent_document(p, f.slug), made;
    mr_findings_init(&findings, p->arena);
    f.values = parse(p, text);
    if (mr_str_to_u64(mr_http_form(p->request, "revision"), &revision)) f.revision = (int64_t)revision;
    if (mr_fields_wants_tongue(p)) {
        show_form(p, &f);
        return;
    }
    int code = id.len ? mr_opportunity_set(p->service, p->arena, p->actor, id, f.revision, text, &findings, &err)
                      : mr_opportunity_add(p->service, p->arena, p->actor, text, &findings, &made, &err);
    f.findings = &findings;
    f.conflict = code == MR_E_STATE;
    if (code == MR_OK)
        mr_http_redirect(p->response, list_path(p, f.slug));
    else if (code == MR_E_SPECIFICATION || code == MR_E_STATE)
        show_form(p, &f);
    else
        mr_page_fail(p, &err);
}

void mr_web_opportunity_add(mr_page *p)
{
    save(p, MR_STR_EMPTY);
}

void mr_web_opportunity_save(mr_page *p)
{
    save(p, p->part[0]);
}
