/* ZIP archives: each file in one with a verdict as if it had been given alone; what is no credential spoils nothing; what is hostile is refused with a clear word. */
#include "baking.h"
#include "verifying.h"

#include "base/limits.h"
#include "base/unzip.h"
#include "base/zip.h"

struct member {
    const char *name;
    mr_str content;
};

static mr_str zip_of(struct bench *b, const struct member *members, size_t count)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    mr_zip z;
    struct mr_err err = {0};
    mr_buf_init(&out, 100 * MR_MIB);
    mr_zip_init(&z, &out, TEST_NOW);
    for (size_t i = 0; i < count; i++)
        assert_ok(mr_zip_add(&z, mr_str_of(members[i].name), members[i].content, &err), err);
    assert_ok(mr_zip_end(&z, &err), err);
    mr_zip_done(&z);
    return mr_arena_dup(&b->arena, mr_buf_str(&out));
}
#define ZIP(b, ...)                                                                                                    \
    zip_of((b), (const struct member[]){__VA_ARGS__},                                                                  \
           sizeof((const struct member[]){__VA_ARGS__}) / sizeof(struct member))

static mr_report look(struct bench *b, mr_str file)
{
    struct mr_err err = {0};
    mr_verifier *v;
    mr_report r;
    const struct mr_verifying how = {
        .trust = &b->trust, .env = &b->env, .language = mr_language_english(), .archives = true};
    assert_ok(mr_verifier_open(&how, &v, &err), err);
    assert_ok(mr_verify(v, &b->arena, file, &r, &err), err);
    mr_verifier_close(v);
    return r;
}

static mr_str good(struct bench *b)
{
    return prove(b, badge(b, b->did, ""), b->key, method_of(&b->arena, b->did));
}

static void assert_says(const mr_report *r, const char *id)
{
    assert_str_eq(r->checks[MR_CHECK_FORMAT].text, mr_message(mr_language_english(), id));
    assert_false(r->is_credential);
    assert_int_equal(r->verdict, MR_VERDICT_INVALID);
}

static void every_file_has_its_own_verdict(void **state)
{
    struct bench *b = *state;
    mr_str sealed = good(b), changed = replace(b, good(b), "Dresses wounds", "Heals everything");
    mr_report alone = look(b, sealed),
              r = look(b, ZIP(b, {"wallet/a.json", sealed}, {"README.txt", MR_STR("Read me")},
                              {"data.json", MR_STR("{\"account\":[]}")}, {"list.csv", MR_STR("a,b\n")}));
    assert_true(r.is_credential && r.is_archive);
    assert_int_equal(r.content_count, 4);
    assert_str(r.contents[0].file, "wallet/a.json");
    assert_str(r.contents[0].title, "Wound care");
    assert_true(r.contents[0].judged && r.contents[0].verdict == alone.verdict);
    assert_str_eq(r.contents[0].summary, alone.summary);
    /* what is no credential spoils nothing */
    assert_int_equal(r.verdict, alone.verdict);
    for (size_t i = 1; i < 4; i++) {
        assert_false(r.contents[i].judged);
        assert_str_eq(r.contents[i].summary, mr_message(mr_language_english(), "summary.no_credential"));
    }
    assert_int_equal(r.content_over, 0);
    /* and the worst counts */
    r = look(b, ZIP(b, {"a.json", sealed}, {"b.json", changed}, {"c.json", badge(b, b->did, "")}));
    assert_int_equal(r.verdict, MR_VERDICT_INVALID);
    assert_int_equal(r.contents[1].verdict, MR_VERDICT_INVALID);
    assert_str(r.contents[1].title, "");
    assert_true(r.contents[2].judged && !r.contents[2].sealed && r.contents[2].verdict == MR_VERDICT_INVALID);
    /* one that was cut off on its way is not passed over */
    r = look(b, ZIP(b, {"a.json", sealed}, {"cut.json", mr_str_make(sealed.ptr, sealed.len / 2)},
                    {"README.md", MR_STR("[![Build](x)](y)")}));
    assert_int_equal(r.verdict, MR_VERDICT_INVALID);
    assert_true(r.contents[1].judged && r.contents[1].verdict == MR_VERDICT_INVALID && !r.contents[2].judged);
}

