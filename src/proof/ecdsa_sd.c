/* ecdsa-sd-2023: base proofs made, derived proofs made from them, both checked.
 *
 * A document becomes statements (N-Quads) with labels for its blank nodes. The issuer's key signs the proof's options, the mandatory statements as one
 * hash, and a public key made for this proof alone; the private key of that one signs every other statement by itself and is then thrown away. A holder
 * passes on the signatures of what is shown. So the issuer's signature binds the mandatory part, and through the proof's key whatever else is there;
 * nobody can add a statement, or take the mandatory ones away.
 *
 * Source: W3C Data Integrity ECDSA Cryptosuites 1.0 sections 3.4 to 3.6, whose numbers stand at the steps. */
#include "proof/ecdsa_sd_inside.h"

#include "base/env.h"
#include "base/limits.h"
#include "base/secret.h"
#include "json/write.h"
#include "proof/data_integrity_inside.h"

#include <stdlib.h>

static int no_memory(struct mr_err *err)
{
    return MR_FAIL(err, MR_E_NOMEM, "a proof", MR_NOWHERE);
}

static size_t count_true(const bool *flags, size_t count)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++) n += flags[i];
    return n;
}

/* The statements that pointers select. */
static int group_pointers(mr_arena *a, mr_contexts *contexts, const mr_json *document,
                          const struct mr_ecdsa_sd_statements *s, const mr_str *pointers, size_t count, bool **ret,
                          struct mr_err *err)
{
    struct mr_ecdsa_sd_part part;
    MR_TRY(mr_ecdsa_sd_select(a, document, pointers, count, &part, err));
    return mr_ecdsa_sd_group(a, contexts, s, &part, ret, NULL, err);
}

/* The statements of a whole document, as the key of a base proof labels them. */
static int label_whole(mr_arena *a, mr_contexts *contexts, const mr_json *document, mr_str hmac_key,
                       struct mr_ecdsa_sd_statements *ret, struct mr_err *err)
{
    MR_TRY(mr_ecdsa_sd_read(a, contexts, document, ret, err));
    MR_TRY(mr_ecdsa_sd_label(a, ret, hmac_key, err));
    return mr_ecdsa_sd_sort(a, ret, err);
}

/* ---- base proofs made ---- */

/* What the issuer signs (3.5.1 serializeSignData). */
struct signed_parts {
    mr_digest options, mandatory;
    mr_str public_key;
};

static int hash_options(mr_arena *a, mr_contexts *contexts, const mr_json *document, const mr_json *options,
                        mr_digest *ret, struct mr_err *err)
{
    const mr_json *configuration, *context = mr_json_get(document, "@context");
    MR_TRY(mr_proof_configuration(a, options, "proofValue", context, &configuration, err)); /* 3.6.4 */
    return mr_proof_hash(a, contexts, NULL, configuration, MR_RDFC, MR_SHA256, ret, err);
}

static int sign_statements(mr_arena *a, const struct mr_ecdsa_sd_statements *s, const bool *mandatory, mr_key *key,
                           struct mr_ecdsa_sd_value *v, struct mr_err *err)
{
    size_t count = s->count - count_true(mandatory, s->count);
    if (count > MR_LIMIT_SD_STATEMENTS)
        return MR_FAIL(err, MR_E_LIMIT, "more statements than may be signed one by one", MR_NOWHERE);
    mr_str *signatures = MR_NEW_ARRAY(a, mr_str, count);
    if (!signatures) return no_memory(err);
    for (size_t i = 0; i < s->count; i++)
        if (!mandatory[i])
            MR_TRY(mr_key_sign(key, MR_ALG_ES256, &s->lines[i], 1, a, &signatures[v->signature_count++], err));
    v->signatures = signatures;
    return MR_OK;
}

static int put_public_key(mr_arena *a, const mr_key *key, mr_str *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf octets;
    mr_buf_init(&octets, MR_ECDSA_SD_PUBLIC_KEY);
    mr_key_put_multikey(key, &octets);
    *ret = mr_buf_failed(&octets) ? MR_STR_EMPTY : mr_arena_dup(a, mr_buf_str(&octets));
    return ret->ptr ? MR_OK : no_memory(err);
}

/* 3.6.2, 3.6.3 and 3.6.5
 *   v  its HMAC key and pointers are set */
