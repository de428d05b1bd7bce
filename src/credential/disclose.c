/* What of a credential its holder can show, and showing it.
 *
 * Two mechanisms, one list. An SD-JWT tells by its disclosures what can be hidden; a document with an ecdsa-sd-2023 proof can hide every value but those at
 * its mandatory pointers. For people both become rows of a pointer, a name and a value in words (`struct mr_disclosable`). A row of an SD-JWT is a
 * disclosure; one of a document is what can be said as a whole (a text, texts, a text in several languages, a reference), and what has parts is listed by them.
 *
 * Nothing is verified here: the holder has her credential from its issuer, and whoever is shown a part verifies that.
 * Sources: RFC 9901; ECDSA Cryptosuites 1.0 sections 3.4 and 3.6. */
#include "credential/disclose.h"

#include "base/limits.h"
#include "credential/each.h"
#include "credential/sniff.h"
#include "json/write.h"
#include "proof/ecdsa_sd.h"
#include "proof/sd_jwt.h"

#include <stdio.h>
#include <stdlib.h>

/* A credential of which parts can be shown. */
struct divisible {
    bool is_sd_jwt;
    mr_sd_jwt token; /* freed by divisible_done */
    const mr_json *document;
    mr_str proof_value;
};

struct listing {
    mr_arena *arena;
    const mr_language *language;
    struct mr_disclosable *items;
    size_t count, capacity;
};

/* ---- what it is ---- */

static void divisible_done(struct divisible *c)
{
    if (c->is_sd_jwt) mr_sd_jwt_done(&c->token);
}

static int refuse(struct mr_err *err)
{
    return MR_FAIL(err, MR_E_UNSUPPORTED, "this credential is shown whole or not at all", MR_NOWHERE);
}

/* The one proof of ecdsa-sd-2023 among those of the document. */
static mr_str find_proof_value(const mr_json *document)
{
    const mr_json *proof = mr_json_get(document, "proof");
    const char *suite = mr_cryptosuite_name(MR_ECDSA_SD_2023);
    if (mr_str_is(mr_json_get_str(proof, "cryptosuite"), suite)) return mr_json_get_str(proof, "proofValue");
    MR_JSON_EACH (one, proof)
        if (mr_str_is(mr_json_get_str(one, "cryptosuite"), suite)) return mr_json_get_str(one, "proofValue");
    return MR_STR_EMPTY;
}

static int read_token(mr_arena *a, mr_str text, struct divisible *ret, struct mr_err *err)
{
    MR_TRY(mr_sd_jwt_read(a, text, &ret->token, err));
    ret->is_sd_jwt = true;
    return MR_OK;
}

static int read_json(mr_arena *a, mr_str text, struct divisible *ret, struct mr_err *err)
{
    MR_TRY(mr_json_parse(a, text, NULL, &ret->document, err));
    if (mr_sd_jwt_is(ret->document)) return read_token(a, text, ret, err);
    ret->proof_value = find_proof_value(ret->document);
    return ret->proof_value.len ? MR_OK : refuse(err);
}

static int read_any(mr_arena *a, mr_str file, struct divisible *ret, struct mr_err *err)
{
    mr_str text;
    switch (mr_sniff(file, &text)) {
    case MR_SNIFFED_SD_JWT: return read_token(a, text, ret, err);
    case MR_SNIFFED_JSON: return read_json(a, text, ret, err);
    case MR_SNIFFED_COMPACT: return refuse(err);
    case MR_SNIFFED_TOKEN: return MR_FAIL(err, MR_E_FORMAT, "format.token_in_pieces", MR_NOWHERE);
    case MR_SNIFFED_PNG:
    case MR_SNIFFED_SVG: return MR_FAIL(err, MR_E_FORMAT, "disclose.picture", MR_NOWHERE);
    case MR_SNIFFED_TOO_LARGE: return MR_FAIL(err, MR_E_LIMIT, "a credential is not so large", MR_NOWHERE);
    default: return MR_FAIL(err, MR_E_FORMAT, "this is no credential", MR_NOWHERE);
    }
}

