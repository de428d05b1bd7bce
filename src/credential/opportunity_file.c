#include "credential/opportunity_file.h"

#include "credential/specification_values.h"

#include <inttypes.h>
#include <stdio.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))
#define SEATS_MOST 100000
#define PLACE_MOST 500 /* octets */

static const char *const members[] = {"specification", "state",    "start",   "end",     "apply_until",
                                      "time_zone",     "mode",     "place",   "address", "languages",
                                      "price",         "currency", "funding", "seats",   "url"};

/* As the tz database forms names: "Europe/Copenhagen", "UTC". */
static mr_str read_zone(struct mr_spec_reader *r, const mr_json *v)
{
    mr_str s = v ? mr_spec_text(r, v, "opportunity.time_zone") : MR_STR("UTC");
    bool ok = s.len > 0 && s.len <= 40 && s.ptr[0] >= 'A' && s.ptr[0] <= 'Z';
    for (size_t i = 0; ok && i < s.len; i++) {
        char c = s.ptr[i];
        ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' || c == '_' ||
             c == '-' || c == '+';
    }
    if (ok) return s;
    if (s.len) mr_spec_fault(r, v, "opportunity.time_zone", "opportunity.time_zone.form", s);
    return MR_STR_EMPTY;
}

static void read_price(struct mr_spec_reader *r, mr_opportunity *o)
{
    const mr_json *price = mr_json_get(r->root, "price"), *currency = mr_json_get(r->root, "currency");
    double value;
    o->price_minor = -1;
    o->currency = mr_spec_code(r, currency, "opportunity.currency", MR_SCHEME_CURRENCY);
    if (!price) return;
    if (mr_json_is(price, MR_JSON_NUMBER) && mr_json_to_double(price, &value) && value == 0)
        o->price_minor = 0;
    else
        o->price_minor = mr_spec_hundredths(r, price, "opportunity.price", "opportunity.price.form");
    if (o->price_minor > 0 && !currency)
        mr_spec_fault(r, price, "opportunity.currency", "opportunity.currency.missing", MR_STR_EMPTY);
}

static void read_days(struct mr_spec_reader *r, mr_opportunity *o)
{
    const mr_json *end = mr_json_get(r->root, "end"), *apply = mr_json_get(r->root, "apply_until");
    o->start = mr_spec_date(r, mr_json_get(r->root, "start"), "opportunity.start");
    o->end = mr_spec_date(r, end, "opportunity.end");
    o->apply_until = mr_spec_date(r, apply, "opportunity.apply_until");
    if (mr_date_is_set(o->start) && mr_date_is_set(o->end) && mr_date_compare(o->end, o->start) < 0)
        mr_spec_fault(r, end, "opportunity.end", "opportunity.end.early", mr_json_str(end));
    if (mr_date_is_set(o->end) && mr_date_is_set(o->apply_until) && mr_date_compare(o->apply_until, o->end) > 0)
        mr_spec_fault(r, apply, "opportunity.apply_until", "opportunity.apply_until.late", mr_json_str(apply));
}

static mr_str read_short(struct mr_spec_reader *r, const char *name, const char *element)
{
    const mr_json *v = mr_json_get(r->root, name);
    mr_str s = mr_spec_text(r, v, element);
    if (s.len <= PLACE_MOST) return s;
    mr_spec_fault(r, v, element, "opportunity.text.long", MR_STR_EMPTY);
    return MR_STR_EMPTY;
}

static void require(struct mr_spec_reader *r, const char *name, const char *element)
{
    if (mr_json_get(r->root, name)) return;
    struct mr_finding *f = mr_spec_fault(r, NULL, element, "opportunity.missing", MR_STR_EMPTY);
    snprintf(f->pointer, sizeof f->pointer, "/%s", name); /* where it should stand, so that a form can show it there */
}

static void read_state(struct mr_spec_reader *r, mr_opportunity *o)
{
    int state = mr_spec_word(r, mr_json_get(r->root, "state"), "opportunity.state", mr_opportunity_states,
                             MR_OPPORTUNITY_STATES);
    o->state = state < 0 ? MR_OPPORTUNITY_DRAFT : (mr_opportunity_state)state;
}

