/* The page of results that are uploaded and not yet sealed. */
#ifndef MR_WEB_UPLOAD_H
#define MR_WEB_UPLOAD_H

#include "service/batch.h"
#include "web/page.h"

/* Show a batch in preview, or ask how its columns are to be read.
 *   unfit  why it was not sealed just now, or NULL
 *   wrong  message of what is wrong with the time to seal that was sent, or NULL */
int mr_upload_show(mr_page *p, const struct mr_batch *b, const struct mr_findings *unfit, const char *wrong,
                   struct mr_err *err) MR_MUST_CHECK;
#define MR_UPLOAD_WORKBOOK_TYPE "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
/* Put "profiles": the import profiles of an organisation, to choose from. */
int mr_upload_put_profiles(mr_page *p, mr_str org_id, struct mr_err *err) MR_MUST_CHECK;
/* The sentence for a table that cannot be read, in the reader's language. */
mr_str mr_upload_table_fault(mr_page *p, const struct mr_err *err);

#endif
