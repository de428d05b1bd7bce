/* Reading a Comprehensive Learner Record for people, and the claims of a credential that is neither badge nor record.
 *
 * A record (CLR 2.0 B.1 ClrSubject) has credentials in it, achievements without a credential of their own, and associations between them. Each
 * credential and each achievement is a part with its own answers: of an achievement those that the record gives for it (who awards, when, to whom), of a
 * credential its own. What stands in a credential of a record is not opened further. */
#include "credential/view_vc_inside.h"

#include "base/limits.h"

/* ---- parts ---- */

/* The achievement of a credential in a record. */
static const mr_json *achievement_of(const mr_json *credential)
{
    return mr_each_first(mr_json_get(mr_each_first(mr_json_get(credential, "credentialSubject")), "achievement"));
}

/* A part more, or NULL: beyond the limit it is only counted. */
static mr_view *next_part(struct mr_vc_reading *r)
{
    mr_view *v = r->view;
    if (v->part_count < MR_LIMIT_PRESENTED) return &v->parts[v->part_count++];
    v->parts_over++;
    return NULL;
}

static int read_part(struct mr_vc_reading *r, const mr_json *document, const mr_json *achievement, struct mr_err *err)
{
    mr_view *part = next_part(r);
    struct mr_vc_reading inner = {
        .arena = r->arena, .language = r->language, .view = part, .document = document, .depth = r->depth + 1};
    if (!part) return MR_OK;
    *part = (mr_view){.issued = MR_TIME_NONE, .valid_from = MR_TIME_NONE, .valid_until = MR_TIME_NONE};
    if (!mr_json_is(document, MR_JSON_OBJECT)) return MR_OK; /* a token: told when it was opened */
    return mr_vc_read(&inner, achievement, err);
}

/* Has a credential of the record this achievement? Then it is told there. */
static bool is_in_a_credential(const mr_json *subject, const mr_json *achievement)
{
    mr_str id = mr_json_get_str(achievement, "id");
    size_t looked_at = 0;
    MR_EACH(credential, mr_json_get(subject, "verifiableCredential"))
    {
        if (looked_at++ == MR_LIMIT_PRESENTED) return false;
        if (id.len && mr_str_eq(mr_json_get_str(achievement_of(credential), "id"), id)) return true;
    }
    return false;
}

static int read_parts(struct mr_vc_reading *r, struct mr_err *err)
{
    size_t looked_at = 0;
    r->view->parts = MR_NEW_ARRAY(r->arena, mr_view, MR_LIMIT_PRESENTED);
    if (!r->view->parts) return MR_FAIL(err, MR_E_NOMEM, "no memory for a record", MR_NOWHERE);
    MR_EACH(credential, mr_json_get(r->subject, "verifiableCredential"))
    {
        MR_TRY(read_part(r, credential, NULL, err));
        r->view->part_credentials = r->view->part_count;
    }
    MR_EACH(achievement, mr_json_get(r->subject, "achievement"))
    {
        if (looked_at++ < MR_LIMIT_PRESENTED && is_in_a_credential(r->subject, achievement)) continue;
        if (mr_json_is(achievement, MR_JSON_OBJECT)) MR_TRY(read_part(r, r->document, achievement, err));
    }
    return MR_OK;
}

bool mr_record_part(const mr_json *record, size_t index, const mr_json **ret_document, const mr_json **ret_achievement)
{
    const mr_json *subject = mr_each_first(mr_json_get(record, "credentialSubject"));
    size_t at = 0, looked_at = 0;
    *ret_achievement = NULL;
    MR_EACH(credential, mr_json_get(subject, "verifiableCredential"))
    {
        if (at == MR_LIMIT_PRESENTED) return false;
        *ret_document = credential;
        if (at++ == index) return true;
    }
    MR_EACH(achievement, mr_json_get(subject, "achievement"))
    {
        if (looked_at++ < MR_LIMIT_PRESENTED && is_in_a_credential(subject, achievement)) continue;
        if (!mr_json_is(achievement, MR_JSON_OBJECT) || at == MR_LIMIT_PRESENTED) continue;
        *ret_document = record;
        *ret_achievement = achievement;
        if (at++ == index) return true;
    }
    return false;
}

/* ---- what is in it, and how it hangs together ---- */

