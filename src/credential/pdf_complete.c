/* The adapter to qpdf. It reads only what cairo has just written: files of strangers are read by pdf_read.c, because qpdf unpacks the object streams of a file without a
 * limit (docs/decisions/0016).
 *
 * cairo numbers the structure elements in the order in which they begin, and writes them as a tree whose walk gives the same order; a note is found by
 * counting. What the tree holds beside elements (numbers of marked pieces, references to links) is passed over. */
#include "credential/pdf_complete.h"

#include "base/lazy.h"

#include <qpdf/qpdf-c.h>

#define QPDF_FUNCTIONS(F)                                                                                              \
    F(qpdf_init)                                                                                                       \
    F(qpdf_cleanup)                                                                                                    \
    F(qpdf_silence_errors)                                                                                             \
    F(qpdf_set_suppress_warnings)                                                                                      \
    F(qpdf_set_attempt_recovery)                                                                                       \
    F(qpdf_read_memory)                                                                                                \
    F(qpdf_has_error)                                                                                                  \
    F(qpdf_get_error)                                                                                                  \
    F(qpdf_get_error_full_text)                                                                                        \
    F(qpdf_get_root)                                                                                                   \
    F(qpdf_make_indirect_object)                                                                                       \
    F(qpdf_oh_get_key)                                                                                                 \
    F(qpdf_oh_get_dict)                                                                                                \
    F(qpdf_oh_is_array)                                                                                                \
    F(qpdf_oh_is_dictionary)                                                                                           \
    F(qpdf_oh_is_name)                                                                                                 \
    F(qpdf_oh_get_array_n_items)                                                                                       \
    F(qpdf_oh_get_array_item)                                                                                          \
    F(qpdf_oh_new_null)                                                                                                \
    F(qpdf_oh_new_bool)                                                                                                \
    F(qpdf_oh_new_integer)                                                                                             \
    F(qpdf_oh_new_name)                                                                                                \
    F(qpdf_oh_new_string)                                                                                              \
    F(qpdf_oh_new_unicode_string)                                                                                      \
    F(qpdf_oh_new_array)                                                                                               \
    F(qpdf_oh_new_dictionary)                                                                                          \
    F(qpdf_oh_new_stream)                                                                                              \
    F(qpdf_oh_append_item)                                                                                             \
    F(qpdf_oh_replace_key)                                                                                             \
    F(qpdf_oh_replace_stream_data)                                                                                     \
    F(qpdf_init_write_memory)                                                                                          \
    F(qpdf_set_deterministic_ID)                                                                                       \
    F(qpdf_set_decode_level)                                                                                           \
    F(qpdf_set_compress_streams)                                                                                       \
    F(qpdf_write)                                                                                                      \
    F(qpdf_get_buffer)                                                                                                 \
    F(qpdf_get_buffer_length)
MR_LAZY_LIBRARY(qpdf, "libqpdf.so.29", QPDF_FUNCTIONS)
#define Q qpdf_table.

static int told_by_qpdf(qpdf_data q, struct mr_err *err)
{
    const char *text = Q qpdf_has_error(q) ? Q qpdf_get_error_full_text(q, Q qpdf_get_error(q)) : "";
    return MR_FAIL_DETAIL(err, MR_E_FORMAT, "the document could not be completed", "%s", text);
}

/* ---- tagged pieces ---- */

static void apply_note(qpdf_data q, qpdf_oh element, const struct mr_pdf_note *n)
{
    if (n->language) Q qpdf_oh_replace_key(q, element, "/Lang", Q qpdf_oh_new_string(q, n->language));
    if (n->alternative) Q qpdf_oh_replace_key(q, element, "/Alt", Q qpdf_oh_new_unicode_string(q, n->alternative));
    if (!n->scope) return;
    qpdf_oh attributes = Q qpdf_oh_new_dictionary(q);
    Q qpdf_oh_replace_key(q, attributes, "/O", Q qpdf_oh_new_name(q, "/Table"));
    Q qpdf_oh_replace_key(q, attributes, "/Scope",
                          Q qpdf_oh_new_name(q, strcmp(n->scope, "Row") == 0 ? "/Row" : "/Column"));
    Q qpdf_oh_replace_key(q, element, "/A", attributes);
}

