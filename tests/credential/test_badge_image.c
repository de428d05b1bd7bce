/* The drawn badge: whatever the words, it is a picture that others read, and small; and it can be baked. */
#include "baking.h"

#include "credential/badge_image.h"

#include <cairo.h>

static const struct mr_badge_words words[] = {
    {MR_STR_INIT("Micro-credential"), MR_STR_INIT("Data ethics in practice"), MR_STR_INIT("University of Exampleby"),
     MR_STR_INIT("2026"), MR_STR_INIT("")},
    {MR_STR_INIT("Mikroeksamensbevis"),
     MR_STR_INIT("S\xc3\xa5rpleje for \xc3\xb8jenl\xc3\xa6ger p\xc3\xa5 \xc3\x86r\xc3\xb8"),
     MR_STR_INIT("\xc3\x86"
                 "bleg\xc3\xa5rdens H\xc3\xb8jskole"),
     MR_STR_INIT(""), MR_STR_INIT("")},
    {MR_STR_INIT("Micro-credential"),
     MR_STR_INIT("\xce\x95\xce\xb9\xcf\x83\xce\xb1\xce\xb3\xcf\x89\xce\xb3\xce\xae <&> \"quoted\""), MR_STR_INIT(""),
     MR_STR_INIT("1999"), MR_STR_INIT("TEST SEAL")},
    {MR_STR_INIT("Open Badge"),
     MR_STR_INIT("A title that goes on and on, much longer than any title should be, about the responsible use of many "
                 "words where few would have done, "
                 "written by somebody who was paid by the letter and had a long afternoon; it ends only here, or "
                 "perhaps a little later, in the evening"),
     MR_STR_INIT("An institute whose name was made by a committee of committees, each of which added a faculty, a "
                 "department and a campus of its own"),
     MR_STR_INIT("2026"), MR_STR_INIT("")},
    {MR_STR_INIT("Micro-credential"),
     MR_STR_INIT("Donaudampfschifffahrtsgesellschaftskapit\xc3\xa4nsausbildungsgrundlagenvermittlungsnachweis"),
     MR_STR_INIT("X"), MR_STR_INIT("2026"), MR_STR_INIT("")},
};
enum { COUNT = sizeof words / sizeof *words };

struct octets {
    mr_str s;
    size_t at;
};

static cairo_status_t next_octets(void *self, unsigned char *out, unsigned int size)
{
    struct octets *o = self;
    if (o->s.len - o->at < size) return CAIRO_STATUS_READ_ERROR;
    memcpy(out, o->s.ptr + o->at, size);
    o->at += size;
    return CAIRO_STATUS_SUCCESS;
}

/* How many of the pixels are of the brand's colour, in percent: libpng reads them, and checks every check sum. */
static long brand_share(mr_str png)
{
    struct octets o = {png, 0};
    long dark = 0;
    cairo_surface_t *s = cairo_image_surface_create_from_png_stream(next_octets, &o);
    assert_int_equal(cairo_surface_status(s), CAIRO_STATUS_SUCCESS);
    assert_int_equal(cairo_image_surface_get_width(s), 640);
    assert_int_equal(cairo_image_surface_get_height(s), 640);
    const unsigned char *pixels = cairo_image_surface_get_data(s);
    for (int y = 0; y < 640; y++)
        for (int x = 0; x < 640; x++) {
            uint32_t pixel;
            memcpy(&pixel, pixels + y * cairo_image_surface_get_stride(s) + 4 * x, 4);
            dark += (pixel & 0xFFFFFF) == 0x0B5D4E;
        }
    cairo_surface_destroy(s);
    return dark * 100 / (640 * 640);
}

static mr_str draw(mr_arena *a, const struct mr_badge_words *w, mr_picture_kind kind)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct mr_err err = {0};
    mr_buf_init(&out, 4 * MR_MIB);
    assert_ok(mr_badge_image_draw(w, kind, &out, &err), err);
    return mr_arena_dup(a, mr_buf_str(&out));
}

static void test_badge_image__every_title_makes_a_small_png(void **state)
{
    (void)state;
    mr_arena a;
    mr_arena_init(&a, 64 * MR_MIB);
    for (size_t i = 0; i < COUNT; i++) {
        mr_str png = draw(&a, &words[i], MR_PICTURE_PNG);
        long share = brand_share(png);
        assert_in_range(png.len, 4096, MR_LIMIT_BADGE_IMAGE);
        assert_in_range(share, 50, 72); /* the seal, less what is written on it */
    }
    assert_str_eq(draw(&a, words, MR_PICTURE_PNG), draw(&a, words, MR_PICTURE_PNG)); /* and always the same one */
    mr_arena_done(&a);
}

static void test_badge_image__svg_is_whole_and_does_nothing(void **state)
{
    (void)state;
    mr_arena a;
    struct mr_err err = {0};
    struct mr_bakable badge;
    mr_arena_init(&a, 64 * MR_MIB);
    assert_ok(mr_bakable_read(&a, MR_STR("{\"type\":\"Assertion\"}"), &badge, &err), err);
    for (size_t i = 0; i < COUNT; i++) {
        MR_CLEANUP(mr_buf_done) mr_buf out;
        mr_str svg = draw(&a, &words[i], MR_PICTURE_SVG);
        mr_baked b;
        mr_buf_init(&out, 4 * MR_MIB);
        assert_in_range(svg.len, 4096, 160 * MR_KIB);
        assert_ok(mr_baked_write(&a, svg, &badge, false, &out, &err),
                  err); /* strict: scripts and addresses are refused */
        assert_ok(mr_baked_read(&a, mr_buf_str(&out), &b, &err), err);
        assert_int_equal(b.count, 1);
    }
    mr_arena_done(&a);
}

static void test_badge_words_read__from_a_badge_and_a_micro_credential(void **state)
{
    (void)state;
    mr_arena a;
    struct mr_err err = {0};
    struct mr_badge_words w;
    mr_arena_init(&a, 64 * MR_MIB);
    struct mr_bakable badge = {
        .text = MR_STR(
            "{\"@context\":[\"https://www.w3.org/ns/credentials/"
            "v2\"],\"type\":[\"VerifiableCredential\",\"OpenBadgeCredential\"],"
            "\"issuer\":{\"id\":\"did:key:z6Mk\",\"name\":\"A school\"},\"validFrom\":\"2026-05-04T00:00:00Z\","
            "\"credentialSubject\":{\"achievement\":{\"name\":\"Knots\",\"achievementType\":\"MicroCredential\"}}}")};
    assert_ok(mr_badge_words_read(&a, &badge, mr_env_system(), mr_language_find(MR_STR("da")), &w, &err), err);
    assert_str(w.title, "Knots");
    assert_str(w.body, "A school");
    assert_str(w.year, "2026");
    assert_str_eq(w.kind, mr_message(mr_language_find(MR_STR("da")), "badge.kind"));
    assert_int_equal(w.test.len, 0);
    badge.text = MR_STR("{\"type\":\"Assertion\",\"badge\":\"https://badges.example/class\"}");
    assert_code(mr_badge_words_read(&a, &badge, mr_env_system(), mr_language_english(), &w, &err), MR_E_FORMAT, err);
    mr_arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_badge_image__every_title_makes_a_small_png),
        cmocka_unit_test(test_badge_image__svg_is_whole_and_does_nothing),
        cmocka_unit_test(test_badge_words_read__from_a_badge_and_a_micro_credential),
    };
    return cmocka_run_group_tests_name("credential/badge_image", tests, NULL, NULL);
}
