/* What was sent with the form for specifications becomes JSON again (draft_form.h says how fields are named).
 *
 * Nothing that was typed is refused here: what is no number is kept as text, what is no code stays as it was typed, and the reader of specification files says what is wrong
 * with it. Empty fields are left out, and so is what then has nothing in it. */
#include "web/draft_form.h"

#include "base/limits.h"
#include "service/organisation.h"

struct reading {
    mr_page *page;
    mr_arena *arena;
    const struct mr_draft *draft;
    mr_str languages;
    struct mr_draft_op op;
};

static bool read_field(struct reading *r, const struct mr_draft_field *f, mr_str name, const mr_json *old, mr_buf *out);

static mr_str sent(const struct reading *r, mr_str name)
{
    return mr_http_form(r->page->request, mr_arena_cstr(r->arena, name));
}

static mr_str below(const struct reading *r, mr_str name, const char *member)
{
    if (!*member) return name;
    return mr_arena_format(r->arena, "%.*s.%s", MR_STR_ARG(name), member);
}

/* Trimmed, with line feeds only. */
static mr_str tidy(const struct reading *r, mr_str text)
{
    MR_CLEANUP(mr_buf_done) mr_buf b;
    mr_buf_init(&b, MR_LIMIT_DRAFT);
    text = mr_str_trim(text);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '\r')
            mr_buf_putc(&b, text.ptr[i]);
        else if (i + 1 == text.len || text.ptr[i + 1] != '\n')
            mr_buf_putc(&b, '\n');
    }
    return mr_arena_dup(r->arena, mr_buf_str(&b));
}

static bool put_text(mr_buf *out, mr_str text)
{
    if (text.len) mr_json_quote(out, text);
    return text.len > 0;
}

/* Grammar of JSON without an exponent: a comma of the reader's habit becomes a point. */
static bool put_number(const struct reading *r, mr_str text, mr_buf *out)
{
    text = mr_str_trim(text);
    mr_str copy = mr_arena_dup(r->arena, text);
    size_t digits = 0, points = 0;
    for (size_t i = 0; copy.ptr && i < copy.len; i++) {
        char *c = (char *)(uintptr_t)&copy.ptr[i];
        if (*c == ',') *c = '.';
        if (*c >= '0' && *c <= '9')
            digits++;
        else if (*c == '.' && i > 0 && i + 1 < copy.len)
            points++;
        else
            points = 9;
    }
    bool is_number =
        digits > 0 && digits < 16 && points < 2 && (copy.ptr[0] != '0' || copy.len == 1 || copy.ptr[1] == '.');
    if (is_number)
        mr_buf_put(out, copy);
    else
        put_text(out, text);
    return text.len > 0;
}

static void put_member(mr_buf *out, bool *comma, mr_str name)
{
    if (*comma) mr_buf_putc(out, ',');
    *comma = true;
    mr_json_quote(out, name);
    mr_buf_putc(out, ':');
}

static bool read_texts(struct reading *r, mr_str name, const mr_json *old, mr_buf *out)
{
    mr_str rest = r->languages, language;
    bool comma = false;
    mr_buf_putc(out, '{');
    while (mr_str_split(&rest, ' ', &language)) {
        mr_str text = tidy(r, sent(r, mr_arena_format(r->arena, "%.*s.%.*s", MR_STR_ARG(name), MR_STR_ARG(language))));
        if (!text.len) continue;
        put_member(out, &comma, language);
        mr_json_quote(out, text);
    }
    MR_JSON_EACH_MEMBER (member, old) { /* languages that it has beyond those of the description are on the page, too */
        mr_str tag = mr_json_text(member);
        if (tag.len == 2 && mr_str_find(r->languages, tag) >= 0) continue;
        mr_str text = tidy(r, sent(r, mr_arena_format(r->arena, "%.*s.%.*s", MR_STR_ARG(name), MR_STR_ARG(tag))));
        if (!text.len) continue;
        put_member(out, &comma, tag);
        mr_json_quote(out, text);
    }
    mr_buf_putc(out, '}');
    return comma;
}

