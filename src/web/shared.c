/* What a recipient sees behind a link: who shares what until when, the verdict about each credential now, and the sealed files. Nobody has to sign in, and nothing is kept of
 * whoever looks but the time.
 *
 *   GET /shared/<id>/<mac>               all; of several the verdicts, each leading on to
 *   GET /shared/<id>/<mac>?credential=N  one of them, from 1
 *   GET /shared/<id>/<mac>/file/<n>/<form>   one file of the n-th credential, from 1; "shown": what is shown in part
 *
 * An address that was never made is answered like any page that is not there; one that is over by a kind page that tells neither whose it was nor what. */
#include "web/share.h"

#include "web/report.h"
#include "web/sealing.h"
#include "web/wallet.h"

/* ---- what is shown ---- */

static void begin_shared(mr_page *p, const struct mr_reports *r, const mr_report *first)
{
    const struct mr_web_shared *shared = r->self;
    (void)first;
    mr_page_begin(p, shared->title, shared->section);
}

static void put_form(mr_page *p, const char *form, const char *name, bool there)
{
    if (!there) return;
    mr_json_begin_object(&p->view);
    mr_json_put_member_c(&p->view, "form", form);
    mr_page_say(p, "form_name", name);
    mr_json_end_object(&p->view);
}

static void put_forms(mr_page *p, const struct mr_share_shown *shown)
{
    const struct mr_claim claim = mr_web_wallet_claim(&shown->item);
    bool whole = !shown->in_part, kept = whole && shown->item.row.achievement_id.len;
    mr_json_put_name(&p->view, "forms");
    mr_json_begin_array(&p->view);
    put_form(p, "shown", "share.file.shown", shown->in_part);
    put_form(p, "original", "share.file.original", whole && !kept);
    put_form(p, "certificate", "share.file.certificate", kept && claim.elm.len);
    put_form(p, "european", "share.file.european", kept && claim.elm.len);
    put_form(p, "jwt", "share.file.jwt", kept && claim.jwt.len);
    put_form(p, "badge", "share.file.badge", kept && claim.badge.len);
    put_form(p, "badge.png", "share.file.picture", kept && claim.badge.len);
    put_form(p, "wallet", "share.file.wallet", kept && claim.wallet.len);
    mr_json_end_array(&p->view);
}

/* What is shown in part is named by its number: its title may be one of the parts that are not shown. */
static void put_file(mr_page *p, const struct mr_share_shown *shown, size_t number)
{
    mr_json_begin_object(&p->view);
    mr_page_put_count(p, "n", (int64_t)number);
    mr_json_put_member(&p->view, "of",
                       shown->in_part ? MR_SAY(p->arena, p->language, "share.credential_number",
                                               {"number", mr_say_count(p->arena, p->language, (int64_t)number)})
                                      : shown->item.row.title);
    put_forms(p, shown);
    mr_json_end_object(&p->view);
}

int mr_web_put_shared(mr_page *p, const struct mr_web_shared *shared, struct mr_err *err)
{
    struct mr_web_shared self = *shared;
    size_t first = shared->only ? shared->only - 1 : 0, end = shared->only ? shared->only : shared->count;
    struct mr_reported *files = MR_NEW_ARRAY(p->arena, struct mr_reported, shared->count + 1);
    bool in_part = false;
    if (!files) return MR_FAIL(err, MR_E_NOMEM, "no memory to show it", MR_NOWHERE);
    for (size_t i = first; i < end; i++) {
        files[i - first].content = shared->shown[i].content;
        in_part |= shared->shown[i].in_part;
    }
    struct mr_reports reports = {
        .files = files, .count = end - first, .begin = begin_shared, .self = &self, .within = true};
    MR_TRY(mr_web_put_reports(p, &reports, err));
    /* Who does not show her name in any of them is not named above them, either. */
    mr_json_put_member(
        &p->view, "heading",
        MR_SAY(p->arena, p->language, reports.names_learner ? "share.shared.heading" : "share.shared.nameless",
               {"count", mr_say_count(p->arena, p->language, (int64_t)shared->count)}, {"person", shared->person}));
    mr_json_put_flag(&p->view, "any_in_part", in_part);
    mr_json_put_flag(&p->view, "brief", end - first > 1);
    mr_json_put_member(&p->view, "files_at", shared->at);
    mr_json_put_name(&p->view, "files");
    mr_json_begin_array(&p->view);
    for (size_t i = first; i < end; i++) put_file(p, &shared->shown[i], i + 1);
    mr_json_end_array(&p->view);
    return MR_OK;
}

