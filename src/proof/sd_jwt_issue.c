/* SD-JWT, issued: claims taken out of the payload into disclosures.
 *
 * One walk over the claims writes the payload. Where a claim is to be disclosable, its disclosure is written behind the
 * payload so far, encoded, hashed, and cut off again; so one buffer serves for values within values, and a digest is
 * made when everything inside its value has one. Digests wait on a stack until their object ends, and are then sorted:
 * their order tells nothing of that of the claims (section 4.2.4.1).
 *
 * Sources: RFC 9901 sections 4.1, 4.2, 5.1 (sizes of salts) and 9.3. */
#include "base/encoding.h"
#include "proof/sd_jwt_inside.h"

#include <stdlib.h>

enum {
    SALT = 16,        /* octets: 128 bits (section 9.3) */
    DIGEST_TEXT = 43, /* base64url of SHA-256 */
    DECOYS_MOST = 64  /* at each level */
};

struct digest_text {
    char text[DIGEST_TEXT];
};

struct issuing {
    const mr_env *env;
    unsigned decoys;
    const mr_json *claims;
    const uint8_t *marks; /* for each node of claims: is it disclosable? */
    mr_buf work;          /* the payload, and behind it the disclosure that is being made */
    mr_buf disclosures;   /* made: "d1~d2~" */
    size_t made;
    struct digest_text *waiting; /* of members, for the end of their object */
    size_t waiting_count;
};

static int put_value(struct issuing *i, mr_json_writer *w, const mr_json *v, struct mr_err *err);

/* ---- disclosures ---- */

static void put_random(const mr_env *env, size_t size, mr_buf *out)
{
    char octets[32];
    mr_env_random(env, octets, size);
    mr_base64url_put(out, mr_str_make(octets, size));
}

/* The digest of a disclosure, as text; behind `work` for a moment. */
static void put_digest(struct issuing *i, mr_str disclosure, struct digest_text *ret)
{
    uint8_t octets[32];
    size_t start = i->work.len;
    mr_sha256(disclosure, octets);
    mr_base64url_put(&i->work, mr_str_make((const char *)octets, sizeof octets));
    if (!mr_buf_failed(&i->work)) memcpy(ret->text, i->work.ptr + start, DIGEST_TEXT);
    i->work.len = start;
}

/* Section 4.2.1 and, without a name, 4.2.2. */
static int make_disclosure(struct issuing *i, const mr_json *name, const mr_json *value, struct digest_text *ret,
                           struct mr_err *err)
{
    mr_json_writer w;
    size_t start = i->work.len;
    if (i->made++ == MR_LIMIT_DISCLOSURES) return MR_FAIL(err, MR_E_LIMIT, "sd_jwt.too_many", MR_NOWHERE);
    mr_json_writer_init(&w, &i->work, 0);
    mr_json_begin_array(&w);
    mr_json_put_raw(&w, MR_STR("\""));
    put_random(i->env, SALT, &i->work);
    mr_buf_putc(&i->work, '"');
    if (name) mr_json_put_str(&w, mr_json_text(name));
    MR_TRY(put_value(i, &w, value, err));
    mr_json_end_array(&w);
    size_t from = i->disclosures.len; /* those of what is inside stand before it */
    mr_base64url_put(&i->disclosures, mr_str_make(i->work.ptr + start, i->work.len - start));
    if (mr_buf_failed(&i->work) || mr_buf_failed(&i->disclosures))
        return MR_FAIL(err, MR_E_LIMIT, "no room for the token", MR_NOWHERE);
    i->work.len = start;
    put_digest(i, mr_str_make(i->disclosures.ptr + from, i->disclosures.len - from), ret);
    mr_buf_putc(&i->disclosures, '~');
    return MR_OK;
}

/* A digest of nothing cannot be told from any other: 256 bits that nobody can predict (section 4.2.5). */
static void make_decoy(struct issuing *i, struct digest_text *ret)
{
    size_t start = i->work.len;
    put_random(i->env, 32, &i->work);
    if (!mr_buf_failed(&i->work)) memcpy(ret->text, i->work.ptr + start, DIGEST_TEXT);
    i->work.len = start;
}

/* ---- the payload ---- */

