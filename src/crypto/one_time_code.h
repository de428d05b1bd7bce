/* Codes of authenticator apps: time-based one-time passwords. source RFC 6238, RFC 4226 */
#ifndef MR_CRYPTO_ONE_TIME_CODE_H
#define MR_CRYPTO_ONE_TIME_CODE_H

#include "base/buf.h"

/* The step of 30 seconds that an instant (milliseconds) lies in. */
int64_t mr_one_time_step(int64_t now);
/* The code of a step: `digits` (6 to 8) digits, zeros in front; HMAC-SHA-1, as all apps do. out: digits and NUL. */
void mr_one_time_code(mr_str secret, int64_t step, unsigned digits, char *out);
/* The step whose code of six digits this is, among the present one and its neighbours (clocks differ); 0: none. Blanks in the code are passed over. */
int64_t mr_one_time_find(mr_str secret, mr_str code, int64_t now);
/* The secret as apps take it: base32 (RFC 4648 section 6) without padding. */
void mr_base32_put(mr_buf *out, mr_str bytes);

#endif
