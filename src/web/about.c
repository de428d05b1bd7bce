/* Pages about this installation itself: what happens to data, and for whom the pages work. Their texts are messages; nothing is computed. */
#include "web/page.h"

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
    mr_page_show(p, "design");
}
