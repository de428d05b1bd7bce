/* The provider's office: the way in, what is published, and the page of one specification from which results are uploaded.
 *
 * Who may come here is decided by the router (routes.def); the operator's token stands in the address of the link only, which answers with a
 * redirection, so that it stays in no page and in no Referer. Errors in what was sent are shown at the form that it was sent from, with
 * status 422, all of them at once. */
#include "web/office.h"
#include "web/upload.h"

#include "base/limits.h"
#include "credential/wording.h"
#include "service/correction.h"
#include "service/draft.h"
#include "service/mail.h"
#include "service/renewal.h"
#include "service/partner.h"
#include "service/people.h"
#include "service/seals.h"
#include "web/opportunity.h"

/* ---- what the office's pages share ---- */

const struct mr_http_part *mr_office_file(mr_page *p, const char *field)
{
    struct mr_http_part *parts;
    size_t count;
    if (mr_http_parts(p->request, &parts, &count, NULL) != MR_OK) return NULL;
    for (size_t i = 0; i < count; i++)
        if (mr_str_is(parts[i].name, field) && (parts[i].file_name.len || parts[i].content.len)) return &parts[i];
    return NULL;
}

mr_str mr_office_count(mr_page *p, const char *id, int64_t count)
{
    return MR_SAY(p->arena, p->language, id, {"count", mr_say_count(p->arena, p->language, count)});
}

mr_str mr_office_batch_path(mr_page *p, mr_str batch_id, const char *more)
{
    return mr_arena_format(p->arena, "/provider/batches/%.*s%s", MR_STR_ARG(batch_id), more);
}

mr_str mr_office_person(mr_page *p, mr_str org_id, mr_str person_id)
{
    mr_str name;
    int code = mr_people_names(p->service, p->arena, p->actor, org_id, &person_id, 1, &name, NULL);
    return code == MR_OK ? name : MR_STR_EMPTY;
}

/* Title with its language when that is not the page's, and provider. */
static void put_names(mr_page *p, const mr_specification *s)
{
    mr_json_writer *v = &p->view;
    mr_str language, title = mr_texts_get(s->title, mr_language_tag(p->language), &language);
    mr_json_put_member(v, "title", title);
    mr_json_put_member(v, "title_lang", language);
    mr_json_put_member(v, "provider", mr_texts_get(s->provider.name, mr_language_tag(p->language), NULL));
}

static mr_str awarded(mr_page *p, int64_t count)
{
    return count ? mr_office_count(p, "office.awarded", count) : mr_message(p->language, "office.awarded.none");
}

static mr_str state_id(mr_arena *a, mr_batch_state state)
{
    static const char *const names[] = {"preview", "sealing", "sealed", "failed", "discarded"};
    return mr_arena_format(a, "batch.state.%s", names[state]);
}

static void put_batch(mr_page *p, const struct mr_batch *b)
{
    static const char *const looks[] = {"unchecked", "na", "passed", "failed", "na"};
    mr_json_writer *v = &p->view;
    bool sealed = b->state == MR_BATCH_SEALED;
    mr_json_begin_object(v);
    mr_json_put_member(v, "path", mr_office_batch_path(p, b->id, ""));
    mr_json_put_member(v, "file", b->file_name);
    mr_json_put_member(v, "state", mr_message_str(p->language, state_id(p->arena, b->state)));
    mr_json_put_flag(v, looks[b->state], true);
    mr_json_put_member(v, "when", mr_say_time(p->arena, p->language, sealed ? b->sealed_at : b->created_at));
    mr_json_put_member(v, "rows",
                       sealed ? mr_office_count(p, "batch.sealed_rows", b->rows_sealed)
                              : mr_office_count(p, "batch.read", b->rows_read));
    mr_json_end_object(v);
}

