/* From the Authorization header to who acts, and how often they may. */
#ifndef MR_WEB_API_TOKEN_H
#define MR_WEB_API_TOKEN_H

#include "web/page.h"

/* The token's actor, in the request's arena; a stranger when the header is absent, or holds no token that is good now.
 *   source  RFC 6750 section 2.1 */
const struct mr_actor *mr_api_token_actor(mr_page *p);

#endif
