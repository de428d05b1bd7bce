/* One broken rule at a time: seals made here by hand, each correctly signed, so that only the rule can be the reason. */
#include "sealing.h"

/* ---- signatures made by hand ---- */

/* Parts of a protected header, as JSON text; NULL means what a good seal has. */
struct parts {
    const char *alg, *reference, *chain, *time, *rest;
    const char *unprotected; /* the unprotected header, or NULL */
};

static mr_str chain_json(struct sealing *s)
{
    mr_str leaf = sealing_base64(s, mr_certificate_der(s->seal.certificate));
    return mr_arena_format(s->a, "\"x5c\":[\"%.*s\"]", MR_STR_ARG(leaf));
}

static mr_str reference_json(struct sealing *s)
{
    mr_buf_clear(&s->out);
    mr_base64url_put(&s->out, mr_str_make((const char *)mr_certificate_sha256(s->seal.certificate), 32));
    mr_str digest = sealing_keep(s);
    return mr_arena_format(s->a, "\"x5t#S256\":\"%.*s\"", MR_STR_ARG(digest));
}

static mr_str base64url(struct sealing *s, mr_str bytes)
{
    mr_buf_clear(&s->out);
    mr_base64url_put(&s->out, bytes);
    return sealing_keep(s);
}

static mr_str header_json(struct sealing *s, const struct parts *p)
{
    const char *texts[] = {p->alg ? p->alg : "\"alg\":\"ES256\"", p->reference ? p->reference : reference_json(s).ptr,
                           p->chain ? p->chain : chain_json(s).ptr, p->time ? p->time : "\"iat\":1792055520",
                           p->rest ? p->rest : "\"b64\":false,\"crit\":[\"b64\"]"};
    mr_buf text;
    mr_buf_init(&text, 65536);
    mr_buf_putc(&text, '{');
    for (size_t i = 0, any = 0; i < 5; i++) {
        if (!*texts[i]) continue;
        if (any++) mr_buf_putc(&text, ',');
        mr_buf_puts(&text, texts[i]);
    }
    mr_buf_putc(&text, '}');
    mr_str json = mr_arena_dup(s->a, mr_buf_str(&text));
    mr_buf_done(&text);
    assert_non_null(json.ptr);
    return json;
}

struct signed_parts {
    mr_str protected_text, payload_text, signature_text;
};

static struct signed_parts sign(struct sealing *s, const struct parts *p, mr_str payload)
{
    struct signed_parts made;
    mr_str signature;
    mr_str json = header_json(s, p);
    made.protected_text = base64url(s, json);
    made.payload_text = mr_str_find(json, MR_STR("\"b64\":false")) >= 0 ? payload : base64url(s, payload);
    const mr_str text[] = {made.protected_text, MR_STR("."), made.payload_text};
    assert_ok(mr_key_sign(s->seal.key, MR_ALG_ES256, text, 3, s->a, &signature, &s->err), s->err);
    made.signature_text = base64url(s, signature);
    return made;
}

static mr_str quoted(struct sealing *s, mr_str text)
{
    mr_buf_clear(&s->out);
    mr_json_quote(&s->out, text);
    return sealing_keep(s);
}

static mr_str signature_object(struct sealing *s, const struct signed_parts *m, const char *unprotected)
{
    mr_str object =
        mr_arena_format(s->a, "{\"protected\":\"%.*s\",%s%s%s\"signature\":\"%.*s\"}", MR_STR_ARG(m->protected_text),
                        unprotected ? "\"header\":" : "", unprotected ? unprotected : "", unprotected ? "," : "",
                        MR_STR_ARG(m->signature_text));
    assert_non_null(object.ptr);
    return object;
}

static mr_str general(struct sealing *s, const struct signed_parts *m, const char *unprotected)
{
    mr_str payload = quoted(s, m->payload_text), object = signature_object(s, m, unprotected);
    return mr_arena_format(s->a, "{\"payload\":%.*s,\"signatures\":[%.*s]}", MR_STR_ARG(payload), MR_STR_ARG(object));
}

static mr_str hand_made(struct sealing *s, const struct parts *p)
{
    struct signed_parts m = sign(s, p, MR_STR(SEALING_PAYLOAD));
    return general(s, &m, p->unprotected);
}

/* ---- the protected header ---- */

#define CHANGED MR_FAILED, "seal.signature.changed"
#define STRUCTURE MR_FAILED, "seal.structure"
#define CRIT MR_FAILED, "seal.crit"
#define ALGORITHM MR_FAILED, "seal.algorithm"
#define TIME MR_FAILED, "seal.claimed_time"
#define REFERENCE MR_FAILED, "seal.certificate.reference"
#define MISSING MR_FAILED, "seal.certificate.missing"
#define MISMATCH MR_FAILED, "seal.certificate.mismatch"
#define PASSED MR_PASSED, "seal.signature.passed"

