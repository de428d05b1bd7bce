/* The page of one draft: how complete it is, what is in the way, what changed since the last version, what others remark, and what can be done with it now. */
#include "web/draft.h"

#include "base/limits.h"
#include "credential/annex.h"
#include "web/draft_form.h"
#include "web/office.h"

#include <stdio.h>

/* ---- what the pages of drafts share ---- */

bool mr_web_draft_open(mr_page *p, struct mr_draft *ret)
{
    struct mr_err err = {0};
    if (mr_draft_open(p->service, p->actor, p->arena, p->part[0], ret, &err) == MR_OK) return true;
    mr_page_fail(p, &err);
    return false;
}

mr_str mr_web_draft_path(mr_page *p, mr_str id, const char *more)
{
    return mr_arena_format(p->arena, "/provider/drafts/%.*s%s", MR_STR_ARG(id), more);
}

struct mr_draft_place mr_web_draft_place(mr_str after)
{
    mr_str at;
    uint64_t ms;
    if (!mr_str_split(&after, '.', &at) || !mr_str_to_u64(at, &ms) || ms > INT64_MAX) return (struct mr_draft_place){0};
    return (struct mr_draft_place){(int64_t)ms, after};
}

mr_str mr_web_draft_title(mr_page *p, const struct mr_draft *draft, mr_str *ret_language)
{
    const mr_json *title = mr_json_get(draft->root, "title");
    mr_str tag = mr_language_tag(p->language), text = mr_json_str(mr_json_find_member(title, tag));
    MR_JSON_EACH_MEMBER (name, title)
        if (!text.len) text = mr_json_str(name + 1), tag = mr_json_text(name);
    if (!text.len) text = mr_message(p->language, "draft.untitled"), tag = mr_language_tag(p->language);
    *ret_language = tag;
    return text;
}

void mr_web_draft_put_title(mr_page *p, const struct mr_draft *draft)
{
    mr_str language, title = mr_web_draft_title(p, draft, &language);
    mr_json_put_member(&p->view, "draft_title", title);
    mr_json_put_member(&p->view, "draft_lang", language);
}

void mr_web_draft_put_state(mr_page *p, mr_draft_state state)
{
    mr_str id = mr_arena_format(p->arena, "draft.state.%.*s", MR_STR_ARG(mr_draft_state_word(state)));
    mr_json_put_member(&p->view, "state", mr_message_str(p->language, id));
    mr_json_put_flag(&p->view, "unchecked", state == MR_DRAFT_SUBMITTED);
    mr_json_put_flag(&p->view, "na", state == MR_DRAFT_OPEN || state == MR_DRAFT_ARCHIVED);
    mr_json_put_flag(&p->view, "passed", state == MR_DRAFT_PUBLISHED);
    mr_json_put_flag(&p->view, "failed", false);
}

void mr_web_draft_put_deed(mr_page *p, const char *member, mr_str org_id, const struct mr_draft_deed *deed)
{
    mr_json_put_name(&p->view, member);
    if (!deed->kind.len) {
        mr_json_put_bool(&p->view, false);
        return;
    }
    bool own = mr_str_is(deed->kind, mr_actor_word(p->actor)) && mr_str_eq(deed->id, p->actor->id);
    bool nameless = mr_str_is(deed->kind, "operator") || mr_str_is(deed->kind, "system");
    mr_str id = own && !nameless ? MR_STR("draft.who.you")
                                 : mr_arena_format(p->arena, "draft.who.%.*s", MR_STR_ARG(deed->kind));
    mr_str name = own ? MR_STR_EMPTY : mr_office_person(p, org_id, deed->id);
    mr_json_begin_object(&p->view);
    mr_json_put_member(&p->view, "who", name.len ? name : mr_message_str(p->language, id));
    mr_json_put_member(&p->view, "when", mr_say_time(p->arena, p->language, deed->at));
    mr_json_end_object(&p->view);
}

