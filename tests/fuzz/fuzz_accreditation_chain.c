/* Any JSON as a credential whose issuer was accredited: its chain is climbed through a network that answers with parts of the input itself. It ends, and
 * never passes, because nobody signed anything that is trusted. */
#include "base/limits.h"
#include "credential/accreditation_chain.h"
#include "text/messages.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Also with NDEBUG. */
static void need(bool condition)
{
    if (!condition) abort();
}

/* The whole input, or what its member "answer" holds. */
static int get(void *self, mr_arena *a, mr_str url, const char *accept, size_t max, mr_str *ret, struct mr_err *err)
{
    const mr_str *text = self;
    (void)url, (void)accept;
    if (text->len > max) return MR_FAIL(err, MR_E_LIMIT, "too large", MR_NOWHERE);
    *ret = mr_arena_dup(a, *text);
    return ret->ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory", MR_NOWHERE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static mr_contexts *contexts;
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_str text = mr_str_make((const char *)data, size);
    const mr_json *root = NULL;
    struct mr_err err = {0};
    struct mr_accreditation_chain chain;
    if (!contexts) need(mr_contexts_open(&contexts, NULL) == MR_OK);
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    if (mr_json_parse(&a, text, NULL, &root, NULL) != MR_OK) return 0;
    mr_str answer = mr_json_get_str(root, "answer").len ? mr_json_get_str(root, "answer") : text;
    const mr_fetch fetch = {get, &answer};
    struct mr_resolver resolver = {NULL};
    struct mr_known_issuer known[] = {
        {.id = MR_STR("did:ebsi:zRoot"), .name = MR_STR("Root"), .accredits = true},
        {.id = MR_STR("r"), .name = MR_STR("R"), .registry = MR_STR("https://r.example/")}};
    const mr_trust trust = {.issuers = known, .issuer_count = 2};
    const struct mr_climbing c = {.opening = {.contexts = contexts,
                                              .keys = {mr_controller_find, &resolver},
                                              .fetch = &fetch,
                                              .now = INT64_C(1791969120000)},
                                  .trust = &trust,
                                  .at = INT64_C(1791969120000),
                                  .place = MR_STR("FIN")};
    mr_accreditation_form_fault(root);
    int code = mr_accreditation_chain_follow(&a, &c, root, &chain, &err);
    need(code == MR_OK || code == MR_E_NOMEM);
    if (code) return 0;
    need(mr_message_exists(mr_language_english(), mr_str_of(chain.step.id)));
    /* passed only when the issuer is the root itself: no signature of it is here */
    need(chain.step.state != MR_PASSED || chain.count == 0);
    need(mr_utf8_check(mr_accreditation_chain_describe(&a, &chain)) <= MR_LIMIT_DOCUMENT);
    return 0;
}