/* ---- the pages ---- */

static void show_over(mr_page *p)
{
    mr_page_begin(p, "share.over.heading", "verify");
    mr_http_set_status(p->response, 410);
    mr_page_show_private(p, "shared_over");
}

/* Does a browser show it to somebody, as far as a request tells? Not when it only asks about it, or loads it ahead in case that somebody follows the link; and not a program, such as one that
 * draws a preview of the link or looks at mail for dangers, which says nothing of how it goes about. Browsers say that to sites by https alone (Fetch Metadata Request Headers, section 2.1); over
 * plain http whoever says nothing is counted.
 * source  W3C Fetch Metadata Request Headers, section 2; HTML, section 7.4.6.4 (Sec-Purpose); Purpose and X-Moz: what browsers said before */
static bool is_reading(const mr_page *p)
{
    static const char *const ahead[] = {"Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"};
    mr_str mode = mr_http_header(p->request, "Sec-Fetch-Mode"), dest = mr_http_header(p->request, "Sec-Fetch-Dest");
    if (p->request->method == MR_HEAD) return false;
    for (size_t i = 0; i < sizeof ahead / sizeof *ahead; i++) {
        mr_str why = mr_http_header(p->request, ahead[i]);
        if (mr_str_find(why, MR_STR("prefetch")) >= 0 || mr_str_find(why, MR_STR("preview")) >= 0) return false;
    }
    if (mode.len || dest.len) return mr_str_is(mode, "navigate") && mr_str_is(dest, "document");
    return !mr_str_has_prefix(mr_service_public_url(p->service), MR_STR("https://"));
}

/* False: it has answered. */
static bool open_share(mr_page *p, struct mr_share_opened *ret)
{
    struct mr_err err = {0};
    mr_http_set_header(p->response, "X-Robots-Tag", MR_STR("noindex, nofollow"));
    int code = mr_share_open(p->service, p->actor, p->arena, p->part[0], p->part[1], is_reading(p), ret, &err);
    if (code == MR_E_NOT_FOUND)
        mr_page_not_found(p);
    else if (code == MR_E_STATE)
        show_over(p);
    else if (code != MR_OK)
        mr_page_fail(p, &err);
    return code == MR_OK;
}

void mr_web_shared(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_share_opened opened;
    uint64_t only = 0;
    if (!open_share(p, &opened)) return;
    if (!mr_str_to_u64(mr_http_query(p->request, "credential"), &only) || only > opened.count) only = 0;
    const struct mr_web_shared shared = {.title = "share.shared.title",
                                         .section = "verify",
                                         .person = opened.person,
                                         .at = mr_share_path(p->service, p->arena, opened.id),
                                         .shown = opened.shown,
                                         .count = opened.count,
                                         .only = (size_t)only};
    if (mr_web_put_shared(p, &shared, &err) != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_json_put_member(&p->view, "label", opened.label);
    mr_json_put_member(&p->view, "date", mr_say_day(p->arena, p->language, opened.until));
    mr_json_put_flag(&p->view, "own", opened.own);
    mr_json_put_flag(&p->view, "one_of_several", only && opened.count > 1);
    mr_page_show_private(p, "shared");
}

void mr_web_shared_file(mr_page *p)
{
    struct mr_share_opened opened;
    uint64_t number;
    if (!open_share(p, &opened)) return;
    if (!mr_str_to_u64(p->part[2], &number) || number < 1 || number > opened.count) {
        mr_page_not_found(p);
        return;
    }
    const struct mr_share_shown *shown = &opened.shown[number - 1];
    if (!shown->in_part)
        mr_web_wallet_hand_out(p, &shown->item, p->part[3]);
    else if (mr_str_is(p->part[3], "shown"))
        mr_web_wallet_hand_out_octets(p, &shown->item, shown->content);
    else
        mr_page_not_found(p);
}
