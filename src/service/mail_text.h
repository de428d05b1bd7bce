/* What a mail says: its template in its language, filled with its data, and a provider's own words where it has some. */
#ifndef MR_SERVICE_MAIL_TEXT_H
#define MR_SERVICE_MAIL_TEXT_H

#include "service/service.h"
#include "text/messages.h"

typedef enum mr_mail_whose { MR_MAIL_MERIT, MR_MAIL_PROVIDER, MR_MAIL_REMINDER } mr_mail_whose;
struct mr_mail_kind {
    const char *name;
    mr_mail_whose whose;
    int64_t keep_ms; /* how long it is worth sending; 0: always */
    const char *button, *members;
};
/* Those of mail_kinds.def, in its order; find: NULL when there is none. */
const struct mr_mail_kind *mr_mail_kinds(size_t *ret_count);
const struct mr_mail_kind *mr_mail_kind_find(mr_str name);
/* What it is for, in words. */
mr_str mr_mail_kind_say(mr_arena *a, const mr_language *l, mr_str name);

/* A provider's own words; empty ones: Merit's. */
struct mr_mail_words {
    mr_str subject, introduction;
};
/* May a provider write this? ret_placeholder: the one that this kind of mail has nothing for.
 *   errors  MR_E_FORMAT (a placeholder; detail: its name; or a subject of several lines), MR_E_LIMIT, MR_E_USAGE (only one of the two is given) */
int mr_mail_words_check(const struct mr_mail_kind *kind, const struct mr_mail_words *words,
                        struct mr_err *err) MR_MUST_CHECK;
/* Merit's own in this language, placeholders unfilled.
 *   count  the number that chooses among plural forms; empty: the last form */
struct mr_mail_words mr_mail_words_own(mr_arena *a, const mr_language *l, const struct mr_mail_kind *kind,
                                       mr_str count);

struct mr_mail_source {
    mr_str kind, language, data;
    mr_str provider, contact; /* of the organisation, when the data do not say; may be empty */
    mr_str stop;              /* URL that stops mail of this kind; may be empty */
    struct mr_mail_words words;
};
struct mr_mail_text {
    const mr_language *language;
    mr_str sender; /* name to send as */
    mr_str subject, text, html;
};
/* Errors: MR_E_NOT_FOUND (kind), MR_E_JSON (data), MR_E_LIMIT, MR_E_NOMEM. */
int mr_mail_text_make(mr_service *s, mr_arena *a, const struct mr_mail_source *source, struct mr_mail_text *ret,
                      struct mr_err *err) MR_MUST_CHECK;
/* Invented data for a preview. */
mr_str mr_mail_text_sample(mr_service *s, mr_arena *a, const mr_language *l);

#endif
