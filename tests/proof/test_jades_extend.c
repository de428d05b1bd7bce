/* Older seals extended: what is written, what stays, what is refused, what an independent verifier says. */
#include "lasting.h"

/* ---- extending ---- */

/* Every text of the old file that is signed or covered stands in the new one, in its place. */
static void assert_kept(struct lasting *l, mr_str old, mr_str new)
{
    static const char *const parts[] = {"/payload", "/signatures/0/protected", "/signatures/0/signature"};
    for (size_t i = 0; i < 3; i++) assert_str_eq(sealing_part(l->s, old, parts[i]), sealing_part(l->s, new, parts[i]));
    const mr_json *root = NULL;
    assert_ok(mr_json_parse(l->s->a, old, NULL, &root, &l->s->err), l->s->err);
    uint32_t count = mr_json_count(mr_json_find(root, MR_STR("/signatures/0/header/etsiU")));
    for (uint32_t i = 0; i < count; i++) {
        const char *pointer = mr_arena_format(l->s->a, "/signatures/0/header/etsiU/%u", i).ptr;
        assert_str_eq(sealing_part(l->s, old, pointer), sealing_part(l->s, new, pointer));
    }
    /* what was put in stands in one place: the old file is the new one without it */
    size_t front = 0, back = 0;
    while (front < old.len && old.ptr[front] == new.ptr[front]) front++;
    while (back < old.len - front && old.ptr[old.len - 1 - back] == new.ptr[new.len - 1 - back]) back++;
    assert_int_equal(front + back, old.len);
}

static void test_jades_extend__goes_up_step_by_step(void **state)
{
    LASTING_OPEN(l, state);
    mr_str text = lasting_seal(l, MR_JADES_B);
    for (mr_jades_level level = MR_JADES_T; level <= MR_JADES_LTA; level++) {
        mr_str next = lasting_extend(l, text, level, false);
        assert_kept(l, text, next);
        sealing_verify(l->s, next);
        assert_int_equal(l->s->j.level, level);
        text = next;
    }
    mr_str whole = lasting_extend(l, lasting_seal(l, MR_JADES_B), MR_JADES_LTA, false);
    sealing_verify(l->s, whole);
    assert_int_equal(l->s->j.level, MR_JADES_LTA);
}

static void test_jades_extend__leaves_what_needs_nothing(void **state)
{
    LASTING_OPEN(l, state);
    mr_str text = lasting_seal(l, MR_JADES_LTA);
    for (mr_jades_level level = MR_JADES_T; level <= MR_JADES_LTA; level++) {
        bool changed = true;
        assert_ok(lasting_try_extend(l, text, level, false, &changed), l->s->err);
        assert_false(changed);
        assert_int_equal(l->s->out.len, 0);
    }
}

static void test_jades_extend__renews(void **state)
{
    static const char *const names[] = {"sigTst", "xVals", "rVals", "arcTst", "tstVD", "arcTst", "tstVD", "arcTst"};
    LASTING_OPEN(l, state);
    mr_str text = lasting_seal(l, MR_JADES_LTA);
    for (unsigned turn = 1; turn <= 2; turn++) {
        sleep(1); /* an answer of the same second would count for the time-stamp before */
        mr_str next = lasting_extend(l, text, MR_JADES_LTA, true);
        assert_kept(l, text, next);
        lasting_assert_elements(l, next, names, 4 + 2 * turn);
        sealing_verify(l->s, next);
        assert_int_equal(l->s->j.level, MR_JADES_LTA);
        text = next;
    }
}

/* A new time-stamp authority takes over: its certificates last longer. */
static void test_jades_extend__lasts_as_long_as_the_new_authority(void **state)
{
    LASTING_OPEN(l, state);
    mr_str text = lasting_seal(l, MR_JADES_LTA);
    peer_do(l->s->peer, "rm tsa.key");
    mr_certificate_free(pki_issue(l->s->peer, "tsa", "Younger Clock", "tsaroot",
                                  SEALING_TSA "crlDistributionPoints=URI:http://crl.example/tsaroot.crl\n",
                                  "-days 5000"));
    text = lasting_extend(l, text, MR_JADES_LTA, true);
    sealing_verify(l->s, text);
    mr_certificate *clock = peer_certificate(l->s->peer, "tsa.pem");
    assert_true(l->s->j.lasts_until == mr_certificate_not_after(clock));
    mr_certificate_free(clock);
}

