/* Asking status lists.
 *
 * An entry of a credential names a list and a place in it. Asking it is a row of steps (`struct kind`): get the list, open it, hold it against what the entry
 * says of it, inflate it, look. A step answers with the message id of what keeps the list from counting, or NULL; the first that says something ends the row.
 *
 * Invariants.
 * 1. A list that is not what it should be never says "active", and never "revoked" either: the entry is UNCHECKED, with the reason.
 * 2. Each list has an arena of its own with a limit, and all entries count only so many: a hostile list cannot use up what the credential itself needs.
 * 3. A list whose seal cannot be checked is read to its end all the same, for the detail: an expert may want to know what it says.
 * 4. The worst answer is that of the credential: revoked, suspended, could not be checked, active.
 *
 * Sources: Bitstring Status List 1.0 sections 2.1, 2.2 and 3.2; StatusList2021 and RevocationList2020 (drafts of the W3C's community group); Token Status List
 * sections 5, 6 and 8.3; 1EdTech's revocation list of Open Badges 3.0. */
#include "credential/status.h"

#include "base/limits.h"
#include "credential/each.h"
#include "credential/elm.h"
#include "credential/status_inside.h"
#include "proof/status_list.h"

#include <stdio.h>

enum { DETAIL_VALUE = 300 }; /* octets shown of what a list says */

/* One place to ask. */
struct entry {
    const struct kind *kind;
    mr_str list;     /* as the entry names it */
    mr_str url;      /* the same without its fragment */
    mr_str purpose;  /* of the W3C's entries: "revocation" or "suspension" */
    uint64_t index;  /* in the list */
    uint8_t width;   /* bits of the place; of a token's list: as the list says */
    mr_str sought;   /* id of the credential, where lists hold ids */
    const char *why; /* message id of what is wrong with the entry itself, or NULL */
};

/* One list, being asked. */
struct asked {
    const struct mr_status_asking *asking;
    struct entry entry;
    mr_arena memory; /* of this list alone */
    mr_str text;     /* as fetched */
    mr_secured list;
    const mr_json *subject; /* of a list credential; status_list of a token; an unsigned list itself */
    bool is_unsealed;       /* nobody that can be told has sealed it */
    mr_status_list bits;
    mr_status status; /* what it says */
    int64_t time;     /* of the list */
    mr_str detail;    /* notes for experts */
};

typedef const char *ask_step(struct asked *w);

/* A kind of list, known by the type of the entry. */
struct kind {
    const char *entry_type;
    mr_status_list_kind bits;
    const char *list_types[2], *subject_types[2]; /* the second: read, too */
    const char *url_members[2], *index_members[2];
    const char *accept;
    ask_step *const *steps; /* NULL at the end */
};

const char *mr_status_name(mr_status s)
{
    static const char *const names[] = {"active", "suspended", "revoked"};
    return names[s];
}

/* ---- notes ---- */

static mr_str cut(mr_str text)
{
    size_t size = text.len < DETAIL_VALUE ? text.len : DETAIL_VALUE;
    while (size < text.len && size && ((unsigned char)text.ptr[size] & 0xC0) == 0x80) size--; /* whole characters */
    return mr_str_make(text.ptr, size);
}

/* One more of them; when memory is short there is one fewer. */
static void note(struct asked *w, const char *what, mr_str value)
{
    mr_str shown = cut(value);
    mr_str text = mr_arena_format(&w->memory, "%.*s%s%s%s%.*s", MR_STR_ARG(w->detail), w->detail.len ? "; " : "", what,
                                  shown.len ? ": " : "", MR_STR_ARG(shown));
    if (text.ptr) w->detail = text;
}

static void note_error(struct asked *w, const struct mr_err *e)
{
    note(w, e->message ? e->message : mr_code_text(e->code), mr_str_of(e->detail));
}

/* ---- values ---- */

