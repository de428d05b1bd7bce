/* Which passwords are taken: long ones that are not among the first that anybody tries. No rules of digits and signs, which make passwords worse (NIST SP 800-63B
 * section 5.1.1.2). */
#ifndef MR_SERVICE_PASSWORD_RULES_H
#define MR_SERVICE_PASSWORD_RULES_H

#include "base/str.h"

/* What is wrong with it: "short", "long", "common", "own" (it is the address or name); NULL: nothing. */
const char *mr_password_fault(mr_str password, mr_str email, mr_str name);

#endif
