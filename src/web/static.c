/* What pages fetch: the style sheet, the script, the icon; from inside the program. A browser keeps them and asks each time whether they are still
 * the same (RFC 9110 section 13.1.2), so that a new version of Merit is never shown in yesterday's clothes. */
#include "web/page.h"

#include "base/embedded.h"

MR_EMBEDDED_DECLARE(mr_web_static_files);

static const char *type_of(mr_str name)
{
    if (mr_str_has_suffix(name, MR_STR(".css"))) return "text/css; charset=utf-8";
    if (mr_str_has_suffix(name, MR_STR(".js"))) return "text/javascript; charset=utf-8";
    if (mr_str_has_suffix(name, MR_STR(".svg"))) return "image/svg+xml";
    return "application/octet-stream";
}

void mr_web_static(mr_page *p)
{
    const struct mr_embedded *file =
        mr_embedded_find(mr_web_static_files, mr_web_static_files_count, mr_arena_cstr(p->arena, p->part[0]));
    if (!file) {
        mr_page_not_found(p);
        return;
    }
    mr_http_set_header(p->response, "Cache-Control", MR_STR("no-cache"));
    mr_http_set_type(p->response, type_of(mr_str_of(file->name)));
    mr_page_answer_tagged(p, mr_str_make((const char *)file->data, file->size));
}
