/* The catalogue: a form that asks, what was found, page after page. It is a GET of its own address, so that what was found can be bookmarked and sent on.
 *
 *   GET /specifications?q=&field=&level=&language=&mode=&size=&provider=&price=&starts=&sort=&after=
 *
 * Beside each choice stands how many fit, under all other choices; not beside the choices of what was chosen already, since only the chosen one was counted. */
#include "service/organisation.h"
#include "service/search.h"
#include "web/fields.h"
#include "web/specification.h"

#define PAGE 24
#define PROVIDERS_SHOWN 50

/* What can be asked, by its name in the address. */
enum { TEXT, FIELD, LEVEL, LANGUAGE, MODE, SIZE, PROVIDER, PRICE, STARTS, ASKED };
static const char *const names[ASKED] = {"q",    "field",    "level", "language", "mode",
                                         "size", "provider", "price", "starts"};
static const char *const sizes[] = {"small", "medium", "large", "hours", NULL}, *const prices[] = {"free", "paid",
                                                                                                   NULL};

struct asked {
    mr_str values[ASKED];
    mr_str sort, after;
};

static void read_asked(mr_page *p, struct asked *ret)
{
    for (int i = 0; i < ASKED; i++) ret->values[i] = mr_str_trim(mr_http_query(p->request, names[i]));
    ret->sort = mr_http_query(p->request, "sort");
    ret->after = mr_http_query(p->request, "after");
}

static struct mr_question question(const struct asked *a, size_t most)
{
    return (struct mr_question){.text = a->values[TEXT],
                                .field = a->values[FIELD],
                                .level = a->values[LEVEL],
                                .language = a->values[LANGUAGE],
                                .mode = a->values[MODE],
                                .size = a->values[SIZE],
                                .provider = a->values[PROVIDER],
                                .price = a->values[PRICE],
                                .starts = a->values[STARTS],
                                .after = a->after,
                                .by_title = mr_str_is(a->sort, "title"),
                                .most = most};
}

/* ---- addresses ---- */

void mr_web_put_query(mr_buf *b, const char *name, mr_str value)
{
    static const char digits[] = "0123456789ABCDEF";
    if (!value.len) return;
    mr_buf_format(b, "%c%s=", mr_str_find_char(mr_buf_str(b), '?') < 0 ? '?' : '&', name);
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.';
        if (plain)
            mr_buf_putc(b, (char)c);
        else
            mr_buf_format(b, "%%%c%c", digits[c >> 4], digits[c & 15]);
    }
}

/* The address that asks the same, without `without` (-1: everything), from `after` on. */
static mr_str address(mr_page *p, const struct asked *a, int without, mr_str after)
{
    MR_CLEANUP(mr_buf_done) mr_buf b;
    mr_buf_init(&b, 1 << 20);
    mr_buf_puts(&b, "/specifications");
    for (int i = 0; i < ASKED; i++)
        if (i != without) mr_web_put_query(&b, names[i], a->values[i]);
    mr_web_put_query(&b, "sort", a->sort);
    mr_web_put_query(&b, "after", after);
    return mr_arena_dup(p->arena, mr_buf_str(&b));
}

/* ---- the form ---- */

static mr_str with_count(mr_page *p, mr_str label, int64_t count)
{
    if (count < 0) return label;
    return mr_arena_format(p->arena, "%.*s (%.*s)", MR_STR_ARG(label),
                           MR_STR_ARG(mr_say_count(p->arena, p->language, count)));
}

/* What was counted of one filter, unless it was asked for. */
struct counts {
    bool counted;
    const struct mr_search_count *items;
    size_t count;
};

/* Counts come by kind. */
static struct counts counts_of(const struct mr_found *found, const struct asked *a, int which)
{
    struct counts ret = {0};
    if (a->values[which].len) return ret;
    size_t from = 0, end = found->count_count;
    while (from < end && !mr_str_is(found->counts[from].kind, names[which])) from++;
    ret.counted = true;
    ret.items = found->counts + from;
    while (from + ret.count < end && mr_str_is(ret.items[ret.count].kind, names[which])) ret.count++;
    return ret;
}

/* How many have this value; -1 when that was not counted. */
static int64_t count_of(const struct counts *counts, mr_str code)
{
    if (!counts->counted) return -1;
    for (size_t i = 0; i < counts->count; i++)
        if (mr_str_eq(counts->items[i].code, code)) return counts->items[i].count;
    return 0;
}

static void begin_filter(mr_page *p, const struct asked *a, int which)
{
    mr_json_begin_object(&p->view);
    mr_json_put_member_c(&p->view, "name", names[which]);
    mr_json_put_member(&p->view, "label",
                       mr_message_str(p->language, mr_arena_format(p->arena, "catalogue.%s", names[which])));
    mr_json_put_name(&p->view, "options");
    mr_json_begin_array(&p->view);
    mr_fields_put_option(p, MR_STR(""), mr_message(p->language, "catalogue.any"), a->values[which]);
}

