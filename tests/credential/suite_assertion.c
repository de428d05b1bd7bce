/* Open Badges 2.0 and older against 1EdTech's validator's cases, the examples of the specification, files of other software, and the extensions of edubadges.
 * The network is a table: an address at example.org stands for a file of the suite, and a badge's own address for the badge itself. */
#include "testing.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "credential/assertion.h"
#include "credential/hosted.h"
#include "credential/verify.h"
#include "credential/view_assertion.h"
#include "json/write.h"

#define NOW INT64_C(1790000000000) /* September 2026 */

struct bench {
    mr_arena memory, a;
    mr_env env;
    const char *folder;
    mr_str id, text; /* of the badge that is looked at */
    mr_fetch fetch;
};

/* ---- the network ---- */

static mr_str name_at(mr_str url, const char *host)
{
    ptrdiff_t at = mr_str_find(url, MR_STR("://"));
    mr_str rest = at < 0 ? MR_STR_EMPTY : mr_str_from(url, (size_t)at + 3);
    if (mr_str_has_prefix(rest, MR_STR("www."))) rest = mr_str_from(rest, 4);
    return mr_str_has_prefix(rest, mr_str_of(host)) ? mr_str_from(rest, strlen(host)) : MR_STR_EMPTY;
}

static int get(void *self, mr_arena *a, mr_str url, const char *accept, size_t max, mr_str *ret, struct mr_err *err)
{
    struct bench *b = self;
    mr_str name = name_at(url, "example.org/");
    (void)accept;
    if (b->id.len && mr_assertion_same_address(url, b->id)) {
        *ret = b->text;
        return MR_OK;
    }
    if (name.len == 0 || mr_str_find_char(name, '/') >= 0)
        return MR_FAIL_DETAIL(err, MR_E_NET, "nobody answers", "HTTP status 404");
    const char *path = mr_arena_format(a, "%s/assets/%.*s", b->folder, MR_STR_ARG(name)).ptr;
    if (mr_file_read(a, path, max, ret, NULL) == MR_OK) return MR_OK;
    return MR_FAIL_DETAIL(err, MR_E_NET, "nobody answers", "HTTP status 404");
}

static void open_bench(struct bench *b, const char *folder)
{
    *b = (struct bench){.fetch = {get, b}};
    b->env = test_env_fixed(NOW, 7);
    mr_arena_init(&b->memory, 8 * MR_MIB);
    mr_arena_init(&b->a, MR_LIMIT_DOCUMENT_MEMORY);
    b->folder = folder;
}

static void close_bench(struct bench *b)
{
    mr_arena_done(&b->a);
    mr_arena_done(&b->memory);
}

/* ---- looking ---- */

/* The text of the first iTXt chunk "openbadges" (Open Badges 2.0, baking). */
static mr_str unbaked(mr_str png)
{
    static const char keyword[] = "openbadges";
    size_t at = 8;
    while (at + 12 <= png.len) {
        const unsigned char *p = (const unsigned char *)png.ptr + at;
        size_t size = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
        assert_true(size <= png.len - at - 12);
        if (memcmp(p + 4, "iTXt", 4) == 0 && memcmp(p + 8, keyword, sizeof keyword) == 0) {
            size_t head = sizeof keyword + 4; /* two flags, two empty texts */
            return mr_str_make(png.ptr + at + 8 + head, size - head);
        }
        at += 12 + size;
    }
    fail_msg("nothing is baked into this picture");
    return MR_STR_EMPTY;
}

static mr_report verify(struct bench *b, mr_str file)
{
    struct mr_err err = {0};
    mr_verifier *v = NULL;
    mr_report r;
    const struct mr_verifying verifying = {.env = &b->env, .language = mr_language_english(), .fetch = &b->fetch};
    assert_ok(mr_verifier_open(&verifying, &v, &err), err);
    assert_ok(mr_verify(v, &b->a, file, &r, &err), err);
    mr_verifier_close(v);
    return r;
}

static bool any_failed(const mr_report *r)
{
    for (int i = 0; i < MR_CHECK_HOLDER; i++)
        if (r->checks[i].claimed && r->checks[i].state == MR_FAILED) return true;
    return false;
}

