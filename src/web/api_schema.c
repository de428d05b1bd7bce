/* The tables of the API as data, and JSON held against them.
 *
 * A type is one word of api_schemas.def; "[]" behind it makes a list of it. Objects that are sent may have no member that the table does not know: a misspelt one
 * would be passed over, and whoever sent it would believe that it did something. */
#include "web/api_schema.h"

#include "base/time.h"
#include "model/contact.h"
#include "text/messages.h"

#include <stdio.h>

#define NEED_REQUIRED true
#define NEED_OPTIONAL false
#define DEPTH 8 /* of schemas in schemas */

static const struct mr_api_row rows[] = {
#define MR_SCHEMA(name, text) {MR_API_SCHEMA, #name, NULL, false, text, NULL},
#define MR_MEMBER(name, type, need, text) {MR_API_MEMBER, #name, type, NEED_##need, text, NULL},
#define MR_EXAMPLE(json) {MR_API_EXAMPLE, NULL, NULL, false, json, NULL},
#define MR_SCHEMA_END {MR_API_END, "", NULL, false, NULL, NULL},
#define MR_MEDIA(name, type, text) {MR_API_MEDIA, #name, type, false, text, NULL},
#define MR_QUERY(of, name, type, text) {MR_API_QUERY, #name, type, false, text, of},
#include "web/api_schemas.def"
#undef MR_SCHEMA
#undef MR_MEMBER
#undef MR_EXAMPLE
#undef MR_SCHEMA_END
#undef MR_MEDIA
#undef MR_QUERY
    {MR_API_END, NULL, NULL, false, NULL, NULL},
};