enum { DEPTH = 12 }; /* of our own tree: Document, Table, TR, TD, P, Link */
static void walk(qpdf_data q, qpdf_oh kid, const struct mr_pdf_completion *c, size_t *next, int depth)
{
    if (depth > DEPTH) return;
    if (Q qpdf_oh_is_array(q, kid)) {
        int count = Q qpdf_oh_get_array_n_items(q, kid);
        for (int i = 0; i < count; i++) walk(q, Q qpdf_oh_get_array_item(q, kid, i), c, next, depth);
        return;
    }
    if (!Q qpdf_oh_is_dictionary(q, kid) || !Q qpdf_oh_is_name(q, Q qpdf_oh_get_key(q, kid, "/S"))) return;
    if (*next < c->note_count) apply_note(q, kid, &c->notes[*next]);
    ++*next;
    walk(q, Q qpdf_oh_get_key(q, kid, "/K"), c, next, depth + 1);
}

static int put_notes(qpdf_data q, qpdf_oh root, const struct mr_pdf_completion *c, struct mr_err *err)
{
    size_t met = 0;
    qpdf_oh tree = Q qpdf_oh_get_key(q, root, "/StructTreeRoot");
    if (Q qpdf_oh_is_dictionary(q, tree)) walk(q, Q qpdf_oh_get_key(q, tree, "/K"), c, &met, 0);
    return met == c->note_count ? MR_OK
                                : MR_FAIL_DETAIL(err, MR_E_FORMAT, "the document has other tags than were written",
                                                 "%zu, not %zu", met, c->note_count);
}

/* One element holds all others (14.8.4.2); cairo 1.16 has none that may span pages. */
static void gather(qpdf_data q, qpdf_oh root)
{
    qpdf_oh tree = Q qpdf_oh_get_key(q, root, "/StructTreeRoot"), kids = Q qpdf_oh_get_key(q, tree, "/K"),
            document = Q qpdf_make_indirect_object(q, Q qpdf_oh_new_dictionary(q));
    int count = Q qpdf_oh_is_array(q, kids) ? Q qpdf_oh_get_array_n_items(q, kids) : 0;
    Q qpdf_oh_replace_key(q, document, "/S", Q qpdf_oh_new_name(q, "/Document"));
    Q qpdf_oh_replace_key(q, document, "/P", tree);
    Q qpdf_oh_replace_key(q, document, "/K", kids);
    for (int i = 0; i < count; i++) Q qpdf_oh_replace_key(q, Q qpdf_oh_get_array_item(q, kids, i), "/P", document);
    Q qpdf_oh_replace_key(q, tree, "/K", document);
}

/* ---- attached files ---- */

static qpdf_oh new_file(qpdf_data q, const struct mr_pdf_file *f)
{
    qpdf_oh stream = Q qpdf_oh_new_stream(q), dict = Q qpdf_oh_get_dict(q, stream);
    qpdf_oh parameters = Q qpdf_oh_new_dictionary(q), embedded = Q qpdf_oh_new_dictionary(q),
            specification = Q qpdf_oh_new_dictionary(q);
    char type[96] = "/";
    memcpy(type + 1, f->type, strlen(f->type) < sizeof type - 2 ? strlen(f->type) + 1 : sizeof type - 2);
    type[sizeof type - 1] = '\0';
    Q qpdf_oh_replace_key(q, parameters, "/Size", Q qpdf_oh_new_integer(q, (long long)f->content.len));
    Q qpdf_oh_replace_key(q, dict, "/Type", Q qpdf_oh_new_name(q, "/EmbeddedFile"));
    Q qpdf_oh_replace_key(q, dict, "/Subtype", Q qpdf_oh_new_name(q, type));
    Q qpdf_oh_replace_key(q, dict, "/Params", parameters);
    Q qpdf_oh_replace_stream_data(q, stream, (const unsigned char *)f->content.ptr, f->content.len,
                                  Q qpdf_oh_new_null(q), Q qpdf_oh_new_null(q));
    Q qpdf_oh_replace_key(q, embedded, "/F", stream);
    Q qpdf_oh_replace_key(q, embedded, "/UF", stream);
    Q qpdf_oh_replace_key(q, specification, "/Type", Q qpdf_oh_new_name(q, "/Filespec"));
    Q qpdf_oh_replace_key(q, specification, "/F", Q qpdf_oh_new_string(q, f->name));
    Q qpdf_oh_replace_key(q, specification, "/UF", Q qpdf_oh_new_unicode_string(q, f->name));
    Q qpdf_oh_replace_key(q, specification, "/Desc", Q qpdf_oh_new_unicode_string(q, f->description));
    Q qpdf_oh_replace_key(q, specification, "/AFRelationship", Q qpdf_oh_new_name(q, "/Data"));
    Q qpdf_oh_replace_key(q, specification, "/EF", embedded);
    return Q qpdf_make_indirect_object(q, specification);
}

