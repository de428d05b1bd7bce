/* How a published specification is told to people: shared by the pages that show one, or a list of them. */
#ifndef MR_WEB_SPECIFICATION_H
#define MR_WEB_SPECIFICATION_H

#include "service/catalogue.h"
#include "web/page.h"

/* Put a member {"text", "tongue"}: the text in the best language for the reader; tongue is its language when that is not the reader's,
 * else false. The member is false when there is no text. */
void mr_web_put_texts(mr_page *p, const char *name, mr_texts texts);
/* The title of the specification with this slug, for the reader; the slug when there is none. */
mr_str mr_web_title_of(mr_page *p, mr_str slug);
/* Put a member "cards": [{"slug", "heading", "provider_name", "country", "workload", "level", "modes", "tongue_name"}], each absent fact false.
 *   most  how many at most; 0: all */
void mr_web_put_cards(mr_page *p, const struct mr_published *list, size_t count, size_t most);
/* The page of a specification.
 *   draft_path  address of the draft that it is a preview of, which is told on top, and nobody else may keep the page; empty: it is published */
void mr_web_show_specification(mr_page *p, const struct mr_published *published, mr_str draft_path);
/* Put a parameter behind an address: "?" or "&", name, "=", the value with everything but ASCII letters, digits, "-" and "." percent-encoded; nothing when it is empty. */
void mr_web_put_query(mr_buf *address, const char *name, mr_str value);

#endif