static bool has_passed(const mr_report *r, mr_check_code code)
{
    return r->checks[code].claimed && r->checks[code].state == MR_PASSED;
}

static void print_report(const char *id, const mr_report *r)
{
    for (int i = 0; i < MR_CHECK_COUNT; i++)
        if (r->checks[i].claimed)
            print_error("%s: %s %s: %.*s (%.*s)\n", id, mr_check_name((mr_check_code)i),
                        mr_state_name(r->checks[i].state), MR_STR_ARG(r->checks[i].text),
                        MR_STR_ARG(r->checks[i].detail));
}

struct told {
    mr_arena *a;
    mr_str messages;
};

static void hear(void *self, const char *message, const mr_json *where, mr_str detail)
{
    struct told *t = self;
    (void)where;
    if (mr_assertion_is_remark(message)) return;
    t->messages = mr_arena_format(t->a, "%.*s%s%s %.*s", MR_STR_ARG(t->messages), t->messages.len ? "; " : "", message,
                                  MR_STR_ARG(detail));
}

static const mr_json *parse(struct bench *b, mr_str text)
{
    struct mr_err err = {0};
    const mr_json *root = NULL;
    assert_ok(mr_json_parse(&b->a, text, NULL, &root, &err), err);
    return root;
}

/* The rules that an object of this class breaks, with those of the issuer of a badge class. */
static mr_str broken_as(struct bench *b, const mr_json *root, mr_assertion_class is)
{
    struct mr_err err = {0};
    struct told t = {&b->a, MR_STR("")};
    const mr_json *object = NULL;
    struct mr_hosted issuer;
    mr_assertion_check_context(root, hear, &t);
    assert_ok(mr_assertion_upgrade(&b->a, root, is, MR_STR_EMPTY, &object, &err), err);
    mr_assertion_check(object, is, hear, &t);
    mr_str url = mr_assertion_id(mr_json_get(object, "issuer"));
    if (is != MR_OB_BADGE_CLASS || !mr_assertion_is_web(url)) return t.messages;
    assert_ok(mr_hosted_get(&b->a, &b->fetch, url, false, &issuer, &err), err);
    if (issuer.outcome != MR_HOSTED_FOUND) return t.messages;
    mr_str more = broken_as(b, issuer.json, MR_OB_PROFILE);
    return mr_arena_concat(&b->a, (const mr_str[]){t.messages, more}, 2);
}

static mr_str broken(struct bench *b, const mr_json *root)
{
    mr_assertion_class is = mr_assertion_class_of(root);
    return is == MR_OB_NOTHING ? MR_STR("ob.type ") : broken_as(b, root, is);
}

/* ---- 1EdTech's validator ---- */

static bool agrees_about_badge(struct bench *b, const char *id, mr_str file, mr_str verdict)
{
    mr_report r = verify(b, file);
    bool good = !any_failed(&r) && has_passed(&r, MR_CHECK_FORMAT) && has_passed(&r, MR_CHECK_SEAL) &&
                has_passed(&r, MR_CHECK_ISSUER) && has_passed(&r, MR_CHECK_DATES) && r.view.title.len;
    bool agrees = mr_str_is(verdict, "valid")     ? good
                  : mr_str_is(verdict, "warning") ? good && r.remark_count > 0
                                                  : any_failed(&r) && r.verdict != MR_VERDICT_VALID;
    if (!agrees) print_report(id, &r);
    return agrees;
}

static bool agrees_about_object(struct bench *b, const char *id, const mr_json *root, mr_str verdict)
{
    mr_str told = broken(b, root);
    bool agrees = (told.len == 0) == mr_str_is(verdict, "valid");
    if (!agrees) print_error("%s: %.*s\n", id, MR_STR_ARG(told));
    return agrees;
}

static mr_str payload_of(struct bench *b, mr_str token)
{
    mr_str rest = token, part, octets = MR_STR_EMPTY;
    struct mr_err err = {0};
    mr_str_split(&rest, '.', &part);
    mr_str_split(&rest, '.', &part);
    assert_ok(mr_base64url_read(&b->a, part, &octets, &err), err);
    return octets;
}