static void read_seats(struct mr_spec_reader *r, mr_opportunity *o)
{
    const mr_json *seats = mr_json_get(r->root, "seats");
    if (!seats) return;
    if (mr_json_to_int64(seats, &o->seats) && o->seats >= 1 && o->seats <= SEATS_MOST) return;
    o->seats = 0;
    mr_spec_fault(r, seats, "opportunity.seats", "opportunity.seats.form",
                  mr_json_is(seats, MR_JSON_NUMBER) ? mr_json_text(seats) : mr_json_str(seats));
}

int mr_opportunity_read(mr_arena *a, mr_str text, mr_opportunity *ret, struct mr_findings *findings, struct mr_err *err)
{
    struct mr_spec_reader r = {.arena = a, .findings = findings};
    mr_opportunity o = {0};
    MR_TRY(mr_json_parse(a, text, NULL, &r.root, err));
    if (!mr_spec_object(&r, r.root, "opportunity", members, COUNT(members)))
        return MR_FAIL(err, MR_E_JSON, "a JSON object is expected", r.root->position);
    require(&r, "specification", "opportunity.specification");
    require(&r, "mode", "opportunity.mode");
    require(&r, "languages", "opportunity.languages");
    o.specification = mr_spec_text(&r, mr_json_get(r.root, "specification"), "opportunity.specification");
    read_state(&r, &o);
    read_days(&r, &o);
    o.time_zone = read_zone(&r, mr_json_get(r.root, "time_zone"));
    o.mode = mr_spec_code(&r, mr_json_get(r.root, "mode"), "opportunity.mode", MR_SCHEME_MODE);
    o.place = read_short(&r, "place", "opportunity.place");
    o.address = read_short(&r, "address", "opportunity.address");
    o.languages = mr_spec_codes(&r, mr_json_get(r.root, "languages"), "opportunity.languages", MR_SCHEME_LANGUAGE,
                                &o.language_count);
    read_price(&r, &o);
    o.funding = mr_spec_texts(&r, mr_json_get(r.root, "funding"), "opportunity.funding", false);
    read_seats(&r, &o);
    o.url = mr_spec_url(&r, mr_json_get(r.root, "url"), "opportunity.url", false);
    if (r.nomem) return MR_FAIL(err, MR_E_NOMEM, "this needs more memory than allowed", MR_NOWHERE);
    *ret = o;
    return MR_OK;
}

static void put_day(mr_json_writer *w, const char *name, mr_date day)
{
    char text[11];
    if (!mr_date_is_set(day)) return;
    mr_date_write(day, text);
    mr_json_put_member_c(w, name, text);
}

static void put_price(mr_json_writer *w, int64_t minor)
{
    char text[32];
    if (minor < 0) return;
    int n = minor % 100 ? snprintf(text, sizeof text, "%" PRId64 ".%02d", minor / 100, (int)(minor % 100))
                        : snprintf(text, sizeof text, "%" PRId64, minor / 100);
    mr_json_put_name(w, "price");
    mr_json_put_raw(w, mr_str_make(text, (size_t)n));
}

void mr_opportunity_write(const mr_opportunity *o, mr_json_writer *w)
{
    mr_json_put_member_if(w, "specification", o->specification);
    mr_json_put_member_c(w, "state", mr_opportunity_states[o->state]);
    put_day(w, "start", o->start);
    put_day(w, "end", o->end);
    put_day(w, "apply_until", o->apply_until);
    mr_json_put_member_if(w, "time_zone", o->time_zone);
    if (o->mode) mr_json_put_member_c(w, "mode", o->mode->code);
    mr_json_put_member_if(w, "place", o->place);
    mr_json_put_member_if(w, "address", o->address);
    mr_json_put_name(w, "languages");
    mr_json_begin_array(w);
    for (size_t i = 0; i < o->language_count; i++) mr_json_put_cstr(w, o->languages[i]->code);
    mr_json_end_array(w);
    put_price(w, o->price_minor);
    if (o->currency) mr_json_put_member_c(w, "currency", o->currency->code);
    if (mr_texts_are_set(o->funding)) {
        mr_json_put_name(w, "funding");
        mr_json_begin_object(w);
        for (size_t i = 0; i < o->funding.count; i++) {
            mr_json_put_name_str(w, o->funding.items[i].language);
            mr_json_put_str(w, o->funding.items[i].text);
        }
        mr_json_end_object(w);
    }
    if (o->seats) {
        mr_json_put_number(w, "seats", o->seats);
    }
    mr_json_put_member_if(w, "url", o->url);
}
