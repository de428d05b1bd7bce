#include "testing.h"

#include "base/limits.h"
#include "credential/page_image.h"
#include "credential/page_png.h"

#include <cairo.h>
#include <stdlib.h>

#define URL "https://merit.example.org/verify"

static mr_texts text(mr_arena *a, const char *english, const char *danish)
{
    struct mr_localised *items = MR_NEW_ARRAY(a, struct mr_localised, 2);
    assert_non_null(items);
    items[0] = (struct mr_localised){MR_STR("en"), mr_str_of(english)};
    items[1] = (struct mr_localised){MR_STR("da"), mr_str_of(danish)};
    return (mr_texts){items, danish ? 2 : 1};
}

static void fill(mr_arena *a, mr_specification *s, size_t outcomes, const char *outcome)
{
    *s = (mr_specification){.title = text(a, "Wound care with digital follow-up", "Sårpleje med digital opfølgning"),
                            .ects_hundredths = 250,
                            .workload_minutes = 56 * 60,
                            .outcome_count = outcomes};
    s->provider.name = text(a, "Aarhus School of Nursing", "Aarhus Sygeplejeskole");
    s->awarding_bodies = &s->provider;
    s->awarding_body_count = 1;
    s->eqf = mr_concept_find(MR_SCHEME_EQF, MR_STR("6"));
    s->outcomes = MR_NEW_ARRAY(a, struct mr_learning_outcome, outcomes);
    assert_non_null(s->outcomes);
    for (size_t i = 0; i < outcomes; i++) s->outcomes[i].title = text(a, outcome, NULL);
}

static mr_achievement achievement_of(const char *name)
{
    return (mr_achievement){.learner.full_name = mr_str_of(name),
                            .awarded_on = {2026, 10, 14},
                            .place = MR_STR("Aarhus"),
                            .grade = MR_STR("Passed")};
}

static mr_str draw(mr_arena *a, mr_page_image *p, const char *name)
{
    struct mr_err err = {0};
    mr_buf out;
    mr_achievement achievement = achievement_of(name);
    mr_buf_init(&out, MR_MIB);
    assert_ok(mr_page_image_draw(p, &achievement, &out, &err), err);
    mr_str png = mr_arena_dup(a, mr_buf_str(&out));
    mr_buf_done(&out);
    return png;
}

static mr_page_image *open_image(const mr_specification *s, const char *language, bool is_test)
{
    struct mr_err err = {0};
    mr_page_image *p = NULL;
    const mr_language *l = language ? mr_language_find(mr_str_of(language)) : NULL;
    assert_ok(mr_page_image_open(s, l, MR_STR(URL), is_test, &p, &err), err);
    return p;
}

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

/* Read back by libpng, which checks every check sum. Returns the share of pixels, in millionths, that are as dark as ink. */
static long decode(mr_str png, int *ret_width)
{
    struct octets o = {png, 0};
    cairo_surface_t *surface = cairo_image_surface_create_from_png_stream(next_octets, &o);
    if (cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS)
        fail_msg("not a PNG: %s", cairo_status_to_string(cairo_surface_status(surface)));
    assert_int_equal(o.at, png.len);
    int width = cairo_image_surface_get_width(surface), height = cairo_image_surface_get_height(surface);
    const unsigned char *data = cairo_image_surface_get_data(surface);
    long dark = 0;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) dark += data[y * cairo_image_surface_get_stride(surface) + 4 * x + 1] < 0x60;
    *ret_width = width;
    assert_in_range(height * 1000 / width, 1413, 1416);
    cairo_surface_destroy(surface);
    return dark * 1000000 / ((long)width * height);
}

static const char *const names[] = {
    "Mette Krogh Poulsen",
    "Suharto",
    "Þórunn Ægisdóttir Łukasiewicz-Đorđević",
    "Αλεξάνδρα-Κωνσταντίνα Παπαδημητρίου-Χατζηγεωργίου von Württemberg-Hohenzollern-Sigmaringen",
    "Володимир Олександрович Щербаківський",
    ("Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewissenhaftschaferswessenschafewarenwohlgepflegeundsorgfa"
     "l"
     "tigkeitbeschutzen"),
    "",
};

