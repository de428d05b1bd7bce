/* Files in one file, as everybody can open them (ZIP: APPNOTE.TXT 6.3.10), written piece by piece: between two files the caller may take away what `out` holds, so that an
 * archive of any size needs the memory of its largest file. No encryption, no ZIP64: below 4 GiB and 65,535 files. */
#ifndef MR_BASE_ZIP_H
#define MR_BASE_ZIP_H

#include "base/buf.h"
#include "base/err.h"
#include "base/time.h"

typedef struct mr_zip {
    mr_buf *out;      /* borrowed */
    mr_buf directory; /* what is written at the end */
    uint64_t taken;   /* octets that were taken away from `out` */
    uint64_t count;
    uint32_t dos_time; /* of all files */
} mr_zip;

/*   out  borrowed; appended to
 *   now  the time that all files get, ms */
void mr_zip_init(mr_zip *z, mr_buf *out, int64_t now);
void mr_zip_done(mr_zip *z);
/* Add a file, compressed where that makes it smaller. name: relative, UTF-8, "/" between folders; each is used once (not checked).
 * Errors: MR_E_LIMIT (too large for a ZIP archive, or the maximum of `out`), MR_E_LIBRARY, MR_E_NOMEM. */
int mr_zip_add(mr_zip *z, mr_str name, mr_str content, struct mr_err *err) MR_MUST_CHECK;
/* `out` has been emptied by the caller (mr_buf_clear), who keeps what was in it. */
void mr_zip_taken(mr_zip *z, size_t size);
/* The archive ends; nothing may be added. Errors: MR_E_LIMIT, MR_E_NOMEM. */
int mr_zip_end(mr_zip *z, struct mr_err *err) MR_MUST_CHECK;

#endif
