/* What the installation says about itself to programs: documents of its keys, and the type of its SD-JWT VCs. */
#include "base/limits.h"
#include "credential/sd_jwt_vc.h"
#include "service/keys.h"
#include "web/page.h"

#define KEY_SECONDS "300" /* for which others may keep it: this long a new key may be unknown */
#define TYPE_SECONDS "86400"

/* did.json and jwt-vc-issuer of whatever identifier has this address. Keys come from the command line, beside the running server. */
void mr_web_published_key(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_keys keys;
    mr_str site = mr_service_public_url(p->service), text = MR_STR_EMPTY;
    mr_str url = mr_arena_format(p->arena, "%.*s%.*s", MR_STR_ARG(site), MR_STR_ARG(p->request->path));
    int code = mr_keys_open(p->service, p->arena, &keys, &err);
    if (code == MR_OK) code = mr_keys_publish(&keys, url, &text, &err);
    if (code != MR_OK)
        mr_page_fail(p, &err);
    else if (!text.len)
        mr_page_not_found(p);
    else
        mr_page_answer_everybody(p, "application/json", KEY_SECONDS, text);
}

void mr_web_type_metadata(mr_page *p)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    mr_buf_init(&text, MR_MIB);
    mr_vct_write_metadata(MR_VCT_IS_MICRO_CREDENTIAL, &text);
    mr_page_answer_everybody(p, "application/json", TYPE_SECONDS, mr_buf_str(&text));
}
