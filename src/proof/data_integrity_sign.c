/* Adding a Data Integrity proof (Data Integrity 1.0 sections 4.2 and 4.3). The proof is written as text, read as any other, and hashed on the
 * path that verifies it: what is signed is what is written. The text of the document itself is not touched. */
#include "base/encoding.h"
#include "proof/data_integrity_inside.h"

enum { OPTIONS_MAX = 1024 * 1024 }; /* the text of a proof, with the context that JCS repeats in it */

static int check_request(const mr_json *document, const mr_key *key, const struct mr_proof_options *o,
                         struct mr_err *err)
{
    const struct mr_suite_form *form = mr_suite_form_of(o->suite);
    if (!mr_json_is(document, MR_JSON_OBJECT)) return MR_FAIL(err, MR_E_FORMAT, "the document is no object", 0);
    if (o->suite == MR_SUITE_NONE || form->read_only)
        return MR_FAIL_DETAIL(err, MR_E_UNSUPPORTED, "this suite is not signed with here", "%s", form->name);
    if (!mr_suite_fits(form, key) || !mr_key_is_private(key))
        return MR_FAIL_DETAIL(err, MR_E_KEY, "no private key that fits the suite", "%s", form->name);
    if (!o->method.len || o->purpose >= MR_RELATIONSHIP_COUNT)
        return MR_FAIL(err, MR_E_FORMAT, "a proof names its key and its purpose", MR_NOWHERE);
    return MR_OK;
}

/* The document as the new proof covers it: with the proof that it builds on, or without any (section 4.3). */
static int read_covered(mr_arena *a, const mr_json *document, mr_str previous, const mr_json **ret, struct mr_err *err)
{
    const mr_json *proofs[MR_LIMIT_PROOFS + 1], *chosen;
    mr_str name;
    uint32_t set = 0;
    size_t count = mr_proofs_list(document, proofs, MR_LIMIT_PROOFS);
    mr_json id = {.ptr = previous.ptr, .len = (uint32_t)previous.len, .skip = 1, .type = MR_JSON_STRING};
    if (count >= MR_LIMIT_PROOFS)
        return MR_FAIL(err, MR_E_LIMIT, "the document has as many proofs as there may be", MR_NOWHERE);
    for (size_t i = 0; i < count; i++)
        if (!mr_json_is(proofs[i], MR_JSON_OBJECT))
            return MR_FAIL(err, MR_E_FORMAT, "a proof of the document is no object", proofs[i]->position);
    if (!previous.len) return mr_proof_document(a, document, NULL, 0, ret, err);
    if (!mr_proofs_match(&id, proofs, count, &set, &name))
        return MR_FAIL_DETAIL(err, MR_E_FORMAT, "the document does not have the previous proof once", "%.*s",
                              MR_STR_ARG(name));
    chosen = proofs[__builtin_ctz(set)];
    return mr_proof_document(a, document, &chosen, 1, ret, err);
}

/* EdDSA and ECDSA Cryptosuites: the hash of the options, then that of the document. */
static int sign_hashes(mr_arena *a, mr_contexts *contexts, mr_outlines *outlines, const mr_json *options,
                       const mr_json *covered, mr_key *key, mr_transformation transformation, mr_str *ret,
                       struct mr_err *err)
{
    mr_digest hashes[2];
    mr_digest_kind kind = mr_proof_digest_kind(key);
    MR_TRY(mr_proof_hash(a, contexts, outlines, options, transformation, kind, &hashes[0], err));
    MR_TRY(mr_proof_hash(a, contexts, outlines, covered, transformation, kind, &hashes[1], err));
    mr_str parts[] = {mr_digest_str(&hashes[0]), mr_digest_str(&hashes[1])};
    return mr_key_sign(key, mr_key_default_alg(key), parts, 2, a, ret, err);
}

struct making {
    mr_buf options, value; /* texts */
};

static void making_done(struct making *m)
{
    mr_buf_done(&m->options);
    mr_buf_done(&m->value);
}

int mr_data_integrity_sign(mr_arena *a, mr_contexts *contexts, mr_str text, const mr_json *document, mr_key *key,
                           const struct mr_proof_options *o, mr_buf *out, struct mr_err *err)
{
    MR_CLEANUP(making_done) struct making m;
    const mr_json *covered, *proof, *configuration, *context = mr_json_get(document, "@context");
    mr_str signature;
    size_t start = out->len;
    mr_buf_init(&m.options, OPTIONS_MAX);
    mr_buf_init(&m.value, MR_LIMIT_BASE58);
    MR_TRY(check_request(document, key, o, err));
    bool is_jcs = mr_suite_form_of(o->suite)->transformation == MR_JCS;
    MR_TRY(read_covered(a, document, o->previous_proof, &covered, err));
    MR_TRY(mr_proof_options_write(o, is_jcs ? context : NULL, &m.options, err));
    MR_TRY(mr_json_parse(a, mr_buf_str(&m.options), NULL, &proof, err));
    if (is_jcs)
        configuration = proof;
    else
        MR_TRY(mr_proof_configuration(a, proof, "proofValue", context ? context : &mr_no_context, &configuration, err));
    MR_TRY(
        sign_hashes(a, contexts, o->outlines, configuration, covered, key, is_jcs ? MR_JCS : MR_RDFC, &signature, err));
    mr_multibase_put(&m.value, 'z', signature);
    int code = mr_proof_insert(text, document, mr_buf_str(&m.options), mr_buf_str(&m.value), out, err);
    if (code != MR_OK) out->len = start;
    return code;
}
