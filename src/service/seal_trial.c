#include "service/seal_trial.h"

#include "base/embedded.h"
#include "base/limits.h"
#include "credential/issue.h"
#include "credential/specification_file.h"

MR_EMBEDDED_DECLARE(mr_examples);

static void issuer_cleanup(mr_issuer **i)
{
    if (*i) mr_issuer_close(*i);
}
static void verifier_cleanup(mr_verifier **v)
{
    if (*v) mr_verifier_close(*v);
}

/* The example's provider is invented: the seal's owner stands in for it, or the sample would be somebody else's. */
static int read_example(mr_arena *a, const mr_certificate *c, mr_specification *ret, struct mr_err *err)
{
    const struct mr_embedded *e = mr_embedded_find(mr_examples, mr_examples_count, "wound-care.json");
    const struct mr_certificate_name *subject = mr_certificate_subject(c);
    struct mr_findings findings;
    if (!e) return MR_FAIL(err, MR_E_NOT_FOUND, "there is no example", MR_NOWHERE);
    mr_findings_init(&findings, a);
    MR_TRY(mr_specification_read(a, mr_str_make((const char *)e->data, e->size), ret, &findings, err));
    struct mr_localised *name = MR_NEW(a, struct mr_localised);
    mr_organisation *body = MR_NEW(a, mr_organisation);
    if (!name || !body) return MR_FAIL(err, MR_E_NOMEM, "no memory for a sample", MR_NOWHERE);
    *name =
        (struct mr_localised){MR_STR("en"), subject->organisation.len ? subject->organisation : subject->common_name};
    *body = ret->provider;
    body->name = (mr_texts){name, 1};
    body->eidas = subject->organisation_identifier;
    body->vat = body->registration = MR_STR_EMPTY;
    ret->provider = *body;
    ret->awarding_bodies = body, ret->awarding_body_count = 1;
    return MR_OK;
}

static int seal_sample(const struct mr_seal_trial *t, const mr_specification *specification, mr_buf *out,
                       struct mr_err *err)
{
    MR_CLEANUP(issuer_cleanup) mr_issuer *issuer = NULL;
    mr_achievement learner = {.learner = {.full_name = MR_STR("Test Learner")},
                              .awarded_on = mr_date_of_time(mr_env_now(t->env)),
                              .grade = MR_STR("Passed")};
    /* A seal for others is told of elsewhere; here it is the seal that is tried. */
    const struct mr_issuing issuing = {.specification = specification, .seal = t->seal, .env = t->env, .mandate = true};
    MR_TRY(mr_issuer_open(&issuing, &issuer, err));
    return mr_issue(issuer, &learner, MR_FORMAT_ELM, out, err);
}

int mr_seal_try(const struct mr_seal_trial *t, mr_arena *a, mr_report *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf sealed;
    MR_CLEANUP(verifier_cleanup) mr_verifier *verifier = NULL;
    mr_specification example;
    const struct mr_verifying verifying = {.trust = t->trust, .env = t->env, .language = t->language};
    mr_buf_init(&sealed, MR_LIMIT_DOCUMENT);
    if (!t->specification) MR_TRY(read_example(a, t->seal->certificate, &example, err));
    MR_TRY(seal_sample(t, t->specification ? t->specification : &example, &sealed, err));
    MR_TRY(mr_verifier_open(&verifying, &verifier, err));
    mr_str file = mr_arena_dup(a, mr_buf_str(&sealed));
    if (!file.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for a sample", MR_NOWHERE);
    return mr_verify(verifier, a, file, ret, err);
}
