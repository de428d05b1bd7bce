/* One item of the wallet: what it says, whether it counts, its files, whom to ask for a new one; and removing it. */
#include "credential/wording.h"
#include "json/json.h"
#include "service/catalogue.h"
#include "service/organisation.h"
#include "web/credential_file.h"
#include "web/office.h"
#include "web/session.h"
#include "web/wallet.h"

/* ---- reports ---- */

static mr_str label_of(mr_page *p, const char *prefix, mr_str code)
{
    mr_str id = mr_arena_format(p->arena, "%s.%.*s", prefix, MR_STR_ARG(code));
    return mr_message_exists(mr_language_english(), id) ? mr_message_str(p->language, id) : code;
}

static void put_check(mr_page *p, const mr_json *check)
{
    static const struct {
        const char *name, *word, *look;
    } states[] = {{"passed", "verify.state.passed", "passed"},
                  {"failed", "verify.state.failed", "failed"},
                  {"unchecked", "verify.state.unchecked", "unchecked"},
                  {"not_applicable", "verify.state.na", "na"}};
    mr_json_writer *v = &p->view;
    mr_str state = mr_json_get_str(check, "state");
    mr_json_begin_object(v);
    mr_json_put_member(v, "label", label_of(p, "check", mr_json_get_str(check, "code")));
    mr_json_put_member(v, "text", mr_json_get_str(check, "text"));
    mr_json_put_member(v, "source", mr_json_get_str(check, "source"));
    for (size_t i = 0; i < 4; i++) {
        mr_json_put_flag(&p->view, states[i].look, mr_str_is(state, states[i].name));
        if (!mr_str_is(state, states[i].name)) continue;
        mr_json_put_member_c(v, "state", states[i].look);
        mr_page_say(p, "word", states[i].word);
    }
    mr_json_end_object(v);
}

static void put_element(mr_page *p, const mr_json *element)
{
    mr_json_writer *v = &p->view;
    if (!mr_json_is(mr_json_get(element, "answered"), MR_JSON_TRUE)) return;
    mr_str language = mr_json_get_str(element, "language");
    mr_page_tell_language(p, language);
    mr_json_begin_object(v);
    mr_json_put_member(v, "label", mr_json_get_str(element, "label"));
    mr_json_put_member(v, "tongue", mr_str_eq(language, mr_language_tag(p->language)) ? MR_STR_EMPTY : language);
    mr_json_put_name(v, "values");
    mr_json_put_value(v, mr_json_get(element, "values"));
    mr_json_end_object(v);
}

int mr_web_put_report_json(mr_page *p, mr_str text, struct mr_err *err)
{
    mr_json_writer *v = &p->view;
    const mr_json *report;
    MR_TRY(mr_json_parse(p->arena, text, NULL, &report, err));
    mr_json_put_name(v, "report");
    mr_json_begin_object(v);
    mr_json_put_member(v, "summary", mr_json_get_str(report, "summary"));
    mr_json_put_member(v, "story", mr_json_get_str(report, "story"));
    mr_json_put_member(v, "format", mr_json_get_str(report, "format"));
    mr_json_put_name(v, "checks");
    mr_json_begin_array(v);
    MR_JSON_EACH (check, mr_json_get(report, "checks")) put_check(p, check);
    mr_json_end_array(v);
    mr_json_put_name(v, "elements");
    mr_json_begin_array(v);
    MR_JSON_EACH (element, mr_json_get(mr_json_get(report, "credential"), "elements")) put_element(p, element);
    mr_json_end_array(v);
    mr_json_end_object(v);
    return MR_OK;
}

/* ---- the page ---- */

static mr_str content_of(const struct mr_wallet_item *item, mr_format format)
{
    for (size_t i = 0; i < item->file_count; i++)
        if (item->files[i].format == format) return item->files[i].content;
    return MR_STR_EMPTY;
}

