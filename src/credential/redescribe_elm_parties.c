/* Taking an ELM document apart: who. Parties, quality assurance and the learner; the inverse of elm_parties.c and elm_fill.c.
 *
 * The issuer of a sealed document is what its seal's certificate says, so the provider of the specification is looked for elsewhere: the awarding
 * body that is the issuer; else, when it was issued on behalf of them, the first awarding body; else the organisation whose quality is assured; else the
 * issuer. What the certificate adds to it is not taken for the provider's own. */
#include "credential/redescribe_inside.h"

#include "credential/elm.h"
#include "credential/elm_template.h"
#include "credential/specification_values.h"
#include "credential/specification_write.h"

/* ---- organisations ---- */

static void read_identifiers(const mr_json *node, mr_organisation *o)
{
    MR_EACH(identifier, mr_json_get(node, "identifier"))
    {
        mr_str scheme = mr_redescribe_literal(identifier, "schemeName"),
               notation = mr_redescribe_literal(identifier, "notation");
        if (mr_str_is(scheme, "DEQAR")) o->deqar = notation;
        if (mr_str_is(scheme, "SCHAC")) o->schac = notation;
        if (mr_str_is(scheme, "ROR")) o->ror = notation;
    }
}

static void read_location(struct mr_redescribing *d, const mr_json *node, mr_organisation *o)
{
    MR_EACH(place, mr_json_get(node, "location"))
    {
        const mr_json *address = mr_redescribe_resolve(d, mr_json_get(mr_redescribe_resolve(d, place), "address"));
        mr_str uri = mr_redescribe_iri(mr_json_get(address, "countryCode"));
        if (!o->country && uri.len) o->country = mr_concept_find_uri(MR_SCHEME_COUNTRY, uri);
        const mr_json *full = mr_each_first(mr_json_get(address, "fullAddress"));
        if (!mr_texts_are_set(o->address)) o->address = mr_redescribe_texts(d, mr_json_get(full, "noteLiteral"), false);
    }
}

static mr_str email_of(const mr_json *node)
{
    MR_EACH(contact, mr_json_get(node, "contactPoint"))
    {
        mr_str iri = mr_redescribe_iri(mr_json_get(contact, "emailAddress"));
        if (mr_str_has_prefix(iri, MR_STR("mailto:"))) return mr_str_from(iri, 7);
    }
    return MR_STR_EMPTY;
}

void mr_redescribe_elm_organisation(struct mr_redescribing *d, const mr_json *node, mr_organisation *ret)
{
    node = mr_redescribe_resolve(d, node);
    *ret = (mr_organisation){.name = mr_redescribe_texts(d, mr_json_get(node, "legalName"), true)};
    ret->registration = mr_redescribe_literal(mr_json_get(node, "registration"), "notation");
    ret->vat = mr_redescribe_literal(mr_json_get(node, "vatIdentifier"), "notation");
    ret->eidas = mr_redescribe_literal(mr_json_get(node, "eIDASIdentifier"), "notation");
    ret->homepage = mr_redescribe_literal(mr_json_get(node, "homepage"), "contentURL");
    ret->email = email_of(node);
    read_identifiers(node, ret);
    read_location(d, node, ret);
}

/* ---- provider and awarding bodies ---- */

static bool share_a_name(const mr_organisation *a, const mr_organisation *b)
{
    for (size_t i = 0; i < a->name.count; i++)
        for (size_t k = 0; k < b->name.count; k++)
            if (mr_str_eq_ascii_nocase(a->name.items[i].text, b->name.items[k].text)) return true;
    return false;
}

/* "VATDK-12345678" and "DK12345678", "NTRDK-1" and "1" (EN 319 412-1 5.1.4). */
static bool number_is_of(mr_str eidas, const mr_organisation *o)
{
    if (eidas.len < 7) return false;
    mr_str number = mr_str_from(eidas, 6), vat = o->vat;
    if (mr_str_has_prefix(vat, mr_str_make(eidas.ptr + 3, 2))) vat = mr_str_from(vat, 2);
    return mr_str_has_prefix(eidas, MR_STR("VAT")) ? mr_str_eq(number, vat) : mr_str_eq(number, o->registration);
}

static bool is_same(const mr_organisation *issuer, const mr_organisation *body)
{
    return share_a_name(issuer, body) || (issuer->eidas.len && mr_str_eq(issuer->eidas, body->eidas)) ||
           number_is_of(issuer->eidas, body);
}

static bool has_mandate(const struct mr_redescribe_elm *e)
{
    const mr_concept *mandate = mr_concept_find(MR_SCHEME_EVIDENCE, MR_STR("mandate"));
    MR_EACH(evidence, mr_json_get(e->d->document, "evidence"))
    {
        if (mandate && mr_str_is(mr_redescribe_iri(mr_json_get(evidence, "dcType")), mandate->uri)) return true;
    }
    return false;
}

