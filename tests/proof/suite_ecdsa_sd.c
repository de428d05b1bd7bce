/* The vectors of ecdsa-sd-2023: every intermediate result, and the two documents. What we have at each step is written as JSON in the form of the vector's
 * file and compared in canonical form. Then the inputs of the official interoperability suite, through all three roles. */
#include "proof/ecdsa_sd_inside.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "json/write.h"
#include "proof/data_integrity_inside.h"
#include "rdf/canon.h"
#include "testing.h"

#define MEMORY (64 * MR_MIB)
#define VECTORS "vc-di-ecdsa/ecdsa-sd-2023/prc"

/* What the vectors are made of, done by us. */
struct world {
    mr_arena *a;
    const char *folder;
    mr_contexts *contexts;
    mr_key *issuer;
    const mr_json *base, *derived; /* as published */
    const mr_json *unsecured;      /* base without proof */
    const mr_json *shown;
    struct mr_ecdsa_sd_value base_value, derived_value, our_value; /* read, read, disclosed */
    struct mr_ecdsa_sd_statements whole, revealed;
    bool *mandatory, *selective, *combined;
    bool *revealed_mandatory;
    mr_digest options_hash, mandatory_hash;
};

static const mr_json *read_json(mr_arena *a, const char *path)
{
    struct mr_err err = {0};
    const mr_json *v = NULL;
    assert_ok(mr_json_parse(a, test_read_file(a, path), NULL, &v, &err), err);
    return v;
}

static const mr_json *read_vector(const struct world *w, const char *file)
{
    return read_json(w->a, test_path(w->a, w->folder, file));
}

/* The texts of an array. */
static mr_str *read_texts(mr_arena *a, const mr_json *array, size_t *ret_count)
{
    mr_str *texts = MR_NEW_ARRAY(a, mr_str, mr_json_count(array));
    assert_non_null(texts);
    *ret_count = 0;
    MR_JSON_EACH (one, array) texts[(*ret_count)++] = mr_json_str(one);
    return texts;
}

/* ---- our results ---- */

static void group(struct world *w, const mr_str *pointers, size_t count, bool **ret)
{
    struct mr_err err = {0};
    struct mr_ecdsa_sd_part part;
    assert_ok(mr_ecdsa_sd_select(w->a, w->unsecured, pointers, count, &part, &err), err);
    assert_ok(mr_ecdsa_sd_group(w->a, w->contexts, &w->whole, &part, ret, NULL, &err), err);
}

static void sign_side(struct world *w)
{
    struct mr_err err = {0};
    const mr_json *proof = mr_json_get(w->base, "proof"), *configuration = NULL;
    size_t count;
    assert_ok(mr_proof_document(w->a, w->base, NULL, 0, &w->unsecured, &err), err);
    assert_ok(mr_ecdsa_sd_value_read(w->a, mr_json_get_str(proof, "proofValue"), &w->base_value, &err), err);
    assert_ok(mr_proof_configuration(w->a, proof, "proofValue", mr_json_get(w->base, "@context"), &configuration, &err),
              err);
    assert_ok(mr_proof_hash(w->a, w->contexts, NULL, configuration, MR_RDFC, MR_SHA256, &w->options_hash, &err), err);
    assert_ok(mr_ecdsa_sd_read(w->a, w->contexts, w->unsecured, &w->whole, &err), err);
    assert_ok(mr_ecdsa_sd_label(w->a, &w->whole, w->base_value.hmac_key, &err), err);
    assert_ok(mr_ecdsa_sd_sort(w->a, &w->whole, &err), err);

    mr_str *selective = read_texts(w->a, read_vector(w, "../../prCredSelective.json"), &count);
    mr_str all[8] = {w->base_value.pointers[0]};
    assert_true(w->base_value.pointer_count == 1 && count < 8);
    memcpy(all + 1, selective, count * sizeof *all);
    group(w, all, 1, &w->mandatory);
    group(w, selective, count, &w->selective);
    group(w, all, 1 + count, &w->combined);
    assert_ok(mr_ecdsa_sd_hash(w->a, &w->whole, w->mandatory, &w->mandatory_hash, &err), err);
    assert_ok(mr_ecdsa_sd_disclose(w->a, w->contexts, w->unsecured, &w->base_value, selective, count, &w->shown,
                                   &w->our_value, &err),
              err);
}