struct mr_claim mr_web_wallet_claim(const struct mr_wallet_item *item)
{
    return (struct mr_claim){.achievement_id = item->row.achievement_id,
                             .org_id = item->row.org_id,
                             .specification_id = item->row.specification_id,
                             .state = MR_CLAIM_ACCEPTED,
                             .elm = content_of(item, MR_FORMAT_ELM),
                             .jwt = content_of(item, MR_FORMAT_VC_JWT),
                             .badge = content_of(item, MR_FORMAT_OPEN_BADGES),
                             .wallet = content_of(item, MR_FORMAT_DC_SD_JWT)};
}

static void put_files(mr_page *p, const struct mr_wallet_item *item)
{
    const struct mr_claim claim = mr_web_wallet_claim(item);
    mr_str at = mr_arena_format(p->arena, "/wallet/items/%.*s/file", MR_STR_ARG(item->row.id));
    mr_json_put_flag(&p->view, "is_kept", item->row.achievement_id.len > 0);
    mr_web_put_credential_files(p, at, &claim);
}

/* Who is to be asked for a new one, and whether there is a newer one. */
static void put_renewal(mr_page *p, const struct mr_wallet_item_row *row)
{
    struct mr_published published;
    mr_json_writer *v = &p->view;
    mr_json_put_flag(&p->view, "renewed", row->renewed);
    if (row->ends_at != MR_TIME_NONE) mr_json_put_member(v, "ends", mr_say_day(p->arena, p->language, row->ends_at));
    if (!row->specification_id.len ||
        mr_catalogue_get(p->service, p->arena, row->specification_id, &published, NULL) != MR_OK)
        return;
    const mr_organisation *provider = &published.specification.provider;
    mr_json_put_member(v, "slug", published.slug);
    mr_json_put_member(v, "provider", mr_texts_get(provider->name, mr_language_tag(p->language), NULL));
    mr_json_put_member(v, "provider_email", provider->email);
    mr_json_put_member(v, "provider_homepage", provider->homepage);
    mr_json_put_flag(&p->view, "is_offered",
                     published.archived_at == MR_TIME_NONE &&
                         mr_organisation_check_open(p->service, published.org_id, NULL) == MR_OK);
}

