/* Writing JSON, piece by piece, into a buffer, or into the nodes that reading that text would give; and RFC 8785. The writer puts
 * commas and escapes; it is the caller's mistake (an assert) to put a value where a name belongs. */
#ifndef MR_JSON_WRITE_H
#define MR_JSON_WRITE_H

#include "base/buf.h"
#include "json/json.h"

typedef struct mr_json_writer {
    mr_buf *out;
    mr_arena *texts; /* NULL: `out` gets text; otherwise nodes, and this keeps their texts */
    uint32_t open;   /* nodes: the innermost open container */
    uint32_t depth;
    bool comma;      /* a comma is due before the next value or name */
    bool named;      /* a name was put; its value is due */
    uint8_t indent;  /* spaces a level, 0 for compact text */
    uint64_t object; /* bit per level: 1 for an object (levels above 64 are refused by assert) */
} mr_json_writer;

/* indent: 0 for compact text. */
void mr_json_writer_init(mr_json_writer *w, mr_buf *out, uint8_t indent);
/* For the members that come next in an object of compact text, which has some already: each is put with its comma in front. */
void mr_json_writer_continue(mr_json_writer *w, mr_buf *out);
/* The same calls give a value instead of its text: what is made to be read at once needs neither escapes nor a reader.
 *   nodes  gets the nodes, and nothing else; fails (mr_buf_failed) also when `texts` is full
 *   texts  keeps a copy of every name and text */
void mr_json_writer_init_nodes(mr_json_writer *w, mr_buf *nodes, mr_arena *texts);
/* The value that was written, when it is complete; in the buffer of nodes, valid until that changes. NULL when the buffer has failed. */
const mr_json *mr_json_writer_root(const mr_json_writer *w);
void mr_json_begin_object(mr_json_writer *w);
void mr_json_end_object(mr_json_writer *w);
void mr_json_begin_array(mr_json_writer *w);
void mr_json_end_array(mr_json_writer *w);
void mr_json_put_name_str(mr_json_writer *w, mr_str name);
static inline void mr_json_put_name(mr_json_writer *w, const char *name)
{
    mr_json_put_name_str(w, mr_str_of(name));
}
/* Minimal escapes (RFC 8785 section 3.2.2.2): the quotation mark, the backslash and control characters; the rest raw
 * UTF-8. */
void mr_json_put_str(mr_json_writer *w, mr_str text);
static inline void mr_json_put_cstr(mr_json_writer *w, const char *text)
{
    mr_json_put_str(w, mr_str_of(text));
}
void mr_json_put_int(mr_json_writer *w, int64_t value);
void mr_json_put_bool(mr_json_writer *w, bool value);
void mr_json_put_null(mr_json_writer *w);
/* JSON text made elsewhere, put as it is; among nodes it is read (what is no JSON fails the buffer). */
void mr_json_put_raw(mr_json_writer *w, mr_str json);
/* A read value, of any depth, copied with its number texts. */
void mr_json_put_value(mr_json_writer *w, const mr_json *value);
/* Name and value in one: a text, a text where there is one, true or false, a whole number. */
static inline void mr_json_put_member(mr_json_writer *w, const char *name, mr_str text)
{
    mr_json_put_name(w, name), mr_json_put_str(w, text);
}
static inline void mr_json_put_member_c(mr_json_writer *w, const char *name, const char *text)
{
    mr_json_put_name(w, name), mr_json_put_cstr(w, text);
}
static inline void mr_json_put_member_if(mr_json_writer *w, const char *name, mr_str text)
{
    if (text.len) mr_json_put_member(w, name, text);
}
/* For templates, in which false hides what an object around this one says under the same name. */
static inline void mr_json_put_member_or_false(mr_json_writer *w, const char *name, mr_str text)
{
    mr_json_put_name(w, name);
    if (text.len)
        mr_json_put_str(w, text);
    else
        mr_json_put_bool(w, false);
}
static inline void mr_json_put_flag(mr_json_writer *w, const char *name, bool value)
{
    mr_json_put_name(w, name), mr_json_put_bool(w, value);
}
static inline void mr_json_put_number(mr_json_writer *w, const char *name, int64_t value)
{
    mr_json_put_name(w, name), mr_json_put_int(w, value);
}

/* One reference token more behind a JSON Pointer: "/", and the token with "~" and "/" escaped (RFC 6901 section 3). */
void mr_json_pointer_put(mr_buf *pointer, mr_str token);

/* A string in quotes with minimal escapes. */
void mr_json_quote(mr_buf *out, mr_str text);

/* The canonical form of a value: members sorted by UTF-16 code units, ECMAScript number form, no white space.
 *   errors  MR_E_JSON for a number outside the range of a double (position = its offset), MR_E_NOMEM, MR_E_LIMIT (the
 *           buffer's maximum)
 *   source  RFC 8785 sections 3.2.2 and 3.2.3 */
int mr_json_canonicalise(const mr_json *value, mr_buf *out, struct mr_err *err) MR_MUST_CHECK;
/* The shortest ECMAScript form of a finite double (ECMA-262 Number::toString), without a NUL; returns its length, at
 * most 25. */
size_t mr_json_number_write(double value, char out[32]);

#endif
