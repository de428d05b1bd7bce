/* The API described, from its own tables: GET /api/v1/openapi.json (OpenAPI 3.1.0) for programs, GET /api for people. What is not in routes.def and
 * api_schemas.def cannot be described, and what is there cannot be forgotten. */
#include "base/limits.h"
#include "service/api_token.h"
#include "web/api.h"
#include "web/api_schema.h"

#define VERSION "1.0.0" /* of the API: see "Versions" in docs/api.md */

/* ---- names ---- */

/* "batches" -> "batch", "specifications" -> "specification", "policies" -> "policy": what one of them is called. */
#define SCHEMAS_MOST 256 /* more than there are */

static mr_str singular(mr_arena *a, mr_str plural)
{
    static const char *const hissing[] = {"ches", "shes", "sses", "xes"};
    if (mr_str_has_suffix(plural, MR_STR("ies"))) return mr_arena_format(a, "%.*sy", (int)plural.len - 3, plural.ptr);
    for (size_t i = 0; i < sizeof hissing / sizeof *hissing; i++)
        if (mr_str_has_suffix(plural, mr_str_of(hissing[i]))) return mr_str_make(plural.ptr, plural.len - 2);
    return mr_str_has_suffix(plural, MR_STR("s")) ? mr_str_make(plural.ptr, plural.len - 1) : plural;
}

/* The parameters of a pattern, one for each star, named after the part before it; and the path with them in braces. */
struct path {
    mr_str text;
    mr_str names[MR_PAGE_PARTS];
    size_t count;
};
static struct path path_of(mr_arena *a, const char *pattern)
{
    struct path path = {.text = MR_STR("")};
    mr_str rest = mr_str_of(pattern), part, before = MR_STR_EMPTY;
    mr_str_split(&rest, '/', &part);
    while (mr_str_split(&rest, '/', &part)) {
        if (mr_str_is(part, "*") && path.count < MR_PAGE_PARTS) {
            mr_str name = singular(a, before);
            path.names[path.count++] = name;
            path.text = mr_arena_format(a, "%.*s/{%.*s}", MR_STR_ARG(path.text), MR_STR_ARG(name));
        } else
            path.text = mr_arena_format(a, "%.*s/%.*s", MR_STR_ARG(path.text), MR_STR_ARG(part));
        before = part;
    }
    return path;
}

/* "specifications": the first part behind /api/v1/. */
static mr_str group_of(const struct mr_api_route *r)
{
    mr_str rest = mr_str_of(r->pattern), part = MR_STR_EMPTY;
    for (int i = 0; i < 4; i++) mr_str_split(&rest, '/', &part);
    return part;
}

static const char *lower_method(mr_http_method m)
{
    static const char *const names[] = {"get", "head", "post", "put", "delete", "patch"};
    return names[m];
}

/* The operator's alone are those that no token may. */
static const char *scope_of(const struct mr_api_route *r)
{
    const char *word = mr_scope_word(mr_action_scope(r->action));
    return word ? word : "operator";
}

/* ---- types ---- */

static void put_ref(mr_page *p, const char *kind, mr_str name)
{
    mr_json_put_member(&p->view, "$ref", mr_arena_format(p->arena, "#/components/%s/%.*s", kind, MR_STR_ARG(name)));
}

/* The members of a JSON Schema for a type, into the object that is open. */
static void put_type(mr_page *p, mr_str type)
{
    static const char *const formats[] = {"date", "date-time", "email", "uri"};
    mr_json_writer *v = &p->view;
    mr_str word;
    if (mr_str_has_suffix(type, MR_STR("[]"))) {
        mr_json_put_member_c(v, "type", "array");
        mr_json_put_name(v, "items");
        mr_json_begin_object(v);
        put_type(p, mr_str_make(type.ptr, type.len - 2));
        mr_json_end_object(v);
        return;
    }
    if (mr_str_is(type, "any")) return;
    if (mr_api_row_find(mr_arena_cstr(p->arena, type))) {
        put_ref(p, "schemas", type);
        return;
    }
    if (mr_str_is(type, "map")) {
        mr_json_put_member_c(v, "type", "object");
        mr_json_put_name(v, "additionalProperties");
        mr_json_begin_object(v);
        mr_json_put_member_c(v, "type", "string");
        mr_json_end_object(v);
        return;
    }
    bool plain = mr_str_is(type, "integer") || mr_str_is(type, "number") || mr_str_is(type, "boolean");
    mr_json_put_member(v, "type", plain ? type : MR_STR("string"));
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (mr_str_is(type, formats[i])) mr_json_put_member(v, "format", type);
    if (!mr_str_has_prefix(type, MR_STR("one of "))) return;
    mr_str words = mr_str_from(type, 7);
    mr_json_put_name(v, "enum");
    mr_json_begin_array(v);
    while (mr_str_split(&words, '|', &word)) mr_json_put_str(v, mr_str_trim(word));
    mr_json_end_array(v);
}