mr_str mr_web_draft_gap_path(mr_page *p, mr_str draft_id, const struct mr_finding *f)
{
    mr_str pointer = mr_str_of(f->pointer), member = mr_draft_member_of(f->element), anchor = member;
    if (pointer.len > 1) {
        mr_str rest = mr_str_from(pointer, 1);
        mr_str_split(&rest, '/', &member);
        anchor = mr_arena_dup(p->arena, mr_str_from(pointer, 1));
        for (size_t i = 0; anchor.ptr && i < anchor.len; i++)
            if (anchor.ptr[i] == '/') *(char *)(uintptr_t)&anchor.ptr[i] = '.';
    }
    const struct mr_draft_section *section = mr_draft_section_of(member, NULL);
    if (!section) return MR_STR_EMPTY;
    return mr_arena_format(p->arena, "/provider/drafts/%.*s/%s?gaps=1#%.*s", MR_STR_ARG(draft_id), section->name,
                           MR_STR_ARG(anchor));
}

/* ---- how complete it is ---- */

static bool is_answered(const struct mr_draft *d, const struct mr_findings *findings, const char *code)
{
    mr_str member = mr_draft_member_of(code);
    if (!mr_json_find_member(d->root, member)) return false;
    for (size_t i = 0; i < findings->count; i++)
        if (!findings->items[i].warning && mr_str_eq(mr_draft_member_of(findings->items[i].element), member))
            return false;
    return true;
}

static void put_meter(mr_page *p, const struct mr_draft *d, const struct mr_findings *findings)
{
    int64_t answered = 0, wanted = 0, more = 0, optional = 0;
    for (mr_element e = 0; e < MR_ELEMENT_COUNT; e++) {
        const struct mr_element_info *info = mr_element_info(e);
        if (info->source != MR_ELEMENT_SPECIFICATION) continue;
        bool is = is_answered(d, findings, info->code);
        if (info->mandatory)
            wanted++, answered += is;
        else
            optional++, more += is;
    }
    mr_json_put_name(&p->view, "meter");
    mr_json_begin_object(&p->view);
    mr_json_put_number(&p->view, "answered", answered);
    mr_json_put_number(&p->view, "wanted", wanted);
    mr_json_put_member(&p->view, "sentence",
                       MR_SAY(p->arena, p->language, "draft.meter",
                              {"count", mr_say_count(p->arena, p->language, answered)},
                              {"wanted", mr_say_count(p->arena, p->language, wanted)}));
    mr_json_put_member(&p->view, "optional",
                       MR_SAY(p->arena, p->language, "draft.meter.optional",
                              {"count", mr_say_count(p->arena, p->language, more)},
                              {"wanted", mr_say_count(p->arena, p->language, optional)}));
    mr_json_end_object(&p->view);
}

