/* Lists of trusted entities in JSON (ETSI TS 119 602 v1.1.1 annex A): a JWS, or as plain JSON without a seal. */
#ifndef MR_CREDENTIAL_LOTE_H
#define MR_CREDENTIAL_LOTE_H

#include "base/buf.h"
#include "base/err.h"

/* Could this text be such a list? JSON with a member LoTE, or a compact JWS. */
bool mr_lote_is(mr_str text);
/* Read a list and write what merit-trusted-list writes of one in XML (trusted_list/reader.h): {"signature", "faults", "fault_count", "list"}.
 *   text     as fetched
 *   signers  SHA-256 digests of the certificates that may sign
 *   now      milliseconds
 *   errors   MR_E_JSON..., MR_E_FORMAT, MR_E_LIMIT, MR_E_NOMEM: nothing can be said about the file; nothing was written */
int mr_lote_read(mr_arena *a, mr_str text, const uint8_t (*signers)[32], size_t signer_count, int64_t now, mr_buf *out,
                 struct mr_err *err) MR_MUST_CHECK;

#endif
