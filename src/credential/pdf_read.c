/* Files attached to a PDF.
 *
 * A PDF is objects with numbers, and a table at its end that says where they are. Here the table is not believed: the file is walked from front to back, every object that
 * is met is noted, and of several with one number the last one counts, as in a file that was added to. That is what readers do with a damaged file; it finds
 * what is attached also where some program mended, joined or cut the file, and it leaves nothing to be read that could lead in circles. What comes out
 * is believed no more than any other file: whoever hides something from one reader and shows it to another gains nothing, because a seal decides.
 *
 * Objects may lie packed in streams (7.5.7); those are unpacked once, within MR_LIMIT_PDF_UNPACKED for the whole file. Attached files are found through the catalog's tree of
 * names and, beside it, wherever an object is a file specification (annotations, associated files).
 *
 * Every octet that is looked at is paid for from `work`, which grows with the file: no arrangement of brackets makes reading take longer than some times the file.
 *
 * Not read: encrypted files (they are refused), filters other than Flate, predictors: no program attaches files with those.
 *
 * qpdf, which writes our own PDFs, is not used here: it unpacks object streams and cross-reference streams without a limit (docs/decisions/0016). */
#include "credential/pdf_read.h"

#include "base/compression.h"

#include <stdlib.h>

enum { HOPS = 16, TREE_DEPTH = 16, NAME_MOST = 200, NAME_ROOM = 16384, TAIL = 2048, NUMBER_MOST = 8388607 };

struct object {
    uint32_t number;
    size_t at; /* in the file: the later one counts; of a packed object, where its stream lies */
    mr_str value;
    mr_str data; /* of a stream, as far as it can be; ptr NULL: no stream */
};
struct reader {
    mr_arena *a;
    mr_str file;
    struct object *objects;
    size_t count, room, sorted; /* sorted: so many from the first stand in order, and can be found */
    size_t work, unpacked;      /* left */
    mr_str root;                /* reference to the catalog; empty: none was named */
    bool encrypted;
    struct mr_err *err;
    int code; /* of what ended it */
    mr_pdf_attachments *ret;
    uint32_t taken[MR_LIMIT_PDF_ATTACHMENTS]; /* numbers of their streams */
};

static bool stop(struct reader *r, int code)
{
    if (!r->code) r->code = code;
    return false;
}

static bool spend(struct reader *r, size_t octets)
{
    if (octets > r->work) return stop(r, MR_FAIL(r->err, MR_E_LIMIT, "pdf.too_much", MR_NOWHERE));
    r->work -= octets;
    return true;
}

/* ---- words of the language (7.2) ---- */

static bool is_space(char c)
{
    return c == '\0' || c == '\t' || c == '\n' || c == '\f' || c == '\r' || c == ' ';
}
static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}
static bool is_regular(char c)
{
    return !is_space(c) && !memchr("()<>[]{}/%", c, 10);
}
static bool has(mr_str t, size_t at, const char *word)
{
    size_t size = strlen(word);
    return t.len - at >= size && memcmp(t.ptr + at, word, size) == 0;
}

static void skip_space(mr_str t, size_t *at)
{
    for (; *at < t.len; ++*at) {
        if (t.ptr[*at] == '%')
            while (*at + 1 < t.len && t.ptr[*at + 1] != '\n' && t.ptr[*at + 1] != '\r') ++*at;
        else if (!is_space(t.ptr[*at]))
            return;
    }
}

static void skip_regular(mr_str t, size_t *at)
{
    while (*at < t.len && is_regular(t.ptr[*at])) ++*at;
}

static bool skip_string(mr_str t, size_t *at)
{
    size_t open = 0;
    for (; *at < t.len; ++*at) {
        char c = t.ptr[*at];
        if (c == '\\')
            ++*at;
        else if (c == '(')
            open++;
        else if (c == ')' && --open == 0) {
            ++*at;
            return true;
        }
    }
    *at = t.len;
    return false;
}

static bool skip_hex(mr_str t, size_t *at)
{
    const char *end = memchr(t.ptr + *at, '>', t.len - *at);
    *at = end ? (size_t)(end - t.ptr) + 1 : t.len;
    return end != NULL;
}

