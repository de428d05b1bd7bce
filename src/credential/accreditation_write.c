/* A record is a VC 2.0 with one subject, the organisation that was accredited, and in it the Accreditation as European Digital Credentials have it. Who
 * accredited is the issuer: both are one node, so that whoever verifies the signature knows who accredited. */
#include "credential/accreditation_write.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "credential/elm_template.h"
#include "credential/status.h"
#include "model/accreditation.h"
#include "proof/data_integrity.h"

#include <stdio.h>

#define ELM "http://data.europa.eu/snb/model/elm/"
#define IN_ELM "\"@type\":\"@id\",\"@context\":\"" MR_ELM_CONTEXT_IRI "\"}"
/* The VC 2.0 context protects terms of the ELM context, so that both cannot stand side by side (credential/elm.h): the few terms of the outer nodes, below
 * which the ELM context holds. */
#define CONTEXT                                                                                                        \
    "[\"https://www.w3.org/ns/credentials/v2\",{"                                                                      \
    "\"VerifiableAccreditation\":\"urn:merit:VerifiableAccreditation\","                                               \
    "\"Organisation\":\"" ELM "Organisation\","                                                                        \
    "\"legalName\":{\"@id\":\"http://www.w3.org/ns/regorg#legalName\",\"@container\":\"@language\"},"                  \
    "\"accreditation\":{\"@id\":\"" ELM "accreditation\"," IN_ELM ","                                                  \
    "\"location\":{\"@id\":\"" ELM "location\"," IN_ELM ","                                                            \
    "\"registration\":{\"@id\":\"http://www.w3.org/ns/regorg#registration\"," IN_ELM ","                               \
    "\"vatIdentifier\":{\"@id\":\"" ELM "vatIdentifier\"," IN_ELM ","                                                  \
    "\"eIDASIdentifier\":{\"@id\":\"" ELM "eidasLegalIdentifier\"," IN_ELM ","                                         \
    "\"identifier\":{\"@id\":\"http://www.w3.org/ns/adms#identifier\"," IN_ELM ","                                     \
    "\"contactPoint\":{\"@id\":\"" ELM "contactPoint\"," IN_ELM ","                                                    \
    "\"homepage\":{\"@id\":\"http://xmlns.com/foaf/0.1/homepage\"," IN_ELM "}]"

struct writing {
    struct mr_elm_writer e;
    const struct mr_accreditation_signing *s;
    mr_str issuer; /* id */
};

static void begin_party(struct writing *w, mr_str id)
{
    mr_json_begin_object(&w->e.w);
    mr_json_put_member(&w->e.w, "id", id);
    mr_json_put_member_c(&w->e.w, "type", "Organisation");
}

static void put_agent(struct writing *w, const char *name)
{
    mr_json_put_name(&w->e.w, name);
    begin_party(w, w->issuer);
    mr_elm_put_party_members(&w->e, "agency", &w->s->file->quality.by);
    mr_json_end_object(&w->e.w);
}

static mr_str organisation_id(struct writing *w, size_t index)
{
    return mr_arena_format(w->e.arena, "urn:epass:org:organisation-%zu", index + 1);
}

static void put_organisations(struct writing *w)
{
    const mr_accreditation_file *f = w->s->file;
    mr_json_put_name(&w->e.w, "organisation");
    mr_json_begin_array(&w->e.w);
    for (size_t i = 0; i < f->organisation_count; i++) {
        char key[40];
        snprintf(key, sizeof key, "organisation-%zu", i + 1);
        begin_party(w, organisation_id(w, i));
        /* the first one is the subject, which this stands in */
        if (i > 0) mr_elm_put_party_members(&w->e, key, &f->organisations[i]);
        mr_json_end_object(&w->e.w);
    }
    mr_json_end_array(&w->e.w);
}