/* The organisation whose quality is assured, as the specification names it. */
static const mr_json *assured_of(const struct mr_redescribe_elm *e)
{
    const mr_json *accreditation = mr_each_first(mr_json_get(e->specification, "accreditation"));
    return mr_each_first(mr_json_get(accreditation, "organisation"));
}

static void choose_provider(const struct mr_redescribe_elm *e, const mr_organisation *issuer)
{
    mr_specification *s = e->d->s;
    const mr_json *assured = assured_of(e);
    for (size_t i = 0; i < s->awarding_body_count; i++) {
        if (!is_same(issuer, &s->awarding_bodies[i])) continue;
        s->provider = s->awarding_bodies[i];
        return;
    }
    if (assured)
        mr_redescribe_elm_organisation(e->d, assured, &s->provider);
    else if (has_mandate(e) && s->awarding_body_count)
        s->provider = s->awarding_bodies[0];
    else
        s->provider = *issuer;
}

void mr_redescribe_elm_parties(const struct mr_redescribe_elm *e)
{
    struct mr_redescribing *d = e->d;
    mr_organisation issuer;
    mr_redescribe_elm_organisation(d, e->issuer, &issuer);
    d->r->issuer = mr_texts_get(issuer.name, d->primary, NULL);
    d->s->awarding_bodies = MR_NEW_ARRAY(d->arena, mr_organisation, MR_REDESCRIBE_ITEMS_MOST);
    if (!d->s->awarding_bodies) {
        d->nomem = true;
        return;
    }
    MR_EACH(body, mr_json_get(e->awarding, "awardingBody"))
    {
        mr_organisation *o = &d->s->awarding_bodies[d->s->awarding_body_count];
        if (d->s->awarding_body_count == MR_REDESCRIBE_ITEMS_MOST) break;
        mr_redescribe_elm_organisation(d, body, o);
        if (mr_texts_are_set(o->name)) d->s->awarding_body_count++;
    }
    choose_provider(e, &issuer);
}

/* ---- quality assurance ---- */

/* Which kind it is, by our note; -1: there is none. */
static int noted_kind(const mr_json *accreditation)
{
    MR_EACH(note, mr_json_get(accreditation, "additionalNote"))
    {
        mr_str iri = mr_redescribe_iri(mr_json_get(note, "subject"));
        if (!mr_str_has_prefix(iri, MR_STR(MR_ELM_QUALITY))) continue;
        mr_str name = mr_str_from(iri, sizeof MR_ELM_QUALITY - 1);
        for (int k = 0; k < MR_QUALITY_KINDS_; k++)
            if (mr_str_is(name, mr_spec_quality_kinds[k])) return k;
    }
    return -1;
}

/* ELM's own types tell programme from institution, and not whether it is an accreditation; that of an agency is. */
static int typed_kind(const mr_json *accreditation)
{
    mr_str iri = mr_redescribe_iri(mr_json_get(accreditation, "dcType"));
    const mr_concept *c = iri.len ? mr_concept_find_uri(MR_SCHEME_ACCREDITATION, iri) : NULL;
    if (!c) return -1;
    return mr_str_has_prefix(mr_str_of(c->code), MR_STR("programme")) ? MR_QUALITY_PROGRAMME : MR_QUALITY_INSTITUTION;
}

static mr_str reference_of(const mr_json *accreditation)
{
    mr_str page = mr_redescribe_literal(mr_json_get(accreditation, "landingPage"), "contentURL");
    return page.len ? page : mr_redescribe_literal(mr_json_get(accreditation, "identifier"), "notation");
}

/* Is it the provider's own, whatever it is called? */
static bool is_own(const struct mr_redescribe_elm *e, const mr_organisation *agent)
{
    return !mr_texts_are_set(agent->name) || share_a_name(agent, &e->d->s->provider);
}

static void read_one(const struct mr_redescribe_elm *e, const mr_json *accreditation)
{
    struct mr_redescribing *d = e->d;
    mr_specification *s = d->s;
    struct mr_quality q = {.title = mr_redescribe_texts(d, mr_json_get(accreditation, "title"), true),
                           .reference = reference_of(accreditation),
                           .valid_from = mr_redescribe_day(mr_redescribe_literal(accreditation, "valid")),
                           .valid_until = mr_redescribe_day(mr_redescribe_literal(accreditation, "expiryDate"))};
    mr_organisation agent;
    int kind = noted_kind(accreditation);
    mr_redescribe_elm_organisation(d, mr_json_get(accreditation, "accreditingAgent"), &agent);
    if (kind < 0 && mr_texts_are_set(agent.name) && is_own(e, &agent)) kind = MR_QUALITY_INTERNAL;
    if (kind < 0) kind = typed_kind(accreditation);
    if (kind < 0) {
        mr_redescribe_unclear(d, MR_ELEMENT_QUALITY, mr_texts_get(q.title, d->primary, NULL));
        return;
    }
    q.kind = (mr_quality_kind)kind;
    q.conditional = mr_texts_are_set(mr_redescribe_note(d, accreditation, "conditional"));
    q.by = q.kind == MR_QUALITY_INTERNAL && is_own(e, &agent) ? s->provider : agent;
    if (mr_redescribe_are_labels(q.title, mr_elm_labels((enum mr_elm_label)((int)MR_ELM_QUALITY_INTERNAL + kind))))
        q.title = (mr_texts){NULL, 0};
    s->quality[s->quality_count++] = q;
}

