/* All specifications of a provider: drafts, what waits for approval, what is published, what is put away; and beginning a new one, empty, from a file, or from one that is
 * there. */
#include "web/draft.h"

#include "base/limits.h"
#include "base/time.h"
#include "web/office.h"

/* ---- the list ---- */

static void put_bool(mr_page *p, const char *name, bool value)
{
    mr_json_put_name(&p->view, name);
    mr_json_put_bool(&p->view, value);
}

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

static size_t put_drafts(mr_page *p, const char *member, const struct mr_draft *list, size_t count,
                         mr_draft_state state, mr_str typed)
{
    size_t shown = 0;
    mr_json_put_name(&p->view, member);
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < count; i++) {
        if (list[i].state != state || !draft_fits(&list[i], typed)) continue;
        mr_json_begin_object(&p->view);
        mr_json_put_member(&p->view, "path", mr_web_draft_path(p, list[i].id, ""));
        mr_web_draft_put_title(p, &list[i]);
        mr_json_put_member(&p->view, "version", list[i].version);
        mr_web_draft_put_state(p, list[i].state);
        mr_json_put_member(&p->view, "changed", mr_say_time(p->arena, p->language, list[i].updated_at));
        mr_web_draft_put_deed(p, "submitted", list[i].org_id, &list[i].submitted);
        bool own = mr_str_is(list[i].submitted.kind, mr_actor_word(p->actor)) &&
                   mr_str_eq(list[i].submitted.id, p->actor->id) && p->actor->kind == MR_ACTOR_PERSON;
        put_bool(p, "waits_for_you",
                 state == MR_DRAFT_SUBMITTED && !own &&
                     mr_authorise(p->actor, MR_MAY_SPECIFICATION_APPROVE, list[i].org_id, NULL) == MR_OK);
        mr_json_put_member(&p->view, "sent_back", state == MR_DRAFT_OPEN ? list[i].reason : MR_STR_EMPTY);
        mr_json_end_object(&p->view);
        shown++;
    }
    mr_json_end_array(&p->view);
    return shown;
}

static size_t put_published(mr_page *p, const char *member, const struct mr_published *list, size_t count,
                            bool archived, mr_str typed)
{
    size_t shown = 0;
    mr_json_put_name(&p->view, member);
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < count; i++) {
        const struct mr_published *s = &list[i];
        mr_str language, title = mr_texts_get(s->specification.title, mr_language_tag(p->language), &language);
        if ((s->archived_at != MR_TIME_NONE) != archived || !published_fits(s, typed)) continue;
        mr_json_begin_object(&p->view);
        mr_json_put_member(&p->view, "slug", s->slug);
        mr_json_put_member(&p->view, "title", title);
        mr_json_put_member(&p->view, "title_lang", language);
        mr_json_put_member(&p->view, "version", s->version);
        mr_json_put_member(&p->view, "since", mr_say_date(p->arena, p->language, mr_date_of_time(s->published_at)));
        mr_json_put_member(&p->view, "awarded",
                           s->awarded ? mr_office_count(p, "office.awarded", s->awarded)
                                      : mr_message(p->language, "office.awarded.none"));
        put_bool(p, "can_edit", mr_authorise(p->actor, MR_MAY_SPECIFICATION_EDIT, s->org_id, NULL) == MR_OK);
        put_bool(p, "can_archive", mr_authorise(p->actor, MR_MAY_SPECIFICATION_ARCHIVE, s->org_id, NULL) == MR_OK);
        mr_json_end_object(&p->view);
        shown++;
    }
    mr_json_end_array(&p->view);
    return shown;
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
        put_bool(p, "chosen", mr_str_is(shown, parts[i]) || (!shown.len && i == 0));
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
}

static int put_all(mr_page *p, struct mr_err *err)
{
    mr_str typed = mr_str_trim(mr_http_query(p->request, "q")), show = mr_http_query(p->request, "show");
    struct mr_draft *drafts;
    struct mr_published *published;
    size_t draft_count, published_count, shown = 0;
    bool all = !show.len || mr_str_is(show, "all");
    MR_TRY(mr_draft_list(p->service, p->actor, p->arena, &drafts, &draft_count, err));
    MR_TRY(mr_catalogue_list_own(p->service, p->actor, p->arena, &published, &published_count, err));
    put_filter(p, show);
    mr_json_put_member(&p->view, "typed", typed);
    put_bool(p, "any", draft_count + published_count > 0);
    size_t waiting = put_drafts(p, "waiting", drafts, all || mr_str_is(show, "waiting") ? draft_count : 0,
                                MR_DRAFT_SUBMITTED, typed);
    size_t open =
        put_drafts(p, "drafts", drafts, all || mr_str_is(show, "drafts") ? draft_count : 0, MR_DRAFT_OPEN, typed);
    size_t out = put_published(p, "published", published, all || mr_str_is(show, "published") ? published_count : 0,
                               false, typed);
    size_t away =
        put_drafts(p, "away", drafts, mr_str_is(show, "archived") ? draft_count : 0, MR_DRAFT_ARCHIVED, typed);
    size_t old =
        put_published(p, "withdrawn", published, mr_str_is(show, "archived") ? published_count : 0, true, typed);
    put_bool(p, "has_waiting", waiting > 0);
    put_bool(p, "has_drafts", open > 0);
    put_bool(p, "has_published", out > 0);
    put_bool(p, "has_away", away + old > 0);
    shown = waiting + open + out + away + old;
    put_bool(p, "nothing_fits", !shown && draft_count + published_count > 0);
    return MR_OK;
}

void mr_web_drafts(mr_page *p)
{
    struct mr_err err = {0};
    mr_page_begin(p, "drafts.title", "provider.specifications");
    put_bool(p, "can_begin", mr_actor_may(p->actor, MR_MAY_SPECIFICATION_EDIT));
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
        put_bool(p, "chosen", mr_str_has_prefix(chosen, mr_str_of(offered[i])));
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
    put_bool(p, "needs_provider", needs_provider || (b->wrong && strcmp(b->wrong, "/provider") == 0));
    put_bool(p, "wrong_title", b->wrong && strcmp(b->wrong, "/title") == 0);
    put_bool(p, "wrong_provider", b->wrong && strcmp(b->wrong, "/provider") == 0);
    put_bool(p, "wrong", b->wrong != NULL);
    put_bool(p, "with_english", !mr_str_is(languages, "en") || !b->languages.len);
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
