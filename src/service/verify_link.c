#include "service/verify_link.h"

#include "base/id.h"

#define PURPOSE "verify"

mr_str mr_verify_path(const mr_service *s, mr_arena *a, mr_str achievement_id)
{
    char mac[33];
    mr_service_mac(s, PURPOSE, achievement_id, mac);
    return mr_arena_format(a, "/verify/%.*s/%s", MR_STR_ARG(achievement_id), mac);
}

bool mr_verify_link_read(const mr_service *s, mr_str link, mr_str *ret_id, mr_str *ret_mac)
{
    mr_str own = mr_service_public_url(s), rest = mr_str_trim(link);
    if (own.len && mr_str_has_prefix(rest, own)) rest = mr_str_from(rest, own.len);
    if (!mr_str_has_prefix(rest, MR_STR("/verify/"))) return false;
    rest = mr_str_from(rest, strlen("/verify/"));
    return mr_str_split(&rest, '/', ret_id) && mr_str_split(&rest, '/', ret_mac) && !rest.ptr &&
           mr_id_is_uuid(*ret_id) && mr_service_mac_fits(s, PURPOSE, *ret_id, *ret_mac);
}

static int open_with(int (*look)(mr_service *, mr_arena *, mr_str, struct mr_claim *, struct mr_err *), mr_service *s,
                     mr_arena *a, mr_str achievement_id, mr_str mac, struct mr_claim *ret, struct mr_err *err)
{
    int code = MR_E_NOT_FOUND;
    if (mr_id_is_uuid(achievement_id) && mr_service_mac_fits(s, PURPOSE, achievement_id, mac))
        code = look(s, a, achievement_id, ret, err);
    if (code == MR_OK && (ret->state != MR_CLAIM_ACCEPTED || !ret->elm.len)) code = MR_E_NOT_FOUND;
    if (code != MR_E_NOT_FOUND && code != MR_E_STATE) return code;
    return MR_FAIL(err, MR_E_NOT_FOUND, "no such credential", MR_NOWHERE);
}

int mr_verify_link_open(mr_service *s, mr_arena *a, mr_str achievement_id, mr_str mac, struct mr_claim *ret,
                        struct mr_err *err)
{
    return open_with(mr_claim_look, s, a, achievement_id, mac, ret, err);
}

int mr_verify_link_open_elm(mr_service *s, mr_arena *a, mr_str achievement_id, mr_str mac, struct mr_claim *ret,
                            struct mr_err *err)
{
    return open_with(mr_claim_look_elm, s, a, achievement_id, mac, ret, err);
}

int mr_verify_link_follow(mr_service *s, mr_verifier *v, mr_arena *a, const mr_language *l, mr_report *report,
                          struct mr_err *err)
{
    mr_str id, mac;
    struct mr_claim claim;
    if (!report->code.len || !mr_verify_link_read(s, report->code, &id, &mac)) return MR_OK;
    if (mr_verify_link_open_elm(s, a, id, mac, &claim, NULL) != MR_OK) return MR_OK;
    MR_TRY(mr_verify(v, a, claim.elm, report, err));
    if (report->remark_count < MR_VERIFY_REMARKS)
        report->remarks[report->remark_count++] = mr_message(l, "picture.code_followed");
    return MR_OK;
}