static int make_base(mr_arena *a, mr_contexts *contexts, const mr_json *document, const mr_json *options, mr_key *key,
                     struct mr_ecdsa_sd_value *v, struct mr_err *err)
{
    bool *mandatory;
    struct signed_parts p;
    struct mr_ecdsa_sd_statements s;
    MR_CLEANUP(mr_key_freep) mr_key *proof_key = NULL;
    MR_TRY(hash_options(a, contexts, document, options, &p.options, err));
    MR_TRY(label_whole(a, contexts, document, v->hmac_key, &s, err));
    MR_TRY(group_pointers(a, contexts, document, &s, v->pointers, v->pointer_count, &mandatory, err));
    MR_TRY(mr_ecdsa_sd_hash(a, &s, mandatory, &p.mandatory, err));
    MR_TRY(mr_key_generate(MR_KEY_P256, 0, &proof_key, err));
    MR_TRY(put_public_key(a, proof_key, &v->public_key, err));
    MR_TRY(sign_statements(a, &s, mandatory, proof_key, v, err));
    const mr_str parts[] = {mr_digest_str(&p.options), v->public_key, mr_digest_str(&p.mandatory)};
    return mr_key_sign(key, MR_ALG_ES256, parts, 3, a, &v->base_signature, err);
}

/* The options as text, under a context, and read. */
static int read_options(mr_arena *a, const struct mr_proof_options *options, const mr_json **ret, mr_str *ret_text,
                        struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    struct mr_proof_options own = *options;
    own.suite = MR_ECDSA_SD_2023;
    mr_buf_init(&text, MR_LIMIT_DOCUMENT);
    MR_TRY(mr_proof_options_write(&own, NULL, &text, err));
    *ret_text = mr_arena_dup(a, mr_buf_str(&text));
    return ret_text->ptr ? mr_json_parse(a, *ret_text, NULL, ret, err) : no_memory(err);
}

int mr_ecdsa_sd_sign(mr_arena *a, mr_contexts *contexts, mr_str text, const mr_json *document, mr_key *key,
                     const mr_str *mandatory, size_t mandatory_count, const struct mr_proof_options *options,
                     mr_buf *out, struct mr_err *err)
{
    mr_str options_text;
    uint8_t hmac_key[MR_ECDSA_SD_HMAC];
    const mr_json *options_json, *unsecured;
    MR_CLEANUP(mr_buf_wipe) mr_buf value;
    mr_buf_init(&value, MR_LIMIT_DOCUMENT);
    if (!mr_key_is_private(key) || !mr_key_fits(key, MR_ALG_ES256))
        return MR_FAIL(err, MR_E_KEY, "ecdsa-sd-2023 is signed with a private key on P-256", MR_NOWHERE);
    MR_TRY(read_options(a, options, &options_json, &options_text, err));
    MR_TRY(mr_proof_document(a, document, NULL, 0, &unsecured, err));
    mr_env_random(mr_env_system(), hmac_key, sizeof hmac_key);
    struct mr_ecdsa_sd_value v = {.hmac_key = mr_str_make((const char *)hmac_key, sizeof hmac_key),
                                  .pointers = mandatory,
                                  .pointer_count = mandatory_count};
    int code = make_base(a, contexts, unsecured, options_json, key, &v, err);
    if (code == MR_OK) code = mr_ecdsa_sd_value_write(&v, &value, err);
    mr_secret_wipe(hmac_key, sizeof hmac_key);
    return code == MR_OK ? mr_proof_insert(text, document, options_text, mr_buf_str(&value), out, err) : code;
}

/* ---- derived proofs made ---- */

/* Mandatory statements by their place among the shown ones, and the signatures of the others (3.5.4 steps 6 to 11). */
static int pick(mr_arena *a, const struct mr_ecdsa_sd_value *base, size_t count, const bool *mandatory,
                const bool *shown, struct mr_ecdsa_sd_value *v, struct mr_err *err)
{
    if (base->signature_count != count - count_true(mandatory, count))
        return MR_FAIL(err, MR_E_FORMAT, "the base proof is not of this document", MR_NOWHERE);
    mr_str *signatures = MR_NEW_ARRAY(a, mr_str, count);
    uint64_t *indexes = MR_NEW_ARRAY(a, uint64_t, count), index = 0;
    if (!signatures || !indexes) return no_memory(err);
    for (size_t i = 0, next = 0; i < count; i++) {
        size_t signature = mandatory[i] ? next : next++;
        if (!shown[i]) continue;
        if (mandatory[i])
            indexes[v->mandatory_count++] = index;
        else
            signatures[v->signature_count++] = base->signatures[signature];
        index++;
    }
    v->signatures = signatures, v->mandatory = indexes;
    return MR_OK;
}

