/* Data Integrity: the names of cryptosuites, and a proof as text, in its place in a document. */
#include "json/write.h"
#include "proof/data_integrity_inside.h"

#include <assert.h>

#define KIND(name) (1u << MR_KEY_##name)

static const struct mr_suite_form forms[] = {
    [MR_SUITE_NONE] = {.name = ""},
    [MR_EDDSA_RDFC_2022] = {"eddsa-rdfc-2022", .transformation = MR_RDFC, .key_kinds = KIND(ED25519)},
    [MR_ECDSA_RDFC_2019] = {"ecdsa-rdfc-2019", .transformation = MR_RDFC, .key_kinds = KIND(P256) | KIND(P384)},
    [MR_EDDSA_JCS_2022] = {"eddsa-jcs-2022", .transformation = MR_JCS, .key_kinds = KIND(ED25519)},
    [MR_ECDSA_JCS_2019] = {"ecdsa-jcs-2019", .transformation = MR_JCS, .key_kinds = KIND(P256) | KIND(P384)},
    [MR_ECDSA_SD_2023] = {"ecdsa-sd-2023", .read_only = true, .transformation = MR_RDFC, .key_kinds = KIND(P256)},
    [MR_ED25519_SIGNATURE_2020] = {"Ed25519Signature2020", true, true, MR_RDFC, KIND(ED25519)},
    [MR_ED25519_SIGNATURE_2018] = {"Ed25519Signature2018", true, true, MR_RDFC, KIND(ED25519)},
    [MR_BBS_2023] = {"bbs-2023", .read_only = true},
};

const struct mr_suite_form *mr_suite_form_of(mr_cryptosuite s)
{
    return &forms[s];
}

mr_cryptosuite mr_cryptosuite_find(mr_str name)
{
    for (size_t s = MR_SUITE_NONE + 1; s < sizeof forms / sizeof *forms; s++)
        if (mr_str_is(name, forms[s].name)) return (mr_cryptosuite)s;
    return MR_SUITE_NONE;
}

const char *mr_cryptosuite_name(mr_cryptosuite s)
{
    return forms[s].name;
}

mr_cryptosuite mr_cryptosuite_of_key(const mr_key *k)
{
    switch (mr_key_get_kind(k)) {
    case MR_KEY_ED25519: return MR_EDDSA_RDFC_2022;
    case MR_KEY_P256:
    case MR_KEY_P384: return MR_ECDSA_RDFC_2019;
    default: return MR_SUITE_NONE;
    }
}

/* ---- a proof as text ---- */

static void put_time(mr_json_writer *w, const char *name, int64_t time)
{
    char text[21];
    if (time == MR_TIME_NONE) return;
    mr_time_write(time, text);
    mr_json_put_member_c(w, name, text);
}

int mr_proof_options_write(const struct mr_proof_options *o, const mr_json *context, mr_buf *out, struct mr_err *err)
{
    mr_json_writer w;
    mr_json_writer_init(&w, out, 0);
    mr_json_begin_object(&w);
    if (context) mr_json_put_name(&w, "@context"), mr_json_put_value(&w, context);
    mr_json_put_member_if(&w, "id", o->id);
    mr_json_put_member_c(&w, "type", "DataIntegrityProof");
    mr_json_put_member_c(&w, "cryptosuite", mr_cryptosuite_name(o->suite));
    put_time(&w, "created", o->created);
    put_time(&w, "expires", o->expires);
    mr_json_put_member(&w, "verificationMethod", o->method);
    mr_json_put_member_c(&w, "proofPurpose", mr_relationship_name(o->purpose));
    mr_json_put_member_if(&w, "domain", o->domain);
    mr_json_put_member_if(&w, "challenge", o->challenge);
    mr_json_put_member_if(&w, "nonce", o->nonce);
    mr_json_put_member_if(&w, "previousProof", o->previous_proof);
    mr_json_end_object(&w);
    return mr_buf_failed(out) ? MR_FAIL(err, MR_E_NOMEM, "no room for the proof", MR_NOWHERE) : MR_OK;
}

/* ---- its place ---- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The member `proof` of the document: its value and where that ends in the text; the end of the last member when there is none. */
struct place {
    const mr_json *proof;
    size_t end;
};

/* Where the closing bracket stands whose text ends at `end`, behind which only white space and commas may follow. */
static bool find_bracket(mr_str text, size_t end, char bracket, size_t *ret)
{
    while (end && (is_blank(text.ptr[end - 1]) || text.ptr[end - 1] == ',')) end--;
    if (!end || text.ptr[end - 1] != bracket) return false;
    *ret = end - 1;
    return true;
}

static bool find_place(mr_str text, const mr_json *document, struct place *ret)
{
    size_t next = 0;
    struct place p = {0};
    if (!find_bracket(text, text.len, '}', &p.end)) return false;
    MR_JSON_EACH_MEMBER (name, document) {
        if (p.proof) {
            next = name->position;
            break;
        }
        if (mr_str_is(mr_json_text(name), "proof")) p.proof = name + 1;
    }
    if (next > text.len) return false;
    if (p.proof && next) p.end = next;
    *ret = p;
    return true;
}

static void put_proof(mr_buf *out, mr_str options_text, mr_str value)
{
    mr_buf_put(out, mr_str_make(options_text.ptr, options_text.len - 1));
    mr_buf_puts(out, ",\"proofValue\":\"");
    mr_buf_put(out, value);
    mr_buf_puts(out, "\"}");
}

/* Data Integrity 1.0 section 4.3: a proof more makes a set of what was a single one. */
int mr_proof_insert(mr_str text, const mr_json *document, mr_str options_text, mr_str value, mr_buf *out,
                    struct mr_err *err)
{
    struct place p;
    size_t bracket = 0, start = 0;
    assert(options_text.len > 2);
    bool fits = find_place(text, document, &p), is_list = fits && mr_json_is(p.proof, MR_JSON_ARRAY);
    if (fits && p.proof) {
        start = p.proof->position;
        fits = find_bracket(text, p.end, is_list ? ']' : '}', &bracket) && start < bracket;
    }
    if (!fits || (p.proof && !is_list && !mr_json_is(p.proof, MR_JSON_OBJECT)))
        return MR_FAIL(err, MR_E_FORMAT, "the document has no place for a proof", MR_NOWHERE);
    if (!p.proof) {
        mr_buf_put(out, mr_str_make(text.ptr, p.end));
        mr_buf_puts(out, mr_json_count(document) ? ",\"proof\":" : "\"proof\":");
        put_proof(out, options_text, value);
        mr_buf_put(out, mr_str_from(text, p.end));
    } else {
        size_t end = is_list ? bracket : bracket + 1; /* of what stays before the new proof */
        mr_buf_put(out, mr_str_make(text.ptr, start));
        if (!is_list) mr_buf_putc(out, '[');
        mr_buf_put(out, mr_str_make(text.ptr + start, end - start));
        if (mr_json_count(p.proof) || !is_list) mr_buf_putc(out, ',');
        put_proof(out, options_text, value);
        if (!is_list) mr_buf_putc(out, ']');
        mr_buf_put(out, mr_str_from(text, end));
    }
    return mr_buf_failed(out) ? MR_FAIL(err, MR_E_LIMIT, "no room for the document", MR_NOWHERE) : MR_OK;
}
