/* Checking: from a file to its findings.
 *
 * What a file is decides its octets (sniff.h) and its first members; each kind has a reader below. A credential is asked everything, and then its findings
 * are put in order. A node may be written several times in full and is one node (JSON-LD merges by id; the Commission's own files write the
 * awarding body six times): what was said of a node once is not said again. */
#include "credential/check.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "credential/baked.h"
#include "credential/check_inside.h"
#include "credential/sniff.h"
#include "credential/specification_file.h"
#include "credential/vcdm.h"
#include "credential/view_vc.h"
#include "proof/jades.h"
#include "proof/vc_jwt.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- walking ---- */

mr_str mr_check_text(const mr_json *v)
{
    v = mr_each_first(v);
    if (mr_json_is(v, MR_JSON_OBJECT)) v = mr_json_get(v, "@value");
    return mr_str_trim(mr_json_str(v));
}

mr_str mr_check_id(const mr_json *node)
{
    node = mr_each_first(node);
    if (mr_json_is(node, MR_JSON_STRING)) return mr_json_text(node);
    mr_str id = mr_json_get_str(node, "id");
    return id.len ? id : mr_json_get_str(node, "@id");
}

const mr_json *mr_check_object_around(const mr_json *root, const mr_json *value, const mr_json **ret_name)
{
    const mr_json *object = NULL, *name = NULL, *in = root;
    while (in && in != value) {
        const mr_json *next = NULL;
        MR_JSON_EACH (item, in) {
            if (value >= item && value < item + item->skip) next = item;
            if (next) break;
        }
        MR_JSON_EACH_MEMBER (member, in) {
            if (value != member && (value < member + 1 || value >= member + 1 + member[1].skip)) continue;
            object = in, name = member, next = value == member ? NULL : member + 1;
            break;
        }
        in = next;
    }
    if (ret_name) *ret_name = name;
    return mr_json_is(value, MR_JSON_OBJECT) ? value : object;
}

/* ---- findings ---- */

/* Which element of Annex I a member speaks of. `over`: it says so within what belongs to that element already; NULL: only where none is known. */
static const struct {
    const char *member, *element, *over;
} belongs[] = {
    {"credentialSubject", "learner", NULL},
    {"issuer", "awarding_body", NULL},
    {"location", "country", "awarding_body"},
    {"issued", "date", NULL},
    {"issuanceDate", "date", NULL},
    {"awardedBy", "awarding_body", NULL},
    {"awardingDate", "date", "awarding_body"},
    {"accreditation", "quality_assurance", NULL},
    {"accreditation", "quality_assurance", "awarding_body"},
    {"title", "title", NULL},
    {"learningOutcome", "learning_outcomes", NULL},
    {"learningOutcomeSummary", "learning_outcomes", NULL},
    {"creditPoint", "workload", NULL},
    {"creditReceived", "workload", NULL},
    {"volumeOfLearning", "workload", NULL},
    {"volumeOfLearning", "workload", "participation"},
    {"workload", "workload", "participation"},
    {"eqfLevel", "level", NULL},
    {"nqfLevel", "level", NULL},
    {"educationLevel", "level", NULL},
    {"isPartialQualification", "level", NULL},
    {"provenBy", "assessment", NULL},
    {"grade", "grade", "assessment"},
    {"gradingScheme", "grade", "assessment"},
    {"idVerification", "supervision", "assessment"},
    {"mode", "participation", NULL},
    {"learningSetting", "participation", NULL},
    {"influencedBy", "participation", NULL},
    {"entryRequirement", "prerequisites", NULL},
    {"isPartOf", "stackability", NULL},
    {"entitlesTo", "stackability", NULL},
    {"additionalNote", "further_information", NULL},
    {"homepage", "further_information", NULL},
    {"supplementaryDocument", "further_information", NULL},
};

const char *mr_check_element_of(mr_str pointer)
{
    const char *element = "";
    mr_str part;
    while (mr_str_split(&pointer, '/', &part)) {
        if (mr_str_is(part, "hasClaim")) element = "";
        for (size_t i = 0; i < sizeof belongs / sizeof *belongs; i++) {
            if (!mr_str_is(part, belongs[i].member) || strcmp(belongs[i].over ? belongs[i].over : "", element) != 0)
                continue;
            element = belongs[i].element;
            break;
        }
    }
    return element;
}

mr_str mr_check_name_member(struct mr_checking *c, mr_str term)
{
    mr_str id = mr_arena_concat(c->arena, (const mr_str[]){MR_STR("check.member."), term}, 2);
    return mr_message_exists(mr_language_english(), id) ? id : mr_arena_dup(c->arena, term);
}