/* "12 0 R", or only the number. */
static void skip_number_or_reference(mr_str t, size_t *at)
{
    bool whole = is_digit(t.ptr[*at]);
    size_t next, digits;
    for (; *at < t.len && is_regular(t.ptr[*at]); ++*at) whole = whole && is_digit(t.ptr[*at]);
    if (!whole) return;
    next = *at;
    skip_space(t, &next);
    digits = next;
    while (next < t.len && is_digit(t.ptr[next])) next++;
    if (next == digits) return;
    skip_space(t, &next);
    if (next < t.len && t.ptr[next] == 'R' && (next + 1 == t.len || !is_regular(t.ptr[next + 1]))) *at = next + 1;
}

static bool skip_value(mr_str t, size_t *at, int depth);
static bool skip_until(mr_str t, size_t *at, const char *end, int depth)
{
    *at += strlen(end);
    for (;;) {
        skip_space(t, at);
        if (*at >= t.len) return false;
        if (has(t, *at, end)) {
            *at += strlen(end);
            return true;
        }
        if (!skip_value(t, at, depth + 1)) return false;
    }
}

/* Moves behind the value that begins at *at. */
static bool skip_value(mr_str t, size_t *at, int depth)
{
    if (*at >= t.len || depth > MR_LIMIT_PDF_DEPTH) return false;
    char c = t.ptr[*at];
    if (c == '(') return skip_string(t, at);
    if (has(t, *at, "<<")) return skip_until(t, at, ">>", depth);
    if (c == '<') return skip_hex(t, at);
    if (c == '[') return skip_until(t, at, "]", depth);
    if (c == '/') {
        ++*at;
        skip_regular(t, at);
        return true;
    }
    if (!is_regular(c)) return false;
    if (is_digit(c))
        skip_number_or_reference(t, at);
    else
        skip_regular(t, at);
    return true;
}

/* The value at *at, which moves behind it. */
static bool take_value(struct reader *r, mr_str t, size_t *at, mr_str *ret)
{
    skip_space(t, at);
    size_t start = *at;
    bool taken = skip_value(t, at, 0);
    if (!spend(r, *at - start + 1) || !taken) return false;
    *ret = mr_str_make(t.ptr + start, *at - start);
    return true;
}

/* ---- values ---- */

static int hex_digit(char c)
{
    if (is_digit(c)) return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "/Embedded#46ile" is /EmbeddedFile (7.3.5). */
static bool is_name(mr_str value, const char *name)
{
    size_t i = 1;
    if (!value.len || value.ptr[0] != '/') return false;
    for (; *name; name++) {
        if (i >= value.len) return false;
        int high = i + 2 < value.len && value.ptr[i] == '#' ? hex_digit(value.ptr[i + 1]) : -1,
            low = high >= 0 ? hex_digit(value.ptr[i + 2]) : -1;
        if ((low >= 0 ? (char)(high << 4 | low) : value.ptr[i]) != *name) return false;
        i += low >= 0 ? 3 : 1;
    }
    return i == value.len;
}

static bool read_number(mr_str t, size_t *at, uint64_t *ret)
{
    size_t start = *at;
    while (*at < t.len && is_digit(t.ptr[*at])) ++*at;
    return mr_str_to_u64(mr_str_make(t.ptr + start, *at - start), ret);
}

static bool is_reference(mr_str value, uint32_t *ret)
{
    uint64_t number;
    size_t at = 0;
    if (value.len < 5 || value.ptr[value.len - 1] != 'R' || !read_number(value, &at, &number) || number > NUMBER_MOST)
        return false;
    *ret = (uint32_t)number;
    return true;
}

/* The last object with this number, or NULL. */
static const struct object *find(const struct reader *r, uint32_t number)
{
    size_t low = 0, high = r->sorted;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (r->objects[middle].number <= number)
            low = middle + 1;
        else
            high = middle;
    }
    return low && r->objects[low - 1].number == number ? &r->objects[low - 1] : NULL;
}

/* What a reference leads to; the value itself when it is none; empty when it leads nowhere. */
static mr_str resolve(struct reader *r, mr_str value)
{
    uint32_t number;
    for (int i = 0; i < HOPS && is_reference(value, &number); i++) {
        const struct object *o = find(r, number);
        value = o && spend(r, 1) ? o->value : MR_STR_EMPTY;
    }
    return is_reference(value, &number) ? MR_STR_EMPTY : value;
}