static void put_accreditation(struct writing *w)
{
    const mr_accreditation_file *f = w->s->file;
    mr_json_begin_object(&w->e.w);
    mr_json_put_member(&w->e.w, "id",
                       f->id.len ? f->id : mr_arena_format(w->e.arena, "%.*s#accreditation", MR_STR_ARG(w->s->id)));
    mr_json_put_member_c(&w->e.w, "type", "Accreditation");
    mr_elm_put_quality_members(&w->e, &f->quality, "accreditation");
    put_agent(w, "accreditingAgent");
    put_organisations(w);
    mr_json_end_object(&w->e.w);
}

static void put_document(struct writing *w)
{
    const mr_accreditation_file *f = w->s->file;
    char now[21];
    mr_time_write(w->s->now, now);
    mr_json_begin_object(&w->e.w);
    mr_json_put_name(&w->e.w, "@context");
    mr_json_put_raw(&w->e.w, MR_STR(CONTEXT));
    mr_json_put_member(&w->e.w, "id", w->s->id);
    mr_json_put_name(&w->e.w, "type");
    mr_json_put_raw(&w->e.w, MR_STR("[\"VerifiableCredential\",\"VerifiableAccreditation\"]"));
    mr_json_put_member(&w->e.w, "name", mr_texts_get(f->quality.title, w->e.t->primary, NULL));
    mr_json_put_name(&w->e.w, "issuer");
    begin_party(w, w->issuer);
    mr_json_put_member(&w->e.w, "name", mr_texts_get(f->quality.by.name, w->e.t->primary, NULL));
    mr_elm_put_texts(&w->e, "legalName", f->quality.by.name);
    mr_json_end_object(&w->e.w);
    mr_json_put_member_c(&w->e.w, "validFrom", now);
    if (w->s->status_list.len) {
        mr_json_put_name(&w->e.w, "credentialStatus");
        mr_status_put_entries(&w->e.w, w->s->status_list, w->s->status_index);
    }
    mr_json_put_name(&w->e.w, "credentialSubject");
    begin_party(w, organisation_id(w, 0));
    mr_elm_put_party_members(&w->e, "organisation-1", &f->organisations[0]);
    mr_json_put_name(&w->e.w, "accreditation");
    put_accreditation(w);
    mr_json_end_object(&w->e.w);
    mr_json_end_object(&w->e.w);
}

/* The identifier's, or the name of the seal's certificate by its digest (RFC 6920). */
static mr_str issuer_id(mr_arena *a, const struct mr_accreditation_signing *s)
{
    MR_CLEANUP(mr_buf_done) mr_buf id;
    mr_buf_init(&id, MR_KIB);
    if (s->key) return s->key->issuer;
    mr_buf_puts(&id, MR_ELM_ISSUER_ID);
    mr_base64url_put(&id, mr_str_make((const char *)mr_certificate_sha256(s->seal->certificate), 32));
    return mr_arena_dup(a, mr_buf_str(&id));
}

static int write_document(mr_arena *a, const struct mr_accreditation_signing *s, mr_str *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    const mr_texts title = s->file->quality.title;
    /* The pieces of ELM documents ask the template for the primary language, and for nothing else here. */
    struct mr_elm_template *t = MR_NEW(a, struct mr_elm_template);
    mr_buf_init(&out, MR_LIMIT_ACCREDITATION);
    if (!t) return MR_FAIL(err, MR_E_NOMEM, "no memory to write an accreditation", MR_NOWHERE);
    t->primary = title.count ? title.items[0].language : MR_STR("en");
    struct writing w = {
        .e = {.out = &out, .t = t, .arena = a, .kind = MR_ELM_VC2, .labels = mr_elm_label_languages(title)},
        .s = s,
        .issuer = issuer_id(a, s)};
    mr_json_writer_init(&w.e.w, &out, 0);
    put_document(&w);
    if (mr_buf_failed(&out)) return MR_FAIL(err, MR_E_LIMIT, "the record would be larger than allowed", MR_NOWHERE);
    *ret = mr_arena_dup(a, mr_buf_str(&out));
    return ret->ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory to write an accreditation", MR_NOWHERE);
}

/* ---- signing ---- */

