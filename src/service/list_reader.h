/* Reading a trusted list, whatever it is written in: JSON here, XML in a short-lived program of its own, merit-trusted-list, which has the limits and the
 * sandbox that such a reader needs. */
#ifndef MR_SERVICE_LIST_READER_H
#define MR_SERVICE_LIST_READER_H

#include "base/arena.h"
#include "base/env.h"
#include "json/json.h"

/* What is known of a list that was read: trusted_list/reader.h says what the JSON holds.
 *   program  path of merit-trusted-list; NULL: where it is installed beside the running program, or as MERIT_TRUSTED_LIST says
 *   signers  SHA-256 digests of the certificates that may sign
 *   errors   MR_E_FORMAT (the list cannot be read; detail: why), MR_E_LIMIT (too large, or reading took more time or memory than allowed), MR_E_LIBRARY (the
 *            program is not there), MR_E_IO, MR_E_NOMEM */
int mr_list_read(mr_arena *a, const char *program, mr_str text, const uint8_t (*signers)[32], size_t signer_count,
                 const mr_env *env, const mr_json **ret, struct mr_err *err) MR_MUST_CHECK;

#endif