/* The newest, or those older than the batch `before`. None for those who may not see them: the specification itself is public. */
static int put_batches(mr_page *p, const struct mr_published *of, mr_str before, size_t most, struct mr_err *err)
{
    struct mr_batch *batches = NULL;
    size_t count = 0;
    if (mr_authorise(p->actor, MR_MAY_BATCH_READ, of->org_id, NULL) == MR_OK)
        MR_TRY(mr_batch_list(p->service, p->actor, p->arena, of->id, before, most + 1, &batches, &count, err));
    mr_json_put_name(&p->view, "batches");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < count && i < most; i++) put_batch(p, &batches[i]);
    mr_json_end_array(&p->view);
    mr_json_put_flag(&p->view, "has_batches", count > 0);
    if (count > most) mr_json_put_member(&p->view, "older_batches", batches[most - 1].id);
    if (before.len) mr_json_put_flag(&p->view, "is_later", true);
    return MR_OK;
}

/* ---- tables in pages ---- */

struct mr_office_paging mr_office_paging(mr_page *p, const char *field, size_t count)
{
    uint64_t page = 1;
    size_t pages = (count + MR_LIMIT_OFFICE_ROWS - 1) / MR_LIMIT_OFFICE_ROWS;
    if (!mr_str_to_u64(mr_http_query(p->request, field), &page) || page < 1) page = 1;
    if (page > pages) page = pages ? pages : 1;
    size_t first = ((size_t)page - 1) * MR_LIMIT_OFFICE_ROWS, end = first + MR_LIMIT_OFFICE_ROWS;
    return (struct mr_office_paging){first, end < count ? end : count, (size_t)page, pages};
}

void mr_office_put_paging(mr_page *p, struct mr_office_paging at)
{
    mr_json_writer *v = &p->view;
    if (at.pages < 2) return;
    mr_json_put_name(v, "paging");
    mr_json_begin_object(v);
    mr_json_put_member(v, "of",
                       MR_SAY(p->arena, p->language, "batch.page_of",
                              {"page", mr_say_count(p->arena, p->language, (int64_t)at.page)},
                              {"pages", mr_say_count(p->arena, p->language, (int64_t)at.pages)}));
    if (at.page > 1) mr_json_put_number(v, "previous", (int64_t)at.page - 1);
    if (at.page < at.pages) mr_json_put_number(v, "next", (int64_t)at.page + 1);
    mr_json_end_object(v);
}

/* ---- the way in and out ---- */

void mr_web_operator_enter(mr_page *p)
{
    if (!mr_page_is_operator_token(p, p->part[0])) {
        mr_page_not_found(p);
        return;
    }
    mr_page_enter(p);
    mr_http_redirect(p->response, MR_STR("/provider"));
}

void mr_web_operator_leave(mr_page *p)
{
    mr_page_leave(p);
    mr_http_redirect(p->response, MR_STR("/"));
}

/* Addresses that only forms lead to, opened otherwise (the language was switched on the answer to one). */
void mr_web_office_back(mr_page *p)
{
    mr_str to = MR_STR("/provider");
    if (p->part[0].len) to = mr_arena_format(p->arena, "/provider/specifications/%.*s", MR_STR_ARG(p->part[0]));
    mr_http_redirect(p->response, to);
}

/* ---- the first page ---- */

static void put_waiting_line(mr_page *p, mr_str path, mr_str text)
{
    mr_json_begin_object(&p->view);
    mr_json_put_member(&p->view, "path", path);
    mr_json_put_member(&p->view, "text", text);
    mr_json_end_object(&p->view);
}

/* Things that wait for the reader, with the page where they are done; nothing when there are none. */
static size_t put_waiting(mr_page *p, const char *id, int64_t count, const char *path)
{
    if (count) put_waiting_line(p, mr_str_of(path), mr_office_count(p, id, count));
    return count > 0;
}

/* What the next step of a batch is for this reader, as the end of a message's id; NULL: theirs is none. */
static const char *next_step(mr_page *p, const struct mr_batch *batch)
{
    struct mr_sealing sealing;
    if (batch->state != MR_BATCH_PREVIEW && batch->state != MR_BATCH_FAILED) return NULL;
    if (mr_batch_sealing(p->service, p->actor, p->arena, batch->id, &sealing, NULL) != MR_OK) return NULL;
    if (batch->state == MR_BATCH_FAILED) return sealing.hindrance == MR_SEAL_FREE ? "failed" : NULL;
    if (batch->rows_ready == 0) return NULL;
    if (sealing.may_sign) return "sign";
    return sealing.row.signed_at != MR_TIME_NONE && sealing.hindrance == MR_SEAL_FREE ? "seal" : NULL;
}

