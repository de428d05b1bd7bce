/* The ZIP archive that a workbook is: checked before anything of it is unpacked, its parts read as streams. Private to the readers of workbooks. */
#ifndef MR_TABLE_XLSX_PACKAGE_H
#define MR_TABLE_XLSX_PACKAGE_H

#include "base/arena.h"
#include "base/err.h"

/* Look at the archive's own list of what it holds: no more than MR_LIMIT_XLSX_ENTRIES entries, none encrypted, none that lies over another (a small archive
 * could unpack to a huge one so), together no more than MR_LIMIT_XLSX_UNPACKED.
 *   errors  MR_E_CSV, MR_E_LIMIT
 *   source  APPNOTE.TXT 6.3.10 sections 4.3.12, 4.3.16, 4.5.3 */
int mr_xlsx_package_check(mr_str content, struct mr_err *err) MR_MUST_CHECK;

/* One part being unpacked. */
struct mr_xlsx_part {
    void *archive; /* libarchive's; NULL when closed */
    uint64_t taken, most;
};
/* Open the part of this name (without regard to the case of letters); *ret_found false when there is none. Names are compared and used for nothing else.
 *   errors  MR_E_CSV (the archive is damaged), MR_E_LIBRARY, MR_E_NOMEM */
int mr_xlsx_part_open(struct mr_xlsx_part *p, mr_str content, mr_str name, bool *ret_found,
                      struct mr_err *err) MR_MUST_CHECK;
/* The next octets; 0 at the end. Errors: MR_E_CSV (damaged), MR_E_LIMIT (it unpacks to more than may be). */
int mr_xlsx_part_read(struct mr_xlsx_part *p, void *out, size_t size, size_t *ret_size,
                      struct mr_err *err) MR_MUST_CHECK;
void mr_xlsx_part_close(struct mr_xlsx_part *p);

#endif
