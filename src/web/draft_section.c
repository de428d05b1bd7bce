/* The form for a specification, page by page.
 *
 *   GET  /provider/drafts/<id>/<section>   the page; ?gaps=1 tells what is not answered, ?add= ?open= ?search= what a button asked for
 *   POST the same                          saves what the page asks and does what the button says, then shows the page anew; programs of the page that ask for JSON (autosave) get
 *                                          {"saved", "marks"}, or a problem
 *
 * What was typed is never lost: when it cannot be saved, the page comes back with it, and with what others have written in the meantime. */
#include "web/draft.h"

#include "base/limits.h"
#include "web/api.h"
#include "web/draft_form.h"
#include "web/office.h"

static bool wants_json(const mr_page *p)
{
    return mr_str_has_prefix(mr_http_header(p->request, "Accept"), MR_STR("application/json"));
}

static const struct mr_draft_section *section_of(mr_page *p)
{
    const struct mr_draft_section *section = mr_draft_section_find(p->part[1]);
    if (!section) mr_page_not_found(p);
    return section;
}

static size_t index_of(const struct mr_draft_section *section)
{
    size_t i = 0;
    while (mr_draft_section_at(i) != section) i++;
    return i;
}

static void put_steps(mr_page *p, const struct mr_draft *d, const struct mr_draft_section *current)
{
    mr_json_put_name(&p->view, "sections");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; mr_draft_section_at(i); i++) {
        const struct mr_draft_section *section = mr_draft_section_at(i);
        mr_json_begin_object(&p->view);
        mr_json_put_member(&p->view, "path",
                           mr_arena_format(p->arena, "/provider/drafts/%.*s/%s", MR_STR_ARG(d->id), section->name));
        mr_json_put_member(&p->view, "name", mr_message(p->language, section->title));
        mr_json_put_flag(&p->view, "current", section == current);
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
}

/* Titled with the reader's words for the page, then the draft's title. */
static int show(mr_page *p, struct mr_draft_form *form, const struct mr_draft_section *section, const char *trouble,
                struct mr_err *err)
{
    mr_json_writer *v = &p->view;
    mr_str language, lead = mr_arena_format(p->arena, "%s.lead", section->title);
    struct mr_draft_comment *comments;
    MR_TRY(mr_draft_comments(p->service, p->actor, p->arena, form->draft->id, &comments, &form->comment_count, err));
    form->comments = comments;
    mr_str title = mr_web_draft_title(p, form->draft, &language);
    mr_page_begin_titled(p,
                         mr_arena_format(p->arena, "%.*s · %.*s", MR_STR_ARG(mr_message(p->language, section->title)),
                                         MR_STR_ARG(title)),
                         "provider.specifications");
    mr_json_put_member(v, "address", mr_web_draft_path(p, form->draft->id, ""));
    mr_json_put_member(v, "draft_title", title);
    mr_json_put_member(v, "draft_lang", language);
    mr_json_put_member_c(v, "section", section->name);
    mr_json_put_flag(v, "is_provider_section", strcmp(section->name, "provider") == 0);
    mr_json_put_member(v, "heading", mr_message(p->language, section->title));
    mr_json_put_member(v, "lead", mr_message_str(p->language, lead));
    mr_json_put_member(v, "trouble", trouble ? mr_message(p->language, trouble) : MR_STR_EMPTY);
    mr_json_put_flag(v, "met", form->conflict_count > 0);
    mr_json_put_flag(v, "saved", !trouble && mr_http_query(p->request, "saved").len > 0);
    bool closed = form->draft->state != MR_DRAFT_OPEN;
    bool edits = mr_authorise(p->actor, MR_MAY_SPECIFICATION_EDIT, form->draft->org_id, NULL) == MR_OK;
    mr_json_put_flag(v, "closed", closed || !edits);
    mr_json_put_member(v, "closed_why", mr_message(p->language, closed ? "draft.form.closed" : "draft.form.only_read"));
    mr_json_put_flag(v, "has_next", mr_draft_section_at(index_of(section) + 1) != NULL);
    put_steps(p, form->draft, section);
    mr_draft_form_put(form, section);
    mr_page_show_private(p, "draft_section");
    return MR_OK;
}