static void put_gaps(mr_page *p, const struct mr_draft *d, const struct mr_findings *findings)
{
    mr_json_writer *v = &p->view;
    mr_json_put_name(v, "gaps");
    mr_json_begin_array(v);
    for (size_t i = 0; i < findings->count; i++) {
        const struct mr_finding *f = &findings->items[i];
        mr_str path = mr_web_draft_gap_path(p, d->id, f);
        mr_str member = mr_str_from(mr_str_of(f->pointer), *f->pointer == '/');
        bool unknown = !path.len && mr_json_find_member(d->root, member) && mr_draft_member_place(member) == SIZE_MAX;
        mr_json_begin_object(v);
        mr_json_put_member(v, "text", mr_draft_finding_say(p, f));
        mr_json_put_member(v, "path", path);
        mr_json_put_member(v, "drop", unknown ? member : MR_STR_EMPTY);
        mr_json_put_flag(&p->view, "warning", f->warning);
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
    mr_json_put_flag(&p->view, "has_gaps", findings->count > 0);
    mr_json_put_flag(&p->view, "complete", findings->faults == 0);
}

/* The pages of the form, with how much is to be done on each. */
static void put_sections(mr_page *p, const struct mr_draft *d, const struct mr_findings *findings)
{
    mr_str next = MR_STR_EMPTY; /* the first with something to do */
    mr_json_put_name(&p->view, "sections");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; mr_draft_section_at(i); i++) {
        const struct mr_draft_section *section = mr_draft_section_at(i);
        mr_str path = mr_arena_format(p->arena, "/provider/drafts/%.*s/%s", MR_STR_ARG(d->id), section->name);
        mr_str with = mr_arena_format(p->arena, "%.*s?", MR_STR_ARG(path));
        int64_t faults = 0;
        for (size_t f = 0; f < findings->count; f++)
            faults += !findings->items[f].warning &&
                      mr_str_has_prefix(mr_web_draft_gap_path(p, d->id, &findings->items[f]), with);
        if (faults && !next.len) next = path;
        mr_json_begin_object(&p->view);
        mr_json_put_member(&p->view, "path", path);
        mr_json_put_member(&p->view, "name", mr_message(p->language, section->title));
        mr_json_put_member(&p->view, "todo", faults ? mr_office_count(p, "draft.todo", faults) : MR_STR_EMPTY);
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
    mr_json_put_member(&p->view, "next_path", next.len ? next : mr_web_draft_path(p, d->id, "/title"));
}

static void put_languages(mr_page *p, const struct mr_draft *d)
{
    mr_str rest = d->languages, tag;
    bool first = true;
    mr_json_put_name(&p->view, "tongues");
    mr_json_begin_array(&p->view);
    while (mr_str_split(&rest, ' ', &tag)) {
        mr_str pointers[1];
        size_t lacking = mr_draft_lacking(p->arena, d->root, tag, pointers, 1);
        const mr_concept *c = mr_concept_find(MR_SCHEME_LANGUAGE, tag);
        mr_json_begin_object(&p->view);
        mr_json_put_member(&p->view, "tag", tag);
        mr_json_put_member(&p->view, "tongue_name", c ? mr_concept_label(c, mr_language_tag(p->language)) : tag);
        mr_json_put_flag(&p->view, "primary", first);
        mr_json_put_flag(&p->view, "removable",
                         d->state == MR_DRAFT_OPEN && !first && !mr_draft_count_texts(d->root, tag));
        mr_json_put_member(&p->view, "lacking",
                           lacking ? mr_office_count(p, "draft.lacking", (int64_t)lacking)
                                   : mr_message(p->language, "draft.lacking.none"));
        struct mr_finding at = {.element = ""};
        if (lacking) snprintf(at.pointer, sizeof at.pointer, "%.*s", MR_STR_ARG(pointers[0]));
        mr_json_put_member(&p->view, "path", lacking ? mr_web_draft_gap_path(p, d->id, &at) : MR_STR_EMPTY);
        mr_json_end_object(&p->view);
        first = false;
    }
    mr_json_end_array(&p->view);
    mr_json_put_name(&p->view, "all_tongues");
    mr_json_begin_array(&p->view);
    const mr_scheme *scheme = mr_scheme_get(MR_SCHEME_LANGUAGE);
    mr_str likely = mr_str_find(d->languages, MR_STR("en")) < 0 ? MR_STR("en") : mr_language_tag(p->language);
    if (mr_str_find(d->languages, likely) >= 0)
        likely = mr_str_find(d->languages, MR_STR("de")) < 0 ? MR_STR("de") : MR_STR("fr");
    for (size_t i = 0; d->state == MR_DRAFT_OPEN && i < scheme->count; i++) {
        mr_json_begin_object(&p->view);
        mr_json_put_member_c(&p->view, "value", scheme->concepts[i].code);
        mr_json_put_member(&p->view, "option", mr_concept_label(&scheme->concepts[i], mr_language_tag(p->language)));
        mr_json_put_flag(&p->view, "chosen", mr_str_eq(mr_str_of(scheme->concepts[i].code), likely));
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
}

/* ---- what changed ---- */

static void put_change(mr_page *p, const char *member, const mr_json *before, const mr_json *after)
{
    const struct mr_draft_field *field = NULL;
    if (mr_str_eq(mr_draft_mark(p->arena, before), mr_draft_mark(p->arena, after))) return;
    if (!mr_draft_section_of(mr_str_of(member), &field)) return;
    mr_json_begin_object(&p->view);
    mr_json_put_member(&p->view, "label", mr_message(p->language, field->label));
    mr_draft_tell(p, "before", field, before);
    mr_draft_tell(p, "after", field, after);
    mr_json_end_object(&p->view);
}

static void put_changes(mr_page *p, const struct mr_draft *d)
{
    struct mr_published base;
    const mr_json *old = NULL;
    if (d->based_on.len && mr_catalogue_get(p->service, p->arena, d->based_on, &base, NULL) == MR_OK &&
        mr_json_parse(p->arena, base.document, NULL, &old, NULL) != MR_OK)
        old = NULL;
    mr_json_put_flag(&p->view, "has_base", old != NULL);
    mr_json_put_member(&p->view, "base_version", old ? base.version : MR_STR_EMPTY);
    mr_json_put_name(&p->view, "changes");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; old && mr_draft_member_at(i); i++) {
        const char *member = mr_draft_member_at(i);
        put_change(p, member, mr_json_get(old, member), mr_json_get(d->root, member));
    }
    mr_json_end_array(&p->view);
}

/* ---- remarks ---- */

static int put_comments(mr_page *p, const struct mr_draft *d, struct mr_err *err)
{
    struct mr_draft_comment *list;
    size_t count;
    MR_TRY(mr_draft_comments(p->service, p->actor, p->arena, d->id, &list, &count, err));
    mr_json_put_name(&p->view, "remarks");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < count; i++) {
        const struct mr_draft_field *field = NULL;
        const struct mr_draft_section *section = mr_draft_section_of(list[i].element, &field);
        mr_json_begin_object(&p->view);
        mr_json_put_member(&p->view, "text", list[i].remark);
        mr_json_put_member(&p->view, "about", field ? mr_message(p->language, field->label) : MR_STR_EMPTY);
        mr_json_put_member(&p->view, "path",
                           section ? mr_arena_format(p->arena, "/provider/drafts/%.*s/%s#%.*s", MR_STR_ARG(d->id),
                                                     section->name, MR_STR_ARG(list[i].element))
                                   : MR_STR_EMPTY);
        mr_web_draft_put_deed(p, "by", d->org_id, &list[i].by);
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
    mr_json_put_name(&p->view, "about_what");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; mr_draft_section_at(i); i++)
        for (size_t f = 0; f < mr_draft_section_at(i)->field_count; f++) {
            const struct mr_draft_field *field = &mr_draft_section_at(i)->fields[f];
            mr_json_begin_object(&p->view);
            mr_json_put_member_c(&p->view, "value", field->name);
            mr_json_put_member(&p->view, "option", mr_message(p->language, field->label));
            mr_json_end_object(&p->view);
        }
    mr_json_end_array(&p->view);
    return MR_OK;
}