static int put_waiting_batches(mr_page *p, size_t *count, struct mr_err *err)
{
    struct mr_batch *batches;
    size_t n;
    if (!mr_actor_may(p->actor, MR_MAY_BATCH_READ)) return MR_OK;
    MR_TRY(mr_batch_list_waiting(p->service, p->actor, p->arena, MR_LIMIT_OFFICE_CARDS, &batches, &n, err));
    for (size_t i = 0; i < n; i++) {
        struct mr_published of;
        const char *step = next_step(p, &batches[i]);
        if (!step) continue;
        MR_TRY(mr_catalogue_get(p->service, p->arena, batches[i].specification_id, &of, err));
        mr_str title = mr_texts_get(of.specification.title, mr_language_tag(p->language), NULL);
        put_waiting_line(p, mr_office_batch_path(p, batches[i].id, ""),
                         MR_SAY(p->arena, p->language, mr_arena_format(p->arena, "office.waits.%s", step).ptr,
                                {"file", batches[i].file_name}, {"title", title}));
        ++*count;
    }
    return MR_OK;
}

static int count_mails(mr_page *p, int64_t *ret, struct mr_err *err)
{
    int64_t counts[MR_MAIL_STATES];
    *ret = 0;
    if (!p->actor->org_id.len || !mr_actor_may(p->actor, MR_MAY_MAIL_READ)) return MR_OK;
    MR_TRY(mr_mail_counts(p->service, p->actor, p->actor->org_id, counts, err));
    *ret = counts[MR_MAIL_REFUSED] + counts[MR_MAIL_RETURNED] + counts[MR_MAIL_GIVEN_UP];
    return MR_OK;
}

static int count_endings(mr_page *p, int64_t *ret, struct mr_err *err)
{
    struct mr_ending *list;
    size_t count = 0;
    *ret = 0;
    if (!p->actor->org_id.len || !mr_actor_may(p->actor, MR_MAY_ACHIEVEMENT_READ)) return MR_OK;
    MR_TRY(mr_renewal_list(p->service, p->actor, p->arena, p->actor->org_id, 30, NULL, MR_LIMIT_OFFICE_ROWS, &list,
                           &count, err));
    *ret = (int64_t)count;
    return MR_OK;
}

static int count_corrections(mr_page *p, int64_t *ret, struct mr_err *err)
{
    struct mr_correction_row *list;
    size_t count;
    mr_str org;
    *ret = 0;
    if (!mr_actor_may(p->actor, MR_MAY_ACHIEVEMENT_REPLACE)) return MR_OK;
    int code = mr_mail_org(p->service, p->actor, p->arena, &org, err);
    if (code == MR_E_NOT_FOUND) {
        mr_err_clear(err);
        return MR_OK; /* no organisation yet */
    }
    if (code != MR_OK) return code;
    MR_TRY(mr_correction_list(p->service, p->actor, p->arena, org, MR_STR_EMPTY, 100, &list, &count, err));
    *ret = (int64_t)count;
    return MR_OK;
}

/* Consents that other organisations of the installation ask this one for. */
static int count_partners(mr_page *p, int64_t *ret, struct mr_err *err)
{
    struct mr_partner_row *rows;
    size_t count;
    *ret = 0;
    if (!p->actor->org_id.len || !mr_actor_may(p->actor, MR_MAY_PARTNER_CONSENT)) return MR_OK;
    MR_TRY(mr_partner_list(p->service, p->arena, p->actor, p->actor->org_id, &rows, &count, err));
    for (size_t i = 0; i < count; i++)
        *ret += mr_str_eq(rows[i].partner_id, p->actor->org_id) && mr_partner_is_waiting(p->service, &rows[i]);
    return MR_OK;
}

static void put_may(mr_page *p, const char *name, mr_action action)
{
    mr_json_put_flag(&p->view, name, mr_actor_may(p->actor, action));
}