static int compare_numbers(const void *a, const void *b)
{
    const struct mr_ecdsa_sd_label *x = a, *y = b;
    return x->number < y->number ? -1 : x->number > y->number;
}

/* From the identifiers that a verifier will find to the labels (3.5.4 steps 12 to 14, 3.5.5). */
static int map_labels(mr_arena *a, const struct mr_ecdsa_sd_statements *part, struct mr_ecdsa_sd_value *v,
                      struct mr_err *err)
{
    struct mr_ecdsa_sd_label *labels = MR_NEW_ARRAY(a, struct mr_ecdsa_sd_label, part->dataset.blank_count);
    if (!labels) return no_memory(err);
    for (uint32_t blank = 0; blank < part->dataset.blank_count; blank++)
        if (part->canonical[blank].len)
            labels[v->label_count++] =
                (struct mr_ecdsa_sd_label){mr_ecdsa_sd_number(part->canonical[blank]), part->hmacs[blank]};
    if (v->label_count) qsort(labels, v->label_count, sizeof *labels, compare_numbers);
    v->labels = labels;
    return MR_OK;
}

/* 3.5.4 step 2: the mandatory pointers, then the others. */
static mr_str *join(mr_arena *a, const struct mr_ecdsa_sd_value *base, const mr_str *show, size_t show_count)
{
    size_t count;
    if (__builtin_add_overflow(base->pointer_count, show_count, &count)) return NULL;
    mr_str *all = MR_NEW_ARRAY(a, mr_str, count);
    if (!all) return NULL;
    if (base->pointer_count) memcpy(all, base->pointers, base->pointer_count * sizeof *all);
    if (show_count) memcpy(all + base->pointer_count, show, show_count * sizeof *all);
    return all;
}

int mr_ecdsa_sd_disclose(mr_arena *a, mr_contexts *contexts, const mr_json *document,
                         const struct mr_ecdsa_sd_value *base, const mr_str *show, size_t show_count,
                         const mr_json **ret_shown, struct mr_ecdsa_sd_value *ret, struct mr_err *err)
{
    bool *mandatory, *shown;
    struct mr_ecdsa_sd_part part;
    struct mr_ecdsa_sd_statements whole, own;
    struct mr_ecdsa_sd_value v = {
        .derived = true, .base_signature = base->base_signature, .public_key = base->public_key};
    mr_str *pointers = join(a, base, show, show_count);
    if (!pointers) return no_memory(err);
    MR_TRY(label_whole(a, contexts, document, base->hmac_key, &whole, err));
    int code = group_pointers(a, contexts, document, &whole, base->pointers, base->pointer_count, &mandatory, err);
    if (code == MR_E_NOT_FOUND) /* not the holder's mistake */
        return MR_FAIL(err, MR_E_FORMAT, "the base proof names a part that the document does not have", MR_NOWHERE);
    MR_TRY(code);
    MR_TRY(mr_ecdsa_sd_select(a, document, pointers, base->pointer_count + show_count, &part, err));
    if (!part.root) return MR_FAIL(err, MR_E_FORMAT, "nothing is shown", MR_NOWHERE);
    MR_TRY(mr_ecdsa_sd_group(a, contexts, &whole, &part, &shown, &own, err));
    MR_TRY(pick(a, base, whole.count, mandatory, shown, &v, err));
    MR_TRY(map_labels(a, &own, &v, err));
    *ret_shown = part.root, *ret = v;
    return MR_OK;
}

/* The one base proof of a document, and its value. */
static int find_base(mr_arena *a, const mr_json *document, const mr_json **ret, struct mr_ecdsa_sd_value *ret_value,
                     struct mr_err *err)
{
    const mr_json *proofs[MR_LIMIT_PROOFS];
    size_t found = 0, count = mr_proofs_list(document, proofs, MR_LIMIT_PROOFS);
    if (count > MR_LIMIT_PROOFS) return MR_FAIL(err, MR_E_LIMIT, "more proofs than allowed", MR_NOWHERE);
    for (size_t i = 0; i < count; i++) {
        struct mr_ecdsa_sd_value v;
        if (!mr_str_is(mr_json_get_str(proofs[i], "cryptosuite"), mr_cryptosuite_name(MR_ECDSA_SD_2023))) continue;
        MR_TRY(mr_ecdsa_sd_value_read(a, mr_json_get_str(proofs[i], "proofValue"), &v, err));
        if (!v.derived) *ret = proofs[i], *ret_value = v, found++;
    }
    return found == 1 ? MR_OK : MR_FAIL(err, MR_E_FORMAT, "not exactly one base proof", MR_NOWHERE);
}

