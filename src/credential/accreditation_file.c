#include "credential/accreditation_file.h"

#include "credential/specification_quality.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))
#define ELEMENT "quality_assurance"
typedef struct mr_spec_reader reader;

mr_str mr_accreditation_file_template(void)
{
    return MR_STR("{\n"
                  "  \"accreditation\": \"1\",\n"
                  "  \"id\": \"https://agency.example.org/decisions/2026-17\",\n"
                  "  \"kind\": \"institution\",\n"
                  "  \"title\": {\"en\": \"Institutional accreditation 2026\"},\n"
                  "  \"by\": {\"name\": {\"en\": \"Quality Agency (invented)\"}, \"country\": \"DK\"},\n"
                  "  \"organisations\": [\n"
                  "    {\n"
                  "      \"name\": {\"en\": \"Aarhus School of Nursing (invented)\"},\n"
                  "      \"country\": \"DK\",\n"
                  "      \"vat\": \"DK12345678\"\n"
                  "    }\n"
                  "  ],\n"
                  "  \"decision\": \"positive\",\n"
                  "  \"issued\": \"2026-01-15\",\n"
                  "  \"valid_from\": \"2026-02-01\",\n"
                  "  \"valid_until\": \"2032-01-31\",\n"
                  "  \"report\": \"https://agency.example.org/reports/2026-17\",\n"
                  "  \"limits\": {\n"
                  "    \"fields\": [\"091\"],\n"
                  "    \"levels\": [\"5\", \"6\", \"7\"],\n"
                  "    \"jurisdictions\": [\"DK\"]\n"
                  "  }\n"
                  "}\n");
}

static void read_organisations(reader *r, const mr_json *v, mr_accreditation_file *ret)
{
    if (!v) mr_spec_fault(r, NULL, ELEMENT, "accreditation.file.organisations", MR_STR_EMPTY);
    if (!mr_spec_list(r, v, ELEMENT)) return;
    ret->organisations = MR_NEW_ARRAY(r->arena, mr_organisation, v->len);
    if (!ret->organisations) {
        r->nomem = true;
        return;
    }
    MR_JSON_EACH (item, v) {
        mr_organisation *o = &ret->organisations[ret->organisation_count];
        if (!mr_spec_organisation(r, item, ELEMENT, o)) continue;
        ret->organisation_count++;
        /* Without a number of a register nobody can tell it from another of its name. */
        if (!o->registration.len && !o->vat.len && !o->eidas.len && !o->deqar.len && !o->schac.len && !o->ror.len &&
            !o->did.len)
            mr_spec_fault(r, item, ELEMENT, "accreditation.file.identifier", mr_texts_get(o->name, r->primary, NULL));
    }
}

static void read_interruptions(reader *r, mr_accreditation_file *ret)
{
    static const char *const members[] = {"from", "until"};
    const mr_json *suspended = mr_json_get(r->root, "suspended");
    ret->quality.withdrawn = mr_spec_date(r, mr_json_get(r->root, "withdrawn"), ELEMENT);
    if (!mr_spec_object(r, suspended, ELEMENT, members, COUNT(members))) return;
    ret->quality.suspended_from = mr_spec_date(r, mr_json_get(suspended, "from"), ELEMENT);
    ret->quality.suspended_until = mr_spec_date(r, mr_json_get(suspended, "until"), ELEMENT);
    if (!mr_json_get(suspended, "from"))
        mr_spec_fault(r, suspended, ELEMENT, "accreditation.file.suspended", MR_STR_EMPTY);
}

static void check_order(reader *r, const char *member, mr_date first, mr_date last)
{
    if (mr_date_is_set(first) && mr_date_is_set(last) && mr_date_compare(first, last) > 0)
        mr_spec_fault(r, mr_json_get(r->root, member), ELEMENT, "spec.date.order", MR_STR_EMPTY);
}

static void read_who(reader *r, mr_accreditation_file *ret)
{
    const mr_json *by = mr_json_get(r->root, "by");
    if (!by) mr_spec_fault(r, NULL, ELEMENT, "spec.quality.by", MR_STR_EMPTY);
    (void)mr_spec_organisation(r, by, ELEMENT, &ret->quality.by);
    if (ret->quality.kind == MR_QUALITY_INTERNAL)
        mr_spec_fault(r, mr_json_get(r->root, "kind"), ELEMENT, "accreditation.file.internal", MR_STR_EMPTY);
    read_organisations(r, mr_json_get(r->root, "organisations"), ret);
}

int mr_accreditation_file_read(mr_arena *a, mr_str text, mr_accreditation_file *ret, struct mr_findings *findings,
                               struct mr_err *err)
{
    static const char *const members[] = {"accreditation", "id",        "organisations",
                                          "withdrawn",     "suspended", MR_SPEC_QUALITY_MEMBERS};
    reader r = {.arena = a, .findings = findings};
    *ret = (mr_accreditation_file){0};
    MR_TRY(mr_json_parse(a, text, NULL, &r.root, err));
    if (!mr_json_is(r.root, MR_JSON_OBJECT)) return MR_FAIL(err, MR_E_FORMAT, "not a JSON object", 0);
    (void)mr_spec_object(&r, r.root, ELEMENT, members, COUNT(members));
    const mr_json *form = mr_json_get(r.root, "accreditation"), *title = mr_json_get(r.root, "title");
    if (!mr_str_is(mr_json_str(form), "1"))
        mr_spec_fault(&r, form, ELEMENT, "accreditation.file.form", mr_json_str(form));
    if (!title) mr_spec_fault(&r, NULL, ELEMENT, "accreditation.file.title", MR_STR_EMPTY);
    ret->id = mr_spec_url(&r, mr_json_get(r.root, "id"), ELEMENT, true);
    /* The title's first language is the primary one, in which every other text must be there. */
    ret->quality.title = mr_spec_texts(&r, title, ELEMENT, true);
    if (ret->quality.title.count) r.primary = ret->quality.title.items[0].language;
    mr_spec_quality_members(&r, r.root, &ret->quality);
    read_who(&r, ret);
    read_interruptions(&r, ret);
    check_order(&r, "valid_until", ret->quality.valid_from, ret->quality.valid_until);
    check_order(&r, "suspended", ret->quality.suspended_from, ret->quality.suspended_until);
    return r.nomem ? MR_FAIL(err, MR_E_NOMEM, "no memory to read an accreditation", MR_NOWHERE) : MR_OK;
}
