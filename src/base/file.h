/* Files, with limits on what is read and never half of one written. */
#ifndef MR_BASE_FILE_H
#define MR_BASE_FILE_H

#include "base/buf.h"
#include "base/err.h"

/* The whole file. path "-" is standard input. Errors: MR_E_NOT_FOUND, MR_E_IO (also a folder), MR_E_LIMIT beyond `max` bytes (read is
 * stopped there), MR_E_NOMEM. */
int mr_file_read(mr_arena *a, const char *path, size_t max, mr_str *ret, struct mr_err *err) MR_MUST_CHECK;
/* Write a new file whole or not at all: a temporary file beside it, then rename. mode: permission bits (less the umask), e.g. 0644; 0600 for keys.
 * durable: also flush to the disk before the rename. Replaces an existing file. Errors: MR_E_IO. */
int mr_file_write(const char *path, mr_str content, int mode, bool durable, struct mr_err *err) MR_MUST_CHECK;
/* Make a folder and its parents; fine when it is there. */
int mr_file_make_folder(const char *path, struct mr_err *err) MR_MUST_CHECK;
bool mr_file_exists(const char *path);
/* Names in a folder with this ending, sorted, in the arena. Errors: MR_E_NOT_FOUND, MR_E_IO, MR_E_LIMIT above `max` names. */
int mr_file_list(mr_arena *a, const char *folder, const char *ending, size_t max, mr_str **ret_names, size_t *ret_count,
                 struct mr_err *err) MR_MUST_CHECK;

#endif
