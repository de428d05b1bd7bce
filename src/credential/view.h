/* What a credential says, for people: the Annex I answers and the names around them, read from an ELM document (sealed, or as a VC 2.0 payload).
 * Every text is as the document has it, in the best language for the reader. */
#ifndef MR_CREDENTIAL_VIEW_H
#define MR_CREDENTIAL_VIEW_H

#include "credential/annex.h"
#include "credential/mandate.h"
#include "json/json.h"
#include "text/messages.h"

struct mr_view_answer {
    bool answered;
    mr_str values[24]; /* one or several texts */
    size_t value_count;
    mr_str language; /* of the texts, when they have one */
};
typedef struct mr_view {
    mr_str id; /* of the credential */
    mr_str title, issuer, awarding_body, learner;
    mr_str issuer_identifier; /* eIDAS identifier */
    mr_str issuer_country;    /* alpha-2 */
    mr_date birth_date;
    mr_date awarded_on;                      /* awarding date, else date of issuing */
    int64_t issued, valid_from, valid_until; /* MR_TIME_NONE when absent */
    bool dates_unreadable;                   /* one of them is there, and is no date-time */
    mr_str workload;                         /* "2 ECTS, 56 hours" */
    int64_t ects_awarded;                    /* credit awarded in ECTS, hundredths; 0: none is said */
    int64_t workload_minutes;                /* 0: no hours are said */
    mr_str level;                            /* "EQF 6" */
    mr_str regulated_profession; /* what is said of a regulated profession that it is about; empty: nothing */
    mr_str on_behalf_of;         /* awarding body when the issuer is another party and a mandate is there; else empty */
    struct mr_mandate mandate;   /* the document enclosed for it; kind MR_MANDATE_NONE: none */
    bool mandate_missing;        /* issuer is another party and no mandate is there */
    bool others_award;           /* an awarding body is named that is not the issuer */
    bool claims_accreditation;   /* an accreditation is named: the quality check applies */
    struct mr_view_answer answers[MR_ELEMENT_COUNT];
    bool
        not_annex; /* a badge or other credential that does not call itself a micro-credential: Annex I asks nothing of it, and
                       completeness does not apply. What it plainly says is answered all the same */
    bool is_endorsement; /* it speaks for something else; nobody was awarded anything */
    struct mr_view
        *parts; /* what a learner record contains, each with its own answers; in the arena; NULL: it is none */
    size_t part_count,
        part_credentials; /* the first so many are credentials, in their order; the rest achievements of the record itself */
    size_t parts_over;      /* and so many were not read */
    bool withheld;          /* a part whose own seal does not hold: nothing but its title is told */
    mr_str page_image;      /* base64 of the first page image, or empty */
    mr_str page_image_type; /* "image/png", "image/jpeg" */
} mr_view;

/*   document  the credential's JSON (VC 1.1 with ELM, or VC 2.0 with the ELM subject)
 *   errors    MR_E_FORMAT when it is no such credential, MR_E_NOMEM */
int mr_view_read(mr_arena *a, const mr_json *document, const mr_language *l, mr_view *ret,
                 struct mr_err *err) MR_MUST_CHECK;
/* Compares the awarding bodies anew, with the party whom the seal's certificate names: an issuer that lists the name or the number of another party
 * among its own is not that party. Sets on_behalf_of, mandate, mandate_missing and others_award.
 *   document    that mr_view_read read into *v
 *   name, identifier  organizationName and organizationIdentifier of the certificate, neither empty
 *   source      facts of EDC sealing: the issuer is what the certificate says */
void mr_view_certify(mr_arena *a, const mr_json *document, const mr_language *l, mr_str name, mr_str identifier,
                     mr_view *v);
/* The Annex I table as JSON: [{"code","label","mandatory","answered","values":[...]}], learning outcomes first. */
struct mr_json_writer;
void mr_view_write_elements(const mr_view *v, const mr_language *l, struct mr_json_writer *w);

#endif
