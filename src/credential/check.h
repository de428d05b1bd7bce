/* `merit check`: is this a complete European micro-credential? Everything is found at once, each finding with its place and a sentence that says what
 * to do; nothing is verified (whether a seal holds is the question of verify.h), nothing is changed.
 *
 * Asked of a credential: its form (elm_format.c), the official shapes (check_shapes.c), Annex I, its values (check_values.c), concepts
 * (check_concepts.c) and texts (check_texts.c). Badges, other credentials and presentations are asked for the rules of the data model (vcdm.h) and for
 * nothing of Annex I. Data about opportunities or accreditations are held against their shapes alone. A
 * specification file is read as mr_specification_read does.
 *
 * The shapes are compiled when a checker first needs them, and kept. */
#ifndef MR_CREDENTIAL_CHECK_H
#define MR_CREDENTIAL_CHECK_H

#include "base/env.h"
#include "credential/annex.h"
#include "crypto/certificate.h"
#include "json/json.h"
#include "text/messages.h"

typedef enum mr_checked_kind {
    MR_CHECKED_NOTHING,        /* nothing that can be checked: see `refusal` */
    MR_CHECKED_SPECIFICATION,  /* a specification file */
    MR_CHECKED_UNSEALED,       /* a European Digital Credential before sealing */
    MR_CHECKED_SEALED,         /* the payload of a sealed one */
    MR_CHECKED_TOKEN,          /* a vc+jwt or vc+sd-jwt with the ELM subject, an SD-JWT VC of a type in sd_jwt_vc.h */
    MR_CHECKED_OPPORTUNITIES,  /* learning opportunities and qualifications (LOQ) */
    MR_CHECKED_ACCREDITATIONS, /* accreditations (AMS) */
    MR_CHECKED_CREDENTIAL,     /* a badge or another verifiable credential */
    MR_CHECKED_PRESENTATION,   /* a presentation of credentials */
} mr_checked_kind;
const char *mr_checked_kind_name(mr_checked_kind k); /* "specification", "credential", ... */

typedef struct mr_checked {
    mr_checked_kind kind;
    const char *refusal;         /* NOTHING: message id of what it is instead */
    struct mr_err why;           /* NOTHING: for experts, with a position in `document`, when code is not MR_OK */
    mr_str title;                /* of the micro-credential, in the reader's language; may be empty */
    struct mr_findings findings; /* faults in the order of Annex I first, then the rest by place */
    size_t warnings,
        remarks; /* findings.faults is the third number; all of them, also those beyond MR_LIMIT_FINDINGS */
    size_t
        answered; /* credentials: elements of Annex I, mandatory and optional, that have an answer, of MR_ELEMENT_COUNT */
    bool partial;        /* of an SD-JWT: mandatory elements may be among what is not shown */
    mr_str document;     /* the text in which places count: the file, or what was sealed in it */
    const mr_json *root; /* the value that pointers start from; NULL: a text that is no JSON */
} mr_checked;

/* Keeps what is the same for many documents: contexts, compiled shapes. One per thread. */
typedef struct mr_checker mr_checker;
/*   env       borrowed; its clock tells which dates lie ahead
 *   errors    MR_E_NOMEM */
int mr_checker_open(const mr_env *env, mr_checker **ret, struct mr_err *err) MR_MUST_CHECK;
void mr_checker_close(mr_checker *c);

/* Check a file, whatever it is.
 *   file    borrowed for the life of `a`
 *   l       language of the title; findings are said in any (mr_finding_say)
 *   ret     always filled when MR_OK
 *   errors  MR_E_LIBRARY; a file that cannot be checked, because it is something else or takes too much memory or work, is a result */
int mr_check_file(mr_checker *c, mr_arena *a, mr_str file, const mr_language *l, mr_checked *ret,
                  struct mr_err *err) MR_MUST_CHECK;

/* The document that an achievement of this specification would become, held against the official shapes.
 *   certificate  the seal's, which names the issuer; NULL: as before sealing
 *   achievement  one that will be sealed, or NULL for an invented one
 *   findings     what the document has against it, without places, because nobody has written it; none as a rule
 *   errors       MR_E_NOMEM, MR_E_LIBRARY, MR_E_CERTIFICATE */
int mr_check_sample(mr_checker *c, mr_arena *a, const mr_specification *s, mr_certificate *certificate,
                    const mr_achievement *achievement, struct mr_findings *findings, struct mr_err *err) MR_MUST_CHECK;

/* Is nothing in the way, and nothing out of sight? */
static inline bool mr_checked_is_complete(const mr_checked *c)
{
    return c->kind != MR_CHECKED_NOTHING && c->findings.faults == 0 && !c->partial;
}
/* The exit status of `merit check`: 0 complete, 1 faults or hidden parts, 2 nothing that can be checked. */
int mr_checked_exit(const mr_checked *c);
/* One JSON object, without line break; and the text for a terminal of 80 columns (check_report.c). */
void mr_checked_write_json(const mr_checked *c, mr_arena *a, const mr_language *l, mr_str file_name, mr_buf *out);
void mr_checked_write_text(const mr_checked *c, mr_arena *a, const mr_language *l, mr_str file_name, mr_buf *out);

#endif