static void test_jades_extend__keeps_every_form_of_file(void **state)
{
    LASTING_OPEN(l, state);
    mr_str one = lasting_seal(l, MR_JADES_B);
    mr_str protected_text = sealing_part(l->s, one, "/signatures/0/protected");
    mr_str signature = sealing_part(l->s, one, "/signatures/0/signature"), payload;
    mr_buf_clear(&l->s->out);
    mr_json_quote(&l->s->out, sealing_part(l->s, one, "/payload"));
    payload = sealing_keep(l->s);
    const char *const forms[] = {
        "{ \"signature\" : \"%.*s\" ,\n \"protected\":\"%.*s\", \"payload\":%.*s, \"other\": [\"protected\"] }\n",
        "{\"signature\":\"%.*s\",\"protected\":\"%.*s\",\"header\":{},\"payload\":%.*s}",
        "{\"signature\":\"%.*s\",\"protected\":\"%.*s\",\"header\" : { \"x\\\"\":1},\"payload\":%.*s}",
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        mr_str text =
            mr_arena_format(l->s->a, forms[i], MR_STR_ARG(signature), MR_STR_ARG(protected_text), MR_STR_ARG(payload));
#pragma GCC diagnostic pop
        mr_str next = lasting_extend(l, text, MR_JADES_LTA, false);
        sealing_verify(l->s, next);
        assert_int_equal(l->s->j.level, MR_JADES_LTA);
        next = lasting_extend(l, next, MR_JADES_LTA, true);
        sealing_verify(l->s, next);
        assert_int_equal(l->s->j.level, MR_JADES_LTA);
    }
}

static void test_jades_extend__refuses(void **state)
{
    LASTING_OPEN(l, state);
    bool changed;
    mr_str text = lasting_seal(l, MR_JADES_T);
    char *altered = (char *)mr_arena_dup(l->s->a, text).ptr;
    altered[mr_str_find(text, MR_STR("Quote"))] = 'q';
    assert_code(lasting_try_extend(l, mr_str_make(altered, text.len), MR_JADES_LTA, false, &changed), MR_E_SIGNATURE,
                l->s->err);
    assert_non_null(strstr(l->s->err.detail, "seal.signature.changed"));
    assert_code(lasting_try_extend(l, MR_STR("{\"a\":1}"), MR_JADES_LTA, false, &changed), MR_E_FORMAT, l->s->err);
    assert_code(lasting_try_extend(l, MR_STR("{"), MR_JADES_LTA, false, &changed), MR_E_JSON, l->s->err);
    mr_str two = mr_arena_format(l->s->a, "%.*s,%.*s", (int)text.len - 2, text.ptr,
                                 (int)(text.len - (size_t)mr_str_find(text, MR_STR("{\"protected"))),
                                 text.ptr + mr_str_find(text, MR_STR("{\"protected")));
    assert_code(lasting_try_extend(l, two, MR_JADES_LTA, false, &changed), MR_E_UNSUPPORTED, l->s->err);
    /* revoked since, and nothing proves when it was sealed */
    mr_str bare = lasting_seal(l, MR_JADES_B);
    lasting_know(l, "sealca", "seal", "260101120000Z");
    for (mr_jades_level level = MR_JADES_T; level <= MR_JADES_LTA; level++) {
        assert_code(lasting_try_extend(l, bare, level, false, &changed), MR_E_CERTIFICATE, l->s->err);
        assert_non_null(strstr(l->s->err.message, "revoked"));
        assert_int_equal(l->s->out.len, 0);
    }
}

