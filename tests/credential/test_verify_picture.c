/* Verifying what is baked into pictures: the same verdict as of the bare file, what the picture adds is told, and the picture vouches for nothing. */
#include "baking.h"
#include "verifying.h"

#include "base/compression.h"

static mr_str bake(struct bench *b, mr_str picture, mr_str credential)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct mr_err err = {0};
    struct mr_bakable made;
    mr_buf_init(&out, 16 * MR_MIB);
    assert_ok(mr_bakable_read(&b->arena, credential, &made, &err), err);
    assert_ok(mr_baked_write(&b->arena, picture, &made, false, &out, &err), err);
    return mr_arena_dup(&b->arena, mr_buf_str(&out));
}

static mr_str good_badge(struct bench *b)
{
    return prove(b, badge(b, b->did, ""), b->key, method_of(&b->arena, b->did));
}

static bool says(mr_str text, const char *id)
{
    return mr_str_find(text, mr_message(mr_language_english(), id)) >= 0;
}

static void the_verdict_is_that_of_the_file(void **state)
{
    struct bench *b = *state;
    mr_str file = good_badge(b), changed = replace(b, file, "Dresses wounds", "Addresses wounds"),
           pictures[] = {png_with(&b->arena, MR_STR("")), MR_STR(SVG_PLAIN)};
    for (size_t i = 0; i < 2; i++) {
        mr_report bare = verify_with(b, file, false), r = verify_with(b, bake(b, pictures[i], file), false);
        assert_int_equal(r.verdict, bare.verdict);
        assert_str_eq(r.summary, bare.summary);
        assert_str_eq(r.story, bare.story);
        assert_str_eq(r.view.title, MR_STR("Wound care"));
        for (int c = 0; c < MR_CHECK_COUNT; c++) assert_int_equal(r.checks[c].state, bare.checks[c].state);
        assert_int_equal(r.remark_count, bare.remark_count);
        assert_true(mr_str_has_prefix(r.format, bare.format));
        assert_true(mr_str_find(r.format, mr_str_of(i ? "SVG" : "PNG")) > 0);
        assert_string_equal(r.format_code, bare.format_code);
        assert_true(mr_str_find(r.checks[MR_CHECK_FORMAT].text, MR_STR("out of the picture")) > 0);
        r = verify_with(b, bake(b, pictures[i], changed), false);
        assert_check(&r, MR_CHECK_SEAL, MR_FAILED, "seal.signature.changed");
        assert_int_equal(r.verdict, MR_VERDICT_INVALID);
    }
}

static void another_badge_in_it_is_told_with_the_verdict(void **state)
{
    struct bench *b = *state;
    mr_arena *a = &b->arena;
    mr_str file = good_badge(b), other = badge_chunk(a, "openbadgecredential", "{\"type\":\"Assertion\"}"),
           same = badge_chunk(a, "openbadgecredential", mr_arena_cstr(a, file));
    mr_report r = verify_with(b, bake(b, png_with(a, MR_STR("")), file), false);
    assert_false(says(r.story, "picture.differ"));
    mr_str first = mr_arena_concat(a, (const mr_str[]){same, other}, 2);
    r = verify_with(b, png_with(a, first), false);
    assert_true(says(r.story, "picture.differ"));
    assert_str_eq(r.view.title, MR_STR("Wound care"));
    mr_str second = mr_arena_concat(a, (const mr_str[]){other, same}, 2); /* and where nothing else is told */
    r = verify_with(b, png_with(a, second), false);
    assert_int_equal(r.verdict, MR_VERDICT_INVALID);
    assert_true(says(r.story, "picture.differ"));
    mr_str twice = mr_arena_concat(a, (const mr_str[]){same, same}, 2);
    r = verify_with(b, png_with(a, twice), false);
    assert_false(says(r.story, "picture.differ"));
    assert_true(r.remark_count > 0);
    assert_true(mr_str_find(r.remarks[r.remark_count - 1], MR_STR("2 times")) > 0);
}

static void what_is_odd_about_the_picture_is_a_remark(void **state)
{
    struct bench *b = *state;
    mr_arena *a = &b->arena;
    mr_str file = good_badge(b), png = bake(b, png_with(a, MR_STR("")), file);
    mr_report r = verify_with(b, mr_str_make(png.ptr, png.len - 5), false);
    assert_true(says(r.remarks[r.remark_count - 1], "picture.cut_off"));
    r = verify_with(b, mr_arena_concat(a, (const mr_str[]){png, badge_chunk(a, "openbadges", "{}")}, 2), false);
    assert_true(says(r.remarks[r.remark_count - 1], "picture.behind"));
    assert_str_eq(r.view.title, MR_STR("Wound care"));
}

static mr_str gzip(struct bench *b, mr_str text)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct mr_err err = {0};
    mr_buf_init(&out, MR_MIB);
    assert_ok(mr_compress(MR_GZIP, text, &out, &err), err);
    return mr_arena_dup(&b->arena, mr_buf_str(&out));
}

static void pictures_that_hold_no_credential(void **state)
{
    struct bench *b = *state;
    mr_arena *a = &b->arena;
    const struct {
        mr_str file;
        const char *id;
    } cases[] = {
        {png_with(a, MR_STR("")), "format.picture_bare"},
        {MR_STR(SVG_PLAIN), "format.picture_bare"},
        {png_with(a, badge_chunk(a, "openbadges", "hello")), "picture.other"},
        {png_with(a, badge_chunk(a, "openbadges", SVG_PLAIN)), "picture.other"},
        {png_with(a, badge_chunk(a, "openbadges", "{\"a\":1}")), "format.other_json"},
        {MR_STR(PNG_SIGNATURE), "baked.cut_off"},
        {MR_STR("<!DOCTYPE svg [<!ENTITY a 'b'>]>" SVG_PLAIN), "baked.entities"},
        {gzip(b, MR_STR(SVG_PLAIN)), "format.svgz"},
        {gzip(b, MR_STR("{}")), "format.archive"},
        {MR_STR("\x1f\x8b\x08"), "format.archive"},
        {MR_STR("\xff\xfe<\0s\0v\0g\0"), "format.utf16"},
        {MR_STR("<\0s\0v\0g\0"), "format.utf16"},
        {MR_STR("\xff\xd8\xff\xe0"), "format.picture"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mr_report r = verify_with(b, cases[i].file, false);
        assert_check(&r, MR_CHECK_FORMAT, MR_FAILED, cases[i].id);
        assert_int_equal(r.verdict, MR_VERDICT_INVALID);
        assert_false(r.has_view || r.is_credential);
    }
}

static void the_address_of_a_badge_is_never_a_pass(void **state)
{
    struct bench *b = *state;
    mr_report r =
        verify_with(b, png_with(&b->arena, badge_chunk(&b->arena, "openbadges", "https://badges.example/1")), false);
    assert_int_equal(r.checks[MR_CHECK_SEAL].state, MR_UNCHECKED);
    assert_int_equal(r.verdict, MR_VERDICT_UNKNOWN);
    assert_false(r.has_view);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_verdict_is_that_of_the_file),
        cmocka_unit_test(another_badge_in_it_is_told_with_the_verdict),
        cmocka_unit_test(what_is_odd_about_the_picture_is_a_remark),
        cmocka_unit_test(pictures_that_hold_no_credential),
        cmocka_unit_test(the_address_of_a_badge_is_never_a_pass),
    };
    return cmocka_run_group_tests_name("credential/verify_picture", tests, set_up, tear_down);
}