static void verify_side(struct world *w)
{
    struct mr_err err = {0};
    const mr_json *unsecured = NULL;
    mr_str value = mr_json_get_str(mr_json_get(w->derived, "proof"), "proofValue");
    assert_ok(mr_proof_document(w->a, w->derived, NULL, 0, &unsecured, &err), err);
    assert_ok(mr_ecdsa_sd_value_read(w->a, value, &w->derived_value, &err), err);
    assert_ok(mr_ecdsa_sd_read(w->a, w->contexts, unsecured, &w->revealed, &err), err);
    assert_ok(mr_ecdsa_sd_relabel(w->a, &w->revealed, &w->derived_value, &err), err);
    assert_ok(mr_ecdsa_sd_sort(w->a, &w->revealed, &err), err);
    w->revealed_mandatory = MR_NEW_ARRAY(w->a, bool, w->revealed.count);
    for (size_t i = 0; i < w->derived_value.mandatory_count; i++) {
        assert_true(w->derived_value.mandatory[i] < w->revealed.count);
        w->revealed_mandatory[w->derived_value.mandatory[i]] = true;
    }
}

static void open_key(struct world *w, mr_str multibase)
{
    mr_str octets;
    struct mr_err err = {0};
    assert_ok(mr_multibase_read(w->a, multibase, &octets, &err), err);
    assert_ok(mr_key_of_multikey(octets, &w->issuer, &err), err);
}

static void open_world(struct world *w, mr_arena *a)
{
    struct mr_err err = {0};
    *w = (struct world){.a = a, .folder = test_suite(a, VECTORS)};
    const char *citizenship = test_suite(a, "contexts/w3id.org_citizenship_v4rc1.jsonld");
    assert_ok(mr_contexts_open(&w->contexts, &err), err);
    assert_ok(mr_contexts_add(w->contexts, MR_STR("https://w3id.org/citizenship/v4rc1"), test_read_file(a, citizenship),
                              &err),
              err);
    const mr_json *keys = read_vector(w, "../SDKeyMaterial.json");
    open_key(w, mr_json_get_str(mr_json_get(keys, "baseKeyPair"), "publicKeyMultibase"));
    w->base = read_vector(w, "addSignedSDBase.json");
    w->derived = read_vector(w, "derivedRevealDocument.json");
    sign_side(w);
    verify_side(w);
}

static void close_world(struct world *w)
{
    mr_key_free(w->issuer);
    mr_contexts_close(w->contexts);
}

/* ---- our results as JSON ---- */

static void put_hex(mr_json_writer *j, const char *name, mr_str octets)
{
    mr_buf text;
    mr_buf_init(&text, MR_KIB);
    mr_hex_put(&text, octets);
    if (name) mr_json_put_name(j, name);
    mr_json_put_str(j, mr_buf_str(&text));
    mr_buf_done(&text);
}

static void put_key(mr_json_writer *j, const char *name, mr_str octets)
{
    mr_buf text;
    mr_buf_init(&text, MR_KIB);
    mr_multibase_put(&text, 'z', octets);
    mr_json_put_member(j, name, mr_buf_str(&text));
    mr_buf_done(&text);
}

static void put_signatures(mr_json_writer *j, const char *name, const struct mr_ecdsa_sd_value *v)
{
    mr_json_put_name(j, name);
    mr_json_begin_array(j);
    for (size_t i = 0; i < v->signature_count; i++) put_hex(j, NULL, v->signatures[i]);
    mr_json_end_array(j);
}

static void put_texts(mr_json_writer *j, const mr_str *texts, size_t count)
{
    mr_json_begin_array(j);
    for (size_t i = 0; i < count; i++) mr_json_put_str(j, texts[i]);
    mr_json_end_array(j);
}

