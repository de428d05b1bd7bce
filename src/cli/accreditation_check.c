/* `merit accreditation check`: what a record says, whether its seal holds, and within which limits it accredits. */
#include "cli/accreditation.h"

#include "base/file.h"
#include "base/limits.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "credential/accreditation_file.h"
#include "credential/accreditation_judge.h"
#include "credential/wording.h"
#include "net/fetch.h"

#include <stdlib.h>

struct job {
    mr_arena a, all; /* for the file; for the trust folder */
    mr_buf out;
    mr_trust trust;
    mr_contexts *contexts;
    mr_net_fetcher *fetcher;
    const mr_language *l;
    const mr_env *env;
    struct mr_err err;
};

static void job_done(struct job *j)
{
    mr_trust_done(&j->trust);
    mr_contexts_close(j->contexts);
    mr_net_fetcher_free(j->fetcher);
    mr_buf_done(&j->out);
    mr_arena_done(&j->a);
    mr_arena_done(&j->all);
}

/* ---- what it says ---- */

static void put_line(struct job *j, const char *label, mr_str value)
{
    if (!value.len) return;
    mr_buf_puts(&j->out, "  ");
    mr_buf_put(&j->out, mr_message(j->l, label));
    mr_buf_puts(&j->out, ": ");
    mr_buf_put_visible(&j->out, value);
    mr_buf_putc(&j->out, '\n');
}

static mr_str text_of(const struct job *j, mr_texts texts)
{
    return mr_texts_get(texts, mr_language_tag(j->l), NULL);
}

/* "A school (invented) (vat DK12345678, ror 0example)" */
static mr_str say_party(struct job *j, const mr_party *p)
{
    mr_str all = MR_STR_EMPTY;
    for (size_t i = 0; i < p->identifier_count; i++)
        all = mr_wording_join(&j->a, all,
                              mr_arena_format(&j->a, "%.*s %.*s", MR_STR_ARG(p->identifiers[i].scheme),
                                              MR_STR_ARG(p->identifiers[i].value)));
    return mr_wording_with_type(&j->a, text_of(j, p->names), all);
}

static mr_str say_day(struct job *j, mr_date day)
{
    return mr_date_is_set(day) ? mr_say_date(&j->a, j->l, day) : MR_STR_EMPTY;
}

/* "0913 Nursing and midwifery, ..." : codes with the labels that are known. */
static mr_str say_codes(struct job *j, mr_strs codes, mr_scheme_code scheme)
{
    mr_str all = MR_STR_EMPTY;
    for (size_t i = 0; i < codes.count; i++) {
        const mr_scheme *s = mr_scheme_get(scheme);
        mr_str said = codes.items[i];
        for (size_t k = 0; k < s->count; k++) {
            const char *last = strrchr(s->concepts[k].uri, '/');
            if (last && mr_str_is(codes.items[i], last + 1))
                said = mr_arena_format(&j->a, "%s %.*s", s->concepts[k].code,
                                       MR_STR_ARG(mr_concept_label(&s->concepts[k], mr_language_tag(j->l))));
        }
        all = mr_wording_join(&j->a, all, said);
    }
    return all;
}

static mr_str say_levels(struct job *j, unsigned levels)
{
    mr_str all = MR_STR_EMPTY;
    for (int i = 1; i <= 8; i++)
        if (levels & 1u << i) all = mr_wording_join(&j->a, all, mr_arena_format(&j->a, "%d", i));
    return all;
}

static void put_limits(struct job *j, const struct mr_accreditation_limits *l)
{
    put_line(j, "accreditation.label.fields", say_codes(j, l->fields, MR_SCHEME_ISCED_F));
    put_line(j, "accreditation.label.levels", say_levels(j, l->levels));
    put_line(j, "accreditation.label.places", say_codes(j, l->jurisdictions, MR_SCHEME_JURISDICTION));
    put_line(j, "accreditation.label.types", say_codes(j, l->types, MR_SCHEME_CREDENTIAL_PROFILE));
    for (size_t i = 0; i < l->programme_count; i++) {
        const struct mr_named_programme *p = &l->programmes[i];
        put_line(j, "accreditation.label.programme",
                 mr_wording_with_type(&j->a, text_of(j, p->title), p->ids.count ? p->ids.items[0] : MR_STR_EMPTY));
    }
    if (!l->fields.count && !l->levels && !l->jurisdictions.count && !l->types.count && !l->programme_count)
        put_line(j, "accreditation.label.limits", mr_message(j->l, "accreditation.no_limits"));
}

