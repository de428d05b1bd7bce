/* Pages and mails: the templates of web/templates and web/templates/mail, which travel in the program. Each is parsed when it is first used and then never changed
 * or freed. */
#include "text/template.h"

#include "base/embedded.h"
#include "base/limits.h"

#include <pthread.h>
#include <stdatomic.h>

MR_EMBEDDED_DECLARE(text_templates);
MR_EMBEDDED_DECLARE(text_mail_html);
MR_EMBEDDED_DECLARE(text_mail_txt);

enum { MOST_TEMPLATES = 256 };

/* One folder's files with one ending. `parsed` is in their order. */
struct folder {
    const struct mr_embedded *files;
    const size_t *count;
    const char *ending;
    _Atomic(const mr_template *) parsed[MOST_TEMPLATES];
};
static struct folder pages = {.files = text_templates, .count = &text_templates_count, .ending = ".html"};
static struct folder mail_html = {.files = text_mail_html, .count = &text_mail_html_count, .ending = ".html"};
static struct folder mail_text = {.files = text_mail_txt, .count = &text_mail_txt_count, .ending = ".txt"};

static pthread_mutex_t parsing = PTHREAD_MUTEX_INITIALIZER;
static mr_arena arena; /* under `parsing` */

static ptrdiff_t find_file(const struct folder *f, mr_str name)
{
    char file[80];
    size_t ending = strlen(f->ending) + 1;
    if (name.len + ending > sizeof file) return -1;
    if (name.len) memcpy(file, name.ptr, name.len);
    memcpy(file + name.len, f->ending, ending);
    const struct mr_embedded *e = mr_embedded_find(f->files, *f->count, file);
    return e && e - f->files < MOST_TEMPLATES ? e - f->files : -1;
}

static int parse_file(struct folder *f, ptrdiff_t at, const mr_template **ret, struct mr_err *err)
{
    const struct mr_embedded *e = &f->files[at];
    if (!arena.limit) mr_arena_init(&arena, MR_LIMIT_TEMPLATES);
    const mr_template *t = atomic_load_explicit(&f->parsed[at], memory_order_relaxed);
    if (!t) {
        MR_TRY(mr_template_parse(&arena, mr_str_make((const char *)e->data, e->size), &t, err));
        atomic_store_explicit(&f->parsed[at], t, memory_order_release);
    }
    *ret = t;
    return MR_OK;
}

static int find_template(struct folder *f, mr_str name, const mr_template **ret, struct mr_err *err)
{
    ptrdiff_t at = find_file(f, name);
    if (at < 0) return MR_FAIL_DETAIL(err, MR_E_NOT_FOUND, "there is no such template", "%.*s", MR_STR_ARG(name));
    *ret = atomic_load_explicit(&f->parsed[at], memory_order_acquire);
    if (*ret) return MR_OK;
    pthread_mutex_lock(&parsing);
    int code = parse_file(f, at, ret, err);
    pthread_mutex_unlock(&parsing);
    return code;
}

static const mr_template *find_partial(void *self, mr_str name)
{
    const mr_template *t = NULL;
    return find_template(self, name, &t, NULL) == MR_OK ? t : NULL;
}

int mr_page_render(mr_str name, const mr_json *view, const mr_language *l, mr_buf *out, struct mr_err *err)
{
    const mr_template *t = NULL;
    MR_TRY(find_template(&pages, name, &t, err));
    return mr_template_render(t, view, l, find_partial, &pages, out, err);
}

int mr_mail_template_render(mr_str name, bool plain, const mr_json *view, const mr_language *l, mr_buf *out,
                            struct mr_err *err)
{
    struct folder *f = plain ? &mail_text : &mail_html;
    const mr_template *t = NULL;
    MR_TRY(find_template(f, name, &t, err));
    return plain ? mr_template_render_plain(t, view, l, find_partial, f, out, err)
                 : mr_template_render(t, view, l, find_partial, f, out, err);
}
