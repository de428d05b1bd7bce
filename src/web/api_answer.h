/* POSTs with an Idempotency-Key (service/api_answer.h). */
#ifndef MR_WEB_API_ANSWER_H
#define MR_WEB_API_ANSWER_H

#include "web/page.h"

/* Run the handler of a POST once for its key, or answer as it was answered before: with Idempotency-Replayed: true. Without the header: run it.
 *   run  name of this run of the server */
void mr_api_answer_run(mr_page *p, mr_web_handler *handler, mr_str run);

#endif
