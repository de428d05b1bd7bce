#include "credential/organisation_file.h"

#include "credential/specification_values.h"

#include <stdio.h>

static int begin(struct mr_spec_reader *r, mr_arena *a, mr_str text, struct mr_findings *findings, struct mr_err *err)
{
    *r = (struct mr_spec_reader){.arena = a, .findings = findings};
    MR_TRY(mr_json_parse(a, text, NULL, &r->root, err));
    if (mr_json_is(r->root, MR_JSON_OBJECT)) return MR_OK;
    return MR_FAIL(err, MR_E_JSON, "a JSON object is expected", r->root->position);
}

static int end(const struct mr_spec_reader *r, struct mr_err *err)
{
    return r->nomem ? MR_FAIL(err, MR_E_NOMEM, "this needs more memory than allowed", MR_NOWHERE) : MR_OK;
}

/* Said of the place where it should stand, so that a form can show it there. */
static void missing(struct mr_spec_reader *r, const char *element, const char *id, const char *pointer)
{
    struct mr_finding *f = mr_spec_fault(r, NULL, element, id, MR_STR_EMPTY);
    snprintf(f->pointer, sizeof f->pointer, "%s", pointer);
}

int mr_organisation_read(mr_arena *a, mr_str text, mr_organisation *ret, struct mr_findings *findings,
                         struct mr_err *err)
{
    struct mr_spec_reader r;
    MR_TRY(begin(&r, a, text, findings, err));
    const mr_json *name = mr_json_get(r.root, "name");
    if (mr_json_count(name) && mr_json_is(name, MR_JSON_OBJECT)) r.primary = mr_json_text(name + 1);
    (void)mr_spec_organisation(&r, r.root, "provider", ret);
    if (!name) missing(&r, "awarding_body", "organisation.name.missing", "/name");
    if (!mr_json_get(r.root, "country")) missing(&r, "country", "organisation.country.missing", "/country");
    return end(&r, err);
}

int mr_texts_read(mr_arena *a, mr_str text, const char *element, mr_texts *ret, struct mr_findings *findings,
                  struct mr_err *err)
{
    struct mr_spec_reader r;
    MR_TRY(begin(&r, a, text, findings, err));
    *ret = mr_spec_texts(&r, r.root, element, false);
    return end(&r, err);
}

bool mr_organisation_is_same(const mr_organisation *one, const mr_organisation *other)
{
    if (one->eidas.len && other->eidas.len) return mr_str_eq(one->eidas, other->eidas);
    if (one->vat.len && other->vat.len) return mr_str_eq(one->vat, other->vat);
    if (one->registration.len && other->registration.len)
        return mr_str_eq(one->registration, other->registration) && one->country == other->country;
    for (size_t i = 0; i < one->name.count; i++)
        for (size_t k = 0; k < other->name.count; k++)
            if (mr_str_eq(one->name.items[i].text, other->name.items[k].text)) return true;
    return false;
}
