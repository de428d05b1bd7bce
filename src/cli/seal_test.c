/* `merit seal test`: is a seal fit for use, what is it worth, and what will verifiers see? A sample is sealed with it for real and verified. */
#include "base/file.h"
#include "base/limits.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "credential/seal_standing.h"
#include "credential/specification_file.h"
#include "crypto/pkcs11_uri.h"
#include "service/seal_trial.h"
#include "service/seals.h"

#include <stdlib.h>

static const char help[] =
    "merit seal test [SEAL]: is a seal fit for use, what is it worth, what will verifiers see?\n\n"
    "  merit seal test our-seal.p12\n"
    "  merit seal test our-seal.p12 --specification wound-care.json\n"
    "  merit seal test 'pkcs11:token=Seal;object=our-seal?module-path=/usr/lib/softhsm/libsofthsm2.so'\n"
    "  merit seal test                            those that the data folder seals with now\n\n"
    "  --specification FILE   what it is to seal: is it the seal of who awards?\n"
    "  --certificate FILE     certificates (PEM) for a key in a token that does not hold them\n"
    "  --trust DIR            trust anchors, as for `merit verify`; also MERIT_TRUST, and the trust/ of the data "
    "folder\n"
    "  --data DIR             the data folder; without it MERIT_DATA, or ./merit-data\n"
    "  --lang LANG            language of what is said\n\n"
    "A sample is sealed and verified; nothing of it is kept. The password of a file comes from MERIT_PASSWORD or is "
    "asked for,\n"
    "the PIN of a token from MERIT_PIN or is asked for.\n"
    "Exit status: 0 fine, 1 it cannot seal, 4 it can, with reservations, 2 a wrong call or a seal that cannot be "
    "opened.\n";

struct test {
    const char *specification_file, *certificate, *trust_folder, *data, *lang;
    const char *at;
    const mr_env *env;
    const mr_language *l;
    mr_arena a;
    mr_service *service; /* NULL: a seal was named */
    mr_trust own_trust;
    const mr_trust *trust;
    mr_specification specification;
    const mr_specification *asked; /* NULL: none was named */
};
static void test_done(struct test *t)
{
    mr_service_close(t->service);
    mr_trust_done(&t->own_trust);
    mr_arena_done(&t->a);
}

/* ---- telling ---- */

static void put_line(struct test *t, const char *before, mr_str text, mr_buf *out)
{
    if (!text.len) return;
    mr_buf_puts(out, before);
    mr_buf_put_visible(out, text);
    mr_buf_putc(out, '\n');
}

static void put_report(struct test *t, const mr_report *r, mr_buf *out)
{
    static const mr_check_code shown[] = {MR_CHECK_SEAL, MR_CHECK_ISSUER, MR_CHECK_TRUST};
    put_line(t, "\n", mr_message(t->l, "seal_test.tried"), out);
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) put_line(t, "  ", r->checks[shown[i]].text, out);
}

/* Of a sample, who vouches may stay open; what is false may not. */
static bool is_sample_good(const mr_report *r)
{
    return r->checks[MR_CHECK_FORMAT].state == MR_PASSED && r->checks[MR_CHECK_SEAL].state == MR_PASSED &&
           r->checks[MR_CHECK_ISSUER].state != MR_FAILED && r->checks[MR_CHECK_TRUST].state != MR_FAILED;
}

static int conclude(struct test *t, const struct mr_seal_standing *s, bool sealed, bool good, mr_buf *out)
{
    bool hinders = mr_seal_standing_hinders(s) || !sealed;
    if (s->remark_count) mr_buf_putc(out, '\n');
    for (size_t i = 0; i < s->remark_count; i++) {
        put_line(t, s->remarks[i].hinders ? "x " : "! ", s->remarks[i].text, out);
        put_line(t, "    ", s->remarks[i].detail, out);
    }
    const char *id = hinders ? "seal_test.unfit" : s->remark_count || !good ? "seal_test.reserved" : "seal_test.fine";
    put_line(t, "\n", mr_message(t->l, id), out);
    return hinders ? 1 : s->remark_count || !good ? 4 : 0;
}

static int test_seal(struct test *t, const struct mr_seal_key *seal)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct mr_err err = {0};
    struct mr_seal_standing standing;
    mr_report report = {0};
    bool good = false;
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    if (mr_seal_standing_find(seal, t->trust, t->asked, mr_env_now(t->env), &t->a, t->l, &standing, &err) != MR_OK)
        return mr_cli_fail(&err, t->at, MR_STR_EMPTY);
    for (size_t i = 0; i < standing.line_count; i++) put_line(t, "", standing.lines[i], &out);
    const struct mr_seal_trial trial = {seal, t->asked, t->trust, t->env, t->l};
    bool sealed = mr_seal_try(&trial, &t->a, &report, &err) == MR_OK;
    if (sealed) {
        put_report(t, &report, &out);
        good = is_sample_good(&report);
    } else {
        put_line(t, "\n", mr_message(t->l, "seal_test.not_tried"), &out);
        put_line(t, "  ", mr_str_of(err.message ? err.message : mr_code_text(err.code)), &out);
        put_line(t, "    ", mr_str_of(err.detail), &out);
    }
    int status = conclude(t, &standing, sealed, good, &out);
    return mr_cli_print(mr_buf_str(&out)) ? status : 2;
}