static void end_filter(mr_page *p)
{
    mr_json_end_array(&p->view);
    mr_json_end_object(&p->view);
}

/* Choices from a vocabulary that somebody can be found by, and the one that is chosen. */
static void put_scheme_filter(mr_page *p, const struct asked *a, const struct mr_found *found, int which,
                              mr_scheme_code code, size_t digits)
{
    const mr_scheme *scheme = mr_scheme_get(code);
    const struct counts counts = counts_of(found, a, which);
    begin_filter(p, a, which);
    for (size_t i = 0; i < scheme->count; i++) {
        const mr_concept *c = &scheme->concepts[i];
        mr_str value = mr_str_of(c->code);
        bool chosen = mr_str_eq(value, a->values[which]);
        if (digits && value.len != digits && !chosen) continue;
        int64_t count = count_of(&counts, value);
        if (!count && !chosen) continue;
        mr_fields_put_option(p, value, with_count(p, mr_concept_label(c, mr_language_tag(p->language)), count),
                             a->values[which]);
    }
    end_filter(p);
}

static void put_word_filter(mr_page *p, const struct asked *a, const struct mr_found *found, int which,
                            const char *const *words, bool counted)
{
    const struct counts counts = counts_of(found, a, which);
    begin_filter(p, a, which);
    for (; *words; words++) {
        mr_str label = mr_message_str(p->language, mr_arena_format(p->arena, "catalogue.%s.%s", names[which], *words));
        int64_t count = counted ? count_of(&counts, mr_str_of(*words)) : -1;
        mr_fields_put_option(p, mr_str_of(*words), with_count(p, label, count), a->values[which]);
    }
    end_filter(p);
}

static void put_level_filter(mr_page *p, const struct asked *a, const struct mr_found *found)
{
    const struct counts counts = counts_of(found, a, LEVEL);
    begin_filter(p, a, LEVEL);
    for (char level = '1'; level <= '8'; level++) {
        mr_str value = mr_arena_dup(p->arena, mr_str_make(&level, 1));
        int64_t count = count_of(&counts, value);
        if (count || mr_str_eq(value, a->values[LEVEL]))
            mr_fields_put_option(p, value, with_count(p, mr_arena_format(p->arena, "EQF %c", level), count),
                                 a->values[LEVEL]);
    }
    end_filter(p);
}

/* Providers with the most; counts carry their ids, addresses their slugs. */
static void put_provider_filter(mr_page *p, const struct asked *a, const struct mr_found *found)
{
    size_t shown = 0;
    mr_str tag = mr_language_tag(p->language);
    const struct counts counts = counts_of(found, a, PROVIDER);
    begin_filter(p, a, PROVIDER);
    for (size_t i = 0; i < counts.count && shown < PROVIDERS_SHOWN; i++) {
        struct mr_organisation_shown o;
        if (mr_organisation_find(p->service, p->arena, counts.items[i].code, &o, NULL) != MR_OK) continue;
        shown++;
        mr_fields_put_option(p, o.slug, with_count(p, mr_texts_get(o.identity.name, tag, NULL), counts.items[i].count),
                             a->values[PROVIDER]);
    }
    struct mr_organisation_shown chosen;
    if (!shown && a->values[PROVIDER].len &&
        mr_organisation_find(p->service, p->arena, a->values[PROVIDER], &chosen, NULL) == MR_OK)
        mr_fields_put_option(p, chosen.slug, mr_texts_get(chosen.identity.name, tag, NULL), a->values[PROVIDER]);
    end_filter(p);
}

static void put_form(mr_page *p, const struct asked *a, const struct mr_found *found)
{
    mr_json_put_member(&p->view, "q", a->values[TEXT]);
    mr_json_put_member(&p->view, "starts", a->values[STARTS]);
    mr_json_put_flag(&p->view, "by_title", mr_str_is(a->sort, "title"));
    mr_json_put_name(&p->view, "filters");
    mr_json_begin_array(&p->view);
    put_scheme_filter(p, a, found, FIELD, MR_SCHEME_ISCED_F, 2);
    put_level_filter(p, a, found);
    put_scheme_filter(p, a, found, LANGUAGE, MR_SCHEME_LANGUAGE, 0);
    put_scheme_filter(p, a, found, MODE, MR_SCHEME_MODE, 0);
    put_word_filter(p, a, found, SIZE, sizes, true);
    put_word_filter(p, a, found, PRICE, prices, false);
    put_provider_filter(p, a, found);
    mr_json_end_array(&p->view);
}

