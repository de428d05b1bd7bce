#include "api/inside.h"

#include "base/limits.h"

#include <stdio.h>

const char *merit_version(void)
{
    return MERIT_VERSION;
}

/* ---- errors ---- */

static const merit_code public_codes[] = {
    [MR_E_USAGE] = MERIT_E_USAGE,
    [MR_E_NOMEM] = MERIT_E_MEMORY,
    [MR_E_LIMIT] = MERIT_E_LIMIT,
    [MR_E_NOT_FOUND] = MERIT_E_NOT_FOUND,
    [MR_E_UTF8] = MERIT_E_INPUT,
    [MR_E_JSON] = MERIT_E_INPUT,
    [MR_E_JSON_DUPLICATE] = MERIT_E_INPUT,
    [MR_E_CSV] = MERIT_E_INPUT,
    [MR_E_ENCODING] = MERIT_E_INPUT,
    [MR_E_TIME] = MERIT_E_INPUT,
    [MR_E_FORMAT] = MERIT_E_INPUT,
    [MR_E_SIGNATURE] = MERIT_E_INPUT,
    [MR_E_JSONLD] = MERIT_E_INPUT,
    [MR_E_JSONLD_UNSAFE] = MERIT_E_INPUT,
    [MR_E_UNSUPPORTED] = MERIT_E_UNSUPPORTED,
    [MR_E_SPECIFICATION] = MERIT_E_SPECIFICATION,
    [MR_E_KEY] = MERIT_E_KEY,
    [MR_E_CERTIFICATE] = MERIT_E_KEY,
    [MR_E_PASSWORD] = MERIT_E_PASSWORD,
    [MR_E_NET] = MERIT_E_NETWORK,
};

static merit_code public_code(mr_code code)
{
    size_t count = sizeof public_codes / sizeof *public_codes;
    return (size_t)code < count && public_codes[code] != MERIT_OK ? public_codes[code] : MERIT_E_SYSTEM;
}

/* At most size - 1 octets, cut between characters. */
static void copy(char *out, size_t size, mr_str text)
{
    size_t length = text.len < size ? text.len : size - 1;
    while (length < text.len && length > 0 && ((unsigned char)text.ptr[length] & 0xC0) == 0x80) length--;
    if (length) memcpy(out, text.ptr, length);
    out[length] = '\0';
}

merit_code mr_api_fail(merit_error *ret, const struct mr_err *e)
{
    merit_code code = public_code(e->code);
    if (!ret) return code;
    char message[sizeof ret->message];
    snprintf(message, sizeof message, "%s%s%s", e->message ? e->message : mr_code_text(e->code),
             e->detail[0] ? ": " : "", e->detail);
    ret->code = code;
    ret->position = e->position == MR_NOWHERE ? -1 : (int64_t)e->position;
    copy(ret->name, sizeof ret->name, mr_str_of(mr_code_name(e->code)));
    copy(ret->message, sizeof ret->message, mr_str_of(message));
    copy(ret->pointer, sizeof ret->pointer, mr_str_of(e->pointer));
    return code;
}

merit_code mr_api_refuse(merit_error *ret, mr_code code, const char *message)
{
    struct mr_err e = {0};
    (void)!MR_FAIL(&e, code, message, MR_NOWHERE);
    return mr_api_fail(ret, &e);
}

/* ---- objects and texts ---- */

void *mr_api_new(size_t size, size_t limit)
{
    mr_arena arena;
    mr_arena_init(&arena, limit);
    mr_arena *made = mr_arena_zalloc(&arena, 1, size);
    if (made)
        *made = arena;
    else
        mr_arena_done(&arena);
    return made;
}

void mr_api_free(void *object)
{
    if (!object) return;
    mr_arena arena = *(mr_arena *)object; /* the object lies in it */
    mr_arena_done(&arena);
}

const char *mr_api_text(mr_arena *a, mr_str s)
{
    const char *text = mr_arena_cstr(a, s);
    return text ? text : "";
}

