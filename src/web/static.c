/* What pages fetch: the style sheet, the script, the icon; from inside the program. A browser keeps them and asks each time whether they are still
 * the same (RFC 9110 section 13.1.2), so that a new version of Merit is never shown in yesterday's clothes. They are sent compressed to whoever takes that: the same
 * for everybody, they hold nothing that the length could betray. Pages are not. */
#include "web/page.h"

#include "base/compression.h"
#include "base/embedded.h"
#include "base/limits.h"

#include <pthread.h>

MR_EMBEDDED_DECLARE(mr_web_static_files);

enum { FILES_MOST = 16 };
static struct {
    pthread_mutex_t lock;
    mr_buf small[FILES_MOST]; /* compressed, when first asked for; empty: it cannot be */
    bool tried[FILES_MOST];
} kept = {.lock = PTHREAD_MUTEX_INITIALIZER};

static const char *type_of(mr_str name)
{
    if (mr_str_has_suffix(name, MR_STR(".css"))) return "text/css; charset=utf-8";
    if (mr_str_has_suffix(name, MR_STR(".js"))) return "text/javascript; charset=utf-8";
    if (mr_str_has_suffix(name, MR_STR(".svg"))) return "image/svg+xml";
    return "application/octet-stream";
}

/* RFC 9110 section 12.5.3: "gzip" without a weight of nothing. */
static bool takes_gzip(mr_str accepted)
{
    mr_str one, name;
    while (mr_str_split(&accepted, ',', &one)) {
        mr_str_split(&one, ';', &name);
        if (!mr_str_is(mr_str_trim(name), "gzip")) continue;
        mr_str weight = mr_str_trim(one);
        if (!mr_str_has_prefix(weight, MR_STR("q="))) return true;
        for (size_t i = 2; i < weight.len; i++)
            if (weight.ptr[i] >= '1' && weight.ptr[i] <= '9') return true;
        return false;
    }
    return false;
}

/* Empty when it does not get smaller. */
static mr_str compressed(size_t index, mr_str content)
{
    if (index >= FILES_MOST) return MR_STR_EMPTY;
    pthread_mutex_lock(&kept.lock);
    mr_buf *small = &kept.small[index];
    if (!kept.tried[index]) {
        mr_buf_init(small, MR_LIMIT_PAGE);
        if (mr_compress(MR_GZIP, content, small, NULL) != MR_OK || small->len >= content.len) mr_buf_done(small);
        kept.tried[index] = true;
    }
    mr_str done = mr_buf_str(small);
    pthread_mutex_unlock(&kept.lock);
    return done;
}

void mr_web_static(mr_page *p)
{
    const struct mr_embedded *file =
        mr_embedded_find(mr_web_static_files, mr_web_static_files_count, mr_arena_cstr(p->arena, p->part[0]));
    if (!file) {
        mr_page_not_found(p);
        return;
    }
    mr_str content = mr_str_make((const char *)file->data, file->size), small = MR_STR_EMPTY;
    if (takes_gzip(mr_http_header(p->request, "Accept-Encoding")))
        small = compressed((size_t)(file - mr_web_static_files), content);
    if (small.len) mr_http_set_header(p->response, "Content-Encoding", MR_STR("gzip"));
    mr_http_set_header(p->response, "Vary", MR_STR("Accept-Encoding"));
    mr_http_set_header(p->response, "Cache-Control", MR_STR("no-cache"));
    mr_http_set_type(p->response, type_of(mr_str_of(file->name)));
    mr_page_answer_tagged(p, small.len ? small : content);
}
