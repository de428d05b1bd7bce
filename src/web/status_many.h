/* Reasons for changing a status, as forms offer them. */
#ifndef MR_WEB_STATUS_MANY_H
#define MR_WEB_STATUS_MANY_H

#include "web/page.h"

/* "reasons": [{"code", "text", "chosen"}] */
void mr_office_put_reasons(mr_page *p, mr_str chosen);

#endif