/* The lines that are in a group, or those that are not, each with its index. */
static void put_lines(mr_json_writer *j, const struct mr_ecdsa_sd_statements *s, const bool *in, bool wanted)
{
    mr_json_begin_array(j);
    for (size_t i = 0; i < s->count; i++) {
        if (in[i] != wanted) continue;
        mr_json_begin_array(j);
        mr_json_put_int(j, (int64_t)i);
        mr_json_put_str(j, s->lines[i]);
        mr_json_end_array(j);
    }
    mr_json_end_array(j);
}

static void put_indexes(mr_json_writer *j, const char *name, const bool *in, size_t count, bool wanted)
{
    mr_json_put_name(j, name);
    mr_json_begin_array(j);
    for (size_t i = 0; i < count; i++)
        if (in[i] == wanted) mr_json_put_int(j, (int64_t)i);
    mr_json_end_array(j);
}

static void put_mandatory(mr_json_writer *j, const char *name, const struct mr_ecdsa_sd_value *v)
{
    mr_json_put_name(j, name);
    mr_json_begin_array(j);
    for (size_t i = 0; i < v->mandatory_count; i++) mr_json_put_int(j, (int64_t)v->mandatory[i]);
    mr_json_end_array(j);
}

static void put_labels(mr_json_writer *j, const struct mr_ecdsa_sd_value *v)
{
    mr_json_begin_array(j);
    for (size_t i = 0; i < v->label_count; i++) {
        mr_buf text;
        mr_buf_init(&text, MR_KIB);
        mr_json_begin_array(j);
        mr_buf_format(&text, "c14n%u", (unsigned)v->labels[i].number);
        mr_json_put_str(j, mr_buf_str(&text));
        mr_buf_clear(&text);
        mr_multibase_put(&text, 'u', v->labels[i].hmac);
        mr_json_put_str(j, mr_buf_str(&text));
        mr_json_end_array(j);
        mr_buf_done(&text);
    }
    mr_json_end_array(j);
}

/* The canonical form without labels of our own. */
static void write_canonical(const struct world *w, mr_json_writer *j)
{
    mr_buf text;
    struct mr_err err = {0};
    mr_str rest, line;
    mr_buf_init(&text, MR_MIB);
    assert_ok(mr_rdf_canonicalise(w->a, &w->whole.dataset, NULL, &text, NULL, &err), err);
    rest = mr_buf_str(&text);
    mr_json_begin_array(j);
    while (mr_str_split(&rest, '\n', &line))
        if (line.len) mr_json_put_str(j, mr_str_make(line.ptr, line.len + 1));
    mr_json_end_array(j);
    mr_buf_done(&text);
}

static void write_labelled(const struct world *w, mr_json_writer *j)
{
    put_texts(j, w->whole.lines, w->whole.count);
}

static void write_mandatory(const struct world *w, mr_json_writer *j)
{
    put_lines(j, &w->whole, w->mandatory, true);
}

static void write_not_mandatory(const struct world *w, mr_json_writer *j)
{
    put_lines(j, &w->whole, w->mandatory, false);
}

static void write_selective(const struct world *w, mr_json_writer *j)
{
    put_lines(j, &w->whole, w->selective, true);
}

static void write_not_selective(const struct world *w, mr_json_writer *j)
{
    put_lines(j, &w->whole, w->selective, false);
}

static void write_combined(const struct world *w, mr_json_writer *j)
{
    put_lines(j, &w->whole, w->combined, true);
}

static void write_not_combined(const struct world *w, mr_json_writer *j)
{
    put_lines(j, &w->whole, w->combined, false);
}

static void write_pointers(const struct world *w, mr_json_writer *j)
{
    mr_json_begin_array(j);
    for (size_t i = 0; i < w->base_value.pointer_count; i++) {
        const mr_json *value = mr_json_find(w->base, w->base_value.pointers[i]);
        assert_non_null(value);
        mr_json_begin_object(j);
        mr_json_put_member(j, "pointer", w->base_value.pointers[i]);
        mr_json_put_name(j, "value");
        mr_json_put_value(j, value);
        mr_json_end_object(j);
    }
    mr_json_end_array(j);
}

