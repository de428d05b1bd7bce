/* E-mail and web addresses, as people write them into files. */
#ifndef MR_MODEL_CONTACT_H
#define MR_MODEL_CONTACT_H

#include "base/str.h"

/* Could mail be sent there? Local part, "@", a domain with a dot; at most 254 octets; no blanks, no comments, no quoted forms.
 *   source  RFC 5321 sections 4.1.2 and 4.5.3.1, RFC 6531 (letters beyond ASCII are allowed) */
bool mr_contact_is_email(mr_str s);
/* "https://", a host with a dot (or localhost), nothing that RFC 3986 forbids in a URL; letters beyond ASCII are allowed.
 *   plain_too  "http://" is fine, as for identifiers in vocabularies */
bool mr_contact_is_url(mr_str s, bool plain_too);

#endif
