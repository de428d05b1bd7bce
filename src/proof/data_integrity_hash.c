/* Data Integrity: what a proof covers, and its hash.
 *
 * A proof covers two things, hashed one by one: its own options (all members but the value) and the document without proofs. A document is a flat
 * array of nodes, so that leaving a member out is a copy of the nodes before and behind it; texts stay where they are. Canonical N-Quads are
 * never kept: they go into the digest line by line.
 *
 * Sources: W3C Verifiable Credential Data Integrity 1.0 section 4; EdDSA Cryptosuites 1.0 section 3; ECDSA Cryptosuites 1.0 section 3. */
#include "proof/data_integrity_inside.h"

#include "rdf/canon.h"
#include "rdf/jsonld.h"

/* ---- nodes ---- */

static mr_json *put_nodes(mr_json *at, const mr_json *from, size_t count)
{
    memcpy(at, from, count * sizeof *at);
    return at + count;
}

static mr_json *put_name(mr_json *at, const char *name, uint32_t position)
{
    *at =
        (mr_json){.ptr = name, .len = (uint32_t)strlen(name), .skip = 1, .position = position, .type = MR_JSON_STRING};
    return at + 1;
}

/* An object as `like`, which has no members yet. */
static mr_json *begin_object(mr_json *at, const mr_json *like)
{
    *at = *like;
    at->len = 0;
    return at + 1;
}

/* Copy the members of an object to `at`, but these two (either may be NULL). */
static mr_json *put_members(mr_json *root, mr_json *at, const mr_json *object, const char *without, const char *nor)
{
    MR_JSON_EACH_MEMBER (name, object) {
        mr_str text = mr_json_text(name);
        if ((without && mr_str_is(text, without)) || (nor && mr_str_is(text, nor))) continue;
        at = put_nodes(at, name, 1 + (size_t)name[1].skip);
        root->len++;
    }
    return at;
}

static mr_json *new_nodes(mr_arena *a, size_t count)
{
    size_t size;
    return __builtin_mul_overflow(count, sizeof(mr_json), &size) ? NULL : mr_arena_alloc(a, size);
}

int mr_proof_document(mr_arena *a, const mr_json *document, const mr_json *const *previous, size_t count,
                      const mr_json **ret, struct mr_err *err)
{
    size_t size = (size_t)document->skip + 2; /* a name and a list more */
    for (size_t i = 0; i < count; i++) size += previous[i]->skip;
    mr_json *root = new_nodes(a, size);
    if (!root) return MR_FAIL(err, MR_E_NOMEM, "no room for the document", MR_NOWHERE);
    mr_json *at = put_members(root, begin_object(root, document), document, "proof", NULL);
    if (count) {
        mr_json *list = at = put_name(at, "proof", previous[0]->position);
        *at++ = (mr_json){
            .ptr = previous[0]->ptr, .len = (uint32_t)count, .position = previous[0]->position, .type = MR_JSON_ARRAY};
        for (size_t i = 0; i < count; i++) at = put_nodes(at, previous[i], previous[i]->skip);
        list->skip = (uint32_t)(at - list);
        root->len++;
    }
    root->skip = (uint32_t)(at - root);
    *ret = root;
    return MR_OK;
}

int mr_proof_configuration(mr_arena *a, const mr_json *proof, const char *value_name, const mr_json *context,
                           const mr_json **ret, struct mr_err *err)
{
    mr_json *root = new_nodes(a, (size_t)proof->skip + 1 + (context ? context->skip : 0));
    if (!root) return MR_FAIL(err, MR_E_NOMEM, "no room for the options of the proof", MR_NOWHERE);
    mr_json *at = begin_object(root, proof);
    if (context) {
        at = put_nodes(put_name(at, "@context", proof->position), context, context->skip);
        root->len++;
    }
    at = put_members(root, at, proof, value_name, context ? "@context" : NULL);
    root->skip = (uint32_t)(at - root);
    *ret = root;
    return MR_OK;
}