static const struct rule {
    const char *name;
    struct parts parts;
    mr_state state;
    const char *id;
} rules[] = {
    {"as it should be", {0}, PASSED},
    {"payload encoded", {.rest = ""}, PASSED},
    {"b64 true and listed", {.rest = "\"b64\":true,\"crit\":[\"b64\"]"}, PASSED},
    {"b64 true and not listed", {.rest = "\"b64\":true"}, CRIT},
    {"b64 false and not listed", {.rest = "\"b64\":false"}, CRIT},
    {"b64 no boolean", {.rest = "\"b64\":\"false\",\"crit\":[\"b64\"]"}, STRUCTURE},
    {"crit empty", {.rest = "\"crit\":[]"}, CRIT},
    {"crit no list", {.rest = "\"crit\":\"iat\""}, CRIT},
    {"crit with a number", {.rest = "\"crit\":[1]"}, CRIT},
    {"crit twice the same", {.rest = "\"crit\":[\"iat\",\"iat\"]"}, CRIT},
    {"crit with iat", {.rest = "\"crit\":[\"iat\"]"}, PASSED},
    {"crit with what is absent", {.rest = "\"crit\":[\"sigPl\"]"}, CRIT},
    {"crit with a name of the base standard", {.rest = "\"crit\":[\"alg\"]"}, CRIT},
    {"crit with x5c", {.rest = "\"crit\":[\"x5c\"]"}, CRIT},
    {"crit with something unknown", {.rest = "\"nbf\":1,\"crit\":[\"nbf\"]"}, CRIT},
    {"crit names the unsigned part",
     {.rest = "\"crit\":[\"etsiU\"]", .unprotected = "{\"etsiU\":[\"eyJhIjoxfQ\"]}"},
     PASSED},
    {"crit names an absent unsigned part", {.rest = "\"crit\":[\"etsiU\"]"}, CRIT},
    {"crit names b64 that nobody signed", {.rest = "\"crit\":[\"b64\"]", .unprotected = "{\"b64\":false}"}, CRIT},
    {"crit names an end that nobody signed", {.rest = "\"crit\":[\"exp\"]", .unprotected = "{\"exp\":1}"}, CRIT},
    {"alg that nobody signed", {.alg = "", .unprotected = "{\"alg\":\"ES256\"}"}, ALGORITHM},
    {"time that nobody signed", {.time = "", .unprotected = "{\"iat\":1792055520}"}, TIME},
    {"crit outside the protected header", {.rest = "", .unprotected = "{\"crit\":[\"iat\"]}"}, CRIT},
    {"alg none", {.alg = "\"alg\":\"none\""}, ALGORITHM},
    {"alg symmetric", {.alg = "\"alg\":\"HS256\""}, ALGORITHM},
    {"alg missing", {.alg = ""}, ALGORITHM},
    {"alg of another kind of key", {.alg = "\"alg\":\"RS256\""}, ALGORITHM},
    {"alg of another curve", {.alg = "\"alg\":\"ES384\""}, ALGORITHM},
    {"no time", {.time = ""}, TIME},
    {"iat and sigT", {.time = "\"iat\":1,\"sigT\":\"2024-01-01T00:00:00Z\""}, TIME},
    {"iat as text", {.time = "\"iat\":\"1792055520\""}, TIME},
    {"iat with a fraction", {.time = "\"iat\":1.5"}, TIME},
    {"iat negative", {.time = "\"iat\":-1"}, TIME},
    {"iat in milliseconds", {.time = "\"iat\":1792055520000"}, TIME},
    {"sigT impossible", {.time = "\"sigT\":\"2024-02-30T00:00:00Z\""}, TIME},
    {"sigT in its days", {.time = "\"sigT\":\"2024-02-29T00:00:00Z\""}, PASSED},
    {"sigT after its days", {.time = "\"sigT\":\"2025-07-15T00:00:00Z\""}, PASSED},
    {"no reference", {.reference = ""}, REFERENCE},
    {"only SHA-1", {.reference = "\"x5t\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAA\""}, REFERENCE},
    {"two references", {.reference = "\"x5t#S256\":\"AA\",\"x5t#o\":{}"}, REFERENCE},
    {"another certificate's digest",
     {.reference = "\"x5t#S256\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\""},
     MISMATCH},
    {"digest no text", {.reference = "\"x5t#S256\":1"}, MISMATCH},
    {"digest algorithm unknown", {.reference = "\"x5t#o\":{\"digAlg\":\"S1\",\"digVal\":\"AAAA\"}"}, MISMATCH},
    {"no certificate", {.chain = ""}, MISSING},
    {"x5c no list", {.chain = "\"x5c\":\"AAAA\""}, MISSING},
    {"x5c empty", {.chain = "\"x5c\":[]"}, MISSING},
    {"x5c no certificate", {.chain = "\"x5c\":[\"AAAA\"]"}, MISSING},
    {"x5c not base64", {.chain = "\"x5c\":[\"A-__\"]"}, MISSING},
    {"header twice the same name", {.rest = "\"crit\":[\"iat\"],\"crit\":[\"iat\"]"}, STRUCTURE},
    {"a name in both headers", {.unprotected = "{\"iat\":1}"}, STRUCTURE},
    {"etsiU protected", {.rest = "\"etsiU\":[\"eyJhIjoxfQ\"]"}, STRUCTURE},
    {"detached", {.rest = "\"sigD\":{\"mId\":\"x\"},\"crit\":[\"sigD\"]"}, MR_UNCHECKED, "seal.detached"},
};