static void attach(qpdf_data q, qpdf_oh root, const struct mr_pdf_completion *c)
{
    if (!c->file_count) return;
    qpdf_oh names = Q qpdf_oh_new_array(q), associated = Q qpdf_oh_new_array(q), tree = Q qpdf_oh_new_dictionary(q),
            all = Q qpdf_oh_new_dictionary(q);
    for (size_t i = 0; i < c->file_count; i++) {
        qpdf_oh file = new_file(q, &c->files[i]);
        Q qpdf_oh_append_item(q, names, Q qpdf_oh_new_unicode_string(q, c->files[i].name));
        Q qpdf_oh_append_item(q, names, file);
        Q qpdf_oh_append_item(q, associated, file);
    }
    Q qpdf_oh_replace_key(q, tree, "/Names", names);
    Q qpdf_oh_replace_key(q, all, "/EmbeddedFiles", tree);
    Q qpdf_oh_replace_key(q, root, "/Names", all);
    Q qpdf_oh_replace_key(q, root, "/AF", associated);
}

/* ---- all of it ---- */

static int complete(qpdf_data q, mr_str pdf, const struct mr_pdf_completion *c, mr_buf *out, struct mr_err *err)
{
    Q qpdf_silence_errors(q);
    Q qpdf_set_suppress_warnings(q, QPDF_TRUE);
    Q qpdf_set_attempt_recovery(q, QPDF_FALSE);
    if (Q qpdf_read_memory(q, "certificate", pdf.ptr, pdf.len, NULL) & QPDF_ERRORS) return told_by_qpdf(q, err);
    qpdf_oh root = Q qpdf_get_root(q), viewer = Q qpdf_oh_new_dictionary(q), marked = Q qpdf_oh_new_dictionary(q);
    Q qpdf_oh_replace_key(q, root, "/Lang", Q qpdf_oh_new_string(q, c->language));
    Q qpdf_oh_replace_key(q, viewer, "/DisplayDocTitle", Q qpdf_oh_new_bool(q, QPDF_TRUE));
    Q qpdf_oh_replace_key(q, root, "/ViewerPreferences", viewer);
    Q qpdf_oh_replace_key(q, marked, "/Marked", Q qpdf_oh_new_bool(q, QPDF_TRUE));
    Q qpdf_oh_replace_key(q, root, "/MarkInfo", marked);
    MR_TRY(put_notes(q, root, c, err));
    if (c->note_count) gather(q, root);
    attach(q, root, c);
    if (Q qpdf_has_error(q) || Q qpdf_init_write_memory(q) & QPDF_ERRORS) return told_by_qpdf(q, err);
    Q qpdf_set_deterministic_ID(q, QPDF_TRUE);
    Q qpdf_set_decode_level(q, qpdf_dl_none);   /* what cairo compressed stays as it is */
    Q qpdf_set_compress_streams(q, QPDF_FALSE); /* most of a credential is its picture: it would hardly get smaller */
    if (Q qpdf_write(q) & QPDF_ERRORS) return told_by_qpdf(q, err);
    mr_buf_put(out, mr_str_make((const char *)Q qpdf_get_buffer(q), Q qpdf_get_buffer_length(q)));
    return mr_buf_failed(out) ? MR_FAIL(err, MR_E_LIMIT, "the document is larger than allowed", MR_NOWHERE) : MR_OK;
}

int mr_pdf_complete(mr_str pdf, const struct mr_pdf_completion *c, mr_buf *out, struct mr_err *err)
{
    MR_TRY(qpdf_load(err));
    qpdf_data q = Q qpdf_init();
    if (!q) return MR_FAIL(err, MR_E_NOMEM, "no memory for a document", MR_NOWHERE);
    int code = complete(q, pdf, c, out, err);
    Q qpdf_cleanup(&q);
    return code;
}
