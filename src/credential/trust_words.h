/* Answers about trust in words: sentences for people, details for experts. */
#ifndef MR_CREDENTIAL_TRUST_WORDS_H
#define MR_CREDENTIAL_TRUST_WORDS_H

#include "credential/trust.h"
#include "text/messages.h"

/* "the trusted list of DK (an agency)", or the name that the operator gave it. */
mr_str mr_trust_name_list(mr_arena *a, const mr_language *l, const struct mr_trust_list *list);
/* One sentence: who vouches, which register says so, as of when; and where a list says it, what the seal is worth.
 *   issuer  whom it is about, as people know it */
mr_str mr_trust_say(mr_arena *a, const mr_language *l, const struct mr_trust_answer *x, mr_str issuer);
/* For experts: `subject`, then kind and status of the service, number and age of the list, file, why the seal is worth no more. */
mr_str mr_trust_describe(mr_arena *a, const struct mr_trust_answer *x, mr_str subject);

#endif