/* What waits for whoever reads, only what they may do something about; and a few numbers. */
static int put_all_waiting(mr_page *p, struct mr_err *err)
{
    struct mr_draft_counts drafts;
    struct mr_own_counts own;
    int64_t mails, endings, partners, corrections;
    size_t count = 0;
    MR_TRY(mr_draft_count(p->service, p->actor, &drafts, err));
    MR_TRY(mr_catalogue_count_own(p->service, p->actor, &own, err));
    if (!mr_actor_may(p->actor, MR_MAY_SPECIFICATION_APPROVE)) drafts.to_approve = 0;
    MR_TRY(count_mails(p, &mails, err));
    MR_TRY(count_endings(p, &endings, err));
    MR_TRY(count_partners(p, &partners, err));
    MR_TRY(count_corrections(p, &corrections, err));
    mr_json_put_name(&p->view, "waiting");
    mr_json_begin_array(&p->view);
    MR_TRY(put_waiting_batches(p, &count, err));
    count += put_waiting(p, "office.waits.corrections", corrections, "/provider/corrections");
    count += put_waiting(p, "office.waits.drafts", drafts.to_approve, "/provider/specifications");
    count += put_waiting(p, "office.waits.returned", drafts.returned, "/provider/specifications");
    count += put_waiting(p, "office.waits.partners", partners, "/provider/partners");
    count += put_waiting(p, "office.waits.mails", mails, "/provider/mail");
    count += put_waiting(p, "office.waits.endings", endings, "/provider/ending");
    mr_json_end_array(&p->view);
    mr_json_put_flag(&p->view, "has_waiting", count > 0);
    mr_page_put_count(p, "number_published", own.published);
    mr_page_put_count(p, "number_drafts", drafts.described);
    mr_page_put_count(p, "number_awarded", own.awarded);
    put_may(p, "can_upload", MR_MAY_RESULT_ENTER);
    put_may(p, "can_describe", MR_MAY_SPECIFICATION_EDIT);
    put_may(p, "can_say_who", MR_MAY_ORGANISATION_EDIT);
    put_may(p, "can_invite", MR_MAY_MEMBER_EDIT);
    return MR_OK;
}

