/* What the reader of lists may do once it has started: read its input, compute, write its answer. Nothing else. */
#ifndef MR_TRUSTED_LIST_SANDBOX_H
#define MR_TRUSTED_LIST_SANDBOX_H

#include "base/err.h"

/* Limits on memory, processor time and files (setrlimit), no new privileges, and on x86-64 and arm64 a filter of system calls (seccomp): whatever is
 * not needed fails with EPERM. Call it after everything that opens files. Errors: MR_E_FORBIDDEN (the system refuses; do not go on). */
int mr_sandbox_close(struct mr_err *err) MR_MUST_CHECK;

#endif