/* The value of a key, the last one where there are several; empty when there is none, or this is no dictionary. */
static mr_str get(struct reader *r, mr_str dict, const char *key)
{
    mr_str found = MR_STR_EMPTY, name, value;
    size_t at = 2;
    if (!mr_str_has_prefix(dict, MR_STR("<<"))) return MR_STR_EMPTY;
    while (take_value(r, dict, &at, &name) && take_value(r, dict, &at, &value))
        if (is_name(name, key)) found = value;
    return found;
}

static mr_str get_resolved(struct reader *r, mr_str dict, const char *key)
{
    return resolve(r, get(r, dict, key));
}

static bool is_null(mr_str value)
{
    return !value.len || mr_str_is(value, "null");
}

/* ---- walking the file ---- */

static bool add_object(struct reader *r, struct object o)
{
    if (r->count == MR_LIMIT_PDF_OBJECTS) return stop(r, MR_FAIL(r->err, MR_E_LIMIT, "pdf.too_much", MR_NOWHERE));
    if (r->count == r->room) {
        size_t room = r->room ? 2 * r->room : 256;
        struct object *more = MR_NEW_ARRAY(r->a, struct object, room);
        if (!more) return stop(r, MR_FAIL(r->err, MR_E_NOMEM, "no memory to read a PDF", MR_NOWHERE));
        if (r->count) memcpy(more, r->objects, r->count * sizeof *more);
        r->objects = more;
        r->room = room;
    }
    r->objects[r->count++] = o;
    return true;
}

static int compare(const void *left, const void *right)
{
    const struct object *a = left, *b = right;
    if (a->number != b->number) return a->number < b->number ? -1 : 1;
    return a->at < b->at ? -1 : a->at > b->at;
}

static void sort(struct reader *r)
{
    if (r->count) qsort(r->objects, r->count, sizeof *r->objects, compare);
    r->sorted = r->count;
}

static size_t next(struct reader *r, size_t from, const char *word)
{
    const char *found = from < r->file.len ? memmem(r->file.ptr + from, r->file.len - from, word, strlen(word)) : NULL;
    size_t at = found ? (size_t)(found - r->file.ptr) : r->file.len;
    return spend(r, at - (from < at ? from : at)) ? at : r->file.len;
}

/* "12 0 obj": the number before the word at `word`. */
static bool read_number_before(mr_str t, size_t word, uint32_t *ret)
{
    size_t at = word, end;
    uint64_t number = 0;
    for (int part = 0; part < 2; part++) {
        size_t behind = at;
        while (at > 0 && is_space(t.ptr[at - 1]) && word - at < 64) at--;
        if (at == behind) return false;
        end = at;
        while (at > 0 && is_digit(t.ptr[at - 1]) && end - at < 10) at--;
        if (at == end || !mr_str_to_u64(mr_str_make(t.ptr + at, end - at), &number)) return false;
    }
    if ((at > 0 && is_regular(t.ptr[at - 1])) || number > NUMBER_MOST) return false;
    *ret = (uint32_t)number;
    return true;
}

static bool ends_stream(mr_str t, size_t at)
{
    for (int i = 0; i < 2 && at < t.len && (t.ptr[at] == '\r' || t.ptr[at] == '\n'); i++) at++;
    return at <= t.len && has(t, at, "endstream");
}

/* The octets of a stream (7.3.8) that begins behind its dictionary: as many as it says when that fits, else up to its end. */
static size_t walk_stream(struct reader *r, struct object *o, size_t at)
{
    mr_str t = r->file, said = get(r, o->value, "Length");
    uint64_t length;
    size_t digits = 0;
    at += strlen("stream");
    if (at < t.len && t.ptr[at] == '\r') at++;
    if (at < t.len && t.ptr[at] == '\n') at++;
    if (read_number(said, &digits, &length) && digits == said.len && length <= t.len - at &&
        ends_stream(t, at + length)) {
        o->data = mr_str_make(t.ptr + at, length);
        return at + length;
    }
    size_t end = next(r, at, "endstream");
    o->data = mr_str_make(t.ptr + at, end - at);
    return end;
}