static void write_configuration(const struct world *w, mr_json_writer *j)
{
    const mr_json *configuration = NULL;
    struct mr_err err = {0};
    assert_ok(mr_proof_configuration(w->a, mr_json_get(w->base, "proof"), "proofValue",
                                     mr_json_get(w->base, "@context"), &configuration, &err),
              err);
    mr_json_put_value(j, configuration);
}

static void write_hashes(const struct world *w, mr_json_writer *j)
{
    mr_json_begin_object(j);
    put_hex(j, "proofHash", mr_digest_str(&w->options_hash));
    put_hex(j, "mandatoryHash", mr_digest_str(&w->mandatory_hash));
    mr_json_end_object(j);
}

static void write_base(const struct world *w, mr_json_writer *j)
{
    mr_json_begin_object(j);
    put_hex(j, "baseSignature", w->base_value.base_signature);
    put_key(j, "publicKey", w->base_value.public_key);
    put_signatures(j, "signatures", &w->base_value);
    mr_json_put_name(j, "mandatoryPointers");
    put_texts(j, w->base_value.pointers, w->base_value.pointer_count);
    mr_json_end_object(j);
}

static void write_recovered(const struct world *w, mr_json_writer *j)
{
    mr_json_begin_object(j);
    put_hex(j, "baseSignature", w->base_value.base_signature);
    put_key(j, "proofPublicKey", w->base_value.public_key);
    put_hex(j, "hmacKey", w->base_value.hmac_key);
    put_signatures(j, "signatures", &w->base_value);
    mr_json_put_name(j, "mandatoryPointers");
    put_texts(j, w->base_value.pointers, w->base_value.pointer_count);
    mr_json_end_object(j);
}

static void write_indexes(const struct world *w, mr_json_writer *j)
{
    mr_json_begin_object(j);
    put_indexes(j, "combinedIndexes", w->combined, w->whole.count, true);
    put_indexes(j, "mandatoryIndexes", w->mandatory, w->whole.count, true);
    put_indexes(j, "nonMandatoryIndexes", w->mandatory, w->whole.count, false);
    put_indexes(j, "selectiveIndexes", w->selective, w->whole.count, true);
    mr_json_end_object(j);
}

static void write_our_indexes(const struct world *w, mr_json_writer *j)
{
    mr_json_begin_object(j);
    put_mandatory(j, "adjMandatoryIndexes", &w->our_value);
    mr_json_end_object(j);
}

static void write_our_signatures(const struct world *w, mr_json_writer *j)
{
    mr_json_begin_array(j);
    for (size_t i = 0; i < w->our_value.signature_count; i++) put_hex(j, NULL, w->our_value.signatures[i]);
    mr_json_end_array(j);
}

static void write_shown(const struct world *w, mr_json_writer *j)
{
    mr_json_put_value(j, w->shown);
}

/* as_map: the map inside the form that the file of disclosure data has */
static void write_value(const struct mr_ecdsa_sd_value *v, bool as_map, mr_json_writer *j)
{
    mr_json_begin_object(j);
    put_hex(j, "baseSignature", v->base_signature);
    put_key(j, "publicKey", v->public_key);
    put_signatures(j, "signatures", v);
    mr_json_put_name(j, "labelMap");
    if (as_map) {
        mr_json_begin_object(j);
        mr_json_put_member_c(j, "dataType", "Map");
        mr_json_put_name(j, "value");
    }
    put_labels(j, v);
    if (as_map) mr_json_end_object(j);
    put_mandatory(j, "mandatoryIndexes", v);
    mr_json_end_object(j);
}

static void write_disclosure(const struct world *w, mr_json_writer *j)
{
    write_value(&w->our_value, true, j);
}

static void write_derived_value(const struct world *w, mr_json_writer *j)
{
    write_value(&w->derived_value, false, j);
}

static void write_revealed(const struct world *w, mr_json_writer *j)
{
    put_texts(j, w->revealed.lines, w->revealed.count);
}

