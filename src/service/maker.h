/* Makes achievements of one version of a specification: a learner's key, a place in a status list, sealed documents in every form of the installation, and
 * the rows that keep them. Batches, single awards, corrections and validations all go this way.
 *
 *   read the learner -> mr_maker_place -> mr_maker_seal -> mr_made_store, in the caller's transaction */
#ifndef MR_SERVICE_MAKER_H
#define MR_SERVICE_MAKER_H

#include "credential/results.h"
#include "service/award_setting.h"
#include "service/catalogue.h"
#include "store/achievement.h"

#define MR_CLAIM_MS (182 * MR_DAY_MS) /* in which a learner decides */

typedef struct mr_maker mr_maker; /* used by one thread at a time */
/* May credentials of this specification be made now? What consent lacks is a finding (mr_partner_check): whoever withdrew it is named in no new award.
 *   errors  MR_E_SPECIFICATION with findings (detail: who has not consented); MR_E_FORBIDDEN: another organisation of the installation has come to have the
 *           provider's identifier or name (mr_organisation_find_rival), which chooses the seal */
int mr_maker_check(mr_service *s, mr_arena *a, const struct mr_published *published, struct mr_findings *findings,
                   struct mr_err *err) MR_MUST_CHECK;
/* Opens the seal and issues a sample, which takes a while; batches open one for themselves.
 *   specification_id  row id of the version
 *   validated         prior learning: participation does not apply, and says why
 *   errors            MR_E_NOT_FOUND, those of mr_service_seal and mr_issuer_open */
int mr_maker_open(mr_service *s, mr_str specification_id, bool validated, mr_maker **ret,
                  struct mr_err *err) MR_MUST_CHECK;
void mr_maker_close(mr_maker *m);
void mr_maker_closep(mr_maker **m);
/* One that may have been used before, for single awards: at most a minute old, with the provider's settings of now. Give it back, do not close it. */
int mr_maker_take(mr_service *s, mr_str specification_id, mr_maker **ret, struct mr_err *err) MR_MUST_CHECK;
void mr_maker_give(mr_maker *m);
void mr_maker_givep(mr_maker **m);
/* Close all that wait to be taken: the service ends. */
void mr_maker_end(mr_service *s);
/* Borrowed. */
const struct mr_published *mr_maker_published(const mr_maker *m);

/* One award on its way. */
struct mr_making {
    struct mr_result_row *row; /* the achievement gets its id and its place; lives as long as this */
    mr_str batch_id;
    mr_str replaces, renews, validation_id; /* ids; may be empty */
    char person_key[33];
    int64_t term; /* 1 for the first award of this specification to this learner; set before mr_maker_place */
};
/* The learner as the database knows her: nobody without the installation's secret can tell a name from it. */
void mr_maker_person_key(const mr_service *s, const char *learner_key, char out[33]);
/* What the learner holds already, in the same words as everywhere: fills person_key and term, and renews when it is empty. ret->id not empty: has it. */
int mr_maker_look(mr_service *s, mr_db_tx *tx, mr_arena *a, mr_str specification_id, struct mr_making *making,
                  struct mr_holding *ret, struct mr_err *err) MR_MUST_CHECK;
/* A place in a status list for each. A making that a stop kept from being stored finds its place again. */
int mr_maker_place(mr_maker *m, mr_arena *a, struct mr_making *const *makings, size_t count,
                   struct mr_err *err) MR_MUST_CHECK;

enum { MR_MADE_FORMS = 4 };
struct mr_made {
    struct mr_achievement_row row;
    mr_str packed
        [MR_MADE_FORMS]; /* documents as they are stored (store/body.h); empty: a form that is not chosen, or that this seal cannot have */
    size_t octets; /* of all of them */
};
/* Seal it in all forms and compress them; everything in `a`. */
int mr_maker_seal(mr_maker *m, mr_arena *a, const struct mr_making *making, struct mr_made *ret,
                  struct mr_err *err) MR_MUST_CHECK;
/* Keep it. Errors: MR_E_EXISTS: this learner was awarded meanwhile. */
int mr_made_store(mr_db_tx *tx, const struct mr_made *made, struct mr_err *err) MR_MUST_CHECK;
/* Tell webhooks of it, in the same transaction: event "achievement.awarded". */
int mr_made_tell(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_made *made,
                 struct mr_err *err) MR_MUST_CHECK;

/* The language that the provider said of the learner, a tag; empty: none was said. */
mr_str mr_maker_told_language(mr_arena *a, const struct mr_achievement_row *row);
/* In which language she is written to: that one where Merit speaks it, else the first of the description that it speaks, else English. */
const mr_language *mr_maker_mail_language(mr_arena *a, const struct mr_achievement_row *row,
                                          const mr_specification *specification);
/* Mail about one achievement, in that language, in the transaction of its reason. Data: learner, title, provider, link, until, language, and `more`. Nothing is queued when there is
 * no address, or one that cannot be.
 *   more  further members of the JSON object, ",\"days\":7" ; may be "" */
int mr_maker_mail(mr_service *s, mr_db_tx *tx, mr_arena *a, const mr_specification *specification,
                  const struct mr_achievement_row *row, const char *template_name, mr_str more,
                  struct mr_err *err) MR_MUST_CHECK;

#endif