/* A class that says what a thing is ("LearningAssessment") names it; one that does not (Organisation, Note) leaves that to the member it stands under. */
mr_str mr_check_name_node(struct mr_checking *c, const mr_json *object)
{
    const mr_json *name = NULL;
    mr_str first = MR_STR_EMPTY;
    MR_EACH(type, mr_json_get(object, "type"))
    {
        mr_str id = mr_arena_concat(c->arena, (const mr_str[]){MR_STR("check.node."), mr_json_str(type)}, 2);
        if (mr_message_exists(mr_language_english(), id)) return id;
        if (first.len == 0) first = mr_json_str(type);
    }
    if (object) mr_check_object_around(c->root, object, &name);
    return name ? mr_check_name_member(c, mr_json_text(name)) : mr_arena_dup(c->arena, first);
}

static bool same_finding(const struct mr_finding *a, const struct mr_finding *b)
{
    return strcmp(a->id, b->id) == 0 && strcmp(a->element, b->element) == 0 && mr_str_eq(a->value, b->value) &&
           mr_str_eq(a->member, b->member) && mr_str_eq(a->about, b->about) &&
           (a->about.len > 0 || strcmp(a->pointer, b->pointer) == 0);
}

struct mr_finding mr_check_describe(struct mr_checking *c, const mr_json *at)
{
    struct mr_finding f = {.element = ""};
    const mr_json *name = NULL;
    c->told++;
    if (!at) return f;
    mr_json_pointer(c->root, at, f.pointer, sizeof f.pointer);
    const mr_json *object = mr_check_object_around(c->root, at, &name);
    f.about = mr_check_id(object);
    f.position = at->position;
    f.element = mr_check_element_of(mr_str_of(f.pointer));
    f.node = mr_check_name_node(c, object);
    if (name && !mr_json_is(at, MR_JSON_OBJECT)) f.member = mr_check_name_member(c, mr_json_text(name));
    return f;
}

struct mr_finding *mr_check_put(struct mr_checking *c, mr_check_severity severity, const struct mr_finding *described,
                                mr_str value)
{
    struct mr_findings *all = &c->result->findings;
    struct mr_finding *f = severity == MR_CHECK_IS_FAULT
                               ? mr_findings_add(all, described->element, described->id, value)
                               : mr_findings_warn(all, described->element, described->id, value);
    mr_str presentable = f->value;
    *f = *described;
    f->value = presentable;
    f->warning = severity != MR_CHECK_IS_FAULT, f->remark = severity == MR_CHECK_IS_REMARK;
    if (f == &all->spare) return f;
    for (size_t i = 0; i + 1 < all->count; i++) {
        if (!same_finding(&all->items[i], f)) continue;
        all->count--;
        all->faults -= severity == MR_CHECK_IS_FAULT;
        all->spare = *f;
        return &all->spare;
    }
    return f;
}

bool mr_check_is_told(const struct mr_checking *c, const char *id, mr_str pointer)
{
    const struct mr_findings *all = &c->result->findings;
    for (size_t i = 0; i < all->count; i++) {
        const struct mr_finding *f = &all->items[i];
        if (f->warning || !mr_str_has_prefix(mr_str_of(f->id), mr_str_of(id))) continue;
        mr_str told = mr_str_of(f->pointer);
        if (mr_str_has_prefix(told, pointer) && (told.len == pointer.len || told.ptr[pointer.len] == '/')) return true;
    }
    return false;
}

/* One more, of so many that nobody reads them. */
struct mr_finding *mr_check_count(struct mr_checking *c, mr_check_severity severity)
{
    c->result->findings.faults += severity == MR_CHECK_IS_FAULT;
    return &c->result->findings.spare;
}

struct mr_finding *mr_check_add(struct mr_checking *c, mr_check_severity severity, const char *element, const char *id,
                                const mr_json *at, mr_str value)
{
    if (c->told >= MR_LIMIT_CHECK_TOLD) return mr_check_count(c, severity);
    struct mr_finding f = mr_check_describe(c, at);
    f.id = id;
    if (element) f.element = element;
    return mr_check_put(c, severity, &f, value);
}

static size_t rank_of_element(const char *element)
{
    for (mr_element e = 0; e < MR_ELEMENT_COUNT; e++)
        if (strcmp(mr_element_info(e)->code, element) == 0) return (size_t)e;
    return MR_ELEMENT_COUNT;
}