static bool is_marked(const struct issuing *i, const mr_json *v)
{
    return i->marks[v - i->claims];
}

/* Also for the "_sd" and the placeholders that come in addition to what the claims have. */
static int check_depth(const mr_json_writer *w, struct mr_err *err)
{
    return w->depth < MR_LIMIT_JSON_DEPTH ? MR_OK : MR_FAIL(err, MR_E_LIMIT, "sd_jwt.depth", MR_NOWHERE);
}

static int compare_digests(const void *a, const void *b)
{
    return memcmp(a, b, DIGEST_TEXT);
}

/* The digests of an object that ends here: those above `first`, and decoys. */
static int put_waiting(struct issuing *i, mr_json_writer *w, size_t first, struct mr_err *err)
{
    if (i->waiting_count == first) return MR_OK;
    MR_TRY(check_depth(w, err));
    for (unsigned n = 0; n < i->decoys; n++) make_decoy(i, &i->waiting[i->waiting_count++]);
    qsort(i->waiting + first, i->waiting_count - first, sizeof *i->waiting, compare_digests);
    mr_json_put_name(w, "_sd");
    mr_json_begin_array(w);
    for (size_t n = first; n < i->waiting_count; n++) mr_json_put_str(w, mr_str_make(i->waiting[n].text, DIGEST_TEXT));
    mr_json_end_array(w);
    i->waiting_count = first;
    return MR_OK;
}

static int put_member(struct issuing *i, mr_json_writer *w, const mr_json *name, struct mr_err *err)
{
    mr_str text = mr_json_text(name);
    if (mr_sd_is_reserved(text) || mr_str_is(text, "_sd_alg"))
        return MR_FAIL_DETAIL(err, MR_E_FORMAT, "sd_jwt.name", "%.*s", MR_STR_ARG(text));
    if (!is_marked(i, name + 1)) {
        mr_json_put_name_str(w, text);
        return put_value(i, w, name + 1, err);
    }
    struct digest_text
        digest; /* what is inside the value waits at the same place, and is gone when the value is made */
    MR_TRY(make_disclosure(i, name, name + 1, &digest, err));
    i->waiting[i->waiting_count++] = digest;
    return MR_OK;
}

static int put_object(struct issuing *i, mr_json_writer *w, const mr_json *object, struct mr_err *err)
{
    size_t first = i->waiting_count;
    MR_TRY(check_depth(w, err));
    mr_json_begin_object(w);
    MR_JSON_EACH_MEMBER (name, object) MR_TRY(put_member(i, w, name, err));
    MR_TRY(put_waiting(i, w, first, err));
    if (object == i->claims && i->made) mr_json_put_member_c(w, "_sd_alg", "sha-256");
    mr_json_end_object(w);
    return MR_OK;
}

/* Section 4.2.4.2: {"...": digest} */
static int put_placeholder(mr_json_writer *w, const struct digest_text *digest, struct mr_err *err)
{
    MR_TRY(check_depth(w, err));
    mr_json_begin_object(w);
    mr_json_put_member(w, "...", mr_str_make(digest->text, DIGEST_TEXT));
    mr_json_end_object(w);
    return MR_OK;
}

/* Those among the decoys of a list that come before its element `at`; their places are drawn, for elements keep theirs. */
static int put_decoys(struct issuing *i, mr_json_writer *w, const uint8_t places[DECOYS_MOST], size_t at, size_t count,
                      struct mr_err *err)
{
    for (unsigned n = 0; n < i->decoys; n++) {
        struct digest_text digest;
        if (places[n] % (count + 1) != at) continue;
        make_decoy(i, &digest);
        MR_TRY(put_placeholder(w, &digest, err));
    }
    return MR_OK;
}

static bool has_marked_element(const struct issuing *i, const mr_json *array)
{
    MR_JSON_EACH (element, array) {
        if (is_marked(i, element)) return true;
    }
    return false;
}

