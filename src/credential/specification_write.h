/* Writing specification files (docs/specification.md): what mr_specification_read reads back as the same specification. */
#ifndef MR_CREDENTIAL_SPECIFICATION_WRITE_H
#define MR_CREDENTIAL_SPECIFICATION_WRITE_H

#include "base/buf.h"
#include "model/specification.h"

/* The file, indented, with a line feed at its end. What is not set is left out; a specification that lacks answers becomes a file that lacks them,
 * which `merit spec check` tells. Texts are written as they are: whether they keep to the rules of files is for the reader to say. */
void mr_specification_write(const mr_specification *s, mr_buf *out);
/* Is it the same party in the same words? What makes "provider" out of it in a file. */
bool mr_organisation_equals(const mr_organisation *a, const mr_organisation *b);

#endif
