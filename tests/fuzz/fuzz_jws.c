/* Seals and tokens from anywhere: no crash, a state and a sentence for every step, and never a payload from a seal that did not pass.
 *
 * An input is tried as a file and, because random octets seldom get through base64url inside JSON, as its insides: lines, the first as the
 * protected header and the others as elements of etsiU. */
#include "base/encoding.h"
#include "base/limits.h"
#include "proof/jades.h"
#include "proof/jose.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* 2026-10-14T09:12:00Z */
static const int64_t now = INT64_C(1792055520000);

/* Also with NDEBUG. */
static void need(bool condition)
{
    if (!condition) abort();
}

static bool lies_in(mr_str part, mr_str whole)
{
    return part.len == 0 || (part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len);
}

static void check_token(mr_arena *a, mr_str text)
{
    struct mr_err err = {0};
    mr_jws j;
    int code = mr_jws_read(a, text, &j, &err);
    if (code != MR_OK) {
        need(err.code == (mr_code)code && err.message != NULL);
        need(err.position == MR_NOWHERE || err.position <= text.len);
        return;
    }
    need(j.alg != MR_ALG_NONE && lies_in(j.signed_text, text));
    mr_key *key = j.certificate_count ? mr_certificate_key(j.certificates[0]) : j.jwk;
    if (key) {
        code = mr_jws_verify(&j, key, &err);
        need(code == MR_OK || code == MR_E_SIGNATURE || code == MR_E_KEY);
    }
    mr_jws_done(&j);
}

static void check_step(const struct mr_step *s)
{
    need(s->id != NULL && strncmp(s->id, "seal.", 5) == 0);
    need(s->detail.len == 0 || s->detail.ptr != NULL);
}

static void check_seal(mr_arena *a, mr_str text, const mr_json *root)
{
    struct mr_err err = {0};
    mr_jades j;
    int code = mr_jades_verify(a, text, root, NULL, 0, now, &j, &err);
    if (code != MR_OK) {
        need(code == MR_E_NOMEM);
        return;
    }
    const struct mr_step *steps[] = {&j.signature, &j.content_time, &j.signature_time, &j.archive_time,
                                     &j.revocation_evidence};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) check_step(steps[i]);
    bool passed = j.signature.state == MR_PASSED;
    need(passed == (j.payload.len > 0) || (passed && j.claimed_time != MR_TIME_NONE));
    need(!passed || (j.certificate && j.chain.count > 0 && !j.out_of_scope));
    need(passed || j.level == MR_JADES_NONE);
    need(j.signature_time.state == MR_PASSED || j.level < MR_JADES_T);
    need(j.pool_count <= MR_LIMIT_CERTIFICATES && j.signatures <= MR_LIMIT_SIGNATURES);
    for (size_t i = 0; i < MR_JADES_REMARKS && j.remarks[i]; i++) need(strncmp(j.remarks[i], "seal.remark.", 12) == 0);
    mr_jades_done(&j);
}

static void check_insides(mr_arena *a, mr_str text)
{
    const mr_json *root;
    mr_buf out;
    mr_str line = MR_STR_EMPTY;
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    mr_str_split(&text, '\n', &line);
    mr_buf_puts(&out, "{\"payload\":\"e30\",\"protected\":\"");
    mr_base64url_put(&out, line);
    size_t elements = 0;
    for (; mr_str_split(&text, '\n', &line); elements++) {
        mr_buf_puts(&out, elements == 0 ? "\",\"header\":{\"etsiU\":[\"" : "\",\"");
        mr_base64url_put(&out, line);
    }
    mr_buf_puts(&out, elements == 0 ? "\"" : "\"]}");
    mr_buf_puts(&out, ",\"signature\":\"AAAA\"}");
    need(!mr_buf_failed(&out) && mr_json_parse(a, mr_buf_str(&out), NULL, &root, NULL) == MR_OK);
    check_seal(a, mr_buf_str(&out), root);
    mr_buf_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mr_arena a;
    const mr_json *root;
    mr_str text = mr_str_make((const char *)data, size);
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    check_token(&a, text);
    check_seal(&a, text, NULL);
    if (size < MR_MIB) check_insides(&a, text);
    if (mr_json_parse(&a, text, NULL, &root, NULL) == MR_OK) {
        mr_jades_is(root);
        check_seal(&a, text, root);
    }
    mr_arena_done(&a);
    return 0;
}