static bool agrees(struct bench *b, const mr_json *one)
{
    const char *id = mr_arena_cstr(&b->memory, mr_json_get_str(one, "id")),
               *path = test_path(&b->memory, b->folder, id);
    mr_str file = test_read_file(&b->memory, path), text = file, verdict = mr_json_get_str(one, "verdict");
    bool picture = mr_str_has_suffix(mr_str_of(id), MR_STR(".png")),
         token = mr_str_has_suffix(mr_str_of(id), MR_STR(".jwt"));
    if (picture) text = file = unbaked(file);
    if (token) text = payload_of(b, mr_str_trim(file));
    const mr_json *root = parse(b, text);
    mr_assertion_class is = mr_assertion_class_of(root);
    b->id = mr_json_get_str(root, "id"), b->text = text;
    bool badge = is == MR_OB_ASSERTION || mr_json_get(root, "recipient");
    if (!badge) b->id = MR_STR_EMPTY;
    return badge ? agrees_about_badge(b, id, file, verdict) : agrees_about_object(b, id, root, verdict);
}

static void test_verify__agrees_with_the_validator(void **state)
{
    (void)state;
    struct bench b;
    size_t passed = 0, count = 0, others = 0;
    mr_arena a;
    mr_arena_init(&a, 16 * MR_MIB);
    const char *suite = test_suite(&a, "ob20");
    open_bench(&b, test_path(&a, suite, "1edtech-validator"));
    struct mr_err err = {0};
    const mr_json *manifest = NULL;
    assert_ok(mr_json_parse(&a, test_read_file(&a, test_path(&a, suite, "manifest.json")), NULL, &manifest, &err), err);
    MR_JSON_EACH (one, manifest) {
        if (!mr_str_has_prefix(mr_json_get_str(one, "file"), MR_STR("1edtech-validator/"))) {
            others++; /* pictures to be read, not badges to be verified */
            continue;
        }
        mr_arena_reset(&b.a);
        count++, passed += agrees(&b, one);
    }
    test_suite_count("ob20", passed, count, others);
    assert_int_equal(passed, count);
    assert_int_equal(count, 30);
    close_bench(&b);
    mr_arena_done(&a);
}

/* ---- other files ---- */

static const struct expected {
    const char *file;
    mr_assertion_class as;
    const char *version, *told; /* told: the rules that are broken */
} older[] = {
    {"validator-core/0_5_assertion.json", MR_OB_ASSERTION, "0.5", "ob.missing issuedOn"},
    {"validator-core/0_5_1_assertion.json", MR_OB_ASSERTION, "0.5", ""},
    {"validator-core/1_0_basic_assertion.json", MR_OB_ASSERTION, "1.0", ""},
    {"validator-core/1_0_basic_assertion_with_extra_properties.json", MR_OB_ASSERTION, "1.0", ""},
    {"validator-core/1_0_assertion_with_errors.json", MR_OB_ASSERTION, "1.0", "ob.member recipient"},
    {"validator-core/1_0_basic_badgeclass.json", MR_OB_BADGE_CLASS, "", ""},
    {"validator-core/1_0_basic_issuer.json", MR_OB_PROFILE, "", ""},
    {"validator-core/1_1_basic_assertion.json", MR_OB_ASSERTION, "1.1", ""},
    {"validator-core/1_1_basic_badgeclass.json", MR_OB_BADGE_CLASS, "1.1", ""},
    {"validator-core/1_1_basic_issuer.json", MR_OB_PROFILE, "1.1", ""},
    {"validator-core/2_0_basic_assertion.json", MR_OB_ASSERTION, "2.0", ""},
    {"validator-core/2_0_basic_badgeclass.json", MR_OB_BADGE_CLASS, "2.0", ""},
    {"validator-core/2_0_basic_issuer.json", MR_OB_PROFILE, "2.0", ""},
    {"badgr-backpack/0_5_basic_instance.json", MR_OB_ASSERTION, "0.5", ""},
    {"badgr-backpack/1_0_basic_instance.json", MR_OB_ASSERTION, "1.0", ""},
    {"badgr-backpack/1_0_basic_instance2.json", MR_OB_ASSERTION, "1.0", ""},
    {"badgr-backpack/1_0_basic_instance3.json", MR_OB_ASSERTION, "1.0", ""},
    {"badgr-backpack/1_0_basic_instance_missing_badge_prop.json", MR_OB_ASSERTION, "", "ob.missing badge"},
    {"badgr-backpack/1_0_basic_instance_with_bad_date.json", MR_OB_ASSERTION, "1.0", "ob.date issuedOn"},
    {"badgr-backpack/1_0_basic_badgeclass.json", MR_OB_BADGE_CLASS, "", ""},
    {"badgr-backpack/1_0_basic_issuer.json", MR_OB_PROFILE, "", ""},
    {"badgr-backpack/2_0_assertion_embedded_badgeclass.json", MR_OB_ASSERTION, "2.0", ""},
};

