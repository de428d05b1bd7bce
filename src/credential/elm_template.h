/* The inside of ELM writing: a document with holes, and the pieces that all its parts are made of. Only for elm_*.c and open_badges*.c: a badge is such a document,
 * whose pieces are in the form of badges (`passed` a text, `place_subject` a member). */
#ifndef MR_CREDENTIAL_ELM_TEMPLATE_H
#define MR_CREDENTIAL_ELM_TEMPLATE_H

#include "credential/elm.h"
#include "json/write.h"

/* What is filled in for each learner. MEMBERS holes stand behind a member of their object and write further ones, each with its comma in front;
 * VALUE holes stand where a value belongs. */
enum mr_elm_hole {
    MR_HOLE_ID,          /* text: UUID */
    MR_HOLE_NOW,         /* text: date and time of issuing */
    MR_HOLE_VALID_FROM,  /* text */
    MR_HOLE_VALID_UNTIL, /* text */
    MR_HOLE_LEARNER,     /* members of the Person */
    MR_HOLE_AWARDING,    /* members of the AwardingProcess */
    MR_HOLE_SUPERVISION, /* members of a LearningAssessment */
    MR_HOLE_GRADE,       /* value: texts by language */
    MR_HOLE_CREDIT,      /* members of the LearningAchievement */
    MR_HOLE_IMAGE,       /* text: base64 */
    MR_HOLE_STATUS,      /* members of the credential */
    /* of badges alone (open_badges_fill.c) */
    MR_HOLE_BADGE_LEARNER, /* members of the AchievementSubject */
    MR_HOLE_BADGE_RESULT,  /* likewise */
    MR_HOLE_BADGE_PLACE,   /* members of the AwardingProcess */
    MR_HOLE_BADGE_AWARDED, /* text: date and time */
};
#define MR_ELM_HOLES_MOST 256
#define MR_ELM_WHOLE_MOST 128

struct mr_elm_template {
    const mr_specification *specification;
    mr_str primary;         /* language of names, grades, places */
    mr_str text;            /* everything that is the same for all */
    mr_str passed;          /* the grade where none is given: texts by language, JSON */
    mr_str place_subject;   /* the concept of a note about a place, JSON */
    mr_str ects;            /* the ECTS concept, JSON */
    mr_str supervisions[5]; /* by mr_supervision: members with commas in front */
    struct {
        uint32_t at; /* in text */
        uint32_t hole;
    } holes[MR_ELM_HOLES_MOST];
    size_t hole_count;
};

/* Labels of our own concepts and words, spec/elm/notes.def. */
enum mr_elm_label {
#define MR_ELM_LABEL(name, id, en, da, sv, nl, el, bg) MR_ELM_##name,
#include <elm/notes.def>
#undef MR_ELM_LABEL
    MR_ELM_LABELS_
};

/* One document being written.
 *   labels  bit by bit (mr_label_languages): the languages that labels are written in (mr_elm_label_languages)
 *   notes   numbers of Note nodes given out
 *   awarding_notes  the number before the notes inside the awarding process, which is written more than once and is one node */
struct mr_elm_writer {
    mr_json_writer w;
    mr_buf *out;
    struct mr_elm_template *t;
    mr_arena *arena;
    const mr_specification *specification;
    const mr_certificate *certificate;
    const struct mr_mandate *mandate; /* or NULL */
    mr_str issuer_id;                 /* empty: of the certificate */
    mr_elm_kind kind;
    unsigned labels;
    unsigned notes, awarding_notes;
    bool awarding_notes_known;
    bool too_many_holes;
    /* In a VC 2.0, which should be small: nodes that were written whole, and are only referred to from then on. */
    bool brief;
    const void *whole[MR_ELM_WHOLE_MOST];
    size_t whole_count;
};

/* {"id": "urn:epass:<kind>:<key>", "type": <type>, open for more members; end with mr_json_end_object. */
void mr_elm_begin_node(struct mr_elm_writer *e, const char *kind, const char *key, const char *type);
/* Was this (a concept, an organisation: told by its address or key) written whole already, and is the document brief? If not, it is from now on. */
bool mr_elm_is_repeated(struct mr_elm_writer *e, const void *what);
/* A hole in an object, behind a member. */
void mr_elm_hole(struct mr_elm_writer *e, enum mr_elm_hole hole);
/* A text value with a hole behind `before`: "urn:credential:" and the id. */
void mr_elm_hole_text(struct mr_elm_writer *e, const char *before, enum mr_elm_hole hole);
/* A value that is a hole. */
void mr_elm_hole_value(struct mr_elm_writer *e, enum mr_elm_hole hole);

