/* A provider's own words for its mails: which there are, and the form for one of them in one language, with a preview. */
#include "base/limits.h"
#include "service/mail.h"
#include "web/office.h"

static int put_languages(mr_page *p, mr_str org, const struct mr_mail_kind *kind, struct mr_err *err)
{
    mr_json_writer *v = &p->view;
    mr_json_put_name(v, "in");
    mr_json_begin_array(v);
    for (const mr_language *const *l = mr_languages(); *l; l++) {
        struct mr_mail_words words;
        MR_TRY(mr_mail_words_find(p->service, p->actor, p->arena, org, mr_str_of(kind->name), mr_language_tag(*l),
                                  &words, err));
        mr_json_begin_object(v);
        mr_json_put_member(v, "tag", mr_language_tag(*l));
        mr_json_put_member(v, "language", mr_language_own_name(*l));
        mr_json_put_flag(v, "own", words.subject.len > 0);
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
    return MR_OK;
}

static int put_kinds(mr_page *p, mr_str org, struct mr_err *err)
{
    size_t count;
    const struct mr_mail_kind *kinds = mr_mail_kinds(&count);
    mr_json_writer *v = &p->view;
    mr_json_put_name(v, "kinds");
    mr_json_begin_array(v);
    for (size_t i = 0; i < count; i++) {
        if (kinds[i].whose == MR_MAIL_MERIT) continue;
        mr_json_begin_object(v);
        mr_json_put_member_c(v, "name", kinds[i].name);
        mr_json_put_member(v, "title", mr_mail_kind_say(p->arena, p->language, mr_str_of(kinds[i].name)));
        MR_TRY(put_languages(p, org, &kinds[i], err));
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
    return MR_OK;
}

void mr_web_mail_words_list(mr_page *p)
{
    struct mr_err err = {0};
    mr_str org;
    mr_page_begin(p, "mail.words.title", "provider.mail");
    int code = mr_mail_org(p->service, p->actor, p->arena, &org, &err);
    if (code == MR_OK) code = put_kinds(p, org, &err);
    if (code != MR_OK)
        mr_page_fail(p, &err);
    else
        mr_page_show_private(p, "mail_words_list");
}

/* ---- one ---- */

static void put_members(mr_page *p, const struct mr_mail_kind *kind)
{
    mr_str rest = mr_str_of(kind->members), member;
    mr_json_put_name(&p->view, "members");
    mr_json_begin_array(&p->view);
    while (mr_str_split(&rest, ' ', &member)) {
        mr_json_begin_object(&p->view);
        mr_json_put_member(&p->view, "name", mr_arena_format(p->arena, "{%.*s}", MR_STR_ARG(member)));
        mr_json_put_member(
            &p->view, "what",
            mr_message_str(p->language, mr_arena_format(p->arena, "mail.member.%.*s", MR_STR_ARG(member))));
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
}

static mr_str sentence_of(mr_page *p, const struct mr_err *wrong)
{
    if (wrong->code == MR_E_USAGE) return mr_message(p->language, "mail.words.wrong.both");
    if (wrong->code == MR_E_LIMIT)
        return MR_SAY(p->arena, p->language, "mail.words.wrong.long", {"most", mr_str_of(wrong->detail)});
    if (wrong->detail[0])
        return MR_SAY(p->arena, p->language, "mail.words.wrong.member",
                      {"name", mr_arena_format(p->arena, "{%s}", wrong->detail)});
    return mr_message(p->language, "mail.words.wrong.line");
}

static int put_preview(mr_page *p, mr_str org, mr_str kind, mr_str language, const struct mr_mail_words *words,
                       struct mr_err *err)
{
    struct mr_mail_text text;
    MR_TRY(mr_mail_preview(p->service, p->actor, p->arena, org, kind, language, words, &text, err));
    mr_json_put_name(&p->view, "preview");
    mr_json_begin_object(&p->view);
    mr_json_put_member(&p->view, "from", text.sender);
    mr_json_put_member(&p->view, "subject", text.subject);
    mr_json_put_member(&p->view, "text", text.text);
    mr_json_end_object(&p->view);
    return MR_OK;
}

/* typed: what the form says, NULL when nothing was sent; wrong: what is wrong with it, or NULL. */
static void show_form(mr_page *p, const struct mr_mail_words *typed, const struct mr_err *wrong)
{
    struct mr_err err = {0};
    struct mr_mail_words kept = {0};
    mr_str org, language = p->part[1];
    const mr_language *l = mr_language_find(language);
    const struct mr_mail_kind *kind = mr_mail_kind_find(p->part[0]);
    mr_json_writer *v = &p->view;
    if (!kind || kind->whose == MR_MAIL_MERIT || !l) {
        mr_page_not_found(p);
        return;
    }
    mr_page_begin(p, "mail.words.title", "provider.mail");
    int code = mr_mail_org(p->service, p->actor, p->arena, &org, &err);
    if (code == MR_OK)
        code = mr_mail_words_find(p->service, p->actor, p->arena, org, p->part[0], language, &kept, &err);
    struct mr_mail_words own = mr_mail_words_own(p->arena, l, kind, MR_STR_EMPTY);
    const struct mr_mail_words *shown = typed ? typed : kept.subject.len ? &kept : &own;
    if (code == MR_OK) code = put_preview(p, org, p->part[0], language, wrong ? NULL : shown, &err);
    if (code != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_json_put_member(v, "kind", p->part[0]);
    mr_json_put_member(v, "tag", mr_language_tag(l));
    mr_json_put_member(v, "language", mr_language_own_name(l));
    mr_json_put_member(v, "name", mr_mail_kind_say(p->arena, p->language, p->part[0]));
    mr_json_put_member(v, "subject", shown->subject);
    mr_json_put_member(v, "introduction", shown->introduction);
    mr_json_put_flag(v, "own", kept.subject.len > 0);
    mr_json_put_flag(v, "saved", mr_http_query(p->request, "saved").len > 0);
    put_members(p, kind);
    if (wrong) {
        mr_http_set_status(p->response, 422);
        mr_json_put_member(v, "wrong", sentence_of(p, wrong));
    }
    mr_page_show_private(p, "mail_words");
}

void mr_web_mail_words(mr_page *p)
{
    show_form(p, NULL, NULL);
}

/* Browsers end lines with CRLF. */
static mr_str with_plain_lines(mr_page *p, mr_str text)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    mr_buf_init(&out, text.len + 1);
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] != '\r') mr_buf_putc(&out, text.ptr[i]);
    return mr_arena_dup(p->arena, mr_str_trim(mr_buf_str(&out)));
}

void mr_web_mail_words_save(mr_page *p)
{
    struct mr_err err = {0};
    mr_str org, act = mr_http_form(p->request, "do");
    struct mr_mail_words words = {mr_str_trim(mr_http_form(p->request, "subject")),
                                  with_plain_lines(p, mr_http_form(p->request, "introduction"))};
    const struct mr_mail_kind *kind = mr_mail_kind_find(p->part[0]);
    if (mr_str_is(act, "preview") && kind) {
        int fine = mr_mail_words_check(kind, &words, &err);
        show_form(p, &words, fine == MR_OK ? NULL : &err);
        return;
    }
    if (mr_str_is(act, "back")) words = (struct mr_mail_words){0};
    int code = mr_mail_org(p->service, p->actor, p->arena, &org, &err);
    if (code == MR_OK) code = mr_mail_words_set(p->service, p->actor, org, p->part[0], p->part[1], &words, &err);
    if (code == MR_E_FORMAT || code == MR_E_LIMIT || code == MR_E_USAGE)
        show_form(p, &words, &err);
    else if (code != MR_OK)
        mr_page_fail(p, &err);
    else
        mr_http_redirect(p->response, mr_arena_format(p->arena, "/provider/mail/templates/%.*s/%.*s?saved=1",
                                                      MR_STR_ARG(p->part[0]), MR_STR_ARG(p->part[1])));
}
