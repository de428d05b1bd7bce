/* The tables of the API, routes.def and api_schemas.def, as data: for whoever checks what was sent, describes the API, or tests it. */
#ifndef MR_WEB_API_SCHEMA_H
#define MR_WEB_API_SCHEMA_H

#include "http/http.h"
#include "json/json.h"
#include "model/achievement.h"
#include "service/actor.h"

enum mr_api_row_kind { MR_API_SCHEMA, MR_API_MEMBER, MR_API_EXAMPLE, MR_API_MEDIA, MR_API_QUERY, MR_API_END };
/* A row of api_schemas.def: a schema, then its members and perhaps an example, then an end; or a medium; or a field of a query. */
struct mr_api_row {
    enum mr_api_row_kind kind;
    const char *name; /* of the schema, member, medium or field */
    const char *type; /* of a member or field; of a medium: its media type; of a QUERY: see `of` */
    bool required;
    const char *text; /* what it is; of an example: JSON */
    const char *of;   /* QUERY: "GET /api/v1/..." */
};
/* All of them, until kind END with name NULL. */
const struct mr_api_row *mr_api_rows(void);
/* The row of a schema or medium; NULL when there is none (NONE, for one). */
const struct mr_api_row *mr_api_row_find(const char *name);
/* The member of a schema; NULL when it has none of that name. */
const struct mr_api_row *mr_api_member_find(const struct mr_api_row *schema, mr_str name);

struct mr_api_route {
    mr_http_method method;
    const char *pattern;
    const char *handler; /* its name */
    mr_action action;
    const char *takes, *gives, *summary;
};
/* All end points, in the order of routes.def. */
const struct mr_api_route *mr_api_routes(size_t *ret_count);
/* It answers a list: {"items": [...], "next": "..."}. */
bool mr_api_gives_list(const struct mr_api_route *r);
/* A POST that makes something new in a list that can be read: it answers 201 with its Location. */
bool mr_api_makes(const struct mr_api_route *r);

/* Findings of an object held against a schema: what is missing, unknown, or of another type; each with its JSON Pointer. */
void mr_api_schema_check(const struct mr_api_row *schema, const mr_json *object, struct mr_findings *findings);

#endif