static bool has_type(const mr_json *object, const char *const types[2])
{
    const mr_json *type = mr_json_get(object, "type");
    return mr_each_has(type, types[0]) || (types[1] && mr_each_has(type, types[1]));
}

static mr_str get_either(const mr_json *object, const char *const members[2])
{
    mr_str text = mr_json_get_str(object, members[0]);
    return text.len || !members[1] ? text : mr_json_get_str(object, members[1]);
}

/* A member that is a text or an object with an id. */
static mr_str get_id(const mr_json *object, const char *member)
{
    const mr_json *v = mr_json_get(object, member);
    return mr_json_is(v, MR_JSON_STRING) ? mr_json_text(v) : mr_json_get_str(v, "id");
}

static mr_str without_fragment(mr_str url)
{
    ptrdiff_t at = mr_str_find_char(url, '#');
    return at < 0 ? url : mr_str_make(url.ptr, (size_t)at);
}

/* ---- getting and opening a list ---- */

static const char *fetch_list(struct asked *w)
{
    struct mr_err e = {0};
    const mr_fetch *fetch = w->asking->opening.fetch;
    if (!fetch) return "status.not_asked";
    int code = fetch->get(fetch->self, &w->memory, w->entry.url, w->entry.kind->accept, MR_LIMIT_STATUS_DOCUMENT,
                          &w->text, &e);
    if (code == MR_OK) return NULL;
    if (code == MR_E_STATE) return "status.not_asked";
    note_error(w, &e);
    return code == MR_E_LIMIT || code == MR_E_NOMEM ? "status.list_bomb" : "status.unreachable";
}

/* A document that is in order, but carries no proof. */
static const char *why_not_open(struct asked *w, int code, const struct mr_err *e)
{
    const mr_json *document = NULL;
    struct mr_err ignored = {0};
    note_error(w, e);
    if (code == MR_E_NOMEM || code == MR_E_LIMIT) return "status.list_bomb";
    if (code == MR_E_LIBRARY) return "status.unavailable";
    if (code == MR_E_UNSUPPORTED) return "status.list_seal";
    if (code == MR_E_FORMAT && mr_json_parse(&w->memory, w->text, NULL, &document, &ignored) == MR_OK &&
        mr_json_is(document, MR_JSON_OBJECT))
        return "status.list_seal";
    return "status.list_form";
}

/* A token may be whole, and what its claims say contradict each other. */
static const char *why_not_sealed(const struct mr_step *seal)
{
    return seal->id && strncmp(seal->id, "token.", 6) == 0 ? "status.list_form" : "status.list_changed";
}

/* A seal counts while its certificate does: nothing proves that a list was sealed before. */
static bool is_certificate_current(const struct asked *w)
{
    int64_t now = w->asking->opening.now;
    const mr_certificate *c = w->list.certificate_count ? w->list.certificates[0] : NULL;
    return !c || (mr_certificate_not_before(c) <= now + MR_LIMIT_CLOCK_SKEW_MS && now <= mr_certificate_not_after(c));
}

static const char *open_list(struct asked *w)
{
    struct mr_err e = {0};
    struct mr_opening opening = w->asking->opening;
    opening.audience = opening.nonce = MR_STR_EMPTY; /* those are of the presentation that the credential came in */
    int code = mr_secured_open(&w->memory, &opening, w->text, &w->list, &e);
    if (code != MR_OK) return why_not_open(w, code, &e);
    const struct mr_step *seal = &w->list.step;
    w->is_unsealed = seal->state != MR_PASSED || w->list.key_only || !is_certificate_current(w);
    if (seal->state != MR_PASSED) note(w, seal->id ? seal->id : "seal", seal->detail);
    if (seal->state == MR_FAILED) return why_not_sealed(seal);
    if (w->list.key_only) note(w, "its key came along with it", MR_STR_EMPTY);
    if (!is_certificate_current(w)) note(w, "its certificate is not valid now", MR_STR_EMPTY);
    w->time = w->list.claimed_time;
    return w->list.payload ? NULL : "status.list_form";
}

