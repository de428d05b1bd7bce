/* SD-JWT, read: taken apart, and its disclosures put where they belong.
 *
 * The processed claims are written in one pass over the payload, as JSON text: where a digest has a disclosure, the
 * disclosed value is written in its place, and the same is done inside it. Then the text is read like any other document.
 * That reading finds the names that stand twice in one object: a disclosed name that was taken (section 7.1 step 3.c.ii.3).
 *
 * I1  A disclosure is found by the digest of its text as received; nothing is serialised again to be hashed.
 * I2  Every disclosure is written at most once: a second digest for it ends the reading. So the claims cannot become
 *     longer than the token, and disclosures cannot contain each other.
 * I3  The depth is that of what is written, whatever it is made of, and at most MR_LIMIT_JSON_DEPTH.
 * I4  Digests are looked up in a sorted list, and those without a disclosure are sorted to find equal ones: both may be
 *     made up by whoever wrote the token.
 *
 * The JSON serialisation is brought into the compact form first: the hash of a key binding covers that one (section 8).
 *
 * Sources: RFC 9901 sections 4, 7.1 and 8; RFC 7515 section 7.2. */
#include "proof/sd_jwt.h"

#include "base/encoding.h"
#include "proof/sd_jwt_inside.h"

#include <stdlib.h>

/* ---- digests ---- */

size_t mr_sd_digest_width(mr_digest_kind kind)
{
    static const uint8_t sizes[] = {[MR_SHA256] = 32, [MR_SHA384] = 48, [MR_SHA512] = 64};
    return mr_base64url_size(sizes[kind]);
}

int mr_sd_digest_put(mr_digest_kind kind, mr_str text, mr_buf *out, struct mr_err *err)
{
    mr_digest digest;
    MR_TRY(mr_digest_make(kind, &text, 1, &digest, err));
    mr_base64url_put(out, mr_digest_str(&digest));
    return MR_OK;
}

/* Section 4.1.1; the names are those of the IANA registry "Named Information Hash Algorithm". */
static int read_digest_kind(const mr_json *payload, mr_digest_kind *ret, struct mr_err *err)
{
    static const char *const names[] = {[MR_SHA256] = "sha-256", [MR_SHA384] = "sha-384", [MR_SHA512] = "sha-512"};
    const mr_json *alg = mr_json_get(payload, "_sd_alg");
    *ret = MR_SHA256;
    if (!alg) return MR_OK;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!mr_str_is(mr_json_str(alg), names[i])) continue;
        *ret = (mr_digest_kind)i;
        return MR_OK;
    }
    return MR_FAIL_DETAIL(err, MR_E_UNSUPPORTED, "sd_jwt.digest_kind", "%.*s", MR_STR_ARG(mr_json_str(alg)));
}

/* ---- disclosures ---- */

/* Section 4.2.1: [salt, name, value]; 4.2.2: [salt, value]. */
static int read_disclosure(mr_arena *a, mr_str text, struct mr_sd_disclosure *ret, struct mr_err *err)
{
    mr_str octets;
    const mr_json *list;
    int code = mr_base64url_read(a, text, &octets, err);
    if (code == MR_OK) code = mr_json_parse(a, octets, NULL, &list, err);
    if (code == MR_E_NOMEM) return code;
    if (code != MR_OK) return MR_FAIL(err, MR_E_FORMAT, "sd_jwt.disclosure", MR_NOWHERE);
    uint32_t count = mr_json_is(list, MR_JSON_ARRAY) ? mr_json_count(list) : 0;
    if (count != 2 && count != 3) return MR_FAIL(err, MR_E_FORMAT, "sd_jwt.disclosure", MR_NOWHERE);
    const mr_json *salt = list + 1, *name = count == 3 ? salt + salt->skip : NULL;
    if (!mr_json_is(salt, MR_JSON_STRING)) return MR_FAIL(err, MR_E_FORMAT, "sd_jwt.salt", MR_NOWHERE);
    *ret = (struct mr_sd_disclosure){.text = text, .is_element = !name};
    ret->value = name ? name + name->skip : salt + 1;
    if (!name) return MR_OK;
    if (!mr_json_is(name, MR_JSON_STRING)) return MR_FAIL(err, MR_E_FORMAT, "sd_jwt.disclosure", MR_NOWHERE);
    ret->name = mr_json_text(name);
    if (mr_sd_is_reserved(ret->name))
        return MR_FAIL_DETAIL(err, MR_E_FORMAT, "sd_jwt.name", "%.*s", MR_STR_ARG(ret->name));
    return MR_OK;
}

