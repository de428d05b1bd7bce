/* One request on its way to a page: what every handler gets, and the steps that every page shares. A handler writes a view (JSON) and renders a
 * template with it; `head` and `foot` are partials that every template includes.
 *
 *   void mr_web_about_data(mr_page *p)
 *   {
 *       mr_page_begin(p, "about.data.title", "about");
 *       mr_json_put_member(&p->view, "controller", ...);
 *       mr_page_show(p, "about_data");
 *   }
 */
#ifndef MR_WEB_PAGE_H
#define MR_WEB_PAGE_H

#include "json/write.h"
#include "service/actor.h"
#include "service/session.h"
#include "text/messages.h"
#include "web/web.h"

#define MR_PAGE_PARTS 4
#define MR_PAGE_TEXT_LANGUAGES 8

typedef struct mr_page {
    mr_web *web;
    mr_service *service;
    const mr_http_request *request;
    mr_http_response *response;
    const mr_language *language;
    mr_arena *arena;                  /* the request's */
    const char *pattern;              /* of routes.def; "" when there is no such page */
    mr_str part[MR_PAGE_PARTS];       /* what the stars of the pattern matched */
    const struct mr_actor *actor;     /* never NULL; a stranger has kind MR_ACTOR_STRANGER */
    const struct mr_session *session; /* of a person who has signed in; NULL for everybody else */
    char form_token[33];              /* that the forms of who is signed in carry; empty for others */
    struct mr_err unknown; /* with a code: who asks could not be found out, which is not the same as a stranger */
    bool is_api;           /* below /api/: problems are JSON */
    bool is_secret;        /* the answer holds what is shown this once: it is not kept for a repetition */
    const char *takes;     /* of an end point: the schema of what it takes (web/api_schemas.def); NULL of a page */
    mr_str text_languages[MR_PAGE_TEXT_LANGUAGES]; /* other than the reader's, in which texts on this page are */
    size_t text_language_count;
    mr_buf view_out; /* of a page the nodes of its view, of the API the text of the answer */
    mr_json_writer view;
} mr_page;

/* Begin the view: {"lang","path","title","trial","operator","languages":[...],"paged":is it a later part of a list?,"nav":{section:true}, ...; the handler adds members.
 *   title_id  message of the page's title
 *   section   "find", "verify", "provider" or "": the entry of the main navigation that is current; "provider.mail": and that of the office's menu
 *             (web/office_nav.def), which is shown then */
void mr_page_begin(mr_page *p, const char *title_id, const char *section);
/* The same with a title that is data (the name of a specification). */
void mr_page_begin_titled(mr_page *p, mr_str title, const char *section);
/* Before the view begins: show the page in this language, when Merit speaks it and the reader has chosen none on this site. For pages that are about one
 * person, whose language somebody who knows them has told. */
void mr_page_prefer_language(mr_page *p, mr_str tag);
/* The languages of Merit as choices, in the view: "mail_languages": [{"tag", "name", "chosen"}]. */
void mr_page_put_languages(mr_page *p, mr_str chosen);
/* End the view, render web/templates/NAME.html. private: the answer must not be kept by anybody (names of people in it). */
void mr_page_show(mr_page *p, const char *name);
void mr_page_show_private(mr_page *p, const char *name);
/* A text that somebody else has written is shown, in its best language. When that is not the reader's, the page says so once (message
 * "texts.others"). language: a tag, borrowed until the page is shown; empty when it is not known. */
void mr_page_tell_language(mr_page *p, mr_str language);
/* The page for an error, with the status of its code. The sentence is message "error.<code>", else of the code's own. */
void mr_page_fail(mr_page *p, const struct mr_err *err);
/* The page "no such page". */
void mr_page_not_found(mr_page *p);
/* Put a message as a member. */
void mr_page_say(mr_page *p, const char *member, const char *id);
/* Put a whole number as a member, as the reader writes numbers. */
void mr_page_put_count(mr_page *p, const char *member, int64_t count);
/* Give a file to keep: Content-Disposition attachment. name: ASCII. */
void mr_page_download(mr_page *p, const char *content_type, mr_str name, mr_str content);
/* Answer with what others may keep and ask about again: with a tag of its content, and without it when they have the same (RFC 9110 section 13.1.2). Type and
 * Cache-Control are the caller's. */
void mr_page_answer_tagged(mr_page *p, mr_str content);
/* The same for programs everywhere: any page of any site may read it. seconds: for which others may keep it, "300". */
void mr_page_answer_everybody(mr_page *p, const char *type, const char *seconds, mr_str content);
/* The token of forms, made from the session; every POST of somebody signed in is checked for it by the router. mr_page_begin puts it. */
void mr_page_put_form_token(mr_page *p);
/* Accounts elsewhere that people may sign in with (service/elsewhere.h). */
struct mr_elsewhere *mr_page_elsewhere(const mr_page *p);
/* Over https? Then cookies are sent that way alone. */
bool mr_page_is_secure(const mr_page *p);
/* What an organisation that the reader may act for is called, in the best language for them. */
mr_str mr_page_call_organisation(mr_page *p, const struct mr_session_org *org);
/* Set a cookie for the whole site, SameSite=Lax. value: no ";" or blanks; more: "" or further attributes, "; HttpOnly; Max-Age=900". */
void mr_page_set_cookie(mr_page *p, const char *name, const char *value, const char *more);
/* The same for what stands below a path of this site alone. */
void mr_page_set_cookie_below(mr_page *p, mr_str path, const char *name, const char *value, const char *more);
/* The operator's cookie: set after the operator's link, or removed. */
void mr_page_enter(mr_page *p);
void mr_page_leave(mr_page *p);
/* Is this the token of the operator's link? In constant time. */
bool mr_page_is_operator_token(const mr_page *p, mr_str token);

/* Count `more` requests than this one against whoever asks: for an upload that is as much work as several. false: it was answered that they are too many (429). */
bool mr_page_take_rate(mr_page *p, size_t more);
/* What the server has counted (web/operation.h). */
struct mr_web_counts *mr_page_counts(const mr_page *p);

/* Makes the answer to one request; the handlers are those of routes.def. */
typedef void mr_web_handler(mr_page *p);
#define MR_ROUTE(method, pattern, handler, access) mr_web_handler handler;
#define MR_API(method, pattern, handler, access, takes, gives, summary) mr_web_handler handler;
#include "web/routes.def"
#undef MR_ROUTE
#undef MR_API

#endif