static void note_trailer(struct reader *r, mr_str dict)
{
    mr_str root = get(r, dict, "Root");
    if (root.len) r->root = root;
    if (!is_null(get(r, dict, "Encrypt"))) r->encrypted = true;
}

/* Returns where to go on. */
static size_t walk_object(struct reader *r, size_t word)
{
    struct object o = {.at = word};
    size_t at = word + strlen("obj");
    if (!read_number_before(r->file, word, &o.number) || !take_value(r, r->file, &at, &o.value)) return word + 3;
    size_t behind = at;
    skip_space(r->file, &behind);
    if (has(r->file, behind, "stream") && mr_str_has_prefix(o.value, MR_STR("<<"))) {
        at = walk_stream(r, &o, behind);
        if (is_name(get(r, o.value, "Type"), "XRef")) note_trailer(r, o.value);
    }
    add_object(r, o);
    return at;
}

static void walk(struct reader *r)
{
    size_t object = next(r, 0, "obj"), trailer = next(r, 0, "trailer");
    mr_str dict;
    while (!r->code && (object < r->file.len || trailer < r->file.len)) {
        size_t at;
        if (object < trailer)
            at = walk_object(r, object);
        else {
            at = trailer + strlen("trailer");
            if (take_value(r, r->file, &at, &dict)) note_trailer(r, dict);
            if (at > r->file.len) at = r->file.len;
        }
        if (object < at) object = next(r, at, "obj");
        if (trailer < at) trailer = next(r, at, "trailer");
    }
}

/* ---- streams ---- */

static mr_str without_line_end(mr_str t)
{
    if (t.len && t.ptr[t.len - 1] == '\n') t.len--;
    if (t.len && t.ptr[t.len - 1] == '\r') t.len--;
    return t;
}

/* Its octets as they lie there: its length may be an object of its own, which was not known when the file was walked. */
static mr_str data_of(struct reader *r, const struct object *o, bool *ret_exact)
{
    mr_str said = get_resolved(r, o->value, "Length"), t = r->file;
    size_t at = (size_t)(o->data.ptr - t.ptr), digits = 0;
    uint64_t length;
    *ret_exact = read_number(said, &digits, &length) && digits == said.len && length <= t.len - at &&
                 ends_stream(t, at + length);
    return *ret_exact ? mr_str_make(o->data.ptr, length) : o->data;
}

/* Is it packed with Flate, and nothing else? ret_packed false: not packed. False: in a way that is not read here. */
static bool read_filter(struct reader *r, mr_str dict, bool *ret_packed)
{
    mr_str filter = get_resolved(r, dict, "Filter"), parameters = get_resolved(r, dict, "DecodeParms"), one, more;
    size_t at = 1;
    *ret_packed = false;
    if (mr_str_has_prefix(filter, MR_STR("["))) {
        if (!take_value(r, filter, &at, &one)) return true; /* an empty list */
        if (take_value(r, filter, &at, &more)) return false;
        filter = resolve(r, one);
        at = 1;
        if (mr_str_has_prefix(parameters, MR_STR("[")) && take_value(r, parameters, &at, &one))
            parameters = resolve(r, one);
    }
    if (is_null(filter)) return true;
    *ret_packed = true;
    mr_str predictor = get_resolved(r, parameters, "Predictor");
    return is_name(filter, "FlateDecode") && (!predictor.len || mr_str_is(predictor, "1"));
}

static bool unpack(struct reader *r, const struct object *o, mr_str *ret)
{
    struct mr_err e = {0};
    bool packed, exact;
    mr_str data = data_of(r, o, &exact);
    if (!read_filter(r, o->value, &packed)) return false;
    if (!packed) {
        *ret = exact ? data : without_line_end(data);
        return true;
    }
    if (!spend(r, data.len)) return false;
    int code = mr_inflate(r->a, MR_ZLIB, data, r->unpacked, ret, &e);
    if (code == MR_E_FORMAT && !exact && spend(r, data.len))
        code = mr_inflate(r->a, MR_ZLIB, without_line_end(data), r->unpacked, ret, &e);
    if (code == MR_E_FORMAT) return false;
    if (code == MR_E_LIMIT) return stop(r, MR_FAIL(r->err, MR_E_LIMIT, "pdf.too_much", MR_NOWHERE));
    if (code) {
        if (r->err) *r->err = e;
        return stop(r, code);
    }
    r->unpacked -= ret->len;
    r->work += MR_LIMIT_PDF_WORK * ret->len;
    return true;
}