/* Faults by Annex I, the rest by place; warnings before remarks. */
static int compare(const void *x, const void *y)
{
    const struct mr_finding *a = x, *b = y;
    int of_a = a->warning + a->remark, of_b = b->warning + b->remark;
    if (of_a != of_b) return of_a - of_b;
    size_t e = a->warning ? 0 : rank_of_element(a->element), f = b->warning ? 0 : rank_of_element(b->element);
    if (e != f) return e < f ? -1 : 1;
    if (a->position != b->position) return a->position < b->position ? -1 : 1;
    return strcmp(a->id, b->id);
}

static void put_in_order(mr_checked *r)
{
    if (r->findings.count > 1) qsort(r->findings.items, r->findings.count, sizeof *r->findings.items, compare);
    r->warnings = r->remarks = 0;
    for (size_t i = 0; i < r->findings.count; i++) {
        r->remarks += r->findings.items[i].remark;
        r->warnings += r->findings.items[i].warning && !r->findings.items[i].remark;
    }
}

/* ---- form ---- */

/* Which of the letters of a name is none of ours: the first that is not ASCII, counted from 1; 0 when all are. ret_script: message id. */
static int64_t foreign_letter(mr_str name, const char **ret_script)
{
    int64_t letter = 1;
    for (size_t i = 0; i < name.len; i++, letter++) {
        unsigned char c = (unsigned char)name.ptr[i];
        if (c < 0x80) continue;
        *ret_script = c == 0xCD || c == 0xCE || c == 0xCF   ? "check.script.greek"
                      : c == 0xD0 || c == 0xD1 || c == 0xD2 ? "check.script.cyrillic"
                                                            : "check.script.other";
        return letter;
    }
    return 0;
}

static void hear_of_form(void *self, const char *message, const mr_json *at, mr_str what, mr_str guess)
{
    struct mr_checking *c = self;
    static const struct {
        const char *message, *id, *guessed;
    } ids[] = {{"format.context", "check.context_missing", NULL},
               {"format.types", "check.types", NULL},
               {"format.object", "check.types", NULL},
               {"format.unknown_term", "check.term", "check.term.guess"},
               {"format.unknown_type", "check.class", "check.class.guess"}};
    const char *script = NULL;
    int64_t letter = guess.len ? foreign_letter(what, &script) : 0;
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        if (strcmp(message, ids[i].message) != 0) continue;
        const char *id = letter ? "check.term.letter" : guess.len ? ids[i].guessed : ids[i].id;
        struct mr_finding *f = mr_check_add(c, MR_CHECK_IS_FAULT, NULL, id, at, what);
        f->expected = guess, f->count = letter, f->also = script;
        if (mr_str_is(what, "@context")) f->id = "check.context_nested";
        if (i == 0 && what.len) f->id = "check.context", f->value = what;
    }
}

/* ---- Annex I ---- */

/* Where an answer would stand, from the document downwards; as far as it goes. */
static const char *const places[MR_ELEMENT_COUNT][4] = {
    [MR_ELEMENT_LEARNER] = {"credentialSubject"},
    [MR_ELEMENT_TITLE] = {"credentialSubject", "hasClaim"},
    [MR_ELEMENT_COUNTRY] = {"issuer"},
    [MR_ELEMENT_AWARDING_BODY] = {"credentialSubject", "hasClaim", "awardedBy"},
    [MR_ELEMENT_DATE] = {"credentialSubject", "hasClaim", "awardedBy"},
    [MR_ELEMENT_OUTCOMES] = {"credentialSubject", "hasClaim", "specifiedBy"},
    [MR_ELEMENT_WORKLOAD] = {"credentialSubject", "hasClaim", "specifiedBy"},
    [MR_ELEMENT_LEVEL] = {"credentialSubject", "hasClaim", "specifiedBy"},
    [MR_ELEMENT_ASSESSMENT] = {"credentialSubject", "hasClaim"},
    [MR_ELEMENT_PARTICIPATION] = {"credentialSubject", "hasClaim", "specifiedBy"},
    [MR_ELEMENT_QUALITY] = {"credentialSubject", "hasClaim", "specifiedBy"},
    [MR_ELEMENT_PREREQUISITES] = {"credentialSubject", "hasClaim", "specifiedBy"},
    [MR_ELEMENT_SUPERVISION] = {"credentialSubject", "hasClaim", "provenBy"},
    [MR_ELEMENT_GRADE] = {"credentialSubject", "hasClaim", "provenBy"},
    [MR_ELEMENT_STACKABILITY] = {"credentialSubject", "hasClaim", "specifiedBy"},
    [MR_ELEMENT_FURTHER] = {"credentialSubject", "hasClaim"},
};

