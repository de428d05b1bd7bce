/* Files in one file, as POSIX has them (tar, "ustar" of IEEE Std 1003.1-2017, pax: 11.3), so that a backup can be looked into with anything. */
#ifndef MR_SERVICE_ARCHIVE_H
#define MR_SERVICE_ARCHIVE_H

#include "base/err.h"
#include "base/str.h"

typedef struct mr_archive mr_archive;

/* Write a new archive (mode 0600). It is there whole after mr_archive_finish, or not at all. Errors: MR_E_IO. */
int mr_archive_create(const char *path, mr_archive **ret, struct mr_err *err) MR_MUST_CHECK;
/* Add the file at `path` under this name (relative, at most 99 octets). Errors: MR_E_IO, MR_E_LIMIT. */
int mr_archive_add(mr_archive *w, const char *name, const char *path, struct mr_err *err) MR_MUST_CHECK;
/* End, flush to the disk, give it its name. Errors: MR_E_IO. */
int mr_archive_finish(mr_archive *w, struct mr_err *err) MR_MUST_CHECK;
/* After a finish, or to give up; for MR_CLEANUP. */
void mr_archive_closep(mr_archive **w);

/* Unpack into a folder that is there. Names that would lead out of it are refused; files get the mode 0600, folders 0700.
 * Errors: MR_E_FORMAT (no archive, damaged, or cut off), MR_E_IO, MR_E_NOT_FOUND. */
int mr_archive_extract(const char *path, const char *folder, struct mr_err *err) MR_MUST_CHECK;

#endif
