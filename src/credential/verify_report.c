/* Writing into the report: what a check found, in the reader's language, and what keeps a file from being a credential. */
#include "credential/verify_inside.h"

#include "credential/sniff.h"

struct mr_check *mr_verify_claim(struct mr_verification *w, mr_check_code code, mr_state state, mr_str text)
{
    struct mr_check *c = &w->r->checks[code];
    c->claimed = true;
    c->state = state;
    c->text = text;
    c->at = w->now;
    return c;
}

mr_str mr_verify_say(const struct mr_verification *w, const char *id)
{
    return mr_message(w->l, id);
}

struct mr_check *mr_verify_claim_id(struct mr_verification *w, mr_check_code code, mr_state state, const char *id)
{
    return mr_verify_claim(w, code, state, mr_verify_say(w, id));
}

/* "code: message (detail) at pointer or byte", for experts. */
mr_str mr_verify_describe(struct mr_verification *w, const struct mr_err *e)
{
    const char *pointer = e->pointer[0] ? " at " : "";
    mr_str text = mr_arena_format(w->a, "%s: %s%s%s%s%s", mr_code_name(e->code), e->message ? e->message : "",
                                  e->detail[0] ? ": " : "", e->detail, pointer, e->pointer);
    if (e->position == MR_NOWHERE || e->pointer[0]) return text;
    return mr_arena_format(w->a, "%.*s, byte %zu", MR_STR_ARG(text), e->position);
}

/* The file is not what it must be: the end. */
int mr_verify_not_the_form(struct mr_verification *w, const char *id, const struct mr_err *e, bool is_credential)
{
    w->r->is_credential = is_credential;
    mr_str about = e ? mr_arena_dup(w->a, mr_str_of(e->detail)) : MR_STR_EMPTY; /* rules name what they are about */
    struct mr_check *c =
        mr_verify_claim(w, MR_CHECK_FORMAT, MR_FAILED, MR_SAY(w->a, w->l, id, {"value", about}, {"claim", about}));
    c->source = mr_verify_say(w, "source.file");
    c->detail = e ? mr_verify_describe(w, e) : MR_STR_EMPTY;
    return MR_OK;
}

void mr_verify_pass_format(struct mr_verification *w, const char *code, mr_str name, const char *id)
{
    w->r->is_credential = true;
    w->r->format_code = code;
    w->r->format = name;
    mr_verify_claim_id(w, MR_CHECK_FORMAT, MR_PASSED, id)->source = mr_verify_say(w, "source.file");
}

void mr_verify_remark(struct mr_verification *w, mr_str text)
{
    if (w->r->remark_count < MR_VERIFY_REMARKS && text.len) w->r->remarks[w->r->remark_count++] = text;
}

mr_str mr_verify_say_with(const struct mr_verification *w, const char *id, const char *name, mr_str value)
{
    return MR_SAY(w->a, w->l, id, {name, value});
}

int mr_verify_refuse_json(struct mr_verification *w, mr_str text, const struct mr_err *e)
{
    size_t line = 0, column = 0;
    w->damaged = true;
    MR_TRY(mr_verify_not_the_form(w, mr_sniffed_json_message(e, text), e, false));
    if (e->position == MR_NOWHERE || e->position > text.len) return MR_OK;
    mr_json_place(text, e->position, &line, &column);
    struct mr_check *c = &w->r->checks[MR_CHECK_FORMAT];
    c->detail = mr_arena_format(w->a, "%.*s (line %zu, column %zu)", MR_STR_ARG(c->detail), line, column);
    return MR_OK;
}

/* Format of a payload whose seal holds, and its view. *ret false: refused, said so. */
int mr_verify_read_elm(struct mr_verification *w, struct mr_found *f, mr_elm_kind *ret_kind, bool *ret,
                       struct mr_err *err)
{
    struct mr_err e = {0};
    *ret = false;
    int code = f->payload ? MR_OK : mr_json_parse(w->a, f->payload_text, NULL, &f->payload, &e);
    bool limit = code == MR_E_LIMIT || code == MR_E_NOMEM;
    if (code)
        return mr_verify_not_the_form(w, limit ? mr_sniffed_json_message(&e, f->payload_text) : "format.not_elm", &e,
                                      true);
    code = mr_elm_check_format(f->payload, ret_kind, &e);
    if (code == MR_E_NOMEM) return MR_FAIL(err, MR_E_NOMEM, "no memory to check a document", MR_NOWHERE);
    if (code)
        return mr_verify_not_the_form(
            w, mr_str_has_prefix(mr_str_of(e.message), MR_STR("format.")) ? e.message : "format.not_elm", &e, true);
    code = mr_view_read(w->a, f->payload, w->l, &w->r->view, &e);
    if (code) return mr_verify_not_the_form(w, "format.not_elm", &e, true);
    *ret = true;
    return MR_OK;
}

mr_str mr_verify_name(struct mr_verification *w, mr_elm_kind kind, mr_str seal)
{
    const char *id = kind == MR_ELM_EDC   ? "format.name.edc"
                     : kind == MR_ELM_VC2 ? "format.name.vc2"
                                          : "format.name.sealed";
    return mr_arena_concat(w->a, (const mr_str[]){mr_verify_say(w, id), MR_STR(" ("), seal, MR_STR(")")}, 4);
}