/* ---- in words ---- */

/* The last reference token of a pointer, and the pointer before it. */
static mr_str take_last(mr_str *pointer)
{
    size_t at = pointer->len;
    while (at > 0 && pointer->ptr[at - 1] != '/') at--;
    mr_str token = mr_str_from(*pointer, at);
    pointer->len = at ? at - 1 : 0;
    return token;
}

/* A reference token as the member is written (RFC 6901 section 4). */
static mr_str unescape(mr_arena *a, mr_str token)
{
    char *name = mr_str_find_char(token, '~') < 0 ? NULL : mr_arena_alloc(a, token.len);
    size_t length = 0;
    if (!name) return token;
    for (size_t i = 0; i < token.len; i++) {
        bool escaped = token.ptr[i] == '~' && i + 1 < token.len;
        name[length++] = !escaped ? token.ptr[i] : token.ptr[i + 1] == '0' ? '~' : '/';
        i += escaped;
    }
    return mr_str_make(name, length);
}

/* "Learning outcomes", or the member as it is written. */
static mr_str name_member(const struct listing *l, mr_str member)
{
    static const char *const rooms[] = {"vct.claim", "disclose.name", "element"};
    for (size_t i = 0; i < sizeof rooms / sizeof *rooms && member.len <= MR_LIMIT_MESSAGE_ID / 2; i++) {
        mr_str id = mr_arena_format(l->arena, "%s.%.*s", rooms[i], MR_STR_ARG(member));
        if (mr_message_exists(mr_language_english(), id)) return mr_message_str(l->language, id);
    }
    return member;
}

/* An element of a list has the name of the list, and its place in it. */
static mr_str name_pointer(const struct listing *l, mr_str pointer)
{
    mr_str token = take_last(&pointer);
    uint64_t index = 0;
    if (pointer.len == 0 || !mr_str_to_u64(token, &index) || index == UINT64_MAX)
        return name_member(l, unescape(l->arena, token));
    mr_str list = name_member(l, unescape(l->arena, take_last(&pointer)));
    return mr_arena_format(l->arena, "%.*s %llu", MR_STR_ARG(list), (unsigned long long)index + 1);
}