static void name_contents(struct mr_vc_reading *r)
{
    MR_EACH(achievement, mr_json_get(r->subject, "achievement"))
    {
        mr_vc_add_labelled(r, "view.contains", mr_vc_text(r, achievement, "name"));
    }
    MR_EACH(credential, mr_json_get(r->subject, "verifiableCredential"))
    {
        mr_str name = mr_vc_text(r, achievement_of(credential), "name");
        mr_vc_add_labelled(r, "view.contains", name.len ? name : mr_vc_text(r, credential, "name"));
    }
}

/* The name of what an association is about: an achievement of the record, or of a credential in it, or that credential. */
static mr_str name_of(const struct mr_vc_reading *r, mr_str id)
{
    size_t looked_at = 0;
    if (id.len == 0) return id;
    MR_EACH(achievement, mr_json_get(r->subject, "achievement"))
    {
        if (looked_at++ == MR_LIMIT_PRESENTED) break;
        if (mr_str_eq(mr_json_get_str(achievement, "id"), id)) return mr_vc_text(r, achievement, "name");
    }
    looked_at = 0;
    MR_EACH(credential, mr_json_get(r->subject, "verifiableCredential"))
    {
        if (looked_at++ == MR_LIMIT_PRESENTED) break;
        const mr_json *achievement = achievement_of(credential);
        mr_str name = mr_vc_text(r, achievement, "name");
        if (mr_str_eq(mr_json_get_str(achievement, "id"), id) || mr_str_eq(mr_json_get_str(credential, "id"), id))
            return name.len ? name : mr_vc_text(r, credential, "name");
    }
    return MR_STR_EMPTY;
}

/* CLR 2.0 B.2.1 AssociationType, each with a sentence; of others, and of what is not in the record, nothing is told. */
static void read_associations(struct mr_vc_reading *r)
{
    size_t looked_at = 0;
    MR_EACH(association, mr_json_get(r->subject, "association"))
    {
        if (looked_at++ == MR_LIMIT_PRESENTED) return;
        mr_str source = name_of(r, mr_json_get_str(association, "sourceId")),
               target = name_of(r, mr_json_get_str(association, "targetId")),
               id = mr_arena_format(r->arena, "view.association.%.*s",
                                    MR_STR_ARG(mr_json_get_str(association, "associationType")));
        if (source.len == 0 || target.len == 0 || !mr_message_exists(mr_language_english(), id)) continue;
        mr_vc_add(r, MR_ELEMENT_FURTHER, MR_SAY(r->arena, r->language, id.ptr, {"source", source}, {"target", target}));
    }
}

int mr_vc_read_record(struct mr_vc_reading *r, struct mr_err *err)
{
    name_contents(r);
    if (r->depth > 0 || !r->subject) return MR_OK;
    read_associations(r);
    bool any = mr_json_get(r->subject, "achievement") || mr_json_get(r->subject, "verifiableCredential");
    return any ? read_parts(r, err) : MR_OK;
}

/* ---- other credentials ---- */

/* A claim of something that has no name of its own is told by its id. */
static mr_str value_of(const struct mr_vc_reading *r, const mr_json *v)
{
    mr_str said = mr_vc_scalar(v);
    if (said.len || !mr_json_is(v, MR_JSON_OBJECT)) return said;
    said = mr_vc_text(r, v, "name");
    return said.len ? said : mr_vc_id(v);
}

static bool is_told_elsewhere(mr_str member)
{
    static const char *const names[] = {"id",         "type",        "@context",
                                        "name",       "givenName",   "familyName",
                                        "identifier", "achievement", "verifiableCredential",
                                        "association"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (mr_str_is(member, names[i])) return true;
    return false;
}

static void read_claims(struct mr_vc_reading *r, const mr_json *subject)
{
    MR_JSON_EACH_MEMBER (name, subject) {
        if (is_told_elsewhere(mr_json_text(name))) continue;
        MR_EACH(one, name + 1)
        {
            mr_str value =
                r->view->answers[MR_ELEMENT_FURTHER].value_count < MR_VC_VALUES_MAX ? value_of(r, one) : MR_STR_EMPTY;
            if (value.len) mr_vc_add(r, MR_ELEMENT_FURTHER, mr_vc_labelled(r, mr_json_text(name), value));
        }
    }
}

void mr_vc_read_claims(struct mr_vc_reading *r)
{
    MR_EACH(subject, mr_json_get(r->document, "credentialSubject"))
    {
        read_claims(r, subject);
    }
}
