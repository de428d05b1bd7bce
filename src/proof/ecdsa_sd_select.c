/* Parts of a document by JSON Pointers.
 *
 * A document is a flat array of nodes, and so is a part of it: first every node that stays gets a mark, then the marked ones are copied in one walk. The
 * members of a part keep the order of the document, so that the order tells nothing of what was asked for first.
 *
 * The standard selects from a copy of the document in which each blank node got an IRI (3.4.7 and 3.4.8, skolemisation), to know it again in the part.
 * Here the part remembers for each node where it comes from, which serves the same end without rewriting the document. */
#include "proof/ecdsa_sd_inside.h"

#include "base/limits.h"

enum { NOTHING, PATH, WHOLE };

static int no_memory(struct mr_err *err)
{
    return MR_FAIL(err, MR_E_NOMEM, "a part of a document", MR_NOWHERE);
}

/* ---- marks ---- */

struct marking {
    const mr_json *document;
    uint8_t *marks; /* by node; that of a member's value stands for the member */
    size_t work;    /* what is left */
};

/* Does it say what the object is? Then it always comes along. (The standard names id and type; their keywords mean the same, and without its context an
 * object would mean something else.) */
static bool is_identity(mr_str name)
{
    return mr_str_is(name, "id") || mr_str_is(name, "type") || mr_str_is(name, "@id") || mr_str_is(name, "@type") ||
           mr_str_is(name, "@context");
}

/* A value that leads to what is named (3.4.11 createInitialSelection). */
static void mark_path(struct marking *m, const mr_json *value)
{
    uint8_t *mark = &m->marks[value - m->document];
    if (*mark != NOTHING) return;
    *mark = PATH;
    MR_JSON_EACH_MEMBER (name, value)
        if (is_identity(mr_json_text(name))) m->marks[name + 1 - m->document] = WHOLE;
}

static int points_nowhere(mr_str pointer, struct mr_err *err)
{
    return MR_FAIL_DETAIL(err, MR_E_NOT_FOUND, "a pointer that points nowhere", "%.*s",
                          (int)(pointer.len < 150 ? pointer.len : 150), pointer.ptr ? pointer.ptr : "");
}

/* 3.4.12 selectPaths */
static int mark_pointer(struct marking *m, mr_str pointer, struct mr_err *err)
{
    const mr_json *value = m->document;
    mr_str rest = pointer;
    while (rest.len) {
        if (rest.ptr[0] != '/') return points_nowhere(pointer, err);
        size_t cost = (size_t)mr_json_count(value) + 1;
        if (cost > m->work) return MR_FAIL(err, MR_E_LIMIT, "pointers that take too long to follow", MR_NOWHERE);
        m->work -= cost;
        mark_path(m, value);
        value = mr_json_follow(value, &rest);
        if (!value) return points_nowhere(pointer, err);
    }
    m->marks[value - m->document] = WHOLE;
    return MR_OK;
}

/* ---- the copy ---- */

struct copy {
    const mr_json *document;
    const uint8_t *marks;
    mr_json *nodes;
    const mr_json **source;
    uint32_t count;
};

static mr_json *copy_nodes(struct copy *c, const mr_json *from, uint32_t count)
{
    mr_json *to = c->nodes + c->count;
    memcpy(to, from, count * sizeof *to);
    for (uint32_t i = 0; i < count; i++) c->source[c->count + i] = from + i;
    c->count += count;
    return to;
}

/* Recursion is as deep as the document, whose reader has a limit. */
static void copy_value(struct copy *c, const mr_json *value)
{
    if (c->marks[value - c->document] == WHOLE) {
        copy_nodes(c, value, value->skip);
        return;
    }
    mr_json *to = copy_nodes(c, value, 1);
    to->len = 0;
    MR_JSON_EACH (element, value) {
        if (c->marks[element - c->document] == NOTHING) continue;
        copy_value(c, element);
        to->len++;
    }
    MR_JSON_EACH_MEMBER (name, value) {
        if (c->marks[name + 1 - c->document] == NOTHING) continue;
        copy_nodes(c, name, 1);
        copy_value(c, name + 1);
        to->len++;
    }
    to->skip = (uint32_t)(c->nodes + c->count - to);
}

int mr_ecdsa_sd_select(mr_arena *a, const mr_json *document, const mr_str *pointers, size_t count,
                       struct mr_ecdsa_sd_part *ret, struct mr_err *err)
{
    struct marking m = {.document = document, .work = MR_LIMIT_SD_WORK};
    *ret = (struct mr_ecdsa_sd_part){NULL, NULL};
    if (!count) return MR_OK;
    if (count > MR_LIMIT_SD_POINTERS) return MR_FAIL(err, MR_E_LIMIT, "more pointers than allowed", MR_NOWHERE);
    m.marks = MR_NEW_ARRAY(a, uint8_t, document->skip);
    if (!m.marks) return no_memory(err);
    for (size_t i = 0; i < count; i++) MR_TRY(mark_pointer(&m, pointers[i], err));
    struct copy c = {.document = document, .marks = m.marks};
    c.nodes = MR_NEW_ARRAY(a, mr_json, document->skip);
    c.source = MR_NEW_ARRAY(a, const mr_json *, document->skip);
    if (!c.nodes || !c.source) return no_memory(err);
    copy_value(&c, document);
    *ret = (struct mr_ecdsa_sd_part){c.nodes, c.source};
    return MR_OK;
}
