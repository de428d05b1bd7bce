/* The report about files on a page: what a recipient reads after verifying, wherever the file came from: sent to the verify page, kept behind a permanent address, shared
 * by a link. The rendering is one partial, web/templates/reports.html, and this is what fills it:
 *
 *   const struct mr_reported file = {.name = MR_STR("credential.jsonld"), .content = sealed};
 *   struct mr_reports reports = {.files = &file, .count = 1, .begin = begin_my_page};
 *   if (mr_web_put_reports(p, &reports, &err) == MR_OK)
 *       mr_page_show_private(p, "verification");          (or another template that includes {{>reports}})
 *
 * A hostile document may hold texts of any length. Everything that is shown is cut, and taken off the room that all texts of one page share: however large the files, the
 * page is made. Marks that turn the direction of writing are dropped. Of a file whose seal does not hold nothing is shown (mr_report, has_view). */
#ifndef MR_WEB_REPORT_H
#define MR_WEB_REPORT_H

#include "credential/verify.h"
#include "web/page.h"

/* One file. All borrowed until the page is shown. */
struct mr_reported {
    mr_str name;    /* of the file, or where it came from; empty: pasted text */
    mr_str content; /* its octets */
    mr_str
        at; /* the address here at which it is kept, from its path on; its forms are given below it at /file/; empty: it is not kept */
    bool has_jwt, has_badge; /* of those forms; the European one is always there */
};
struct mr_reports {
    const struct mr_reported *files;
    size_t count; /* 1 or more */
    /* Begins the page, when the first report is there (its summary makes a good title); never NULL. */
    void (*begin)(mr_page *p, const struct mr_reports *r, const mr_report *first);
    void *self;  /* for `begin` */
    size_t room; /* left for shown texts; 0 at the start means the usual room */
    bool
        within; /* the page has a heading of its own: each file stands below it, and one without a name is called by its title */
    bool names_learner; /* told: one of them says who learned it */
};
/* Verify each file, in memory of its own, and tell what was found. `a` is good until the next file. */
typedef int mr_report_told(void *self, mr_arena *a, size_t index, const mr_report *report, struct mr_err *err);
int mr_web_verify_each(mr_page *p, const struct mr_reported *files, size_t count, mr_report_told *tell, void *self,
                       struct mr_err *err) MR_MUST_CHECK;
/* Verify each file, begin the page, and put what reports.html shows: "several", "count", "reports". The view stays open for more members.
 *   errors  those of mr_verify, mr_service_verifying_init */
int mr_web_put_reports(mr_page *p, struct mr_reports *r, struct mr_err *err) MR_MUST_CHECK;
/* A state in the view of an object that state.html shows: "state", "state_code" (as in the report of programs), "word", and which icon. */
void mr_web_put_state(mr_page *p, mr_state state);

#endif
