/* Official files: the JAdES vectors with their verdicts (VERDICTS.tsv beside them), and the Commission's sealed samples. */
#include "testing.h"

#include "base/limits.h"
#include "proof/jades.h"

/* 2026-10-14T09:12:00Z: certificates of the vectors have expired by then, which must not matter. */
static const int64_t today = 1792055520000;

struct outcome {
    bool is_jws, any_failed, passed, out_of_scope;
    bool complete; /* all five steps passed */
    mr_jades_level level;
    char line[512];
};

static const char *state_of(const struct mr_step *s)
{
    return mr_state_name(s->state);
}

static void look(mr_arena *a, const char *path, struct outcome *o)
{
    struct mr_err err = {0};
    const mr_json *root = NULL;
    mr_jades j;
    mr_str text = test_read_file(a, path), trimmed = mr_str_trim(text);
    *o = (struct outcome){.is_jws = true};
    if (trimmed.len && trimmed.ptr[0] == '{') {
        o->is_jws = mr_json_parse(a, text, NULL, &root, &err) == MR_OK && mr_jades_is(root);
        if (!o->is_jws) return;
    }
    assert_ok(mr_jades_verify(a, text, root, NULL, 0, today, &j, &err), err);
    const struct mr_step *steps[] = {&j.signature, &j.content_time, &j.signature_time, &j.archive_time,
                                     &j.revocation_evidence};
    o->complete = true;
    for (size_t i = 0; i < 5; i++) {
        assert_non_null(steps[i]->id);
        o->any_failed |= steps[i]->state == MR_FAILED;
        o->complete &= steps[i]->state == MR_PASSED;
    }
    o->passed = j.signature.state == MR_PASSED;
    o->out_of_scope = j.out_of_scope;
    o->level = j.level;
    assert_true(o->passed == (j.payload.len > 0));
    snprintf(o->line, sizeof o->line,
             "signature %s (%s: %.*s), content %s, time %s (%s), archive %s, evidence %s, first remark %s",
             state_of(&j.signature), j.signature.id, MR_STR_ARG(j.signature.detail), state_of(&j.content_time),
             state_of(&j.signature_time), j.signature_time.id, state_of(&j.archive_time),
             state_of(&j.revocation_evidence), j.remarks[0] ? j.remarks[0] : "-");
    if (o->out_of_scope) assert_string_equal(j.signature.id, "seal.detached");
    mr_jades_done(&j);
}

static bool agrees(const struct outcome *o, mr_str verdict, mr_str reason)
{
    if (mr_str_is(verdict, "accept")) {
        bool policy = mr_str_find(reason, MR_STR("policy")) >= 0, counter = mr_str_find(reason, MR_STR("counter")) >= 0;
        return o->is_jws && o->passed && !o->any_failed && (!policy || strstr(o->line, "seal.remark.policy")) &&
               (!counter || strstr(o->line, "seal.remark.counter_signature"));
    }
    if (mr_str_is(verdict, "refuse")) return !o->is_jws || o->any_failed;
    if (mr_str_is(verdict, "out-of-scope")) return o->out_of_scope && !o->passed && !o->any_failed;
    return mr_str_is(verdict, "either");
}

static void test_jades_verify__gives_every_vector_its_verdict(void **state)
{
    const char *elm = test_elm();
    mr_arena names;
    mr_str table, line, columns[3];
    size_t count = 0, wrong = 0;
    if (!elm) test_skip("the JAdES vectors are not here (MERIT_ELM)");
    mr_arena_init(&names, MR_LIMIT_DOCUMENT_MEMORY);
    table = test_read_file(&names, test_path(&names, elm, "jades-dss/VERDICTS.tsv"));
    assert_true(mr_str_split(&table, '\n', &line)); /* names of the columns */
    while (mr_str_split(&table, '\n', &line)) {
        mr_arena a;
        struct outcome o;
        if (!line.len) continue;
        for (size_t i = 0; i < 3; i++) assert_true(mr_str_split(&line, '\t', &columns[i]));
        mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
        look(&a, mr_arena_format(&names, "%s/jades-dss/%.*s", elm, MR_STR_ARG(columns[0])).ptr, &o);
        count++;
        if (!agrees(&o, columns[1], columns[2])) {
            wrong++;
            print_error("%.*s: wanted %.*s (%.*s)\n  got: %s\n", MR_STR_ARG(columns[0]), MR_STR_ARG(columns[1]),
                        MR_STR_ARG(columns[2]), o.is_jws ? o.line : "not a JWS");
        }
        mr_arena_done(&a);
    }
    test_suite_count("elm jades-vectors", count - wrong, count, 0);
    assert_true(count > 0);
    assert_int_equal(wrong, 0);
    mr_arena_done(&names);
}

static void test_jades_verify__finds_the_samples_intact(void **state)
{
    static const struct {
        const char *file;
        bool complete;
    } samples[] = {
        {"samples/Sample-MC-Annex1-signed.jsonld", true},
        {"samples-edc-repo/credential-jws-invalid.jsonld", true}, /* its fault is in the context, not in the seal */
        {"samples-edc-repo/json_sealed_test_output.json", false}, /* no content time-stamp */
        {"samples-edc-repo/json_to_seal-signed-jades-baseline-lta.json", true},
    };
    const char *elm = test_elm();
    size_t count = sizeof samples / sizeof *samples, wrong = 0;
    if (!elm) test_skip("the Commission's samples are not here (MERIT_ELM)");
    for (size_t i = 0; i < count; i++) {
        mr_arena a;
        struct outcome o;
        mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
        look(&a, test_path(&a, elm, samples[i].file), &o);
        if (!o.is_jws || o.any_failed || !o.passed || o.complete != samples[i].complete || o.level != MR_JADES_LTA) {
            wrong++;
            print_error("%s: level %s, %s\n", samples[i].file, mr_jades_level_name(o.level), o.line);
        }
        mr_arena_done(&a);
    }
    test_suite_count("elm sealed-samples", count - wrong, count, 0);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_jades_verify__gives_every_vector_its_verdict),
        cmocka_unit_test(test_jades_verify__finds_the_samples_intact),
    };
    return cmocka_run_group_tests_name("jades_vectors", tests, NULL, NULL);
}
