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
#include "web/page.h"

/* The body as JSON object, in the request's arena; NULL after it has answered with what is wrong. */
const mr_json *mr_api_body(mr_page *p);
/* Begin the object that is answered, in p->view; and send it. */
void mr_api_begin(mr_page *p);
void mr_api_show(mr_page *p, int status);
/* Nothing to say but that it is done: 204. */
void mr_api_done(mr_page *p);
/* application/problem+json: {"type", "title", "status", "code", "detail"?, "position"?, "pointer"?}; the title in the reader's language. */
void mr_api_fail(mr_page *p, const struct mr_err *err);
/* The same with findings: "findings": [{"element", "text", "pointer", "warning"}]. */
void mr_api_fail_findings(mr_page *p, const struct mr_err *err, const struct mr_findings *findings);
/* The same for what the router refuses. code: a stable one, "form_token". */
void mr_api_problem(mr_page *p, int status, mr_str code, const char *detail);
/* Put a time in milliseconds as RFC 3339; MR_TIME_NONE puts nothing. */
void mr_api_put_time(mr_page *p, const char *member, int64_t at);
/* Put a text in several languages, as an object by language; nothing when there is none. */
void mr_api_put_texts(mr_page *p, const char *member, mr_texts texts);
/* Something was made: 201, {"id"}. */
void mr_api_made(mr_page *p, mr_str id);
/* ?limit= of a list, at most `most`; `usual` when it is no such number. */
size_t mr_api_limit(const mr_page *p, size_t usual, size_t most);

#endif
