/* ZIP archives of others (workbooks, collections of credentials): checked before anything is unpacked, then read as streams, file by file. Names are told and compared, and
 * lead nowhere: nothing is written to a disk. */
#ifndef MR_BASE_UNZIP_H
#define MR_BASE_UNZIP_H

#include "base/arena.h"
#include "base/err.h"

/* Look at the archive's own list of what it holds: no more than MR_LIMIT_ZIP_ENTRIES entries, none encrypted, none that lies over another (a small archive could unpack to a
 * huge one so), together no more than `most` octets.
 *   errors  MR_E_FORMAT (damaged), MR_E_UNSUPPORTED (protected with a password), MR_E_LIMIT
 *   source  APPNOTE.TXT 6.3.10 sections 4.3.12, 4.3.16, 4.5.3 */
int mr_unzip_check(mr_str content, uint64_t most, struct mr_err *err) MR_MUST_CHECK;

/* Does it begin like an archive? Office documents do. */
bool mr_unzip_is(mr_str content);
/* How many entries that list says there are; 0: it is no archive. Nothing else is looked at. */
size_t mr_unzip_count(mr_str content);

/* An archive being read. */
typedef struct mr_unzip {
    void *archive;  /* libarchive's; NULL when closed */
    uint64_t taken; /* octets that were unpacked */
    uint64_t most;  /* of them, whatever the list promises */
    size_t entries; /* that were looked at */
} mr_unzip;
/* From its beginning; closes what was open in `u` before (all noughts: nothing was).
 *   most    octets that may be unpacked of all its files; never more than 250 times its size: rows of equal cells come to about 60
 *   errors  MR_E_FORMAT, MR_E_LIBRARY, MR_E_NOMEM */
int mr_unzip_open(mr_unzip *u, mr_str content, uint64_t most, struct mr_err *err) MR_MUST_CHECK;
/* On to the next file; folders are passed over. ret_name: as the archive has it, UTF-8 where it says so, else octets; good until the next call; without a pointer at the end.
 * Errors: MR_E_FORMAT. */
int mr_unzip_next(mr_unzip *u, mr_str *ret_name, struct mr_err *err) MR_MUST_CHECK;
/* The next octets of this file; 0 at its end. Errors: MR_E_FORMAT (damaged), MR_E_LIMIT (it unpacks to more than may be). */
int mr_unzip_read(mr_unzip *u, void *out, size_t size, size_t *ret_size, struct mr_err *err) MR_MUST_CHECK;
void mr_unzip_close(mr_unzip *u);

#endif