/* The party that a list names as its own: iss of a token, issuer of a credential. */
static mr_str party_of(const struct asked *w)
{
    return w->list.issuer.len ? w->list.issuer : get_id(w->list.payload, "issuer");
}

/* What names a certificate instead of a party (elm.h) must be the name of this one. A DID has keys of its own; no certificate speaks for it. */
static bool names_certificate(struct asked *w, mr_str party)
{
    MR_CLEANUP(mr_buf_done) mr_buf name;
    mr_buf_init(&name, 200);
    if (mr_str_has_prefix(party, MR_STR("did:"))) return false;
    if (!mr_str_has_prefix(party, MR_STR(MR_ELM_ISSUER_ID))) return true;
    mr_status_put_certificate_name(w->list.certificates[0], &name);
    return mr_str_eq(mr_buf_str(&name), party);
}

/* Whoever sealed it must be the one whom it names; that this is the credential's issuer, no standard demands, but readers may want to know. */
static const char *check_signer(struct asked *w)
{
    mr_str party = party_of(w), signer = w->list.key.controller;
    bool by_certificate = w->list.certificate_count > 0;
    if (party.len && signer.len && !mr_str_eq(party, signer)) {
        note(w, "sealed by", signer);
        return "status.list_signer";
    }
    if (by_certificate && !names_certificate(w, party)) return "status.list_signer";
    if (by_certificate && !party.len) note(w, "sealed by", mr_certificate_subject(w->list.certificates[0])->line);
    mr_str owner = party.len ? party : signer;
    if (owner.len && w->asking->issuer.len && !mr_str_eq(owner, w->asking->issuer))
        note(w, "not the credential's issuer, but this party keeps the list", owner);
    return NULL;
}

/* ---- validity ---- */

static const char *check_span(struct asked *w, int64_t from, int64_t until)
{
    int64_t now = w->asking->opening.now;
    if (until != MR_TIME_NONE && until <= now) return "status.list_expired";
    if (from != MR_TIME_NONE && from > now + MR_LIMIT_CLOCK_SKEW_MS) return "status.list_not_yet";
    return NULL;
}

/* An end that cannot be read is not the same as none. */
static const char *check_token_times(struct asked *w)
{
    static const char *const times[] = {"nbf", "exp"};
    for (size_t i = 0; i < 2; i++) {
        const mr_json *time = mr_json_get(w->list.payload, times[i]);
        if (time && !mr_json_is(time, MR_JSON_NUMBER)) return "status.list_form";
    }
    return check_span(w, w->list.not_before, w->list.expires);
}

/* A date of a list credential; MR_TIME_NONE when it has none. */
static bool read_date(struct asked *w, const char *member, int64_t *ret)
{
    struct mr_err e = {0};
    const mr_json *date = mr_json_get(w->list.payload, member);
    *ret = MR_TIME_NONE;
    if (!date || mr_time_parse(mr_json_str(date), ret, &e) == MR_OK) return true;
    note(w, member, mr_json_str(date));
    return false;
}

/* Of the credential and of what secures it, both (VC-JOSE-COSE 1.0 section 3.1.3). A date of the other version of the data model means nothing. */
static const char *check_list_times(struct asked *w)
{
    int64_t from, until;
    const mr_json *context = mr_json_get(w->list.payload, "@context");
    if (mr_json_is(context, MR_JSON_ARRAY)) context = mr_json_at(context, 0);
    bool v1 = mr_str_is(mr_json_str(context), "https://www.w3.org/2018/credentials/v1");
    if (!read_date(w, v1 ? "issuanceDate" : "validFrom", &from)) return "status.list_form";
    if (!read_date(w, v1 ? "expirationDate" : "validUntil", &until)) return "status.list_form";
    if (from != MR_TIME_NONE) w->time = from;
    const char *why = check_span(w, from, until);
    return why ? why : check_token_times(w);
}