/* Members that come along with what they belong to (ECDSA Cryptosuites 1.0 section 3.4.13). */
static bool comes_along(mr_str name)
{
    static const char *const names[] = {"@context", "proof", "id", "@id", "type", "@type"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (mr_str_is(name, names[i])) return true;
    return false;
}

/* An object that says no more than what it is of: {"id": "did:example:mette"}. */
static bool is_reference(const mr_json *v)
{
    MR_JSON_EACH_MEMBER (name, v)
        if (!comes_along(mr_json_text(name))) return false;
    return mr_json_is(v, MR_JSON_OBJECT);
}

static bool is_plain(const mr_json *v)
{
    return !mr_json_is(v, MR_JSON_OBJECT) && !mr_json_is(v, MR_JSON_ARRAY);
}

/* {"en": "...", "da": "..."}, a text in several languages; not {"id": "urn:..."}. */
static bool is_in_languages(const mr_json *v)
{
    if (mr_json_get(v, "id")) return false;
    MR_JSON_EACH_MEMBER (name, v)
        if (name->len < 2 || name->len > 3 || !mr_json_is(name + 1, MR_JSON_STRING)) return false;
    return mr_json_is(v, MR_JSON_OBJECT) && v->len > 0;
}

static mr_str in_language(const struct listing *l, const mr_json *v)
{
    const mr_json *own = mr_json_find_member(v, mr_language_tag(l->language));
    const mr_json *english = mr_json_get(v, "en");
    return mr_json_text(own ? own : english ? english : v + 2);
}

static mr_str cut(mr_str s)
{
    size_t length = s.len > MR_LIMIT_DISCLOSED_VALUE ? MR_LIMIT_DISCLOSED_VALUE : s.len;
    while (length < s.len && ((unsigned char)s.ptr[length] & 0xC0) == 0x80) length--;
    return mr_str_make(s.ptr, length);
}

static mr_str say_value(const struct listing *l, const mr_json *v);

static mr_str say_list(mr_arena *a, const mr_json *list)
{
    MR_CLEANUP(mr_buf_done) mr_buf all;
    mr_buf_init(&all, MR_LIMIT_DOCUMENT);
    MR_JSON_EACH (element, list) {
        if (all.len > MR_LIMIT_DISCLOSED_VALUE) break;
        if (all.len) mr_buf_puts(&all, "; ");
        mr_buf_put(&all, cut(mr_json_text(element)));
    }
    return mr_arena_dup(a, cut(mr_buf_str(&all)));
}

/* An object whose parts are plain, an address for example: "street: Vestergade 1; city: Aarhus". */
static bool is_of_plain_parts(const mr_json *v)
{
    MR_JSON_EACH_MEMBER (name, v)
        if (!is_plain(name + 1)) return false;
    return mr_json_is(v, MR_JSON_OBJECT);
}

static mr_str say_parts(const struct listing *l, const mr_json *object)
{
    MR_CLEANUP(mr_buf_done) mr_buf all;
    mr_buf_init(&all, MR_LIMIT_DOCUMENT);
    MR_JSON_EACH_MEMBER (name, object) {
        if (all.len > MR_LIMIT_DISCLOSED_VALUE) break;
        if (all.len) mr_buf_puts(&all, "; ");
        mr_buf_put(&all, cut(name_member(l, mr_json_text(name))));
        mr_buf_puts(&all, ": ");
        mr_buf_put(&all, say_value(l, name + 1));
    }
    return mr_arena_dup(l->arena, cut(mr_buf_str(&all)));
}

static mr_str say_json(mr_arena *a, const mr_json *v)
{
    MR_CLEANUP(mr_buf_done) mr_buf all;
    mr_json_writer w;
    mr_buf_init(&all, MR_LIMIT_DISCLOSED_VALUE);
    mr_json_writer_init(&w, &all, 0);
    mr_json_put_value(&w, v);
    return mr_arena_dup(a, mr_buf_str(&all)); /* what fitted */
}

static mr_str say_value(const struct listing *l, const mr_json *v)
{
    if (mr_json_get(v, "@value")) v = mr_json_get(v, "@value");
    if (mr_json_is(v, MR_JSON_STRING) || mr_json_is(v, MR_JSON_NUMBER)) return cut(mr_json_text(v));
    if (mr_each_is_texts(v)) return say_list(l->arena, v);
    if (is_in_languages(v)) return cut(in_language(l, v));
    if (is_reference(v) && mr_json_get(v, "id")) return cut(mr_json_get_str(v, "id"));
    if (is_of_plain_parts(v)) return say_parts(l, v);
    return say_json(l->arena, v);
}

/* A NumericDate among the claims of a token (RFC 7519 section 4.1): its day and time. */
static mr_str say_claim(const struct listing *l, mr_str pointer, const mr_json *v)
{
    static const char *const times[] = {"/iat", "/nbf", "/exp"};
    int64_t time;
    for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        if (mr_str_is(pointer, times[i]) && mr_json_to_time(v, &time)) return mr_say_time(l->arena, l->language, time);
    return say_value(l, v);
}

/* ---- lists ---- */

static int add(struct listing *l, mr_str pointer, mr_str value, bool always, struct mr_err *err)
{
    if (l->count == l->capacity) {
        size_t room = l->capacity ? 2 * l->capacity : 64;
        struct mr_disclosable *more = MR_NEW_ARRAY(l->arena, struct mr_disclosable, room);
        if (!more) return MR_FAIL(err, MR_E_NOMEM, "no memory for a list of what can be shown", MR_NOWHERE);
        if (l->count) memcpy(more, l->items, l->count * sizeof *more);
        l->items = more, l->capacity = room;
    }
    if (!pointer.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for a list of what can be shown", MR_NOWHERE);
    struct mr_disclosable *item = &l->items[l->count++];
    *item =
        (struct mr_disclosable){.pointer = pointer, .name = name_pointer(l, pointer), .value = value, .always = always};
    return MR_OK;
}

/* The pointer of a member at the top. */
static mr_str point_at_member(mr_arena *a, const mr_json *name)
{
    MR_CLEANUP(mr_buf_done) mr_buf pointer;
    mr_buf_init(&pointer, MR_LIMIT_DOCUMENT);
    mr_json_pointer_put(&pointer, mr_json_text(name));
    return mr_arena_dup(a, mr_buf_str(&pointer));
}

static int compare_pointers(const void *a, const void *b)
{
    return mr_str_compare(((const struct mr_sd_disclosable *)a)->pointer,
                          ((const struct mr_sd_disclosable *)b)->pointer);
}

/* What stands in clear at the top, but for what only machines read; then what is hers to show. */
static int list_token(struct listing *l, const mr_sd_jwt *s, struct mr_err *err)
{
    struct mr_sd_disclosable *disclosed;
    size_t count;
    MR_JSON_EACH_MEMBER (name, s->payload) {
        mr_str text = mr_json_text(name);
        if (mr_str_has_prefix(text, MR_STR("_sd")) || mr_json_is(name + 1, MR_JSON_OBJECT)) continue;
        if (mr_json_is(name + 1, MR_JSON_ARRAY) && !mr_each_is_texts(name + 1)) continue;
        mr_str pointer = point_at_member(l->arena, name);
        MR_TRY(add(l, pointer, say_claim(l, pointer, name + 1), true, err));
    }
    MR_TRY(mr_sd_jwt_list(l->arena, s, &disclosed, &count, err));
    if (count > 1) qsort(disclosed, count, sizeof *disclosed, compare_pointers); /* digests stand in any order */
    for (size_t i = 0; i < count; i++)
        MR_TRY(add(l, disclosed[i].pointer, say_claim(l, disclosed[i].pointer, disclosed[i].value), false, err));
    return MR_OK;
}

struct walking {
    struct listing *list;
    const mr_json *root;
    const uint8_t *mandatory; /* by node */
    mr_buf pointer;           /* of the value being looked at */
};

static int list_value(struct walking *w, const mr_json *v, bool always, struct mr_err *err);

static int list_child(struct walking *w, mr_str token, const mr_json *v, bool always, struct mr_err *err)
{
    size_t before = w->pointer.len;
    mr_json_pointer_put(&w->pointer, token);
    MR_TRY(list_value(w, v, always, err));
    w->pointer.len = before;
    return MR_OK;
}

/* Every value that has no parts of its own. As deep as the reader of JSON allows. */
static int list_value(struct walking *w, const mr_json *v, bool always, struct mr_err *err)
{
    unsigned index = 0;
    always = always || w->mandatory[v - w->root];
    if (is_plain(v) || mr_each_is_texts(v) || is_in_languages(v) || is_reference(v) || mr_json_get(v, "@value"))
        return add(w->list, mr_arena_dup(w->list->arena, mr_buf_str(&w->pointer)), say_value(w->list, v), always, err);
    MR_JSON_EACH (element, v) {
        char token[12];
        int length = snprintf(token, sizeof token, "%u", index++);
        MR_TRY(list_child(w, mr_str_make(token, (size_t)length), element, always, err));
    }
    MR_JSON_EACH_MEMBER (name, v)
        if (!comes_along(mr_json_text(name))) MR_TRY(list_child(w, mr_json_text(name), name + 1, always, err));
    return MR_OK;
}

static int mark_mandatory(mr_arena *a, const struct divisible *c, uint8_t **ret, struct mr_err *err)
{
    const mr_str *pointers;
    size_t count;
    uint8_t *mandatory = MR_NEW_ARRAY(a, uint8_t, c->document->skip);
    if (!mandatory) return MR_FAIL(err, MR_E_NOMEM, "no memory for a list of what can be shown", MR_NOWHERE);
    MR_TRY(mr_ecdsa_sd_mandatory(a, c->proof_value, &pointers, &count, err));
    for (size_t i = 0; i < count; i++) {
        const mr_json *v = mr_json_find(c->document, pointers[i]);
        if (v) mandatory[v - c->document] = 1;
    }
    *ret = mandatory;
    return MR_OK;
}

static int list_document(struct listing *l, const struct divisible *c, struct mr_err *err)
{
    struct walking w = {.list = l, .root = c->document};
    uint8_t *mandatory = NULL;
    MR_TRY(mark_mandatory(l->arena, c, &mandatory, err));
    w.mandatory = mandatory;
    mr_buf_init(&w.pointer, MR_LIMIT_DOCUMENT);
    int code = list_value(&w, c->document, false, err);
    if (code == MR_OK && mr_buf_failed(&w.pointer))
        code = MR_FAIL(err, MR_E_LIMIT, "a pointer into this document is too long", MR_NOWHERE);
    mr_buf_done(&w.pointer);
    return code;
}

int mr_disclose_list(mr_arena *a, mr_str text, const mr_language *l, struct mr_disclosable **ret, size_t *ret_count,
                     struct mr_err *err)
{
    MR_CLEANUP(divisible_done) struct divisible c = {0};
    struct listing list = {.arena = a, .language = l};
    MR_TRY(read_any(a, text, &c, err));
    MR_TRY(c.is_sd_jwt ? list_token(&list, &c.token, err) : list_document(&list, &c, err));
    *ret = list.items;
    *ret_count = list.count;
    return MR_OK;
}

/* ---- showing ---- */

static int show_token(mr_arena *a, const struct divisible *c, const struct mr_disclosing *d, mr_buf *out,
                      struct mr_err *err)
{
    const struct mr_sd_presentation presentation = {.show = d->show,
                                                    .show_count = d->show_count,
                                                    .all = d->all,
                                                    .holder = d->holder,
                                                    .audience = d->audience,
                                                    .nonce = d->nonce,
                                                    .now = d->now};
    if (d->holder && (d->audience.len == 0 || d->nonce.len == 0))
        return MR_FAIL(err, MR_E_USAGE, "a holder's key goes with the audience and the nonce of the party that asks",
                       MR_NOWHERE);
    return mr_sd_jwt_present(&c->token, &presentation, a, out, err);
}

/* Everything: each member of the document. */
static int point_at_all(mr_arena *a, const mr_json *document, const mr_str **ret, size_t *ret_count, struct mr_err *err)
{
    mr_str *all = MR_NEW_ARRAY(a, mr_str, document->len);
    size_t count = 0;
    if (!all) return MR_FAIL(err, MR_E_NOMEM, "no memory to show everything", MR_NOWHERE);
    MR_JSON_EACH_MEMBER (name, document)
        if (!comes_along(mr_json_text(name))) all[count++] = point_at_member(a, name);
    *ret = all;
    *ret_count = count;
    return MR_OK;
}

static int show_document(mr_arena *a, const struct divisible *c, const struct mr_disclosing *d, mr_buf *out,
                         struct mr_err *err)
{
    MR_CLEANUP(mr_contexts_closep) mr_contexts *contexts = NULL;
    const mr_str *show = d->show;
    size_t count = d->show_count;
    if (d->holder)
        return MR_FAIL(err, MR_E_USAGE, "a holder's key binds SD-JWTs; this credential has no place for it",
                       MR_NOWHERE);
    if (d->all) MR_TRY(point_at_all(a, c->document, &show, &count, err));
    MR_TRY(mr_contexts_open(&contexts, err));
    return mr_ecdsa_sd_derive(a, contexts, c->document, show, count, out, err);
}

int mr_disclose(mr_arena *a, mr_str text, const struct mr_disclosing *d, mr_buf *out, struct mr_err *err)
{
    MR_CLEANUP(divisible_done) struct divisible c = {0};
    MR_TRY(read_any(a, text, &c, err));
    return c.is_sd_jwt ? show_token(a, &c, d, out, err) : show_document(a, &c, d, out, err);
}
