/* The catalogue for programs: everybody may ask. */
#include "service/organisation.h"
#include "service/search.h"
#include "web/api.h"

#define PAGE 50
#define PAGE_MOST 100

static void put_codes(mr_page *p, const char *member, const mr_concept *const *concepts, size_t count)
{
    mr_json_put_name(&p->view, member);
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < count; i++) mr_json_put_cstr(&p->view, concepts[i]->code);
    mr_json_end_array(&p->view);
}

static void put_hundredths(mr_page *p, const char *member, int64_t hundredths)
{
    if (!hundredths) return;
    mr_json_put_name(&p->view, member);
    mr_json_put_raw(&p->view, hundredths % 100 ? mr_arena_format(p->arena, "%lld.%02d", (long long)(hundredths / 100),
                                                                 (int)(hundredths % 100))
                                               : mr_arena_format(p->arena, "%lld", (long long)(hundredths / 100)));
}

static void put_entry(mr_page *p, const struct mr_published *one)
{
    const mr_specification *s = &one->specification;
    mr_str site = mr_service_public_url(p->service);
    mr_json_begin_object(&p->view);
    mr_json_put_member(&p->view, "specification", one->slug);
    mr_json_put_member(&p->view, "version", one->version);
    mr_api_put_texts(p, "title", s->title);
    mr_api_put_texts(p, "provider", s->provider.name);
    mr_json_put_member(&p->view, "organisation", one->org_id);
    if (s->provider.country) mr_json_put_member_c(&p->view, "country", s->provider.country->code);
    put_hundredths(p, "ects", s->ects_hundredths);
    if (s->workload_minutes) {
        mr_json_put_number(&p->view, "hours", s->workload_minutes / 60);
    }
    if (s->eqf) mr_json_put_member_c(&p->view, "eqf", s->eqf->code);
    put_codes(p, "modes", s->modes, s->mode_count);
    put_codes(p, "languages", s->languages, s->language_count);
    put_codes(p, "fields", s->fields, s->field_count);
    mr_json_put_member(&p->view, "url",
                       mr_arena_format(p->arena, "%.*s/specifications/%.*s", MR_STR_ARG(site), MR_STR_ARG(one->slug)));
    mr_api_put_time(p, "published", one->published_at);
    mr_json_end_object(&p->view);
}

void mr_api_catalogue(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_found found;
    const mr_http_request *r = p->request;
    const struct mr_question q = {.text = mr_http_query(r, "q"),
                                  .field = mr_http_query(r, "field"),
                                  .level = mr_http_query(r, "level"),
                                  .language = mr_http_query(r, "language"),
                                  .mode = mr_http_query(r, "mode"),
                                  .size = mr_http_query(r, "size"),
                                  .provider = mr_http_query(r, "provider"),
                                  .price = mr_http_query(r, "price"),
                                  .starts = mr_http_query(r, "starts"),
                                  .after = mr_http_query(r, "after"),
                                  .by_title = mr_str_is(mr_http_query(r, "sort"), "title"),
                                  .most = mr_api_limit(p, PAGE, PAGE_MOST)};
    if (mr_search_find(p->service, p->arena, &q, &found, &err) != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    mr_api_begin(p);
    mr_json_put_name(&p->view, "items");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < found.count; i++) put_entry(p, &found.list[i]);
    mr_json_end_array(&p->view);
    mr_json_put_number(&p->view, "count", found.all);
    if (found.next.len) mr_json_put_member(&p->view, "next", found.next);
    mr_api_show(p, 200);
}
