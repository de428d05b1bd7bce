/* How certificates look: who may choose, which colours are legible, what becomes of pictures; a sample with it; and which addresses lead to one credential. */
#include "placing.h"

#include "credential/picture.h"
#include "service/branding.h"
#include "service/certificate.h"
#include "service/verify_link.h"

static struct mr_findings *fresh(struct world *w)
{
    struct mr_findings *f = MR_NEW(&w->a, struct mr_findings);
    mr_findings_init(f, &w->a);
    return f;
}

static int save(struct world *w, const struct mr_actor *actor, const char *accent, const char *line, const char *name,
                const char *role, struct mr_findings *f)
{
    struct mr_err err = {0};
    const struct mr_branding_row row = {
        .accent = mr_str_of(accent), .line = mr_str_of(line), .signatory = mr_str_of(name), .role = mr_str_of(role)};
    return mr_branding_save(w->s, &w->a, actor, w->org, &row, f, &err);
}

/* Expected contrasts by the formula of WCAG 2.2, computed elsewhere: #767676 4.54, #777777 4.48, #949494 3.03, #959595 2.99. */
static void test_branding__refuses_what_cannot_be_read(void **state)
{
    struct world *w = *state;
    static const struct {
        const char *accent, *line, *name, *role, *finding, *pointer;
    } cases[] = {
        {"#767676", "", "", "", NULL, NULL},
        {"#777777", "", "", "", "branding.faint", "/accent"},
        {"", "#949494", "", "", NULL, NULL},
        {"", "#959595", "", "", "branding.faint_line", "/line"},
        {"#000000", "#FFFFFF", "", "", "branding.faint_line", "/line"},
        {"#ff0000", "", "", "", "branding.faint", "/accent"}, /* red: 3.998 */
        {"#0000ff", "", "", "", NULL, NULL},
        {"green", "", "", "", "branding.colour", "/accent"},
        {"#0b5d4", "", "", "", "branding.colour", "/accent"},
        {"#0b5d4g", "", "", "", "branding.colour", "/accent"},
        {"", "", "", "Dean", "branding.nobody", "/signatory"},
        {"", "", "Birgitte Example\nDean", "", "branding.text", "/signatory"},
        {"", "", "0123456789012345678901234567890123456789012345678901234567890123456789012345678901", "",
         "branding.text", "/signatory"},
        {"", "", "Birgitte Example", "Dean", NULL, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_findings *f = fresh(w);
        int code = save(w, as(w, w->org, MR_ROLE_ADMINISTRATOR), cases[i].accent, cases[i].line, cases[i].name,
                        cases[i].role, f);
        if (code != (cases[i].finding ? MR_E_SPECIFICATION : MR_OK)) fail_msg("case %zu: %d", i, code);
        if (!cases[i].finding) continue;
        assert_int_equal(f->count, 1);
        assert_string_equal(f->items[0].id, cases[i].finding);
        assert_string_equal(f->items[0].pointer, cases[i].pointer);
    }
}

static void test_branding__is_the_administrators(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_branding_row row;
    assert_int_equal(save(w, as(w, w->org, MR_ROLE_REGISTRAR), "#000000", "", "", "", fresh(w)), MR_E_FORBIDDEN);
    assert_int_equal(save(w, as(w, w->other, MR_ROLE_ADMINISTRATOR), "#000000", "", "", "", fresh(w)), MR_E_NOT_FOUND);
    assert_int_equal(mr_branding_set_picture(w->s, &w->a, as(w, w->org, MR_ROLE_DESIGNER), w->org, MR_BRANDING_LOGO,
                                             MR_STR_EMPTY, &err),
                     MR_E_FORBIDDEN);
    assert_ok(mr_branding_get(w->s, &w->a, w->org, &row, &err), err);
    assert_false(row.is_there);
}

static mr_str png_of(struct world *w, size_t width, size_t height)
{
    struct mr_err err = {0};
    mr_buf out;
    struct mr_pixels p = {width, height, calloc(width * height, 4)};
    mr_buf_init(&out, 8 * MR_MIB);
    for (size_t i = 0; i < width * height * 4; i += 4) p.octets[i] = p.octets[i + 3] = 255;
    assert_ok(mr_picture_write_png(&p, &out, &err), err);
    mr_picture_done(&p);
    mr_str made = mr_arena_dup(&w->a, mr_buf_str(&out));
    mr_buf_done(&out);
    return made;
}

static void test_branding__makes_pictures_anew(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_branding_row row;
    struct mr_pixels kept;
    const struct mr_actor *admin = as(w, w->org, MR_ROLE_ADMINISTRATOR);
    assert_ok(save(w, admin, "#7a1f5c", "", "Birgitte Example", "Dean", fresh(w)), err);
    mr_str given = png_of(w, 1600, 300);
    assert_ok(mr_branding_set_picture(w->s, &w->a, admin, w->org, MR_BRANDING_LOGO, given, &err), err);
    assert_ok(mr_branding_get(w->s, &w->a, w->org, &row, &err), err);
    assert_str(row.signatory, "Birgitte Example"); /* the picture left the words alone */
    assert_int_equal(row.signature.len, 0);
    assert_ok(mr_picture_decode(row.logo, &kept, &err), err);
    assert_int_equal(kept.width, MR_LIMIT_LOGO_WIDE);
    assert_int_equal(kept.height, 300 * MR_LIMIT_LOGO_WIDE / 1600);
    assert_int_equal(kept.octets[0], 255); /* blue stays blue */
    assert_int_equal(kept.octets[1], 0);
    mr_picture_done(&kept);
    assert_ok(save(w, admin, "#000000", "", "", "", fresh(w)), err);
    assert_ok(mr_branding_get(w->s, &w->a, w->org, &row, &err), err);
    assert_true(row.logo.len > 0); /* and the words left the picture alone */
    assert_ok(mr_branding_set_picture(w->s, &w->a, admin, w->org, MR_BRANDING_LOGO, MR_STR_EMPTY, &err), err);
    assert_ok(mr_branding_get(w->s, &w->a, w->org, &row, &err), err);
    assert_int_equal(row.logo.len, 0);
}

#define WIDE_PNG "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xff\xff\0\0\xff\xff\x08\2\0\0\0\0\0\0\0\0\0\0\0IEND\0\0\0\0"
static void test_branding__refuses_pictures_that_do_harm(void **state)
{
    struct world *w = *state;
    mr_str whole = png_of(w, 200, 200);
    const struct {
        mr_str file;
        const char *message;
    } cases[] = {
        {MR_STR("<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>"), "picture.kind"},
        {MR_STR("GIF89a"), "picture.kind"},
        {MR_STR(WIDE_PNG), "picture.too_large"}, /* 4 billion pixels in 60 octets */
        {mr_str_make(whole.ptr, whole.len / 2), "picture.damaged"},
        {MR_STR("\x89PNG\r\n\x1a\n"), "picture.damaged"},
        {MR_STR("\xff\xd8\xff\xe0 no picture"), "picture.damaged"},
        {mr_str_make(MR_NEW_ARRAY(&w->a, char, MR_LIMIT_LOGO_FILE + 1), MR_LIMIT_LOGO_FILE + 1), "picture.too_large"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_err err = {0};
        int code = mr_branding_set_picture(w->s, &w->a, as(w, w->org, MR_ROLE_ADMINISTRATOR), w->org,
                                           MR_BRANDING_SIGNATURE, cases[i].file, &err);
        if (code == MR_OK || strcmp(err.message, cases[i].message) != 0)
            fail_msg("case %zu: %d %s, not %s", i, code, err.message ? err.message : "", cases[i].message);
    }
}

static mr_str sample(struct world *w, mr_certificate_form form)
{
    struct mr_err err = {0};
    mr_buf out;
    mr_buf_init(&out, MR_LIMIT_PDF);
    assert_ok(mr_certificate_sample(w->s, &w->a, w->org, mr_language_english(), form, &out, &err), err);
    mr_str made = mr_arena_dup(&w->a, mr_buf_str(&out));
    mr_buf_done(&out);
    return made;
}

static void test_branding__shows_in_the_sample(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    mr_str before = sample(w, MR_CERTIFICATE_PDF), code;
    assert_true(mr_str_has_prefix(before, MR_STR("%PDF-1.")));
    assert_true(mr_str_eq(before, sample(w, MR_CERTIFICATE_PDF))); /* the same order, the same octets */
    mr_str plain = sample(w, MR_CERTIFICATE_PICTURE);
    assert_ok(save(w, as(w, w->org, MR_ROLE_ADMINISTRATOR), "#7a1f5c", "", "Birgitte Example", "Dean", fresh(w)), err);
    assert_false(mr_str_eq(before, sample(w, MR_CERTIFICATE_PDF)));
    mr_str picture = sample(w, MR_CERTIFICATE_PICTURE);
    assert_false(mr_str_eq(plain, picture));
    assert_ok(mr_picture_read_code(&w->a, picture, &code, &err), err); /* and its code can be read */
    assert_str(code, "http://127.0.0.1:8400/verify");
}

static void test_verify_link__only_our_own(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    mr_str id = MR_STR("0190a000-0000-7000-8000-00000000000a"), path = mr_verify_path(w->s, &w->a, id), got, mac;
    struct mr_claim claim;
    char last = path.ptr[path.len - 1];
    const struct {
        mr_str link;
        bool ours;
    } cases[] = {
        {path, true},
        {mr_arena_format(&w->a, "http://127.0.0.1:8400%.*s", MR_STR_ARG(path)), true},
        {mr_arena_format(&w->a, "http://evil.example%.*s", MR_STR_ARG(path)), false},
        {mr_arena_format(&w->a, "http://127.0.0.1:8400.evil.example%.*s", MR_STR_ARG(path)), false},
        {mr_arena_format(&w->a, "%.*s/more", MR_STR_ARG(path)), false},
        {mr_arena_format(&w->a, "%.*s%c", (int)path.len - 1, path.ptr, last == 'A' ? 'B' : 'A'), false},
        {mr_arena_format(&w->a, "/claim%.*s", MR_STR_ARG(mr_str_from(path, 7))), false},
        {MR_STR("/verify"), false},
        {MR_STR(""), false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (mr_verify_link_read(w->s, cases[i].link, &got, &mac) != cases[i].ours) fail_msg("case %zu", i);
    assert_true(mr_verify_link_read(w->s, path, &got, &mac));
    assert_true(mr_str_eq(got, id));
    assert_int_equal(mr_verify_link_open(w->s, &w->a, got, mac, &claim, &err), MR_E_NOT_FOUND); /* nothing is there */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_branding__refuses_what_cannot_be_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_branding__is_the_administrators, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_branding__makes_pictures_anew, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_branding__refuses_pictures_that_do_harm, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_branding__shows_in_the_sample, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_verify_link__only_our_own, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("branding", tests, NULL, NULL);
}