static void test_page_image__every_name_fits(void **state)
{
    (void)state;
    mr_arena a;
    mr_specification s;
    mr_arena_init(&a, 64 * MR_MIB);
    fill(&a, &s, 3, "Judge when to refer, and write a referral that a specialist can act on.");
    mr_page_image *p = open_image(&s, NULL, false);
    mr_str first = draw(&a, p, names[0]);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        int width = 0;
        mr_str png = draw(&a, p, names[i]);
        if (png.len > MR_LIMIT_PAGE_IMAGE) fail_msg("%s: %zu octets", names[i], png.len);
        assert_true(decode(png, &width) > 10000);
        assert_int_equal(width, 1000);
        if (i) assert_false(mr_str_eq(png, first));
    }
    assert_str_eq(draw(&a, p, names[0]), first); /* nothing of the others is left */
    mr_page_image_close(p);
    mr_arena_done(&a);
}

static const struct {
    size_t outcomes;
    const char *outcome;
    bool is_test;
} contents[] = {
    {1, "Act.", false},
    {12, "Explain how chronic wounds are staged, and plan the follow-up with images.", false},
    {12, "Explain how chronic wounds are staged, and plan the follow-up with images.", true},
    {40,
     "Explain, on the basis of European and national guidelines, how the long-term treatment of chronic wounds is "
     "planned, documented, "
     "reviewed with patients and relatives, and adapted when the first line of treatment has not been sufficient, and "
     "why that is so.",
     true},
    {0, "", false},
};

static void test_page_image__every_content_fits(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof contents / sizeof *contents; i++) {
        mr_arena a;
        mr_specification s;
        int width = 0;
        mr_arena_init(&a, 64 * MR_MIB);
        fill(&a, &s, contents[i].outcomes, contents[i].outcome);
        mr_page_image *p = open_image(&s, NULL, contents[i].is_test);
        mr_str png = draw(&a, p, names[3]);
        if (png.len > MR_LIMIT_PAGE_IMAGE) fail_msg("case %zu: %zu octets", i, png.len);
        decode(png, &width);
        assert_true(width >= 800);
        mr_page_image_close(p);
        mr_arena_done(&a);
    }
}

static void test_page_image__a_test_seal_shows(void **state)
{
    (void)state;
    mr_arena a;
    mr_specification s;
    mr_arena_init(&a, 64 * MR_MIB);
    fill(&a, &s, 3, "Act.");
    mr_page_image *real = open_image(&s, NULL, false), *test = open_image(&s, NULL, true);
    assert_false(mr_str_eq(draw(&a, real, names[0]), draw(&a, test, names[0])));
    mr_page_image_close(real);
    mr_page_image_close(test);
    mr_arena_done(&a);
}

static void test_page_image__labels_in_the_language_asked_for(void **state)
{
    (void)state;
    mr_arena a;
    mr_specification s;
    mr_arena_init(&a, 64 * MR_MIB);
    fill(&a, &s, 3, "Act.");
    mr_page_image *english = open_image(&s, NULL, false), *also = open_image(&s, "en", false),
                  *danish = open_image(&s, "da", false);
    mr_str first = draw(&a, english, names[0]);
    assert_str_eq(draw(&a, also, names[0]), first);
    assert_false(mr_str_eq(draw(&a, danish, names[0]), first));
    mr_page_image_close(english);
    mr_page_image_close(also);
    mr_page_image_close(danish);
    mr_arena_done(&a);
}

static void test_page_image__its_qr_code_can_be_read(void **state)
{
    (void)state;
    mr_arena a;
    mr_specification s;
    struct mr_err err = {0};
    if (system("zbarimg --version >/dev/null 2>&1") != 0) test_skip("zbarimg is not here");
    for (size_t i = 1; i < 4; i++) {
        char line[256] = "";
        mr_arena_init(&a, 64 * MR_MIB);
        fill(&a, &s, contents[i].outcomes, contents[i].outcome);
        mr_page_image *p = open_image(&s, NULL, contents[i].is_test);
        const char *path = test_path(&a, test_temp_folder(), "page.png");
        assert_ok(mr_file_write(path, draw(&a, p, names[0]), 0644, false, &err), err);
        FILE *pipe = popen(mr_arena_format(&a, "zbarimg -q --raw '%s' 2>/dev/null", path).ptr, "r");
        assert_non_null(pipe);
        if (!fgets(line, sizeof line, pipe)) line[0] = '\0';
        pclose(pipe);
        assert_string_equal(line, URL "\n");
        mr_page_image_close(p);
        mr_arena_done(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_page_image__every_name_fits),
        cmocka_unit_test(test_page_image__every_content_fits),
        cmocka_unit_test(test_page_image__a_test_seal_shows),
        cmocka_unit_test(test_page_image__labels_in_the_language_asked_for),
        cmocka_unit_test(test_page_image__its_qr_code_can_be_read),
    };
    return cmocka_run_group_tests_name("credential/page_image", tests, NULL, NULL);
}
