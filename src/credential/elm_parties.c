/* Organisations in ELM documents: the issuer, awarding bodies, those who assure quality.
 *
 * The issuer is what the seal's certificate says and nothing else (facts elm-edc 1.7): legalName from O, altLabel from CN, eIDASIdentifier from
 * organizationIdentifier (2.5.4.97), location from C. A verifier compares exactly these with the certificate in the seal.
 *
 * A party has one key wherever it stands ("body-1", "provider"), so that its node is the same node. The provider is the awarding body that it equals,
 * when there is one. Accreditation is a property of Qualification and of Organisation only; where it stands inside the awarding body, that body
 * is only referred to by id, or the node would contain itself. */
#include "credential/elm_template.h"

#include "base/encoding.h"

#include <stdio.h>

/* --- who is who --------------------------------------------------------------------------------------------------- */

static bool same_texts(mr_texts a, mr_texts b)
{
    if (a.count != b.count) return false;
    for (size_t i = 0; i < a.count; i++) {
        if (!mr_str_eq(mr_texts_find(b, a.items[i].language), a.items[i].text)) return false;
    }
    return true;
}

static bool same_party(const mr_organisation *a, const mr_organisation *b)
{
    return same_texts(a->name, b->name) && a->country == b->country && mr_str_eq(a->vat, b->vat) &&
           mr_str_eq(a->eidas, b->eidas) && mr_str_eq(a->registration, b->registration);
}

/* Index of the awarding body that this party is, or -1. */
static int awarding_index(const mr_specification *s, const mr_organisation *o)
{
    for (size_t i = 0; i < s->awarding_body_count; i++) {
        if (same_party(&s->awarding_bodies[i], o)) return (int)i;
    }
    return -1;
}

/* The node key of a party: that of the awarding body or the provider that it is, else `other`. */
static void key_of(const mr_specification *s, const mr_organisation *o, const char *other, char key[32])
{
    int index = awarding_index(s, o);
    if (index >= 0)
        snprintf(key, 32, "body-%d", index + 1);
    else
        snprintf(key, 32, "%s", same_party(o, &s->provider) ? "provider" : other);
}

/* "VATDK-12345678" is the VAT number "DK12345678", "NTRDK-12345678" the registration "12345678" (EN 319 412-1 5.1.4). */
static bool identifies(mr_str identifier, const mr_organisation *o)
{
    if (mr_str_eq(identifier, o->eidas)) return true;
    if (identifier.len < 7) return false;
    mr_str number = mr_str_from(identifier, 6), country = mr_str_make(identifier.ptr + 3, 2);
    if (mr_str_has_prefix(identifier, MR_STR("VAT")))
        return mr_str_has_prefix(o->vat, country) && mr_str_eq(mr_str_from(o->vat, 2), number);
    return mr_str_has_prefix(identifier, MR_STR("NTR")) && o->country && mr_str_is(country, o->country->code) &&
           mr_str_eq(o->registration, number);
}

static bool is_named(mr_str name, const mr_organisation *o)
{
    for (size_t i = 0; i < o->name.count; i++) {
        if (mr_str_eq_ascii_nocase(name, o->name.items[i].text)) return true;
    }
    return false;
}

bool mr_elm_issuer_awards(const mr_specification *s, const mr_certificate *c)
{
    const struct mr_certificate_name *subject = mr_certificate_subject(c);
    for (size_t i = 0; i < s->awarding_body_count; i++) {
        const mr_organisation *o = &s->awarding_bodies[i];
        if (identifies(subject->organisation_identifier, o) || is_named(subject->organisation, o)) return true;
    }
    return false;
}

/* --- pieces ------------------------------------------------------------------------------------------------------- */

static void put_key_node(struct mr_elm_writer *e, const char *kind, const char *key, const char *part, const char *type)
{
    char whole[64];
    snprintf(whole, sizeof whole, "%s:%s", key, part);
    mr_elm_begin_node(e, kind, whole, type);
}