static void test_jades_verify__keeps_the_rules_of_the_protected_header(void **state)
{
    struct sealing *s = *state;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        sealing_verify(s, hand_made(s, &rules[i].parts));
        sealing_assert_step(rules[i].name, &s->j.signature, rules[i].state, rules[i].id);
        assert_true((s->j.payload.len > 0) == (rules[i].state == MR_PASSED));
        assert_true(s->j.out_of_scope == (strcmp(rules[i].id, "seal.detached") == 0));
        assert_true((s->j.level == MR_JADES_NONE) ==
                    (rules[i].state != MR_PASSED || strstr(rules[i].name, "sigT after")));
        if (rules[i].state == MR_PASSED) assert_str(s->j.payload, SEALING_PAYLOAD);
    }
}

static void test_jades_verify__notes_what_it_does_not_evaluate(void **state)
{
    static const struct {
        struct parts parts;
        const char *id;
    } cases[] = {
        {{.rest = "\"sigPId\":{\"id\":{\"id\":\"urn:oid:1.2\"},\"digVal\":\"AAAA\"}"}, "seal.remark.policy"},
        {{.rest = "\"exp\":1"}, "seal.remark.expiration"},
        {{.rest = "\"srAts\":[]"}, "seal.remark.attributes"},
        {{.time = "\"sigT\":\"2025-07-15T00:00:00Z\""}, "seal.remark.old_time"},
        {{.rest = "\"kid\":\"MAA=\""}, "seal.remark.kid"},
        {{.unprotected = "{\"etsiU\":[\"eyJjU2lnIjoiIn0\"]}"}, "seal.remark.counter_signature"},
        {{.unprotected = "{\"etsiU\":[\"eyJ4UmVmcyI6W119\"]}"}, "seal.remark.references"},
        {{.unprotected = "{\"etsiU\":[\"eyJhIjoxfQ\"]}"}, "seal.remark.unknown"},
        {{.unprotected = "{\"other\":1}"}, "seal.remark.unknown"},
        {{.unprotected = "{\"etsiU\":[{\"cSig\":\"\"}]}"}, "seal.remark.clear"},
    };
    struct sealing *s = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sealing_verify(s, hand_made(s, &cases[i].parts));
        sealing_assert_step(cases[i].id, &s->j.signature, PASSED);
        if (!sealing_has_remark(&s->j, cases[i].id)) fail_msg("no remark %s", cases[i].id);
    }
}

static void test_jades_verify__reports_a_certificate_for_other_ends(void **state)
{
    struct sealing *s = *state;
    if (!peer_is_here()) test_skip("the openssl command is not installed");
    mr_certificate_free(pki_issue(s->peer, "root", "Root", NULL, PKI_AUTHORITY, ""));
    mr_certificate_free(
        pki_issue(s->peer, "web", "Web", "root", "keyUsage=digitalSignature\nextendedKeyUsage=serverAuth\n", ""));
    mr_str parts[] = {peer_file(s->peer, "web.key"), peer_file(s->peer, "web.pem")};
    mr_seal_key_done(&s->seal);
    assert_ok(mr_seal_key_read(mr_arena_concat(s->a, parts, 2), MR_STR_EMPTY, &s->seal, &s->err), s->err);
    sealing_verify(s, hand_made(s, &(struct parts){0}));
    sealing_assert_step("signature", &s->j.signature, PASSED);
    assert_non_null(s->j.purpose_why);
}

/* ---- serializations ---- */

static void test_jades_verify__reads_every_serialization(void **state)
{
    struct sealing *s = *state;
    static const mr_str plain = MR_STR_INIT("{\"plain\":1}");
    struct signed_parts encoded = sign(s, &(struct parts){.rest = ""}, plain),
                        open = sign(s, &(struct parts){0}, plain);
    mr_str payload = quoted(s, plain);
    const struct {
        const char *name;
        mr_str text;
    } cases[] = {
        {"general", general(s, &open, NULL)},
        {"flattened",
         mr_arena_format(s->a, "{\"payload\":%.*s,\"protected\":\"%.*s\",\"signature\":\"%.*s\",\"evil\":1}",
                         MR_STR_ARG(payload), MR_STR_ARG(open.protected_text), MR_STR_ARG(open.signature_text))},
        {"compact", mr_arena_format(s->a, "%.*s.%.*s.%.*s\n", MR_STR_ARG(encoded.protected_text),
                                    MR_STR_ARG(encoded.payload_text), MR_STR_ARG(encoded.signature_text))},
        {"compact, not encoded", mr_arena_format(s->a, "%.*s.%.*s.%.*s", MR_STR_ARG(open.protected_text),
                                                 MR_STR_ARG(plain), MR_STR_ARG(open.signature_text))},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sealing_verify(s, cases[i].text);
        sealing_assert_step(cases[i].name, &s->j.signature, PASSED);
        assert_str_eq(s->j.payload, plain);
    }
}