static const mr_json *place_of(const struct mr_checking *c, mr_element e)
{
    const mr_json *at = c->document;
    for (size_t i = 0; i < 4 && places[e][i]; i++) {
        const mr_json *next = mr_each_first(mr_json_get(at, places[e][i]));
        if (!mr_json_is(next, MR_JSON_OBJECT)) break;
        at = next;
    }
    return at;
}

static bool has_fault(const struct mr_findings *f, const char *element)
{
    for (size_t i = 0; i < f->count; i++)
        if (!f->items[i].warning && strcmp(f->items[i].element, element) == 0) return true;
    return false;
}

static void check_elements(struct mr_checking *c, const mr_view *view)
{
    for (mr_element e = 0; e < MR_ELEMENT_COUNT; e++) {
        const struct mr_element_info *info = mr_element_info(e);
        bool answered = view->answers[e].answered;
        c->result->answered += answered;
        if (answered || (info->mandatory && has_fault(&c->result->findings, info->code))) continue;
        mr_check_add(c, info->mandatory ? MR_CHECK_IS_FAULT : MR_CHECK_IS_REMARK, info->code,
                     info->mandatory ? "check.missing" : "check.optional", place_of(c, e), MR_STR_EMPTY);
    }
}

/* ---- a credential ---- */

/* One issuer, one learner: else nothing can be read from it. What is missing altogether the shapes have told. */
static void check_parties(struct mr_checking *c)
{
    const mr_json *issuer = mr_json_get(c->document, "issuer"),
                  *subject = mr_json_get(c->document, "credentialSubject");
    if (mr_json_is(issuer, MR_JSON_ARRAY) && issuer->len > 1)
        mr_check_add(c, MR_CHECK_IS_FAULT, NULL, "check.issuers", issuer, MR_STR_EMPTY);
    else if (subject)
        mr_check_add(c, MR_CHECK_IS_FAULT, "", "check.subject", subject, MR_STR_EMPTY);
}

static int check_credential(struct mr_checking *c, struct mr_err *err)
{
    mr_view view;
    struct mr_err e = {0};
    c->kind = mr_elm_find_faults(c->document, hear_of_form, c);
    mr_check_concepts(c); /* before the shapes, which say less of the same */
    if (c->kind != MR_ELM_NONE) MR_TRY(mr_check_shapes(c, err));
    if (mr_view_read(c->arena, c->document, c->language, &view, &e) == MR_OK) {
        mr_check_values(c);
        mr_check_texts(c);
        check_elements(c, &view);
        c->result->title = view.title;
    } else if (e.code == MR_E_NOMEM)
        c->nomem = true;
    else
        check_parties(c);
    if (c->nomem) return MR_FAIL(err, MR_E_NOMEM, "the document needs more memory than allowed", MR_NOWHERE);
    put_in_order(c->result);
    return MR_OK;
}

/* ---- another credential ---- */

static void hear_of_model(void *self, const char *message, const mr_json *where, mr_str detail)
{
    mr_check_add(self, mr_vcdm_is_remark(message) ? MR_CHECK_IS_WARNING : MR_CHECK_IS_FAULT, "", message, where,
                 detail);
}

/* A badge, another credential, a presentation: the data model, and nothing that European micro-credentials alone are asked. */
static int check_vc(struct mr_checking *c, struct mr_err *err)
{
    mr_view view;
    mr_vcdm_kind kind = mr_vcdm_kind_of(c->document);
    bool presentation = kind == MR_VCDM_PRESENTATION || kind == MR_VCDM_ENVELOPED_PRESENTATION;
    c->result->kind = presentation ? MR_CHECKED_PRESENTATION : MR_CHECKED_CREDENTIAL;
    MR_TRY(mr_check_contexts(c->checker, err));
    MR_TRY(mr_vcdm_check(c->arena, c->checker->contexts, c->document, hear_of_model, c, err));
    if (kind == MR_VCDM_CREDENTIAL) {
        MR_TRY(mr_view_read_vc(c->arena, c->document, c->language, &view, err));
        c->result->title = view.title;
    }
    put_in_order(c->result);
    return MR_OK;
}

/* ---- what a file is ---- */