/* ---- what can be done with it ---- */

static bool may(mr_page *p, const struct mr_draft *d, mr_action action)
{
    return mr_authorise(p->actor, action, d->org_id, NULL) == MR_OK;
}

static int put_actions(mr_page *p, const struct mr_draft *d, struct mr_err *err)
{
    bool open = d->state == MR_DRAFT_OPEN, waits = d->state == MR_DRAFT_SUBMITTED, away = d->state == MR_DRAFT_ARCHIVED;
    bool edits = may(p, d, MR_MAY_SPECIFICATION_EDIT), approves = may(p, d, MR_MAY_SPECIFICATION_APPROVE);
    mr_draft_bar bar = MR_DRAFT_FREE;
    if (waits) MR_TRY(mr_draft_find_bar(p->service, p->actor, d, &bar, err));
    bool own = mr_str_is(d->submitted.kind, mr_actor_word(p->actor)) && mr_str_eq(d->submitted.id, p->actor->id);
    mr_json_put_flag(&p->view, "open", open);
    mr_json_put_flag(&p->view, "waits", waits);
    mr_json_put_flag(&p->view, "published", d->state == MR_DRAFT_PUBLISHED);
    mr_json_put_flag(&p->view, "away", away);
    mr_json_put_flag(&p->view, "can_edit", open && edits);
    mr_json_put_flag(&p->view, "can_approve", waits && approves && bar == MR_DRAFT_FREE);
    mr_json_put_flag(&p->view, "barred_own", waits && approves && bar == MR_DRAFT_OWN);
    mr_json_put_flag(&p->view, "barred_only", waits && approves && bar == MR_DRAFT_ONLY_EDITOR);
    mr_json_put_flag(&p->view, "is_operator", p->actor->kind == MR_ACTOR_OPERATOR);
    mr_json_put_flag(&p->view, "can_return", waits && approves && (!own || p->actor->kind == MR_ACTOR_OPERATOR));
    mr_json_put_flag(&p->view, "can_take_back", waits && edits && own && p->actor->kind != MR_ACTOR_OPERATOR);
    mr_json_put_flag(&p->view, "can_comment",
                     !away && d->state != MR_DRAFT_PUBLISHED && may(p, d, MR_MAY_SPECIFICATION_COMMENT));
    mr_json_put_flag(&p->view, "can_archive", open && may(p, d, MR_MAY_SPECIFICATION_ARCHIVE));
    mr_json_put_flag(&p->view, "can_restore", away && may(p, d, MR_MAY_SPECIFICATION_ARCHIVE));
    mr_json_put_flag(&p->view, "can_delete", (open || away) && edits);
    mr_json_put_flag(&p->view, "can_copy", edits);
    mr_json_put_flag(&p->view, "has_more", edits || ((open || away) && may(p, d, MR_MAY_SPECIFICATION_ARCHIVE)));
    return MR_OK;
}