static mr_str bare(mr_str type)
{
    return mr_str_has_suffix(type, MR_STR("[]")) ? mr_str_make(type.ptr, type.len - 2) : type;
}

/* Is it sent to us, by itself or inside another? Then it has no further members. */
static bool is_taken(const char *name, int depth)
{
    size_t count;
    const struct mr_api_route *routes = mr_api_routes(&count);
    const struct mr_api_row *in = NULL;
    for (size_t i = 0; i < count; i++)
        if (strcmp(routes[i].takes, name) == 0) return true;
    for (const struct mr_api_row *r = mr_api_rows(); depth < 4 && (r->name || r->kind != MR_API_END); r++) {
        if (r->kind == MR_API_SCHEMA) in = r;
        bool inside = r->kind == MR_API_MEMBER && mr_str_is(bare(mr_str_of(r->type)), name);
        if (inside && strcmp(in->name, name) != 0 && is_taken(in->name, depth + 1)) return true;
    }
    return false;
}

static void put_schema(mr_page *p, const struct mr_api_row *schema)
{
    mr_json_writer *v = &p->view;
    const struct mr_api_row *example = NULL;
    mr_json_put_name(v, schema->name);
    mr_json_begin_object(v);
    mr_json_put_member_c(v, "type", "object");
    mr_json_put_member_c(v, "description", schema->text);
    mr_json_put_name(v, "properties");
    mr_json_begin_object(v);
    for (const struct mr_api_row *r = schema + 1; r->kind != MR_API_END; r++) {
        if (r->kind == MR_API_EXAMPLE) example = r;
        if (r->kind != MR_API_MEMBER) continue;
        mr_json_put_name(v, r->name);
        mr_json_begin_object(v);
        put_type(p, mr_str_of(r->type));
        mr_json_put_member_c(v, "description", r->text);
        mr_json_end_object(v);
    }
    mr_json_end_object(v);
    mr_json_put_name(v, "required");
    mr_json_begin_array(v);
    for (const struct mr_api_row *r = schema + 1; r->kind != MR_API_END; r++)
        if (r->kind == MR_API_MEMBER && r->required) mr_json_put_cstr(v, r->name);
    mr_json_end_array(v);
    if (is_taken(schema->name, 0)) mr_json_put_flag(v, "additionalProperties", false);
    if (example) {
        mr_json_put_name(v, "examples");
        mr_json_begin_array(v);
        mr_json_put_raw(v, mr_str_of(example->text));
        mr_json_end_array(v);
    }
    mr_json_end_object(v);
}

/* "content" of a body: JSON of a schema, or a medium. */
static void put_content(mr_page *p, const struct mr_api_row *row)
{
    mr_json_writer *v = &p->view;
    bool schema = row->kind == MR_API_SCHEMA;
    mr_json_put_name(v, "content");
    mr_json_begin_object(v);
    mr_json_put_name(v, schema ? "application/json" : row->type);
    mr_json_begin_object(v);
    mr_json_put_name(v, "schema");
    mr_json_begin_object(v);
    if (schema)
        put_ref(p, "schemas", mr_str_of(row->name));
    else if (strcmp(row->type, "application/json") == 0)
        mr_json_put_member_c(v, "type", "object");
    else if (mr_str_has_prefix(mr_str_of(row->type), MR_STR("text/")))
        mr_json_put_member_c(v, "type", "string");
    mr_json_end_object(v);
    mr_json_end_object(v);
    mr_json_end_object(v);
}

/* ---- operations ---- */

static void put_parameter(mr_page *p, const char *in, mr_str name, bool required, mr_str type, const char *text)
{
    mr_json_writer *v = &p->view;
    mr_json_begin_object(v);
    mr_json_put_member_c(v, "in", in);
    mr_json_put_member(v, "name", name);
    mr_json_put_flag(v, "required", required);
    mr_json_put_member_c(v, "description", text);
    mr_json_put_name(v, "schema");
    mr_json_begin_object(v);
    put_type(p, type);
    mr_json_end_object(v);
    mr_json_end_object(v);
}