/* ---- lists of the W3C ---- */

/* The subject of the right type; where the entry names one by a fragment, that one. */
static const mr_json *find_subject(struct asked *w, const char **ret_why)
{
    const mr_json *subjects = mr_json_get(w->list.payload, "credentialSubject");
    bool named = w->entry.list.len > w->entry.url.len;
    uint32_t count = mr_json_is(subjects, MR_JSON_ARRAY) ? subjects->len : 1;
    *ret_why = "status.list_form";
    const mr_json *subject = mr_json_is(subjects, MR_JSON_ARRAY) ? subjects + 1 : subjects;
    for (uint32_t i = 0; subject && i < count; i++, subject += subject->skip) {
        if (!has_type(subject, w->entry.kind->subject_types)) continue;
        if (!named || mr_str_eq(mr_json_get_str(subject, "id"), w->entry.list)) return subject;
        *ret_why = "status.list_subject";
    }
    return NULL;
}

/* A token of this type, and of no other. */
static bool is_token(const struct asked *w, const char *typ)
{
    return mr_str_eq_ascii_nocase(w->list.typ, mr_str_of(typ));
}

static const char *check_list_form(struct asked *w)
{
    const char *why;
    if (is_token(w, MR_STATUS_LIST_TOKEN_TYPE) || is_token(w, MR_STATUS_WITHDRAWN_TYPE)) return "status.list_form";
    if (!has_type(w->list.payload, w->entry.kind->list_types)) return "status.list_form";
    w->subject = find_subject(w, &why);
    return w->subject ? NULL : why;
}

/* Section 2.2: the id that a list has is the one that entries name. Without this, whoever serves lists could give out another one of the same issuer. */
static const char *check_list_id(struct asked *w)
{
    const mr_json *id = mr_json_get(w->list.payload, "id");
    if (!id || mr_str_eq(mr_json_str(id), w->entry.url) || mr_str_eq(mr_json_str(id), w->entry.list)) return NULL;
    note(w, "the list is", mr_json_str(id));
    return "status.list_subject";
}

/* Section 3.2 step 5. RevocationList2020 knows no purposes: it is for revocation. */
static const char *check_purpose(struct asked *w)
{
    const mr_json *purpose = mr_json_get(w->subject, "statusPurpose");
    if (!purpose && w->entry.kind->bits == MR_REVOCATION_LIST_2020) return NULL;
    if (mr_each_has_text(purpose, w->entry.purpose)) return NULL;
    note(w, "the list is for", mr_json_str(purpose));
    return "status.list_purpose";
}

static const char *read_bits(struct asked *w, mr_str text, uint8_t width)
{
    struct mr_err e = {0};
    int code = mr_status_list_read(&w->memory, w->entry.kind->bits, width, text, &w->bits, &e);
    if (code == MR_OK) return NULL;
    note_error(w, &e);
    if (code == MR_E_LIBRARY) return "status.unavailable";
    if (code == MR_E_LIMIT && mr_str_is(MR_STR("STATUS_LIST_LENGTH_ERROR"), e.message)) return "status.list_length";
    return code == MR_E_LIMIT || code == MR_E_NOMEM ? "status.list_bomb" : "status.list_form";
}

static const char *inflate_list(struct asked *w)
{
    const mr_json *list = mr_json_get(w->subject, "encodedList");
    return mr_json_is(list, MR_JSON_STRING) ? read_bits(w, mr_json_text(list), w->entry.width) : "status.list_form";
}

static const char *look(struct asked *w, uint8_t *ret)
{
    char text[48];
    if (!mr_status_list_get(&w->bits, w->entry.index, ret)) return "status.list_range";
    snprintf(text, sizeof text, "entry %llu is %u", (unsigned long long)w->entry.index, *ret);
    note(w, text, MR_STR_EMPTY);
    return NULL;
}