static void put_legal_identifier(struct mr_elm_writer *e, const char *name, const char *key, mr_str notation,
                                 const mr_concept *country)
{
    if (notation.len == 0 || !country) return;
    mr_json_put_name(&e->w, name);
    put_key_node(e, "legalIdentifier", key, name, "LegalIdentifier");
    mr_json_put_member(&e->w, "notation", notation);
    mr_elm_put_concept_member(e, "spatial", country);
    mr_json_end_object(&e->w);
}

static void put_location(struct mr_elm_writer *e, const char *key, const mr_concept *country, mr_texts address)
{
    if (!country) return;
    mr_json_put_name(&e->w, "location");
    mr_json_begin_array(&e->w);
    mr_elm_begin_node(e, "location", key, "Location");
    mr_json_put_name(&e->w, "address");
    mr_json_begin_array(&e->w);
    mr_elm_begin_node(e, "address", key, "Address");
    mr_elm_put_concept_member(e, "countryCode", country);
    if (mr_texts_are_set(address)) {
        mr_json_put_name(&e->w, "fullAddress");
        put_key_node(e, "note", key, "address", "Note");
        mr_elm_put_texts(e, "noteLiteral", address);
        mr_json_end_object(&e->w);
    }
    mr_json_end_object(&e->w);
    mr_json_end_array(&e->w);
    mr_json_end_object(&e->w);
    mr_json_end_array(&e->w);
}

static void put_register_entries(struct mr_elm_writer *e, const char *key, const mr_organisation *o)
{
    const struct {
        const char *name;
        mr_str notation;
    } registers[] = {{"DEQAR", o->deqar}, {"SCHAC", o->schac}, {"ROR", o->ror}, {"DID", o->did}};
    bool open = false;
    for (size_t i = 0; i < sizeof registers / sizeof *registers; i++) {
        if (registers[i].notation.len == 0) continue;
        if (!open) {
            mr_json_put_name(&e->w, "identifier");
            mr_json_begin_array(&e->w);
            open = true;
        }
        put_key_node(e, "identifier", key, registers[i].name, "Identifier");
        mr_json_put_member_c(&e->w, "schemeName", registers[i].name);
        mr_json_put_member(&e->w, "notation", registers[i].notation);
        mr_json_end_object(&e->w);
    }
    if (open) mr_json_end_array(&e->w);
}

static void put_email(struct mr_elm_writer *e, const char *key, mr_str email)
{
    if (email.len == 0) return;
    mr_json_put_name(&e->w, "contactPoint");
    mr_json_begin_array(&e->w);
    mr_elm_begin_node(e, "contactPoint", key, "ContactPoint");
    mr_json_put_name(&e->w, "emailAddress");
    mr_json_begin_array(&e->w);
    mr_json_begin_object(&e->w);
    mr_json_put_member(&e->w, "id", mr_arena_format(e->arena, "mailto:%.*s", MR_STR_ARG(email)));
    mr_json_put_member_c(&e->w, "type", "Mailbox");
    mr_json_end_object(&e->w);
    mr_json_end_array(&e->w);
    mr_json_end_object(&e->w);
    mr_json_end_array(&e->w);
}

void mr_elm_put_party_members(struct mr_elm_writer *e, const char *key, const mr_organisation *o)
{
    mr_elm_put_texts(e, "legalName", o->name);
    put_legal_identifier(e, "registration", key, o->registration, o->country);
    put_legal_identifier(e, "vatIdentifier", key, o->vat, o->country);
    put_legal_identifier(e, "eIDASIdentifier", key, o->eidas, o->country);
    put_register_entries(e, key, o);
    put_location(e, key, o->country, o->address);
    put_email(e, key, o->email);
    mr_elm_put_web(e, "homepage", key, o->homepage);
}

static void put_organisation(struct mr_elm_writer *e, const char *key, const mr_organisation *o, bool with_quality)
{
    mr_elm_begin_node(e, "org", key, "Organisation");
    if (mr_elm_is_repeated(e, o->name.items)) {
        mr_json_end_object(&e->w);
        return;
    }
    mr_elm_put_party_members(e, key, o);
    if (with_quality) mr_elm_put_quality(e, true);
    mr_json_end_object(&e->w);
}