static void put_parameter_ref(mr_page *p, const char *name)
{
    mr_json_begin_object(&p->view);
    put_ref(p, "parameters", mr_str_of(name));
    mr_json_end_object(&p->view);
}

static void put_parameters(mr_page *p, const struct mr_api_route *r, const struct path *path)
{
    mr_json_writer *v = &p->view;
    mr_str of = mr_arena_format(p->arena, "%s %s", mr_http_method_name(r->method), r->pattern);
    mr_json_put_name(v, "parameters");
    mr_json_begin_array(v);
    for (size_t i = 0; i < path->count; i++)
        put_parameter(p, "path", path->names[i], true, MR_STR("string"), "As answers of this API name it");
    for (const struct mr_api_row *q = mr_api_rows(); q->name || q->kind != MR_API_END; q++)
        if (q->kind == MR_API_QUERY && mr_str_is(of, q->of))
            put_parameter(p, "query", mr_str_of(q->name), false, mr_str_of(q->type), q->text);
    if (mr_api_gives_list(r)) {
        put_parameter_ref(p, "limit");
        put_parameter_ref(p, "after");
    }
    if (r->method == MR_POST && r->action != MR_MAY_PUBLIC) put_parameter_ref(p, "idempotency_key");
    mr_json_end_array(v);
}

static void put_answer(mr_page *p, const struct mr_api_route *r)
{
    mr_json_writer *v = &p->view;
    const struct mr_api_row *gives = mr_api_row_find(r->gives);
    mr_json_put_name(v, !gives ? "204" : mr_api_makes(r) ? "201" : "200");
    mr_json_begin_object(v);
    mr_json_put_member_c(v, "description", gives ? gives->text : "It is done");
    if (gives) put_content(p, gives);
    mr_json_end_object(v);
    mr_json_put_name(v, "default");
    mr_json_begin_object(v);
    put_ref(p, "responses", MR_STR("Problem"));
    mr_json_end_object(v);
}