static const struct mr_api_route routes[] = {
#define MR_ROUTE(method, pattern, handler, access)
#define MR_API(method, pattern, handler, access, takes, gives, summary)                                                \
    {method, pattern, #handler, MR_MAY_##access, #takes, #gives, summary},
#include "web/routes.def"
#undef MR_ROUTE
#undef MR_API
};
#define ROUTES (sizeof routes / sizeof *routes)

const struct mr_api_row *mr_api_rows(void)
{
    return rows;
}

const struct mr_api_route *mr_api_routes(size_t *ret_count)
{
    *ret_count = ROUTES;
    return routes;
}

static const struct mr_api_row *find_row(mr_str name)
{
    for (const struct mr_api_row *r = rows; r->name || r->kind != MR_API_END; r++)
        if ((r->kind == MR_API_SCHEMA || r->kind == MR_API_MEDIA) && mr_str_is(name, r->name)) return r;
    return NULL;
}

const struct mr_api_row *mr_api_row_find(const char *name)
{
    return find_row(mr_str_of(name));
}

const struct mr_api_row *mr_api_member_find(const struct mr_api_row *schema, mr_str name)
{
    for (const struct mr_api_row *r = schema + 1; r->kind != MR_API_END; r++)
        if (r->kind == MR_API_MEMBER && mr_str_is(name, r->name)) return r;
    return NULL;
}

bool mr_api_gives_list(const struct mr_api_route *r)
{
    const struct mr_api_row *schema = mr_api_row_find(r->gives);
    return schema && schema->kind == MR_API_SCHEMA && mr_api_member_find(schema, MR_STR("items")) &&
           mr_api_member_find(schema, MR_STR("next"));
}

bool mr_api_makes(const struct mr_api_route *r)
{
    if (r->method != MR_POST) return false;
    for (size_t i = 0; i < ROUTES; i++)
        if (routes[i].method == MR_GET && strcmp(routes[i].pattern, r->pattern) == 0)
            return mr_api_gives_list(&routes[i]);
    return false;
}

/* ---- JSON held against a schema ---- */

struct checking {
    const mr_json *root;
    struct mr_findings *findings;
    const char *member; /* that is being looked at, in the innermost object */
    int depth;
};

static struct mr_finding *add(struct checking *c, const mr_json *at, const char *id, mr_str value)
{
    struct mr_finding *f = mr_findings_add(c->findings, c->member ? c->member : "", id, value);
    mr_json_pointer(c->root, at, f->pointer, sizeof f->pointer);
    return f;
}

static void check_object(struct checking *c, const struct mr_api_row *schema, const mr_json *object);

static bool is_one_of(mr_str words, mr_str word)
{
    mr_str one;
    while (mr_str_split(&words, '|', &one))
        if (mr_str_eq(mr_str_trim(one), word)) return true;
    return false;
}

static bool is_text_map(const mr_json *v)
{
    if (!mr_json_is(v, MR_JSON_OBJECT)) return false;
    MR_JSON_EACH_MEMBER (name, v)
        if (!mr_json_is(name + 1, MR_JSON_STRING)) return false;
    return true;
}

static bool is_text_of_type(mr_str type, mr_str text)
{
    mr_date date;
    int64_t time;
    if (mr_str_is(type, "date"))
        return text.len == 10 && text.ptr[4] == '-' && mr_date_parse(text, &date, NULL) == MR_OK;
    if (mr_str_is(type, "date-time")) return mr_time_parse(text, &time, NULL) == MR_OK;
    if (mr_str_is(type, "email")) return mr_contact_is_email(text);
    if (mr_str_is(type, "uri")) return mr_str_find(text, MR_STR(":")) > 0;
    if (mr_str_has_prefix(type, MR_STR("one of "))) return is_one_of(mr_str_from(type, 7), text);
    return mr_str_is(type, "string");
}

/* Of one of the simple types? */
static bool is_of_type(mr_str type, const mr_json *v)
{
    int64_t number;
    double real;
    if (mr_str_is(type, "any")) return true;
    if (mr_str_is(type, "map")) return is_text_map(v);
    if (mr_str_is(type, "boolean")) return mr_json_is(v, MR_JSON_TRUE) || mr_json_is(v, MR_JSON_FALSE);
    if (mr_str_is(type, "integer")) return mr_json_to_int64(v, &number);
    if (mr_str_is(type, "number")) return mr_json_to_double(v, &real);
    return mr_json_is(v, MR_JSON_STRING) && is_text_of_type(type, mr_json_str(v));
}

/* "a|b" -> "a, b" */
static mr_str with_commas(mr_arena *a, mr_str words)
{
    mr_str text = MR_STR_EMPTY, one;
    while (mr_str_split(&words, '|', &one))
        text = mr_arena_format(a, "%.*s%s%.*s", MR_STR_ARG(text), text.len ? ", " : "", MR_STR_ARG(one));
    return text;
}

static void check_value(struct checking *c, mr_str type, const mr_json *v)
{
    mr_str shown = mr_json_is(v, MR_JSON_STRING) || mr_json_is(v, MR_JSON_NUMBER) ? mr_json_text(v) : MR_STR_EMPTY;
    if (mr_str_has_suffix(type, MR_STR("[]"))) {
        if (!mr_json_is(v, MR_JSON_ARRAY)) add(c, v, "api.wrong.list", shown);
        MR_JSON_EACH (element, v) check_value(c, mr_str_make(type.ptr, type.len - 2), element);
        return;
    }
    const struct mr_api_row *schema = find_row(type);
    if (!schema) {
        if (is_of_type(type, v)) return;
        bool words = mr_str_has_prefix(type, MR_STR("one of "));
        struct mr_finding *f = add(c, v, words ? "api.wrong.word" : "api.wrong.type", shown);
        f->expected = words ? with_commas(c->findings->arena, mr_str_from(type, 7)) : type;
    } else if (!mr_json_is(v, MR_JSON_OBJECT))
        add(c, v, "api.wrong.object", shown);
    else if (c->depth < DEPTH)
        check_object(c, schema, v);
}

/* Pointed to where it would stand. */
static void add_missing(struct checking *c, const mr_json *object, const char *member)
{
    c->member = member;
    struct mr_finding *f = add(c, object, "api.wrong.missing", mr_str_of(member));
    size_t len = strlen(f->pointer);
    snprintf(f->pointer + len, sizeof f->pointer - len, "/%s", member);
}

static void check_object(struct checking *c, const struct mr_api_row *schema, const mr_json *object)
{
    c->depth++;
    MR_JSON_EACH_MEMBER (name, object) {
        const struct mr_api_row *member = mr_api_member_find(schema, mr_json_text(name));
        c->member = member ? member->name : NULL;
        if (member)
            check_value(c, mr_str_of(member->type), name + 1);
        else
            add(c, name + 1, "api.wrong.unknown", mr_json_text(name));
    }
    for (const struct mr_api_row *r = schema + 1; r->kind != MR_API_END; r++)
        if (r->kind == MR_API_MEMBER && r->required && !mr_json_get(object, r->name)) add_missing(c, object, r->name);
    c->depth--;
}

void mr_api_schema_check(const struct mr_api_row *schema, const mr_json *object, struct mr_findings *findings)
{
    struct checking c = {.root = object, .findings = findings};
    check_object(&c, schema, object);
}
