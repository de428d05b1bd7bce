/* Messages in the reader's language. Every sentence that people read has a stable id ("seal.passed"); web/i18n/en.po and its sisters hold the
 * texts, compiled into the program. Placeholders stand in braces: "Awarded on {date}" (text/placeholder.h).
 * A missing translation falls back to English; a missing id shows the id (and fails a test). */
#ifndef MR_TEXT_MESSAGES_H
#define MR_TEXT_MESSAGES_H

#include "base/buf.h"
#include "base/time.h"

typedef struct mr_language mr_language; /* one language's messages; static, never freed */

/* "en", "da", "sv", "nl" ...: ISO 639-1, also with a region ("da-DK"); NULL when Merit does not offer it. */
const mr_language *mr_language_find(mr_str tag);
/* The same, also of those that are not offered, for people who name one themselves: begun ones, much of which is in English, and
 * "en-XA", the pseudo-language that shows whether a page holds long texts (docs/translating.md). */
const mr_language *mr_language_find_any(mr_str tag);
const mr_language *mr_language_english(void);
/* The best of what an Accept-Language header asks for (RFC 9110 12.5.4), the first among equals; English when nothing fits. */
const mr_language *mr_language_accept(mr_str header);
mr_str mr_language_tag(const mr_language *l);
/* Its own name, "Dansk". */
mr_str mr_language_own_name(const mr_language *l);
/* All languages that are offered: English first; ends with NULL. Each file of web/i18n is a language; its languages.txt says which are offered. */
const mr_language *const *mr_languages(void);

struct mr_arg {
    const char *name; /* without braces */
    mr_str value;
};
/* The text of an id, placeholders unfilled: in this language, else in English, else the id itself. Static. */
mr_str mr_message(const mr_language *l, const char *id);
mr_str mr_message_str(const mr_language *l, mr_str id);
/* The form that goes with a number, of a message that has plural forms.
 *   count  as it is shown ("1", "1,284"): the form fits what people read; anything else gets the last form, as mr_message does */
mr_str mr_message_counting(const mr_language *l, mr_str id, mr_str count);
bool mr_message_exists(const mr_language *l, mr_str id); /* in this very language */
/* The text with placeholders filled, in `a`; an empty text when memory is short. An argument without a placeholder is passed
 * over; a placeholder without an argument is shown as it stands. The argument "count" chooses among plural forms. */
mr_str mr_say(mr_arena *a, const mr_language *l, const char *id, const struct mr_arg *args, size_t count);
#define MR_SAY(a, l, id, ...)                                                                                          \
    mr_say((a), (l), (id), (const struct mr_arg[]){__VA_ARGS__},                                                       \
           sizeof((const struct mr_arg[]){__VA_ARGS__}) / sizeof(struct mr_arg))

/* Dates and times as the language writes them: "14 October 2026", "14. oktober 2026"; "14 October 2026 at 09:12 (UTC)".
 * Empty for no date (mr_date_is_set) and MR_TIME_NONE. */
mr_str mr_say_date(mr_arena *a, const mr_language *l, mr_date date);
mr_str mr_say_day(mr_arena *a, const mr_language *l, int64_t time); /* the day of a time */
mr_str mr_say_time(mr_arena *a, const mr_language *l, int64_t time);
/* "1,284" / "1.284" */
mr_str mr_say_count(mr_arena *a, const mr_language *l, int64_t count);

#endif
