/* What the files that verify assertions know of each other. Only for verify_assertion*.c. */
#ifndef MR_CREDENTIAL_VERIFY_ASSERTION_INSIDE_H
#define MR_CREDENTIAL_VERIFY_ASSERTION_INSIDE_H

#include "credential/assertion.h"
#include "credential/hosted.h"
#include "credential/verify_inside.h"

/* A badge class or an issuer, as it lies in what names it or as it stands at its address. */
struct mr_part {
    const mr_json *json; /* upgraded; NULL: it could not be had */
    mr_str id;           /* its address; empty when it has none */
    bool confirmed;      /* it came from that address now */
    bool embedded;
    mr_hosted_outcome outcome; /* why it could not be had */
    mr_str detail;
};
/* The key of a signed assertion. */
struct mr_part_key {
    mr_str at;    /* where it stands; what it calls itself counts only when it led there */
    mr_str owner; /* as it says; empty for a bare PEM */
    bool bare;    /* a PEM file, as badges of 1.0 name it */
};
/* The first broken rule. */
struct mr_broken {
    struct mr_verification *w;
    mr_assertion_version version;
    const char *id;
    struct mr_err e;
};
struct mr_asserted {
    struct mr_verification *w;
    mr_assertion_version version;
    const mr_json *given; /* upgraded; NULL: only an address was given */
    mr_str given_text;
    const mr_json *assertion; /* the one that counts: hosted now, or signed; upgraded */
    mr_str text;              /* of it, as it came */
    struct mr_hosted hosted;
    struct mr_part badge, issuer;
    struct mr_part_key key;
    bool is_signed;
    mr_str suite; /* "RS256" */
};

/* ---- verify_assertion.c ---- */

/* Upgrade an object and ask the rules; broken->id is NULL when none is broken. */
int mr_asserted_read(struct mr_verification *w, const mr_json *root, mr_assertion_class wanted, mr_str at,
                     const mr_json **ret, struct mr_broken *broken, struct mr_err *err) MR_MUST_CHECK;
/* The badge class and its issuer. *ret_good false: one of them has not its form, and the report says so. */
int mr_asserted_load(struct mr_asserted *x, bool *ret_good, struct mr_err *err) MR_MUST_CHECK;
void mr_asserted_remark(struct mr_verification *w, const char *id, mr_str value);
void mr_asserted_pass_format(const struct mr_asserted *x);
/* The seal and its sub-checks. */
struct mr_check *mr_asserted_claim_seal(const struct mr_asserted *x, mr_state state, const char *id);
/* The seal holds: all else. */
int mr_asserted_judge(struct mr_asserted *x, struct mr_err *err) MR_MUST_CHECK;
/* An assertion that stands at its address, or not any more. */
int mr_asserted_ask_host(struct mr_asserted *x, mr_str url, struct mr_err *err) MR_MUST_CHECK;

/* ---- verify_assertion_compare.c ---- */

/* The members in which the file given differs from what its publisher has, with commas; empty: none. ret_added: those that only the publisher has. */
mr_str mr_asserted_differences(mr_arena *a, const mr_json *given, const mr_json *hosted, mr_str *ret_added);

/* ---- verify_assertion_checks.c ---- */

/* Each makes the check of its name; issuer goes first, the others ask what it came to. */
void mr_asserted_check_issuer(const struct mr_asserted *x);
int mr_asserted_check_trust(const struct mr_asserted *x, const struct mr_found *f, struct mr_err *err) MR_MUST_CHECK;
int mr_asserted_check_status(const struct mr_asserted *x, struct mr_err *err) MR_MUST_CHECK;
void mr_asserted_check_holder(const struct mr_asserted *x);

#endif
