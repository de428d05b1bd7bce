#include "json/pointer.h"

#include "json/write.h"

#include "base/limits.h"

/* ---- writing ---- */

/* RFC 6901 section 3: how the character at token.ptr[i] is written; ret_end is where the next one begins. */
static mr_str escaped(mr_str token, size_t i, size_t *ret_end)
{
    size_t end = i + 1;
    while (end < token.len && ((uint8_t)token.ptr[end] & 0xc0) == 0x80) end++;
    *ret_end = end;
    char c = token.ptr[i];
    return c == '~' ? MR_STR("~0") : c == '/' ? MR_STR("~1") : mr_str_make(token.ptr + i, end - i);
}

bool mr_json_pointer_add(mr_str token, char *out, size_t size)
{
    size_t at = strlen(out);
    if (at + 1 >= size) return false;
    out[at++] = '/';
    size_t i = 0;
    while (i < token.len) {
        size_t end;
        mr_str piece = escaped(token, i, &end);
        if (at + piece.len >= size) break;
        memcpy(out + at, piece.ptr, piece.len);
        at += piece.len, i = end;
    }
    out[at] = 0;
    return i == token.len;
}

static bool add_index(uint32_t index, char *out, size_t size)
{
    char digits[10];
    size_t at = sizeof digits;
    do digits[--at] = (char)('0' + index % 10);
    while ((index /= 10) != 0);
    return mr_json_pointer_add(mr_str_make(digits + at, sizeof digits - at), out, size);
}

void mr_json_pointer_to_open(const mr_json *nodes, const mr_json *open, char *out, size_t size)
{
    const mr_json *chain[MR_LIMIT_JSON_DEPTH_MOST];
    size_t depth = 0;
    for (; open->skip != MR_JSON_NO_CONTAINER && depth < MR_LIMIT_JSON_DEPTH_MOST; open = nodes + open->skip)
        chain[depth++] = open;
    out[0] = 0;
    bool fits = true;
    while (depth-- > 0 && fits) {
        const mr_json *inner = chain[depth], *outer = nodes + inner->skip;
        if (mr_json_is(outer, MR_JSON_OBJECT))
            fits = mr_json_pointer_add(mr_json_text(inner - 1), out, size);
        else
            fits = add_index(outer->len - 1, out, size);
    }
}

/* The value inside `container` that holds `node` (or whose name it is); its token is appended. */
static const mr_json *add_step(const mr_json *container, const mr_json *node, char *out, size_t size, bool *fits)
{
    uint32_t index = 0;
    MR_JSON_EACH (element, container) {
        if (node < element + element->skip) {
            *fits = add_index(index, out, size);
            return element;
        }
        index++;
    }
    MR_JSON_EACH_MEMBER (name, container) {
        if (node < name + 1 + name[1].skip) {
            *fits = mr_json_pointer_add(mr_json_text(name), out, size);
            return node == name ? name : name + 1;
        }
    }
    return NULL;
}

void mr_json_pointer(const mr_json *root, const mr_json *node, char *out, size_t size)
{
    if (size == 0) return;
    out[0] = 0;
    bool fits = true;
    if (!root || !node || node < root || node >= root + root->skip) return;
    while (root && root != node && fits) root = add_step(root, node, out, size, &fits);
}

/* ---- following ---- */

/* The next reference token of *rest, which begins with a slash, still escaped. */
static mr_str next_token(mr_str *rest)
{
    mr_str token = mr_str_from(*rest, 1);
    ptrdiff_t slash = mr_str_find_char(token, '/');
    if (slash >= 0) token.len = (size_t)slash;
    *rest = mr_str_from(*rest, 1 + token.len);
    return token;
}

/* RFC 6901 section 4: the token with ~1 and ~0 replaced is the name. A tilde before anything else fits no name. */
static bool token_is(mr_str token, mr_str name)
{
    size_t i = 0, n = 0;
    for (; i < token.len && n < name.len; i++, n++) {
        char c = token.ptr[i];
        if (c == '~') {
            if (++i == token.len || (token.ptr[i] != '0' && token.ptr[i] != '1')) return false;
            c = token.ptr[i] == '0' ? '~' : '/';
        }
        if (c != name.ptr[n]) return false;
    }
    return i == token.len && n == name.len;
}

/* RFC 6901 section 4: digits without leading zeroes. */
static bool token_index(mr_str token, uint32_t *ret)
{
    uint64_t index;
    if (token.len > 1 && token.ptr[0] == '0') return false;
    if (!mr_str_to_u64(token, &index) || index > UINT32_MAX) return false;
    *ret = (uint32_t)index;
    return true;
}

const mr_json *mr_json_follow(const mr_json *from, mr_str *pointer)
{
    mr_str token = next_token(pointer);
    MR_JSON_EACH_MEMBER (name, from)
        if (token_is(token, mr_json_text(name))) return name + 1;
    uint32_t index;
    return mr_json_is(from, MR_JSON_ARRAY) && token_index(token, &index) ? mr_json_at(from, index) : NULL;
}

const mr_json *mr_json_find(const mr_json *root, mr_str pointer)
{
    while (root && pointer.len > 0) {
        if (pointer.ptr[0] != '/') return NULL;
        root = mr_json_follow(root, &pointer);
    }
    return root;
}

void mr_json_pointer_put(mr_buf *pointer, mr_str token)
{
    mr_buf_putc(pointer, '/');
    for (size_t i = 0; i < token.len;) mr_buf_put(pointer, escaped(token, i, &i));
}