/* Pieces of the specification's pages have no type: they show one member. */
static const struct expected examples[] = {
    {"examples-00-Assertion.json", MR_OB_ASSERTION, "2.0", ""},
    {"examples-02-Issuer.json", MR_OB_PROFILE, "2.0", ""},
    {"examples-05-Assertion.json", MR_OB_ASSERTION, "2.0", ""},
    {"examples-06-CryptographicKey.json", MR_OB_KEY, "2.0", ""},
    {"examples-07-RevocationList.json", MR_OB_REVOCATION_LIST, "2.0", ""},
    {"examples-08-x.json", MR_OB_NOTHING, "2.0", "ob.type "},
    {"examples-12-x.json", MR_OB_NOTHING, "2.0", "ob.type "},
    {"examples-18-x.json", MR_OB_NOTHING, "2.0", "ob.type "},
    {"examples-22-Endorsement.json", MR_OB_ENDORSEMENT, "2.0", ""},
    {"examples-23-Endorsement.json", MR_OB_ENDORSEMENT, "2.0", ""},
    {"examples-24-Endorsement.json", MR_OB_ENDORSEMENT, "2.0",
     "ob.missing claim; ob.missing issuedOn; ob.missing verification"}, /* revoked: nothing else is left of it */
    {"endorsement-00-BadgeClass.json", MR_OB_BADGE_CLASS, "1.1", ""},
    {"endorsement-01-Assertion.json", MR_OB_ASSERTION, "1.1", "ob.missing verification"},
};

static void walk(const char *name, const char *folder, const struct expected *all, size_t count)
{
    struct bench b;
    size_t passed = 0;
    mr_arena a;
    mr_arena_init(&a, MR_MIB);
    const char *path = test_suite(&a, folder);
    open_bench(&b, path);
    for (size_t i = 0; i < count; i++) {
        const struct expected *e = &all[i];
        mr_arena_reset(&b.a);
        const mr_json *root = parse(&b, test_read_file(&b.memory, test_path(&b.memory, path, e->file)));
        mr_str told = e->as == MR_OB_NOTHING ? broken(&b, root) : broken_as(&b, root, e->as);
        const char *version = mr_assertion_version_name(mr_assertion_version_of(root));
        bool good = mr_str_is(told, e->told) && strcmp(version, e->version) == 0;
        if (!good) print_error("%s: version \"%s\", %.*s\n", e->file, version, MR_STR_ARG(told));
        passed += good;
    }
    test_suite_count(name, passed, count, 0);
    assert_int_equal(passed, count);
    close_bench(&b);
    mr_arena_done(&a);
}

static void test_assertion_check__files_of_older_software(void **state)
{
    (void)state;
    walk("ob20 older versions", "ob20", older, sizeof older / sizeof *older);
}

static void test_assertion_check__examples_of_the_specification(void **state)
{
    (void)state;
    walk("ob20 spec-derived", "ob20/spec/examples", examples, sizeof examples / sizeof *examples);
}

/* ---- edubadges ---- */

static mr_str joined(struct bench *b, const mr_view *v, mr_element e)
{
    mr_str all = MR_STR("");
    for (size_t i = 0; i < v->answers[e].value_count; i++)
        all =
            mr_arena_format(&b->a, "%.*s%s%.*s", MR_STR_ARG(all), i ? " | " : "", MR_STR_ARG(v->answers[e].values[i]));
    return all;
}