/* The same assurance may stand in two places, for a reader's sake. */
static bool is_there(const mr_specification *s, const struct mr_quality *q, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (s->quality[i].kind == q->kind && mr_organisation_equals(&s->quality[i].by, &q->by) &&
            mr_str_eq(s->quality[i].reference, q->reference) && s->quality[i].title.count == q->title.count &&
            mr_str_eq(mr_texts_get(s->quality[i].title, MR_STR("en"), NULL),
                      mr_texts_get(q->title, MR_STR("en"), NULL)))
            return true;
    return false;
}

static void read_all(const struct mr_redescribe_elm *e, const mr_json *accreditations)
{
    mr_specification *s = e->d->s;
    MR_EACH(accreditation, accreditations)
    {
        size_t before = s->quality_count;
        if (before == MR_REDESCRIBE_ITEMS_MOST) return;
        read_one(e, mr_redescribe_resolve(e->d, accreditation));
        if (s->quality_count > before && is_there(s, &s->quality[before], before)) s->quality_count = before;
    }
}

void mr_redescribe_elm_quality(const struct mr_redescribe_elm *e)
{
    struct mr_redescribing *d = e->d;
    d->s->quality = MR_NEW_ARRAY(d->arena, struct mr_quality, MR_REDESCRIBE_ITEMS_MOST);
    if (!d->s->quality) {
        d->nomem = true;
        return;
    }
    read_all(e, mr_json_get(e->specification, "accreditation"));
    MR_EACH(body, mr_json_get(e->awarding, "awardingBody"))
    {
        read_all(e, mr_json_get(mr_redescribe_resolve(d, body), "accreditation"));
    }
    read_all(e, mr_json_get(e->issuer, "accreditation"));
    MR_EACH(evidence, mr_json_get(d->document, "evidence"))
    {
        read_all(e, mr_json_get(evidence, "accreditation"));
    }
}

/* ---- the learner ---- */

static mr_str name_of(struct mr_redescribing *d, const mr_json *person, const char *member)
{
    return mr_texts_get(mr_redescribe_texts(d, mr_json_get(person, member), true), d->primary, NULL);
}

static void read_name(const struct mr_redescribe_elm *e)
{
    mr_learner *l = &e->d->r->achievement.learner;
    l->full_name = name_of(e->d, e->subject, "fullName");
    l->given_name = name_of(e->d, e->subject, "givenName");
    l->family_name = name_of(e->d, e->subject, "familyName");
    if (l->full_name.len) return;
    if (l->given_name.len && l->family_name.len)
        l->full_name = mr_arena_concat(e->d->arena, (const mr_str[]){l->given_name, MR_STR(" "), l->family_name}, 3);
    else
        l->full_name = l->given_name.len ? l->given_name : l->family_name;
}

static int64_t end_of(const mr_json *document)
{
    int64_t end = MR_TIME_NONE;
    mr_str text = mr_redescribe_literal(document, "validUntil");
    if (text.len == 0) text = mr_redescribe_literal(document, "expirationDate");
    return text.len && mr_time_parse(text, &end, NULL) == MR_OK ? end : MR_TIME_NONE;
}

static mr_str place_of(const struct mr_redescribe_elm *e)
{
    mr_texts place = mr_redescribe_note(e->d, e->awarding, "place");
    if (!mr_texts_are_set(place))
        place = mr_redescribe_texts(
            e->d, mr_json_get(mr_redescribe_resolve(e->d, mr_json_get(e->awarding, "location")), "geographicName"),
            true);
    return mr_texts_get(place, e->d->primary, NULL);
}

void mr_redescribe_elm_learner(const struct mr_redescribe_elm *e)
{
    mr_achievement *a = &e->d->r->achievement;
    mr_str awarded = mr_redescribe_literal(e->awarding, "awardingDate");
    static const char *const others[] = {"issued", "issuanceDate", "validFrom"};
    for (size_t i = 0; i < 3 && awarded.len == 0; i++) awarded = mr_redescribe_literal(e->d->document, others[i]);
    read_name(e);
    a->learner.birth_date = mr_redescribe_day(mr_redescribe_literal(e->subject, "dateOfBirth"));
    a->learner.email = email_of(e->subject);
    a->awarded_on = mr_redescribe_day(awarded);
    a->place = place_of(e);
    e->d->s->valid_months = mr_redescribe_months(a->awarded_on, end_of(e->d->document));
}