static int put_collections(mr_page *p, struct mr_err *err)
{
    mr_json_writer *v = &p->view;
    struct mr_collection_row *list;
    size_t count;
    MR_TRY(mr_collection_list(p->service, p->actor, p->arena, &list, &count, err));
    mr_json_put_flag(&p->view, "has_collections", count > 0);
    mr_json_put_name(v, "collections");
    mr_json_begin_array(v);
    for (size_t i = 0; i < count; i++) {
        mr_json_begin_object(v);
        mr_json_put_member(v, "id", list[i].id);
        mr_json_put_member(v, "name", list[i].name);
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
    return MR_OK;
}

/* A report keeps its sentences, not their language; the note at its end is the same in each. */
static bool is_in_her_language(mr_page *p, mr_str text)
{
    const mr_json *report;
    if (mr_json_parse(p->arena, text, NULL, &report, NULL) != MR_OK) return true;
    mr_str note = mr_json_get_str(report, "note");
    return !note.len || mr_str_eq(note, mr_message(p->language, "report.note"));
}

/* Of a kept one what is true now; of one from elsewhere the report of the day it was added, unless she asks for a new one or reads another language now. */
static int put_report(mr_page *p, const struct mr_wallet_item *item, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    mr_report report = {0};
    bool now =
        item->row.achievement_id.len || mr_http_query(p->request, "verify").len || !is_in_her_language(p, item->report);
    mr_buf_init(&text, MR_LIMIT_PAGE);
    mr_json_put_flag(&p->view, "is_now", now);
    if (!now) {
        mr_json_put_member(&p->view, "checked", mr_say_day(p->arena, p->language, item->row.checked_at));
        return mr_web_put_report_json(p, item->report, err);
    }
    if (!item->file_count) return MR_OK;
    MR_TRY(mr_wallet_verify(p->service, p->arena, p->language, item->files[0].content, &report, err));
    mr_report_write_json(&report, p->language, MR_STR_EMPTY, &text);
    if (mr_buf_failed(&text)) return MR_FAIL(err, MR_E_LIMIT, "the report is too long", MR_NOWHERE);
    return mr_web_put_report_json(p, mr_arena_dup(p->arena, mr_buf_str(&text)), err);
}

static int put_page(mr_page *p, struct mr_err *err)
{
    mr_json_writer *v = &p->view;
    struct mr_wallet_item item;
    MR_TRY(mr_wallet_get(p->service, p->actor, p->arena, p->part[0], &item, err));
    mr_page_begin_titled(p, item.row.title, "wallet");
    mr_json_put_member(v, "id", item.row.id);
    mr_json_put_member(v, "learner", item.row.learner);
    mr_json_put_member(v, "other_email", item.row.other_email);
    mr_json_put_name(v, "item");
    mr_web_put_wallet_item(p, &item.row);
    mr_json_put_member(v, "workload",
                       item.row.minutes ? mr_wording_workload(p->arena, p->language, 0, item.row.minutes)
                                        : MR_STR_EMPTY);
    mr_json_put_flag(&p->view, "fresh", mr_http_query(p->request, "fresh").len > 0);
    mr_json_put_flag(&p->view, "added", mr_http_query(p->request, "added").len > 0);
    put_renewal(p, &item.row);
    put_files(p, &item);
    MR_TRY(put_collections(p, err));
    return put_report(p, &item, err);
}

static void show(mr_page *p, const char *template)
{
    struct mr_err err = {0};
    if (!mr_web_has_wallet(p)) return;
    int code = put_page(p, &err);
    if (code == MR_OK)
        mr_page_show_private(p, template);
    else if (code == MR_E_NOT_FOUND)
        mr_page_not_found(p);
    else
        mr_page_fail(p, &err);
}

void mr_web_wallet_item(mr_page *p)
{
    show(p, "wallet_item");
}

/* By its octets alone: what somebody gave us as a picture goes back as one, and nothing else is shown as a page. */
static const char *ending_of(mr_str content)
{
    if (mr_str_has_prefix(content, MR_STR("\x89PNG"))) return ".png";
    if (mr_str_has_prefix(content, MR_STR("%PDF-"))) return ".pdf";
    if (mr_str_has_prefix(content, MR_STR("<"))) return ".svg";
    if (mr_str_has_prefix(content, MR_STR("ey")) && mr_str_find_char(content, '~') >= 0) return ".sd-jwt";
    return mr_str_has_prefix(content, MR_STR("{")) ? ".json" : ".txt";
}

/* "merit-3f9a1c20.json" */
void mr_web_wallet_hand_out_octets(mr_page *p, const struct mr_wallet_item *item, mr_str content)
{
    mr_str id = item->row.id;
    mr_page_download(p, "application/octet-stream",
                     mr_arena_format(p->arena, "merit-%.*s%s", 8, id.ptr + id.len - 8, ending_of(content)), content);
}

void mr_web_wallet_hand_out(mr_page *p, const struct mr_wallet_item *item, mr_str name)
{
    const struct mr_claim claim = mr_web_wallet_claim(item);
    if (item->row.achievement_id.len)
        mr_web_credential_file(p, &claim, name);
    else if (mr_str_is(name, "original"))
        mr_web_wallet_hand_out_octets(p, item, item->files[0].content);
    else
        mr_page_not_found(p);
}

void mr_web_wallet_file(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_wallet_item item;
    if (!mr_web_has_wallet(p)) return;
    int code = mr_wallet_get(p->service, p->actor, p->arena, p->part[0], &item, &err);
    if (code == MR_OK)
        mr_web_wallet_hand_out(p, &item, p->part[1]);
    else if (code == MR_E_NOT_FOUND)
        mr_page_not_found(p);
    else
        mr_page_fail(p, &err);
}

/* ---- removing ---- */

void mr_web_wallet_remove_ask(mr_page *p)
{
    show(p, "wallet_remove");
}

void mr_web_wallet_remove(mr_page *p)
{
    struct mr_err err = {0};
    int code = mr_wallet_remove(p->service, p->actor, p->part[0], &err);
    if (code == MR_OK)
        mr_http_redirect(p->response, MR_STR("/wallet?removed=1"));
    else if (code == MR_E_NOT_FOUND)
        mr_page_not_found(p);
    else
        mr_page_fail(p, &err);
}
