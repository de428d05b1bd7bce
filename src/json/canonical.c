#include "json/write.h"

#include "base/limits.h"
#include "json/names.h"

struct canonical {
    mr_buf *out;
    mr_arena *names; /* room to sort the names of large objects */
    struct mr_err *err;
};

static int put_value(struct canonical *c, const mr_json *v);

/* RFC 8785 section 3.2.2.3. Whole numbers of up to 15 digits are their own canonical form. */
static int put_number(struct canonical *c, const mr_json *v)
{
    bool plain = v->len <= 15 && v->ptr[0] != '-';
    for (uint32_t i = 0; plain && i < v->len; i++) plain = v->ptr[i] >= '0' && v->ptr[i] <= '9';
    if (plain) return mr_buf_put(c->out, mr_json_text(v)), MR_OK;
    double value;
    if (!mr_json_to_double(v, &value))
        return MR_FAIL(c->err, MR_E_JSON, "a number outside the range of a double", v->position);
    char text[32];
    mr_buf_put(c->out, mr_str_make(text, mr_json_number_write(value, text)));
    return MR_OK;
}

static int put_members(struct canonical *c, const mr_json *const *names, uint32_t count)
{
    mr_buf_putc(c->out, '{');
    for (uint32_t i = 0; i < count; i++) {
        if (i) mr_buf_putc(c->out, ',');
        mr_json_quote(c->out, mr_json_text(names[i]));
        mr_buf_putc(c->out, ':');
        MR_TRY(put_value(c, names[i] + 1));
    }
    mr_buf_putc(c->out, '}');
    return MR_OK;
}

static void gather_names(const mr_json *object, const mr_json **names)
{
    size_t i = 0;
    MR_JSON_EACH_MEMBER (name, object) names[i++] = name;
}

static int put_large_object(struct canonical *c, const mr_json *v)
{
    const mr_json **names = mr_arena_alloc(c->names, 2 * sizeof *names * (size_t)v->len);
    if (!names) return MR_FAIL(c->err, MR_E_NOMEM, "not enough memory to sort the names of an object", v->position);
    gather_names(v, names);
    mr_json_sort_names(names, names + v->len, v->len);
    return put_members(c, names, v->len);
}

/* RFC 8785 section 3.2.3 */
static int put_object(struct canonical *c, const mr_json *v)
{
    const mr_json *names[MR_JSON_FEW_NAMES];
    if (v->len > MR_JSON_FEW_NAMES) return put_large_object(c, v);
    gather_names(v, names);
    mr_json_sort_names(names, NULL, v->len);
    return put_members(c, names, v->len);
}

static int put_array(struct canonical *c, const mr_json *v)
{
    const char *separator = "[";
    if (v->len == 0) mr_buf_putc(c->out, '[');
    MR_JSON_EACH (element, v) {
        mr_buf_putc(c->out, *separator);
        MR_TRY(put_value(c, element));
        separator = ",";
    }
    mr_buf_putc(c->out, ']');
    return MR_OK;
}

/* Goes as deep as the reader went: MR_LIMIT_JSON_DEPTH_MOST at most. */
static int put_value(struct canonical *c, const mr_json *v)
{
    switch ((mr_json_type)v->type) {
    case MR_JSON_NULL: mr_buf_put(c->out, MR_STR("null")); break;
    case MR_JSON_FALSE: mr_buf_put(c->out, MR_STR("false")); break;
    case MR_JSON_TRUE: mr_buf_put(c->out, MR_STR("true")); break;
    case MR_JSON_NUMBER: return put_number(c, v);
    case MR_JSON_STRING: mr_json_quote(c->out, mr_json_text(v)); break;
    case MR_JSON_ARRAY: return put_array(c, v);
    case MR_JSON_OBJECT: return put_object(c, v);
    }
    return MR_OK;
}

int mr_json_canonicalise(const mr_json *value, mr_buf *out, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena names;
    mr_arena_init(&names, MR_LIMIT_DOCUMENT_MEMORY);
    struct canonical c = {.out = out, .names = &names, .err = err};
    MR_TRY(put_value(&c, value));
    return mr_buf_failed(out) ? MR_FAIL(err, MR_E_LIMIT, "the canonical form is larger than allowed", MR_NOWHERE)
                              : MR_OK;
}