/* ---- hashes ---- */

const mr_json mr_no_context = {.skip = 1, .type = MR_JSON_NULL};

mr_digest_kind mr_proof_digest_kind(const mr_key *key)
{
    return mr_key_get_kind(key) == MR_KEY_P384 ? MR_SHA384 : MR_SHA256;
}

/* EdDSA Cryptosuites 1.0 sections 3.2.3 and 3.2.4; the hash within RDFC-1.0 is the same as the one of its result. Safe mode: what JSON-LD would drop
 * no signature covers. */
static int hash_rdfc(mr_arena *a, mr_contexts *contexts, mr_outlines *outlines, const mr_json *value,
                     mr_digest_kind kind, mr_digest *ret, struct mr_err *err)
{
    mr_dataset ds;
    mr_jsonld_options options = {.contexts = contexts, .safe = true, .rdf_direction = MR_RDF_DIRECTION_I18N_DATATYPE};
    mr_dataset_init(&ds, a);
    MR_TRY(outlines ? mr_outlines_to_rdf(outlines, value, &options, &ds, err)
                    : mr_jsonld_to_rdf(value, &options, &ds, err));
    return mr_rdf_canonical_digest(a, &ds, &(mr_canon_options){.hash = kind}, ret, err);
}

static int hash_jcs(const mr_json *value, mr_digest_kind kind, mr_digest *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    mr_buf_init(&text, MR_LIMIT_RDF_TEXT);
    MR_TRY(mr_json_canonicalise(value, &text, err));
    mr_str part = mr_buf_str(&text);
    return mr_digest_make(kind, &part, 1, ret, err);
}

int mr_proof_hash(mr_arena *a, mr_contexts *contexts, mr_outlines *outlines, const mr_json *value,
                  mr_transformation transformation, mr_digest_kind kind, mr_digest *ret, struct mr_err *err)
{
    return transformation == MR_JCS ? hash_jcs(value, kind, ret, err)
                                    : hash_rdfc(a, contexts, outlines, value, kind, ret, err);
}

/* ---- the proofs of a document ---- */

bool mr_data_integrity_is(const mr_json *document)
{
    const mr_json *proof = mr_json_get(document, "proof");
    if (mr_json_is(proof, MR_JSON_OBJECT)) return true;
    MR_JSON_EACH (p, proof)
        if (!mr_json_is(p, MR_JSON_OBJECT)) return false;
    return mr_json_count(proof) > 0;
}

size_t mr_proofs_list(const mr_json *document, const mr_json **ret, size_t most)
{
    size_t count = 0;
    const mr_json *proof = mr_json_get(document, "proof");
    if (proof && !mr_json_is(proof, MR_JSON_ARRAY)) {
        ret[0] = proof;
        return 1;
    }
    MR_JSON_EACH (p, proof) {
        if (count == most) return most + 1;
        ret[count++] = p;
    }
    return count;
}

/* Add the one proof of this id to the set. */
static bool match(mr_str id, const mr_json *const *proofs, size_t count, uint32_t *set)
{
    uint32_t found = 0;
    for (size_t i = 0; i < count; i++)
        if (id.len && mr_str_eq(mr_json_get_str(proofs[i], "id"), id)) found |= UINT32_C(1) << i;
    if (!found || (found & (found - 1)) || (*set & found)) return false;
    *set |= found;
    return true;
}

bool mr_proofs_match(const mr_json *previous, const mr_json *const *proofs, size_t count, uint32_t *ret,
                     mr_str *ret_name)
{
    uint32_t set = 0;
    *ret_name = mr_json_str(previous);
    bool ok = !mr_json_is(previous, MR_JSON_STRING) || match(*ret_name, proofs, count, &set);
    MR_JSON_EACH (id, previous) {
        *ret_name = mr_json_str(id);
        if (!match(*ret_name, proofs, count, &set)) return false;
    }
    if (ok) *ret = set;
    return ok;
}
