/* What ends soon: a list by date, of the provider's achievements that are not renewed. */
#include "service/renewal.h"

#include "base/id.h"
#include "base/limits.h"
#include "web/sealing.h"

static const int64_t choices[] = {30, 90, 180, 365};

static void put_choices(mr_page *p, int64_t days)
{
    mr_json_writer *v = &p->view;
    mr_json_put_name(v, "choices");
    mr_json_begin_array(v);
    for (size_t i = 0; i < sizeof choices / sizeof *choices; i++) {
        mr_json_begin_object(v);
        mr_json_put_number(v, "days", choices[i]);
        mr_json_put_member(v, "text", mr_office_count(p, "say.days", choices[i]));
        mr_json_put_flag(&p->view, "chosen", choices[i] == days);
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
}

static void put_row(mr_page *p, const struct mr_ending *row)
{
    mr_json_writer *v = &p->view;
    struct mr_published published;
    mr_json_begin_object(v);
    mr_json_put_member(v, "path",
                       mr_arena_format(p->arena, "/provider/achievements/%.*s", MR_STR_ARG(row->achievement_id)));
    mr_json_put_member(v, "learner", row->learner);
    mr_json_put_member(v, "email", row->email);
    mr_json_put_member(v, "ends", mr_say_day(p->arena, p->language, row->expires_at));
    if (mr_catalogue_get(p->service, p->arena, row->specification_id, &published, NULL) == MR_OK)
        mr_office_put_specification(p, &published);
    mr_json_end_object(v);
}

/* "?after=1795132800000.<id>" */
static const struct mr_ending *place_of(mr_page *p, struct mr_ending *place)
{
    mr_str rest = mr_http_query(p->request, "after"), time;
    uint64_t number;
    if (!mr_str_split(&rest, '.', &time) || !mr_str_to_u64(time, &number) || !mr_id_is_uuid(rest)) return NULL;
    *place = (struct mr_ending){.achievement_id = rest, .expires_at = (int64_t)number};
    return place;
}

void mr_web_ending(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_ending *rows, place;
    size_t count;
    uint64_t days = 90;
    mr_json_writer *v = &p->view;
    if (!mr_str_to_u64(mr_http_query(p->request, "days"), &days) || days < 1 || days > 3650) days = 90;
    int code = mr_renewal_list(p->service, p->actor, p->arena, mr_office_org(p), (int64_t)days, place_of(p, &place),
                               MR_LIMIT_OFFICE_ROWS + 1, &rows, &count, &err);
    if (code != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    bool more = count > MR_LIMIT_OFFICE_ROWS;
    if (more) count = MR_LIMIT_OFFICE_ROWS;
    mr_page_begin(p, "ending.title", "provider.ending");
    put_choices(p, (int64_t)days);
    mr_json_put_member(v, "within", mr_office_count(p, "say.days", (int64_t)days));
    mr_json_put_number(v, "days", (int64_t)days);
    mr_json_put_name(v, "rows");
    mr_json_begin_array(v);
    for (size_t i = 0; i < count; i++) put_row(p, &rows[i]);
    mr_json_end_array(v);
    mr_json_put_flag(&p->view, "has_rows", count > 0);
    if (more)
        mr_json_put_member(v, "after",
                           mr_arena_format(p->arena, "%lld.%.*s", (long long)rows[count - 1].expires_at,
                                           MR_STR_ARG(rows[count - 1].achievement_id)));
    mr_page_show_private(p, "ending");
}