static int put_draft(mr_page *p, const struct mr_draft *d, const struct mr_findings *deeper, struct mr_err *err)
{
    mr_specification spec;
    struct mr_findings findings;
    mr_findings_init(&findings, p->arena);
    MR_TRY(mr_draft_check(p->service, p->arena, d, false, &spec, &findings, err));
    mr_json_put_member(&p->view, "address", mr_web_draft_path(p, d->id, ""));
    mr_web_draft_put_title(p, d);
    mr_web_draft_put_state(p, d->state);
    mr_json_put_member(&p->view, "slug", d->slug);
    mr_json_put_member(&p->view, "version", d->version);
    mr_json_put_member(&p->view, "changed", mr_say_time(p->arena, p->language, d->updated_at));
    mr_json_put_member(&p->view, "reason", d->reason);
    mr_web_draft_put_deed(p, "submitted", d->org_id, &d->submitted);
    mr_web_draft_put_deed(p, "decided", d->org_id, &d->decided);
    put_meter(p, d, &findings);
    put_gaps(p, d, deeper ? deeper : &findings);
    put_sections(p, d, &findings);
    put_languages(p, d);
    put_changes(p, d);
    MR_TRY(put_comments(p, d, err));
    return put_actions(p, d, err);
}

void mr_web_draft_show(mr_page *p, const struct mr_draft *draft, mr_str fault, const struct mr_findings *findings)
{
    struct mr_err err = {0};
    mr_str language, title = mr_web_draft_title(p, draft, &language);
    mr_page_begin_titled(p, title, "provider.specifications");
    mr_json_put_member(&p->view, "fault", fault);
    mr_json_put_member(&p->view, "done", MR_STR_EMPTY);
    if (put_draft(p, draft, findings, &err) != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    if (fault.len) mr_http_set_status(p->response, 422);
    mr_page_show_private(p, "draft");
}

void mr_web_draft(mr_page *p)
{
    struct mr_draft draft;
    if (mr_web_draft_open(p, &draft)) mr_web_draft_show(p, &draft, MR_STR_EMPTY, NULL);
}