static void put_security(mr_page *p, const struct mr_api_route *r)
{
    mr_json_writer *v = &p->view;
    mr_json_put_name(v, "security");
    mr_json_begin_array(v);
    if (r->action != MR_MAY_PUBLIC) {
        mr_json_begin_object(v);
        mr_json_put_name(v, "token");
        mr_json_begin_array(v);
        mr_json_put_cstr(v, scope_of(r));
        mr_json_end_array(v);
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
}

/* The handler's name; where one handler has several end points, those behind the first are numbered. */
static mr_str operation_id(mr_page *p, const struct mr_api_route *r)
{
    size_t count, before = 0;
    const struct mr_api_route *routes = mr_api_routes(&count);
    mr_str id = mr_str_of(r->handler);
    for (size_t i = 0; i < count && &routes[i] != r; i++) before += strcmp(routes[i].handler, r->handler) == 0;
    if (mr_str_has_prefix(id, MR_STR("mr_api_"))) id = mr_str_from(id, 7);
    return before ? mr_arena_format(p->arena, "%.*s_%zu", MR_STR_ARG(id), before + 1) : id;
}

static void put_operation(mr_page *p, const struct mr_api_route *r, const struct path *path)
{
    mr_json_writer *v = &p->view;
    const struct mr_api_row *takes = mr_api_row_find(r->takes);
    mr_str id = operation_id(p, r);
    mr_json_put_name(v, lower_method(r->method));
    mr_json_begin_object(v);
    mr_json_put_member(v, "operationId", id);
    mr_json_put_member_c(v, "summary", r->summary);
    mr_json_put_name(v, "tags");
    mr_json_begin_array(v);
    mr_json_put_str(v, group_of(r));
    mr_json_end_array(v);
    put_security(p, r);
    put_parameters(p, r, path);
    if (takes) {
        mr_json_put_name(v, "requestBody");
        mr_json_begin_object(v);
        mr_json_put_member_c(v, "description", takes->text);
        mr_json_put_flag(v, "required", true);
        put_content(p, takes);
        mr_json_end_object(v);
    }
    mr_json_put_name(v, "responses");
    mr_json_begin_object(v);
    put_answer(p, r);
    mr_json_end_object(v);
    mr_json_end_object(v);
}

/* Each path once, with all its methods. */
static void put_paths(mr_page *p)
{
    mr_json_writer *v = &p->view;
    size_t count;
    const struct mr_api_route *routes = mr_api_routes(&count);
    mr_json_put_name(v, "paths");
    mr_json_begin_object(v);
    for (size_t i = 0; i < count; i++) {
        bool before = false;
        struct path path = path_of(p->arena, routes[i].pattern);
        for (size_t k = 0; k < i && !before; k++) before = strcmp(routes[k].pattern, routes[i].pattern) == 0;
        if (before) continue;
        mr_json_put_name_str(v, path.text);
        mr_json_begin_object(v);
        for (size_t k = i; k < count; k++)
            if (strcmp(routes[k].pattern, routes[i].pattern) == 0) put_operation(p, &routes[k], &path);
        mr_json_end_object(v);
    }
    mr_json_end_object(v);
}

static void put_named_parameter(mr_page *p, const char *key, const char *in, const char *name, const char *type,
                                const char *text)
{
    mr_json_put_name(&p->view, key);
    put_parameter(p, in, mr_str_of(name), false, mr_str_of(type), text);
}

static void put_components(mr_page *p)
{
    mr_json_writer *v = &p->view;
    mr_json_put_name(v, "components");
    mr_json_begin_object(v);
    mr_json_put_name(v, "securitySchemes");
    mr_json_put_raw(
        v, MR_STR("{\"token\":{\"type\":\"http\",\"scheme\":\"bearer\",\"description\":\"An API token, made under "
                  "Integrations in the provider's office. Scopes: read (all tokens have it), describe, award, "
                  "manage\"}}"));
    mr_json_put_name(v, "parameters");
    mr_json_begin_object(v);
    put_named_parameter(p, "limit", "query", "limit", "integer",
                        "Most items of this part of the list: 1 to 200, 50 without it");
    put_named_parameter(p, "after", "query", "after", "string", "The `next` of the part before");
    put_named_parameter(p, "idempotency_key", "header", "Idempotency-Key", "string",
                        "Any text of your own, a UUID for one: the same key with the same request does its work once");
    mr_json_end_object(v);
    mr_json_put_name(v, "responses");
    mr_json_put_raw(
        v, MR_STR("{\"Problem\":{\"description\":\"What went wrong\",\"content\":{\"application/problem+json\":{"
                  "\"schema\":{\"$ref\":\"#/components/schemas/Problem\"}}}}}"));
    mr_json_put_name(v, "schemas");
    mr_json_begin_object(v);
    for (const struct mr_api_row *r = mr_api_rows(); r->name || r->kind != MR_API_END; r++)
        if (r->kind == MR_API_SCHEMA) put_schema(p, r);
    mr_json_end_object(v);
    mr_json_end_object(v);
}

void mr_api_openapi(mr_page *p)
{
    mr_json_writer *v = &p->view;
    mr_api_begin(p);
    mr_json_put_member_c(v, "openapi", "3.1.0");
    mr_json_put_name(v, "info");
    mr_json_begin_object(v);
    mr_json_put_member_c(v, "title", "Merit");
    mr_json_put_member_c(v, "version", VERSION);
    mr_json_put_member_c(v, "summary", "Micro-credentials: describe, award, seal, verify");
    mr_json_put_name(v, "license");
    mr_json_put_raw(v, MR_STR("{\"name\":\"EUPL-1.2\",\"identifier\":\"EUPL-1.2\"}"));
    mr_json_end_object(v);
    mr_json_put_name(v, "servers");
    mr_json_begin_array(v);
    mr_json_begin_object(v);
    mr_json_put_member(v, "url", mr_service_public_url(p->service));
    mr_json_end_object(v);
    mr_json_end_array(v);
    put_paths(p);
    put_components(p);
    mr_api_show(p, 200);
}

/* ---- for people ---- */

/* A schema's name as a link to its table, or what a medium is. */
static void put_named(mr_page *p, const char *member, const char *name)
{
    mr_json_writer *v = &p->view;
    const struct mr_api_row *row = mr_api_row_find(name);
    mr_json_put_name(v, member);
    if (!row) {
        mr_json_put_bool(v, false);
        return;
    }
    mr_json_begin_object(v);
    mr_json_put_member_c(v, "name", row->kind == MR_API_SCHEMA ? row->name : row->type);
    mr_json_put_flag(v, "schema", row->kind == MR_API_SCHEMA);
    mr_json_end_object(v);
}

static void put_end_point(mr_page *p, const struct mr_api_route *r)
{
    mr_json_writer *v = &p->view;
    mr_json_begin_object(v);
    mr_json_put_member_c(v, "method", mr_http_method_name(r->method));
    mr_json_put_member(v, "path", path_of(p->arena, r->pattern).text);
    mr_json_put_member_c(v, "summary", r->summary);
    put_named(p, "takes", r->takes);
    put_named(p, "gives", r->gives);
    mr_json_put_flag(v, "public", r->action == MR_MAY_PUBLIC);
    mr_json_put_member_c(v, "scope", scope_of(r));
    mr_json_end_object(v);
}

/* Each group once, with how many end points it has. */
static void put_groups(mr_page *p)
{
    mr_json_writer *v = &p->view;
    size_t count;
    const struct mr_api_route *routes = mr_api_routes(&count);
    mr_json_put_name(v, "groups");
    mr_json_begin_array(v);
    for (size_t i = 0; i < count; i++) {
        int64_t same = 0;
        bool before = false;
        mr_str group = group_of(&routes[i]);
        for (size_t k = 0; k < i && !before; k++) before = mr_str_eq(group_of(&routes[k]), group);
        for (size_t k = i; k < count; k++) same += mr_str_eq(group_of(&routes[k]), group);
        if (before) continue;
        mr_json_begin_object(v);
        mr_json_put_member(v, "name", group);
        mr_json_put_member(v, "count", mr_say_count(p->arena, p->language, same));
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
}

/* Names of schemas, each once, in the order in which they are met. */
struct names {
    const char *list[SCHEMAS_MOST];
    size_t count;
};

static void note(struct names *n, mr_str name)
{
    for (const struct mr_api_row *s = mr_api_rows(); s->name || s->kind != MR_API_END; s++) {
        if (s->kind != MR_API_SCHEMA || !mr_str_is(name, s->name)) continue;
        for (size_t i = 0; i < n->count; i++)
            if (n->list[i] == s->name) return;
        if (n->count < SCHEMAS_MOST) n->list[n->count++] = s->name;
        return;
    }
}

/* A schema's members; the schemas that they name are noted. */
static void put_schema_table(mr_page *p, const struct mr_api_row *s, struct names *n)
{
    mr_json_writer *v = &p->view;
    mr_json_begin_object(v);
    mr_json_put_member_c(v, "name", s->name);
    mr_json_put_member_c(v, "about", s->text);
    mr_json_put_name(v, "members");
    mr_json_begin_array(v);
    for (const struct mr_api_row *r = s + 1; r->kind != MR_API_END; r++) {
        if (r->kind != MR_API_MEMBER) continue;
        note(n, bare(mr_str_of(r->type)));
        mr_json_begin_object(v);
        mr_json_put_member_c(v, "name", r->name);
        mr_json_put_member_c(v, "type", r->type);
        mr_json_put_flag(v, "required", r->required);
        mr_json_put_member_c(v, "about", r->text);
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
    mr_json_end_object(v);
}

/* The end points of a group, and the schemas that they take and give. false: there is no such group. */
static bool put_group(mr_page *p, mr_str group)
{
    mr_json_writer *v = &p->view;
    struct names names = {.count = 0};
    size_t count, found = 0;
    const struct mr_api_route *routes = mr_api_routes(&count);
    mr_json_put_name(v, "routes");
    mr_json_begin_array(v);
    for (size_t i = 0; i < count; i++) {
        if (!mr_str_eq(group_of(&routes[i]), group)) continue;
        put_end_point(p, &routes[i]);
        note(&names, mr_str_of(routes[i].takes));
        note(&names, mr_str_of(routes[i].gives));
        found++;
    }
    mr_json_end_array(v);
    mr_json_put_name(v, "schemas");
    mr_json_begin_array(v);
    for (size_t i = 0; i < names.count; i++) put_schema_table(p, mr_api_row_find(names.list[i]), &names);
    mr_json_end_array(v);
    return found > 0;
}

void mr_web_api(mr_page *p)
{
    mr_page_begin(p, "api.title", "");
    mr_json_put_member(&p->view, "site", mr_service_public_url(p->service));
    put_groups(p);
    mr_page_show(p, "api");
}

/* A page for each group: all together would be too much for one. */
void mr_web_api_group(mr_page *p)
{
    mr_page_begin(p, "api.title", "");
    mr_json_put_member(&p->view, "group", p->part[0]);
    if (put_group(p, p->part[0]))
        mr_page_show(p, "api_group");
    else
        mr_page_not_found(p);
}