void mr_elm_put_awarding_bodies(struct mr_elm_writer *e)
{
    const mr_specification *s = e->specification;
    mr_json_put_name(&e->w, "awardingBody");
    mr_json_begin_array(&e->w);
    for (size_t i = 0; i < s->awarding_body_count; i++) {
        char key[32];
        snprintf(key, sizeof key, "body-%zu", i + 1);
        put_organisation(e, key, &s->awarding_bodies[i], i == 0 && !mr_specification_is_qualification(s));
    }
    mr_json_end_array(&e->w);
}

void mr_elm_put_assessor(struct mr_elm_writer *e, const char *name, const char *key, const mr_organisation *o)
{
    char known[32];
    if (!o) return;
    key_of(e->specification, o, key, known);
    bool quality = strcmp(known, "body-1") == 0 && !mr_specification_is_qualification(e->specification);
    mr_json_put_name(&e->w, name);
    mr_json_begin_array(&e->w);
    if (quality) {
        mr_elm_begin_node(e, "org", known, "Organisation"); /* written whole in the awarding process */
        mr_json_end_object(&e->w);
    } else {
        put_organisation(e, known, o, false);
    }
    mr_json_end_array(&e->w);
}

/* --- the issuer --------------------------------------------------------------------------------------------------- */

static const mr_concept *country_of(const mr_certificate *c)
{
    return mr_concept_find(MR_SCHEME_COUNTRY, mr_certificate_subject(c)->country);
}

int mr_elm_check_certificate(const mr_certificate *c, struct mr_err *err)
{
    if (!c) return MR_FAIL(err, MR_E_CERTIFICATE, "there is no certificate that names the issuer", MR_NOWHERE);
    const struct mr_certificate_name *subject = mr_certificate_subject(c);
    if (subject->organisation.len == 0)
        return MR_FAIL(err, MR_E_CERTIFICATE, "the seal's certificate names no organisation", MR_NOWHERE);
    if (subject->organisation_identifier.len == 0)
        return MR_FAIL(err, MR_E_CERTIFICATE, "the seal's certificate has no organizationIdentifier (2.5.4.97)",
                       MR_NOWHERE);
    if (!country_of(c))
        return MR_FAIL_DETAIL(err, MR_E_CERTIFICATE, "the seal's certificate names no known country", "%.*s",
                              MR_STR_ARG(subject->country));
    return MR_OK;
}

/* Before sealing the provider stands for whoever will seal. */
static void put_provider_as_issuer(struct mr_elm_writer *e)
{
    const mr_organisation *o = &e->specification->provider;
    mr_json_put_name(&e->w, "issuer");
    mr_elm_begin_node(e, "org", "issuer", "Organisation");
    mr_elm_put_texts(e, "legalName", o->name);
    put_location(e, "issuer", o->country, o->address);
    mr_json_end_object(&e->w);
}

static void put_issuer_id(struct mr_elm_writer *e)
{
    mr_str digest = {(const char *)mr_certificate_sha256(e->certificate), 32};
    if (e->issuer_id.len) {
        mr_json_put_member(&e->w, "id", e->issuer_id);
        return;
    }
    mr_json_put_name(&e->w, "id");
    mr_json_put_raw(&e->w, MR_STR("\"" MR_ELM_ISSUER_ID));
    mr_base64url_put(e->out, digest);
    mr_buf_putc(e->out, '"');
}

void mr_elm_put_issuer(struct mr_elm_writer *e)
{
    if (!e->certificate) {
        put_provider_as_issuer(e);
        return;
    }
    const struct mr_certificate_name *subject = mr_certificate_subject(e->certificate);
    const mr_concept *country = country_of(e->certificate);
    mr_json_put_name(&e->w, "issuer");
    if (e->kind == MR_ELM_VC2) {
        mr_json_begin_object(&e->w);
        put_issuer_id(e);
        mr_json_put_member_c(&e->w, "type", "Organisation");
    } else {
        mr_elm_begin_node(e, "org", "issuer", "Organisation");
    }
    mr_elm_put_primary(e, "legalName", subject->organisation);
    mr_elm_put_primary(e, "altLabel", subject->common_name);
    put_legal_identifier(e, "eIDASIdentifier", "issuer", subject->organisation_identifier, country);
    put_location(e, "issuer", country, (mr_texts){NULL, 0});
    mr_json_end_object(&e->w);
}

