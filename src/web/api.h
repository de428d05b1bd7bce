/* What every end point of the API shares: JSON in, JSON out, problems by RFC 9457. A handler reads the body, calls one use case, writes the answer:
 *
 *   void mr_api_batch(mr_page *p)
 *   {
 *       struct mr_err err = {0};
 *       ...
 *       if (code != MR_OK) { mr_api_fail(p, &err); return; }
 *       mr_api_begin(p);
 *       mr_json_put_member(&p->view, "id", batch.id);
 *       mr_api_show(p, 200);
 *   }
 *
 * Ids in answers are those that pages have in their addresses. Lists are {"items": [...], "next": "..."}: `next` is given back as ?after=, absent at the end. Times
 * are RFC 3339 in UTC, dates as in files. */
#ifndef MR_WEB_API_H
#define MR_WEB_API_H

#include "model/achievement.h"
#include "service/organisation.h"
#include "web/page.h"

/* The body as JSON object, in the request's arena, held against the schema that routes.def says this end point takes: a member that is missing, unknown or of
 * another type is a finding with its JSON Pointer. NULL after it has answered with what is wrong. */
const mr_json *mr_api_body(mr_page *p);
/* Begin the object that is answered, in p->view; and send it. */
void mr_api_begin(mr_page *p);
void mr_api_show(mr_page *p, int status);
/* The same for something new: 201, and where it is (RFC 9110 section 15.3.2). */
void mr_api_show_made(mr_page *p, mr_str location);
/* Answer with bytes that are no JSON of ours: a table, a sealed document, a picture. */
void mr_api_give(mr_page *p, const char *content_type, mr_str content);
/* Nothing to say but that it is done: 204. */
void mr_api_done(mr_page *p);
/* What an act came to: that it is done, or mr_api_fail. */
void mr_api_answer(mr_page *p, int code, const struct mr_err *err);
/* application/problem+json: {"type", "title", "status", "code", "detail"?, "position"?, "pointer"?}; the title in the reader's language. */
void mr_api_fail(mr_page *p, const struct mr_err *err);
/* The same with findings: "findings": [{"element", "text", "pointer", "warning"}]. */
void mr_api_fail_findings(mr_page *p, const struct mr_err *err, const struct mr_findings *findings);
/* The same for what the router refuses. code: a stable one, "form_token". */
void mr_api_problem(mr_page *p, int status, mr_str code, const char *detail);
/* Which part of a list is asked for: ?limit= (1 to MR_LIMIT_API_PAGE) and ?after=, which is the `next` of the part before. */
struct mr_api_paging {
    mr_str after; /* key of the last item of the part before; empty: from the start */
    size_t limit;
};
/* False after it has answered with what is wrong. */
bool mr_api_paging(mr_page *p, struct mr_api_paging *ret);
/* Put "next", behind the list: key is that of the last item that was given. Callers give it back without looking into it. */
void mr_api_put_next(mr_page *p, mr_str key);
/* Of the organisation of what is asked for, what the router has asked of that of the actor: whether they may. False after it has answered. */
bool mr_api_may(mr_page *p, mr_action action, mr_str org_id);
/* The organisation that ?organisation= names, else the actor's own. False after it has answered. */
bool mr_api_open_organisation(mr_page *p, struct mr_organisation_shown *ret);
/* Put a time in milliseconds as RFC 3339; MR_TIME_NONE puts nothing. */
void mr_api_put_time(mr_page *p, const char *member, int64_t at);
/* Put a text in several languages, as an object by language; nothing when there is none. */
void mr_api_put_texts(mr_page *p, const char *member, mr_texts texts);
/* Something was made: 201, {"id"}. */
void mr_api_made(mr_page *p, mr_str id);
/* ?limit= of a list, at most `most`; `usual` when it is no such number. */
size_t mr_api_limit(const mr_page *p, size_t usual, size_t most);

#endif
