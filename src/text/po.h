/* Reading .po files: the form in which translators' tools keep messages. Merit uses stable ids as msgid, also as msgid_plural of messages that count,
 * and no contexts. A pure function of its text, used while Merit is built (tools/compile_messages.c) and by tests. */
#ifndef MR_TEXT_PO_H
#define MR_TEXT_PO_H

#include "base/arena.h"
#include "base/err.h"

enum { MR_PO_MOST_FORMS = 6 }; /* Arabic has them */

struct mr_po_entry {
    mr_str id,
        text; /* text: of a message that counts, all its forms, each but the last followed by a NUL, as in .mo files */
    unsigned forms; /* msgstr[0] to msgstr[forms - 1]; 0: it does not count */
};

struct mr_po {
    mr_str header; /* the text of the entry with the empty id; empty when there is none */
    struct mr_po_entry *entries;
    size_t count;
};

/* Read a file.
 *   source   outlives *ret: texts without escapes point into it, the others lie in the arena
 *   ret      entries in the order of the file; untranslated ones (fuzzy, or with an empty text or form) are left out, as gettext does
 *   errors   MR_E_FORMAT (position: where), MR_E_UTF8, MR_E_NOMEM
 *   source   GNU gettext manual, "The Format of PO Files", "Translating plural forms" */
int mr_po_read(mr_arena *a, mr_str source, struct mr_po *ret, struct mr_err *err) MR_MUST_CHECK;

/* The rule of the header "Plural-Forms: nplurals=2; plural=(n != 1);".
 *   header  mr_po.header
 *   ret     the number of forms, 1 to 6, and the C expression in n, which has only n, digits, blanks, brackets and operators
 *   errors  MR_E_FORMAT: there is none, or it is no such rule
 *   source  GNU gettext manual, "Plural forms" */
int mr_po_plural_rule(mr_str header, unsigned *ret_forms, mr_str *ret_expression, struct mr_err *err) MR_MUST_CHECK;

#endif
