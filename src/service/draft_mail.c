#include "service/draft_mail.h"

#include "base/limits.h"
#include "json/write.h"
#include "service/installation.h"
#include "service/mail.h"
#include "store/membership.h"
#include "store/organisation.h"
#include "store/person.h"
#include "text/messages.h"

#define MEMBERS_MOST 2000

/* The title in the reader's language, else in the first that it has. */
static mr_str title_of(const struct mr_draft *draft, mr_str language)
{
    const mr_json *title = mr_json_get(draft->root, "title");
    mr_str text = mr_json_str(mr_json_find_member(title, language));
    MR_JSON_EACH_MEMBER (name, title)
        if (!text.len) text = mr_json_str(name + 1);
    return text.len ? text : draft->slug;
}

static int write_to(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_actor *actor,
                    const struct mr_draft_row *row, const struct mr_person_row *to, const char *template_name,
                    struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    struct mr_draft draft;
    mr_json_writer w;
    const mr_language *l = mr_language_find(to->language);
    mr_buf_init(&text, 64 * MR_KIB);
    if (!l) l = mr_language_english();
    MR_TRY(mr_draft_of_row(a, row, &draft, err));
    mr_str path = draft.state == MR_DRAFT_PUBLISHED ? mr_arena_format(a, "specifications/%.*s", MR_STR_ARG(row->slug))
                                                    : mr_arena_format(a, "drafts/%.*s", MR_STR_ARG(row->id));
    mr_json_writer_init(&w, &text, 0);
    mr_json_begin_object(&w);
    mr_json_put_member(&w, "who", actor->name.len ? actor->name : mr_message(l, "mail.draft.operator"));
    mr_json_put_member(&w, "title", title_of(&draft, mr_language_tag(l)));
    mr_json_put_member(&w, "version", row->version);
    mr_json_put_member(&w, "reason", row->reason);
    mr_json_put_member(&w, "link",
                       mr_arena_format(a, "%.*s/provider/%.*s", MR_STR_ARG(s->public_url), MR_STR_ARG(path)));
    mr_json_end_object(&w);
    const struct mr_mail mail = {.template_name = template_name,
                                 .org_id = row->org_id,
                                 .to = to->email,
                                 .language = mr_language_tag(l),
                                 .object_id = row->id,
                                 .data = mr_buf_str(&text)};
    return mr_mail_queue(s, tx, a, &mail, NULL, err);
}

static int write_to_approvers(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_actor *actor,
                              const struct mr_draft_row *row, mr_str org_id, size_t *ret_count, struct mr_err *err)
{
    struct mr_membership_row *members;
    size_t count;
    MR_TRY(mr_store_membership_of_org(tx, a, org_id, MEMBERS_MOST, &members, &count, err));
    for (size_t i = 0; i < count && *ret_count < MR_LIMIT_DRAFT_MAILS; i++) {
        struct mr_person_row person;
        if (mr_role_find(members[i].role) != MR_ROLE_APPROVER || mr_str_eq(members[i].person_id, actor->id)) continue;
        MR_TRY(mr_store_person_find(tx, a, members[i].person_id, &person, err));
        MR_TRY(write_to(s, tx, a, actor, row, &person, "approval", err));
        ++*ret_count;
    }
    return MR_OK;
}

int mr_draft_mail_waiting(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_actor *actor,
                          const struct mr_draft_row *row, struct mr_err *err)
{
    struct mr_organisation_row org;
    size_t count = 0;
    MR_TRY(write_to_approvers(s, tx, a, actor, row, row->org_id, &count, err));
    if (count) return MR_OK;
    MR_TRY(mr_store_organisation_find(tx, a, row->org_id, &org, err));
    return org.parent_id.len ? write_to_approvers(s, tx, a, actor, row, org.parent_id, &count, err) : MR_OK;
}

int mr_draft_mail_decided(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_actor *actor,
                          const struct mr_draft_row *row, const char *template_name, struct mr_err *err)
{
    struct mr_person_row person;
    if (!mr_str_is(row->submitted_kind, "person") || mr_str_eq(row->submitted_by, actor->id)) return MR_OK;
    MR_TRY(mr_store_person_find(tx, a, row->submitted_by, &person, err));
    return person.id.len ? write_to(s, tx, a, actor, row, &person, template_name, err) : MR_OK;
}