/* What their server makes of an extension must be found in the badge that holds it. */
static bool maps(struct bench *b, const mr_json *one)
{
    const mr_json *extensions = mr_json_get(one, "ob2_badgeclass_extensions"),
                  *achievement = mr_json_get(one, "ob3_achievement");
    mr_buf text;
    mr_json_writer w;
    mr_view v;
    mr_buf_init(&text, MR_MIB);
    mr_json_writer_init(&w, &text, 0);
    mr_json_begin_object(&w);
    mr_json_put_member_c(&w, "name", "A badge (invented)");
    MR_JSON_EACH_MEMBER (name, extensions) {
        mr_json_put_name_str(&w, mr_json_text(name));
        mr_json_put_value(&w, name + 1);
    }
    mr_json_end_object(&w);
    const mr_json *badge = parse(b, mr_arena_dup(&b->a, mr_buf_str(&text)));
    mr_buf_done(&text);
    const struct mr_view_assertion parts = {.badge = badge};
    mr_view_read_assertion(&b->a, &parts, mr_language_english(), &v);
    mr_str further = joined(b, &v, MR_ELEMENT_FURTHER);
    double ects = 0, shown = 0;
    if (mr_json_get(achievement, "inLanguage")) return mr_str_find(further, MR_STR("Teaching languages: English")) >= 0;
    if (mr_json_get(achievement, "educationProgramIdentifier"))
        return mr_str_find(further, mr_json_get_str(achievement, "educationProgramIdentifier")) >= 0;
    if (!mr_json_to_double(mr_json_get(achievement, "ECTS"), &ects) || v.workload.len == 0) return false;
    shown = strtod(v.workload.ptr, NULL);
    return shown > ects - 0.01 && shown < ects + 0.01 && mr_str_find(v.workload, MR_STR("ECTS")) > 0;
}

static bool knows_recipient(struct bench *b, const mr_json *one)
{
    const mr_json *identifier = mr_json_get(one, "ob3_identifier");
    mr_str who = mr_json_get_str(mr_json_get(one, "ob2"), "recipient_identifier");
    const mr_json *recipient =
        parse(b, mr_arena_format(&b->a, "{\"type\":\"id\",\"hashed\":true,\"salt\":\"%.*s\",\"identity\":\"%.*s\"}",
                                 MR_STR_ARG(mr_json_get_str(identifier, "salt")),
                                 MR_STR_ARG(mr_json_get_str(identifier, "identityHash"))));
    return mr_assertion_match(&b->a, recipient, who) == MR_RECIPIENT_SAME &&
           mr_assertion_match(&b->a, recipient, MR_STR("1234ABC123ABC")) == MR_RECIPIENT_SAME &&
           mr_assertion_match(&b->a, recipient, MR_STR("1234abc123abd")) == MR_RECIPIENT_OTHER;
}

static bool knows_skill(struct bench *b, const mr_json *one)
{
    const mr_json *from = mr_json_get(one, "ob2_alignment"), *to = mr_json_get(one, "ob3_alignment");
    const mr_json *badge = parse(
        b, mr_arena_format(
               &b->a, "{\"alignment\":[{\"targetName\":\"%.*s\",\"targetUrl\":\"%.*s\",\"targetFramework\":\"%.*s\"}]}",
               MR_STR_ARG(mr_json_get_str(from, "target_name")), MR_STR_ARG(mr_json_get_str(from, "target_url")),
               MR_STR_ARG(mr_json_get_str(from, "target_framework"))));
    mr_view v;
    const struct mr_view_assertion parts = {.badge = badge};
    mr_view_read_assertion(&b->a, &parts, mr_language_english(), &v);
    return mr_str_eq(joined(b, &v, MR_ELEMENT_OUTCOMES), mr_json_get_str(to, "targetName"));
}

static bool knows_date(struct bench *b, const mr_json *one)
{
    int64_t from = 0, to = 0;
    (void)b;
    return mr_assertion_time(mr_json_get(mr_json_get(one, "ob2"), "issued_on"), false, &from) &&
           mr_assertion_time(mr_json_get(mr_json_get(one, "ob3"), "validFrom"), false, &to) && from == to;
}

