/* The learner's page: what was awarded to her, unwrapped; accept or decline; say that a name is wrong; files to keep, and the way into a wallet.
 *
 * The address is the key: only this installation can make it, and it counts until somebody has decided (service/claim.h); after that the browser that decided goes on with
 * a cookie. So these forms carry no other token, no page of this file is kept by anybody (no-store), and a wrong address is answered like any page that is not there. What is shown is read from the sealed document
 * itself, after its seal was checked: she sees what others will see, not what a table says. */
#include "base/encoding.h"
#include "base/limits.h"
#include "service/catalogue.h"
#include "service/correction.h"
#include "service/keep.h"
#include "service/verifying.h"
#include "service/wallet.h"
#include "web/credential_file.h"
#include "web/session.h"

#define PASS_COOKIE "merit_claim"

/* What this browser holds of the claim: the cookie is bound to it by its path, and by what is signed in it (service/claim.h). */
static mr_str pass_of(const mr_page *p)
{
    return mr_http_cookie(p->request, PASS_COOKIE);
}

static void set_pass(mr_page *p, const char *pass)
{
    if (!pass[0]) return;
    mr_page_set_cookie_below(p, mr_arena_format(p->arena, "/claim/%.*s", MR_STR_ARG(p->part[0])), PASS_COOKIE, pass,
                             "; HttpOnly; Max-Age=86400");
}

/* The claim behind the address; otherwise the page that says why not, and false. */
static bool open_claim(mr_page *p, struct mr_claim *ret)
{
    struct mr_err err = {0};
    int code = mr_claim_open(p->service, p->arena, p->part[0], p->part[1], pass_of(p), ret, &err);
    if (code == MR_OK) {
        mr_page_prefer_language(p, ret->language);
        return true;
    }
    if (code == MR_E_NOT_FOUND)
        mr_page_not_found(p);
    else if (code == MR_E_STATE) {
        mr_page_begin(p, "claim.over.title", "");
        mr_http_set_status(p->response, 410);
        mr_page_show_private(p, "claim_over");
    } else
        mr_page_fail(p, &err);
    return false;
}

static mr_str claim_path(mr_page *p, const char *more)
{
    return mr_arena_format(p->arena, "/claim/%.*s/%.*s%s", MR_STR_ARG(p->part[0]), MR_STR_ARG(p->part[1]), more);
}

static void verifier_cleanup(mr_verifier **v)
{
    if (*v) mr_verifier_close(*v);
}

/* Read the sealed document as a verifier does. ret->has_view is false when its seal does not hold: then something has happened to the
 * database. */
static int read_sealed(mr_page *p, const struct mr_claim *claim, mr_report *ret, struct mr_err *err)
{
    MR_CLEANUP(verifier_cleanup) mr_verifier *verifier = NULL;
    struct mr_service_verifying how;
    MR_TRY(mr_service_verifying_init(p->service, p->arena, p->language, &how, err));
    MR_TRY(mr_verifier_open(&how.verifying, &verifier, err));
    MR_TRY(mr_verify(verifier, p->arena, claim->elm, ret, err));
    return ret->has_view ? MR_OK : MR_FAIL(err, MR_E_DB, "a stored credential does not verify", MR_NOWHERE);
}

/* ---- the page ---- */

/* Her given name when the document has it apart, else the whole name: which word of a name one is called by is not ours to guess. */
static mr_str called(mr_page *p, const mr_report *report)
{
    const mr_json *document;
    if (mr_json_parse(p->arena, report->document, NULL, &document, NULL) != MR_OK) return report->view.learner;
    const mr_json *given = mr_json_get(mr_json_get(document, "credentialSubject"), "givenName");
    MR_JSON_EACH_MEMBER (language, given) {
        const mr_json *text = mr_json_is(language + 1, MR_JSON_ARRAY) ? mr_json_at(language + 1, 0) : language + 1;
        if (mr_json_str(text).len) return mr_json_str(text);
    }
    return report->view.learner;
}