/* --- quality assurance -------------------------------------------------------------------------------------------- */

/* ELM knows quality assurance and licences, of a programme or an institution; a label or a register entry is nearest to that of the
 * institution. The kind in truth stands in the note. */
static const mr_concept *accreditation_type(mr_quality_kind kind)
{
    return mr_concept_find(MR_SCHEME_ACCREDITATION, kind == MR_QUALITY_PROGRAMME
                                                        ? MR_STR("programme-quality-assurance")
                                                        : MR_STR("institutional-quality-assurance"));
}

static void put_agent(struct mr_elm_writer *e, const struct mr_quality *q, const char *key, bool in_organisation)
{
    char known[32];
    key_of(e->specification, &q->by, key, known);
    mr_json_put_name(&e->w, "accreditingAgent");
    if (in_organisation && mr_str_has_prefix(mr_str_of(known), MR_STR("body-"))) {
        mr_elm_begin_node(e, "org", known, "Organisation");
        mr_json_end_object(&e->w);
    } else {
        put_organisation(e, known, &q->by, false);
    }
}

/* "2026-05-01", "2026-05-01/2026-08-31" */
static mr_texts days_as_texts(struct mr_elm_writer *e, mr_date first, mr_date last)
{
    char from[11], until[11];
    if (!mr_date_is_set(first)) return (mr_texts){NULL, 0};
    mr_date_write(first, from);
    if (!mr_date_is_set(last)) return mr_elm_primary_texts(e, mr_arena_dup(e->arena, mr_str_of(from)));
    mr_date_write(last, until);
    return mr_elm_primary_texts(e, mr_arena_format(e->arena, "%s/%s", from, until));
}

static void put_quality_notes(struct mr_elm_writer *e, const struct mr_quality *q)
{
    struct mr_elm_notes notes = {0};
    enum mr_elm_label kind = (enum mr_elm_label)((int)MR_ELM_QUALITY_INTERNAL + (int)q->kind);
    mr_elm_add_note(e, &notes, kind, mr_elm_label_texts(e, kind));
    if (q->conditional)
        mr_elm_add_note(e, &notes, MR_ELM_NOTE_CONDITIONAL,
                        mr_texts_are_set(q->conditions) ? q->conditions : mr_elm_label_texts(e, MR_ELM_CONDITIONS));
    mr_elm_add_note(e, &notes, MR_ELM_NOTE_WITHDRAWN, days_as_texts(e, q->withdrawn, (mr_date){0}));
    mr_elm_add_note(e, &notes, MR_ELM_NOTE_SUSPENDED, days_as_texts(e, q->suspended_from, q->suspended_until));
    mr_elm_end_notes(e, &notes);
}

static void put_decision(struct mr_elm_writer *e, const struct mr_quality *q)
{
    if (q->decision == MR_DECISION_NOT_SAID) return;
    mr_json_put_name(&e->w, "decision");
    mr_elm_put_own_concept(e, q->decision == MR_DECISION_NEGATIVE ? MR_ELM_DECISION_NEGATIVE
                              : q->conditional                    ? MR_ELM_DECISION_CONDITIONAL
                                                                  : MR_ELM_DECISION_POSITIVE);
}

static void put_programme(struct mr_elm_writer *e, const struct mr_quality_limits *l, const char *key)
{
    bool is_uri = mr_str_find_char(l->programme, ':') > 0;
    if (!mr_texts_are_set(l->programme_title)) return;
    mr_json_put_name(&e->w, "limitQualification");
    mr_json_begin_object(&e->w);
    mr_json_put_member(&e->w, "id",
                       is_uri ? l->programme : mr_arena_format(e->arena, "urn:epass:qualification:%s", key));
    mr_json_put_member_c(&e->w, "type", "Qualification");
    mr_elm_put_texts(e, "title", l->programme_title);
    if (l->programme.len && !is_uri) {
        mr_json_put_name(&e->w, "identifier");
        put_key_node(e, "identifier", key, "programme", "Identifier");
        mr_json_put_member(&e->w, "notation", l->programme);
        mr_json_end_object(&e->w);
    }
    mr_json_end_object(&e->w);
}

