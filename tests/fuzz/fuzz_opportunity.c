/* Any text as an opportunity, as an organisation's profile and as texts by language. Every fault that is told has a sentence; what has none is written and read again. */
#include "base/limits.h"
#include "credential/opportunity_file.h"
#include "credential/organisation_file.h"
#include "text/messages.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Also with NDEBUG. */
static void need(bool condition)
{
    if (!condition) abort();
}

static void look(const struct mr_findings *f)
{
    for (size_t i = 0; i < f->count; i++) need(mr_message_exists(mr_language_english(), mr_str_of(f->items[i].id)));
}

static void write_again(mr_arena *a, const mr_opportunity *o)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    struct mr_findings findings;
    mr_opportunity again;
    mr_json_writer w;
    struct mr_err err = {0};
    mr_buf_init(&text, MR_LIMIT_DOCUMENT);
    mr_findings_init(&findings, a);
    mr_json_writer_init(&w, &text, 0);
    mr_json_begin_object(&w);
    mr_opportunity_write(o, &w);
    mr_json_end_object(&w);
    int code = mr_opportunity_read(a, mr_buf_str(&text), &again, &findings, &err);
    if (code == MR_E_NOMEM) return;
    need(code == MR_OK && findings.faults == 0);
    need(again.price_minor == o->price_minor && again.seats == o->seats && again.state == o->state);
    need(mr_date_compare(again.start, o->start) == 0 && again.language_count == o->language_count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_str text = mr_str_make((const char *)data, size);
    struct mr_findings findings;
    mr_opportunity opportunity;
    mr_organisation organisation;
    mr_texts texts;
    mr_arena_init(&a, 32 * MR_MIB);
    mr_findings_init(&findings, &a);
    if (mr_opportunity_read(&a, text, &opportunity, &findings, NULL) == MR_OK) {
        look(&findings);
        if (!findings.faults) write_again(&a, &opportunity);
    }
    mr_findings_init(&findings, &a);
    if (mr_organisation_read(&a, text, &organisation, &findings, NULL) == MR_OK) {
        look(&findings);
        if (!findings.faults) need(mr_organisation_is_same(&organisation, &organisation));
    }
    mr_findings_init(&findings, &a);
    if (mr_texts_read(&a, text, "statement.text", &texts, &findings, NULL) == MR_OK) look(&findings);
    return 0;
}