static void put_fact(mr_page *p, const char *label, mr_str value)
{
    if (value.len == 0) return;
    mr_json_begin_object(&p->view);
    mr_json_put_member(&p->view, "label", mr_message(p->language, label));
    mr_json_put_member(&p->view, "value", value);
    mr_json_end_object(&p->view);
}

static mr_str joined(mr_page *p, const struct mr_view_answer *answer)
{
    MR_CLEANUP(mr_buf_done) mr_buf b;
    mr_buf_init(&b, MR_MIB);
    for (size_t i = 0; i < answer->value_count; i++) {
        if (i) mr_buf_puts(&b, "; ");
        mr_buf_put(&b, answer->values[i]);
    }
    return mr_arena_dup(p->arena, mr_buf_str(&b));
}

static void put_outcomes(mr_page *p, const mr_view *view)
{
    const struct mr_view_answer *outcomes = &view->answers[MR_ELEMENT_OUTCOMES];
    mr_json_writer *v = &p->view;
    if (!outcomes->answered) return;
    mr_json_put_name(v, "outcomes");
    mr_json_begin_object(v);
    mr_json_put_member(v, "lang", outcomes->language.len ? outcomes->language : mr_language_tag(p->language));
    mr_page_tell_language(p, outcomes->language);
    mr_json_put_name(v, "list");
    mr_json_begin_array(v);
    for (size_t i = 0; i < outcomes->value_count; i++) mr_json_put_str(v, outcomes->values[i]);
    mr_json_end_array(v);
    mr_json_end_object(v);
}

/* By the names that the credential gives them in the reader's language: here nobody has to be warned that the seal has another. */
static mr_str awarding_bodies(mr_page *p, const mr_view *view)
{
    const struct mr_view_answer *bodies = &view->answers[MR_ELEMENT_AWARDING_BODY];
    if (bodies->answered && bodies->value_count) return joined(p, bodies);
    return view->awarding_body.len ? view->awarding_body : view->issuer;
}

static void put_sheet(mr_page *p, const mr_view *view)
{
    mr_json_writer *v = &p->view;
    mr_json_put_name(v, "sheet");
    mr_json_begin_object(v);
    mr_json_put_member(v, "awarding_body", awarding_bodies(p, view));
    mr_json_put_member(v, "learner", view->learner);
    mr_json_put_member(v, "title", view->title);
    mr_str title_language = view->answers[MR_ELEMENT_TITLE].language;
    mr_json_put_member(v, "title_lang", title_language.len ? title_language : mr_language_tag(p->language));
    mr_page_tell_language(p, title_language);
    if (mr_date_is_set(view->birth_date))
        mr_json_put_member(v, "born",
                           MR_SAY(p->arena, p->language, "claim.born",
                                  {"date", mr_say_date(p->arena, p->language, view->birth_date)}));
    mr_json_put_name(v, "facts");
    mr_json_begin_array(v);
    put_fact(p, "claim.workload", view->workload);
    put_fact(p, "claim.level", view->level);
    put_fact(p, "claim.assessed", joined(p, &view->answers[MR_ELEMENT_ASSESSMENT]));
    put_fact(p, "claim.grade", joined(p, &view->answers[MR_ELEMENT_GRADE]));
    if (mr_date_is_set(view->awarded_on))
        put_fact(p, "claim.awarded", mr_say_date(p->arena, p->language, view->awarded_on));
    mr_json_end_array(v);
    mr_json_put_flag(v, "has_picture", view->page_image.len > 0);
    put_outcomes(p, view);
    mr_json_end_object(v);
}

/* Whom to write to when the name is wrong, and who keeps a record. */
static void put_provider(mr_page *p, const struct mr_claim *claim)
{
    struct mr_published published;
    mr_json_writer *v = &p->view;
    if (mr_catalogue_get(p->service, p->arena, claim->specification_id, &published, NULL) != MR_OK) return;
    const mr_organisation *provider = &published.specification.provider;
    mr_json_put_member(v, "provider", mr_texts_get(provider->name, mr_language_tag(p->language), NULL));
    mr_json_put_member(v, "provider_email", provider->email);
    mr_json_put_member(v, "provider_homepage", provider->homepage);
    mr_json_put_member(v, "slug", published.slug);
}

