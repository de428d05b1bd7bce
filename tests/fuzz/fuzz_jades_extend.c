/* Seals from anywhere, to be extended with answers from anywhere: no crash, an error or a longer file in which all that was there still stands.
 *
 * An input is a seal and, behind a line with nothing but "--", what every authority answers; without that line the whole is both. */
#include "base/limits.h"
#include "proof/jades.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* 2026-12-01T12:00:00Z */
static const int64_t now = INT64_C(1796126400000);

/* Also with NDEBUG. */
static void need(bool condition)
{
    if (!condition) abort();
}

static int answer_stamp(void *self, mr_arena *a, const mr_digest *digest, mr_str *ret, struct mr_err *err)
{
    *ret = *(const mr_str *)self;
    return MR_OK;
}

static int answer_ocsp(void *self, mr_arena *a, const mr_certificate *c, const mr_certificate *issuer, mr_str *ret,
                       struct mr_err *err)
{
    *ret = *(const mr_str *)self;
    return mr_ocsp_request(a, c, issuer, &(mr_str){0}, err);
}

static int answer(void *self, mr_arena *a, const mr_certificate *c, mr_str *ret, struct mr_err *err)
{
    *ret = *(const mr_str *)self;
    return MR_OK;
}

static void check_answer(mr_arena *a, mr_str text, const mr_json *root, mr_str reply)
{
    struct mr_err err = {0};
    mr_certificate *list[4], *found = NULL;
    mr_jades j;
    size_t count = 0;
    (void)mr_evidence_next_update(reply);
    need(mr_ocsp_certificates(reply, list, 4, &count, &err) == MR_OK && count <= 4);
    for (size_t i = 0; i < count; i++) mr_certificate_free(list[i]);
    if (mr_jades_verify(a, text, root, NULL, 0, now, &j, &err) != MR_OK) return;
    if (j.certificate && mr_issuer_read(reply, j.certificate, &found, &err) == MR_OK) mr_certificate_free(found);
    mr_jades_done(&j);
}

static void check_extension(mr_arena *a, mr_str text, mr_str reply, mr_jades_level level, bool renew)
{
    const struct mr_evidence_source source = {answer_ocsp, answer, answer, &reply};
    const struct mr_jades_extending how = {.level = level,
                                           .renew = renew,
                                           .now = now,
                                           .timestamp = answer_stamp,
                                           .timestamp_self = &reply,
                                           .evidence = &source};
    struct mr_err err = {0};
    bool changed = false;
    mr_buf out;
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    mr_buf_puts(&out, "kept");
    int code = mr_jades_extend(&how, text, a, &out, &changed, NULL, &err);
    need(code == MR_OK || (err.code == (mr_code)code && err.message && !changed));
    need(out.len == 4 || (changed && out.len > text.len));
    mr_buf_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const mr_str mark = MR_STR_INIT("\n--\n");
    mr_arena a;
    const mr_json *root;
    mr_str text = mr_str_make((const char *)data, size), reply = text;
    ptrdiff_t at = mr_str_find(text, mark);
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    if (at >= 0) reply = mr_str_from(text, (size_t)at + mark.len), text.len = (size_t)at;
    if (mr_json_parse(&a, text, NULL, &root, NULL) == MR_OK) {
        check_answer(&a, text, root, reply);
        for (mr_jades_level level = MR_JADES_T; level <= MR_JADES_LTA; level++)
            check_extension(&a, text, reply, level, level == MR_JADES_LTA);
    }
    mr_arena_done(&a);
    return 0;
}