static void put_accreditation(struct job *j, const mr_accreditation *r)
{
    static const char *const decisions[] = {
        [MR_DECISION_POSITIVE] = "accreditation.decision.positive",
        [MR_DECISION_CONDITIONAL] = "accreditation.decision.conditional",
        [MR_DECISION_NEGATIVE] = "accreditation.decision.negative",
        [MR_DECISION_UNKNOWN] = "accreditation.decision.unknown",
    };
    put_line(j, "accreditation.label.title",
             mr_wording_with_type(&j->a, text_of(j, r->title), mr_wording_quality(j->l, r->kind)));
    put_line(j, "accreditation.label.agency", say_party(j, &r->agent));
    for (size_t i = 0; i < r->organisation_count; i++)
        put_line(j, "accreditation.label.organisation", say_party(j, &r->organisations[i]));
    if (r->decision != MR_DECISION_NOT_SAID)
        put_line(j, "accreditation.label.decision", mr_message(j->l, decisions[r->decision]));
    put_line(j, "accreditation.label.conditions", text_of(j, r->conditions));
    put_line(j, "accreditation.label.from", say_day(j, mr_date_is_set(r->valid_from) ? r->valid_from : r->issued));
    put_line(j, "accreditation.label.until", say_day(j, r->valid_until));
    put_line(j, "accreditation.label.withdrawn", say_day(j, r->withdrawn));
    put_line(j, "accreditation.label.suspended", say_day(j, r->suspended_from));
    put_line(j, "accreditation.label.review", say_day(j, r->review));
    put_limits(j, &r->limits);
    put_line(j, "accreditation.label.report", r->report);
    put_line(j, "accreditation.label.reference", r->reference);
}

/* ---- whether it holds ---- */

static int check_signed(struct job *j, const char *path, mr_str text)
{
    struct mr_resolver resolver = {j->fetcher ? mr_net_fetcher_fetch(j->fetcher) : NULL};
    const struct mr_accreditation_judging judging = {.opening = {.contexts = j->contexts,
                                                                 .keys = {mr_controller_find, &resolver},
                                                                 .fetch = resolver.fetch,
                                                                 .now = mr_env_now(j->env)},
                                                     .trust = &j->trust};
    struct mr_accreditation_standing s;
    mr_accreditation_record r;
    if (mr_accreditation_stand(&j->a, &judging, text, &r, &s, &j->err) != MR_OK)
        return mr_cli_fail(&j->err, path, MR_STR_EMPTY);
    bool broken = s.seal.step.state == MR_FAILED;
    mr_str body =
        r.accreditation.organisation_count ? text_of(j, r.accreditation.organisations[0].names) : MR_STR_EMPTY;
    mr_str who = s.voucher.len ? s.voucher : s.step.detail;
    mr_buf_puts(&j->out, s.step.state == MR_PASSED ? "✓ " : broken ? "✗ " : "? ");
    mr_buf_put_visible(&j->out,
                       MR_SAY(&j->a, j->l, s.step.id, {"agency", text_of(j, r.accreditation.agent.names)},
                              {"body", body}, {"who", who}, {"day", say_day(j, mr_date_of_time(mr_env_now(j->env)))}));
    mr_buf_putc(&j->out, '\n');
    if (s.seal.step.state != MR_PASSED && s.seal.step.id)
        put_line(j, "accreditation.label.seal", mr_message(j->l, s.seal.step.id));
    if (s.seal.step.state == MR_PASSED && r.is_record) put_accreditation(j, &r.accreditation);
    if (!mr_cli_print(mr_buf_str(&j->out))) return 2;
    return s.step.state == MR_PASSED ? 0 : broken || !r.is_record ? 1 : 3;
}

/* A record that is still to be signed. */
static int check_unsigned(struct job *j, const char *path, mr_str text)
{
    mr_accreditation_file file;
    struct mr_findings findings;
    mr_findings_init(&findings, &j->a);
    if (mr_accreditation_file_read(&j->a, text, &file, &findings, &j->err) != MR_OK)
        return mr_cli_fail(&j->err, path, text);
    if (findings.faults) return mr_cli_accreditation_faults(path, &findings, j->l, &j->a, stdout);
    mr_buf_put_visible(&j->out, MR_SAY(&j->a, j->l, "accreditation.file.complete", {"file", mr_str_of(path)},
                                       {"title", text_of(j, file.quality.title)}));
    mr_buf_putc(&j->out, '\n');
    return mr_cli_print(mr_buf_str(&j->out)) ? 0 : 2;
}

static bool is_unsigned(mr_arena *a, mr_str text)
{
    const mr_json *root = NULL;
    return mr_json_parse(a, text, NULL, &root, NULL) == MR_OK && mr_json_get(root, "accreditation") &&
           !mr_json_get(root, "@context");
}

int mr_cli_accreditation_check(const char *path, const char *trust, const char *lang, bool online, const mr_env *env)
{
    MR_CLEANUP(job_done) struct job j = {.l = mr_options_language(lang), .env = env};
    const char *environment = getenv("MERIT_TRUST");
    mr_str text = MR_STR_EMPTY;
    mr_arena_init(&j.a, MR_LIMIT_DOCUMENT_MEMORY);
    mr_arena_init(&j.all, MR_LIMIT_DOCUMENT_MEMORY);
    mr_buf_init(&j.out, MR_MIB);
    if (!trust && environment && *environment) trust = environment;
    if (mr_file_read(&j.a, path, MR_LIMIT_ACCREDITATION, &text, &j.err) != MR_OK)
        return mr_cli_fail(&j.err, path, MR_STR_EMPTY);
    if (is_unsigned(&j.a, text)) return check_unsigned(&j, path, text);
    if (trust && mr_trust_load(&j.all, trust, &j.trust, &j.err) != MR_OK)
        return mr_cli_fail(&j.err, trust, MR_STR_EMPTY), 2;
    if (mr_contexts_open(&j.contexts, &j.err) != MR_OK ||
        (online && mr_net_fetcher_new(NULL, &j.fetcher, &j.err) != MR_OK))
        return mr_cli_fail(&j.err, NULL, MR_STR_EMPTY);
    return check_signed(&j, path, text);
}