/* The reader's own, the newest first, as far as they fit on a page; the list of specifications has them all. */
static int put_published(mr_page *p, struct mr_err *err)
{
    struct mr_published *list;
    size_t count;
    mr_json_writer *v = &p->view;
    const struct mr_specification_filter newest = {.newest_first = true, .limit = MR_LIMIT_OFFICE_CARDS};
    MR_TRY(mr_catalogue_list_own(p->service, p->actor, p->arena, &newest, &list, &count, err));
    mr_json_put_name(v, "published");
    mr_json_begin_array(v);
    for (size_t i = 0; i < count; i++) {
        mr_json_begin_object(v);
        mr_json_put_member(v, "slug", list[i].slug);
        mr_json_put_member(v, "version", list[i].version);
        mr_json_put_member(v, "awarded", awarded(p, list[i].awarded));
        put_names(p, &list[i].specification);
        MR_TRY(put_batches(p, &list[i], MR_STR_EMPTY, 3, err));
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
    mr_json_put_flag(v, "has_published", count > 0);
    return MR_OK;
}

/* A seal that ends soon: told, never in the way. */
static void put_seal_notices(mr_page *p)
{
    struct mr_kept_seal *list;
    size_t count;
    if (mr_seals_ending(p->service, p->arena, &list, &count, NULL) != MR_OK) return;
    mr_json_put_name(&p->view, "seal_notices");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < count; i++) {
        mr_str until = mr_say_day(p->arena, p->language, list[i].until);
        mr_json_begin_object(&p->view);
        mr_json_put_member(
            &p->view, "text",
            MR_SAY(p->arena, p->language, "office.seal_ends", {"owner", list[i].owner}, {"until", until}));
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
}

void mr_web_office(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_published fresh;
    mr_str slug = mr_http_query(p->request, "published");
    mr_page_begin(p, "office.title", "provider.start");
    if (slug.len && mr_catalogue_get(p->service, p->arena, slug, &fresh, &err) == MR_OK) {
        mr_json_put_name(&p->view, "fresh");
        mr_json_begin_object(&p->view);
        mr_json_put_member(&p->view, "slug", fresh.slug);
        put_names(p, &fresh.specification);
        mr_json_end_object(&p->view);
    }
    if (put_all_waiting(p, &err) != MR_OK || put_published(p, &err) != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    put_seal_notices(p);
    mr_page_show_private(p, "office");
}

/* ---- one specification ---- */

static void put_upload_fault(mr_page *p, mr_str fault, mr_str place)
{
    mr_json_put_name(&p->view, "fault");
    mr_json_begin_object(&p->view);
    mr_json_put_member(&p->view, "text", fault);
    mr_json_put_member(&p->view, "place", place);
    mr_json_end_object(&p->view);
    mr_http_set_status(p->response, 422);
}

static int put_opportunities(mr_page *p, const struct mr_published *published, struct mr_err *err)
{
    struct mr_offered *list;
    size_t count;
    MR_TRY(mr_opportunity_list(p->service, p->arena, p->actor, published->org_id, published->slug, MR_STR_EMPTY, 5,
                               &list, &count, err));
    mr_web_put_opportunities(p, "opportunities", list, count, false);
    return MR_OK;
}

/* Every version, the newest first: what was awarded of an older one stays with it. */
static int put_versions(mr_page *p, const struct mr_published *newest, struct mr_err *err)
{
    struct mr_published *list;
    size_t count;
    mr_json_writer *v = &p->view;
    MR_TRY(mr_catalogue_versions(p->service, p->actor, p->arena, newest->slug, &list, &count, err));
    mr_json_put_flag(v, "can_edit", mr_authorise(p->actor, MR_MAY_SPECIFICATION_EDIT, newest->org_id, NULL) == MR_OK);
    mr_json_put_name(v, "versions");
    mr_json_begin_array(v);
    for (size_t i = 0; i < count; i++) {
        mr_json_begin_object(v);
        mr_json_put_member(v, "version", list[i].version);
        mr_json_put_member(v, "when", mr_say_day(p->arena, p->language, list[i].published_at));
        mr_json_put_member(v, "awarded", mr_say_count(p->arena, p->language, list[i].awarded));
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
    return MR_OK;
}

void mr_office_show_specification(mr_page *p, mr_str slug, mr_str fault, mr_str place)
{
    struct mr_err err = {0};
    struct mr_published published;
    if (mr_catalogue_get(p->service, p->arena, slug, &published, &err) != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    const mr_specification *s = &published.specification;
    mr_page_begin_titled(p, mr_texts_get(s->title, mr_language_tag(p->language), NULL), "provider.specifications");
    mr_json_put_name(&p->view, "specification");
    mr_json_begin_object(&p->view);
    mr_json_put_member(&p->view, "slug", published.slug);
    mr_json_put_member(&p->view, "version", published.version);
    mr_json_put_member(&p->view, "awarded", awarded(p, published.awarded));
    mr_json_put_member(&p->view, "workload",
                       mr_wording_workload(p->arena, p->language, s->ects_hundredths, s->workload_minutes));
    put_names(p, s);
    mr_json_end_object(&p->view);
    if (fault.len) put_upload_fault(p, fault, place);
    put_may(p, "can_validate", MR_MAY_VALIDATION_READ);
    put_may(p, "can_upload", MR_MAY_RESULT_ENTER);
    put_may(p, "can_see_batches", MR_MAY_BATCH_READ);
    int code = mr_actor_may(p->actor, MR_MAY_RESULT_ENTER) ? mr_upload_put_profiles(p, published.org_id, &err) : MR_OK;
    if (code == MR_OK) code = put_versions(p, &published, &err);
    if (code == MR_OK)
        code = put_batches(p, &published, mr_http_query(p->request, "before"), MR_LIMIT_OFFICE_BATCHES, &err);
    if (code == MR_OK) code = put_opportunities(p, &published, &err);
    if (code != MR_OK)
        mr_page_fail(p, &err);
    else
        mr_page_show_private(p, "office_specification");
}

void mr_web_office_specification(mr_page *p)
{
    mr_office_show_specification(p, p->part[0], MR_STR_EMPTY, MR_STR_EMPTY);
}