static void test_jades_verify__refuses_other_forms(void **state)
{
    struct sealing *s = *state;
    struct signed_parts dotted = sign(s, &(struct parts){0}, MR_STR("1.5")),
                        m = sign(s, &(struct parts){0}, MR_STR("{}"));
    mr_str object = signature_object(s, &m, NULL);
    const struct {
        const char *name;
        mr_str text;
        mr_state state;
        const char *id;
    } cases[] = {
        {"nothing", MR_STR(""), STRUCTURE},
        {"one part", MR_STR("abc"), STRUCTURE},
        {"two parts", MR_STR("abc.def"), STRUCTURE},
        {"no header", MR_STR(".e30.AAAA"), STRUCTURE},
        {"full stop in a payload that is not encoded",
         mr_arena_format(s->a, "%.*s.1.5.%.*s", MR_STR_ARG(dotted.protected_text), MR_STR_ARG(dotted.signature_text)),
         STRUCTURE},
        {"two serializations",
         mr_arena_format(s->a, "{\"payload\":\"{}\",\"signatures\":[%.*s],\"signature\":\"AA\"}", MR_STR_ARG(object)),
         STRUCTURE},
        {"payload a number", mr_arena_format(s->a, "{\"payload\":1,\"signatures\":[%.*s]}", MR_STR_ARG(object)),
         STRUCTURE},
        {"header no object", general(s, &m, "[]"), STRUCTURE},
        {"no payload", mr_arena_format(s->a, "{\"signatures\":[%.*s]}", MR_STR_ARG(object)), MR_UNCHECKED,
         "seal.detached"},
        {"payload changed", mr_arena_format(s->a, "{\"payload\":\"{ }\",\"signatures\":[%.*s]}", MR_STR_ARG(object)),
         CHANGED},
        {"payload escaped otherwise",
         mr_arena_format(s->a, "{\"payload\":\"\\u007B}\",\"signatures\":[%.*s]}", MR_STR_ARG(object)), PASSED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sealing_verify(s, cases[i].text);
        sealing_assert_step(cases[i].name, &s->j.signature, cases[i].state, cases[i].id);
    }
}

static void test_jades_is__knows_a_seal_when_it_sees_one(void **state)
{
    static const struct {
        const char *text;
        bool is;
    } cases[] = {
        {"{\"payload\":\"\",\"signatures\":[{\"protected\":\"\",\"signature\":\"\"}]}", true},
        {"{\"payload\":\"\",\"signatures\":[{\"protected\":\"\"}]}", true},
        {"{\"payload\":\"\",\"protected\":\"\",\"signature\":\"\"}", true},
        {"{\"protected\":\"\",\"signature\":\"\"}", true},
        {"{\"payload\":\"\",\"signature\":\"\"}", true},
        {"{\"signatures\":[]}", false},
        {"{\"signatures\":\"two\"}", false},
        {"{\"signature\":\"me\"}", false},
        {"{\"payload\":\"\"}", false},
        {"{}", false},
        {"[]", false},
        {"1", false},
    };
    struct sealing *s = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const mr_json *root;
        assert_ok(mr_json_parse(s->a, mr_str_of(cases[i].text), NULL, &root, &s->err), s->err);
        if (mr_jades_is(root) != cases[i].is) fail_msg("%s", cases[i].text);
    }
    assert_false(mr_jades_is(NULL));
}

/* ---- parallel seals ---- */

static mr_str parallel(struct sealing *s, mr_str payload, const struct signed_parts *list, size_t count)
{
    mr_buf text;
    mr_str quoted_payload = quoted(s, payload);
    mr_buf_init(&text, MR_MIB);
    mr_buf_format(&text, "{\"payload\":%.*s,\"signatures\":[", MR_STR_ARG(quoted_payload));
    for (size_t i = 0; i < count; i++) {
        if (i) mr_buf_putc(&text, ',');
        mr_buf_put(&text, signature_object(s, &list[i], NULL));
    }
    mr_buf_puts(&text, "]}");
    mr_str copy = mr_arena_dup(s->a, mr_buf_str(&text));
    mr_buf_done(&text);
    return copy;
}

