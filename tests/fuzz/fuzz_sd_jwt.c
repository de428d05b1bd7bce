/* SD-JWTs from anywhere: no crash, an error or claims for every text, and the same claims again from what is presented or issued out of them.
 *
 * An input is tried as a token and, because random octets have no digests that fit, as its insides: lines, the first as the payload, the others as
 * disclosures; "$0" to "$9" stand for the digests of the disclosures. The payload is also taken as claims and issued with all its members hidden. */
#include "base/encoding.h"
#include "base/limits.h"
#include "credential/sd_jwt_vc.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define INSIDES 10

/* Also with NDEBUG. */
static void need(bool condition)
{
    if (!condition) abort();
}

static mr_str canonical(mr_arena *a, const mr_json *v)
{
    mr_buf out;
    mr_str text = MR_STR_EMPTY;
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    if (mr_json_canonicalise(v, &out, NULL) == MR_OK)
        text = mr_arena_dup(a, mr_buf_str(&out)); /* not for huge numbers */
    mr_buf_done(&out);
    return text;
}

static void count_told(void *self, const char *message, mr_str claim)
{
    (void)claim;
    need(strncmp(message, "vct.", 4) == 0);
    ++*(size_t *)self;
}

static void check_credential(mr_arena *a, const mr_sd_jwt *s)
{
    struct mr_err err = {0};
    size_t told = 0;
    mr_view v;
    need(mr_vct_check(a, s, count_told, &told, &err) == MR_OK && told < 200);
    need(mr_sd_jwt_vc_view(a, s->claims, mr_language_english(), &v, &err) == MR_OK);
    for (mr_element e = 0; e < MR_ELEMENT_COUNT; e++) need(v.answers[e].answered == (v.answers[e].value_count > 0));
}

/* Everything presented is the token; nothing presented has no disclosures. */
static void check_presentations(mr_arena *a, const mr_sd_jwt *s)
{
    mr_buf out;
    mr_sd_jwt shown;
    struct mr_err err = {0};
    struct mr_sd_presentation p = {.all = true};
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    need(mr_sd_jwt_present(s, &p, a, &out, &err) == MR_OK && mr_str_eq(mr_buf_str(&out), s->bound_text));
    mr_buf_clear(&out);
    p.all = false;
    need(mr_sd_jwt_present(s, &p, a, &out, &err) == MR_OK);
    need(mr_sd_jwt_read(a, mr_buf_str(&out), &shown, &err) == MR_OK && shown.disclosure_count == 0);
    mr_sd_jwt_done(&shown);
    mr_buf_done(&out);
}

static void check_token(mr_arena *a, mr_str text)
{
    struct mr_err err = {0};
    mr_sd_jwt s;
    const struct mr_key_binding wanted = {.now = 0};
    int code = mr_sd_jwt_read(a, text, &s, &err);
    if (code != MR_OK) {
        need(err.code == (mr_code)code && err.message != NULL);
        return;
    }
    need(mr_json_is(s.claims, MR_JSON_OBJECT) && s.disclosure_count <= MR_LIMIT_DISCLOSURES);
    need(!mr_json_get(s.claims, "_sd") && !mr_json_get(s.claims, "..."));
    code = mr_sd_jwt_check_binding(a, &s, &wanted, &err);
    need(code != MR_OK || s.key_binding.len > 0);
    check_credential(a, &s);
    check_presentations(a, &s);
    mr_sd_jwt_done(&s);
}

/* ---- insides ---- */

struct insides {
    mr_str digests[INSIDES];
    size_t count;
    mr_buf disclosures;
};

static mr_str fill_in(mr_arena *a, const struct insides *in, mr_str line)
{
    mr_buf out;
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    for (size_t i = 0; i < line.len; i++) {
        size_t which = i + 1 < line.len ? (size_t)(uint8_t)line.ptr[i + 1] - '0' : INSIDES;
        if (line.ptr[i] == '$' && which < in->count)
            mr_buf_put(&out, in->digests[which]), i++;
        else
            mr_buf_putc(&out, line.ptr[i]);
    }
    mr_str text = mr_arena_dup(a, mr_buf_str(&out));
    mr_buf_done(&out);
    return text;
}

