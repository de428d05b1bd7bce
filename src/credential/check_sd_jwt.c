/* SD-JWT VCs held against their type and against Annex I (sd_jwt_vc.h). What is hidden is never told as missing: only the issuer knows what is behind a
 * digest. Of a type that Merit does not know nothing can be asked but what every SD-JWT VC owes. */
#include "credential/check_inside.h"
#include "credential/sd_jwt_vc_inside.h"

/* The element that a claim answers; "" when none. */
static const char *element_of(mr_str claim)
{
    for (mr_element e = 0; e < MR_ELEMENT_COUNT; e++) {
        mr_str rest = mr_str_of(mr_element_info(e)->sd_jwt), one;
        while (mr_str_split(&rest, ',', &one))
            if (mr_str_eq(mr_str_trim(one), claim)) return mr_element_info(e)->code;
    }
    return "";
}

static void hear_of_type(void *self, const char *message, mr_str claim)
{
    static const struct {
        const char *message, *id;
        mr_check_severity severity;
    } ids[] = {
        {"vct.unknown", "check.vct.unknown", MR_CHECK_IS_WARNING},
        {"vct.missing", "check.vct.missing", MR_CHECK_IS_FAULT},
        {"vct.hidden", "check.vct.hidden", MR_CHECK_IS_REMARK},
        {"vct.in_clear", "check.vct.in_clear", MR_CHECK_IS_FAULT},
        {"vct.disclosable", "check.vct.disclosable", MR_CHECK_IS_FAULT},
        {"vct.kind", "check.vct.kind", MR_CHECK_IS_FAULT},
    };
    struct mr_checking *c = self;
    bool unknown = strcmp(message, "vct.unknown") == 0; /* then `claim` is the type */
    const mr_json *at = mr_json_find_member(c->document, unknown ? MR_STR("vct") : claim);
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        if (strcmp(message, ids[i].message) != 0) continue;
        mr_check_add(c, ids[i].severity, element_of(claim), ids[i].id, at ? at : c->document, claim);
    }
}

static bool is_claim_of(mr_vct type, mr_str name)
{
    size_t count;
    const struct mr_claim *claims = mr_vct_claims(type, &count);
    for (size_t i = 0; i < count; i++)
        if (mr_str_is(name, claims[i].name)) return true;
    return false;
}

/* The claim in which this type answers an element; empty: it has no room for it. */
static mr_str claim_for(mr_vct type, mr_element e)
{
    mr_str rest = mr_str_of(mr_element_info(e)->sd_jwt), one;
    while (mr_str_split(&rest, ',', &one))
        if (is_claim_of(type, mr_str_trim(one))) return mr_str_trim(one);
    return MR_STR_EMPTY;
}

static bool is_told(const struct mr_checking *c, const char *element)
{
    const struct mr_findings *f = &c->result->findings;
    for (size_t i = 0; i < f->count; i++)
        if (strcmp(f->items[i].element, element) == 0) return true;
    return false;
}

static void check_element(struct mr_checking *c, mr_vct type, mr_element e, bool hides)
{
    const struct mr_element_info *info = mr_element_info(e);
    mr_str claim = claim_for(type, e);
    if (is_told(c, info->code)) return;
    if (!info->mandatory && claim.len && !hides)
        mr_check_add(c, MR_CHECK_IS_REMARK, info->code, "check.vct.optional", c->document, claim);
    else if (info->mandatory && !claim.len)
        mr_check_add(c, MR_CHECK_IS_FAULT, info->code, "check.vct.no_room", c->document, claim);
    else if (info->mandatory)
        mr_check_add(c, hides ? MR_CHECK_IS_REMARK : MR_CHECK_IS_FAULT, info->code,
                     hides ? "check.vct.hidden" : "check.vct.missing", c->document, claim);
}

int mr_check_sd_jwt_vc(struct mr_checking *c, const mr_sd_jwt *s, struct mr_err *err)
{
    mr_view view;
    mr_vct type = mr_vct_find(mr_json_get_str(s->payload, "vct"));
    c->result->kind = type == MR_VCT_NONE ? MR_CHECKED_CREDENTIAL : MR_CHECKED_TOKEN;
    MR_TRY(mr_vct_check(c->arena, s, hear_of_type, c, err));
    MR_TRY(mr_sd_jwt_vc_view(c->arena, s->claims, c->language, &view, err));
    c->result->title = view.title;
    if (type == MR_VCT_NONE) return MR_OK;
    bool hides = s->hidden_count > 0;
    for (mr_element e = 0; e < MR_ELEMENT_COUNT; e++) {
        c->result->answered += view.answers[e].answered;
        if (view.answers[e].answered) continue;
        check_element(c, type, e, hides);
        c->result->partial |= hides && mr_element_info(e)->mandatory;
    }
    return MR_OK;
}