static void test_jades_verify__wants_all_parallel_seals_good(void **state)
{
    struct sealing *s = *state;
    static const mr_str payload = MR_STR_INIT("e30"); /* the same text with b64 true and false */
    struct signed_parts list[9];
    for (size_t i = 0; i < 9; i++) list[i] = sign(s, &(struct parts){0}, payload);
    sealing_verify(s, parallel(s, payload, list, 8));
    sealing_assert_step("eight", &s->j.signature, PASSED);
    assert_int_equal(s->j.signatures, 8);
    assert_int_equal(s->j.pool_count, 1); /* one certificate, read once */
    sealing_verify(s, parallel(s, payload, list, 9));
    sealing_assert_step("nine", &s->j.signature, STRUCTURE);
    list[1].signature_text = sign(s, &(struct parts){0}, MR_STR("other")).signature_text;
    sealing_verify(s, parallel(s, payload, list, 2));
    sealing_assert_step("second wrong", &s->j.signature, CHANGED);
    assert_int_equal(s->j.payload.len, 0);
    list[1] = sign(s, &(struct parts){.rest = "\"sigD\":{},\"crit\":[\"sigD\"]"}, payload);
    sealing_verify(s, parallel(s, payload, list, 2));
    sealing_assert_step("second detached", &s->j.signature, MR_UNCHECKED, "seal.detached");
    list[1] = sign(s, &(struct parts){.rest = ""}, MR_STR("{}"));
    sealing_verify(s, parallel(s, payload, list, 2));
    sealing_assert_step("b64 differs", &s->j.signature, STRUCTURE);
}

/* A stranger's good seal beside the provider's: it is always the first that the report is about. */
static void test_jades_verify__is_about_the_first_of_parallel_seals(void **state)
{
    struct sealing *s = *state;
    struct mr_seal_key own = s->seal, strange = {0};
    struct mr_seal_subject subject = {MR_STR("Invented Stranger"), MR_STR("VATDK-11111111"), MR_STR("DK"),
                                      MR_STR("Strange seal")};
    assert_ok(mr_authority_issue_seal(&s->authority, &s->env, &subject, MR_KEY_P256, &strange, &s->err), s->err);
    struct signed_parts list[3] = {sign(s, &(struct parts){0}, MR_STR("{}"))};
    s->seal = strange;
    list[1] = sign(s, &(struct parts){0}, MR_STR("{}"));
    s->seal = own;
    list[2] = list[0];
    for (size_t i = 0; i < 2; i++) {
        sealing_verify(s, parallel(s, MR_STR("{}"), list + i, 2));
        sealing_assert_step("both good", &s->j.signature, PASSED);
        assert_true(mr_str_eq(mr_certificate_der(s->j.certificate),
                              mr_certificate_der(i ? strange.certificate : own.certificate)));
        assert_int_equal(s->j.signatures, 2);
    }
    /* the provider's header over the stranger's signature */
    list[0].signature_text = list[1].signature_text;
    sealing_verify(s, parallel(s, MR_STR("{}"), list, 2));
    sealing_assert_step("mixed", &s->j.signature, CHANGED);
    mr_seal_key_done(&strange);
}

/* ---- the unsigned part ---- */

static void test_jades_verify__keeps_the_rules_of_the_unsigned_part(void **state)
{
    static const struct {
        const char *etsi_u;
        mr_state state;
        const char *id;
    } cases[] = {
        {"[]", STRUCTURE},
        {"\"eyJhIjoxfQ\"", STRUCTURE},
        {"{}", STRUCTURE},
        {"[1]", STRUCTURE},
        {"[\"eyJhIjoxfQ\",{}]", STRUCTURE},
        {"[\"eyJhIjoxfQ==\"]", STRUCTURE},                         /* padded */
        {"[\" eyJhIjoxfQ\"]", STRUCTURE},                          /* white space */
        {"[\"W10\"]", STRUCTURE},                                  /* [] */
        {"[\"e30\"]", STRUCTURE},                                  /* {} */
        {"[\"eyJhIjoxLCJiIjoxfQ\"]", STRUCTURE},                   /* two members */
        {"[\"eyJhIjoxLCJhIjoxfQ\"]", STRUCTURE},                   /* twice the same */
        {"[\"eyJzaWdUc3QiOnt9fQ\"]", STRUCTURE},                   /* {"sigTst":{}} */
        {"[\"eyJzaWdUc3QiOnsidHN0VG9rZW5zIjpbXX19\"]", STRUCTURE}, /* no tokens */
        {"[\"eyJ4VmFscyI6e319\"]", STRUCTURE},                     /* {"xVals":{}} */
        {"[\"eyJyVmFscyI6W119\"]", STRUCTURE},                     /* {"rVals":[]} */
        {"[\"eyJzaWdQU3QiOnt9fQ\"]", STRUCTURE},                   /* {"sigPSt":{}} and no policy named */
        {"[\"eyJ4VmFscyI6W119\"]", PASSED},                        /* {"xVals":[]} */
        {"[\"eyJyVmFscyI6e319\"]", PASSED},                        /* {"rVals":{}} */
    };
    struct sealing *s = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct parts p = {.unprotected = mr_arena_format(s->a, "{\"etsiU\":%s}", cases[i].etsi_u).ptr};
        sealing_verify(s, hand_made(s, &p));
        sealing_assert_step(cases[i].etsi_u, &s->j.signature, cases[i].state, cases[i].id);
    }
}