static void put_claim(mr_page *p, const struct mr_claim *claim)
{
    static const char *const states[] = {"open", "accepted", "declined"};
    mr_json_writer *v = &p->view;
    mr_json_put_member(v, "address", claim_path(p, ""));
    mr_json_put_member(v, "email", claim->email);
    mr_json_put_member(v, "until", mr_say_day(p->arena, p->language, claim->until));
    if (claim->claimed_at != MR_TIME_NONE)
        mr_json_put_member(v, "decided", mr_say_day(p->arena, p->language, claim->claimed_at));
    mr_json_put_flag(v, states[claim->state], true);
    mr_web_put_credential_files(p, claim_path(p, "/file"), claim);
    if (claim->status != MR_STATUS_ACTIVE) {
        mr_json_put_flag(v, mr_status_name(claim->status), true);
        mr_json_put_member(v, "since", mr_say_day(p->arena, p->language, claim->status_changed_at));
    }
    put_provider(p, claim);
}

/* What a decided claim shows when there is nothing more of it; false: the sheet is to be shown. */
static bool show_rest(mr_page *p, const struct mr_claim *claim)
{
    if (claim->door == MR_CLAIM_USED) {
        mr_page_begin(p, "claim.used.title", "");
        mr_http_set_status(p->response, 410);
        mr_json_put_member(&p->view, "address", claim_path(p, ""));
        mr_page_show_private(p, "claim_used");
    } else if (claim->state == MR_CLAIM_DECLINED) {
        mr_page_begin(p, "claim.declined.title", "");
        put_claim(p, claim);
        mr_page_show_private(p, "claim_declined");
    } else if (claim->elm.len == 0) {
        mr_page_begin(p, "claim.removed.title", "");
        put_claim(p, claim);
        mr_page_show_private(p, "claim_removed");
    } else if (claim->door == MR_CLAIM_NEW_LINK) {
        mr_page_begin(p, "claim.new.title", "");
        mr_json_put_member(&p->view, "address", claim_path(p, ""));
        mr_page_show_private(p, "claim_new");
    } else
        return false;
    return true;
}

/* Which step leads into an account, and whether it lies there already. */
static int put_keeping(mr_page *p, const struct mr_claim *claim, struct mr_err *err)
{
    mr_json_writer *v = &p->view;
    mr_str item;
    MR_TRY(mr_wallet_find_kept(p->service, p->actor, p->arena, claim->achievement_id, &item, err));
    if (item.len) mr_json_put_member(v, "item", item);
    mr_json_put_flag(v, "one_step", p->session || claim->proves_email);
    return MR_OK;
}

static int put_correction(mr_page *p, const struct mr_claim *claim, struct mr_err *err)
{
    struct mr_correction_row row;
    MR_TRY(mr_correction_asked(p->service, p->arena, claim->achievement_id, &row, err));
    if (!mr_str_is(row.state, "open") && !mr_str_is(row.state, "refused")) return MR_OK;
    mr_json_put_name(&p->view, "correction");
    mr_json_begin_object(&p->view);
    mr_json_put_flag(&p->view, "waits", mr_str_is(row.state, "open"));
    mr_json_put_member(&p->view, "right_name", row.right_name);
    mr_json_put_member(&p->view, "answer", row.answer);
    mr_json_put_member(&p->view, "when", mr_say_day(p->arena, p->language, row.asked_at));
    mr_json_end_object(&p->view);
    return MR_OK;
}