/* Section 3.2 step 10: 0 is good, everything else is not, however wide the entry. */
static const char *look_into_list(struct asked *w)
{
    uint8_t value;
    const char *why = look(w, &value);
    if (!why && value) w->status = mr_str_is(w->entry.purpose, "suspension") ? MR_STATUS_SUSPENDED : MR_STATUS_REVOKED;
    return why;
}

/* ---- Token Status List ---- */

/* Section 5.1: typ, sub, iat and status_list must be there. */
static const char *check_token_form(struct asked *w)
{
    const mr_json *claims = w->list.payload;
    w->subject = mr_json_get(claims, "status_list");
    bool is_whole = mr_json_is(mr_json_get(claims, "sub"), MR_JSON_STRING) &&
                    mr_json_is(mr_json_get(claims, "iat"), MR_JSON_NUMBER) && mr_json_is(w->subject, MR_JSON_OBJECT);
    return is_token(w, MR_STATUS_LIST_TOKEN_TYPE) && is_whole ? NULL : "status.list_form";
}

/* Section 8.3 step 4: sub is the uri that the credential names. Merit's own list of withdrawn ids has one, too. */
static const char *check_token_subject(struct asked *w)
{
    mr_str sub = mr_json_get_str(w->list.payload, "sub");
    if (mr_str_eq(sub, w->entry.list)) return NULL;
    note(w, "the list is", sub);
    return "status.list_subject";
}

/* How long it may be kept is for whoever keeps it: the fetcher. */
static const char *note_ttl(struct asked *w)
{
    const mr_json *ttl = mr_json_get(w->list.payload, "ttl");
    if (mr_json_is(ttl, MR_JSON_NUMBER)) note(w, "to be asked for again after seconds", mr_json_text(ttl));
    return NULL;
}

static const char *inflate_token(struct asked *w)
{
    int64_t width = 0;
    const mr_json *bits = mr_json_get(w->subject, "bits"), *list = mr_json_get(w->subject, "lst");
    if (!mr_json_to_int64(bits, &width) || width < 1 || width > 8) return "status.list_form";
    return mr_json_is(list, MR_JSON_STRING) ? read_bits(w, mr_json_text(list), (uint8_t)width) : "status.list_form";
}

/* Section 7.1: 0 VALID, 1 INVALID, 2 SUSPENDED; the others are between issuers and those who know them. */
static const char *look_into_token(struct asked *w)
{
    static const mr_status values[] = {MR_STATUS_ACTIVE, MR_STATUS_REVOKED, MR_STATUS_SUSPENDED};
    uint8_t value;
    const char *why = look(w, &value);
    if (why) return why;
    if (value >= sizeof values / sizeof *values) return "status.unknown_value";
    w->status = values[value];
    return NULL;
}

/* ---- lists of ids ---- */

/* 1EdTech's list is plain JSON and carries no seal: that it came from the address that the sealed credential names is all that speaks for it, so the address
 * must be one that cannot be stood in for. */
static const char *read_unsigned_list(struct asked *w)
{
    struct mr_err e = {0};
    int code = mr_json_parse(&w->memory, w->text, NULL, &w->list.payload, &e);
    if (code != MR_OK) {
        note_error(w, &e);
        return code == MR_E_NOMEM || code == MR_E_LIMIT ? "status.list_bomb" : "status.list_form";
    }
    w->is_unsealed = !mr_str_has_prefix(w->entry.url, MR_STR("https://"));
    note(w, "the list has no seal; its address alone speaks for it", MR_STR_EMPTY);
    w->subject = w->list.payload;
    return has_type(w->subject, w->entry.kind->list_types) ? NULL : "status.list_form";
}