static void test_jades_verify__finds_the_certificate_in_the_unsigned_part(void **state)
{
    struct sealing *s = *state;
    mr_str leaf = sealing_base64(s, mr_certificate_der(s->seal.certificate));
    mr_str values = sealing_element(
        s, mr_arena_format(s->a, "{\"xVals\":[{\"otherCert\":1},{\"x509Cert\":{\"val\":\"%.*s\"}}]}", MR_STR_ARG(leaf))
               .ptr);
    struct parts p = {.chain = "",
                      .unprotected = mr_arena_format(s->a, "{\"etsiU\":[\"%.*s\"]}", MR_STR_ARG(values)).ptr};
    sealing_verify(s, hand_made(s, &p));
    sealing_assert_step("xVals", &s->j.signature, PASSED);
}

/* A token that is none: the step of its kind fails, the signature stays good. */
static void test_jades_verify__fails_the_step_of_an_unreadable_token(void **state)
{
    struct sealing *s = *state;
    mr_str sig = sealing_element(s, "{\"sigTst\":{\"tstTokens\":[{\"val\":\"MAA=\"}]}}");
    mr_str arc = sealing_element(s, "{\"arcTst\":{\"tstTokens\":[{\"val\":\"MAA=\"}]}}");
    struct parts p = {
        .rest = "\"adoTst\":{\"tstTokens\":[{\"val\":\"MAA=\"}]}",
        .unprotected = mr_arena_format(s->a, "{\"etsiU\":[\"%.*s\",\"%.*s\"]}", MR_STR_ARG(sig), MR_STR_ARG(arc)).ptr};
    sealing_verify(s, hand_made(s, &p));
    sealing_assert_step("signature", &s->j.signature, PASSED);
    sealing_assert_step("content", &s->j.content_time, MR_FAILED, "seal.time.unreadable");
    sealing_assert_step("time", &s->j.signature_time, MR_FAILED, "seal.time.unreadable");
    sealing_assert_step("archive", &s->j.archive_time, MR_FAILED, "seal.time.unreadable");
    p = (struct parts){.rest = "\"adoTst\":[]"};
    sealing_verify(s, hand_made(s, &p));
    sealing_assert_step("content", &s->j.content_time, MR_FAILED, "seal.time.unreadable");
}

/* ---- evidence ---- */

/* A revocation list of root.pem, DER. entry: a line of openssl's index, or "". */
static mr_str revocation_list(struct sealing *s, mr_str entry)
{
    peer_write(s->peer, "index.txt", entry);
    peer_write(s->peer, "ca.cnf",
               MR_STR("[ca]\ndefault_ca=one\n[one]\ndatabase=index.txt\ndefault_md=sha256\ndefault_crl_days=20\n"));
    peer_do(s->peer, "openssl ca -gencrl -config ca.cnf -keyfile root.key -cert root.pem -out crl.pem && "
                     "openssl crl -in crl.pem -outform DER -out crl.der");
    return peer_file(s->peer, "crl.der");
}

static mr_str revoked_entry(struct sealing *s, const char *when)
{
    mr_buf_clear(&s->out);
    mr_str serial = mr_certificate_serial(s->seal.certificate);
    for (size_t i = serial.len && serial.ptr[0] == 0; i < serial.len; i++)
        mr_buf_format(&s->out, "%02X", (unsigned)(unsigned char)serial.ptr[i]);
    mr_str hex = sealing_keep(s);
    return mr_arena_format(s->a, "R\t401231000000Z\t%s\t%.*s\tunknown\t/CN=Seal\n", when, MR_STR_ARG(hex));
}

/* The seal of root.pem's authority, stamped or not, with this list and the issuer's certificate inside. */
static mr_str with_evidence(struct sealing *s, mr_timestamp_source *stamp, mr_str crl)
{
    mr_str list = sealing_base64(s, crl);
    mr_str evidence = sealing_element(
        s, mr_arena_format(s->a, "{\"rVals\":{\"crlVals\":[{\"val\":\"%.*s\"}]}}", MR_STR_ARG(list)).ptr);
    mr_str sealed = sealing_make(s, stamp, MR_STR(SEALING_PAYLOAD));
    if (!stamp)
        return sealing_add_header(s, sealed, mr_arena_format(s->a, "{\"etsiU\":[\"%.*s\"]}", MR_STR_ARG(evidence)).ptr);
    ptrdiff_t end = mr_str_find(sealed, MR_STR("\"]},\"signature\""));
    assert_true(end > 0);
    return mr_arena_format(s->a, "%.*s\",\"%.*s%.*s", (int)end, sealed.ptr, MR_STR_ARG(evidence),
                           (int)(sealed.len - (size_t)end), sealed.ptr + end);
}

