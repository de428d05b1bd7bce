/* Filling mails.
 *
 * A template sees the members of the mail's data and, beside them, what every mail has: lang, subject, sender, greeting_name, introduction (paragraphs), button,
 * contact, host, stop. Texts that hold placeholders (the messages, a provider's words) are filled here with the same members; what is missing is shown as nothing,
 * because a mail that waits may have been queued by an older program. */
#include "service/mail_text.h"

#include "base/limits.h"
#include "json/write.h"
#include "service/installation.h"
#include "text/placeholder.h"
#include "text/template.h"

static const struct mr_mail_kind kinds[] = {
#define MR_MAIL_KIND(name, whose, keep_minutes, button, members)                                                       \
    {name, MR_MAIL_##whose, (int64_t)(keep_minutes)*60000, button, members},
#include "service/mail_kinds.def"
#undef MR_MAIL_KIND
};

const struct mr_mail_kind *mr_mail_kinds(size_t *ret_count)
{
    *ret_count = sizeof kinds / sizeof *kinds;
    return kinds;
}

const struct mr_mail_kind *mr_mail_kind_find(mr_str name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (mr_str_is(name, kinds[i].name)) return &kinds[i];
    return NULL;
}

mr_str mr_mail_kind_say(mr_arena *a, const mr_language *l, mr_str name)
{
    mr_str id = mr_arena_format(a, "mail.name.%.*s", MR_STR_ARG(name));
    return mr_message_str(l, mr_message_exists(mr_language_english(), id) ? id : MR_STR("mail.name.other"));
}

/* ---- words ---- */

static bool has_member(const struct mr_mail_kind *kind, mr_str name)
{
    mr_str rest = mr_str_of(kind->members), member;
    while (mr_str_split(&rest, ' ', &member))
        if (mr_str_eq(member, name)) return true;
    return false;
}

static int check_placeholders(const struct mr_mail_kind *kind, mr_str text, struct mr_err *err)
{
    mr_str before, name;
    while (mr_placeholder_next(&text, &before, &name))
        if (!has_member(kind, name))
            return MR_FAIL_DETAIL(err, MR_E_FORMAT, "this mail has nothing to put in place of a placeholder", "%.*s",
                                  MR_STR_ARG(name));
    return MR_OK;
}

int mr_mail_words_check(const struct mr_mail_kind *kind, const struct mr_mail_words *words, struct mr_err *err)
{
    if (!words->subject.len && !words->introduction.len) return MR_OK;
    if (!words->subject.len || !words->introduction.len)
        return MR_FAIL(err, MR_E_USAGE, "a subject and an introduction belong together", MR_NOWHERE);
    if (mr_utf8_length(words->subject) > MR_LIMIT_MAIL_SUBJECT)
        return MR_FAIL_DETAIL(err, MR_E_LIMIT, "the subject is too long", "%d", MR_LIMIT_MAIL_SUBJECT);
    if (mr_utf8_length(words->introduction) > MR_LIMIT_MAIL_INTRODUCTION)
        return MR_FAIL_DETAIL(err, MR_E_LIMIT, "the introduction is too long", "%d", MR_LIMIT_MAIL_INTRODUCTION);
    for (size_t i = 0; i < words->subject.len; i++)
        if ((unsigned char)words->subject.ptr[i] < ' ')
            return MR_FAIL(err, MR_E_FORMAT, "the subject has more than one line", i);
    MR_TRY(check_placeholders(kind, words->subject, err));
    return check_placeholders(kind, words->introduction, err);
}

struct mr_mail_words mr_mail_words_own(mr_arena *a, const mr_language *l, const struct mr_mail_kind *kind, mr_str count)
{
    return (struct mr_mail_words){
        mr_message_counting(l, mr_arena_format(a, "mail.%s.subject", kind->name), count),
        mr_message_counting(l, mr_arena_format(a, "mail.%s.introduction", kind->name), count)};
}

/* ---- filling ---- */

struct filling {
    mr_service *s;
    mr_arena *a;
    const mr_language *l;
    const struct mr_mail_source *source;
    const mr_json *data;
};

/* A date or time as the language writes it, any other text as it is. */
static mr_str in_words(const struct filling *f, mr_str text)
{
    mr_date date;
    int64_t time;
    if (text.len < 10 || text.len > 35 || text.ptr[4] != '-' || text.ptr[7] != '-') return text;
    if (text.len == 10 && mr_date_parse(text, &date, NULL) == MR_OK) return mr_say_date(f->a, f->l, date);
    if (text.len > 10 && mr_time_parse(text, &time, NULL) == MR_OK) return mr_say_time(f->a, f->l, time);
    return text;
}

static mr_str member(const struct filling *f, mr_str name)
{
    const mr_json *v = mr_json_find_member(f->data, name);
    mr_str text = mr_json_is(v, MR_JSON_NUMBER) ? mr_json_text(v) : in_words(f, mr_json_str(v));
    if (!text.len && mr_str_is(name, "provider")) return f->source->provider;
    return text;
}

static mr_str fill(const struct filling *f, mr_str text)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    mr_str before, name;
    mr_buf_init(&out, MR_LIMIT_MAIL);
    while (mr_placeholder_next(&text, &before, &name)) {
        mr_buf_put(&out, before);
        mr_buf_put(&out, member(f, name));
    }
    mr_buf_put(&out, text);
    return mr_arena_dup(f->a, mr_buf_str(&out));
}