static void write_verify_data(const struct world *w, mr_json_writer *j)
{
    struct mr_err err = {0};
    mr_digest mandatory;
    assert_ok(mr_ecdsa_sd_hash(w->a, &w->revealed, w->revealed_mandatory, &mandatory, &err), err);
    mr_json_begin_object(j);
    put_hex(j, "baseSignature", w->derived_value.base_signature);
    put_hex(j, "proofHash", mr_digest_str(&w->options_hash));
    put_key(j, "publicKey", w->derived_value.public_key);
    put_signatures(j, "signatures", &w->derived_value);
    mr_json_put_name(j, "nonMandatory");
    mr_json_begin_array(j);
    for (size_t i = 0; i < w->revealed.count; i++)
        if (!w->revealed_mandatory[i]) mr_json_put_str(j, w->revealed.lines[i]);
    mr_json_end_array(j);
    put_hex(j, "mandatoryHash", mr_digest_str(&mandatory));
    mr_json_end_object(j);
}

/* The value of a base proof, written again. */
static void write_base_text(const struct world *w, mr_json_writer *j)
{
    mr_buf text;
    struct mr_err err = {0};
    mr_buf_init(&text, MR_MIB);
    assert_ok(mr_ecdsa_sd_value_write(&w->base_value, &text, &err), err);
    mr_json_put_str(j, mr_buf_str(&text));
    mr_buf_done(&text);
}

/* The whole derived document. */
static void write_derived(const struct world *w, mr_json_writer *j)
{
    size_t count;
    mr_buf text;
    struct mr_err err = {0};
    mr_str *show = read_texts(w->a, read_vector(w, "../../prCredSelective.json"), &count);
    mr_buf_init(&text, MR_MIB);
    assert_ok(mr_ecdsa_sd_derive(w->a, w->contexts, w->base, show, count, &text, &err), err);
    mr_json_put_raw(j, mr_buf_str(&text));
    mr_buf_done(&text);
}

/* What the file says at the pointer, and who writes ours. */
static const struct vector {
    const char *file, *pointer;
    void (*write)(const struct world *w, mr_json_writer *j);
} vectors[] = {
    {"addPointerValues.json", "", write_pointers},
    {"addBaseDocCanon.json", "", write_canonical},
    {"addBaseDocHMACCanon.json", "", write_labelled},
    {"addBaseTransform.json", "/mandatory/value", write_mandatory},
    {"addBaseTransform.json", "/nonMandatory/value", write_not_mandatory},
    {"addProofConfig.json", "", write_configuration},
    {"addHashData.json", "", write_hashes},
    {"addRawBaseSignatureInfo.json", "", write_base},
    {"addSignedSDBase.json", "/proof/proofValue", write_base_text},
    {"derivedRecoveredBaseData.json", "", write_recovered},
    {"derivedAllGroupData.json", "/nquads", write_labelled},
    {"derivedAllGroupData.json", "/groups/mandatory/matching/value", write_mandatory},
    {"derivedAllGroupData.json", "/groups/mandatory/nonMatching/value", write_not_mandatory},
    {"derivedAllGroupData.json", "/groups/selective/matching/value", write_selective},
    {"derivedAllGroupData.json", "/groups/selective/nonMatching/value", write_not_selective},
    {"derivedAllGroupData.json", "/groups/combined/matching/value", write_combined},
    {"derivedAllGroupData.json", "/groups/combined/nonMatching/value", write_not_combined},
    {"derivedGroupIndexes.json", "", write_indexes},
    {"derivedAdjMandatoryIndexes.json", "", write_our_indexes},
    {"derivedAdjSignatures.json", "/filteredSignatures", write_our_signatures},
    {"derivedUnsignedReveal.json", "", write_shown},
    {"derivedDisclosureData.json", "", write_disclosure},
    {"derivedRevealDocument.json", "", write_derived},
    {"verifyDerivedProofValue.json", "", write_derived_value},
    {"verifyNQuads.json", "", write_revealed},
    {"verifyCreateVerifyData.json", "", write_verify_data},
};

static mr_str canonical(mr_arena *a, const mr_json *v)
{
    mr_buf text;
    struct mr_err err = {0};
    mr_buf_init(&text, MR_MIB);
    assert_ok(mr_json_canonicalise(v, &text, &err), err);
    mr_str copy = mr_arena_dup(a, mr_buf_str(&text));
    mr_buf_done(&text);
    return copy;
}

