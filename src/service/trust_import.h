/* Importing trusted lists: who may sign them, in which order they are checked, what is kept. `merit trust import`. */
#ifndef MR_SERVICE_TRUST_IMPORT_H
#define MR_SERVICE_TRUST_IMPORT_H

#include "base/fetch.h"
#include "credential/trust_cache.h"

struct mr_trust_import {
    const char *folder; /* TRUST */
    const mr_env *env;
    const mr_fetch *fetch;        /* NULL: the network is off, and only files are read */
    const char *program;          /* merit-trusted-list; NULL: the installed one */
    const uint8_t (*signers)[32]; /* SHA-256 of certificates that the operator vouches for */
    size_t signer_count;
    mr_str given_name; /* of the list, when it is one; or empty */
    /* One line a list, as it happens: what, and what became of it ("read", "not here", ...). May be NULL. */
    void (*tell)(void *self, mr_str list, const char *outcome, mr_str why);
    void *self;
};
struct mr_trust_imported {
    size_t kept;   /* lists that were found good and are in the folder now */
    size_t failed; /* that were asked for or named by a list of lists, and are not */
};
/* Read lists from files or URLs, check them, and keep those that are good. What was there stays until its successor has been checked, and a list is never replaced by
 * an older one.
 *
 * A list of lists (the EU's) must be signed by one of the operator's certificates, or by one that the list of lists kept here names for itself; or be led to from
 * such a signature by its pivots, oldest first, each signed by one whom the one before names. Then the lists that it names are read, too: over the network,
 * or from the files given; each must be signed by one whom it names. Any other list must be signed by one of the operator's certificates or be
 * one that a list of lists kept here names.
 *   errors   MR_E_NOMEM, MR_E_IO, those of mr_trust_cache_put; a list that is not good is counted and told
 *   source   TS 119 615 4.2 and 4.3; Commission Implementing Decision (EU) 2015/1505 */
int mr_trust_import(const struct mr_trust_import *i, const char *const *sources, size_t count,
                    struct mr_trust_imported *ret, struct mr_err *err) MR_MUST_CHECK;

#endif