/* A credential that is listed is revoked, unless its entry says otherwise. */
static const char *look_for_id(struct asked *w)
{
    const mr_json *ids = mr_json_get(w->subject, "revokedCredential");
    if (!mr_json_is(ids, MR_JSON_ARRAY)) return "status.list_form";
    MR_JSON_EACH (one, ids) {
        if (!mr_str_eq(mr_json_get_str(one, "id"), w->entry.sought)) continue;
        if (mr_json_is(mr_json_get(one, "revoked"), MR_JSON_FALSE)) continue;
        w->status = MR_STATUS_REVOKED;
        if (mr_json_get_str(one, "revocationReason").len) note(w, "reason", mr_json_get_str(one, "revocationReason"));
        break;
    }
    return NULL;
}

static const char *check_withdrawn_form(struct asked *w)
{
    w->subject = mr_json_get(w->list.payload, "withdrawn"); /* the claim is Merit's own */
    return is_token(w, MR_STATUS_WITHDRAWN_TYPE) && mr_json_is(w->subject, MR_JSON_ARRAY) ? NULL : "status.list_form";
}

static const char *look_for_withdrawn(struct asked *w)
{
    MR_JSON_EACH (id, w->subject)
        if (mr_str_eq(mr_json_str(id), w->entry.sought)) w->status = MR_STATUS_REVOKED;
    return NULL;
}

/* ---- kinds ---- */

static ask_step *const w3c_steps[] = {fetch_list,       open_list,     check_signer, check_list_form, check_list_id,
                                      check_list_times, check_purpose, inflate_list, look_into_list,  NULL};
static ask_step *const token_steps[] = {
    fetch_list,        open_list, check_signer,  check_token_form, check_token_subject,
    check_token_times, note_ttl,  inflate_token, look_into_token,  NULL};
static ask_step *const id_steps[] = {fetch_list, read_unsigned_list, check_signer, check_list_id, look_for_id, NULL};
static ask_step *const withdrawn_steps[] = {
    fetch_list,          open_list,         check_signer,       check_withdrawn_form,
    check_token_subject, check_token_times, look_for_withdrawn, NULL};

#define LIST_TYPES "application/vc+jwt, application/vc, application/vc+ld+json, application/json"

static const struct kind entry_kinds[] = {
    {.entry_type = "BitstringStatusListEntry",
     .bits = MR_BITSTRING,
     .list_types = {"BitstringStatusListCredential"},
     .subject_types = {"BitstringStatusList"},
     .url_members = {"statusListCredential"},
     .index_members = {"statusListIndex"},
     .accept = LIST_TYPES,
     .steps = w3c_steps},
    /* Issuers moved their lists on to the successor, and left the entries in sealed credentials behind. */
    {.entry_type = "StatusList2021Entry",
     .bits = MR_STATUS_LIST_2021,
     .list_types = {"StatusList2021Credential", "BitstringStatusListCredential"},
     .subject_types = {"StatusList2021", "BitstringStatusList"},
     .url_members = {"statusListCredential"},
     .index_members = {"statusListIndex"},
     .accept = LIST_TYPES,
     .steps = w3c_steps},
    {.entry_type = "RevocationList2020Status",
     .bits = MR_REVOCATION_LIST_2020,
     .list_types = {"RevocationList2020Credential"},
     .subject_types = {"RevocationList2020"},
     .url_members = {"revocationListCredential", "statusListCredential"},
     .index_members = {"revocationListIndex", "statusListIndex"},
     .accept = LIST_TYPES,
     .steps = w3c_steps},
    {.entry_type = "1EdTechRevocationList",
     .list_types = {"1EdTechRevocationList"},
     .url_members = {"id"},
     .accept = "application/json",
     .steps = id_steps},
};
static const struct kind token_kind = {
    .bits = MR_TOKEN_STATUS_LIST, .accept = "application/" MR_STATUS_LIST_TOKEN_TYPE, .steps = token_steps};
static const struct kind withdrawn_kind = {.accept = "application/" MR_STATUS_WITHDRAWN_TYPE ", application/jwt",
                                           .steps = withdrawn_steps};

