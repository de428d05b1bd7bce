/* The pages of Merit over `service`, as a handler for `http`: routes.def says which path leads where and who may go there. */
#ifndef MR_WEB_WEB_H
#define MR_WEB_WEB_H

#include "http/http.h"
#include "service/service.h"

typedef struct mr_web mr_web;

/* Errors: MR_E_NOMEM, MR_E_FORMAT (a template). */
int mr_web_open(mr_service *service, mr_web **ret, struct mr_err *err) MR_MUST_CHECK;
void mr_web_close(mr_web *w);
/* A line in the log for every request: pattern of its address, status, microseconds. Before serving. */
void mr_web_log_requests(mr_web *w, bool on);
/* An mr_http_handler; self is the mr_web. */
void mr_web_handle(void *self, const mr_http_request *request, mr_http_response *response);
/* The page for what the server refuses by itself (struct mr_http_config.refuse). */
void mr_web_refuse(void *self, int status, const char *accept_language, mr_http_response *response);
/* No way in for the operator: its link and its token open nothing from now on. */
void mr_web_close_operator_door(mr_web *w);
/* "/operator/<token>"; empty once its door is closed: the way in for the operator, new at every start; printed at start and nowhere else. */
mr_str mr_web_operator_path(const mr_web *w);

#endif
