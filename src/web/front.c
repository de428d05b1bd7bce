/* The front page: what a micro-credential is, the three doors, and what is published here. */
#include "service/search.h"
#include "web/specification.h"

#define CARDS 6 /* the rest is one click away */

void mr_web_front(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_found found;
    if (mr_search_find(p->service, p->arena, &(struct mr_question){.most = CARDS}, &found, &err) != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_page_begin(p, "front.title", "");
    mr_json_put_flag(&p->view, "any", found.all > 0);
    mr_json_put_flag(&p->view, "more", found.all > CARDS);
    mr_json_put_member(&p->view, "count", mr_say_count(p->arena, p->language, found.all));
    mr_web_put_cards(p, found.list, found.count, CARDS);
    mr_page_show(p, "front");
}