/* ---- which ---- */

static int read_specification(struct test *t, struct mr_err *err)
{
    mr_str text;
    struct mr_findings findings;
    if (!t->specification_file) return MR_OK;
    t->at = t->specification_file;
    mr_findings_init(&findings, &t->a);
    MR_TRY(mr_file_read(&t->a, t->specification_file, MR_LIMIT_DOCUMENT, &text, err));
    MR_TRY(mr_specification_read(&t->a, text, &t->specification, &findings, err));
    if (findings.faults)
        return MR_FAIL(err, MR_E_SPECIFICATION, "the specification has faults; `merit spec check` shows them",
                       MR_NOWHERE);
    t->asked = &t->specification;
    return MR_OK;
}

static int load_trust(struct test *t, struct mr_err *err)
{
    const char *environment = getenv("MERIT_TRUST");
    const char *folder = t->trust_folder ? t->trust_folder : environment && *environment ? environment : NULL;
    t->trust = t->service && !folder ? mr_service_trust(t->service) : &t->own_trust;
    if (!folder) return MR_OK;
    t->at = folder;
    return mr_trust_load(&t->a, folder, &t->own_trust, err);
}

static int test_named(struct test *t, const char *reference)
{
    MR_CLEANUP(mr_seal_key_done) struct mr_seal_key seal = {0};
    struct mr_err err = {0};
    t->at = mr_pkcs11_uri_show(&t->a, mr_str_of(reference)).ptr;
    if (mr_options_seal(&t->a, reference, t->certificate, &seal, &err) != MR_OK) {
        (void)!mr_cli_fail(&err, t->at, MR_STR_EMPTY);
        return 2; /* never 1, which speaks of a seal that was looked at */
    }
    return test_seal(t, &seal);
}

static int test_kept(struct test *t, const struct mr_kept_seal *k)
{
    MR_CLEANUP(mr_seal_key_done) struct mr_seal_key seal = {0};
    struct mr_err err = {0};
    t->at = mr_arena_cstr(&t->a, k->file);
    printf("%s\n", t->at);
    if (mr_seals_open(t->service, &t->a, k, &seal, &err) == MR_OK) return test_seal(t, &seal);
    (void)!mr_cli_fail(&err, t->at, MR_STR_EMPTY);
    return 2;
}

/* Every organisation's, or that of the specification's provider; the worst counts. */
static int test_folder(struct test *t)
{
    static const int rank[] = {[0] = 0, [1] = 2, [2] = 3, [4] = 1};
    struct mr_err err = {0};
    struct mr_kept_seal *list;
    size_t count, from = 0;
    int worst = 0;
    mr_str only = t->asked ? mr_service_issuer(&t->a, t->asked) : MR_STR_EMPTY;
    if (mr_seals_of(t->service, &t->a, only, &list, &count, &err) != MR_OK)
        return mr_cli_fail(&err, t->data, MR_STR_EMPTY);
    if (count == 0) printf("%.*s\n", MR_STR_ARG(mr_message(t->l, "seal_list.none")));
    for (size_t i = 0; i < count; i = from) {
        while (from < count && mr_str_eq(list[from].issuer, list[i].issuer)) from++;
        if (i) putchar('\n');
        int status = test_kept(t, mr_seals_choose(list + i, from - i));
        if (rank[status] > rank[worst]) worst = status;
    }
    return count ? worst : 1;
}

static int open_all(struct test *t, bool named, struct mr_err *err)
{
    const struct mr_service_config config = {.data_folder = t->data, .public_url = "", .env = t->env, .beside = true};
    MR_TRY(read_specification(t, err));
    t->at = t->data;
    if (!named) MR_TRY(mr_service_open(&config, &t->service, err));
    return load_trust(t, err);
}

int mr_cli_seal_test(int argc, char **argv, const mr_env *env)
{
    MR_CLEANUP(test_done) struct test t = {.env = env};
    const mr_option options[] = {{"specification", &t.specification_file, NULL},
                                 {"certificate", &t.certificate, NULL},
                                 {"trust", &t.trust_folder, NULL},
                                 {"data", &t.data, NULL},
                                 {"lang", &t.lang, NULL}};
    struct mr_err err = {0};
    int words;
    bool done;
    mr_arena_init(&t.a, 4 * MR_LIMIT_DOCUMENT_MEMORY);
    if (!mr_options_take(argc, argv, options, 5, help, &words, &done)) return 2;
    if (done) return 0;
    if (words > 1) return fputs(help, stderr), 2;
    t.l = mr_options_language(t.lang);
    t.data = mr_options_data_folder(t.data);
    if (open_all(&t, words == 1, &err) != MR_OK) {
        (void)!mr_cli_fail(&err, t.at, MR_STR_EMPTY);
        return 2;
    }
    return words ? test_named(&t, argv[1]) : test_folder(&t);
}