static void test_jades_verify__weighs_the_evidence(void **state)
{
    struct sealing *s = *state;
    if (!peer_is_here()) test_skip("the openssl command is not installed");
    sealing_open_tsa(s);
    mr_certificate_free(pki_issue(s->peer, "root", "Root", NULL, PKI_AUTHORITY, ""));
    mr_certificate_free(pki_issue(s->peer, "seal", "Seal", "root", PKI_SEAL, ""));
    mr_str parts[] = {peer_file(s->peer, "seal.key"), peer_file(s->peer, "seal.pem"), peer_file(s->peer, "root.pem")};
    mr_seal_key_done(&s->seal);
    assert_ok(mr_seal_key_read(mr_arena_concat(s->a, parts, 3), MR_STR_EMPTY, &s->seal, &s->err), s->err);
    s->now = mr_env_now(&s->env) + 1000;
    mr_str none = revocation_list(s, MR_STR("")), revoked = revocation_list(s, revoked_entry(s, "200101000000Z"));
    mr_str later = revocation_list(s, revoked_entry(s, "390101000000Z"));
    mr_certificate *authority = peer_certificate(s->peer, "root.pem"),
                   *clock = peer_certificate(s->peer, "tsaroot.pem");
    mr_str broken = mr_arena_dup(s->a, none);
    ((char *)(uintptr_t)broken.ptr)[broken.len - 1] ^= 1;
    const struct {
        const char *name;
        mr_str list;
        mr_timestamp_source *stamp;
        int days; /* until it is verified */
        mr_state state;
        const char *id;
        mr_certificate *anchor;
    } cases[] = {
        {"good", none, NULL, 0, MR_PASSED, "seal.revocation_evidence.passed"},
        {"good, but long ago and no proof of the time", none, NULL, 60, MR_UNCHECKED, "seal.revocation_evidence.stale"},
        {"good, long ago, with proof of the time", none, sealing_stamp, 60, MR_PASSED,
         "seal.revocation_evidence.passed"},
        {"revoked", revoked, NULL, 0, MR_FAILED, "seal.revocation_evidence.revoked"},
        {"revoked before the proof", revoked, sealing_stamp, 0, MR_FAILED, "seal.revocation_evidence.revoked"},
        {"revoked, no proof of the time", later, NULL, 0, MR_FAILED, "seal.revocation_evidence.revoked"},
        {"revoked after the proof", later, sealing_stamp, 0, MR_PASSED, "seal.revocation_evidence.later", clock},
        {"revoked, by anybody's clock later", later, sealing_stamp, 0, MR_FAILED, "seal.revocation_evidence.revoked"},
        {"revoked, by a clock of no anchor later", later, sealing_stamp, 0, MR_FAILED,
         "seal.revocation_evidence.revoked", authority},
        {"with a wrong signature", broken, NULL, 0, MR_UNCHECKED, "seal.revocation_evidence.changed"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sealing_verify_with(s, with_evidence(s, cases[i].stamp, cases[i].list), &cases[i].anchor,
                            cases[i].anchor != NULL, s->now + cases[i].days * MR_DAY_MS);
        sealing_assert_step(cases[i].name, &s->j.signature, PASSED);
        sealing_assert_step(cases[i].name, &s->j.revocation_evidence, cases[i].state, cases[i].id);
    }
    sealing_verify(s, with_evidence(s, NULL, MR_STR("\x30\x00")));
    sealing_assert_step("no list", &s->j.revocation_evidence, MR_UNCHECKED, "seal.revocation_evidence.absent");
    mr_jades_done(&s->j);
    mr_certificate_free(authority);
    mr_certificate_free(clock);
}

#define NAMESAKE_ID "subjectKeyIdentifier=00112233445566778899AABBCCDDEEFF00112233\n"

/* Somebody with the name and the key identifier of the issuer, who did not sign the seal's certificate, calls it good. */
static void test_jades_verify__hears_no_namesake_of_the_issuer(void **state)
{
    struct sealing *s = *state;
    if (!peer_is_here()) test_skip("the openssl command is not installed");
    mr_certificate_free(
        pki_issue(s->peer, "root", "Root", NULL,
                  "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n" NAMESAKE_ID, ""));
    mr_certificate_free(pki_issue(s->peer, "seal", "Seal", "root", PKI_SEAL, ""));
    mr_str parts[] = {peer_file(s->peer, "seal.key"), peer_file(s->peer, "seal.pem")};
    mr_seal_key_done(&s->seal);
    assert_ok(mr_seal_key_read(mr_arena_concat(s->a, parts, 2), MR_STR_EMPTY, &s->seal, &s->err), s->err);
    s->now = mr_env_now(&s->env) + 1000;
    peer_do(s->peer, "rm root.key");
    static const char *const uses[] = {"CA:FALSE\nkeyUsage=critical,cRLSign", "CA:TRUE\nkeyUsage=critical,cRLSign",
                                       "CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign"};
    for (size_t i = 0; i < sizeof uses / sizeof *uses; i++) {
        const char *extensions = mr_arena_format(s->a, "basicConstraints=%s\n" NAMESAKE_ID, uses[i]).ptr;
        mr_certificate *namesake = pki_issue(s->peer, "root", "Root", NULL, extensions, "");
        mr_str der = sealing_base64(s, mr_certificate_der(namesake));
        mr_str list = sealing_base64(s, revocation_list(s, MR_STR("")));
        const char *json = mr_arena_format(s->a,
                                           "{\"anyValData\":{\"xVals\":[{\"x509Cert\":{\"val\":\"%.*s\"}}],\"rVals\":"
                                           "{\"crlVals\":[{\"val\":\"%.*s\"}]}}}",
                                           MR_STR_ARG(der), MR_STR_ARG(list))
                               .ptr;
        mr_str values = sealing_element(s, json), sealed = sealing_make(s, NULL, MR_STR(SEALING_PAYLOAD));
        const char *header = mr_arena_format(s->a, "{\"etsiU\":[\"%.*s\"]}", MR_STR_ARG(values)).ptr;
        sealing_verify(s, sealing_add_header(s, sealed, header));
        sealing_assert_step(uses[i], &s->j.signature, PASSED);
        sealing_assert_step(uses[i], &s->j.revocation_evidence, MR_UNCHECKED, "seal.revocation_evidence.unusable");
        assert_int_equal(s->j.chain.state, MR_CHAIN_BROKEN);
        mr_certificate_free(namesake);
    }
}

/* ---- limits ---- */

static void test_jades_verify__bounds_what_it_reads(void **state)
{
    struct sealing *s = *state;
    MR_CLEANUP(mr_buf_done) mr_buf text;
    mr_buf_init(&text, MR_MIB);
    mr_buf_puts(&text, "{\"etsiU\":[\"eyJhIjoxfQ\"");
    for (size_t i = 0; i < MR_LIMIT_SEAL_PARTS; i++) mr_buf_puts(&text, ",\"eyJhIjoxfQ\"");
    mr_buf_puts(&text, "]}");
    mr_buf_putc(&text, 0);
    sealing_verify(s, hand_made(s, &(struct parts){.unprotected = text.ptr}));
    sealing_assert_step("elements", &s->j.signature, STRUCTURE);
    mr_buf_clear(&text);
    mr_buf_puts(&text, "{\"sigTst\":{\"tstTokens\":[{\"val\":\"MAA=\"}");
    for (size_t i = 0; i < MR_LIMIT_TIMESTAMPS; i++) mr_buf_puts(&text, ",{\"val\":\"MAA=\"}");
    mr_buf_puts(&text, "]}}");
    mr_buf_putc(&text, 0);
    mr_str element = sealing_element(s, text.ptr);
    struct parts p = {.unprotected = mr_arena_format(s->a, "{\"etsiU\":[\"%.*s\"]}", MR_STR_ARG(element)).ptr};
    sealing_verify(s, hand_made(s, &p));
    sealing_assert_step("tokens", &s->j.signature, STRUCTURE);
}

/* At every limit of memory there is an error or a result, and never a pass that was not earned. */
static void test_jades_verify__survives_short_memory(void **state)
{
    struct sealing *s = *state;
    mr_str text = sealing_make(s, NULL, MR_STR(SEALING_PAYLOAD));
    size_t passed = 0, failed = 0;
    for (size_t limit = 0; limit < 32 * MR_KIB; limit += 48) {
        mr_arena small;
        const mr_json *root;
        mr_jades j;
        mr_arena_init(&small, limit);
        int code = mr_json_parse(&small, text, NULL, &root, &s->err);
        if (code == MR_OK) code = mr_jades_verify(&small, text, root, NULL, 0, s->now, &j, &s->err);
        if (code == MR_OK) {
            sealing_assert_step("short memory", &j.signature, PASSED);
            mr_jades_done(&j);
            passed++;
        } else {
            assert_code(code, MR_E_NOMEM, s->err);
            failed++;
        }
        mr_arena_done(&small);
    }
    assert_true(passed > 0 && failed > 0);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, sealing_setup, sealing_teardown)
    const struct CMUnitTest tests[] = {
        CASE(test_jades_verify__keeps_the_rules_of_the_protected_header),
        CASE(test_jades_verify__notes_what_it_does_not_evaluate),
        CASE(test_jades_verify__reports_a_certificate_for_other_ends),
        CASE(test_jades_verify__reads_every_serialization),
        CASE(test_jades_verify__refuses_other_forms),
        CASE(test_jades_is__knows_a_seal_when_it_sees_one),
        CASE(test_jades_verify__wants_all_parallel_seals_good),
        CASE(test_jades_verify__is_about_the_first_of_parallel_seals),
        CASE(test_jades_verify__keeps_the_rules_of_the_unsigned_part),
        CASE(test_jades_verify__finds_the_certificate_in_the_unsigned_part),
        CASE(test_jades_verify__fails_the_step_of_an_unreadable_token),
        CASE(test_jades_verify__weighs_the_evidence),
        CASE(test_jades_verify__hears_no_namesake_of_the_issuer),
        CASE(test_jades_verify__bounds_what_it_reads),
        CASE(test_jades_verify__survives_short_memory),
    };
    return cmocka_run_group_tests_name("jades_rules", tests, NULL, NULL);
}