/* Those that were there, in their order, then those that are new. */
static bool read_codes(struct reading *r, const struct mr_draft_field *f, mr_str name, const mr_json *old, mr_buf *out)
{
    const mr_scheme *scheme = mr_scheme_get(f->scheme);
    bool comma = false;
    mr_buf_putc(out, '[');
    MR_JSON_EACH (element, old) {
        mr_str code = mr_json_is(element, MR_JSON_NUMBER) ? mr_json_text(element) : mr_json_str(element);
        if (!code.len || !sent(r, below(r, name, mr_arena_cstr(r->arena, code))).len) continue;
        if (comma) mr_buf_putc(out, ',');
        mr_json_quote(out, code);
        comma = true;
    }
    for (size_t i = 0; i < scheme->count; i++) {
        const char *code = scheme->concepts[i].code;
        bool had = false;
        if (!sent(r, below(r, name, code)).len) continue;
        MR_JSON_EACH (element, old)
            had |= mr_str_is(mr_json_is(element, MR_JSON_NUMBER) ? mr_json_text(element) : mr_json_str(element), code);
        if (had) continue;
        if (comma) mr_buf_putc(out, ',');
        mr_json_quote(out, mr_str_of(code));
        comma = true;
    }
    mr_buf_putc(out, ']');
    return comma;
}

static void read_members(struct reading *r, const struct mr_draft_field *fields, size_t count, mr_str name,
                         const mr_json *old, mr_buf *out, bool *comma)
{
    for (size_t i = 0; i < count; i++) {
        const struct mr_draft_field *f = &fields[i];
        if (!*f->name) {
            read_members(r, f->fields, f->field_count, name, old, out, comma);
            continue;
        }
        size_t before = out->len;
        bool had = *comma;
        put_member(out, comma, mr_str_of(f->name));
        if (!read_field(r, f, below(r, name, f->name), mr_json_get(old, f->name), out)) out->len = before, *comma = had;
    }
}

/* What the organisation says of the assessor that was chosen; empty when none was, or it is not there any more. */
static mr_str known_assessor(const struct reading *r, mr_str name)
{
    struct mr_assessor_row *rows;
    size_t count;
    mr_str id = sent(r, below(r, name, "known"));
    if (!id.len || mr_organisation_assessors(r->page->service, r->arena, r->page->actor, r->draft->org_id, &rows,
                                             &count, NULL) != MR_OK)
        return MR_STR_EMPTY;
    for (size_t i = 0; i < count; i++)
        if (mr_str_eq(rows[i].id, id)) return rows[i].profile;
    return MR_STR_EMPTY;
}

/* Was something typed that the document does not say? */
static bool is_changed(const struct reading *r, mr_str text, const mr_json *old)
{
    const mr_json *typed;
    text = mr_arena_dup(r->arena, text);
    return mr_json_parse(r->arena, text, NULL, &typed, NULL) != MR_OK ||
           !mr_str_eq(mr_draft_mark(r->arena, typed), mr_draft_mark(r->arena, old));
}

static bool read_object(struct reading *r, const struct mr_draft_field *f, mr_str name, const mr_json *old, mr_buf *out)
{
    bool comma = false;
    size_t before = out->len;
    if (f->or_provider && sent(r, below(r, name, "is_provider")).len) return put_text(out, MR_STR("provider"));
    mr_buf_putc(out, '{');
    read_members(r, f->fields, f->field_count, name, old, out, &comma);
    mr_buf_putc(out, '}');
    mr_str known = f->is_assessor ? known_assessor(r, name) : MR_STR_EMPTY;
    if (!known.len || (comma && is_changed(r, mr_str_from(mr_buf_str(out), before), old))) return comma;
    out->len = before;
    mr_buf_put(out, known);
    return true;
}

/* Which item of the page stands at this place when the button has moved one; `count` for one that was removed. */
static size_t moved(const struct reading *r, mr_str name, size_t place, size_t count)
{
    const struct mr_draft_op *op = &r->op;
    if (!mr_str_eq(op->name, name)) return place;
    if (mr_str_is(op->verb, "remove") && place == op->number) return count;
    size_t with = mr_str_is(op->verb, "up") ? op->number - 1 : mr_str_is(op->verb, "down") ? op->number + 1 : count;
    if (with >= count) return place;
    return place == op->number ? with : place == with ? op->number : place;
}