static const struct kind *find_kind(const mr_json *entry)
{
    const mr_json *type = mr_json_get(entry, "type");
    for (size_t i = 0; i < sizeof entry_kinds / sizeof *entry_kinds; i++)
        if (mr_each_has(type, entry_kinds[i].entry_type)) return &entry_kinds[i];
    return NULL;
}

/* ---- asking one list ---- */

static int out_of_memory(struct mr_err *err)
{
    return MR_FAIL(err, MR_E_NOMEM, "no memory for the status", MR_NOWHERE);
}

static const char *ask_steps(struct asked *w)
{
    const char *why = w->entry.why;
    for (ask_step *const *s = w->entry.kind ? w->entry.kind->steps : NULL; !why && s && *s; s++) why = (*s)(w);
    return why;
}

/* The row of steps ended with `why`, or to the end. */
static struct mr_step judge(struct asked *w, const char *why)
{
    static const char *const ids[] = {"status.active", "status.suspended", "status.revoked"};
    if (w->is_unsealed && w->list.step.state != MR_FAILED) {
        if (why)
            note(w, why, MR_STR_EMPTY);
        else
            note(w, "it says", mr_str_of(mr_status_name(w->status)));
        why = "status.list_seal";
    }
    if (why) return (struct mr_step){.state = MR_UNCHECKED, .id = why};
    return (struct mr_step){.state = w->status == MR_STATUS_ACTIVE ? MR_PASSED : MR_FAILED, .id = ids[w->status]};
}

static int ask(mr_arena *a, const struct mr_status_asking *asking, const struct entry *entry,
               struct mr_status_answer *ret, struct mr_err *err)
{
    struct asked w = {.asking = asking, .entry = *entry, .time = MR_TIME_NONE};
    mr_arena_init(&w.memory, MR_LIMIT_STATUS_MEMORY);
    const char *why = ask_steps(&w);
    struct mr_step step = judge(&w, why);
    step.detail = mr_arena_dup(a, w.detail);
    step.at = MR_TIME_NONE;
    *ret = (struct mr_status_answer){.status = step.state == MR_FAILED ? w.status : MR_STATUS_ACTIVE,
                                     .step = step,
                                     .list = mr_arena_dup(a, cut(entry->list)),
                                     .list_time = w.time};
    mr_secured_done(&w.list);
    mr_arena_done(&w.memory);
    return step.detail.ptr && ret->list.ptr ? MR_OK : out_of_memory(err);
}

/* ---- all of a credential's ---- */

/* How much worse one answer is than another. */
static int weight_of(const struct mr_status_answer *answer)
{
    switch (answer->step.state) {
    case MR_FAILED: return answer->status == MR_STATUS_REVOKED ? 4 : 3;
    case MR_UNCHECKED: return 2;
    case MR_PASSED: return 1;
    default: return 0;
    }
}

struct entries {
    struct entry list[MR_LIMIT_STATUS_ENTRIES];
    size_t count;
    bool too_many;
};

static void keep_entry(struct entries *entries, const struct entry *e)
{
    if (entries->count < MR_LIMIT_STATUS_ENTRIES)
        entries->list[entries->count++] = *e;
    else
        entries->too_many = true;
}

/* Bitstring Status List 1.0 section 2.1: an integer, written as text. */
static bool read_place(const mr_json *v, struct entry *e)
{
    int64_t width = 1;
    const mr_json *size = mr_json_get(v, "statusSize");
    if (size && (!mr_json_to_int64(size, &width) || width < 1 || width > 8)) return false;
    e->width = (uint8_t)width;
    return mr_str_to_u64(get_either(v, e->kind->index_members), &e->index);
}