/* Revoked after a time-stamp that an anchored authority made: the seal counts, and can still be extended. */
static void test_jades_extend__takes_a_seal_revoked_later(void **state)
{
    LASTING_OPEN(l, state);
    mr_str text = lasting_seal(l, MR_JADES_T);
    sleep(2);
    peer_do(l->s->peer, "date -u +%y%m%d%H%M%SZ | tr -d \"\\n\" >revoked");
    lasting_know(l, "sealca", "seal", peer_file(l->s->peer, "revoked").ptr);
    bool changed;
    assert_code(lasting_try_extend(l, text, MR_JADES_LTA, false, &changed), MR_E_SIGNATURE,
                l->s->err); /* nobody known says when */
    mr_certificate *anchors[] = {peer_certificate(l->s->peer, "tsaroot.pem")};
    struct mr_jades_extending how = {.level = MR_JADES_LTA,
                                     .now = mr_env_now(&l->s->env),
                                     .timestamp = lasting_stamp,
                                     .timestamp_self = l,
                                     .evidence = &l->source,
                                     .anchors = anchors,
                                     .anchor_count = 1};
    mr_buf_clear(&l->s->out);
    assert_ok(mr_jades_extend(&how, text, l->s->a, &l->s->out, &changed, NULL, &l->s->err), l->s->err);
    sealing_verify_with(l->s, sealing_keep(l->s), anchors, 1, how.now);
    sealing_assert_step("evidence", &l->s->j.revocation_evidence, MR_PASSED, "seal.revocation_evidence.later");
    assert_int_equal(l->s->j.level, MR_JADES_LTA);
    mr_jades_done(&l->s->j);
    mr_certificate_free(anchors[0]);
}

static void test_jades_extend__puts_what_lacks_beside_older_evidence(void **state)
{
    LASTING_OPEN(l, state);
    /* certificates alone, as an older program left them */
    mr_str text = lasting_seal(l, MR_JADES_T), first = sealing_part(l->s, text, "/signatures/0/header/etsiU/0");
    mr_str certificates =
        sealing_element(l->s, mr_arena_format(l->s->a, "{\"xVals\":[{\"x509Cert\":{\"val\":\"%.*s\"}}]}",
                                              MR_STR_ARG(sealing_base64(l->s, lasting_der(l, "sealca"))))
                                  .ptr);
    ptrdiff_t at = mr_str_find(text, first);
    text =
        mr_arena_format(l->s->a, "%.*s%.*s\",\"%.*s%.*s", (int)at, text.ptr, MR_STR_ARG(first),
                        MR_STR_ARG(certificates), (int)(text.len - (size_t)at - first.len), text.ptr + at + first.len);
    static const char *const names[] = {"sigTst", "xVals", "anyValData", "arcTst"};
    mr_str next = lasting_extend(l, text, MR_JADES_LTA, false);
    lasting_assert_elements(l, next, names, 4);
    sealing_verify(l->s, next);
    assert_int_equal(l->s->j.level, MR_JADES_LTA);
}

/* ---- other people's verifier ---- */

static void ask_oracle(struct lasting *l, const char *script, mr_str text)
{
    peer_write(l->s->peer, "sealed.jsonld", text);
    peer_do(l->s->peer, mr_arena_format(l->s->a, "python3 \"%s\" sealed.jsonld", script).ptr);
    peer_assert_said(l->s->peer, "failures: 0");
}

static void test_jades_extend__passes_an_independent_verifier(void **state)
{
    LASTING_OPEN(l, state);
    const char *tools = test_tools();
    if (!tools) test_skip("the independent verifier is not here (MERIT_TOOLS)");
    if (system("python3 -c 'import cryptography' >/dev/null 2>&1") != 0)
        test_skip("python3-cryptography is not installed");
    const char *script = realpath(test_path(l->s->a, tools, "oracles/verify_jades.py"), NULL);
    assert_non_null(script);
    mr_str text = lasting_seal(l, MR_JADES_LTA);
    ask_oracle(l, script, text);
    text = lasting_extend(l, text, MR_JADES_LTA, true);
    text = lasting_extend(l, text, MR_JADES_LTA, true);
    ask_oracle(l, script, text);
    ask_oracle(l, script, lasting_extend(l, lasting_seal(l, MR_JADES_B), MR_JADES_LTA, false));
    free((char *)(uintptr_t)script);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, lasting_setup, lasting_teardown)
    const struct CMUnitTest tests[] = {
        CASE(test_jades_extend__goes_up_step_by_step),
        CASE(test_jades_extend__leaves_what_needs_nothing),
        CASE(test_jades_extend__renews),
        CASE(test_jades_extend__lasts_as_long_as_the_new_authority),
        CASE(test_jades_extend__keeps_every_form_of_file),
        CASE(test_jades_extend__refuses),
        CASE(test_jades_extend__takes_a_seal_revoked_later),
        CASE(test_jades_extend__puts_what_lacks_beside_older_evidence),
        CASE(test_jades_extend__passes_an_independent_verifier),
    };
    return cmocka_run_group_tests_name("jades_extend", tests, NULL, NULL);
}