static void what_is_hostile_is_refused_with_a_word(void **state)
{
    struct bench *b = *state;
    mr_str sealed = good(b), inner = ZIP(b, {"a.json", sealed}),
           archive = ZIP(b, {"inner.zip", inner}, {"a.json", sealed});
    mr_report r = look(b, archive);
    assert_int_equal(r.content_count, 2);
    assert_false(r.contents[0].judged);
    assert_str_eq(r.contents[0].summary, mr_message(mr_language_english(), "archive.nested"));
    assert_true(r.contents[1].judged);
    r = look(b, ZIP(b, {"inner.zip", inner}));
    assert_says(&r, "archive.none");
    assert_string_equal(mr_report_contents_heading(&r), "archive.contents");
    /* names lead nowhere */
    r = look(b, ZIP(b, {"../../../etc/passwd", sealed}, {"/tmp/merit-was-here", sealed}, {"\xff\xfe.json", sealed}));
    assert_int_equal(r.content_count, 3);
    assert_str(r.contents[0].file, "../../../etc/passwd");
    assert_int_equal(mr_utf8_check(r.contents[2].file), r.contents[2].file.len);
    /* under a password: bit 0 of the flags (APPNOTE.TXT 4.4.4), in both headers */
    char *octets = (char *)(uintptr_t)mr_arena_dup(&b->arena, inner).ptr;
    ptrdiff_t listed = mr_str_find(inner, MR_STR("PK\1\2"));
    octets[6] |= 1, octets[listed + 8] |= 1;
    r = look(b, mr_str_make(octets, inner.len));
    assert_says(&r, "archive.locked");
    r = look(b, mr_str_make(inner.ptr, inner.len - 30));
    assert_says(&r, "archive.damaged");
    octets[6] &= ~1, octets[listed + 8] &= ~1, octets[inner.len / 3] ^= 0x55;
    r = look(b, mr_str_make(octets, inner.len));
    assert_says(&r, "archive.damaged");
    /* small, and large once it is unpacked; and one that says that it is small */
    char *noughts = mr_arena_zalloc(&b->arena, 65 * MR_MIB, 1);
    mr_str bomb = ZIP(b, {"noughts", mr_str_make(noughts, 65 * MR_MIB)});
    r = look(b, bomb);
    assert_says(&r, "archive.too_much");
    octets = (char *)(uintptr_t)mr_arena_dup(&b->arena, bomb).ptr;
    listed = mr_str_find(bomb, MR_STR("PK\1\2"));
    memset(octets + listed + 24, 0, 4), octets[listed + 24] = 7;
    r = look(b, mr_str_make(octets, bomb.len));
    assert_false(r.is_credential && r.verdict == MR_VERDICT_VALID);
    r = look(b, ZIP(b, {"empty", MR_STR("")}));
    assert_says(&r, "archive.none");
}

static void what_was_not_looked_at_is_told(void **state)
{
    struct bench *b = *state;
    struct member members[MR_LIMIT_VERIFY_ARCHIVE + 7];
    size_t count = sizeof members / sizeof *members;
    for (size_t i = 0; i < count; i++)
        members[i] = (struct member){mr_arena_format(&b->arena, "%zu.txt", i).ptr, MR_STR("no credential")};
    members[0].content = good(b);
    mr_str archive = zip_of(b, members, count);
    mr_report r = look(b, archive);
    assert_int_equal(r.content_count, MR_LIMIT_VERIFY_ARCHIVE);
    assert_int_equal(r.content_over, 7);
    assert_int_equal(r.verdict, MR_VERDICT_UNKNOWN);
    assert_true(mr_str_find(r.story, MR_STR("Files left: 7")) >= 0);
    assert_int_equal(mr_verify_count(archive), MR_LIMIT_VERIFY_ARCHIVE);
    assert_int_equal(mr_verify_count(good(b)), 1);
}

static void it_is_opened_only_where_that_was_asked_for(void **state)
{
    struct bench *b = *state;
    mr_str archive = ZIP(b, {"a.json", good(b)});
    mr_report r = verify_with(b, archive, false);
    assert_says(&r, "format.archive");
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(every_file_has_its_own_verdict),
        T(what_is_hostile_is_refused_with_a_word),
        T(what_was_not_looked_at_is_told),
        T(it_is_opened_only_where_that_was_asked_for),
    };
    return cmocka_run_group_tests_name("credential/verify_archive", tests, NULL, NULL);
}