static void test_view_assertion__agrees_with_edubadges(void **state)
{
    (void)state;
    struct bench b;
    size_t passed = 0, count = 0;
    mr_arena a;
    mr_arena_init(&a, MR_MIB);
    const char *path = test_suite(&a, "edubadges/ob2-to-ob3-mapping.json");
    open_bench(&b, "");
    const mr_json *cases = parse(&b, test_read_file(&b.memory, path));
    MR_JSON_EACH (one, cases) {
        bool good = mr_json_get(one, "ob3_identifier")  ? knows_recipient(&b, one)
                    : mr_json_get(one, "ob2_alignment") ? knows_skill(&b, one)
                    : mr_json_get(one, "ob2")           ? knows_date(&b, one)
                                                        : maps(&b, one);
        if (!good) print_error("%.*s\n", MR_STR_ARG(mr_json_get_str(one, "id")));
        count++, passed += good;
    }
    test_suite_count("edubadges ob2", passed, count, 0);
    assert_int_equal(passed, count);
    assert_true(count > 0);
    close_bench(&b);
    mr_arena_done(&a);
}

/* Their badge, made in the shape that they describe, from end to end. */
struct three {
    struct bench b;
    const char *folder;
};

static int get_three(void *self, mr_arena *a, mr_str url, const char *accept, size_t max, mr_str *ret,
                     struct mr_err *err)
{
    static const char *const pages[][2] = {
        {"https://badges.example.org/public/assertions/ExampleAssertion", "assertion.json"},
        {"https://badges.example.org/public/badges/ExampleBadgeClass", "badgeclass.json"},
        {"https://badges.example.org/public/issuers/EhqExampleIssuer", "issuer.json"},
    };
    const struct three *t = self;
    (void)accept;
    for (size_t i = 0; i < 3; i++)
        if (mr_str_is(url, pages[i][0]))
            return mr_file_read(a, mr_arena_format(a, "%s/%s", t->folder, pages[i][1]).ptr, max, ret, err);
    return MR_FAIL_DETAIL(err, MR_E_NET, "nobody answers", "HTTP status 404");
}

static void test_verify__a_badge_in_the_shape_of_edubadges(void **state)
{
    (void)state;
    struct three t;
    mr_arena a;
    mr_arena_init(&a, MR_MIB);
    t.folder = test_suite(&a, "edubadges/ob2-constructed");
    open_bench(&t.b, "");
    t.b.fetch = (mr_fetch){get_three, &t};
    mr_report r = verify(&t.b, test_read_file(&a, test_path(&a, t.folder, "assertion.json")));
    if (any_failed(&r) || !r.has_view) print_report("edubadges", &r);
    assert_true(has_passed(&r, MR_CHECK_SEAL) && has_passed(&r, MR_CHECK_ISSUER) && has_passed(&r, MR_CHECK_STATUS));
    assert_str(r.view.title, "Introduction to Circular Design");
    assert_str(r.view.issuer, "University Example Issuer");
    assert_str(r.view.workload, "2.5 ECTS, 70 hours");
    assert_str(r.view.level, "EQF 6");
    assert_str(joined(&t.b, &r.view, MR_ELEMENT_OUTCOMES), "Explain and apply circular design principles.");
    mr_str further = joined(&t.b, &r.view, MR_ELEMENT_FURTHER);
    static const char *const told[] = {"2201", "56823", "English", "gradingtable.html", "written test"};
    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        if (mr_str_find(further, mr_str_of(told[i])) < 0) fail_msg("%s is not told", told[i]);
    assert_true(r.view.not_annex);
    close_bench(&t.b);
    mr_arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verify__agrees_with_the_validator),
        cmocka_unit_test(test_assertion_check__files_of_older_software),
        cmocka_unit_test(test_assertion_check__examples_of_the_specification),
        cmocka_unit_test(test_view_assertion__agrees_with_edubadges),
        cmocka_unit_test(test_verify__a_badge_in_the_shape_of_edubadges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
