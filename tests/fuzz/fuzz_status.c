/* Asks a status list that is any text: never a crash, an answer that agrees with itself, and "revoked" or "suspended" only with an id that says so. The first byte
 * chooses the kind of entry that asks. What the input calls for (a DID document, issuer metadata) it is given, too. */
#include "credential/status.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define URL "https://lists.example/1"
#define W3C(type, more)                                                                                                \
    "{\"credentialStatus\":{\"type\":\"" type "\",\"statusListIndex\":\"9\",\"statusListCredential\":\"" URL           \
    "\",\"statusPurpose\":\"revocation\"" more "}}"

static const char *const documents[] = {
    W3C("BitstringStatusListEntry", ""),
    W3C("BitstringStatusListEntry", ",\"statusSize\":3"),
    W3C("StatusList2021Entry", ""),
    W3C("RevocationList2020Status", ""),
    "{\"id\":\"urn:test:1\",\"credentialStatus\":{\"type\":\"1EdTechRevocationList\",\"id\":\"" URL "\"}}",
    "{\"status\":{\"status_list\":{\"idx\":9,\"uri\":\"" URL "\"}}}",
};
enum { DOCUMENTS = sizeof documents / sizeof *documents };

static void require(bool truth)
{
    if (!truth) abort();
}

static int get(void *self, mr_arena *a, mr_str url, const char *accept, size_t max, mr_str *ret, struct mr_err *err)
{
    const mr_str *text = self;
    if (text->len > max) return MR_FAIL(err, MR_E_LIMIT, "too much", MR_NOWHERE);
    *ret = *text;
    return MR_OK;
}

static void check(const struct mr_status_answer *answer)
{
    bool failed = answer->step.state == MR_FAILED;
    require(answer->step.id != NULL);
    require(failed == (answer->status != MR_STATUS_ACTIVE));
    require(mr_utf8_check(answer->step.detail) == answer->step.detail.len);
    if (failed) require(mr_str_has_suffix(mr_str_of(answer->step.id), mr_str_of(mr_status_name(answer->status))));
}

static int ask(mr_arena *a, const struct mr_status_asking *asking, unsigned choice, struct mr_status_answer *ret,
               struct mr_err *err)
{
    const mr_json *payload;
    if (choice == DOCUMENTS) return mr_status_ask_withdrawn(a, asking, MR_STR(URL), MR_STR("urn:test:1"), ret, err);
    require(mr_json_parse(a, mr_str_of(documents[choice]), NULL, &payload, err) == MR_OK);
    return mr_status_ask(a, asking, payload, ret, err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct mr_err err;
    mr_contexts *contexts;
    struct mr_status_answer answer;
    mr_arena_init(&a, MR_MIB);
    if (size < 1) return 0;
    mr_str text = mr_str_make((const char *)data + 1, size - 1);
    const mr_fetch fetch = {get, &text};
    struct mr_resolver resolver = {&fetch};
    if (mr_contexts_open(&contexts, &err) != MR_OK) return 0;
    const struct mr_status_asking asking = {.opening = {.contexts = contexts,
                                                        .keys = {mr_controller_find, &resolver},
                                                        .fetch = &fetch,
                                                        .now = INT64_C(1791969120000)},
                                            .issuer = MR_STR("did:example:1")};
    require(ask(&a, &asking, data[0] % (DOCUMENTS + 1), &answer, &err) == MR_OK);
    check(&answer);
    mr_contexts_close(contexts);
    return 0;
}
