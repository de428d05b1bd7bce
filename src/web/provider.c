/* Providers as everybody sees them: who they are in law, where they are registered, what they say about recognition and quality, and what they offer.
 *
 *   GET /providers            those with something in the catalogue
 *   GET /providers/<slug>     one of them, or a unit of one */
#include "service/organisation.h"
#include "service/search.h"
#include "web/opportunity.h"
#include "web/provider.h"
#include "web/specification.h"

#define PAGE 50
#define CARDS 12
#define OFFERED 10

/* Short names of older databases are whole names: every octet that is no letter of an address is escaped. */
mr_str mr_web_provider_path(mr_page *p, mr_str slug)
{
    MR_CLEANUP(mr_buf_done) mr_buf b;
    mr_buf_init(&b, 1 << 16);
    mr_web_put_query(&b, "x", slug);
    return mr_arena_format(p->arena, "/providers/%.*s", MR_STR_ARG(mr_str_from(mr_buf_str(&b), 3)));
}

static mr_str kind_of(mr_page *p, const struct mr_organisation_shown *o)
{
    if (mr_str_is(o->kind, "provider") || mr_str_is(o->kind, "other")) return MR_STR_EMPTY; /* that says nothing */
    mr_str id = mr_arena_format(p->arena, "organisation.kind.%.*s", MR_STR_ARG(o->kind));
    return mr_message_exists(mr_language_english(), id) ? mr_message_str(p->language, id) : MR_STR_EMPTY;
}

/* ---- identity ---- */

static bool is_web(mr_str s)
{
    return mr_str_has_prefix(s, MR_STR("https://"));
}

static void put_identifier(mr_page *p, const char *label, mr_str value, mr_str href)
{
    if (!value.len) return;
    mr_json_begin_object(&p->view);
    mr_page_say(p, "label", label);
    mr_json_put_member(&p->view, "value", value);
    mr_json_put_member_or_false(&p->view, "href", is_web(value) ? value : href);
    mr_json_end_object(&p->view);
}

/* Digits at the end of a DEQAR identifier ("DEQARINST0034") are the number of its page. */
static mr_str deqar_link(mr_page *p, mr_str id)
{
    uint64_t number;
    if (mr_str_has_prefix(id, MR_STR("DEQARINST"))) id = mr_str_from(id, 9);
    if (!mr_str_to_u64(id, &number)) return MR_STR_EMPTY;
    return mr_arena_format(p->arena, "https://data.deqar.eu/institution/%llu", (unsigned long long)number);
}

static mr_str ror_link(mr_page *p, mr_str id)
{
    for (size_t i = 0; i < id.len; i++) {
        char c = id.ptr[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'))) return MR_STR_EMPTY;
    }
    return id.len ? mr_arena_format(p->arena, "https://ror.org/%.*s", MR_STR_ARG(id)) : MR_STR_EMPTY;
}

static void put_identity(mr_page *p, const mr_organisation *o)
{
    mr_web_put_texts(p, "heading", o->name);
    mr_web_put_texts(p, "address", o->address);
    mr_json_put_member_or_false(&p->view, "country",
                                o->country ? mr_concept_label(o->country, mr_language_tag(p->language)) : MR_STR_EMPTY);
    mr_json_put_member_or_false(&p->view, "homepage", o->homepage);
    mr_json_put_member_or_false(&p->view, "email", o->email);
    mr_json_put_name(&p->view, "identifiers");
    mr_json_begin_array(&p->view);
    put_identifier(p, "organisation.registration", o->registration, MR_STR_EMPTY);
    put_identifier(p, "organisation.vat", o->vat, MR_STR_EMPTY);
    put_identifier(p, "organisation.eidas", o->eidas, MR_STR_EMPTY);
    put_identifier(p, "organisation.deqar", o->deqar, deqar_link(p, o->deqar));
    put_identifier(p, "organisation.ror", o->ror, ror_link(p, o->ror));
    put_identifier(p, "organisation.schac", o->schac, MR_STR_EMPTY);
    put_identifier(p, "organisation.did", o->did, MR_STR_EMPTY);
    mr_json_end_array(&p->view);
}

/* ---- statements ---- */

static void put_statement(mr_page *p, const char *name, const struct mr_statement *s)
{
    mr_json_put_name(&p->view, name);
    if (!s) {
        mr_json_put_bool(&p->view, false);
        return;
    }
    mr_str language, text = mr_texts_get(s->texts, mr_language_tag(p->language), &language);
    mr_json_begin_object(&p->view);
    mr_json_put_member(&p->view, "text", text);
    mr_json_put_member_or_false(&p->view, "tongue",
                                mr_str_eq(language, mr_language_tag(p->language)) ? MR_STR_EMPTY : language);
    mr_page_tell_language(p, language);
    mr_json_put_member(&p->view, "version", s->version);
    mr_json_put_member(&p->view, "from", mr_say_date(p->arena, p->language, s->valid_from));
    mr_json_put_member_or_false(&p->view, "url", s->url);
    mr_json_end_object(&p->view);
}

int mr_web_put_statements(mr_page *p, mr_str org_id, struct mr_err *err)
{
    struct mr_statement *list;
    size_t count;
    MR_TRY(mr_organisation_statements(p->service, p->arena, org_id, &list, &count, err));
    put_statement(p, "recognition", mr_statement_now(p->service, list, count, "recognition"));
    put_statement(p, "quality", mr_statement_now(p->service, list, count, "quality"));
    return MR_OK;
}

/* ---- pages ---- */

static int put_offer(mr_page *p, const struct mr_organisation_shown *o, struct mr_err *err)
{
    struct mr_found found;
    struct mr_offered *offered;
    size_t count;
    const struct mr_question q = {.provider = o->slug, .by_title = true, .most = CARDS};
    MR_TRY(mr_search_find(p->service, p->arena, &q, &found, err));
    mr_web_put_cards(p, found.list, found.count, 0);
    mr_json_put_flag(&p->view, "has_cards", found.count > 0);
    mr_json_put_name(&p->view, "all");
    if (found.next.len) {
        MR_CLEANUP(mr_buf_done) mr_buf b;
        mr_buf_init(&b, 1 << 16);
        mr_buf_puts(&b, "/specifications");
        mr_web_put_query(&b, "provider", o->slug);
        mr_json_put_str(&p->view, mr_buf_str(&b));
    } else
        mr_json_put_bool(&p->view, false);
    mr_json_put_member(&p->view, "count", mr_say_count(p->arena, p->language, found.all));
    MR_TRY(mr_opportunity_upcoming(p->service, p->arena, o->id, MR_STR_EMPTY, OFFERED, &offered, &count, err));
    mr_web_put_opportunities(p, "opportunities", offered, count, true);
    return MR_OK;
}

static void put_link(mr_page *p, const struct mr_organisation_shown *o)
{
    mr_json_begin_object(&p->view);
    mr_json_put_member(&p->view, "path", mr_web_provider_path(p, o->slug));
    mr_web_put_texts(p, "name", o->identity.name);
    mr_json_put_member_or_false(&p->view, "kind", kind_of(p, o));
    mr_json_put_member_or_false(
        &p->view, "country",
        o->identity.country ? mr_concept_label(o->identity.country, mr_language_tag(p->language)) : MR_STR_EMPTY);
    mr_json_end_object(&p->view);
}

static int put_house(mr_page *p, const struct mr_organisation_shown *o, struct mr_err *err)
{
    struct mr_organisation_shown *units, parent;
    size_t count;
    MR_TRY(mr_organisation_units(p->service, p->arena, o->id, false, &units, &count, err));
    mr_json_put_name(&p->view, "units");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < count; i++) put_link(p, &units[i]);
    mr_json_end_array(&p->view);
    mr_json_put_flag(&p->view, "has_units", count > 0);
    mr_json_put_name(&p->view, "parent");
    if (o->parent_id.len && mr_organisation_find(p->service, p->arena, o->parent_id, &parent, NULL) == MR_OK)
        put_link(p, &parent);
    else
        mr_json_put_bool(&p->view, false);
    return MR_OK;
}

