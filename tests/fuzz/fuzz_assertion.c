/* Any text as a badge of Open Badges 2.0 or older, in a network where every address answers with the same text: it is upgraded, checked, shown and verified.
 * What is upgraded stays as it is when it is upgraded again; nothing is shown of what nobody confirmed. */
#include "base/limits.h"
#include "credential/assertion.h"
#include "credential/verify.h"
#include "credential/view_assertion.h"
#include "json/write.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Also with NDEBUG. */
static void need(bool condition)
{
    if (!condition) abort();
}

static void hear(void *self, const char *message, const mr_json *where, mr_str detail)
{
    size_t *count = self;
    need(message && where && (detail.len == 0 || mr_utf8_check(detail) == detail.len));
    (*count)++;
}

static void check_view(mr_arena *a, const mr_json *object)
{
    const struct mr_view_assertion parts = {object, object, object};
    for (const mr_language *const *l = mr_languages(); *l; l++) {
        mr_view v;
        mr_view_read_assertion(a, &parts, *l, &v);
        for (mr_element e = 0; e < MR_ELEMENT_COUNT; e++) {
            const struct mr_view_answer *answer = &v.answers[e];
            need(answer->answered == (answer->value_count > 0));
            for (size_t i = 0; i < answer->value_count; i++)
                need(answer->values[i].len && mr_utf8_check(answer->values[i]) == answer->values[i].len);
        }
    }
}

static mr_str written(mr_arena *a, const mr_json *v)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    mr_json_writer w;
    mr_buf_init(&out, 2 * MR_LIMIT_DOCUMENT);
    mr_json_writer_init(&w, &out, 0);
    mr_json_put_value(&w, v);
    return mr_arena_dup(a, mr_buf_str(&out));
}

static void check_object(mr_arena *a, const mr_json *root)
{
    for (mr_assertion_class c = MR_OB_NOTHING; c < MR_OB_CLASS_COUNT; c++) {
        const mr_json *once, *twice;
        size_t count = 0;
        if (mr_assertion_upgrade(a, root, c, MR_STR("https://example.org/1"), &once, NULL) != MR_OK) continue;
        mr_assertion_check(once, c, hear, &count);
        mr_assertion_check_context(root, hear, &count);
        if (mr_assertion_upgrade(a, once, c, MR_STR("https://example.org/2"), &twice, NULL) == MR_OK &&
            mr_assertion_version_of(root) != MR_OB_0_5)
            need(mr_str_eq(written(a, once), written(a, twice)));
        mr_assertion_in_scope(once, MR_STR("https://example.org/"), mr_assertion_id(once));
        mr_assertion_match(a, mr_json_get(once, "recipient"), MR_STR("somebody@example.org"));
        check_view(a, once);
    }
}

struct network {
    mr_str body;
    size_t asked;
};

static int get(void *self, mr_arena *a, mr_str url, const char *accept, size_t max, mr_str *ret, struct mr_err *err)
{
    struct network *n = self;
    (void)accept, (void)url;
    need(++n->asked <= MR_LIMIT_VERIFY_FETCHES);
    if (n->body.len > max) return MR_FAIL(err, MR_E_LIMIT, "too large", MR_NOWHERE);
    *ret = mr_arena_dup(a, n->body);
    return ret->ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory", MR_NOWHERE);
}

static void check_report(const mr_report *r)
{
    if (r->has_view) need(r->checks[MR_CHECK_SEAL].claimed && r->checks[MR_CHECK_SEAL].state == MR_PASSED);
    need(r->verdict != MR_VERDICT_VALID); /* nobody is known here */
}

static void verify(mr_str text)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct network n = {.body = text};
    const mr_fetch fetch = {get, &n};
    const struct mr_verifying verifying = {.env = mr_env_system(),
                                           .language = mr_language_english(),
                                           .fetch = &fetch,
                                           .recipient = MR_STR("a@example.org")};
    mr_verifier *v = NULL;
    struct mr_err err;
    mr_report r;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    if (mr_verifier_open(&verifying, &v, &err) != MR_OK) return;
    int code = mr_verify(v, &a, text, &r, &err);
    need(code == MR_OK || code == MR_E_NOMEM);
    if (code == MR_OK) check_report(&r);
    mr_verifier_close(v);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_str text = mr_str_make((const char *)data, size);
    const mr_json *root;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    verify(text);
    if (mr_json_parse(&a, text, NULL, &root, NULL) == MR_OK && mr_json_is(root, MR_JSON_OBJECT)) check_object(&a, root);
    return 0;
}