static void put_limits(struct mr_elm_writer *e, const struct mr_quality_limits *l, const char *key)
{
    mr_elm_put_concepts(e, "limitField", l->fields, l->field_count);
    mr_elm_put_concepts(e, "limitEQFLevel", l->levels, l->level_count);
    mr_elm_put_concepts(e, "limitJurisdiction", l->jurisdictions, l->jurisdiction_count);
    mr_elm_put_concepts(e, "limitCredentialType", l->types, l->type_count);
    put_programme(e, l, key);
}

static void put_reference(struct mr_elm_writer *e, const char *key, mr_str reference)
{
    if (mr_str_has_prefix(reference, MR_STR("https://"))) {
        mr_elm_put_web(e, "landingPage", key, reference);
    } else if (reference.len > 0) {
        mr_json_put_name(&e->w, "identifier");
        mr_json_begin_array(&e->w);
        mr_elm_begin_node(e, "identifier", key, "Identifier");
        mr_json_put_member(&e->w, "notation", reference);
        mr_json_end_object(&e->w);
        mr_json_end_array(&e->w);
    }
}

static void put_day(struct mr_elm_writer *e, const char *name, mr_date day, const char *clock)
{
    char text[11];
    if (!mr_date_is_set(day)) return;
    mr_date_write(day, text);
    mr_json_put_member(&e->w, name, mr_arena_format(e->arena, "%s%s", text, clock));
}

/* All but who accredited whom. */
void mr_elm_put_quality_members(struct mr_elm_writer *e, const struct mr_quality *q, const char *key)
{
    if (mr_texts_are_set(q->title)) {
        mr_elm_put_texts(e, "title", q->title);
    } else {
        mr_json_put_name(&e->w, "title");
        mr_elm_put_label(e, (enum mr_elm_label)((int)MR_ELM_QUALITY_INTERNAL + (int)q->kind));
    }
    mr_elm_put_concept_member(e, "dcType", accreditation_type(q->kind));
    put_quality_notes(e, q);
    put_decision(e, q);
    put_limits(e, &q->limits, key);
    put_reference(e, key, q->reference);
    if (q->report.len) {
        mr_json_put_name(&e->w, "report");
        put_key_node(e, "webResource", key, "report", "WebResource");
        mr_json_put_member(&e->w, "contentURL", q->report);
        mr_json_end_object(&e->w);
    }
    put_day(e, "dateIssued", q->issued, "T00:00:00Z");
    put_day(e, "valid", q->valid_from, "T00:00:00Z");
    put_day(e, "reviewDate", q->review, "T00:00:00Z");
    put_day(e, "expiryDate", q->valid_until, "T23:59:59Z");
}

static void put_one_quality(struct mr_elm_writer *e, const struct mr_quality *q, size_t number, bool in_organisation)
{
    char key[32], body[32];
    snprintf(key, sizeof key, "quality-%zu", number);
    mr_elm_begin_node(e, "accreditation", key, "Accreditation");
    mr_elm_put_quality_members(e, q, key);
    put_agent(e, q, key, in_organisation);
    if (!in_organisation) {
        key_of(e->specification, &e->specification->provider, "provider", body);
        mr_json_put_name(&e->w, "organisation");
        mr_json_begin_array(&e->w);
        put_organisation(e, body, &e->specification->provider, false);
        mr_json_end_array(&e->w);
    }
    mr_json_end_object(&e->w);
}

void mr_elm_put_quality(struct mr_elm_writer *e, bool in_organisation)
{
    const mr_specification *s = e->specification;
    if (s->quality_count == 0) return;
    mr_json_put_name(&e->w, "accreditation");
    mr_json_begin_array(&e->w);
    for (size_t i = 0; i < s->quality_count; i++) put_one_quality(e, &s->quality[i], i + 1, in_organisation);
    mr_json_end_array(&e->w);
}
