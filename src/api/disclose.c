#include "api/inside.h"

#include "base/limits.h"
#include "credential/disclose.h"

struct merit_disclosures {
    mr_arena arena;
    struct told {
        const char *pointer, *name, *value;
        bool always;
    } * told;
    size_t count;
};

/* ---- what can be shown ---- */

static int read(merit_disclosures *d, mr_str file, const mr_language *l, struct mr_err *err)
{
    struct mr_disclosable *found;
    size_t count;
    mr_str copy = mr_arena_dup(&d->arena, file);
    if (!copy.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for a credential", MR_NOWHERE);
    MR_TRY(mr_disclose_list(&d->arena, copy, l, &found, &count, err));
    d->told = MR_NEW_ARRAY(&d->arena, struct told, count);
    if (!d->told) return MR_FAIL(err, MR_E_NOMEM, "no memory for a list of what can be shown", MR_NOWHERE);
    for (size_t i = 0; i < count; i++)
        d->told[i] = (struct told){mr_api_text(&d->arena, found[i].pointer), mr_api_text(&d->arena, found[i].name),
                                   mr_api_text(&d->arena, found[i].value), found[i].always};
    d->count = count;
    return MR_OK;
}

merit_code merit_disclosures_read(const void *credential, size_t size, const char *language, merit_disclosures **ret,
                                  merit_error *err)
{
    struct mr_err e = {0};
    const mr_language *l;
    merit_code code = mr_api_language(language, &l, err);
    if (code != MERIT_OK) return code;
    if (size > MR_LIMIT_DOCUMENT) return mr_api_refuse(err, MR_E_LIMIT, "a credential is not so large");
    merit_disclosures *d = mr_api_new(sizeof *d, MR_LIMIT_DOCUMENT_MEMORY);
    if (!d) return mr_api_refuse(err, MR_E_NOMEM, "no memory for a list of what can be shown");
    if (read(d, mr_api_str(credential, size), l, &e) != MR_OK) {
        merit_disclosures_free(d);
        return mr_api_fail(err, &e);
    }
    *ret = d;
    return MERIT_OK;
}

void merit_disclosures_free(merit_disclosures *disclosures)
{
    mr_api_free(disclosures);
}

size_t merit_disclosures_count(const merit_disclosures *disclosures)
{
    return disclosures->count;
}

static struct told told_at(const merit_disclosures *d, size_t index)
{
    return index < d->count ? d->told[index] : (struct told){"", "", "", false};
}

const char *merit_disclosure_pointer(const merit_disclosures *disclosures, size_t index)
{
    return told_at(disclosures, index).pointer;
}

const char *merit_disclosure_name(const merit_disclosures *disclosures, size_t index)
{
    return told_at(disclosures, index).name;
}

const char *merit_disclosure_value(const merit_disclosures *disclosures, size_t index)
{
    return told_at(disclosures, index).value;
}

bool merit_disclosure_is_always_shown(const merit_disclosures *disclosures, size_t index)
{
    return told_at(disclosures, index).always;
}

/* ---- showing ---- */

static int disclose(mr_arena *a, mr_str credential, const struct merit_disclosing *given, mr_buf *out,
                    struct mr_err *err)
{
    const merit_key *holder = MR_API_MEMBER(given, holder, NULL);
    struct mr_disclosing d = {.show_count = MR_API_MEMBER(given, show_count, 0),
                              .all = MR_API_MEMBER(given, all, false),
                              .holder = holder ? holder->seal.key : NULL,
                              .audience = mr_str_of(MR_API_MEMBER(given, audience, NULL)),
                              .nonce = mr_str_of(MR_API_MEMBER(given, nonce, NULL)),
                              .now = mr_env_now(mr_env_system())};
    mr_str *show;
    MR_TRY(mr_api_texts(a, MR_API_MEMBER(given, show, NULL), d.show_count, &show, err));
    d.show = show;
    return mr_disclose(a, credential, &d, out, err);
}

merit_code merit_disclose(const void *credential, size_t size, const struct merit_disclosing *disclosing, char **ret,
                          size_t *ret_size, merit_error *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct mr_err e = {0};
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    mr_buf_init(&out, 2 * MR_LIMIT_DOCUMENT);
    if (size > MR_LIMIT_DOCUMENT) return mr_api_refuse(err, MR_E_LIMIT, "a credential is not so large");
    if (disclose(&a, mr_api_str(credential, size), disclosing, &out, &e) != MR_OK) return mr_api_fail(err, &e);
    return mr_api_hand_over(&out, ret, ret_size, err);
}