/* The document shown, with its proof in the place of the base proof's value. */
static void put_derived(const mr_json *shown, const mr_json *proof, mr_str value, mr_buf *out)
{
    mr_json_writer w;
    mr_json_writer_init(&w, out, 0);
    mr_json_begin_object(&w);
    MR_JSON_EACH_MEMBER (name, shown) {
        mr_json_put_name_str(&w, mr_json_text(name));
        mr_json_put_value(&w, name + 1);
    }
    mr_json_put_name(&w, "proof");
    mr_json_begin_object(&w);
    MR_JSON_EACH_MEMBER (name, proof) {
        if (mr_str_is(mr_json_text(name), "proofValue") || mr_str_is(mr_json_text(name), "@context")) continue;
        mr_json_put_name_str(&w, mr_json_text(name));
        mr_json_put_value(&w, name + 1);
    }
    mr_json_put_member(&w, "proofValue", value);
    mr_json_end_object(&w);
    mr_json_end_object(&w);
}

int mr_ecdsa_sd_derive(mr_arena *a, mr_contexts *contexts, const mr_json *document, const mr_str *show,
                       size_t show_count, mr_buf *out, struct mr_err *err)
{
    const mr_json *proof = NULL, *unsecured, *shown;
    struct mr_ecdsa_sd_value base, derived;
    MR_CLEANUP(mr_buf_done) mr_buf value;
    mr_buf_init(&value, MR_LIMIT_DOCUMENT);
    MR_TRY(find_base(a, document, &proof, &base, err));
    MR_TRY(mr_proof_document(a, document, NULL, 0, &unsecured, err));
    MR_TRY(mr_ecdsa_sd_disclose(a, contexts, unsecured, &base, show, show_count, &shown, &derived, err));
    MR_TRY(mr_ecdsa_sd_value_write(&derived, &value, err));
    put_derived(shown, proof, mr_buf_str(&value), out);
    return mr_buf_failed(out) ? MR_FAIL(err, MR_E_LIMIT, "a document longer than allowed", MR_NOWHERE) : MR_OK;
}

/* ---- both checked ---- */

/* One verification. A fault of the proof is written into the step, with MR_E_SIGNATURE to stop; other codes are errors. */
struct verification {
    mr_arena *a;
    mr_contexts *contexts;
    const mr_json *document;
    struct mr_ecdsa_sd_value value;
    struct mr_ecdsa_sd_statements statements;
    bool *mandatory;
    struct mr_step *step;
    struct mr_err *err;
};

static int refuse(struct verification *v, const char *id, mr_str detail)
{
    *v->step = (struct mr_step){.state = MR_FAILED, .id = id, .detail = detail, .at = MR_TIME_NONE};
    return MR_FAIL(v->err, MR_E_SIGNATURE, id, MR_NOWHERE);
}

/* A fault of the proof that a function of ours found, when the code is one of them. */
static int refuse_code(struct verification *v, int code, const char *id)
{
    bool is_fault = code == MR_E_FORMAT || code == MR_E_ENCODING || code == MR_E_UTF8 || code == MR_E_NOT_FOUND ||
                    code == MR_E_SIGNATURE || code == MR_E_UNSUPPORTED || code == MR_E_KEY;
    return is_fault ? refuse(v, id, mr_str_of(v->err->message)) : code;
}

/* Mandatory statements by the indexes of a derived proof (3.5.9 steps 5 to 7). */
static int split_by_indexes(struct verification *v)
{
    v->mandatory = MR_NEW_ARRAY(v->a, bool, v->statements.count);
    if (!v->mandatory) return no_memory(v->err);
    for (size_t i = 0; i < v->value.mandatory_count; i++) {
        uint64_t index = v->value.mandatory[i];
        if (index >= v->statements.count || v->mandatory[index])
            return refuse(v, "seal.signature.changed", MR_STR("the index of no statement, or one told twice"));
        v->mandatory[index] = true;
    }
    return MR_OK;
}

