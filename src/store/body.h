/* Sealed bytes as they are stored: compressed with a dictionary for their format, and given back octet for octet.
 *
 * A stored body is a Zstandard frame (RFC 8878) of the folded bytes (store/fold.h), with a check sum, whose header says by which of the dictionaries in
 * src/store/dictionaries.def it was made; what does not begin like a frame was stored before there were any, and is the sealed bytes themselves. */
#ifndef MR_STORE_BODY_H
#define MR_STORE_BODY_H

#include "base/buf.h"
#include "base/err.h"

/* Append what is to be stored of `sealed`, which must not be longer than MR_LIMIT_DOCUMENT.
 *   format  "elm", "vc+jwt", ...: chooses the dictionary; one without a dictionary is compressed without
 *   errors  MR_E_LIBRARY (libzstd), MR_E_LIMIT, MR_E_NOMEM */
int mr_body_pack(mr_str format, mr_str sealed, mr_buf *out, struct mr_err *err) MR_MUST_CHECK;
/* The sealed bytes, in the arena. Errors: MR_E_FORMAT (damaged: the check sum or the form), MR_E_UNSUPPORTED (a dictionary that this program does not have),
 * MR_E_LIMIT, MR_E_LIBRARY, MR_E_NOMEM. */
int mr_body_unpack(mr_arena *a, mr_str stored, mr_str *ret, struct mr_err *err) MR_MUST_CHECK;
/* Is it stored compressed? */
bool mr_body_is_packed(mr_str stored);

#endif
