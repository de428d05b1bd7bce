#include "testing.h"

#include "credential/svg_active.h"

#define S MR_SVG_NAMESPACE "\n"
#define XLINK "http://www.w3.org/1999/xlink\n"

static void test_svg_active_element__what_acts_or_calls_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *name, *attributes[5], *id, *what;
    } cases[] = {
        {S "script", {NULL}, "svg.script", "script"},
        {"SCRIPT", {NULL}, "svg.script", "SCRIPT"},
        {"http://www.w3.org/2001/xml-events\nlistener", {NULL}, "svg.script", "listener"},
        {S "foreignObject", {NULL}, "svg.foreign", "foreignObject"},
        {"http://www.w3.org/1999/xhtml\nbody", {NULL}, "svg.foreign", "body"},
        {S "iframe", {NULL}, "svg.foreign", "iframe"},
        {S "g", {"onload", "go()"}, "svg.event", "onload"},
        {S "g", {"ONCLICK", ""}, "svg.event", "ONCLICK"},
        {S "g", {"http://www.w3.org/2001/xml-events\nevent", "click"}, "svg.event", "event"},
        {S "a", {"href", "https://x.example/"}, "svg.elsewhere", "href"},
        {S "use", {XLINK "href", "other.svg#a"}, "svg.elsewhere", "href"},
        {S "image", {XLINK "href", "//x.example/a.png"}, "svg.elsewhere", "href"},
        {S "image", {"href", "data:image/svg+xml;base64,AA"}, "svg.elsewhere", "href"},
        {S "image", {"href", " data:text/html,x"}, "svg.script", "href"},
        {S "a", {XLINK "href", "JavaScript:go()"}, "svg.script", "href"},
        {S "a", {"x", "1", "href", "\tjavascript:go()"}, "svg.script", "href"},
        {S "svg", {"http://www.w3.org/XML/1998/namespace\nbase", "https://x.example/"}, "svg.elsewhere", "base"},
        {S "rect", {"fill", "url(https://x.example/a#b)"}, "svg.elsewhere", "fill"},
        {S "rect", {"fill", "url( 'a.svg#b' )"}, "svg.elsewhere", "fill"},
        {S "rect", {"fill", "url(#a) URL(b.svg)"}, "svg.elsewhere", "fill"},
        {S "rect", {"fill", "\\75rl(https://x.example/)"}, "svg.style", "fill"},
        {S "rect", {"style", "fill:\\75"}, "svg.style", "style"},
        {S "rect", {"style", "background:image-set('a.png' 1x)"}, "svg.elsewhere", "style"},
        {S "set", {"attributeName", "href", "to", "#a"}, "svg.animation", "set"},
        {S "animate", {"attributeName", "xlink:href", "values", "#a"}, "svg.animation", "animate"},
        {S "animate", {"attributeName", "onclick", "to", "x"}, "svg.animation", "animate"},
        {S "animate", {"attributeName", "fill", "to", "url(//x.example)"}, "svg.elsewhere", "to"},
        {S "feImage", {"href", "a.png"}, "svg.elsewhere", "href"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *what = NULL, *id = mr_svg_active_element(cases[i].name, cases[i].attributes, &what);
        if (!id || strcmp(id, cases[i].id) != 0 || strcmp(what, cases[i].what) != 0)
            fail_msg("case %zu (%s): got %s (%s), wanted %s (%s)", i, cases[i].name, id ? id : "nothing",
                     what ? what : "", cases[i].id, cases[i].what);
    }
}

static void test_svg_active_element__drawings_are_let_through(void **state)
{
    (void)state;
    static const struct {
        const char *name, *attributes[7];
    } cases[] = {
        {S "svg", {"width", "640", "viewBox", "0 0 9 9"}},
        {S "use", {XLINK "href", "#a"}},
        {S "a", {"href", ""}},
        {S "image", {"href", "data:image/png;base64,AA"}},
        {S "rect", {"fill", "url(#a)", "style", "fill:url('#b');opacity:.5", "transform", "translate(1,2)"}},
        {S "animate", {"attributeName", "opacity", "to", "1"}},
        {S "text", {"font-family", "Only", "id", "on"}},
        {"http://purl.org/dc\nformat", {"http://www.w3.org/1999/02/22-rdf-syntax-ns#\nresource", "http://purl.org/dc"}},
        {S "g", {"http://www.inkscape.org/namespaces/inkscape\nexport-filename", "C:\\badges (1)\\a.png"}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *what = NULL, *id = mr_svg_active_element(cases[i].name, cases[i].attributes, &what);
        if (id) fail_msg("case %zu (%s): %s (%s)", i, cases[i].name, id, what);
    }
}

static void test_svg_active_style__sheets(void **state)
{
    (void)state;
    assert_string_equal(mr_svg_active_style(MR_STR("a{} @IMPORT 'x.css';")), "svg.elsewhere");
    assert_string_equal(mr_svg_active_style(MR_STR("@font-face{src:url(x.woff)}")), "svg.elsewhere");
    assert_string_equal(mr_svg_active_style(MR_STR("a{width:expression(go())}")), "svg.script");
    assert_string_equal(mr_svg_active_style(MR_STR("@\\69mport 'x'")), "svg.style");
    assert_string_equal(mr_svg_active_style(MR_STR("a{fill:url(")), "svg.elsewhere");
    assert_null(mr_svg_active_style(MR_STR(".st0{fill:#fff;filter:url(\"#f\")}")));
    assert_null(mr_svg_active_style(MR_STR_EMPTY));
    assert_string_equal(mr_svg_active_instruction("xml-stylesheet"), "svg.stylesheet");
    assert_null(mr_svg_active_instruction("xpacket"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_svg_active_element__what_acts_or_calls_is_named),
        cmocka_unit_test(test_svg_active_element__drawings_are_let_through),
        cmocka_unit_test(test_svg_active_style__sheets),
    };
    return cmocka_run_group_tests_name("credential/svg_active", tests, NULL, NULL);
}
