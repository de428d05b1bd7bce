/* Pages: the templates of web/templates, which travel in the program. Each is parsed when it is first used and then never changed or freed. */
#include "text/template.h"

#include "base/embedded.h"
#include "base/limits.h"

#include <pthread.h>
#include <stdatomic.h>

MR_EMBEDDED_DECLARE(text_templates);

enum { MOST_TEMPLATES = 256 };

/* In the order of the embedded files. */
static _Atomic(const mr_template *) parsed[MOST_TEMPLATES];
static pthread_mutex_t parsing = PTHREAD_MUTEX_INITIALIZER;
static mr_arena arena; /* under `parsing` */

static ptrdiff_t find_file(mr_str name)
{
    char file[80];
    static const char ending[] = ".html";
    if (name.len + sizeof ending > sizeof file) return -1;
    if (name.len) memcpy(file, name.ptr, name.len);
    memcpy(file + name.len, ending, sizeof ending);
    const struct mr_embedded *e = mr_embedded_find(text_templates, text_templates_count, file);
    return e && e - text_templates < MOST_TEMPLATES ? e - text_templates : -1;
}

static int parse_file(ptrdiff_t at, const mr_template **ret, struct mr_err *err)
{
    const struct mr_embedded *e = &text_templates[at];
    if (!arena.limit) mr_arena_init(&arena, MR_LIMIT_TEMPLATES);
    const mr_template *t = atomic_load_explicit(&parsed[at], memory_order_relaxed);
    if (!t) {
        MR_TRY(mr_template_parse(&arena, mr_str_make((const char *)e->data, e->size), &t, err));
        atomic_store_explicit(&parsed[at], t, memory_order_release);
    }
    *ret = t;
    return MR_OK;
}

static int find_page(mr_str name, const mr_template **ret, struct mr_err *err)
{
    ptrdiff_t at = find_file(name);
    if (at < 0) return MR_FAIL_DETAIL(err, MR_E_NOT_FOUND, "there is no such template", "%.*s", MR_STR_ARG(name));
    *ret = atomic_load_explicit(&parsed[at], memory_order_acquire);
    if (*ret) return MR_OK;
    pthread_mutex_lock(&parsing);
    int code = parse_file(at, ret, err);
    pthread_mutex_unlock(&parsing);
    return code;
}

static const mr_template *find_partial(void *self, mr_str name)
{
    const mr_template *t = NULL;
    return find_page(name, &t, NULL) == MR_OK ? t : NULL;
}

int mr_page_render(mr_str name, const mr_json *view, const mr_language *l, mr_buf *out, struct mr_err *err)
{
    const mr_template *t = NULL;
    MR_TRY(find_page(name, &t, err));
    return mr_template_render(t, view, l, find_partial, NULL, out, err);
}
