/* Identifiers. */
#ifndef MR_BASE_ID_H
#define MR_BASE_ID_H

#include "base/env.h"

/* RFC 9562 UUID version 7 as text, 36 characters and NUL: ordered by time, so that new rows land at the end of an index. */
void mr_id_new(const mr_env *env, char out[37]);
/* The same for rows whose order counts: behind `last` (empty: none yet) also when the clock was put back, or another machine's is behind. RFC 9562
 * section 6.2 method 2: the random bits as a counter. */
void mr_id_new_after(const mr_env *env, mr_str last, char out[37]);
/* RFC 9562 UUID version 4: for identifiers that must not tell when they were made. */
void mr_id_random(const mr_env *env, char out[37]);
/* An unguessable token for a link: 32 characters of base64url (192 bits) and NUL. */
void mr_id_token(const mr_env *env, char out[33]);
bool mr_id_is_uuid(mr_str s);

#endif