static int split_derived(struct verification *v)
{
    MR_TRY(mr_ecdsa_sd_read(v->a, v->contexts, v->document, &v->statements, v->err));
    MR_TRY(refuse_code(v, mr_ecdsa_sd_relabel(v->a, &v->statements, &v->value, v->err), "proof.sd_map"));
    MR_TRY(mr_ecdsa_sd_sort(v->a, &v->statements, v->err));
    return split_by_indexes(v);
}

/* The pointers of a base proof are signed by what they select: they are good when the hash is. */
static int split_base(struct verification *v)
{
    const struct mr_ecdsa_sd_value *value = &v->value;
    MR_TRY(label_whole(v->a, v->contexts, v->document, value->hmac_key, &v->statements, v->err));
    return refuse_code(v,
                       group_pointers(v->a, v->contexts, v->document, &v->statements, value->pointers,
                                      value->pointer_count, &v->mandatory, v->err),
                       "seal.signature.changed");
}

/* 3.6.7 step 3 */
static int check_count(struct verification *v)
{
    size_t count = v->statements.count - count_true(v->mandatory, v->statements.count);
    if (count == v->value.signature_count) return MR_OK;
    mr_str detail = mr_arena_format(v->a, "%zu signatures for %zu statements", v->value.signature_count, count);
    return detail.ptr ? refuse(v, "seal.signature.changed", detail) : no_memory(v->err);
}

/* 3.6.7 steps 5 to 7: the issuer's signature. */
static int check_base_signature(struct verification *v, const mr_json *options, mr_key *key)
{
    struct signed_parts p = {.public_key = v->value.public_key};
    MR_TRY(hash_options(v->a, v->contexts, v->document, options, &p.options, v->err));
    MR_TRY(mr_ecdsa_sd_hash(v->a, &v->statements, v->mandatory, &p.mandatory, v->err));
    const mr_str parts[] = {mr_digest_str(&p.options), p.public_key, mr_digest_str(&p.mandatory)};
    int code = mr_key_verify(key, MR_ALG_ES256, parts, 3, v->value.base_signature, v->err);
    return code == MR_E_SIGNATURE ? refuse(v, "seal.signature.changed", MR_STR("the issuer's signature does not fit"))
                                  : code;
}

/* 3.6.7 step 8: those of the other statements, by the key that the issuer vouched for. */
static int check_statements(struct verification *v)
{
    MR_CLEANUP(mr_key_freep) mr_key *key = NULL;
    MR_TRY(refuse_code(v, mr_key_of_multikey(v->value.public_key, &key, v->err), "proof.value"));
    if (mr_key_get_kind(key) != MR_KEY_P256) return refuse(v, "proof.value", MR_STR("a key that is not on P-256"));
    for (size_t i = 0, next = 0; i < v->statements.count; i++) {
        if (v->mandatory[i]) continue;
        int code = mr_key_verify(key, MR_ALG_ES256, &v->statements.lines[i], 1, v->value.signatures[next++], v->err);
        if (code == MR_E_SIGNATURE)
            return refuse(v, "seal.signature.changed", MR_STR("the signature of a statement does not fit"));
        MR_TRY(code);
    }
    return MR_OK;
}

static int check_all(struct verification *v, const mr_json *options, mr_str proof_value, mr_key *key)
{
    MR_TRY(refuse_code(v, mr_ecdsa_sd_value_read(v->a, proof_value, &v->value, v->err), "proof.value"));
    MR_TRY(v->value.derived ? split_derived(v) : split_base(v));
    MR_TRY(check_count(v));
    MR_TRY(check_base_signature(v, options, key));
    return check_statements(v);
}

int mr_ecdsa_sd_verify(mr_arena *a, mr_contexts *contexts, const mr_json *document, const mr_json *options,
                       mr_str proof_value, mr_key *key, struct mr_step *ret, struct mr_err *err)
{
    struct mr_err own;
    struct mr_step step = {.state = MR_UNCHECKED, .at = MR_TIME_NONE};
    struct verification v = {
        .a = a, .contexts = contexts, .document = document, .step = &step, .err = err ? err : &own};
    if (!mr_key_fits(key, MR_ALG_ES256))
        return MR_FAIL(err, MR_E_KEY, "ecdsa-sd-2023 is signed with a key on P-256", MR_NOWHERE);
    int code = check_all(&v, options, proof_value, key);
    if (code == MR_OK) step.state = MR_PASSED, step.id = v.value.derived ? "proof.sd_holds" : "proof.base_holds";
    if (code != MR_OK && step.state != MR_FAILED) return code;
    mr_err_clear(v.err);
    *ret = step;
    return MR_OK;
}
