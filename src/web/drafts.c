/* All specifications of a provider: drafts, what waits for approval, what is published, what is put away; and beginning a new one, empty, from a file, or from one that is
 * there. */
#include "web/draft.h"

#include "base/limits.h"
#include "base/time.h"
#include "web/office.h"
#include "web/specification.h"

/* ---- the list ---- */

/* Does its title, in any language, or its identifier have what was typed? ASCII letters without case. */
static bool fits(mr_str text, mr_str typed)
{
    for (size_t i = 0; i + typed.len <= text.len; i++)
        if (mr_str_eq_ascii_nocase(mr_str_make(text.ptr + i, typed.len), typed)) return true;
    return false;
}

static bool draft_fits(const struct mr_draft *d, mr_str typed)
{
    bool any = fits(d->slug, typed);
    MR_JSON_EACH_MEMBER (name, mr_json_get(d->root, "title")) any |= fits(mr_json_str(name + 1), typed);
    return any;
}

static bool published_fits(const struct mr_published *s, mr_str typed)
{
    bool any = fits(s->slug, typed);
    for (size_t i = 0; i < s->specification.title.count; i++) any |= fits(s->specification.title.items[i].text, typed);
    return any;
}

/* What one part of the list shows: rows in their order, and where it goes on; `next` empty: there is no more. */
struct part {
    void *rows;
    size_t count;
    mr_str next;
};

/* Titles are looked at in pieces, until the page is full or enough was looked at: then the page goes on from there. */
static int find_drafts(mr_page *p, mr_draft_state state, mr_str typed, mr_str after, struct part *ret,
                       struct mr_err *err)
{
    struct mr_draft *kept = MR_NEW_ARRAY(p->arena, struct mr_draft, MR_LIMIT_OFFICE_ROWS), *list;
    struct mr_draft_filter filter = {
        .state = mr_draft_state_word(state), .after = mr_web_draft_place(after), .limit = MR_LIMIT_OFFICE_ROWS + 1};
    size_t count = 0, looked = 0, kept_count = 0;
    if (!kept) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    *ret = (struct part){kept};
    do {
        MR_TRY(mr_draft_list(p->service, p->actor, p->arena, &filter, &list, &count, err));
        for (size_t i = 0; i < count; i++) {
            if (kept_count == MR_LIMIT_OFFICE_ROWS || looked == MR_LIMIT_OFFICE_LOOKED) {
                ret->count = kept_count;
                ret->next = mr_arena_format(p->arena, "%lld.%.*s", (long long)filter.after.updated_at,
                                            MR_STR_ARG(filter.after.id));
                return MR_OK;
            }
            looked++;
            if (draft_fits(&list[i], typed)) kept[kept_count++] = list[i];
            filter.after = (struct mr_draft_place){list[i].updated_at, list[i].id};
        }
    } while (count == filter.limit);
    ret->count = kept_count;
    return MR_OK;
}

static int find_published(mr_page *p, mr_specification_which which, mr_str typed, mr_str after, struct part *ret,
                          struct mr_err *err)
{
    struct mr_published *kept = MR_NEW_ARRAY(p->arena, struct mr_published, MR_LIMIT_OFFICE_ROWS), *list;
    struct mr_specification_filter filter = {
        .which = which, .newest_first = true, .after = after, .limit = MR_LIMIT_OFFICE_ROWS + 1};
    size_t count = 0, looked = 0, kept_count = 0;
    if (!kept) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    *ret = (struct part){kept};
    do {
        MR_TRY(mr_catalogue_list_own(p->service, p->actor, p->arena, &filter, &list, &count, err));
        for (size_t i = 0; i < count; i++) {
            if (kept_count == MR_LIMIT_OFFICE_ROWS || looked == MR_LIMIT_OFFICE_LOOKED) {
                ret->count = kept_count, ret->next = filter.after;
                return MR_OK;
            }
            looked++;
            if (published_fits(&list[i], typed)) kept[kept_count++] = list[i];
            filter.after = list[i].id;
        }
    } while (count == filter.limit);
    ret->count = kept_count;
    return MR_OK;
}