/* Texts by language; nothing is written for an empty one. */
void mr_elm_put_texts(struct mr_elm_writer *e, const char *name, mr_texts texts);
/* One text in the primary language. */
void mr_elm_put_primary(struct mr_elm_writer *e, const char *name, mr_str text);
/* The languages that a document with this title has its labels in, bit by bit (mr_label_languages): English, which most readers of another country
 * know, and those of the title that we have. */
unsigned mr_elm_label_languages(mr_texts title);
/* A label of ours in the label languages: the value. */
void mr_elm_put_label(struct mr_elm_writer *e, enum mr_elm_label label);
/* The same in one language, else in English. */
mr_str mr_elm_label(enum mr_elm_label label, mr_str language);
/* All of them, in the order of mr_label_languages. */
const char *const *mr_elm_labels(enum mr_elm_label label);
/* The same as texts, in the arena; and those of a concept of a vocabulary, none for NULL. */
mr_texts mr_elm_label_texts(struct mr_elm_writer *e, enum mr_elm_label label);
mr_texts mr_elm_concept_texts(struct mr_elm_writer *e, const mr_concept *c);
/* A concept of a vocabulary: the value; and as a member, when it is not NULL. */
void mr_elm_put_concept(struct mr_elm_writer *e, const mr_concept *c);
void mr_elm_put_concept_member(struct mr_elm_writer *e, const char *name, const mr_concept *c);
void mr_elm_put_concepts(struct mr_elm_writer *e, const char *name, const mr_concept *const *c, size_t count);
/* A concept of ours, without a scheme: the value. */
void mr_elm_put_own_concept(struct mr_elm_writer *e, enum mr_elm_label label);
/* A member that is a Note without a subject. */
void mr_elm_put_note(struct mr_elm_writer *e, const char *name, mr_texts texts);
/* "foaf:homepage" and the like: a list of one WebResource; nothing for an empty URL. */
void mr_elm_put_web(struct mr_elm_writer *e, const char *name, const char *key, mr_str url);

/* A list of notes with subjects in `additionalNote`, opened by the first one: {bool open} = {0}, put, put, end. */
struct mr_elm_notes {
    bool open;
};
void mr_elm_add_note(struct mr_elm_writer *e, struct mr_elm_notes *n, enum mr_elm_label subject, mr_texts texts);
void mr_elm_end_notes(struct mr_elm_writer *e, struct mr_elm_notes *n);
/* One text in the primary language, as texts in the arena; none for an empty one. */
mr_texts mr_elm_primary_texts(struct mr_elm_writer *e, mr_str text);

/* "2", "2.5", "2.25" from hundredths. */
void mr_elm_write_points(int64_t hundredths, char out[24]);

/* What stands in a hole of a badge (open_badges_fill.c). */
#define MR_BADGE_RESULT "urn:epass:resultDescription:1"
void mr_badge_fill_hole(const mr_elm_template *t, const mr_achievement *achievement, int64_t now, uint32_t hole,
                        mr_buf *out);

/* Parties (elm_parties.c). The issuer as the seal's certificate names it; an error when it names too little. */
int mr_elm_check_certificate(const mr_certificate *c, struct mr_err *err) MR_MUST_CHECK;
void mr_elm_put_issuer(struct mr_elm_writer *e);
/* Is the holder of the seal one of the awarding bodies? */
bool mr_elm_issuer_awards(const mr_specification *s, const mr_certificate *c);
/* The awarding bodies, a list; with their quality assurance where the specification is no Qualification. */
void mr_elm_put_awarding_bodies(struct mr_elm_writer *e);
/* An assessor, a list of one. key: of its node. */
void mr_elm_put_assessor(struct mr_elm_writer *e, const char *name, const char *key, const mr_organisation *o);
/* Member `accreditation`: every statement of quality assurance. in_organisation: inside the first awarding body, which is then only referred to. */
void mr_elm_put_quality(struct mr_elm_writer *e, bool in_organisation);
/* For records of accreditation: the members of an organisation, and of an Accreditation but who accredited whom. key: of their inner nodes. */
void mr_elm_put_party_members(struct mr_elm_writer *e, const char *key, const mr_organisation *o);
void mr_elm_put_quality_members(struct mr_elm_writer *e, const struct mr_quality *q, const char *key);

#endif