static const char *check_entry(const mr_json *v, mr_str credential_id, struct entry *e)
{
    if (!mr_json_is(v, MR_JSON_OBJECT)) return "status.entry_form";
    if (!e->kind) return "status.unknown_type";
    e->list = get_either(v, e->kind->url_members);
    e->url = without_fragment(e->list);
    if (!e->url.len) return "status.entry_form";
    if (!e->kind->index_members[0]) {
        e->sought = credential_id;
        return credential_id.len ? NULL : "status.no_id";
    }
    if (!e->purpose.len && e->kind->bits == MR_REVOCATION_LIST_2020) e->purpose = MR_STR("revocation");
    if (!e->purpose.len) return "status.entry_form";
    return read_place(v, e) ? NULL : "status.entry_form";
}

/* Messages, refreshing and purposes of somebody's own say nothing about whether a credential is good (section 2.1); they are not asked. */
static bool is_of_no_account(mr_str purpose)
{
    return purpose.len && !mr_str_is(purpose, "revocation") && !mr_str_is(purpose, "suspension");
}

static void read_entry(const mr_json *v, mr_str credential_id, struct entries *entries)
{
    struct entry e = {.kind = find_kind(v), .purpose = mr_json_get_str(v, "statusPurpose")};
    if (is_of_no_account(e.purpose)) return;
    e.why = check_entry(v, credential_id, &e);
    keep_entry(entries, &e);
}

/* Token Status List section 6: status is an object of mechanisms, of which one is known here. */
static void read_token_entry(const mr_json *status, struct entries *entries)
{
    struct entry e = {.kind = &token_kind};
    int64_t index = -1;
    const mr_json *list = mr_json_get(status, "status_list");
    if (!mr_json_is(status, MR_JSON_OBJECT)) return;
    e.list = e.url = mr_json_get_str(list, "uri");
    bool good = e.list.len && mr_json_to_int64(mr_json_get(list, "idx"), &index) && index >= 0;
    e.index = (uint64_t)index;
    e.why = !list ? "status.unknown_type" : good ? NULL : "status.entry_form";
    keep_entry(entries, &e);
}

static void read_entries(const mr_json *payload, struct entries *ret)
{
    const mr_json *w3c = mr_json_get(payload, "credentialStatus");
    mr_str id = mr_json_get_str(payload, "id");
    if (mr_json_is(w3c, MR_JSON_ARRAY)) {
        MR_JSON_EACH (one, w3c) read_entry(one, id, ret);
    } else if (w3c) {
        read_entry(w3c, id, ret);
    }
    read_token_entry(mr_json_get(payload, "status"), ret);
}

int mr_status_ask(mr_arena *a, const struct mr_status_asking *asking, const mr_json *payload,
                  struct mr_status_answer *ret, struct mr_err *err)
{
    struct entries entries = {.count = 0};
    struct mr_status_answer worst = {.step = {.state = MR_NOT_APPLICABLE, .id = "status.none", .at = MR_TIME_NONE},
                                     .list_time = MR_TIME_NONE};
    read_entries(payload, &entries);
    for (size_t i = 0; i < entries.count && weight_of(&worst) < 4; i++) {
        struct mr_status_answer answer;
        MR_TRY(ask(a, asking, &entries.list[i], &answer, err));
        if (weight_of(&answer) > weight_of(&worst)) worst = answer;
    }
    if (entries.too_many && weight_of(&worst) < 2)
        worst.step = (struct mr_step){.state = MR_UNCHECKED, .id = "status.too_many", .at = MR_TIME_NONE};
    *ret = worst;
    return MR_OK;
}

int mr_status_ask_withdrawn(mr_arena *a, const struct mr_status_asking *asking, mr_str list_url, mr_str credential_id,
                            struct mr_status_answer *ret, struct mr_err *err)
{
    struct entry e = {.kind = &withdrawn_kind, .list = list_url, .url = list_url, .sought = credential_id};
    if (!credential_id.len) e.why = "status.no_id";
    return ask(a, asking, &e, ret, err);
}