/* "<member>_next": the address where this part goes on. */
static void put_next(mr_page *p, const char *member, const char *show, mr_str typed, const struct part *part)
{
    MR_CLEANUP(mr_buf_done) mr_buf b;
    mr_buf_init(&b, 4 * MR_KIB);
    if (!part->next.len) return;
    mr_buf_puts(&b, "/provider/specifications");
    mr_web_put_query(&b, "show", mr_str_of(show));
    mr_web_put_query(&b, "q", typed);
    mr_web_put_query(&b, "part", mr_str_of(member));
    mr_web_put_query(&b, "after", part->next);
    mr_json_put_member(&p->view, mr_arena_format(p->arena, "%s_next", member).ptr, mr_buf_str(&b));
}

static void put_drafts(mr_page *p, const char *member, const struct part *part)
{
    const struct mr_draft *list = part->rows;
    mr_json_put_name(&p->view, member);
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < part->count; i++) {
        const struct mr_draft *d = &list[i];
        mr_json_begin_object(&p->view);
        mr_json_put_member(&p->view, "path", mr_web_draft_path(p, d->id, ""));
        mr_web_draft_put_title(p, d);
        mr_json_put_member(&p->view, "version", d->version);
        mr_web_draft_put_state(p, d->state);
        mr_json_put_member(&p->view, "changed", mr_say_time(p->arena, p->language, d->updated_at));
        mr_web_draft_put_deed(p, "submitted", d->org_id, &d->submitted);
        bool own = mr_str_is(d->submitted.kind, mr_actor_word(p->actor)) && mr_str_eq(d->submitted.id, p->actor->id) &&
                   p->actor->kind == MR_ACTOR_PERSON;
        mr_json_put_flag(&p->view, "waits_for_you",
                         d->state == MR_DRAFT_SUBMITTED && !own &&
                             mr_authorise(p->actor, MR_MAY_SPECIFICATION_APPROVE, d->org_id, NULL) == MR_OK);
        mr_json_put_member(&p->view, "sent_back", d->state == MR_DRAFT_OPEN ? d->reason : MR_STR_EMPTY);
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
}

static void put_published(mr_page *p, const char *member, const struct part *part)
{
    const struct mr_published *list = part->rows;
    mr_json_put_name(&p->view, member);
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < part->count; i++) {
        const struct mr_published *s = &list[i];
        mr_str language, title = mr_texts_get(s->specification.title, mr_language_tag(p->language), &language);
        mr_json_begin_object(&p->view);
        mr_json_put_member(&p->view, "slug", s->slug);
        mr_json_put_member(&p->view, "title", title);
        mr_json_put_member(&p->view, "title_lang", language);
        mr_json_put_member(&p->view, "version", s->version);
        mr_json_put_member(&p->view, "since", mr_say_day(p->arena, p->language, s->published_at));
        mr_json_put_member(&p->view, "awarded",
                           s->awarded ? mr_office_count(p, "office.awarded", s->awarded)
                                      : mr_message(p->language, "office.awarded.none"));
        mr_json_put_flag(&p->view, "can_edit",
                         mr_authorise(p->actor, MR_MAY_SPECIFICATION_EDIT, s->org_id, NULL) == MR_OK);
        mr_json_put_flag(&p->view, "can_archive",
                         mr_authorise(p->actor, MR_MAY_SPECIFICATION_ARCHIVE, s->org_id, NULL) == MR_OK);
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
}

/* Which part of the list is asked for. */
static void put_filter(mr_page *p, mr_str shown)
{
    static const char *const parts[] = {"all", "waiting", "drafts", "published", "archived"};
    mr_json_put_name(&p->view, "filters");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        mr_json_begin_object(&p->view);
        mr_json_put_member_c(&p->view, "value", parts[i]);
        mr_json_put_member(&p->view, "option",
                           mr_message_str(p->language, mr_arena_format(p->arena, "drafts.show.%s", parts[i])));
        mr_json_put_flag(&p->view, "chosen", mr_str_is(shown, parts[i]) || (!shown.len && i == 0));
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
}

/* The parts of the list: the member of the view, the filter that shows it alone, and what it holds. */
static const struct {
    const char *member, *show;
    bool is_draft, is_usual; /* shown when nothing else is asked for */
    mr_draft_state state;
    mr_specification_which which;
} parts[] = {{"waiting", "waiting", true, true, MR_DRAFT_SUBMITTED, MR_SPECIFICATIONS_ALL},
             {"drafts", "drafts", true, true, MR_DRAFT_OPEN, MR_SPECIFICATIONS_ALL},
             {"published", "published", false, true, MR_DRAFT_STATES, MR_SPECIFICATIONS_OFFERED},
             {"away", "archived", true, false, MR_DRAFT_ARCHIVED, MR_SPECIFICATIONS_ALL},
             {"withdrawn", "archived", false, false, MR_DRAFT_STATES, MR_SPECIFICATIONS_ARCHIVED}};