void mr_web_draft_section(mr_page *p)
{
    const struct mr_draft_section *section = section_of(p);
    struct mr_draft draft;
    struct mr_findings findings;
    mr_specification spec;
    struct mr_err err = {0};
    if (!section || !mr_web_draft_open(p, &draft)) return;
    mr_findings_init(&findings, p->arena);
    struct mr_draft_form form = {.page = p,
                                 .draft = &draft,
                                 .root = draft.root,
                                 .findings = &findings,
                                 .gaps = mr_http_query(p->request, "gaps").len > 0,
                                 .add = mr_http_query(p->request, "add"),
                                 .open = mr_http_query(p->request, "open"),
                                 .search = mr_http_query(p->request, "search")};
    int code = mr_draft_check(p->service, p->arena, &draft, false, &spec, &findings, &err);
    if (code == MR_OK) code = show(p, &form, section, NULL, &err);
    if (code != MR_OK) mr_page_fail(p, &err);
}

/* ---- what was sent ---- */

/* The document with what was typed; members that they did not touch are as others left them. */
static int typed_document(mr_page *p, const struct mr_draft *d, const struct mr_draft_change *changes, size_t count,
                          const mr_json **ret, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    struct mr_draft_change touched[MR_DRAFT_SECTION_FIELDS];
    size_t n = 0;
    mr_buf_init(&text, 2 * MR_LIMIT_DRAFT);
    for (size_t i = 0; i < count; i++) {
        const mr_json *mine = NULL;
        if (changes[i].value.len) MR_TRY(mr_json_parse(p->arena, changes[i].value, NULL, &mine, err));
        if (!mr_str_eq(mr_draft_mark(p->arena, mine), changes[i].base)) touched[n++] = changes[i];
    }
    mr_draft_write_document(d->root, touched, n, &text);
    if (mr_buf_failed(&text)) return MR_FAIL(err, MR_E_LIMIT, "the specification is too large", MR_NOWHERE);
    return mr_json_parse(p->arena, mr_arena_dup(p->arena, mr_buf_str(&text)), NULL, ret, err);
}

/* The page with what was typed and could not be saved. */
static int show_again(mr_page *p, const struct mr_draft *d, const struct mr_draft_section *section,
                      const struct mr_draft_change *changes, size_t count, const struct mr_draft_conflict *conflicts,
                      size_t conflict_count, const char *trouble, struct mr_err *err)
{
    struct mr_draft_form form = {.page = p, .draft = d, .conflicts = conflicts, .conflict_count = conflict_count};
    MR_TRY(typed_document(p, d, changes, count, &form.root, err));
    mr_http_set_status(p->response, conflict_count ? 409 : 422);
    return show(p, &form, section, trouble, err);
}

/* For autosave: when, and the marks of what now stands there as it was sent. */
static void answer_saved(mr_page *p, const struct mr_draft *d, const struct mr_draft_change *changes, size_t count)
{
    mr_json_writer *v = &p->view;
    mr_api_begin(p);
    mr_json_put_member(v, "saved",
                       MR_SAY(p->arena, p->language, "draft.form.saved_at",
                              {"time", mr_say_time(p->arena, p->language, d->updated_at)}));
    mr_json_put_number(v, "revision", d->revision);
    mr_json_put_name(v, "marks");
    mr_json_begin_object(v);
    for (size_t i = 0; i < count; i++) {
        const mr_json *mine = NULL;
        if (changes[i].value.len && mr_json_parse(p->arena, changes[i].value, NULL, &mine, NULL) != MR_OK) continue;
        mr_str now = mr_draft_mark(p->arena, mr_json_find_member(d->root, changes[i].member));
        if (!mr_str_eq(now, mr_draft_mark(p->arena, mine))) continue;
        mr_json_put_name_str(v, changes[i].member);
        mr_json_put_str(v, now);
    }
    mr_json_end_object(v);
    mr_api_show(p, 200);
}

static mr_str encoded(mr_page *p, mr_str text)
{
    MR_CLEANUP(mr_buf_done) mr_buf b;
    mr_buf_init(&b, 4 * MR_KIB);
    for (size_t i = 0; i < text.len && i < 300; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
                     c == '_' || c == '-';
        if (plain)
            mr_buf_putc(&b, (char)c);
        else
            mr_buf_format(&b, "%%%02X", c);
    }
    return mr_arena_dup(p->arena, mr_buf_str(&b));
}

