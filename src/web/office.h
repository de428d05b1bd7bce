/* What the pages of the provider's office share: publishing, results, batches. */
#ifndef MR_WEB_OFFICE_H
#define MR_WEB_OFFICE_H

#include "service/batch.h"
#include "web/page.h"

/* The file of a form field of a multipart body, or NULL when there is none (nothing was chosen). Owned by the request. */
const struct mr_http_part *mr_office_file(mr_page *p, const char *field);
/* A message that counts, its {count} filled. */
mr_str mr_office_count(mr_page *p, const char *id, int64_t count);
/* "/provider/batches/<id>", with `more` behind it. */
mr_str mr_office_batch_path(mr_page *p, mr_str batch_id, const char *more);
/* What a person is called, for members of the organisation (mr_people_names); empty when that is not known or not theirs to know. */
mr_str mr_office_person(mr_page *p, mr_str org_id, mr_str person_id);
/* Which part of a table a page shows: rows first to end (not with it), page `page` of `pages`, as ?field=N says. */
struct mr_office_paging {
    size_t first, end, page, pages;
};
struct mr_office_paging mr_office_paging(mr_page *p, const char *field, size_t count);
/* Put "paging": {"of": "Page 2 of 12", "previous": N, "next": N} where there is more than one page. */
void mr_office_put_paging(mr_page *p, struct mr_office_paging at);
/* The page of one specification with the form for results.
 *   fault  what is wrong with the file that was just sent, in the reader's language; empty when none was. Then the answer is 422.
 *   place  where in the file; may be empty */
void mr_office_show_specification(mr_page *p, mr_str slug, mr_str fault, mr_str place);
/* The page of the batch that the address names. wrong: message of what is wrong with the time that was sent for sealing, or NULL. */
void mr_office_show_batch(mr_page *p, const char *wrong);

#endif