merit_code mr_api_hand_over(mr_buf *b, char **ret, size_t *ret_size, merit_error *err)
{
    size_t size = b->len;
    mr_buf_putc(b, '\0');
    if (mr_buf_failed(b)) {
        mr_buf_done(b);
        return mr_api_refuse(err, MR_E_LIMIT, "what was made is larger than a document may be");
    }
    *ret = b->ptr;
    if (ret_size) *ret_size = size;
    *b = (mr_buf){.max = b->max};
    return MERIT_OK;
}

void merit_free(char *text)
{
    mr_buf b = {.ptr = text};
    mr_buf_done(&b);
}

int mr_api_texts(mr_arena *a, const char *const *texts, size_t count, mr_str **ret, struct mr_err *err)
{
    mr_str *made = MR_NEW_ARRAY(a, mr_str, count);
    if (!made) return MR_FAIL(err, MR_E_NOMEM, "no memory for a list of texts", MR_NOWHERE);
    for (size_t i = 0; i < count; i++) {
        if (!texts || !texts[i]) return MR_FAIL(err, MR_E_USAGE, "a list of texts has a NULL in it", MR_NOWHERE);
        made[i] = mr_str_of(texts[i]);
    }
    *ret = made;
    return MR_OK;
}

merit_code mr_api_language(const char *tag, const mr_language **ret, merit_error *err)
{
    const mr_language *l = tag && *tag ? mr_language_find(mr_str_of(tag)) : mr_language_english();
    if (!l) return mr_api_refuse(err, MR_E_NOT_FOUND, "this is not one of Merit's languages");
    *ret = l;
    return MERIT_OK;
}

/* ---- the world ---- */

static int64_t clock_now(void *self)
{
    const struct mr_api_clock *c = self;
    return c->is_set ? c->time : mr_env_now(mr_env_system());
}

static void clock_random(void *self, void *out, size_t size)
{
    (void)self;
    mr_env_random(mr_env_system(), out, size);
}

void mr_api_clock_init(struct mr_api_clock *c)
{
    *c = (struct mr_api_clock){.env = {clock_now, clock_random, c}};
}

/* ---- the network ---- */

struct merit_answer {
    mr_buf body;
};

merit_code merit_answer_put(merit_answer *answer, const void *octets, size_t size)
{
    bool fits = size <= answer->body.max - answer->body.len;
    mr_buf_put(&answer->body, mr_api_str(octets, size));
    if (!mr_buf_failed(&answer->body)) return MERIT_OK;
    return fits ? MERIT_E_MEMORY : MERIT_E_LIMIT;
}

static int fetch_get(void *self, mr_arena *a, mr_str url, const char *accept, size_t max, mr_str *ret,
                     struct mr_err *err)
{
    const struct mr_api_fetch *f = self;
    MR_CLEANUP(mr_buf_done) mr_buf body;
    mr_buf_init(&body, max);
    merit_answer answer = {body};
    const char *address = mr_arena_cstr(a, url);
    if (!address) return MR_FAIL(err, MR_E_NOMEM, "no memory for an address", MR_NOWHERE);
    merit_code code = f->call(f->self, address, accept, max, &answer);
    body = answer.body;
    if (body.failed || code == MERIT_E_LIMIT)
        return MR_FAIL_DETAIL(err, MR_E_LIMIT, "the answer is too large", "%s", address);
    if (code != MERIT_OK) return MR_FAIL_DETAIL(err, MR_E_NET, "could not be fetched", "%s", address);
    *ret = mr_arena_dup(a, mr_buf_str(&body));
    return ret->ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory for an answer", MR_NOWHERE);
}

void mr_api_fetch_init(struct mr_api_fetch *f, merit_fetch *call, void *self)
{
    *f = (struct mr_api_fetch){.fetch = {fetch_get, f}, .call = call, .self = self};
}