static int put_part(mr_page *p, size_t i, mr_str typed, mr_str after, bool wanted, size_t *ret_count,
                    struct mr_err *err)
{
    struct part part = {0};
    if (wanted && parts[i].is_draft) MR_TRY(find_drafts(p, parts[i].state, typed, after, &part, err));
    if (wanted && !parts[i].is_draft) MR_TRY(find_published(p, parts[i].which, typed, after, &part, err));
    if (parts[i].is_draft)
        put_drafts(p, parts[i].member, &part);
    else
        put_published(p, parts[i].member, &part);
    put_next(p, parts[i].member, parts[i].show, typed, &part);
    *ret_count = part.count;
    return MR_OK;
}

/* Is there anything at all, also what is not asked for? */
static int has_any(mr_page *p, bool *ret, struct mr_err *err)
{
    struct mr_draft *drafts;
    struct mr_published *published;
    size_t count;
    const struct mr_draft_filter a_draft = {.limit = 1};
    const struct mr_specification_filter one = {.which = MR_SPECIFICATIONS_ALL, .newest_first = true, .limit = 1};
    MR_TRY(mr_catalogue_list_own(p->service, p->actor, p->arena, &one, &published, &count, err));
    if (!count) MR_TRY(mr_draft_list(p->service, p->actor, p->arena, &a_draft, &drafts, &count, err));
    *ret = count > 0;
    return MR_OK;
}

/* With ?after= one part alone, from there on. */
static int put_all(mr_page *p, struct mr_err *err)
{
    mr_str typed = mr_str_trim(mr_http_query(p->request, "q")), show = mr_http_query(p->request, "show");
    mr_str after = mr_http_query(p->request, "after"), only = mr_http_query(p->request, "part");
    enum { PARTS = sizeof parts / sizeof *parts };
    size_t counts[PARTS], shown = 0;
    bool any, usual = !show.len || mr_str_is(show, "all");
    MR_TRY(has_any(p, &any, err));
    put_filter(p, show);
    mr_json_put_member(&p->view, "typed", typed);
    mr_json_put_flag(&p->view, "any", any);
    for (size_t i = 0; i < PARTS; i++) {
        bool wanted = after.len ? mr_str_is(only, parts[i].member)
                                : (usual && parts[i].is_usual) || mr_str_is(show, parts[i].show);
        MR_TRY(put_part(p, i, typed, after, wanted, &counts[i], err));
        shown += counts[i];
    }
    mr_json_put_flag(&p->view, "has_waiting", counts[0] > 0);
    mr_json_put_flag(&p->view, "has_drafts", counts[1] > 0);
    mr_json_put_flag(&p->view, "has_published", counts[2] > 0);
    mr_json_put_flag(&p->view, "has_away", counts[3] + counts[4] > 0);
    mr_json_put_flag(&p->view, "nothing_fits", !shown && any);
    if (after.len) mr_json_put_flag(&p->view, "is_later", true);
    return MR_OK;
}

void mr_web_drafts(mr_page *p)
{
    struct mr_err err = {0};
    mr_page_begin(p, "drafts.title", "provider.specifications");
    mr_json_put_flag(&p->view, "can_begin", mr_actor_may(p->actor, MR_MAY_SPECIFICATION_EDIT));
    if (put_all(p, &err) != MR_OK)
        mr_page_fail(p, &err);
    else
        mr_page_show_private(p, "drafts");
}

/* ---- beginning ---- */

struct beginning {
    mr_str title, provider, languages;
    const char *wrong; /* "/title", "/languages", "/provider", or NULL */
    mr_str file_fault, file_place;
};

static void put_tongue_choices(mr_page *p, mr_str chosen)
{
    static const char *const offered[] = {"bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "ga", "hr",
                                          "hu", "it", "lt", "lv", "mt", "nl", "pl", "pt", "ro", "sk", "sl", "sv"};
    mr_json_put_name(&p->view, "first_tongue");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < sizeof offered / sizeof *offered; i++) {
        const mr_concept *c = mr_concept_find(MR_SCHEME_LANGUAGE, mr_str_of(offered[i]));
        mr_json_begin_object(&p->view);
        mr_json_put_member_c(&p->view, "value", offered[i]);
        mr_json_put_member(&p->view, "option",
                           c ? mr_concept_label(c, mr_language_tag(p->language)) : mr_str_of(offered[i]));
        mr_json_put_flag(&p->view, "chosen", mr_str_has_prefix(chosen, mr_str_of(offered[i])));
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
}

