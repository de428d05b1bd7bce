#include "credential/educredential.h"

static const mr_educredential table[] = {
#define MR_EDUCREDENTIAL(list, term, code, en, da, sv, nl, el, bg)                                                     \
    {MR_EDUCREDENTIAL_##list, term, code, {en, da, sv, nl, el, bg}},
#include "credential/educredential.def"
#undef MR_EDUCREDENTIAL
};

const mr_educredential *mr_educredential_find(mr_educredential_list list, mr_str term)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].list == list && mr_str_eq_ascii_nocase(term, mr_str_of(table[i].term))) return &table[i];
    return NULL;
}

mr_str mr_educredential_label(const mr_educredential *e, mr_str language)
{
    for (size_t i = 0; i < MR_LABEL_LANGUAGES; i++)
        if (mr_str_has_prefix(language, mr_str_of(mr_label_languages[i]))) return mr_str_of(e->label[i]);
    return mr_str_of(e->label[0]);
}

mr_supervision mr_educredential_supervision(const mr_educredential *supervision, mr_educredential_said identity_checked)
{
    static const struct {
        const char *code;
        mr_supervision unsaid, no, yes;
    } meanings[] = {
        {"none", MR_SUPERVISION_NONE, MR_SUPERVISION_NONE, MR_SUPERVISION_NOT_SAID},
        {"supervised", MR_SUPERVISION_SUPERVISED, MR_SUPERVISION_SUPERVISED, MR_SUPERVISION_NOT_SAID},
        {"identity-online", MR_SUPERVISION_NOT_SAID, MR_SUPERVISION_SUPERVISED, MR_SUPERVISION_IDENTITY_ONLINE},
        {"identity-on-site", MR_SUPERVISION_IDENTITY_ON_SITE, MR_SUPERVISION_NOT_SAID, MR_SUPERVISION_IDENTITY_ON_SITE},
    };
    for (size_t i = 0; supervision && i < sizeof meanings / sizeof *meanings; i++) {
        if (strcmp(supervision->code, meanings[i].code) != 0) continue;
        return identity_checked == MR_EDUCREDENTIAL_YES  ? meanings[i].yes
               : identity_checked == MR_EDUCREDENTIAL_NO ? meanings[i].no
                                                         : meanings[i].unsaid;
    }
    return MR_SUPERVISION_NOT_SAID;
}