static bool read_list(struct reading *r, const struct mr_draft_field *f, mr_str name, const mr_json *old, mr_buf *out)
{
    uint64_t count = 0;
    bool comma = false;
    if (!mr_str_to_u64(sent(r, below(r, name, "count")), &count) || count > MR_LIMIT_DRAFT_ITEMS) count = 0;
    mr_buf_putc(out, '[');
    for (size_t place = 0; place < count; place++) {
        size_t i = moved(r, name, place, count), before = out->len;
        if (i == count) continue;
        mr_str item = mr_arena_format(r->arena, "%.*s.%zu", MR_STR_ARG(name), i);
        const mr_json *was = mr_json_at(old, (uint32_t)i);
        if (comma) mr_buf_putc(out, ',');
        bool kept = was && sent(r, below(r, item, "keep")).len;
        if (kept) {
            mr_json_writer w;
            mr_json_writer_init(&w, out, 0);
            mr_json_put_value(&w, was);
        }
        if (kept || read_object(r, f, item, was, out))
            comma = true;
        else
            out->len = before;
    }
    mr_buf_putc(out, ']');
    return comma;
}

static bool read_field(struct reading *r, const struct mr_draft_field *f, mr_str name, const mr_json *old, mr_buf *out)
{
    switch (f->kind) {
    case MR_FIELD_LINE:
    case MR_FIELD_WORD:
    case MR_FIELD_PICK: return put_text(out, mr_str_trim(sent(r, name)));
    case MR_FIELD_NUMBER: return put_number(r, sent(r, name), out);
    case MR_FIELD_CODE:
        return f->is_number ? put_number(r, sent(r, name), out) : put_text(out, mr_str_trim(sent(r, name)));
    case MR_FIELD_FLAG:
        if (!sent(r, name).len) return false;
        mr_buf_puts(out, "true");
        return true;
    case MR_FIELD_TITLE:
    case MR_FIELD_TEXTS: return read_texts(r, name, old, out);
    case MR_FIELD_CODES:
    case MR_FIELD_PICKS: return read_codes(r, f, name, old, out);
    case MR_FIELD_OBJECT: return read_object(r, f, name, old, out);
    case MR_FIELD_LIST: return read_list(r, f, name, old, out);
    }
    return false;
}

struct mr_draft_op mr_draft_form_op(mr_page *p)
{
    struct mr_draft_op op = {.number = SIZE_MAX};
    mr_str rest = mr_http_form(p->request, "op"), number = MR_STR_EMPTY;
    uint64_t n;
    mr_str_split(&rest, ' ', &op.verb);
    mr_str_split(&rest, ' ', &op.name);
    if (mr_str_split(&rest, ' ', &number) && mr_str_to_u64(number, &n) && n < MR_LIMIT_DRAFT_ITEMS)
        op.number = (size_t)n;
    return op;
}

int mr_draft_form_read(mr_page *p, const struct mr_draft *draft, const struct mr_draft_section *section,
                       struct mr_draft_change *changes, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct reading r = {
        .page = p, .arena = p->arena, .draft = draft, .languages = draft->languages, .op = mr_draft_form_op(p)};
    size_t count = 0;
    mr_buf_init(&out, MR_LIMIT_DRAFT);
    for (size_t i = 0; i < section->field_count; i++) {
        const struct mr_draft_field *f = &section->fields[i];
        mr_str member = mr_str_of(f->name), base = sent(&r, mr_arena_format(p->arena, "base.%s", f->name));
        if (!base.len) continue;
        mr_buf_clear(&out);
        bool any = read_field(&r, f, member, mr_json_get(draft->root, f->name), &out);
        if (mr_buf_failed(&out)) return MR_FAIL(err, MR_E_LIMIT, "an answer is too long", MR_NOWHERE);
        changes[count] = (struct mr_draft_change){.member = member, .base = base};
        if (any) changes[count].value = mr_arena_dup(p->arena, mr_buf_str(&out));
        if (any && !changes[count].value.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for the form", MR_NOWHERE);
        count++;
    }
    *ret_count = count;
    return MR_OK;
}