static void add_disclosure(mr_arena *a, struct insides *in, mr_str line)
{
    size_t start = in->disclosures.len;
    uint8_t digest[32];
    mr_buf text;
    mr_base64url_put(&in->disclosures, fill_in(a, in, line));
    mr_sha256(mr_str_make(in->disclosures.ptr + start, in->disclosures.len - start), digest);
    mr_buf_putc(&in->disclosures, '~');
    mr_buf_init(&text, 64);
    mr_base64url_put(&text, mr_str_make((const char *)digest, sizeof digest));
    in->digests[in->count++] = mr_arena_dup(a, mr_buf_str(&text));
    mr_buf_done(&text);
}

static void check_insides(mr_arena *a, mr_str text)
{
    struct insides in = {.count = 0};
    mr_str payload = MR_STR_EMPTY, line;
    mr_buf out;
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    mr_buf_init(&in.disclosures, MR_LIMIT_DOCUMENT);
    mr_str_split(&text, '\n', &payload);
    while (in.count < INSIDES && mr_str_split(&text, '\n', &line)) add_disclosure(a, &in, line);
    mr_buf_puts(&out, "eyJhbGciOiJFUzI1NiJ9."); /* {"alg":"ES256"} */
    mr_base64url_put(&out, fill_in(a, &in, payload));
    mr_buf_puts(&out, ".AAAA~");
    mr_buf_put(&out, mr_buf_str(&in.disclosures));
    if (!mr_buf_failed(&out)) check_token(a, mr_buf_str(&out));
    mr_buf_done(&in.disclosures);
    mr_buf_done(&out);
}

/* ---- issuing ---- */

static const mr_jose_signer *any_signer(void)
{
    static mr_arena memory;
    static mr_jose_signer signer;
    static mr_key *key;
    const struct mr_jose_header header = {.typ = "dc+sd-jwt"};
    if (key) return &signer;
    mr_arena_init(&memory, MR_MIB);
    need(mr_key_generate(MR_KEY_P256, 0, &key, NULL) == MR_OK);
    need(mr_jose_signer_init(&signer, &memory, key, &header, NULL) == MR_OK);
    return &signer;
}

static size_t point_at_members(mr_arena *a, const mr_json *claims, mr_str pointers[INSIDES])
{
    size_t count = 0;
    MR_JSON_EACH_MEMBER (name, claims) {
        char pointer[200];
        mr_json_pointer(claims, name + 1, pointer, sizeof pointer);
        mr_str copy = mr_arena_dup(a, mr_str_of(pointer));
        if (count < INSIDES && mr_json_find(claims, copy) == name + 1) pointers[count++] = copy;
    }
    return count;
}

static void check_issuing(mr_arena *a, mr_str text)
{
    const mr_json *claims;
    mr_str payload = MR_STR_EMPTY, pointers[INSIDES];
    struct mr_err err = {0};
    mr_sd_jwt s;
    mr_buf out;
    mr_str_split(&text, '\n', &payload);
    if (mr_json_parse(a, payload, NULL, &claims, NULL) != MR_OK) return;
    const struct mr_sd_frame frame = {pointers, point_at_members(a, claims, pointers), 1};
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    if (mr_sd_jwt_issue(any_signer(), claims, &frame, mr_env_system(), a, &out, &err) == MR_OK) {
        need(mr_sd_jwt_read(a, mr_buf_str(&out), &s, &err) == MR_OK && s.disclosure_count == frame.count);
        need(mr_str_eq(canonical(a, s.claims), canonical(a, claims)));
        mr_sd_jwt_done(&s);
    } else {
        need(out.len == 0 && err.message != NULL);
    }
    mr_buf_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mr_arena a;
    mr_str text = mr_str_make((const char *)data, size);
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    check_token(&a, text);
    if (size < MR_MIB) {
        check_insides(&a, text);
        check_issuing(&a, text);
    }
    mr_arena_done(&a);
    return 0;
}