static bool agrees(const struct world *w, const struct vector *v)
{
    mr_buf text;
    mr_json_writer j;
    struct mr_err err = {0};
    const mr_json *ours = NULL, *theirs = mr_json_find(read_vector(w, v->file), mr_str_of(v->pointer));
    assert_non_null(theirs);
    mr_buf_init(&text, MR_MIB);
    mr_json_writer_init(&j, &text, 0);
    v->write(w, &j);
    assert_ok(mr_json_parse(w->a, mr_buf_str(&text), NULL, &ours, &err), err);
    mr_str got = canonical(w->a, ours), wanted = canonical(w->a, theirs);
    bool good = mr_str_eq(got, wanted);
    if (!good)
        print_error("%s%s\n  got: %.*s\n  wanted: %.*s\n", v->file, v->pointer, MR_STR_ARG(got), MR_STR_ARG(wanted));
    mr_buf_done(&text);
    return good;
}

/* The canonical form of the proof's options is N-Quads; its hash is among the vectors above, so here it is enough that the file has that hash. */
static bool configuration_agrees(const struct world *w)
{
    uint8_t hash[32];
    mr_sha256(test_read_file(w->a, test_path(w->a, w->folder, "addProofConfigCanon.txt")), hash);
    return mr_str_eq(mr_str_make((const char *)hash, 32), mr_digest_str(&w->options_hash));
}

static struct mr_step verify(mr_arena *a, mr_contexts *contexts, const mr_json *document, mr_key *key)
{
    struct mr_step step = {0};
    struct mr_err err = {0};
    const mr_json *unsecured = NULL, *proof = mr_json_get(document, "proof");
    assert_ok(mr_proof_document(a, document, NULL, 0, &unsecured, &err), err);
    assert_ok(mr_ecdsa_sd_verify(a, contexts, unsecured, proof, mr_json_get_str(proof, "proofValue"), key, &step, &err),
              err);
    return step;
}

static bool holds(mr_arena *a, mr_contexts *contexts, const mr_json *document, mr_key *key, const char *id)
{
    struct mr_step step = verify(a, contexts, document, key);
    bool good = step.state == MR_PASSED && !strcmp(step.id, id);
    if (!good) print_error("%s %s (%.*s)\n", mr_state_name(step.state), step.id, MR_STR_ARG(step.detail));
    return good;
}

static void test_ecdsa_sd__follows_the_vectors(void **state)
{
    mr_arena a;
    struct world w;
    size_t passed = 0, count = sizeof vectors / sizeof *vectors + 3;
    mr_arena_init(&a, MEMORY);
    open_world(&w, &a);
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) passed += agrees(&w, &vectors[i]);
    passed += configuration_agrees(&w);
    passed += holds(&a, w.contexts, w.base, w.issuer, "proof.base_holds");
    passed += holds(&a, w.contexts, w.derived, w.issuer, "proof.sd_holds");
    test_suite_count("vc-di-ecdsa sd-2023", passed, count, 0);
    assert_int_equal(passed, count);
    close_world(&w);
    mr_arena_done(&a);
}

/* ---- the inputs of the interoperability suite ---- */

/* Credentials of version 1.1 have to bring the terms of proofs along. */
static void put_context(const mr_json *context, bool old, mr_json_writer *j)
{
    mr_json_begin_array(j);
    MR_JSON_EACH (one, context) mr_json_put_value(j, one);
    if (old) mr_json_put_cstr(j, "https://w3id.org/security/data-integrity/v2");
    mr_json_end_array(j);
}

/* The suite itself names the issuer, when it asks for a credential. */
static mr_str add_issuer(mr_arena *a, const mr_json *document, bool old)
{
    mr_buf text;
    mr_json_writer j;
    mr_buf_init(&text, MR_MIB);
    mr_json_writer_init(&j, &text, 2);
    mr_json_begin_object(&j);
    MR_JSON_EACH_MEMBER (name, document) {
        mr_json_put_name_str(&j, mr_json_text(name));
        if (mr_str_is(mr_json_text(name), "@context"))
            put_context(name + 1, old, &j);
        else
            mr_json_put_value(&j, name + 1);
    }
    mr_json_put_member_c(&j, "issuer", "https://issuer.example/");
    if (old) mr_json_put_member_c(&j, "issuanceDate", "2026-02-01T00:00:00Z");
    mr_json_end_object(&j);
    mr_str copy = mr_arena_dup(a, mr_buf_str(&text));
    mr_buf_done(&text);
    return copy;
}