/* Whoever has a document checked has it in hand and can mend it; whoever verifies one asks for another (sniff.h). */
static const char *for_the_author(const char *id)
{
    static const char *const pairs[][2] = {{"format.not_json", "check.not_json"},
                                           {"format.duplicate", "check.duplicate"},
                                           {"format.xml", "check.xml"},
                                           {"format.pdf", "check.page"},
                                           {"format.picture", "check.page"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (strcmp(id, pairs[i][0]) == 0) return pairs[i][1];
    return id;
}

static int refuse(struct mr_checking *c, const char *id, const struct mr_err *e)
{
    c->result->kind = MR_CHECKED_NOTHING;
    mr_findings_init(&c->result->findings, c->arena);
    c->result->refusal = for_the_author(id);
    if (e) c->result->why = *e;
    return MR_OK;
}

static int check_specification(struct mr_checking *c, mr_str text)
{
    struct mr_err e = {0};
    mr_specification s = {0};
    c->result->kind = MR_CHECKED_SPECIFICATION;
    if (mr_specification_read(c->arena, text, &s, &c->result->findings, &e) != MR_OK)
        return refuse(c, mr_sniffed_json_message(&e, text), &e);
    struct mr_findings *f = &c->result->findings;
    for (size_t i = 0; i < f->count; i++) {
        const mr_json *at = mr_json_find(c->root, mr_str_of(f->items[i].pointer));
        f->items[i].position = at ? at->position : 0;
    }
    c->result->title = mr_texts_get(s.title, mr_language_tag(c->language), NULL);
    put_in_order(c->result);
    return MR_OK;
}

/* A file that describes a micro-credential: it says so, or it has members of one and no context. */
static bool is_specification(const mr_json *root)
{
    if (mr_json_get(root, "@context")) return false;
    return mr_json_get(root, "specification") || mr_json_get(root, "learning_outcomes") ||
           mr_json_get(root, "provider");
}

static bool is_credential(const mr_json *document)
{
    return mr_json_get(document, "credentialSubject") || mr_vcdm_kind_of(document) != MR_VCDM_NOTHING ||
           mr_each_has(mr_json_get(document, "type"), "EuropeanDigitalCredential");
}

static int check_document(struct mr_checking *c, mr_checked_kind kind, struct mr_err *err)
{
    const char *other = mr_sniffed_other_credential(c->document);
    if (other) return refuse(c, other, NULL);
    if (!mr_sniffed_is_elm(c->document)) return check_vc(c, err);
    c->result->kind = kind;
    c->sealed = kind == MR_CHECKED_SEALED || kind == MR_CHECKED_TOKEN;
    return check_credential(c, err);
}

/* What was sealed or signed, as a text of its own. */
static int check_payload(struct mr_checking *c, mr_str payload, mr_checked_kind kind, struct mr_err *err)
{
    struct mr_err e = {0};
    c->result->document = payload;
    int code = mr_json_parse(c->arena, payload, NULL, &c->root, &e);
    bool json = mr_str_has_prefix(mr_str_trim(payload), MR_STR("{"));
    if (code != MR_OK)
        return json ? refuse(c, mr_sniffed_json_message(&e, payload), &e) : refuse(c, "format.not_elm", NULL);
    c->result->root = c->document = c->root;
    if (!is_credential(c->document)) return refuse(c, "format.not_elm", NULL);
    return check_document(c, kind, err);
}

static const mr_json *read_header(struct mr_checking *c, mr_str protected_text)
{
    mr_str octets;
    const mr_json *header = NULL;
    struct mr_err e;
    if (mr_base64url_read(c->arena, protected_text, &octets, &e) != MR_OK) return NULL;
    return mr_json_parse(c->arena, octets, NULL, &header, &e) == MR_OK ? header : NULL;
}

/* RFC 7797 section 3: the payload stands as it is when the header says so, else in base64url. */
static int check_jades(struct mr_checking *c, const mr_json *root, struct mr_err *err)
{
    const mr_json *payload = mr_json_get(root, "payload"), *signature = mr_each_first(mr_json_get(root, "signatures"));
    mr_str protected_text = mr_json_get_str(signature ? signature : root, "protected"), text = mr_json_str(payload);
    const mr_json *header = read_header(c, protected_text);
    struct mr_err e = {0};
    if (!mr_json_is(payload, MR_JSON_STRING) || !header) return refuse(c, "format.broken_seal", NULL);
    if (!mr_json_is(mr_json_get(header, "b64"), MR_JSON_FALSE) && mr_base64url_read(c->arena, text, &text, &e) != MR_OK)
        return refuse(c, "format.broken_seal", &e);
    return check_payload(c, text, MR_CHECKED_SEALED, err);
}

/* RFC 7515 4.1.9: "application/" may be left out. */
static mr_str typ_of(const mr_json *header)
{
    mr_str typ = mr_json_get_str(header, "typ");
    return mr_str_has_prefix(typ, MR_STR("application/")) ? mr_str_from(typ, 12) : typ;
}

static bool is_elm_token(mr_str typ, const mr_json *claims)
{
    bool vc = mr_str_eq_ascii_nocase(typ, MR_STR("vc+jwt")) || mr_str_eq_ascii_nocase(typ, MR_STR("vc+ld+jwt"));
    return vc && is_credential(claims) && mr_sniffed_is_elm(claims);
}

/* A token's claims are the document, or hold it; of one that is made anew from them, places count in the new text. */
static int check_token(struct mr_checking *c, mr_str typ, mr_str payload, struct mr_err *err)
{
    struct mr_err e = {0};
    const mr_json *claims, *document;
    bool presentation;
    mr_str text;
    if (mr_json_parse(c->arena, payload, NULL, &claims, &e) != MR_OK || is_elm_token(typ, claims))
        return check_payload(c, payload, MR_CHECKED_TOKEN, err);
    if (mr_vc_jwt_document(c->arena, typ, payload, claims, &text, &document, &presentation, &e) != MR_OK) {
        bool other = strcmp(e.message, "token.typ") == 0 || strcmp(e.message, "token.nothing") == 0;
        return refuse(c, e.code != MR_E_FORMAT ? "format.too_much" : other ? "format.other_token" : e.message, &e);
    }
    c->result->document = text;
    c->result->root = c->root = c->document = document;
    return check_document(c, MR_CHECKED_TOKEN, err);
}

static int check_compact(struct mr_checking *c, mr_str text, struct mr_err *err)
{
    mr_str rest = text, header_text, payload;
    struct mr_err e = {0};
    if (!mr_str_split(&rest, '.', &header_text) || !mr_str_split(&rest, '.', &payload))
        return refuse(c, "format.text", NULL);
    const mr_json *header = read_header(c, header_text);
    if (!mr_json_is(header, MR_JSON_OBJECT)) return refuse(c, "format.text", NULL);
    if (mr_base64url_read(c->arena, payload, &payload, &e) != MR_OK) return refuse(c, "format.broken_token", &e);
    if (typ_of(header).len == 0 && (mr_json_get(header, "x5t#S256") || mr_json_get(header, "sigT")))
        return check_payload(c, payload, MR_CHECKED_SEALED, err);
    return check_token(c, typ_of(header), payload, err);
}

/* ---- an SD-JWT ---- */

static int refuse_sd_jwt(struct mr_checking *c, struct mr_err *e)
{
    const char *id = "format.broken_token";
    e->position = MR_NOWHERE; /* it counts in a part of the token, which nobody has before them */
    if (mr_message_exists(mr_language_english(), mr_str_of(e->message)))
        id = e->message;
    else if (e->code == MR_E_UNSUPPORTED)
        id = "format.algorithm";
    else if (e->code == MR_E_NOMEM)
        id = "format.too_much";
    return refuse(c, id, e);
}

static int check_claims(struct mr_checking *c, const mr_sd_jwt *s, struct mr_err *err)
{
    if (!mr_json_get(s->payload, "vct")) {
        MR_TRY(check_payload(c, s->claims_text, MR_CHECKED_TOKEN, err));
        c->result->partial = c->result->findings.faults && s->hidden_count;
        if (c->result->partial) mr_check_add(c, MR_CHECK_IS_WARNING, "", "check.hidden", NULL, MR_STR_EMPTY);
    } else {
        c->result->document = s->claims_text;
        c->result->root = c->root = c->document = s->claims;
        MR_TRY(mr_check_sd_jwt_vc(c, s, err));
    }
    put_in_order(c->result);
    return MR_OK;
}

/* What is disclosed stands where it belongs; the seal, and that of a holder, are not asked. */
static int check_sd_jwt(struct mr_checking *c, mr_str text, struct mr_err *err)
{
    mr_sd_jwt s;
    struct mr_err e = {0};
    if (mr_sd_jwt_read(c->arena, text, &s, &e) != MR_OK) return refuse_sd_jwt(c, &e);
    int code = check_claims(c, &s, err);
    mr_sd_jwt_done(&s);
    return code;
}

/* ---- data ---- */

static int check_graph(struct mr_checking *c, const mr_dataset *data, struct mr_err *err)
{
    unsigned sets = mr_check_sets_of_data(data);
    if (!sets) return refuse(c, "check.other_data", NULL);
    c->result->kind = sets & MR_SHAPES_OPPORTUNITIES    ? MR_CHECKED_OPPORTUNITIES
                      : sets & MR_SHAPES_ACCREDITATIONS ? MR_CHECKED_ACCREDITATIONS
                                                        : MR_CHECKED_UNSEALED;
    MR_TRY(mr_check_dataset(c, data, sets, err));
    put_in_order(c->result);
    return MR_OK;
}

/* JSON-LD that is no credential: data about opportunities or accreditations, perhaps. */
static int check_linked(struct mr_checking *c, struct mr_err *err)
{
    mr_dataset data;
    struct mr_err e = {0};
    mr_dataset_init(&data, c->arena);
    MR_TRY(mr_check_contexts(c->checker, err));
    const mr_jsonld_options options = {.contexts = c->checker->contexts};
    if (mr_jsonld_to_rdf(c->root, &options, &data, &e) != MR_OK)
        return refuse(c, mr_check_names_unknown_context(&e) ? "check.context_unknown" : "check.not_jsonld", &e);
    return check_graph(c, &data, err);
}

static int check_json(struct mr_checking *c, mr_str text, struct mr_err *err)
{
    struct mr_err e = {0};
    if (mr_json_parse(c->arena, text, NULL, &c->root, &e) != MR_OK)
        return refuse(c, mr_sniffed_json_message(&e, text), &e);
    c->result->root = c->document = c->root;
    if (mr_json_is(c->root, MR_JSON_OBJECT)) {
        const mr_json *wrapped = mr_json_get(c->root, "credential");
        if (mr_sd_jwt_is(c->root)) return check_sd_jwt(c, text, err);
        if (mr_jades_is(c->root)) return check_jades(c, c->root, err);
        if (is_specification(c->root)) return check_specification(c, text);
        if (mr_json_is(wrapped, MR_JSON_OBJECT) && !is_credential(c->root)) c->document = wrapped;
        if (is_credential(c->document)) return check_document(c, MR_CHECKED_UNSEALED, err);
        if (mr_sniffed_other_credential(c->document)) return check_document(c, MR_CHECKED_UNSEALED, err);
        if (!mr_json_get(c->root, "@context")) return refuse(c, "format.other_json", NULL);
    }
    if (!mr_json_is(mr_json_at(c->root, 0), MR_JSON_OBJECT) && !mr_json_is(c->root, MR_JSON_OBJECT))
        return refuse(c, "format.other_json", NULL);
    return check_linked(c, err);
}

/* Turtle and N-Quads look like any text: what their readers make of it decides. */
static int check_text(struct mr_checking *c, mr_str text, const char *otherwise, struct mr_err *err)
{
    mr_dataset data;
    struct mr_err e = {0};
    mr_dataset_init(&data, c->arena);
    int code = mr_nquads_parse(&data, text, &e);
    if (code != MR_OK) {
        mr_dataset_init(&data, c->arena);
        code = mr_turtle_parse(&data, text, MR_STR_EMPTY, &e);
    }
    if (code == MR_E_NOMEM || code == MR_E_LIBRARY) return *err = e, code;
    bool meant = mr_str_has_prefix(text, MR_STR("@")) || mr_str_has_prefix(text, MR_STR("PREFIX"));
    if (code != MR_OK) return refuse(c, meant ? "check.not_turtle" : otherwise, meant ? &e : NULL);
    if (data.count == 0) return refuse(c, otherwise, NULL);
    return check_graph(c, &data, err);
}

/* What is baked into a picture; *ret_text is left alone when it cannot be had. */
static int unpack(struct mr_checking *c, mr_str picture, mr_str *ret_text, mr_sniffed *ret, const char **ret_why,
                  struct mr_err *err)
{
    mr_baked baked;
    int code = mr_baked_read(c->arena, picture, &baked, err);
    if (code == MR_E_NOMEM || code == MR_E_LIBRARY) return code;
    *ret_why = code ? err->message : baked.count ? "picture.other" : "format.picture_bare";
    if (code || baked.count == 0) return MR_OK;
    *ret = mr_sniff(baked.text, ret_text);
    return MR_OK;
}

static int check_any(struct mr_checking *c, mr_str file, struct mr_err *err)
{
    mr_str text;
    mr_sniffed is = mr_sniff(file, &text);
    const char *why = mr_sniffed_message(is);
    struct mr_err e = {0};
    if (is == MR_SNIFFED_PNG || is == MR_SNIFFED_SVG) {
        is = MR_SNIFFED_PICTURE;
        if (unpack(c, file, &text, &is, &why, &e) != MR_OK) return *err = e, (int)e.code;
        if (is == MR_SNIFFED_TEXT || is == MR_SNIFFED_XML) is = MR_SNIFFED_PICTURE;
    }
    c->result->document = text;
    switch (is) {
    case MR_SNIFFED_JSON: return check_json(c, text, err);
    case MR_SNIFFED_COMPACT: return check_compact(c, text, err);
    case MR_SNIFFED_SD_JWT: return check_sd_jwt(c, text, err);
    case MR_SNIFFED_TEXT:
    case MR_SNIFFED_XML: return check_text(c, text, why, err); /* "<http://..." begins N-Quads, too */
    default: return refuse(c, why, NULL);
    }
}

int mr_check_file(mr_checker *checker, mr_arena *a, mr_str file, const mr_language *l, mr_checked *ret,
                  struct mr_err *err)
{
    *ret = (mr_checked){.kind = MR_CHECKED_NOTHING};
    mr_findings_init(&ret->findings, a);
    struct mr_checking c = {.checker = checker, .arena = a, .language = l, .result = ret};
    struct mr_err e = {0};
    int code = check_any(&c, file, &e);
    if (code == MR_E_NOMEM || code == MR_E_LIMIT) return refuse(&c, "format.too_much", &e);
    if (code != MR_OK && err) *err = e;
    return code;
}

/* ---- a sample ---- */

int mr_check_sample(mr_checker *checker, mr_arena *a, const mr_specification *s, mr_certificate *certificate,
                    const mr_achievement *achievement, struct mr_findings *findings, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    const struct mr_elm_issuing issuing = {
        .specification = s, .certificate = certificate, .now = mr_env_now(checker->env)};
    const mr_achievement invented = {.id = "00000000-0000-4000-8000-000000000000",
                                     .learner = {.full_name = MR_STR("Sample Learner"),
                                                 .given_name = MR_STR("Sample"),
                                                 .family_name = MR_STR("Learner"),
                                                 .birth_date = {2000, 1, 31}},
                                     .awarded_on = mr_date_of_time(issuing.now)};
    mr_checked result = {.kind = certificate ? MR_CHECKED_SEALED : MR_CHECKED_UNSEALED};
    struct mr_checking c = {.checker = checker,
                            .arena = a,
                            .language = mr_language_english(),
                            .result = &result,
                            .sealed = certificate != NULL};
    mr_buf_init(&text, MR_LIMIT_DOCUMENT);
    mr_findings_init(&result.findings, a);
    MR_TRY(mr_elm_write_edc(&issuing, achievement ? achievement : &invented, MR_STR("page"), &text, err));
    MR_TRY(mr_json_parse(a, mr_arena_dup(a, mr_buf_str(&text)), NULL, &c.root, err));
    c.document = c.root, c.kind = MR_ELM_EDC;
    MR_TRY(mr_check_shapes(&c, err));
    put_in_order(&result);
    for (size_t i = 0; i < result.findings.count; i++) {
        const struct mr_finding *f = &result.findings.items[i];
        if (f->remark) continue; /* what sealing fills in */
        struct mr_finding *copy = f->warning ? mr_findings_warn(findings, f->element, f->id, f->value)
                                             : mr_findings_add(findings, f->element, f->id, f->value);
        *copy = *f;
        copy->pointer[0] = '\0';
    }
    return MR_OK;
}

/* ---- opening ---- */

int mr_checker_open(const mr_env *env, mr_checker **ret, struct mr_err *err)
{
    mr_arena arena;
    mr_arena_init(&arena, MR_LIMIT_SHAPES_MEMORY);
    struct mr_checker *c = MR_NEW(&arena, struct mr_checker);
    if (!c) {
        mr_arena_done(&arena);
        return MR_FAIL(err, MR_E_NOMEM, "no memory for a checker", MR_NOWHERE);
    }
    c->env = env;
    c->arena = arena;
    *ret = c;
    return MR_OK;
}

void mr_checker_close(mr_checker *c)
{
    mr_arena arena = c->arena; /* the checker lies in it */
    if (c->contexts) mr_contexts_close(c->contexts);
    mr_arena_done(&arena);
}

int mr_check_contexts(mr_checker *c, struct mr_err *err)
{
    return c->contexts ? MR_OK : mr_contexts_open(&c->contexts, err);
}
