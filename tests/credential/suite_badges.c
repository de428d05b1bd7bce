/* Open Badges 3.0 and Comprehensive Learner Records as others write them: the data model finds in each what is known to be wrong with it and nothing
 * else, and every one can be told. */
#include "testing.h"

#include "base/limits.h"
#include "credential/vcdm.h"
#include "credential/view_vc.h"

/* What is told of those that break a rule; the others break none. */
static const struct wanted {
    const char *file, *told;
} known[] = {
    {"/simple-err-issuer.json", "vcdm.issuer_missing "},
    {"/simple-err-issuer-type.json", "vcdm.type_unknown InvalidProfile"},
    {"/simple-err-issuer-parentorg-type.json", "vcdm.type_unknown InvalidProfile"},
    {"/simple-err-issuer-otheridentifier-type.json", "vcdm.type_unknown InvalidIdentifierEntry"},
    {"/simple-err-credential-subject-profile-type.json", "vcdm.type_unknown InvalidProfile"},
    {"/simple-err-credential-subject-identifier-type.json", "vcdm.type_unknown InvalidIdentityObject"},
    {"/simple-err-credential-subject-result-type.json", "vcdm.type_unknown InvalidResult"},
    {"/simple-err-credential-subject-achievement-result-description-type.json",
     "vcdm.type_unknown InvalidResultDescription"},
    {"/simple-err-evidence-type.json", "vcdm.type_unknown InvalidEvidence"},
    {"/simple-err-type.json", "vcdm.type_unknown OtherCredential"},
    /* its schema's type is defined in a context that it does not name */
    {"ob30-1edtech-validator/complete_v1.json", "vcdm.type_unknown 1EdTechJsonSchemaValidator2019"},
    /* a draft that is gone */
    {"clr20-1edtech-validator/simple-noproof.json",
     "vcdm.context_unknown https://dc.imsglobal.org/draft/clr/v2p0/context"},
    {"clr20-1edtech-validator/simple_old_safesigned.json",
     "vcdm.context_unknown https://dc.imsglobal.org/draft/clr/v2p0/context"},
};

struct bench {
    mr_arena memory, a;
    mr_contexts *contexts;
    size_t count, passed;
};

struct told {
    mr_arena *a;
    mr_str messages;
};

static void hear(void *self, const char *message, const mr_json *where, mr_str detail)
{
    struct told *t = self;
    (void)where;
    t->messages = mr_arena_format(t->a, "%.*s%s%s %.*s", MR_STR_ARG(t->messages), t->messages.len ? " " : "", message,
                                  MR_STR_ARG(detail));
}

static const char *wanted_of(mr_str path)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (mr_str_has_suffix(path, mr_str_of(known[i].file))) return known[i].told;
    return "";
}

/* Whoever is named in it is shown. */
static bool can_be_told(struct bench *b, const mr_json *document)
{
    struct mr_err err = {0};
    mr_view v;
    assert_ok(mr_view_read_vc(&b->a, document, mr_language_english(), &v, &err), err);
    return (v.issuer.len > 0) == (mr_json_get(document, "issuer") != NULL) && !v.dates_unreadable;
}

static bool passes(struct bench *b, const char *path)
{
    struct mr_err err = {0};
    const mr_json *document;
    struct told t = {&b->a, MR_STR("")};
    assert_ok(mr_json_parse(&b->a, test_read_file(&b->a, path), NULL, &document, &err), err);
    assert_ok(mr_vcdm_check(&b->a, b->contexts, document, hear, &t, &err), err);
    if (mr_str_is(t.messages, wanted_of(mr_str_of(path))) && can_be_told(b, document)) return true;
    print_error("%s: %.*s\n", path, MR_STR_ARG(t.messages));
    return false;
}

static struct bench *walking;

static int visit(const char *path, const struct stat *st, int type, struct FTW *where)
{
    (void)st, (void)where;
    if (type != FTW_F || !mr_str_has_suffix(mr_str_of(path), MR_STR(".json"))) return 0;
    mr_arena_reset(&walking->a);
    walking->count++, walking->passed += passes(walking, path);
    return 0;
}

static void walk(const char *suite, const char *folder)
{
    struct bench b = {0};
    struct mr_err err = {0};
    mr_arena_init(&b.memory, MR_MIB);
    mr_arena_init(&b.a, MR_LIMIT_DOCUMENT_MEMORY);
    const char *path = test_suite(&b.memory, folder);
    assert_ok(mr_contexts_open(&b.contexts, &err), err);
    walking = &b;
    nftw(path, visit, 16, FTW_PHYS);
    test_suite_count(suite, b.passed, b.count, 0);
    assert_int_equal(b.passed, b.count);
    assert_true(b.count > 0);
    mr_contexts_close(b.contexts);
    mr_arena_done(&b.a);
    mr_arena_done(&b.memory);
}

static void test_vcdm_check__badges_of_the_dcc(void **state)
{
    (void)state;
    walk("dcc badges", "dcc-vc-test-fixtures/verifiableCredentials");
}

static void test_vcdm_check__badges_of_the_validator(void **state)
{
    (void)state;
    walk("ob30 badges", "ob30-1edtech-validator");
}

static void test_vcdm_check__records_of_the_validator(void **state)
{
    (void)state;
    walk("clr20 records", "clr20-1edtech-validator");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vcdm_check__badges_of_the_dcc),
        cmocka_unit_test(test_vcdm_check__badges_of_the_validator),
        cmocka_unit_test(test_vcdm_check__records_of_the_validator),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
