/* Reading .po files: the form in which translators' tools keep messages. Merit uses stable ids as msgid, and neither contexts nor plural
 * forms. A pure function of its text, used while Merit is built (tools/compile_messages.c) and by tests. */
#ifndef MR_TEXT_PO_H
#define MR_TEXT_PO_H

#include "base/arena.h"
#include "base/err.h"

struct mr_po_entry {
    mr_str id, text;
};

struct mr_po {
    mr_str header; /* the text of the entry with the empty id; empty when there is none */
    struct mr_po_entry *entries;
    size_t count;
};

/* Read a file.
 *   source   outlives *ret: texts without escapes point into it, the others lie in the arena
 *   ret      entries in the order of the file; untranslated ones (empty or fuzzy) are left out, as gettext does
 *   errors   MR_E_FORMAT (position: where), MR_E_UTF8, MR_E_NOMEM
 *   source   GNU gettext manual, "The Format of PO Files" */
int mr_po_read(mr_arena *a, mr_str source, struct mr_po *ret, struct mr_err *err) MR_MUST_CHECK;

#endif
