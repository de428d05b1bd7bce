/* Baking: what is read out of pictures, good and hostile, and that writing changes nothing but what it says. */
#include "baking.h"

#include "base/compression.h"

static int make_arena(void **state)
{
    static mr_arena a;
    mr_arena_init(&a, 256 * MR_MIB);
    *state = &a;
    return 0;
}

static int drop_arena(void **state)
{
    mr_arena_done(*state);
    return 0;
}

static mr_baked read_good(mr_arena *a, mr_str picture)
{
    struct mr_err err = {0};
    mr_baked b;
    assert_ok(mr_baked_read(a, picture, &b, &err), err);
    return b;
}

static void assert_refused(mr_arena *a, mr_str picture, mr_code code, const char *id)
{
    struct mr_err err = {0};
    mr_baked b;
    assert_code(mr_baked_read(a, picture, &b, &err), code, err);
    assert_string_equal(err.message, id);
}

static mr_str deflate(mr_arena *a, mr_str text)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct mr_err err = {0};
    mr_buf_init(&out, 64 * MR_MIB);
    assert_ok(mr_compress(MR_ZLIB, text, &out, &err), err);
    return mr_arena_dup(a, mr_buf_str(&out));
}

static mr_str join(mr_arena *a, mr_str x, mr_str y)
{
    return mr_arena_concat(a, (const mr_str[]){x, y}, 2);
}

/* ---- reading PNG ---- */