/* Paragraphs are parted by empty lines. */
static void put_paragraphs(mr_json_writer *v, mr_str text)
{
    mr_json_put_name(v, "introduction");
    mr_json_begin_array(v);
    while (text.len > 0) {
        ptrdiff_t end = mr_str_find(text, MR_STR("\n\n"));
        mr_str paragraph = mr_str_trim(end < 0 ? text : mr_str_make(text.ptr, (size_t)end));
        if (paragraph.len) mr_json_put_str(v, paragraph);
        text = end < 0 ? MR_STR_EMPTY : mr_str_from(text, (size_t)end + 2);
    }
    mr_json_end_array(v);
}

/* What the data may not set. */
static bool is_ours(mr_str name)
{
    static const char *const names[] = {"lang",   "subject", "sender", "greeting_name", "introduction",
                                        "button", "contact", "host",   "stop",          "provider"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (mr_str_is(name, names[i])) return true;
    return false;
}

static mr_str first_of(const struct filling *f, const char *one, const char *two)
{
    mr_str text = mr_json_get_str(f->data, one);
    return text.len ? text : mr_json_get_str(f->data, two);
}

static mr_str host_of(mr_str url)
{
    ptrdiff_t at = mr_str_find(url, MR_STR("://"));
    mr_str host, rest = at < 0 ? url : mr_str_from(url, (size_t)at + 3);
    mr_str_split(&rest, '/', &host);
    return host;
}

static void put_view(const struct filling *f, const struct mr_mail_kind *kind, const struct mr_mail_words *words,
                     struct mr_mail_text *text, mr_json_writer *v)
{
    mr_str contact = first_of(f, "contact", "provider_email");
    text->subject = fill(f, words->subject);
    mr_str provider = member(f, MR_STR("provider")), organisation = mr_json_get_str(f->data, "organisation");
    text->sender = provider.len ? provider : organisation.len ? organisation : MR_STR("Merit");
    mr_json_begin_object(v);
    MR_JSON_EACH_MEMBER (name, f->data) {
        if (is_ours(mr_json_text(name))) continue;
        mr_json_put_name_str(v, mr_json_text(name));
        if (mr_json_is(name + 1, MR_JSON_STRING))
            mr_json_put_str(v, in_words(f, mr_json_text(name + 1)));
        else
            mr_json_put_value(v, name + 1);
    }
    mr_json_put_member(v, "lang", mr_language_tag(f->l));
    mr_json_put_member(v, "subject", text->subject);
    mr_json_put_member(v, "sender", text->sender);
    mr_json_put_member(v, "provider", provider);
    mr_json_put_member(v, "greeting_name", first_of(f, "name", "learner"));
    put_paragraphs(v, fill(f, words->introduction));
    mr_json_put_member(v, "button", kind->button[0] ? mr_message_str(f->l, mr_str_of(kind->button)) : MR_STR_EMPTY);
    mr_json_put_member(v, "contact", contact.len ? contact : f->source->contact);
    mr_json_put_member(v, "host", host_of(f->s->public_url));
    mr_json_put_member(v, "stop", f->source->stop);
    mr_json_end_object(v);
}

static int render(mr_arena *a, const struct mr_mail_kind *kind, bool plain, const mr_json *view, const mr_language *l,
                  mr_str *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    mr_buf_init(&out, MR_LIMIT_MAIL);
    MR_TRY(mr_mail_template_render(mr_str_of(kind->name), plain, view, l, &out, err));
    *ret = mr_arena_dup(a, mr_buf_str(&out));
    return ret->ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory for a mail", MR_NOWHERE);
}

int mr_mail_text_make(mr_service *s, mr_arena *a, const struct mr_mail_source *source, struct mr_mail_text *ret,
                      struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    const struct mr_mail_kind *kind = mr_mail_kind_find(source->kind);
    const mr_json *view;
    mr_json_writer v;
    mr_buf_init(&text, MR_LIMIT_MAIL);
    if (!kind) return MR_FAIL_DETAIL(err, MR_E_NOT_FOUND, "there is no such mail", "%.*s", MR_STR_ARG(source->kind));
    struct filling f = {.s = s, .a = a, .l = mr_language_find(source->language), .source = source};
    if (!f.l) f.l = mr_language_english();
    if (source->data.len) MR_TRY(mr_json_parse(a, source->data, NULL, &f.data, err));
    struct mr_mail_words words =
        source->words.subject.len ? source->words : mr_mail_words_own(a, f.l, kind, member(&f, MR_STR("count")));
    mr_json_writer_init(&v, &text, 0);
    ret->language = f.l;
    put_view(&f, kind, &words, ret, &v);
    if (mr_buf_failed(&text)) return MR_FAIL(err, MR_E_LIMIT, "the mail is too long", MR_NOWHERE);
    MR_TRY(mr_json_parse(a, mr_arena_dup(a, mr_buf_str(&text)), NULL, &view, err));
    MR_TRY(render(a, kind, true, view, f.l, &ret->text, err));
    return render(a, kind, false, view, f.l, &ret->html, err);
}

mr_str mr_mail_text_sample(mr_service *s, mr_arena *a, const mr_language *l)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    mr_json_writer v;
    mr_buf_init(&text, 4 * MR_KIB);
    mr_json_writer_init(&v, &text, 0);
    mr_json_begin_object(&v);
    mr_json_put_member_c(&v, "learner", "Åse Łukasz Østergård");
    mr_json_put_member(&v, "title", mr_message(l, "mail.sample.title"));
    mr_json_put_member(&v, "link", mr_arena_format(a, "%.*s/claim", MR_STR_ARG(s->public_url)));
    mr_json_put_member_c(&v, "until", "2030-06-30");
    mr_json_put_member_c(&v, "ends", "2030-06-30");
    mr_json_put_member_c(&v, "starts", "2030-01-07");
    mr_json_put_member(&v, "place", mr_message(l, "mail.sample.place"));
    mr_json_end_object(&v);
    return mr_arena_dup(a, mr_buf_str(&text));
}