void mr_web_put_closed(mr_page *p, const struct mr_organisation_shown *o)
{
    mr_json_put_member_or_false(&p->view, "closed_since",
                                o->closed_at == MR_TIME_NONE ? MR_STR_EMPTY
                                                             : mr_say_day(p->arena, p->language, o->closed_at));
}

/* A provider that gave up: what holds of what it awarded. */
static bool show_closed(mr_page *p)
{
    struct mr_organisation_shown o;
    if (mr_organisation_find_ever(p->service, p->arena, p->part[0], &o, NULL) != MR_OK) return false;
    mr_page_begin_titled(p, o.name, "find");
    mr_json_put_member(&p->view, "closed_name", o.name);
    mr_json_put_member(&p->view, "since", mr_say_day(p->arena, p->language, o.closed_at));
    mr_page_show(p, "provider_closed");
    return true;
}

void mr_web_provider(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_organisation_shown o;
    int code = mr_organisation_find(p->service, p->arena, p->part[0], &o, &err);
    if (code == MR_E_NOT_FOUND && show_closed(p)) return;
    if (code != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_page_begin_titled(p, mr_texts_get(o.identity.name, mr_language_tag(p->language), NULL), "find");
    mr_json_put_member_or_false(&p->view, "kind", kind_of(p, &o));
    put_identity(p, &o.identity);
    code = mr_web_put_statements(p, o.id, &err);
    if (code == MR_OK) code = put_house(p, &o, &err);
    if (code == MR_OK) code = put_offer(p, &o, &err);
    if (code == MR_OK)
        mr_page_show(p, "provider");
    else
        mr_page_fail(p, &err);
}

void mr_web_providers(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_organisation_shown *list;
    size_t count;
    mr_str after = mr_http_query(p->request, "after");
    int code = mr_organisation_publishers(p->service, p->arena, after, PAGE + 1, &list, &count, &err);
    if (code != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_page_begin(p, "providers.title", "find");
    mr_json_put_name(&p->view, "providers");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < count && i < PAGE; i++) put_link(p, &list[i]);
    mr_json_end_array(&p->view);
    mr_json_put_flag(&p->view, "any", count > 0);
    mr_json_put_name(&p->view, "next");
    if (count > PAGE) {
        MR_CLEANUP(mr_buf_done) mr_buf b;
        mr_buf_init(&b, 1 << 16);
        mr_buf_puts(&b, "/providers");
        mr_web_put_query(&b, "after", list[PAGE - 1].slug);
        mr_json_put_str(&p->view, mr_buf_str(&b));
    } else
        mr_json_put_bool(&p->view, false);
    mr_page_show(p, "providers");
}
