/* A trusted list in XML (TS 119 612, TS 119 602 annex B) as plain JSON: what it says, whether its structure is right and who signed it. This is all that
 * the program merit-trusted-list does. */
#ifndef MR_TRUSTED_LIST_READER_H
#define MR_TRUSTED_LIST_READER_H

#include "base/buf.h"
#include "base/err.h"

/* Read a list and write one JSON object: {"signature": {"state", "why", "signer", "time"}, "faults": [...], "fault_count", "list": {...}}; without
 * "list" when the root element is that of no list. `list` has the form of credential/listing.h.
 *   xml      as fetched
 *   signers  SHA-256 digests of the certificates that may sign
 *   errors   MR_E_FORMAT, MR_E_LIMIT, MR_E_NOMEM, MR_E_CRYPTO: nothing can be said about the file; nothing was written */
int mr_trusted_list_read(mr_arena *a, mr_str xml, const uint8_t (*signers)[32], size_t signer_count, mr_buf *out,
                         struct mr_err *err) MR_MUST_CHECK;

#endif
