#include "web/api_token.h"

#include "service/api_token.h"

/* The scheme's name is written in any case (RFC 9110 section 11.1). */
static mr_str bearer_of(const mr_page *p)
{
    mr_str header = mr_http_header(p->request, "Authorization");
    if (header.len < 7 || !mr_str_eq_ascii_nocase(mr_str_make(header.ptr, 7), MR_STR("Bearer "))) return MR_STR_EMPTY;
    return mr_str_trim(mr_str_from(header, 7));
}

const struct mr_actor *mr_api_token_actor(mr_page *p)
{
    struct mr_err err = {0};
    mr_str token = bearer_of(p);
    if (!token.len) return &mr_actor_stranger;
    if (mr_page_is_operator_token(p, token)) return &mr_actor_operator; /* of --demo, and of tests */
    struct mr_actor *actor = MR_NEW(p->arena, struct mr_actor);
    if (actor && mr_api_token_find_actor(p->service, p->arena, token, actor, &err) == MR_OK) return actor;
    p->unknown = err;
    return &mr_actor_stranger;
}
