/* Identifiers and the documents behind them, from anywhere: no crash, a state and a sentence for every outcome, and a key exactly when it passed.
 *
 * An input is two parts with a line feed between them: the name of a key, and what every address answers. The whole is also tried as a name, because
 * that is where did:key and did:jwk hold everything. */
#include "base/encoding.h"
#include "base/limits.h"
#include "proof/controller.h"
#include "proof/jwk.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Also with NDEBUG. */
static void need(bool condition)
{
    if (!condition) abort();
}

static int answer(void *self, mr_arena *a, mr_str url, const char *accept, size_t max, mr_str *ret, struct mr_err *err)
{
    const mr_str *text = self;
    need(mr_str_has_prefix(url, MR_STR("https://")) && accept && max);
    if (text->len > max) return MR_FAIL(err, MR_E_LIMIT, "too large", MR_NOWHERE);
    *ret = mr_arena_dup(a, *text);
    return ret->ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory", MR_NOWHERE);
}

static void check_method(int code, struct mr_method *m)
{
    need(code == MR_OK || code == MR_E_NOMEM);
    if (code == MR_OK) {
        need(m->why.id != NULL && strncmp(m->why.id, "key.", 4) == 0);
        need((m->key != NULL) == (m->why.state == MR_PASSED));
        need(m->why.detail.len == 0 || m->why.detail.ptr != NULL);
        need(!m->key || mr_key_get_kind(m->key) != MR_KEY_OTHER);
        need(!m->key || !mr_key_is_private(m->key));
        mr_method_state(m, 0);
    }
    mr_key_free(m->key);
}

static void try_name(mr_arena *a, mr_str name, const mr_fetch *fetch)
{
    struct mr_resolver resolver = {fetch};
    struct mr_method m = {0};
    struct mr_err err = {0};
    mr_str text;
    check_method(mr_controller_find(&resolver, a, name, MR_ASSERTION_METHOD, &m, &err), &m);
    m = (struct mr_method){0};
    check_method(mr_jwt_vc_issuer_find(a, name, MR_STR_EMPTY, fetch, &m, &err), &m);
    ptrdiff_t hash = mr_str_find_char(name, '#');
    int code = mr_controller_resolve(a, hash < 0 ? name : mr_str_make(name.ptr, (size_t)hash), fetch, &text, &err);
    need(code == MR_OK || (err.code == (mr_code)code && err.message));
    if (mr_did_web_url(a, name, &text, &err) == MR_OK) need(mr_str_has_suffix(text, MR_STR("/did.json")));
}

static void try_octets(mr_arena *a, mr_str text)
{
    mr_str octets;
    mr_key *key = NULL;
    mr_buf again;
    mr_buf_init(&again, 2 * MR_LIMIT_BASE58);
    if (mr_multibase_read(a, text, &octets, NULL) == MR_OK) {
        mr_multibase_put(&again, text.ptr[0], octets); /* one text for one value, where it can be written at all */
        need(mr_buf_failed(&again) || mr_str_eq(mr_buf_str(&again), text));
        if (mr_key_of_multikey(octets, &key, NULL) == MR_OK) {
            mr_buf_clear(&again);
            mr_key_put_multikey(key, &again);
            need(mr_str_eq(mr_buf_str(&again), octets));
        }
        mr_key_free(key);
        key = NULL;
        if (mr_key_of_secret_multikey(octets, &key, NULL) == MR_OK) need(mr_key_is_private(key));
        mr_key_free(key);
    }
    mr_buf_done(&again);
}

static void try_jwk(mr_arena *a, mr_str text)
{
    const mr_json *jwk;
    mr_key *key = NULL;
    if (mr_json_parse(a, text, NULL, &jwk, NULL) != MR_OK) return;
    if (mr_jwk_read_private(jwk, &key, NULL) == MR_OK) need(mr_key_is_private(key));
    mr_key_free(key);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mr_arena a;
    mr_str whole = mr_str_make((const char *)data, size), rest = whole, name = MR_STR_EMPTY;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    mr_str_split(&rest, '\n', &name);
    mr_fetch fetch = {answer, &rest};
    if (!rest.ptr) rest = MR_STR("");
    try_name(&a, name, &fetch);
    try_name(&a, whole, NULL);
    try_octets(&a, name);
    try_jwk(&a, rest);
    mr_arena_done(&a);
    return 0;
}