static void test_baked_read__png_of_every_standard(void **state)
{
    mr_arena *a = *state;
    mr_str json = MR_STR("{\"a\":1}"), packed = deflate(a, json);
    const struct {
        mr_str chunk;
        mr_baked_standard standard;
        const char *text;
    } cases[] = {
        {badge_chunk(a, "openbadgecredential", " {\"a\":1}\n"), MR_BAKED_OB3, "{\"a\":1}"},
        {badge_chunk(a, "openbadges", "https://badges.example/1"), MR_BAKED_OB2, "https://badges.example/1"},
        {text_chunk(a, "tEXt", "openbadges", MR_STR("https://badges.example/1")), MR_BAKED_OB2,
         "https://badges.example/1"},
        {text_chunk(a, "tEXt", "openbadgecredential", json), MR_BAKED_OB3, "{\"a\":1}"},
        {text_chunk(a, "zTXt", "openbadges", join(a, MR_STR("\0"), packed)), MR_BAKED_OB2, "{\"a\":1}"},
        {text_chunk(a, "iTXt", "openbadgecredential", join(a, MR_STR("\1\0\0\0"), packed)), MR_BAKED_OB3, "{\"a\":1}"},
        {text_chunk(a, "iTXt", "openbadgecredential", MR_STR("\0\0da\0m\xc3\xa6rke\0{\"a\":1}")), MR_BAKED_OB3,
         "{\"a\":1}"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mr_baked b = read_good(a, png_with(a, cases[i].chunk));
        assert_int_equal(b.picture, MR_PICTURE_PNG);
        assert_int_equal(b.count, 1);
        assert_int_equal(b.standard, cases[i].standard);
        assert_str(b.text, cases[i].text);
        assert_false(b.differ || b.cut_off || b.behind);
    }
}

static void test_baked_read__png_without_a_badge(void **state)
{
    mr_arena *a = *state;
    const mr_str chunks[] = {MR_STR(""), text_chunk(a, "tEXt", "Comment", MR_STR("openbadges")),
                             text_chunk(a, "iTXt", "openbadgesx", MR_STR("\0\0\0\0x")),
                             text_chunk(a, "prIv", "openbadges", MR_STR("x")), chunk(a, "tEXt", MR_STR("openbadges"))};
    for (size_t i = 0; i < sizeof chunks / sizeof *chunks; i++) {
        mr_baked b = read_good(a, png_with(a, chunks[i]));
        assert_int_equal(b.count, 0);
        assert_int_equal(b.text.len, 0);
    }
}

static void test_baked_read__several_are_counted_and_compared(void **state)
{
    mr_arena *a = *state;
    mr_str one = badge_chunk(a, "openbadgecredential", "{\"a\":1}"),
           other = badge_chunk(a, "openbadgecredential", "{\"a\":2}"), old = badge_chunk(a, "openbadges", "{\"a\":1}");
    mr_baked b = read_good(a, png_with(a, join(a, one, one)));
    assert_int_equal(b.count, 2);
    assert_false(b.differ);
    b = read_good(a, png_with(a, join(a, other, one)));
    assert_int_equal(b.count, 2);
    assert_true(b.differ);
    assert_str(b.text, "{\"a\":2}");
    b = read_good(a, png_with(a, join(a, old, other))); /* a reader of 3.0 takes the first one of 3.0 */
    assert_int_equal(b.standard, MR_BAKED_OB3);
    assert_str(b.text, "{\"a\":2}");
    assert_true(b.differ);
    mr_str many = MR_STR("");
    for (size_t i = 0; i <= MR_LIMIT_BAKED; i++) many = join(a, many, one);
    assert_refused(a, png_with(a, many), MR_E_LIMIT, "baked.too_many");
}

static void test_baked_read__what_is_behind_the_end_is_not_read(void **state)
{
    mr_arena *a = *state;
    mr_str one = badge_chunk(a, "openbadgecredential", "{\"a\":1}"), bare = png_with(a, MR_STR(""));
    mr_baked b = read_good(a, join(a, bare, one));
    assert_int_equal(b.count, 0);
    assert_true(b.behind);
    b = read_good(a, join(a, png_with(a, one), MR_STR("trailing octets of some camera")));
    assert_int_equal(b.count, 1);
    assert_false(b.behind);
}

static void test_baked_read__damaged_png(void **state)
{
    mr_arena *a = *state;
    mr_str good = png_with(a, badge_chunk(a, "openbadgecredential", "{\"a\":1}"));
    ptrdiff_t at = mr_str_find(good, MR_STR("{\"a\":1}"));
    mr_str damaged = mr_arena_dup(a, good);
    ((char *)damaged.ptr)[at + 5] ^= 3;
    assert_refused(a, damaged, MR_E_FORMAT, "baked.sum");
    mr_str head = join(a, MR_STR(PNG_SIGNATURE), chunk(a, "IHDR", MR_STR(PNG_PIXEL)));
    assert_refused(a, join(a, head, MR_STR("\x7f\xff\xff\xffiTXtopenbadges\0")), MR_E_FORMAT, "baked.cut_off");
    assert_refused(a, join(a, head, MR_STR("\xff\xff\xff\xffiTXtopenbadges\0")), MR_E_FORMAT, "baked.not_png");
    assert_refused(a, join(a, head, MR_STR("\0\0\0\0i\1Xt\0\0\0\0")), MR_E_FORMAT, "baked.not_png");
    assert_refused(a, join(a, MR_STR(PNG_SIGNATURE), chunk(a, "IEND", MR_STR(""))), MR_E_FORMAT, "baked.not_png");
    assert_refused(a, png_with(a, chunk(a, "IHDR", MR_STR(PNG_PIXEL))), MR_E_FORMAT, "baked.not_png");
    assert_refused(a, MR_STR(PNG_SIGNATURE), MR_E_FORMAT, "baked.cut_off");
    assert_refused(a, MR_STR("GIF89a"), MR_E_FORMAT, "baked.no_picture");
}

static void test_baked_read__odd_text_chunks(void **state)
{
    mr_arena *a = *state;
    mr_str packed = deflate(a, MR_STR("{\"a\":1}"));
    const struct {
        const char *type;
        mr_str rest;
        const char *id;
    } cases[] = {
        {"iTXt", MR_STR("\0\0\0"), "baked.chunk"},
        {"iTXt", MR_STR("\2\0\0\0x"), "baked.chunk"},
        {"iTXt", MR_STR("\0\0en"), "baked.chunk"},
        {"iTXt", MR_STR("\0\0en\0x"), "baked.chunk"},
        {"iTXt", MR_STR("\0\0\0\0"), "baked.hollow"},
        {"iTXt", MR_STR("\0\0\0\0 \n"), "baked.hollow"},
        {"iTXt", MR_STR("\1\0\0\0nothing compressed"), "baked.not_inflated"},
        {"zTXt", MR_STR(""), "baked.not_inflated"},
        {"zTXt", join(a, MR_STR("\1"), packed), "baked.not_inflated"},
        {"zTXt", join(a, MR_STR("\0"), mr_str_make(packed.ptr, packed.len - 1)), "baked.not_inflated"},
        {"zTXt", join(a, MR_STR("\0"), join(a, packed, MR_STR("x"))), "baked.not_inflated"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_refused(a, png_with(a, text_chunk(a, cases[i].type, "openbadges", cases[i].rest)), MR_E_FORMAT,
                       cases[i].id);
}

static void test_baked_read__a_bomb_is_found_out(void **state)
{
    mr_arena small, *a = *state;
    size_t size = 48 * MR_MIB;
    char *zeros = mr_arena_zalloc(a, size, 1);
    mr_str packed = deflate(a, mr_str_make(zeros, size));
    assert_true(packed.len < 64 * MR_KIB);
    mr_arena_init(&small, 2 * MR_MIB);
    assert_refused(&small, png_with(a, text_chunk(a, "zTXt", "openbadges", join(a, MR_STR("\0"), packed))), MR_E_LIMIT,
                   "baked.too_large");
    assert_refused(&small, png_with(a, text_chunk(a, "iTXt", "openbadges", join(a, MR_STR("\1\0\0\0"), packed))),
                   MR_E_LIMIT, "baked.too_large");
    mr_arena_done(&small);
}

/* Cut at every octet: the badge is read where it is whole, and never half of it. */
static void test_baked_read__cut_off_at_every_octet(void **state)
{
    mr_arena *a = *state;
    mr_str badge = badge_chunk(a, "openbadgecredential", "{\"a\":1}"), png = png_with(a, badge),
           svg = MR_STR(SVG_HEAD "<c:credential xmlns:c='" OB3_SVG "'>{\"a\":1}</c:credential><circle r='4'/></svg>");
    size_t png_at = png.len - 12, svg_at = (size_t)mr_str_find(svg, MR_STR("<circle"));
    for (int k = 0; k < 2; k++) {
        mr_str whole = k ? svg : png;
        for (size_t n = 0; n < whole.len; n++) {
            mr_baked b = {0};
            struct mr_err err = {0};
            /* in memory of its own, so that a reader of octets behind the end is caught */
            char *copy = malloc(n ? n : 1);
            assert_non_null(copy);
            memcpy(copy, whole.ptr, n);
            int code = mr_baked_read(a, mr_str_make(copy, n), &b, &err);
            bool has_badge = n >= (k ? svg_at : png_at);
            if (code == MR_OK) {
                assert_true(has_badge && b.cut_off && b.count == 1);
                assert_str(b.text, "{\"a\":1}");
            } else
                assert_false(has_badge);
            if (code != MR_OK) assert_string_equal(err.message, n < (k ? 4 : 8) ? "baked.no_picture" : "baked.cut_off");
            free(copy);
        }
        assert_false(read_good(a, whole).cut_off);
    }
}

/* ---- reading SVG ---- */

static void test_baked_read__svg_of_every_standard(void **state)
{
    mr_arena *a = *state;
    static const struct {
        const char *svg;
        mr_baked_standard standard;
        const char *text, *url;
    } cases[] = {
        {SVG_HEAD "<o:credential xmlns:o='" OB3_SVG "' verify='e30.e30.AA'/></svg>", MR_BAKED_OB3, "e30.e30.AA", ""},
        {SVG_HEAD "<o:credential xmlns:o='" OB3_SVG "'><![CDATA[ {\"a\":\"]]]]><![CDATA[>\"} ]]></o:credential></svg>",
         MR_BAKED_OB3, "{\"a\":\"]]>\"}", ""},
        {SVG_HEAD "<credential xmlns='" OB3_SVG "'>{&quot;a&quot;:&#49;}</credential></svg>", MR_BAKED_OB3, "{\"a\":1}",
         ""},
        {SVG_HEAD "<g><o:credential xmlns:o='" OB3_SVG "'>{}</o:credential></g></svg>", MR_BAKED_OB3, "{}", ""},
        {SVG_HEAD "<o:assertion xmlns:o='http://openbadges.org' verify='https://badges.example/1'/></svg>",
         MR_BAKED_OB2, "https://badges.example/1", ""},
        {SVG_HEAD
         "<o:assertion xmlns:o='https://openbadges.org/' verify='https://badges.example/1'>{}</o:assertion></svg>",
         MR_BAKED_OB2, "{}", "https://badges.example/1"},
        {"\xEF\xBB\xBF<?xml version='1.0' encoding='utf-8'?>\n<!-- a -->\n<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG "
         "1.1//EN' "
         "'http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd'>" SVG_HEAD "<o:credential xmlns:o='" OB3_SVG
         "'>{}</o:credential></svg>",
         MR_BAKED_OB3, "{}", ""},
        {"<?xml version='1.0' encoding='iso-8859-1'?>" SVG_HEAD "<o:credential xmlns:o='" OB3_SVG
         "'>{\"a\":\"\xe6\"}</o:credential></svg>",
         MR_BAKED_OB3, "{\"a\":\"\xc3\xa6\"}", ""},
        {"<s:svg xmlns:s='http://www.w3.org/2000/svg'><o:credential xmlns:o='" OB3_SVG "'>{}</o:credential></s:svg>",
         MR_BAKED_OB3, "{}", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mr_baked b = read_good(a, mr_str_of(cases[i].svg));
        assert_int_equal(b.picture, MR_PICTURE_SVG);
        assert_int_equal(b.count, 1);
        assert_int_equal(b.standard, cases[i].standard);
        assert_str(b.text, cases[i].text);
        assert_str(b.url, cases[i].url);
    }
    assert_int_equal(read_good(a, MR_STR(SVG_PLAIN)).count, 0);
    /* of another namespace, or another name */
    assert_int_equal(
        read_good(a, MR_STR(SVG_HEAD "<o:credential xmlns:o='urn:x'>{}</o:credential><o:assertion xmlns:o='" OB3_SVG
                                     "'/></svg>"))
            .count,
        0);
}

static void test_baked_read__svg_that_says_two_things(void **state)
{
    mr_arena *a = *state;
    mr_baked b = read_good(
        a, MR_STR(SVG_HEAD "<o:credential xmlns:o='" OB3_SVG "' verify='e30.e30.AA'>{}</o:credential></svg>"));
    assert_str(b.text, "e30.e30.AA");
    assert_int_equal(b.count, 2);
    assert_true(b.differ);
    b = read_good(a, MR_STR(SVG_HEAD "<g xmlns:o='" OB3_SVG "'><o:credential>{}</o:credential>"
                                     "<o:credential>{\"a\":1}</o:credential></g></svg>"));
    assert_int_equal(b.count, 2);
    assert_true(b.differ);
    assert_str(b.text, "{}");
}

static void test_baked_read__hostile_svg(void **state)
{
    mr_arena *a = *state;
    MR_CLEANUP(mr_buf_done) mr_buf deep;
    static const struct {
        const char *svg;
        mr_code code;
        const char *id;
    } cases[] = {
        {"<!DOCTYPE svg [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'>]>" SVG_HEAD "<text>&b;</text></svg>",
         MR_E_UNSUPPORTED, "baked.entities"},
        {"<!DOCTYPE svg [<!ENTITY % a SYSTEM 'file:///etc/passwd'> %a;]>" SVG_HEAD "</svg>", MR_E_UNSUPPORTED,
         "baked.entities"},
        {"<!DOCTYPE svg [<!ATTLIST svg onload CDATA 'go()'>]>" SVG_HEAD "</svg>", MR_E_UNSUPPORTED, "baked.entities"},
        {"<!DOCTYPE svg SYSTEM 'http://elsewhere.example/a.dtd'>" SVG_HEAD "<text>&b;</text></svg>", MR_E_UNSUPPORTED,
         "baked.entities"},
        {SVG_HEAD "<text>&b;</text></svg>", MR_E_FORMAT, "baked.svg_faulty"},
        {SVG_HEAD "<g></svg>", MR_E_FORMAT, "baked.svg_faulty"},
        {SVG_HEAD "<o:credential>{}</o:credential></svg>", MR_E_FORMAT, "baked.svg_faulty"},
        {SVG_HEAD "</svg><svg/>", MR_E_FORMAT, "baked.svg_faulty"},
        {SVG_HEAD "<text>\xff</text></svg>", MR_E_FORMAT, "baked.svg_faulty"},
        {SVG_HEAD "<o:credential xmlns:o='" OB3_SVG "'/></svg>", MR_E_FORMAT, "baked.hollow"},
        {"<svg xmlns='urn:other'/>", MR_E_FORMAT, "baked.not_svg"},
        {"<svg ", MR_E_FORMAT, "baked.cut_off"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_refused(a, mr_str_of(cases[i].svg), cases[i].code, cases[i].id);
    mr_buf_init(&deep, MR_MIB);
    mr_buf_puts(&deep, SVG_HEAD);
    for (int i = 0; i < 100000; i++) mr_buf_puts(&deep, "<g>");
    assert_refused(a, mr_buf_str(&deep), MR_E_LIMIT, "baked.too_deep");
}

static void test_picture_kind_of__names_what_it_is(void **state)
{
    (void)state;
    static const struct {
        const char *octets;
        mr_picture_kind kind;
    } cases[] = {
        {PNG_SIGNATURE, MR_PICTURE_PNG},
        {SVG_PLAIN, MR_PICTURE_SVG},
        {" \n<svg/>", MR_PICTURE_SVG},
        {"<?xml version='1.0'?><!DOCTYPE svg [<!ENTITY a '>'>]><svg/>", MR_PICTURE_SVG},
        {"<?xml version='1.0'?><svgs/>", MR_PICTURE_NONE},
        {"<?xml version='1.0'?><html><svg/></html>", MR_PICTURE_NONE},
        {"<?xml version='1.0'?><!-- <svg> -->", MR_PICTURE_NONE},
        {"<?xml", MR_PICTURE_NONE},
        {"{}", MR_PICTURE_NONE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(mr_picture_kind_of(mr_str_of(cases[i].octets)), cases[i].kind);
}

/* ---- writing ---- */

#define SEALED                                                                                                         \
    "{\"@context\":[\"https://www.w3.org/ns/credentials/"                                                              \
    "v2\"],\"type\":[\"VerifiableCredential\",\"OpenBadgeCredential\"],"                                               \
    "\"name\":\"S\xc3\xa5rpleje ]]> & <b>\",\"proof\":{\"type\":\"DataIntegrityProof\"}}"
#define ASSERTION                                                                                                      \
    "{\"@context\":\"https://w3id.org/openbadges/v2\",\"type\":\"Assertion\",\"id\":\"https://badges.example/"         \
    "1?a=1&b=2\"}"
#define TOKEN "eyJhbGciOiJFUzI1NiJ9.eyJ0eXBlIjpbIk9wZW5CYWRnZUNyZWRlbnRpYWwiXX0.AAAA"

static mr_str bake(mr_arena *a, mr_str picture, const char *credential, bool replace)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct mr_err err = {0};
    struct mr_bakable b;
    mr_buf_init(&out, 16 * MR_MIB);
    assert_ok(mr_bakable_read(a, mr_str_of(credential), &b, &err), err);
    assert_ok(mr_baked_write(a, picture, &b, replace, &out, &err), err);
    return mr_arena_dup(a, mr_buf_str(&out));
}

static void assert_not_baked(mr_arena *a, mr_str picture, const char *credential, bool replace, mr_code code,
                             const char *id)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct mr_err err = {0};
    struct mr_bakable b;
    mr_buf_init(&out, 16 * MR_MIB);
    assert_ok(mr_bakable_read(a, mr_str_of(credential), &b, &err), err);
    assert_code(mr_baked_write(a, picture, &b, replace, &out, &err), code, err);
    assert_string_equal(err.message, id);
    assert_int_equal(out.len, 0);
}

/* The picture with `added` taken out of it is the one before. */
static void assert_unchanged_but_for(mr_arena *a, mr_str before, mr_str after, mr_str added)
{
    ptrdiff_t at = mr_str_find(after, added);
    assert_true(at >= 0);
    mr_str left = join(a, mr_str_make(after.ptr, (size_t)at), mr_str_from(after, (size_t)at + added.len));
    assert_str_eq(left, before);
}

static void test_baked_write__png_gains_one_chunk_before_its_end(void **state)
{
    mr_arena *a = *state;
    mr_str before = join(a, png_with(a, text_chunk(a, "tEXt", "Comment", MR_STR("mine"))), MR_STR("behind")),
           after = bake(a, before, SEALED, false);
    assert_unchanged_but_for(a, before, after, badge_chunk(a, "openbadgecredential", SEALED));
    assert_str_eq(mr_str_from(after, after.len - 18), join(a, chunk(a, "IEND", MR_STR("")), MR_STR("behind")));
    assert_str(read_good(a, after).text, SEALED);
    after = bake(a, before, ASSERTION, false);
    assert_unchanged_but_for(a, before, after, badge_chunk(a, "openbadges", ASSERTION));
}

static void test_baked_write__svg_gains_one_element(void **state)
{
    mr_arena *a = *state;
    mr_str before = MR_STR("<?xml version=\"1.0\"?>\n" SVG_HEAD "\n <circle r='4'/>\n</svg>\n");
    mr_str after = bake(a, before, TOKEN, false);
    mr_str element = MR_STR("<openbadges:credential verify=\"" TOKEN "\"></openbadges:credential>"),
           space = MR_STR(" xmlns:openbadges=\"" OB3_SVG "\"");
    assert_unchanged_but_for(a, join(a, before, MR_STR("")),
                             join(a, mr_str_make(after.ptr, (size_t)mr_str_find(after, space)),
                                  mr_str_from(after, (size_t)mr_str_find(after, space) + space.len)),
                             element);
    assert_str(read_good(a, after).text, TOKEN);
    after = bake(a, before, SEALED, false);
    assert_true(mr_str_find(after, MR_STR("]]]]><![CDATA[> & <b>")) > 0);
    assert_str(read_good(a, after).text, SEALED);
    after = bake(a, before, ASSERTION, false);
    assert_true(
        mr_str_find(after, MR_STR("<openbadges:assertion verify=\"https://badges.example/1?a=1&amp;b=2\"><![CDATA[{")) >
        0);
    mr_baked b = read_good(a, after);
    assert_str(b.text, ASSERTION);
    assert_str(b.url, "https://badges.example/1?a=1&b=2");
    assert_int_equal(b.standard, MR_BAKED_OB2);
}

static void test_baked_write__a_prefix_that_is_taken_is_left_alone(void **state)
{
    mr_arena *a = *state;
    static const char *const pictures[] = {
        "<svg xmlns='http://www.w3.org/2000/svg' xmlns:openbadges='urn:mine'><circle openbadges:x='1'/></svg>",
        "<svg xmlns='http://www.w3.org/2000/svg' xmlns:openbadges='" OB3_SVG "'><circle/></svg>",
        "<svg xmlns='http://www.w3.org/2000/svg' xmlns:openbadges='http://openbadges.org'><circle/></svg>"};
    for (size_t i = 0; i < 3; i++) {
        assert_str(read_good(a, bake(a, mr_str_of(pictures[i]), SEALED, false)).text, SEALED);
        assert_str(read_good(a, bake(a, mr_str_of(pictures[i]), ASSERTION, false)).text, ASSERTION);
    }
}

static void test_baked_write__replaces_only_when_asked(void **state)
{
    mr_arena *a = *state;
    mr_str bare = png_with(a, MR_STR("")), old = bake(a, bare, ASSERTION, false),
           two = png_with(a, join(a, badge_chunk(a, "openbadges", "x"), badge_chunk(a, "openbadgecredential", "y"))),
           svg = MR_STR(SVG_PLAIN), old_svg = bake(a, svg, ASSERTION, false);
    assert_not_baked(a, old, SEALED, false, MR_E_EXISTS, "baked.there");
    assert_str_eq(bake(a, old, SEALED, true), bake(a, bare, SEALED, false));
    assert_str_eq(bake(a, two, SEALED, true), bake(a, bare, SEALED, false));
    mr_str behind = join(a, bare, badge_chunk(a, "openbadgecredential", "z"));
    assert_not_baked(a, behind, SEALED, false, MR_E_EXISTS, "baked.there");
    assert_str_eq(bake(a, behind, SEALED, true), bake(a, bare, SEALED, false));
    assert_not_baked(a, old_svg, SEALED, false, MR_E_EXISTS, "baked.there");
    mr_baked b = read_good(a, bake(a, old_svg, SEALED, true));
    assert_str(b.text, SEALED);
    assert_int_equal(b.count, 1);
}

static void test_baked_write__refuses_pictures_that_are_not_whole(void **state)
{
    mr_arena *a = *state;
    mr_str bare = png_with(a, MR_STR("")), damaged = mr_arena_dup(a, bare);
    ((char *)damaged.ptr)[45] ^= 1; /* in the pixels */
    assert_not_baked(a, damaged, SEALED, false, MR_E_FORMAT, "baked.sum");
    assert_not_baked(a, mr_str_make(bare.ptr, bare.len - 1), SEALED, false, MR_E_FORMAT, "baked.cut_off");
    assert_not_baked(a, MR_STR(SVG_HEAD "<circle r='4'/>"), SEALED, false, MR_E_FORMAT, "baked.cut_off");
    assert_not_baked(a, MR_STR("<svg xmlns='http://www.w3.org/2000/svg'/>"), SEALED, false, MR_E_FORMAT,
                     "baked.svg_empty");
    assert_not_baked(a, MR_STR("<?xml version='1.0' encoding='iso-8859-1'?>" SVG_PLAIN), SEALED, false,
                     MR_E_UNSUPPORTED, "baked.not_utf8");
    assert_not_baked(a, MR_STR("\xff\xd8\xff\xe0"), SEALED, false, MR_E_FORMAT, "baked.no_picture");
    assert_not_baked(a, MR_STR(SVG_HEAD "<script>1</script></svg>"), SEALED, false, MR_E_UNSUPPORTED, "svg.script");
    assert_not_baked(a, MR_STR(SVG_HEAD "<style>@im<o:credential xmlns:o='" OB3_SVG "'/>port 'x'</style></svg>"),
                     SEALED, true, MR_E_UNSUPPORTED, "svg.elsewhere");
    assert_not_baked(a, MR_STR("<?xml-stylesheet href='https://x.example/a.css'?>" SVG_PLAIN), SEALED, false,
                     MR_E_UNSUPPORTED, "svg.stylesheet");
    assert_not_baked(a, MR_STR(SVG_PLAIN), "{\"type\":\"Assertion\",\"a\":\"\xef\xbf\xbf\"}", false, MR_E_UNSUPPORTED,
                     "bake.character");
}

static void test_bakable_read__what_may_be_baked(void **state)
{
    mr_arena *a = *state;
    static const struct {
        const char *text, *id;
        mr_code code;
    } refused[] = {
        {"", "format.empty", MR_E_FORMAT},
        {"{}", "bake.not_a_credential", MR_E_FORMAT},
        {"[]", "bake.not_a_credential", MR_E_FORMAT},
        {"{\"a\":", "format.truncated", MR_E_FORMAT},
        {"e30.bm8.AA", "bake.not_a_credential", MR_E_FORMAT},
        {"e30.e30.AA~", "bake.sd_jwt", MR_E_UNSUPPORTED},
        {SVG_PLAIN, "bake.picture_instead", MR_E_FORMAT},
        {"%PDF-1.7", "format.pdf", MR_E_FORMAT},
        {"{\"payload\":\"e30\",\"signatures\":[{\"protected\":\"e30\",\"signature\":\"AA\"}]}", "bake.edc",
         MR_E_UNSUPPORTED},
        {"{\"@context\":[\"https://www.w3.org/ns/credentials/v2\"],\"type\":[\"VerifiableCredential\"]}",
         "bake.unsealed", MR_E_FORMAT},
    };
    struct mr_bakable b;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct mr_err err = {0};
        assert_code(mr_bakable_read(a, mr_str_of(refused[i].text), &b, &err), refused[i].code, err);
        assert_string_equal(err.message, refused[i].id);
    }
    struct mr_err err = {0};
    assert_ok(mr_bakable_read(a, MR_STR(" " TOKEN "\n"), &b, &err), err);
    assert_true(b.is_token && b.is_badge && b.standard == MR_BAKED_OB3);
    assert_str(b.text, TOKEN);
    assert_ok(mr_bakable_read(a, MR_STR("e30.eyJ0eXBlIjoiQXNzZXJ0aW9uIn0.AA"), &b, &err), err);
    assert_true(b.is_token && b.is_badge && b.standard == MR_BAKED_OB2);
    assert_ok(mr_bakable_read(a, MR_STR("e30.e30.AA"), &b, &err), err);
    assert_true(b.is_token && !b.is_badge);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_baked_read__png_of_every_standard),
        cmocka_unit_test(test_baked_read__png_without_a_badge),
        cmocka_unit_test(test_baked_read__several_are_counted_and_compared),
        cmocka_unit_test(test_baked_read__what_is_behind_the_end_is_not_read),
        cmocka_unit_test(test_baked_read__damaged_png),
        cmocka_unit_test(test_baked_read__odd_text_chunks),
        cmocka_unit_test(test_baked_read__a_bomb_is_found_out),
        cmocka_unit_test(test_baked_read__cut_off_at_every_octet),
        cmocka_unit_test(test_baked_read__svg_of_every_standard),
        cmocka_unit_test(test_baked_read__svg_that_says_two_things),
        cmocka_unit_test(test_baked_read__hostile_svg),
        cmocka_unit_test(test_picture_kind_of__names_what_it_is),
        cmocka_unit_test(test_baked_write__png_gains_one_chunk_before_its_end),
        cmocka_unit_test(test_baked_write__svg_gains_one_element),
        cmocka_unit_test(test_baked_write__a_prefix_that_is_taken_is_left_alone),
        cmocka_unit_test(test_baked_write__replaces_only_when_asked),
        cmocka_unit_test(test_baked_write__refuses_pictures_that_are_not_whole),
        cmocka_unit_test(test_bakable_read__what_may_be_baked),
    };
    return cmocka_run_group_tests_name("credential/baked", tests, make_arena, drop_arena);
}