/* Objects packed in a stream (7.5.7): pairs of number and offset, then the objects. */
static void open_packed(struct reader *r, const struct object *stream)
{
    mr_str text, first_said = get_resolved(r, stream->value, "First");
    uint64_t first, number, offset;
    size_t at = 0, place = stream->at;
    if (!read_number(first_said, &at, &first) || !unpack(r, stream, &text) || first > text.len) return;
    mr_str head = mr_str_make(text.ptr, first);
    at = 0;
    while (!r->code) {
        skip_space(head, &at);
        if (!read_number(head, &at, &number)) return;
        skip_space(head, &at);
        if (!read_number(head, &at, &offset) || offset > text.len - first || number > NUMBER_MOST) return;
        struct object o = {.number = (uint32_t)number, .at = place};
        size_t value = first + offset;
        if (take_value(r, text, &value, &o.value)) add_object(r, o);
    }
}

static void open_all_packed(struct reader *r)
{
    size_t count = r->count;
    for (size_t i = 0; i < count && !r->code; i++) {
        const struct object stream = r->objects[i];
        if (stream.data.ptr && is_name(get(r, stream.value, "Type"), "ObjStm")) open_packed(r, &stream);
    }
}

/* ---- attached files ---- */

static void put_utf16(mr_str text, mr_buf *out)
{
    char utf8[4];
    for (size_t i = 0; i + 1 < text.len; i += 2) {
        uint32_t c = (uint32_t)(unsigned char)text.ptr[i] << 8 | (unsigned char)text.ptr[i + 1];
        bool high = c >= 0xD800 && c < 0xDC00 && i + 3 < text.len;
        if (high) {
            uint32_t low = (uint32_t)(unsigned char)text.ptr[i + 2] << 8 | (unsigned char)text.ptr[i + 3];
            c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
            high = low >= 0xDC00 && low < 0xE000;
            i += 2;
        }
        if ((c >= 0xD800 && c < 0xE000) || c > 0x10FFFF) c = '?';
        mr_buf_put(out, mr_str_make(utf8, mr_utf8_write(c, utf8)));
    }
}

/* Octets of a string, its escapes resolved (7.3.4). */
static void put_octets(mr_str value, mr_buf *out)
{
    if (value.ptr[0] == '<') {
        int high = -1;
        for (size_t i = 1; i < value.len; i++) {
            int digit = hex_digit(value.ptr[i]);
            if (digit < 0) continue;
            if (high >= 0) mr_buf_putc(out, (char)(high << 4 | digit));
            high = high >= 0 ? -1 : digit;
        }
        return;
    }
    static const char from[] = "nrtbf", to[] = "\n\r\t\b\f";
    for (size_t i = 1; i + 1 < value.len; i++) {
        char c = value.ptr[i];
        if (c == '\\' && i + 2 < value.len) {
            c = value.ptr[++i];
            const char *known = memchr(from, c, 5);
            int octal = 0, digits = 0;
            for (; digits < 3 && value.ptr[i] >= '0' && value.ptr[i] <= '7' && i + 1 < value.len; digits++)
                octal = octal * 8 + value.ptr[i++] - '0';
            if (digits) i--, c = (char)octal;
            if (known) c = to[known - from];
        }
        mr_buf_putc(out, c);
    }
}