static int compare_disclosures(const void *a, const void *b)
{
    const struct mr_sd_disclosure *const *x = a, *const *y = b;
    return mr_str_compare((*x)->digest, (*y)->digest);
}

/* All digests in one piece of memory. */
static int hash_disclosures(mr_arena *a, mr_digest_kind kind, struct mr_sd_disclosures *all, struct mr_err *err)
{
    size_t width = mr_sd_digest_width(kind);
    MR_CLEANUP(mr_buf_done) mr_buf digests;
    mr_buf_init(&digests, MR_LIMIT_DISCLOSURES * width);
    for (size_t i = 0; i < all->count; i++) MR_TRY(mr_sd_digest_put(kind, all->items[i].text, &digests, err));
    mr_str text = mr_arena_dup(a, mr_buf_str(&digests));
    if (mr_buf_failed(&digests) || !text.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for digests", MR_NOWHERE);
    for (size_t i = 0; i < all->count; i++) {
        all->items[i].digest = mr_str_make(text.ptr + i * width, width);
        all->by_digest[i] = &all->items[i];
    }
    return MR_OK;
}

int mr_sd_disclosures_read(mr_arena *a, mr_digest_kind kind, const mr_str *texts, size_t count,
                           struct mr_sd_disclosures *ret, struct mr_err *err)
{
    struct mr_sd_disclosures all = {.items = MR_NEW_ARRAY(a, struct mr_sd_disclosure, count),
                                    .by_digest = MR_NEW_ARRAY(a, struct mr_sd_disclosure *, count),
                                    .count = count};
    if (!all.items || !all.by_digest) return MR_FAIL(err, MR_E_NOMEM, "no memory for disclosures", MR_NOWHERE);
    for (size_t i = 0; i < count; i++) MR_TRY(read_disclosure(a, texts[i], &all.items[i], err));
    MR_TRY(hash_disclosures(a, kind, &all, err));
    qsort(all.by_digest, count, sizeof *all.by_digest, compare_disclosures);
    for (size_t i = 1; i < count; i++) {
        if (mr_str_eq(all.by_digest[i - 1]->digest, all.by_digest[i]->digest))
            return MR_FAIL(err, MR_E_FORMAT, "sd_jwt.digest_twice", MR_NOWHERE);
    }
    *ret = all;
    return MR_OK;
}

struct mr_sd_disclosure *mr_sd_disclosures_find(const struct mr_sd_disclosures *all, mr_str digest)
{
    size_t low = 0, high = all->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = mr_str_compare(all->by_digest[middle]->digest, digest);
        if (order == 0) return all->by_digest[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* ---- putting them where they belong (section 7.1 step 3) ---- */

struct processing {
    mr_arena *arena;
    const struct mr_sd_disclosures *all;
    mr_json_writer w;
    mr_str *hidden; /* digests without a disclosure */
    size_t hidden_count, hidden_room;
};

static int put_value(struct processing *p, const mr_json *v, struct mr_err *err);

static int add_hidden(struct processing *p, mr_str digest, struct mr_err *err)
{
    if (p->hidden_count == p->hidden_room) {
        size_t room = p->hidden_room ? 2 * p->hidden_room : 64;
        mr_str *more = MR_NEW_ARRAY(p->arena, mr_str, room);
        if (!more) return MR_FAIL(err, MR_E_NOMEM, "no memory for digests", MR_NOWHERE);
        if (p->hidden_count) memcpy(more, p->hidden, p->hidden_count * sizeof *more);
        p->hidden = more, p->hidden_room = room;
    }
    p->hidden[p->hidden_count++] = digest;
    return MR_OK;
}

/* What a digest stands for; *ret is NULL when that is not disclosed. */
static int use_digest(struct processing *p, const mr_json *digest, bool is_element, struct mr_sd_disclosure **ret,
                      struct mr_err *err)
{
    *ret = NULL;
    if (!mr_json_is(digest, MR_JSON_STRING)) return MR_FAIL(err, MR_E_FORMAT, "sd_jwt.digests", MR_NOWHERE);
    struct mr_sd_disclosure *d = mr_sd_disclosures_find(p->all, mr_json_text(digest));
    if (!d) return add_hidden(p, mr_json_text(digest), err);
    if (d->used) return MR_FAIL(err, MR_E_FORMAT, "sd_jwt.digest_twice", MR_NOWHERE); /* step 4 */
    if (d->is_element != is_element)
        return MR_FAIL_DETAIL(err, MR_E_FORMAT, "sd_jwt.wrong_kind", "%.*s", MR_STR_ARG(d->name));
    d->used = true;
    *ret = d;
    return MR_OK;
}

static int put_disclosed_members(struct processing *p, const mr_json *digests, struct mr_err *err)
{
    if (!mr_json_is(digests, MR_JSON_ARRAY)) return MR_FAIL(err, MR_E_FORMAT, "sd_jwt.digests", MR_NOWHERE);
    MR_JSON_EACH (digest, digests) {
        struct mr_sd_disclosure *d;
        MR_TRY(use_digest(p, digest, false, &d, err));
        if (!d) continue;
        /* At the top level it would be taken for the real one. */
        if (p->w.depth == 1 && mr_str_is(d->name, "_sd_alg"))
            return MR_FAIL_DETAIL(err, MR_E_FORMAT, "sd_jwt.name", "%.*s", MR_STR_ARG(d->name));
        mr_json_put_name_str(&p->w, d->name);
        MR_TRY(put_value(p, d->value, err));
    }
    return MR_OK;
}

static int put_object(struct processing *p, const mr_json *object, struct mr_err *err)
{
    const mr_json *digests = NULL;
    mr_json_begin_object(&p->w);
    MR_JSON_EACH_MEMBER (name, object) {
        mr_str text = mr_json_text(name);
        if (mr_str_is(text, "_sd")) {
            digests = name + 1;
            continue;
        }
        if (mr_str_is(text, "...")) return MR_FAIL_DETAIL(err, MR_E_FORMAT, "sd_jwt.name", "%.*s", MR_STR_ARG(text));
        if (p->w.depth == 1 && mr_str_is(text, "_sd_alg")) continue;
        mr_json_put_name_str(&p->w, text);
        MR_TRY(put_value(p, name + 1, err));
    }
    if (digests) MR_TRY(put_disclosed_members(p, digests, err));
    mr_json_end_object(&p->w);
    return MR_OK;
}

static int put_array(struct processing *p, const mr_json *array, struct mr_err *err)
{
    mr_json_begin_array(&p->w);
    MR_JSON_EACH (element, array) {
        const mr_json *digest = mr_sd_placeholder(element), *value = element;
        if (digest) {
            struct mr_sd_disclosure *d;
            MR_TRY(use_digest(p, digest, true, &d, err));
            if (!d) continue; /* step 3.d: taken out */
            value = d->value;
        }
        MR_TRY(put_value(p, value, err));
    }
    mr_json_end_array(&p->w);
    return MR_OK;
}

static int put_value(struct processing *p, const mr_json *v, struct mr_err *err)
{
    bool is_object = mr_json_is(v, MR_JSON_OBJECT);
    if (!is_object && !mr_json_is(v, MR_JSON_ARRAY)) {
        mr_json_put_value(&p->w, v);
        return MR_OK;
    }
    if (p->w.depth == MR_LIMIT_JSON_DEPTH) return MR_FAIL(err, MR_E_LIMIT, "sd_jwt.depth", MR_NOWHERE);
    return is_object ? put_object(p, v, err) : put_array(p, v, err);
}

static int compare_digests(const void *a, const void *b)
{
    return mr_str_compare(*(const mr_str *)a, *(const mr_str *)b);
}

/* Steps 4 and 5: no digest twice, and no disclosure that no digest stands for. */
static int check_digests(struct processing *p, struct mr_err *err)
{
    if (p->hidden_count > 1) qsort(p->hidden, p->hidden_count, sizeof *p->hidden, compare_digests);
    for (size_t i = 1; i < p->hidden_count; i++) {
        if (mr_str_eq(p->hidden[i - 1], p->hidden[i]))
            return MR_FAIL(err, MR_E_FORMAT, "sd_jwt.digest_twice", MR_NOWHERE);
    }
    for (size_t i = 0; i < p->all->count; i++) {
        const struct mr_sd_disclosure *d = &p->all->items[i];
        if (!d->used) return MR_FAIL_DETAIL(err, MR_E_FORMAT, "sd_jwt.unreferenced", "%.*s", MR_STR_ARG(d->name));
    }
    return MR_OK;
}

static int process(mr_arena *a, mr_sd_jwt *s, struct mr_err *err)
{
    struct mr_sd_disclosures all;
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct processing p = {.arena = a, .all = &all};
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    mr_json_writer_init(&p.w, &out, 0);
    MR_TRY(mr_sd_disclosures_read(a, s->digest, s->disclosures, s->disclosure_count, &all, err));
    MR_TRY(put_value(&p, s->payload, err));
    MR_TRY(check_digests(&p, err));
    if (mr_buf_failed(&out)) return MR_FAIL(err, MR_E_NOMEM, "no memory for the claims", MR_NOWHERE);
    s->claims_text = mr_arena_dup(a, mr_buf_str(&out));
    if (!s->claims_text.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for the claims", MR_NOWHERE);
    s->hidden_count = p.hidden_count;
    int code = mr_json_parse(a, s->claims_text, NULL, &s->claims, err);
    if (code != MR_E_JSON_DUPLICATE) return code;
    char name[sizeof err->detail] = "";
    if (err) memcpy(name, err->detail, sizeof name);
    return MR_FAIL_DETAIL(err, MR_E_FORMAT, "sd_jwt.name_taken", "%s", name);
}

/* ---- serialisations ---- */

static bool has_disclosures(const mr_json *header)
{
    return mr_json_get(header, "disclosures") || mr_json_get(header, "kb_jwt");
}

bool mr_sd_jwt_is(const mr_json *root)
{
    if (!mr_json_get(root, "payload")) return false;
    MR_JSON_EACH (one, mr_json_get(root, "signatures")) {
        if (has_disclosures(mr_json_get(one, "header"))) return true;
    }
    return has_disclosures(mr_json_get(root, "header"));
}

/* Section 8: {"payload", "protected", "signature", "header": {"disclosures", "kb_jwt"}}, or "signatures" with the first
 * of them in that role; the others may not have disclosures of their own. */
static int find_json_parts(const mr_json *root, mr_str parts[3], const mr_json **ret_header, struct mr_err *err)
{
    const mr_json *signatures = mr_json_get(root, "signatures"), *holder = root;
    if (signatures) {
        holder = mr_json_at(signatures, 0);
        MR_JSON_EACH (other, signatures) {
            const mr_json *header = mr_json_get(other, "header");
            if (other != holder && (mr_json_get(header, "disclosures") || mr_json_get(header, "kb_jwt")))
                return MR_FAIL(err, MR_E_FORMAT, "sd_jwt.form", other->position);
        }
    }
    *ret_header = mr_json_get(holder, "header");
    parts[0] = mr_json_get_str(holder, "protected");
    parts[1] = mr_json_get_str(root, "payload");
    parts[2] = mr_json_get_str(holder, "signature");
    if (signatures && mr_json_get(root, "signature")) return MR_FAIL(err, MR_E_FORMAT, "sd_jwt.form", 0);
    return MR_OK;
}

/* A part between its neighbours; what is no text or would be several parts is refused. */
static bool put_part(mr_buf *out, mr_str part, char separator)
{
    mr_buf_put(out, part);
    if (separator) mr_buf_putc(out, separator);
    return part.len && mr_str_find_char(part, '~') < 0;
}

static bool put_compact(mr_buf *out, const mr_str parts[3], const mr_json *header)
{
    const mr_json *disclosures = mr_json_get(header, "disclosures"), *binding = mr_json_get(header, "kb_jwt");
    if (!put_part(out, parts[0], '.') || !put_part(out, parts[1], '.') || !put_part(out, parts[2], '~')) return false;
    if (disclosures && !mr_json_is(disclosures, MR_JSON_ARRAY)) return false;
    MR_JSON_EACH (d, disclosures) {
        if (!put_part(out, mr_json_str(d), '~')) return false;
    }
    return !binding || put_part(out, mr_json_str(binding), '\0');
}

static int compact_of_json(mr_arena *a, mr_str text, mr_str *ret, struct mr_err *err)
{
    const mr_json *root, *header = NULL;
    mr_str parts[3];
    MR_CLEANUP(mr_buf_done) mr_buf out;
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    MR_TRY(mr_json_parse(a, text, NULL, &root, err));
    MR_TRY(find_json_parts(root, parts, &header, err));
    if (!put_compact(&out, parts, header)) return MR_FAIL(err, MR_E_FORMAT, "sd_jwt.form", MR_NOWHERE);
    if (mr_buf_failed(&out)) return MR_FAIL(err, MR_E_NOMEM, "no memory for the token", MR_NOWHERE);
    *ret = mr_arena_dup(a, mr_buf_str(&out));
    return ret->ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory for the token", MR_NOWHERE);
}

/* Section 4: <issuer's JWT>~<disclosure>~...~<disclosure>~[<key binding JWT>] */
static int split(mr_str text, mr_sd_jwt *s, mr_str *ret_jwt, struct mr_err *err)
{
    mr_str rest = text, part;
    if (!mr_str_split(&rest, '~', ret_jwt) || !rest.ptr) return MR_FAIL(err, MR_E_FORMAT, "sd_jwt.form", MR_NOWHERE);
    while (mr_str_split(&rest, '~', &part)) {
        if (!rest.ptr) { /* the last one */
            s->key_binding = part;
            s->bound_text = mr_str_make(text.ptr, (size_t)(part.ptr - text.ptr));
            return MR_OK;
        }
        if (part.len == 0) return MR_FAIL(err, MR_E_FORMAT, "sd_jwt.form", (size_t)(part.ptr - text.ptr));
        if (s->disclosure_count == MR_LIMIT_DISCLOSURES)
            return MR_FAIL(err, MR_E_LIMIT, "sd_jwt.too_many", (size_t)(part.ptr - text.ptr));
        s->disclosures[s->disclosure_count++] = part;
    }
    return MR_FAIL(err, MR_E_FORMAT, "sd_jwt.form", MR_NOWHERE);
}

static int read_parts(mr_arena *a, mr_str text, mr_sd_jwt *s, struct mr_err *err)
{
    mr_str jwt;
    text = mr_str_trim(text);
    if (text.len > MR_LIMIT_DOCUMENT) return MR_FAIL(err, MR_E_LIMIT, "the token is larger than allowed", 0);
    if (text.len && text.ptr[0] == '{') MR_TRY(compact_of_json(a, text, &text, err));
    MR_TRY(split(text, s, &jwt, err));
    MR_TRY(mr_jws_read(a, jwt, &s->jws, err));
    MR_TRY(mr_json_parse(a, s->jws.payload, NULL, &s->payload, err));
    if (!mr_json_is(s->payload, MR_JSON_OBJECT)) return MR_FAIL(err, MR_E_FORMAT, "sd_jwt.form", MR_NOWHERE);
    MR_TRY(read_digest_kind(s->payload, &s->digest, err));
    return process(a, s, err);
}

int mr_sd_jwt_read(mr_arena *a, mr_str text, mr_sd_jwt *ret, struct mr_err *err)
{
    *ret = (mr_sd_jwt){0};
    int code = read_parts(a, text, ret, err);
    if (code != MR_OK) mr_sd_jwt_done(ret);
    return code;
}

void mr_sd_jwt_done(mr_sd_jwt *s)
{
    mr_jws_done(&s->jws);
}
