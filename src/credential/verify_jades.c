/* European Digital Credentials: JSON sealed as JAdES (TS 119 182-1 6.3). */
#include "credential/verify_inside.h"

#include "credential/sniff.h"
#include "credential/vcdm.h"
#include "proof/jades.h"

static void take_step(struct mr_verification *w, mr_seal_check which, const struct mr_step *s)
{
    struct mr_check *c = &w->r->seal_checks[which];
    /* Beside a signature that does not fit, time-stamps prove nothing. */
    c->claimed = which == MR_SEAL_SIGNATURE || w->r->seal_checks[MR_SEAL_SIGNATURE].state == MR_PASSED;
    c->state = s->state;
    c->text = s->id ? mr_verify_say(w, s->id) : MR_STR_EMPTY;
    c->detail = mr_arena_dup(w->a, s->detail);
    if (s->authority.len) c->source = mr_arena_dup(w->a, s->authority);
    c->at = s->at;
}

static void claim_jades_seal(struct mr_verification *w, const mr_jades *j)
{
    const struct mr_step *steps[MR_SEAL_CHECK_COUNT] = {&j->signature, &j->content_time, &j->signature_time,
                                                        &j->archive_time, &j->revocation_evidence};
    const struct mr_step *failed = NULL;
    for (int i = 0; i < MR_SEAL_CHECK_COUNT && !failed; i++)
        if (steps[i]->state == MR_FAILED) failed = steps[i];
    struct mr_check *c;
    if (failed)
        c = mr_verify_claim(w, MR_CHECK_SEAL, MR_FAILED,
                            failed->id ? mr_verify_say(w, failed->id) : mr_verify_say(w, "seal.failed"));
    else if (j->signature.state != MR_PASSED)
        c = mr_verify_claim(w, MR_CHECK_SEAL, MR_UNCHECKED,
                            j->signature.id ? mr_verify_say(w, j->signature.id) : mr_verify_say(w, "seal.unchecked"));
    else if (j->best_time != MR_TIME_NONE)
        c = mr_verify_claim(w, MR_CHECK_SEAL, MR_PASSED,
                            mr_verify_say_with(w, j->timestamps_anchored ? "seal.passed_at" : "seal.passed_stamped",
                                               "time", mr_say_time(w->a, w->l, j->best_time)));
    else if (j->claimed_time != MR_TIME_NONE)
        c = mr_verify_claim(
            w, MR_CHECK_SEAL, MR_PASSED,
            mr_verify_say_with(w, "seal.passed_claimed", "time", mr_say_time(w->a, w->l, j->claimed_time)));
    else
        c = mr_verify_claim_id(w, MR_CHECK_SEAL, MR_PASSED, "seal.passed");
    if (failed) c->detail = mr_arena_dup(w->a, failed->detail);
    c->source = mr_verify_say(w, "source.file");
    for (int i = 0; i < MR_SEAL_CHECK_COUNT; i++) take_step(w, (mr_seal_check)i, steps[i]);
    for (size_t i = 0; i < MR_JADES_REMARKS && j->remarks[i]; i++)
        w->r->remarks[w->r->remark_count++] = mr_verify_say(w, j->remarks[i]);
}

static int judge_jades(struct mr_verification *w, const mr_jades *j, struct mr_err *err)
{
    struct mr_found f = {.payload_text = j->payload,
                         .certificate = j->certificate,
                         .purpose_why = j->purpose_why,
                         .claimed_time = j->claimed_time,
                         .proven_time = j->best_time,
                         .vouched_time = j->anchored_time,
                         .is_elm = true};
    mr_elm_kind kind = MR_ELM_NONE;
    bool good = false;
    mr_str level = mr_str_of(j->level != MR_JADES_NONE ? mr_jades_level_name(j->level) : "JAdES");
    if (j->signature.state != MR_PASSED) {
        mr_verify_pass_format(w, "jades", mr_verify_name(w, MR_ELM_NONE, MR_STR("JAdES")), "format.sealed");
        claim_jades_seal(w, j);
        return MR_OK;
    }
    MR_TRY(mr_verify_read_elm(w, &f, &kind, &good, err));
    if (!good) {
        const char *known = !f.payload ? NULL
                            : mr_vcdm_kind_of(f.payload) == MR_VCDM_PRESENTATION
                                ? "format.presentation"
                                : mr_sniffed_other_credential(f.payload);
        return known ? mr_verify_not_the_form(w, known, NULL, true) : MR_OK;
    }
    mr_verify_pass_format(w, "elm+jades", mr_verify_name(w, kind, level), "format.passed");
    claim_jades_seal(w, j);
    if (w->r->checks[MR_CHECK_SEAL].state != MR_PASSED) return MR_OK;
    if (j->certificate)
        f.chain = mr_verify_know_chain(j->certificate, &j->chain,
                                       mr_verify_any_is_test(j->pool, j->pool_count) ||
                                           mr_verify_any_is_test(j->chain.certificates, j->chain.count));
    return mr_verify_judge(w, &f, err);
}

int mr_verify_jades(struct mr_verification *w, mr_str text, const mr_json *root, struct mr_err *err)
{
    mr_jades j = {0};
    struct mr_err e = {0};
    bool more = false;
    int code = mr_jades_verify(w->a, text, root, w->v->anchors, w->v->anchor_count, w->now, &j, &e);
    /* Its certificates are known now; where trusted lists know more of them, once more. */
    if (code == MR_OK) code = mr_verify_collect_anchors(w, j.pool, j.pool_count, &more, &e);
    if (code == MR_OK && more) {
        mr_jades_done(&j);
        code = mr_jades_verify(w->a, text, root, w->v->anchors, w->v->anchor_count, w->now, &j, &e);
    }
    if (code) return mr_verify_not_the_form(w, code == MR_E_NOMEM ? "format.too_much" : "format.broken_seal", &e, true);
    code = judge_jades(w, &j, err);
    mr_jades_done(&j);
    return code;
}