/* ---- nothing found: what to loosen ---- */

static mr_str value_label(mr_page *p, const struct asked *a, int which)
{
    static const mr_scheme_code schemes[ASKED] = {
        [FIELD] = MR_SCHEME_ISCED_F, [LANGUAGE] = MR_SCHEME_LANGUAGE, [MODE] = MR_SCHEME_MODE};
    mr_str value = a->values[which], tag = mr_language_tag(p->language);
    const mr_concept *c = NULL;
    if (which == FIELD || which == LANGUAGE || which == MODE) c = mr_concept_find(schemes[which], value);
    if (c) return mr_concept_label(c, tag);
    if (which == LEVEL) return mr_arena_format(p->arena, "EQF %.*s", MR_STR_ARG(value));
    mr_date day;
    if (which == STARTS && mr_date_parse(value, &day, NULL) == MR_OK) return mr_say_date(p->arena, p->language, day);
    mr_str id = mr_arena_format(p->arena, "catalogue.%s.%.*s", names[which], MR_STR_ARG(value));
    if ((which == SIZE || which == PRICE) && mr_message_exists(mr_language_english(), id))
        return mr_message_str(p->language, id);
    struct mr_organisation_shown o;
    if (which == PROVIDER && mr_organisation_find(p->service, p->arena, value, &o, NULL) == MR_OK)
        return mr_texts_get(o.identity.name, tag, NULL);
    return value;
}

static int put_loosened(mr_page *p, const struct asked *a, struct mr_err *err)
{
    mr_json_put_name(&p->view, "loosened");
    mr_json_begin_array(&p->view);
    for (int i = 0; i < ASKED; i++) {
        struct asked other = *a;
        int64_t count = 0;
        if (!a->values[i].len) continue;
        other.values[i] = MR_STR_EMPTY, other.after = MR_STR_EMPTY;
        struct mr_question q = question(&other, 1);
        MR_TRY(mr_search_count(p->service, p->arena, &q, &count, err));
        if (!count) continue;
        mr_str label = mr_message_str(p->language, strcmp(names[i], "q") == 0
                                                       ? MR_STR("catalogue.words")
                                                       : mr_arena_format(p->arena, "catalogue.%s", names[i]));
        mr_json_begin_object(&p->view);
        mr_json_put_member(&p->view, "href", address(p, a, i, MR_STR_EMPTY));
        mr_json_put_member(&p->view, "text",
                           MR_SAY(p->arena, p->language, "catalogue.without", {"label", label},
                                  {"value", value_label(p, a, i)},
                                  {"count", mr_say_count(p->arena, p->language, count)}));
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
    return MR_OK;
}

/* ---- the page ---- */

/* By more than words. */
static bool is_narrowed(const struct asked *a)
{
    for (int i = 0; i < ASKED; i++)
        if (i != TEXT && a->values[i].len) return true;
    return false;
}

static int show(mr_page *p, const struct asked *a, struct mr_err *err)
{
    struct mr_question q = question(a, PAGE);
    struct mr_found found;
    bool narrowed = is_narrowed(a), asks = narrowed || a->values[TEXT].len;
    MR_TRY(mr_search_find(p->service, p->arena, &q, &found, err));
    mr_page_begin(p, "specifications.title", "find");
    mr_json_put_flag(&p->view, "any", found.all > 0);
    mr_json_put_flag(&p->view, "asked", asks);
    mr_json_put_flag(&p->view, "unfolded", narrowed || a->sort.len > 0);
    mr_json_put_flag(&p->view, "empty", !found.all && !asks);
    mr_json_put_flag(&p->view, "nothing", !found.all && asks);
    mr_json_put_flag(&p->view, "by_beginning", found.by_beginning);
    mr_json_put_flag(&p->view, "not_first", a->after.len > 0);
    mr_json_put_member(&p->view, "count", mr_say_count(p->arena, p->language, found.all));
    put_form(p, a, &found);
    mr_web_put_cards(p, found.list, found.count, 0);
    mr_json_put_name(&p->view, "next");
    if (found.next.len)
        mr_json_put_str(&p->view, address(p, a, -1, found.next));
    else
        mr_json_put_bool(&p->view, false);
    mr_json_put_member(&p->view, "start_over", address(p, a, -1, MR_STR_EMPTY));
    if (!found.all && asks) return put_loosened(p, a, err);
    return MR_OK;
}

void mr_web_specifications(mr_page *p)
{
    struct mr_err err = {0};
    struct asked asked;
    read_asked(p, &asked);
    if (show(p, &asked, &err) == MR_OK)
        mr_page_show(p, "specifications");
    else
        mr_page_fail(p, &err);
}