static mr_str name_of(struct reader *r, mr_str specification)
{
    MR_CLEANUP(mr_buf_done) mr_buf octets, text, seen;
    mr_str value = get_resolved(r, specification, "UF");
    mr_buf_init(&octets, NAME_ROOM);
    mr_buf_init(&text, NAME_ROOM);
    mr_buf_init(&seen, NAME_ROOM);
    if (!value.len) value = get_resolved(r, specification, "F");
    if (value.len < 2 || (value.ptr[0] != '(' && value.ptr[0] != '<') || value.len > 8 * NAME_MOST) return MR_STR_EMPTY;
    put_octets(value, &octets);
    mr_str raw = mr_buf_str(&octets);
    if (mr_str_has_prefix(raw, MR_STR("\xFE\xFF")))
        put_utf16(mr_str_from(raw, 2), &text);
    else
        mr_buf_put(&text, mr_str_has_prefix(raw, MR_STR("\xEF\xBB\xBF")) ? mr_str_from(raw, 3) : raw);
    mr_buf_put_visible(&seen, mr_buf_str(&text));
    mr_str name = mr_buf_str(&seen);
    if (name.len > NAME_MOST) name.len = NAME_MOST;
    while (name.len && mr_utf8_check(name) != name.len) name.len--;
    return mr_arena_dup(r->a, name);
}

static void take_file(struct reader *r, mr_str specification)
{
    mr_str embedded = get_resolved(r, specification, "EF"), reference = get(r, embedded, "UF");
    uint32_t number;
    if (!reference.len) reference = get(r, embedded, "F");
    if (!is_reference(reference, &number)) return;
    mr_pdf_attachments *all = r->ret;
    for (size_t i = 0; i < all->count; i++)
        if (r->taken[i] == number) return;
    const struct object *o = find(r, number);
    if (!o || !o->data.ptr) return;
    if (all->count == MR_LIMIT_PDF_ATTACHMENTS) {
        stop(r, MR_FAIL(r->err, MR_E_LIMIT, "pdf.too_much", MR_NOWHERE));
        return;
    }
    struct mr_pdf_attachment one = {.name = name_of(r, specification)};
    if (unpack(r, o, &one.content)) {
        r->taken[all->count] = number;
        all->items[all->count++] = one;
    } else
        all->unreadable++;
}

/* A tree of names (7.9.6): kids, or pairs of a name and what it stands for. */
static void take_tree(struct reader *r, mr_str node, int depth)
{
    mr_str kids = get_resolved(r, node, "Kids"), names = get_resolved(r, node, "Names"), one;
    size_t at = 1;
    if (depth > TREE_DEPTH) return;
    if (mr_str_has_prefix(kids, MR_STR("[")))
        while (!r->code && take_value(r, kids, &at, &one)) take_tree(r, resolve(r, one), depth + 1);
    at = 1;
    if (mr_str_has_prefix(names, MR_STR("[")))
        while (!r->code && take_value(r, names, &at, &one) && take_value(r, names, &at, &one))
            take_file(r, resolve(r, one));
}

static void take_all(struct reader *r)
{
    mr_str names = get_resolved(r, resolve(r, r->root), "Names");
    take_tree(r, get_resolved(r, names, "EmbeddedFiles"), 0);
    for (size_t i = 0; i < r->count && !r->code; i++) {
        bool last = i + 1 == r->count || r->objects[i + 1].number != r->objects[i].number;
        if (last && get(r, r->objects[i].value, "EF").len) take_file(r, r->objects[i].value);
    }
}

static bool is_cut_off(mr_str file)
{
    size_t tail = file.len < TAIL ? file.len : TAIL;
    return mr_str_find(mr_str_make(file.ptr + file.len - tail, tail), MR_STR("%%EOF")) < 0;
}

int mr_pdf_attachments_read(mr_arena *a, mr_str pdf, mr_pdf_attachments *ret, struct mr_err *err)
{
    struct reader r = {.a = a,
                       .file = pdf,
                       .work = MR_LIMIT_PDF_WORK * (pdf.len + MR_KIB),
                       .unpacked = MR_LIMIT_PDF_UNPACKED,
                       .err = err,
                       .ret = ret};
    *ret = (mr_pdf_attachments){0};
    MR_TRY(mr_check_sums_load(err));
    walk(&r);
    if (r.code) return r.code;
    ret->cut_off = r.count && is_cut_off(pdf);
    if (r.encrypted) return MR_FAIL(err, MR_E_UNSUPPORTED, "pdf.encrypted", MR_NOWHERE);
    sort(&r);
    open_all_packed(&r);
    sort(&r);
    if (!r.code) take_all(&r);
    return r.code;
}
