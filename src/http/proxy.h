/* Whose request is it, when a proxy stands in front? */
#ifndef MR_HTTP_PROXY_H
#define MR_HTTP_PROXY_H

#include "http/http.h"

/* The address that counts: the peer's own, unless the peer is one of the proxies that are believed; then the last address of X-Forwarded-For that is not one of them. What
 * stands before it may be invented by the client and is never looked at. An entry that is no address ends the search: the last believed one counts.
 *   proxies  addresses with blanks between
 *   ret      points into the header or is `peer` */
mr_str mr_http_proxy_client(mr_str proxies, mr_str peer, mr_str forwarded_for);

#endif
