/* Any bytes as a specification file: never a crash, a sentence for every finding; and what has no fault can be issued: both documents of it are
 * well-formed and read back with every mandatory element answered. */
#include "base/limits.h"
#include "credential/elm.h"
#include "credential/specification_file.h"
#include "credential/view.h"
#include "crypto/authority.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool truth)
{
    if (!truth) abort();
}

/* One seal for the whole run. */
static mr_certificate *a_certificate(void)
{
    static struct mr_authority authority;
    static struct mr_seal_key seal;
    const struct mr_seal_subject subject = {.organisation = MR_STR("School"),
                                            .organisation_identifier = MR_STR("VATDK-00000000"),
                                            .country = MR_STR("DK"),
                                            .common_name = MR_STR("Seal")};
    if (seal.certificate) return seal.certificate;
    require(mr_authority_new(mr_env_system(), &authority, NULL) == MR_OK);
    require(mr_authority_issue_seal(&authority, mr_env_system(), &subject, MR_KEY_P256, &seal, NULL) == MR_OK);
    return seal.certificate;
}

static void issue(mr_arena *a, const mr_specification *s)
{
    const struct mr_elm_issuing i = {s, a_certificate(), mr_env_now(mr_env_system())};
    const mr_achievement x = {
        .id = "x", .learner = {.full_name = MR_STR("Ana")}, .awarded_on = {2026, 10, 14}, .place = MR_STR("here")};
    for (int d = 0; d < 2; d++) {
        MR_CLEANUP(mr_buf_done) mr_buf out;
        const mr_json *document;
        mr_elm_kind kind;
        mr_view view;
        mr_buf_init(&out, MR_LIMIT_DOCUMENT);
        int code = d ? mr_elm_write_vc2(&i, &x, &out, NULL) : mr_elm_write_edc(&i, &x, MR_STR("PNG"), &out, NULL);
        if (code == MR_E_LIMIT) return; /* very many assessments */
        require(code == MR_OK);
        require(mr_json_parse(a, mr_buf_str(&out), NULL, &document, NULL) == MR_OK);
        require(mr_elm_check_format(document, &kind, NULL) == MR_OK);
        require(kind == (d ? MR_ELM_VC2 : MR_ELM_EDC));
        require(mr_view_read(a, document, mr_language_english(), &view, NULL) == MR_OK);
        for (mr_element e = 0; e < MR_ELEMENT_COUNT; e++)
            require(!mr_element_info(e)->mandatory || view.answers[e].answered);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct mr_findings findings;
    mr_specification s;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    mr_findings_init(&findings, &a);
    if (mr_specification_read(&a, mr_str_make((const char *)data, size), &s, &findings, NULL) != MR_OK) return 0;
    for (size_t i = 0; i < findings.count; i++) {
        mr_str said = mr_finding_say(&a, mr_language_english(), &findings.items[i]);
        require(said.len > 0 && mr_utf8_check(said) == said.len);
    }
    if (findings.faults == 0) issue(&a, &s);
    return 0;
}
