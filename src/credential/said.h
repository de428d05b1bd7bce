/* What a credential says, for `merit show` and `merit convert`: of a sealed one what its intact seal covers, of an unsealed one all of it, with the word
 * that nothing seals it. What a broken seal covers is told by nobody: it may be anything. */
#ifndef MR_CREDENTIAL_SAID_H
#define MR_CREDENTIAL_SAID_H

#include "credential/verify.h"

typedef struct mr_said {
    mr_report report; /* what verification came to */
    bool any;         /* false: it is refused; the report tells why */
    bool sealed;      /* false: nothing seals it */
    mr_view view;
    const mr_json *document; /* the credential's JSON out of its envelope */
} mr_said;

/*   file    the octets, whatever they are; borrowed for the life of `a`
 *   errors  MR_E_NOMEM */
int mr_said_read(mr_verifier *v, mr_arena *a, const mr_language *l, mr_str file, mr_said *ret,
                 struct mr_err *err) MR_MUST_CHECK;
/* What it says, learning outcomes first; then the mandatory elements that are not stated, each with what that means for who receives it; then, of a
 * record, each part likewise. ret_any must be true.
 *   a  for what is put together; errors are in `out` */
void mr_said_write_text(const mr_said *s, mr_arena *a, const mr_language *l, mr_buf *out);
/* The same as one JSON object, without line break. file_name: UTF-8; may be empty. */
void mr_said_write_json(const mr_said *s, mr_arena *a, const mr_language *l, mr_str file_name, mr_buf *out);

#endif
