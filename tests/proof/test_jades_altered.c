/* Change single octets of the Commission's sample, all over the file: it must then be refused.
 *
 * One place may be changed without anybody noticing, and without any effect: copies of certificates inside the last
 * time-stamp token that nothing depends on (there, the authority's root). They are covered by no signature; a change that
 * still passes must lie in that token, and the payload and every step's time must be as before.
 *
 * Nor can anybody see that unsigned members were taken away: whoever renames "header" or "etsiU" has a seal of level B, and
 * that is what the result must say. */
#include "testing.h"

#include "base/limits.h"
#include "proof/jades.h"

enum { POSITIONS = 1000 }; /* twice: two ways of changing */

struct summary {
    char text[5 * 64]; /* state, id and time of each step */
};

static bool summarise(const mr_jades *j, struct summary *s)
{
    const struct mr_step *steps[] = {&j->signature, &j->content_time, &j->signature_time, &j->archive_time,
                                     &j->revocation_evidence};
    bool failed = false;
    size_t at = 0;
    for (size_t i = 0; i < 5; i++) {
        failed |= steps[i]->state == MR_FAILED;
        at += (size_t)snprintf(s->text + at, sizeof s->text - at, "%s %lld;", steps[i]->id, (long long)steps[i]->at);
        assert_true(at < sizeof s->text);
    }
    return !failed;
}

/* True when the text still passes as a seal. */
static bool passes(mr_arena *a, mr_str text, struct summary *s, mr_str *ret_payload)
{
    struct mr_err err = {0};
    const mr_json *root;
    mr_jades j;
    mr_arena_reset(a);
    if (mr_json_parse(a, text, NULL, &root, &err) != MR_OK || !mr_jades_is(root)) return false;
    assert_ok(mr_jades_verify(a, text, root, NULL, 0, 1792055520000, &j, &err), err);
    bool good = summarise(&j, s) && j.signature.state == MR_PASSED;
    *ret_payload = j.payload;
    mr_jades_done(&j);
    return good;
}

/* Where the last element of etsiU begins. */
static size_t last_token_at(mr_str text)
{
    size_t at = 0;
    for (;;) {
        ptrdiff_t found = mr_str_find(mr_str_from(text, at), MR_STR("\",\""));
        if (found < 0 || at + (size_t)found + 3 >= text.len) return at;
        size_t next = at + (size_t)found + 3;
        if (mr_str_find(mr_str_from(text, next), MR_STR("\"]}")) < 0) return at;
        at = next;
    }
}

static char changed(char c, int way)
{
    if (way == 0) return (char)(c ^ 1);
    return c == 'A' ? 'B' : 'A';
}

static void test_jades_verify__refuses_changed_octets(void **state)
{
    const char *elm = test_elm();
    mr_arena file, a;
    struct summary before, after;
    mr_str payload, kept;
    size_t harmless = 0;
    if (!elm) test_skip("the Commission's sample is not here (MERIT_ELM)");
    mr_arena_init(&file, MR_LIMIT_DOCUMENT_MEMORY);
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    mr_str text = test_read_file(&file, test_path(&file, elm, "samples/Sample-MC-Annex1-signed.jsonld"));
    char *octets = (char *)(uintptr_t)mr_arena_dup(&file, text).ptr;
    text.ptr = octets;
    assert_true(passes(&a, text, &before, &payload));
    kept = mr_arena_dup(&file, payload);
    size_t last = last_token_at(text), step = text.len / POSITIONS;
    assert_true(last > text.len * 9 / 10);
    for (int way = 0; way < 2; way++)
        for (size_t i = (size_t)way * step / 2; i < text.len; i += step) {
            char old = octets[i];
            octets[i] = changed(old, way);
            if (passes(&a, text, &after, &payload)) {
                bool same = mr_str_eq(payload, kept) && strcmp(before.text, after.text) == 0;
                if (i < last || !same)
                    fail_msg("octet %zu may be changed from %c to %c: %s", i, old, octets[i], after.text);
                harmless++;
            }
            octets[i] = old;
        }
    printf("# %zu changes without effect, inside the last token\n", harmless);
    assert_true(harmless < POSITIONS / 100);
    mr_arena_done(&a);
    mr_arena_done(&file);
}

static void test_jades_verify__says_less_when_the_unsigned_part_is_hidden(void **state)
{
    static const char *const names[] = {"\"header\":{", "\"etsiU\":["};
    const char *elm = test_elm();
    mr_arena a;
    struct summary after;
    if (!elm) test_skip("the Commission's sample is not here (MERIT_ELM)");
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    mr_str text = test_read_file(&a, test_path(&a, elm, "samples/Sample-MC-Annex1-signed.jsonld"));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        mr_arena b;
        mr_str payload, copy = mr_arena_dup(&a, text);
        ptrdiff_t at = mr_str_find(copy, mr_str_of(names[i]));
        assert_true(at > 0);
        ((char *)(uintptr_t)copy.ptr)[at + 1] = 'X';
        mr_arena_init(&b, MR_LIMIT_DOCUMENT_MEMORY);
        assert_true(passes(&b, copy, &after, &payload));
        assert_non_null(strstr(after.text, "seal.signature_time.none"));
        assert_non_null(strstr(after.text, "seal.archive_time.none"));
        assert_non_null(strstr(after.text, "seal.revocation_evidence.none"));
        mr_arena_done(&b);
    }
    mr_arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_jades_verify__refuses_changed_octets),
        cmocka_unit_test(test_jades_verify__says_less_when_the_unsigned_part_is_hidden),
    };
    return cmocka_run_group_tests_name("jades_altered", tests, NULL, NULL);
}