static int put_array(struct issuing *i, mr_json_writer *w, const mr_json *array, struct mr_err *err)
{
    uint8_t places[DECOYS_MOST];
    bool decoys = i->decoys && has_marked_element(i, array);
    size_t at = 0, count = mr_json_count(array);
    if (decoys) mr_env_random(i->env, places, i->decoys);
    MR_TRY(check_depth(w, err));
    mr_json_begin_array(w);
    MR_JSON_EACH (element, array) {
        struct digest_text digest;
        if (decoys) MR_TRY(put_decoys(i, w, places, at++, count, err));
        if (is_marked(i, element)) {
            MR_TRY(make_disclosure(i, NULL, element, &digest, err));
            MR_TRY(put_placeholder(w, &digest, err));
        } else {
            MR_TRY(put_value(i, w, element, err));
        }
    }
    if (decoys) MR_TRY(put_decoys(i, w, places, at, count, err));
    mr_json_end_array(w);
    return MR_OK;
}

static int put_value(struct issuing *i, mr_json_writer *w, const mr_json *v, struct mr_err *err)
{
    if (mr_json_is(v, MR_JSON_OBJECT)) return put_object(i, w, v, err);
    if (mr_json_is(v, MR_JSON_ARRAY)) return put_array(i, w, v, err);
    mr_json_put_value(w, v);
    return MR_OK;
}

/* ---- issuing ---- */

static int mark(mr_arena *scratch, const mr_json *claims, const struct mr_sd_frame *frame, const uint8_t **ret,
                struct mr_err *err)
{
    uint8_t *marks = MR_NEW_ARRAY(scratch, uint8_t, claims->skip);
    if (!marks) return MR_FAIL(err, MR_E_NOMEM, "no memory for the claims", MR_NOWHERE);
    for (size_t n = 0; n < frame->count; n++) {
        const mr_json *v = mr_json_find(claims, frame->pointers[n]);
        if (!v || v == claims)
            return MR_FAIL_DETAIL(err, MR_E_NOT_FOUND, "no such claim", "%.*s", MR_STR_ARG(frame->pointers[n]));
        marks[v - claims] = 1;
    }
    *ret = marks;
    return MR_OK;
}

static int issue(struct issuing *i, const mr_jose_signer *signer, mr_arena *scratch, mr_buf *out, struct mr_err *err)
{
    mr_json_writer w;
    mr_json_writer_init(&w, &i->work, 0);
    MR_TRY(put_value(i, &w, i->claims, err));
    if (mr_buf_failed(&i->work) || mr_buf_failed(&i->disclosures))
        return MR_FAIL(err, MR_E_LIMIT, "no room for the token", MR_NOWHERE);
    MR_TRY(mr_jose_sign(signer, mr_buf_str(&i->work), scratch, out, err));
    mr_buf_putc(out, '~');
    mr_buf_put(out, mr_buf_str(&i->disclosures));
    return mr_buf_failed(out) ? MR_FAIL(err, MR_E_LIMIT, "no room for the token", MR_NOWHERE) : MR_OK;
}

int mr_sd_jwt_issue(const mr_jose_signer *signer, const mr_json *claims, const struct mr_sd_frame *frame,
                    const mr_env *env, mr_arena *scratch, mr_buf *out, struct mr_err *err)
{
    struct issuing i = {.env = env, .decoys = frame->decoys, .claims = claims};
    size_t start = out->len;
    if (!mr_json_is(claims, MR_JSON_OBJECT)) return MR_FAIL(err, MR_E_FORMAT, "sd_jwt.form", MR_NOWHERE);
    if (frame->decoys > DECOYS_MOST) return MR_FAIL(err, MR_E_LIMIT, "more decoys than allowed", MR_NOWHERE);
    MR_TRY(mark(scratch, claims, frame, &i.marks, err));
    /* Waiting at once: at most every claim to be disclosed, and the decoys of one object. */
    i.waiting = MR_NEW_ARRAY(scratch, struct digest_text, frame->count + frame->decoys);
    if (!i.waiting) return MR_FAIL(err, MR_E_NOMEM, "no memory for digests", MR_NOWHERE);
    mr_buf_init(&i.work, MR_LIMIT_DOCUMENT);
    mr_buf_init(&i.disclosures, MR_LIMIT_DOCUMENT);
    int code = issue(&i, signer, scratch, out, err);
    mr_buf_wipe(&i.work);
    mr_buf_wipe(&i.disclosures);
    if (code != MR_OK) out->len = start;
    return code;
}