/* Where the button leads. */
static mr_str destination(mr_page *p, const struct mr_draft *d, const struct mr_draft_section *section)
{
    const struct mr_draft_op op = mr_draft_form_op(p);
    const struct mr_draft_section *next = mr_draft_section_at(index_of(section) + 1);
    mr_str here = mr_arena_format(p->arena, "/provider/drafts/%.*s/%s", MR_STR_ARG(d->id), section->name);
    mr_str name = encoded(p, op.name);
    if (mr_str_is(op.verb, "next"))
        return next ? mr_arena_format(p->arena, "/provider/drafts/%.*s/%s", MR_STR_ARG(d->id), next->name)
                    : mr_web_draft_path(p, d->id, "");
    if (mr_str_is(op.verb, "add"))
        return mr_arena_format(p->arena, "%.*s?add=%.*s#add.%.*s", MR_STR_ARG(here), MR_STR_ARG(name),
                               MR_STR_ARG(name));
    if (mr_str_is(op.verb, "open"))
        return mr_arena_format(p->arena, "%.*s?open=%.*s.%zu#%.*s.%zu", MR_STR_ARG(here), MR_STR_ARG(name), op.number,
                               MR_STR_ARG(name), op.number);
    if (mr_str_is(op.verb, "search")) {
        mr_str typed = mr_http_form(p->request, mr_arena_format(p->arena, "search.%.*s", MR_STR_ARG(op.name)).ptr);
        mr_str list = op.name; /* a folded item would hide the results */
        size_t dots = 0;
        for (size_t i = 0; i < list.len; i++)
            if (list.ptr[i] == '.' && ++dots == 2) list.len = i;
        return mr_arena_format(p->arena, "%.*s?search=%.*s&q=%.*s&open=%.*s#%.*s", MR_STR_ARG(here), MR_STR_ARG(name),
                               MR_STR_ARG(encoded(p, typed)), MR_STR_ARG(encoded(p, list)), MR_STR_ARG(name));
    }
    if (op.name.len) return mr_arena_format(p->arena, "%.*s?saved=1#%.*s", MR_STR_ARG(here), MR_STR_ARG(name));
    return mr_arena_format(p->arena, "%.*s?saved=1", MR_STR_ARG(here));
}

static void refuse(mr_page *p, const struct mr_err *err)
{
    if (wants_json(p))
        mr_api_fail(p, err);
    else
        mr_page_fail(p, err);
}

void mr_web_draft_section_save(mr_page *p)
{
    const struct mr_draft_section *section = section_of(p);
    struct mr_draft_change changes[MR_DRAFT_SECTION_FIELDS];
    struct mr_draft_conflict conflicts[MR_DRAFT_SECTION_FIELDS];
    struct mr_draft draft;
    size_t count, met = 0;
    struct mr_err err = {0};
    if (!section || !mr_web_draft_open(p, &draft)) return;
    int code = mr_draft_form_read(p, &draft, section, changes, &count, &err);
    if (code != MR_OK) {
        refuse(p, &err);
        return;
    }
    code = mr_draft_save(p->service, p->actor, p->arena, draft.id, changes, count, conflicts, &met, &draft, &err);
    if (wants_json(p)) {
        if (code == MR_OK && met) code = MR_FAIL_DETAIL(&err, MR_E_EXISTS, "somebody else has changed it", "conflict");
        if (code == MR_OK)
            answer_saved(p, &draft, changes, count);
        else
            mr_api_fail(p, &err);
        return;
    }
    if (code == MR_OK && !met) {
        mr_http_redirect(p->response, destination(p, &draft, section));
        return;
    }
    const char *trouble = code == MR_OK        ? "draft.form.met"
                          : code == MR_E_STATE ? "draft.form.closed"
                          : code == MR_E_LIMIT ? "draft.form.too_long"
                                               : NULL;
    if (!trouble || show_again(p, &draft, section, changes, count, conflicts, met, trouble, &err) != MR_OK)
        mr_page_fail(p, &err);
}

/* ---- vocabularies for the searches of the form ---- */

void mr_web_vocabulary(mr_page *p)
{
    const mr_scheme *scheme = mr_scheme_find(p->part[0]);
    mr_scheme_code code = 0;
    if (!scheme) {
        mr_page_not_found(p);
        return;
    }
    while (mr_scheme_get(code) != scheme) code++;
    mr_api_begin(p);
    size_t count = mr_draft_search(p, code, mr_http_query(p->request, "q"), NULL, MR_LIMIT_VOCABULARY_FOUND);
    mr_json_put_number(&p->view, "count", (int64_t)count);
    mr_str said = count ? MR_SAY(p->arena, p->language,
                                 count > MR_LIMIT_VOCABULARY_FOUND ? "draft.form.found_many" : "draft.form.found",
                                 {"count", mr_say_count(p->arena, p->language, (int64_t)count)})
                        : mr_message(p->language, "draft.form.found_none");
    mr_json_put_member(&p->view, "said", said);
    mr_api_show(p, 200);
}