/* wrong: message of what is wrong with what was typed, or NULL. */
static void show(mr_page *p, const char *title, const char *template, const char *wrong)
{
    struct mr_err err = {0};
    struct mr_claim claim;
    mr_report report = {0};
    if (!open_claim(p, &claim) || show_rest(p, &claim)) return;
    int code = read_sealed(p, &claim, &report, &err);
    if (code == MR_OK) {
        mr_page_begin(p, title, "");
        put_claim(p, &claim);
        mr_json_put_member(&p->view, "called", called(p, &report));
        put_sheet(p, &report.view);
        code = put_keeping(p, &claim, &err);
    }
    if (code == MR_OK) code = put_correction(p, &claim, &err);
    if (code != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    if (wrong) {
        mr_http_set_status(p->response, 422);
        mr_json_put_member(&p->view, "wrong", mr_message(p->language, wrong));
        mr_json_put_member(&p->view, "typed_name", mr_http_form(p->request, "name"));
        mr_json_put_member(&p->view, "typed_remark", mr_http_form(p->request, "remark"));
        mr_json_put_member(&p->view, "typed_email", mr_http_form(p->request, "email"));
    }
    mr_page_show_private(p, template);
}

void mr_web_claim(mr_page *p)
{
    show(p, "claim.title", "claim", NULL);
}

/* ---- deciding ---- */

/* A claim that was decided before shows how, or that its link was used. */
static void back_to_claim(mr_page *p, int code, const struct mr_err *err)
{
    if (code == MR_OK || code == MR_E_STATE)
        mr_http_redirect(p->response, claim_path(p, ""));
    else if (code == MR_E_NOT_FOUND)
        mr_page_not_found(p);
    else
        mr_page_fail(p, err);
}

void mr_web_claim_accept(mr_page *p)
{
    struct mr_err err = {0};
    mr_claim_pass pass = "";
    int code = mr_claim_accept(p->service, p->part[0], p->part[1], pass_of(p), pass, &err);
    set_pass(p, pass);
    back_to_claim(p, code, &err);
}

void mr_web_claim_decline(mr_page *p)
{
    struct mr_err err = {0};
    mr_claim_pass pass = "";
    int code = mr_claim_decline(p->service, p->part[0], p->part[1], pass_of(p), pass, &err);
    set_pass(p, pass);
    back_to_claim(p, code, &err);
}

void mr_web_claim_decline_ask(mr_page *p)
{
    struct mr_claim claim;
    if (!open_claim(p, &claim)) return;
    if (claim.door == MR_CLAIM_TO_DECIDE)
        show(p, "claim.decline.title", "claim_decline", NULL);
    else
        mr_http_redirect(p->response, claim_path(p, ""));
}

/* ---- new links ---- */

void mr_web_claim_enter(mr_page *p)
{
    struct mr_err err = {0};
    mr_claim_pass pass = "";
    int code = mr_claim_enter(p->service, p->part[0], p->part[1], pass, &err);
    set_pass(p, pass);
    back_to_claim(p, code, &err);
}

void mr_web_claim_again(mr_page *p)
{
    struct mr_err err = {0};
    int code = mr_claim_link_send(p->service, p->arena, p->part[0], p->part[1], &err);
    if (code == MR_OK) {
        mr_page_begin(p, "claim.again.title", "");
        mr_page_show_private(p, "claim_again");
    } else
        back_to_claim(p, code, &err);
}

/* ---- "this is not my name" ---- */

void mr_web_claim_name(mr_page *p)
{
    show(p, "claim.correct.title", "claim_name", NULL);
}

void mr_web_claim_name_send(mr_page *p)
{
    struct mr_err err = {0};
    int code = mr_correction_ask(p->service, p->arena, p->language, p->part[0], p->part[1], pass_of(p),
                                 mr_http_form(p->request, "name"), mr_http_form(p->request, "remark"), &err);
    if (code == MR_E_FORMAT)
        show(p, "claim.correct.title", "claim_name",
             strcmp(err.detail, "remark") == 0 ? "claim.correct.long" : "claim.correct.wrong");
    else
        back_to_claim(p, code == MR_E_EXISTS ? MR_OK : code, &err);
}

/* ---- keeping it in Merit ---- */

static void go_to_item(mr_page *p, mr_str item)
{
    mr_http_redirect(p->response, item.len ? mr_arena_format(p->arena, "/wallet/items/%.*s?fresh=1", MR_STR_ARG(item))
                                           : MR_STR("/wallet"));
}

static void say_elsewhere(mr_page *p)
{
    mr_page_begin(p, "claim.keep.elsewhere.title", "");
    mr_http_set_status(p->response, 409);
    mr_json_put_member(&p->view, "address", claim_path(p, ""));
    mr_page_show_private(p, "claim_elsewhere");
}

void mr_web_claim_keep_form(mr_page *p)
{
    show(p, "claim.keep.title", "claim_keep", NULL);
}

/* One step: into the account she is in, or into a new one for the address that her link has proved; where there is one with that address she signs in to it first. */
void mr_web_claim_keep(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_sign_in r = {.state = MR_SIGN_IN_OVER};
    const struct mr_visitor v = mr_web_visitor(p);
    const struct mr_keep what = {p->part[0], p->part[1], pass_of(p)};
    mr_str item = MR_STR_EMPTY;
    if (!mr_web_is_from_here(p)) return;
    int code = p->session ? mr_keep_mine(p->service, p->arena, p->language, p->actor, &what, &item, &err)
                          : mr_keep_new(p->service, p->arena, p->language, &v, &what, &r, &item, &err);
    if (r.state == MR_SIGN_IN_DONE) mr_web_session_set(p, r.token);
    if (code == MR_OK)
        go_to_item(p, item);
    else if (code == MR_E_EXISTS && strcmp(err.detail, "account") == 0)
        mr_http_redirect(p->response, mr_arena_format(p->arena, "/sign-in?to=%.*s", MR_STR_ARG(claim_path(p, ""))));
    else if (code == MR_E_EXISTS)
        say_elsewhere(p);
    else if (code == MR_E_FORBIDDEN)
        mr_http_redirect(p->response, claim_path(p, "/keep"));
    else
        back_to_claim(p, code, &err);
}

void mr_web_claim_keep_mail(mr_page *p)
{
    struct mr_err err = {0};
    const struct mr_keep what = {p->part[0], p->part[1], pass_of(p)};
    mr_str email = mr_http_form(p->request, "email");
    if (!mr_web_is_from_here(p)) return;
    int code = mr_keep_mail(p->service, p->arena, p->language, &what, email, &err);
    if (code == MR_E_FORMAT)
        show(p, "claim.keep.title", "claim_keep", "claim.keep.wrong");
    else if (code == MR_OK) {
        mr_page_begin(p, "claim.keep.sent.title", "");
        mr_json_put_member(&p->view, "email", mr_str_trim(email));
        mr_json_put_member(&p->view, "address", claim_path(p, ""));
        mr_page_show_private(p, "claim_keep_sent");
    } else
        back_to_claim(p, code, &err);
}

/* ---- picture and files ---- */

void mr_web_claim_image(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_claim claim;
    mr_report report = {0};
    mr_str picture;
    if (!open_claim(p, &claim)) return;
    bool is_shown = claim.door == MR_CLAIM_TO_DECIDE || claim.door == MR_CLAIM_PASS;
    if (!is_shown || claim.elm.len == 0) {
        mr_page_not_found(p);
        return;
    }
    int code = read_sealed(p, &claim, &report, &err);
    if (code == MR_OK) code = mr_base64_read(p->arena, report.view.page_image, &picture, &err);
    if (code != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    if (picture.len == 0 || !mr_str_is(report.view.page_image_type, "image/png")) {
        mr_page_not_found(p);
        return;
    }
    mr_http_set_type(p->response, "image/png");
    mr_http_set_header(p->response, "Cache-Control", MR_STR("no-store"));
    mr_buf_put(mr_http_body(p->response), picture);
}

void mr_web_claim_file(mr_page *p)
{
    struct mr_claim claim;
    if (!open_claim(p, &claim)) return;
    if (claim.door == MR_CLAIM_PASS && claim.state == MR_CLAIM_ACCEPTED)
        mr_web_credential_file(p, &claim, p->part[2]);
    else
        mr_page_not_found(p);
}
