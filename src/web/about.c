/* Pages about this installation itself: what happens to data, for whom the pages work, and how they look. Their texts are messages; nothing is computed. */
#include "web/page.h"

#include "credential/wording.h"

void mr_web_about_data(mr_page *p)
{
    mr_page_begin(p, "about.data.title", "");
    mr_page_show(p, "about_data");
}

void mr_web_about_accessibility(mr_page *p)
{
    mr_page_begin(p, "about.accessibility.title", "");
    mr_page_show(p, "about_accessibility");
}

void mr_web_design(mr_page *p)
{
    mr_page_begin(p, "design.title", "");
    mr_json_put_member(&p->view, "level", mr_wording_eqf(p->arena, p->language, MR_STR("6")));
    mr_json_put_member(&p->view, "lower_level", mr_wording_eqf(p->arena, p->language, MR_STR("5")));
    mr_json_put_member(&p->view, "credit", mr_wording_workload(p->arena, p->language, 250, 0));
    mr_page_show(p, "design");
}