static void show_new(mr_page *p, const struct beginning *b)
{
    struct mr_err err = {0};
    bool needs_provider;
    mr_str languages = b->languages.len ? b->languages : mr_language_tag(p->language);
    if (mr_draft_needs_provider(p->service, p->actor, &needs_provider, &err) != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_page_begin(p, "drafts.new.title", "provider.specifications");
    mr_json_put_member(&p->view, "typed_title", b->title);
    mr_json_put_member(&p->view, "typed_provider", b->provider);
    mr_json_put_flag(&p->view, "needs_provider", needs_provider || (b->wrong && strcmp(b->wrong, "/provider") == 0));
    mr_json_put_flag(&p->view, "wrong_title", b->wrong && strcmp(b->wrong, "/title") == 0);
    mr_json_put_flag(&p->view, "wrong_provider", b->wrong && strcmp(b->wrong, "/provider") == 0);
    mr_json_put_flag(&p->view, "wrong", b->wrong != NULL);
    mr_json_put_flag(&p->view, "with_english", !mr_str_is(languages, "en") || !b->languages.len);
    mr_json_put_member(&p->view, "file_fault", b->file_fault);
    mr_json_put_member(&p->view, "file_place", b->file_place);
    put_tongue_choices(p, languages);
    if (b->wrong || b->file_fault.len) mr_http_set_status(p->response, 422);
    mr_page_show_private(p, "draft_new");
}

void mr_web_draft_new(mr_page *p)
{
    show_new(p, &(struct beginning){0});
}

void mr_web_draft_begin(mr_page *p)
{
    struct mr_err err = {0};
    struct beginning b = {.title = mr_http_form(p->request, "title"), .provider = mr_http_form(p->request, "provider")};
    mr_str first = mr_http_form(p->request, "language"), id;
    bool english = mr_http_form(p->request, "english").len > 0;
    b.languages = english ? mr_arena_format(p->arena, "%.*s en", MR_STR_ARG(first)) : first;
    const struct mr_draft_start start = {.title = b.title, .languages = b.languages, .provider = b.provider};
    int code = mr_draft_new(p->service, p->actor, p->arena, &start, &id, &err);
    if (code == MR_OK) {
        mr_http_redirect(p->response, mr_web_draft_path(p, id, "/title"));
        return;
    }
    b.wrong = err.pointer;
    if (code == MR_E_USAGE)
        show_new(p, &b);
    else
        mr_page_fail(p, &err);
}

/* ---- from a file ---- */

/* Line and column of the place where a file stopped making sense. */
static mr_str json_place(mr_page *p, mr_str text, const struct mr_err *err)
{
    size_t line, column;
    if (err->position == MR_NOWHERE) return mr_str_of(err->pointer);
    mr_json_place(text, err->position, &line, &column);
    return MR_SAY(p->arena, p->language, "office.json_place", {"line", mr_arena_format(p->arena, "%zu", line)},
                  {"column", mr_arena_format(p->arena, "%zu", column)}, {"what", mr_str_of(err->message)},
                  {"detail", mr_str_of(err->detail)});
}

void mr_web_publish(mr_page *p)
{
    const struct mr_http_part *file = mr_office_file(p, "file");
    struct beginning b = {0};
    struct mr_err err = {0};
    mr_str id;
    if (!file) {
        b.file_fault = mr_message(p->language, "office.publish.nothing");
        show_new(p, &b);
        return;
    }
    int code = mr_draft_upload(p->service, p->actor, p->arena, file->content, &id, &err);
    if (code == MR_OK) {
        mr_http_redirect(p->response, mr_web_draft_path(p, id, ""));
        return;
    }
    mr_str sentence = mr_arena_format(p->arena, "office.publish.%s", mr_code_name(err.code));
    if (code == MR_E_USAGE) sentence = MR_STR("drafts.new.no_provider");
    if (!mr_message_exists(mr_language_english(), sentence)) {
        mr_page_fail(p, &err);
        return;
    }
    b.file_fault = mr_message_str(p->language, sentence);
    if (code != MR_E_USAGE) b.file_place = json_place(p, file->content, &err);
    show_new(p, &b);
}
