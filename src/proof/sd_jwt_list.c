/* SD-JWT, listed: what its holder can show or leave out.
 *
 * The processed claims were written from the payload in one order: what stands in clear, then what `_sd` discloses (sd_jwt.c). So both are walked side
 * by side, and every disclosure met on the way has its place in the claims. */
#include "proof/sd_jwt_inside.h"

#include <stdio.h>

struct listing {
    mr_arena *arena;
    const struct mr_sd_disclosures *all;
    struct mr_sd_disclosable *items;
    size_t count;
    mr_buf pointer; /* of the value being looked at */
    unsigned depth;
};

static int list_value(struct listing *l, const mr_json *payload, const mr_json *claims, struct mr_err *err);

/* A member or element, below the pointer so far; disclosed: the holder may leave it out. */
static int list_child(struct listing *l, mr_str token, const mr_json *payload, const mr_json *claims, bool disclosed,
                      struct mr_err *err)
{
    size_t before = l->pointer.len;
    mr_json_pointer_put(&l->pointer, token);
    if (disclosed && l->count < l->all->count) {
        struct mr_sd_disclosable *item = &l->items[l->count++];
        *item = (struct mr_sd_disclosable){mr_arena_dup(l->arena, mr_buf_str(&l->pointer)), claims};
        if (!item->pointer.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for a list of disclosures", MR_NOWHERE);
    }
    MR_TRY(list_value(l, payload, claims, err));
    l->pointer.len = before;
    return MR_OK;
}

/* `name` walks through the members of the claims. */
static int list_object(struct listing *l, const mr_json *payload, const mr_json *claims, struct mr_err *err)
{
    const mr_json *name = claims + 1;
    MR_JSON_EACH_MEMBER (clear, payload) {
        mr_str text = mr_json_text(clear);
        if (mr_str_is(text, "_sd") || (l->depth == 1 && mr_str_is(text, "_sd_alg"))) continue;
        MR_TRY(list_child(l, text, clear + 1, name + 1, false, err));
        name += 1 + name[1].skip;
    }
    MR_JSON_EACH (digest, mr_json_get(payload, "_sd")) {
        const struct mr_sd_disclosure *d = mr_sd_disclosures_find(l->all, mr_json_str(digest));
        if (!d) continue;
        MR_TRY(list_child(l, d->name, d->value, name + 1, true, err));
        name += 1 + name[1].skip;
    }
    return MR_OK;
}

static int list_array(struct listing *l, const mr_json *payload, const mr_json *claims, struct mr_err *err)
{
    const mr_json *shown = claims + 1;
    unsigned index = 0;
    MR_JSON_EACH (element, payload) {
        const mr_json *digest = mr_sd_placeholder(element);
        const struct mr_sd_disclosure *d = digest ? mr_sd_disclosures_find(l->all, mr_json_str(digest)) : NULL;
        char token[12];
        if (digest && !d) continue;
        int length = snprintf(token, sizeof token, "%u", index++);
        MR_TRY(list_child(l, mr_str_make(token, (size_t)length), d ? d->value : element, shown, d != NULL, err));
        shown += shown->skip;
    }
    return MR_OK;
}

/* As deep as the claims are, whose reader has a limit. */
static int list_value(struct listing *l, const mr_json *payload, const mr_json *claims, struct mr_err *err)
{
    int code = MR_OK;
    l->depth++;
    if (mr_json_is(payload, MR_JSON_OBJECT)) code = list_object(l, payload, claims, err);
    if (mr_json_is(payload, MR_JSON_ARRAY)) code = list_array(l, payload, claims, err);
    l->depth--;
    return code;
}

int mr_sd_jwt_list(mr_arena *a, const mr_sd_jwt *s, struct mr_sd_disclosable **ret, size_t *ret_count,
                   struct mr_err *err)
{
    struct mr_sd_disclosures all;
    struct listing l = {.arena = a, .all = &all};
    MR_TRY(mr_sd_disclosures_read(a, s->digest, s->disclosures, s->disclosure_count, &all, err));
    l.items = MR_NEW_ARRAY(a, struct mr_sd_disclosable, all.count);
    if (!l.items) return MR_FAIL(err, MR_E_NOMEM, "no memory for a list of disclosures", MR_NOWHERE);
    mr_buf_init(&l.pointer, MR_LIMIT_DOCUMENT);
    int code = list_value(&l, s->payload, s->claims, err);
    if (code == MR_OK && mr_buf_failed(&l.pointer))
        code = MR_FAIL(err, MR_E_LIMIT, "a pointer of this SD-JWT is too long", MR_NOWHERE);
    mr_buf_done(&l.pointer);
    if (code != MR_OK) return code;
    *ret = l.items;
    *ret_count = l.count;
    return MR_OK;
}