static const mr_json *parse(mr_arena *a, const mr_buf *text)
{
    struct mr_err err = {0};
    const mr_json *v = NULL;
    assert_ok(mr_json_parse(a, mr_arena_dup(a, mr_buf_str(text)), NULL, &v, &err), err);
    return v;
}

/* Is all that was asked for shown, and less than all? */
static bool shows(const mr_json *whole, const mr_json *shown, const mr_str *pointers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!mr_json_find(shown, pointers[i])) return false;
    return shown->skip < whole->skip;
}

static bool goes_through(mr_arena *a, mr_contexts *contexts, mr_key *key, const char *folder, bool old)
{
    struct mr_err err = {0};
    size_t mandatory_count, show_count;
    mr_buf base, derived;
    const mr_json *document = NULL;
    struct mr_proof_options options = {
        .method = MR_STR("https://issuer.example/#key"), .created = INT64_C(1770000000000), .expires = MR_TIME_NONE};
    mr_str text = add_issuer(a, read_json(a, test_path(a, folder, "document.json")), old);
    mr_str *mandatory = read_texts(a, read_json(a, test_path(a, folder, "mandatoryPointers.json")), &mandatory_count);
    mr_str *show = read_texts(a, read_json(a, test_path(a, folder, "selectivePointers.json")), &show_count);
    mr_buf_init(&base, MR_MIB);
    mr_buf_init(&derived, MR_MIB);
    assert_ok(mr_json_parse(a, text, NULL, &document, &err), err);
    assert_ok(mr_ecdsa_sd_sign(a, contexts, text, document, key, mandatory, mandatory_count, &options, &base, &err),
              err);
    const mr_json *signed_document = parse(a, &base);
    assert_ok(mr_ecdsa_sd_derive(a, contexts, signed_document, show, show_count, &derived, &err), err);
    const mr_json *shown = parse(a, &derived);
    bool good = holds(a, contexts, signed_document, key, "proof.base_holds") &&
                holds(a, contexts, shown, key, "proof.sd_holds") && shows(signed_document, shown, show, show_count) &&
                shows(signed_document, shown, mandatory, mandatory_count);
    mr_buf_done(&base);
    mr_buf_done(&derived);
    return good;
}

static void test_ecdsa_sd__plays_all_roles_with_the_inputs_of_the_interoperability_suite(void **state)
{
    static const char *const folders[] = {"achievement/vc1.1", "achievement/vc2.0", "valid/vc1.1", "valid/vc2.0"};
    mr_arena a;
    struct mr_err err = {0};
    mr_contexts *contexts = NULL;
    mr_key *key = NULL;
    size_t passed = 0, count = sizeof folders / sizeof *folders;
    mr_arena_init(&a, MEMORY);
    const char *suite = test_suite(&a, "vc-di-ecdsa-mocks");
    assert_ok(mr_contexts_open(&contexts, &err), err);
    assert_ok(mr_key_generate(MR_KEY_P256, 0, &key, &err), err);
    for (size_t i = 0; i < count; i++) {
        bool good = goes_through(&a, contexts, key, test_path(&a, suite, folders[i]), strstr(folders[i], "1.1"));
        if (!good) print_error("%s\n", folders[i]);
        passed += good;
    }
    test_suite_count("vc-di-ecdsa-mocks sd-2023", passed, count, 0);
    assert_int_equal(passed, count);
    mr_key_free(key);
    mr_contexts_close(contexts);
    mr_arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ecdsa_sd__follows_the_vectors),
        cmocka_unit_test(test_ecdsa_sd__plays_all_roles_with_the_inputs_of_the_interoperability_suite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