/* Who accredited must be who seals: a record of somebody else's is worth nothing. */
static int check_seal(mr_arena *a, const struct mr_accreditation_signing *s, struct mr_err *err)
{
    const mr_certificate *c = s->seal->certificate;
    const mr_organisation *by = &s->file->quality.by;
    mr_str identifier = mr_certificate_subject(c)->organisation_identifier;
    mr_party agent = {0}, owner = {0};
    if (s->now < mr_certificate_not_before(c) || s->now > mr_certificate_not_after(c))
        return MR_FAIL(err, MR_E_CERTIFICATE, "the seal's certificate is not valid now", MR_NOWHERE);
    mr_party_add(a, &agent, MR_STR("eidas"), by->eidas);
    mr_party_add(a, &owner, MR_STR("eidas"), identifier);
    if (identifier.len && mr_party_compare(&agent, &owner) == MR_PARTY_SAME) return MR_OK;
    return MR_FAIL_DETAIL(err, MR_E_CERTIFICATE,
                          "the seal belongs to another party than the one that accredits: write its identifier as "
                          "\"eidas\" in \"by\"",
                          "%.*s", MR_STR_ARG(identifier));
}

static int sign_token(mr_arena *a, const struct mr_accreditation_signing *s, mr_str text, mr_buf *out,
                      struct mr_err *err)
{
    mr_certificate *chain[MR_SEAL_CHAIN_MOST];
    struct mr_jose_header header = {.typ = "vc+jwt", .cty = "vc", .chain = chain};
    mr_jose_signer signer;
    if (s->key)
        header.kid = s->key->kid;
    else
        header.chain_count = mr_seal_key_chain(s->seal, chain);
    MR_TRY(mr_jose_signer_init(&signer, a, s->key ? s->key->key : s->seal->key, &header, err));
    return mr_jose_sign(&signer, text, a, out, err);
}

static int prove(mr_arena *a, const struct mr_accreditation_signing *s, mr_str text, mr_buf *out, struct mr_err *err)
{
    mr_contexts *contexts = NULL;
    const mr_json *document = NULL;
    mr_cryptosuite usual = mr_cryptosuite_of_key(s->key->key);
    struct mr_proof_options options = {.suite = usual == MR_EDDSA_RDFC_2022 ? MR_EDDSA_JCS_2022 : MR_ECDSA_JCS_2019,
                                       .method = s->key->method,
                                       .purpose = MR_ASSERTION_METHOD,
                                       .created = s->now,
                                       .expires = MR_TIME_NONE};
    if (!usual) return MR_FAIL(err, MR_E_UNSUPPORTED, "no cryptosuite signs with this kind of key", MR_NOWHERE);
    MR_TRY(mr_json_parse(a, text, NULL, &document, err));
    MR_TRY(mr_contexts_open(&contexts, err));
    int code = mr_data_integrity_sign(a, contexts, text, document, s->key->key, &options, out, err);
    mr_contexts_close(contexts);
    return code;
}

int mr_accreditation_sign(mr_arena *a, const struct mr_accreditation_signing *s, mr_accreditation_form form,
                          mr_buf *out, struct mr_err *err)
{
    const struct mr_jades_sealing sealing = {.seal = s->seal, .now = s->now};
    mr_str text = MR_STR_EMPTY;
    bool fits = form == MR_ACCREDITATION_VC_JWT || (form == MR_ACCREDITATION_JADES ? !s->key : s->key != NULL);
    if (!fits)
        return MR_FAIL(err, MR_E_UNSUPPORTED, "a seal makes vc+jwt and jades, a key vc+jwt and data-integrity",
                       MR_NOWHERE);
    if (!s->key) MR_TRY(check_seal(a, s, err));
    MR_TRY(write_document(a, s, &text, err));
    if (form == MR_ACCREDITATION_VC_JWT) return sign_token(a, s, text, out, err);
    return form == MR_ACCREDITATION_JADES ? mr_jades_seal(&sealing, text, a, out, err) : prove(a, s, text, out, err);
}
