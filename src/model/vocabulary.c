/* The controlled vocabularies, compiled in from spec/vocabulary/: one file a scheme, one line a concept.
 *
 * The tables are facts of the ELM's concept schemes with short codes of ours, because "blended" can be remembered and
 * <http://data.europa.eu/snb/learning-assessment/e92d221e4d> cannot. A test compares every URI with the official lists.
 * Invariant: a code is unique in its scheme without regard to ASCII case. The tables are searched from front to end: the longest has some
 * four hundred entries, and they are asked while a specification is read, not for every learner.
 */
#include "model/vocabulary.h"

#include "model/guess.h"
#include "model/vocabulary_labels.h"

#define SNB "http://data.europa.eu/snb/"
#define AUTHORITY "http://publications.europa.eu/resource/authority/"
#define MR_CONCEPT(code, tail, en, da, sv, nl) {MR_SCHEME_HERE, code, MR_BASE_HERE tail, {en, da, sv, nl}},

const char *const mr_label_languages[MR_LABEL_LANGUAGES] = {"en", "da", "sv", "nl", "el", "bg"};

#define MR_SCHEME_HERE MR_SCHEME_COUNTRY
#define MR_BASE_HERE AUTHORITY "country/"
static const mr_concept countries[] = {
#include <vocabulary/country.def>
};
#undef MR_SCHEME_HERE
#undef MR_BASE_HERE

#define MR_SCHEME_HERE MR_SCHEME_LANGUAGE
#define MR_BASE_HERE AUTHORITY "language/"
static const mr_concept languages[] = {
#include <vocabulary/language.def>
};
#undef MR_SCHEME_HERE
#undef MR_BASE_HERE

#define MR_SCHEME_HERE MR_SCHEME_EQF
#define MR_BASE_HERE SNB "eqf/"
static const mr_concept eqf[] = {
#include <vocabulary/eqf.def>
};
#undef MR_SCHEME_HERE
#undef MR_BASE_HERE

#define MR_SCHEME_HERE MR_SCHEME_ISCED_F
#define MR_BASE_HERE SNB "isced-f/"
static const mr_concept isced_f[] = {
#include <vocabulary/isced-f.def>
};
#undef MR_SCHEME_HERE
#undef MR_BASE_HERE

#define MR_SCHEME_HERE MR_SCHEME_ASSESSMENT
#define MR_BASE_HERE SNB "assessment/"
static const mr_concept assessments[] = {
#include <vocabulary/assessment.def>
};
#undef MR_SCHEME_HERE
#undef MR_BASE_HERE

#define MR_SCHEME_HERE MR_SCHEME_MODE
#define MR_BASE_HERE SNB "learning-assessment/"
static const mr_concept modes[] = {
#include <vocabulary/mode.def>
};
#undef MR_SCHEME_HERE
#undef MR_BASE_HERE

#define MR_SCHEME_HERE MR_SCHEME_SETTING
#define MR_BASE_HERE SNB "learning-setting/"
static const mr_concept settings[] = {
#include <vocabulary/setting.def>
};
#undef MR_SCHEME_HERE
#undef MR_BASE_HERE

#define MR_SCHEME_HERE MR_SCHEME_LEARNING_TYPE
#define MR_BASE_HERE SNB "learning-opportunity/"
static const mr_concept learning_types[] = {
#include <vocabulary/learning-type.def>
};
#undef MR_SCHEME_HERE
#undef MR_BASE_HERE

#define MR_SCHEME_HERE MR_SCHEME_ACCREDITATION
#define MR_BASE_HERE SNB "accreditation/"
static const mr_concept accreditations[] = {
#include <vocabulary/accreditation.def>
};
#undef MR_SCHEME_HERE
#undef MR_BASE_HERE

#define MR_SCHEME_HERE MR_SCHEME_CREDIT
#define MR_BASE_HERE SNB "education-credit/"
static const mr_concept credits[] = {
#include <vocabulary/credit.def>
};
#undef MR_SCHEME_HERE
#undef MR_BASE_HERE

#define MR_SCHEME_HERE MR_SCHEME_SUPERVISION
#define MR_BASE_HERE SNB "supervision-verification/"
static const mr_concept supervisions[] = {
#include <vocabulary/supervision.def>
};
#undef MR_SCHEME_HERE
#undef MR_BASE_HERE

#define MR_SCHEME_HERE MR_SCHEME_SKILL_TYPE
#define MR_BASE_HERE SNB "skill-type/"
static const mr_concept skill_types[] = {
#include <vocabulary/skill-type.def>
};
#undef MR_SCHEME_HERE
#undef MR_BASE_HERE

#define MR_SCHEME_HERE MR_SCHEME_REUSE_LEVEL
#define MR_BASE_HERE SNB "skill-reuse-level/"
static const mr_concept reuse_levels[] = {
#include <vocabulary/reuse-level.def>
};
#undef MR_SCHEME_HERE
#undef MR_BASE_HERE

#define MR_SCHEME_HERE MR_SCHEME_SCHEDULE
#define MR_BASE_HERE SNB "learning-schedule/"
static const mr_concept schedules[] = {
#include <vocabulary/schedule.def>
};
#undef MR_SCHEME_HERE
#undef MR_BASE_HERE

#define MR_SCHEME_HERE MR_SCHEME_TARGET_GROUP
#define MR_BASE_HERE SNB "target-group/"
static const mr_concept target_groups[] = {
#include <vocabulary/target-group.def>
};
#undef MR_SCHEME_HERE
#undef MR_BASE_HERE

#define MR_SCHEME_HERE MR_SCHEME_CREDENTIAL_PROFILE
#define MR_BASE_HERE SNB "credential/"
static const mr_concept profiles[] = {
#include <vocabulary/credential-profile.def>
};
#undef MR_SCHEME_HERE
#undef MR_BASE_HERE

#define MR_SCHEME_HERE MR_SCHEME_EVIDENCE
#define MR_BASE_HERE SNB "evidence-type/"
static const mr_concept evidence[] = {
#include <vocabulary/evidence.def>
};
#undef MR_SCHEME_HERE
#undef MR_BASE_HERE

#define MR_SCHEME_HERE MR_SCHEME_ENCODING
#define MR_BASE_HERE SNB "encoding/"
static const mr_concept encodings[] = {
#include <vocabulary/encoding.def>
};
#undef MR_SCHEME_HERE
#undef MR_BASE_HERE

#define MR_SCHEME_HERE MR_SCHEME_FILE_TYPE
#define MR_BASE_HERE AUTHORITY "file-type/"
static const mr_concept file_types[] = {
#include <vocabulary/file-type.def>
};
#undef MR_SCHEME_HERE
#undef MR_BASE_HERE

#define MR_SCHEME_HERE MR_SCHEME_NQF
#define MR_BASE_HERE SNB "qdr/"
static const mr_concept nqf[] = {
#include <vocabulary/nqf.def>
};
#undef MR_SCHEME_HERE
#undef MR_BASE_HERE

#define MR_SCHEME_HERE MR_SCHEME_ENTITLEMENT
#define MR_BASE_HERE SNB "entitlement/"
static const mr_concept entitlements[] = {
#include <vocabulary/entitlement.def>
};
#undef MR_SCHEME_HERE
#undef MR_BASE_HERE

#define MR_SCHEME_HERE MR_SCHEME_CURRENCY
#define MR_BASE_HERE AUTHORITY "currency/"
static const mr_concept currencies[] = {
#include <vocabulary/currency.def>
};
#undef MR_SCHEME_HERE
#undef MR_BASE_HERE

#define MR_SCHEME_HERE MR_SCHEME_JURISDICTION
#define MR_BASE_HERE AUTHORITY "atu/"
static const mr_concept jurisdictions[] = {
#include <vocabulary/jurisdiction.def>
};
#undef MR_SCHEME_HERE
#undef MR_BASE_HERE

#define MR_SCHEME_HERE MR_SCHEME_ENTITLEMENT_STATUS
#define MR_BASE_HERE SNB "entitlement-status/"
static const mr_concept entitlement_statuses[] = {
#include <vocabulary/entitlement-status.def>
};
#undef MR_SCHEME_HERE
#undef MR_BASE_HERE

#define MR_SCHEME_HERE MR_SCHEME_ACTIVITY
#define MR_BASE_HERE SNB "learning-activity/"
static const mr_concept activities[] = {
#include <vocabulary/activity.def>
};
#undef MR_SCHEME_HERE
#undef MR_BASE_HERE

#define MR_SCHEME_HERE MR_SCHEME_SEX
#define MR_BASE_HERE AUTHORITY "human-sex/"
static const mr_concept sexes[] = {
#include <vocabulary/sex.def>
};
#undef MR_SCHEME_HERE
#undef MR_BASE_HERE

#define MR_SCHEME_HERE MR_SCHEME_VERIFICATION
#define MR_BASE_HERE SNB "verification/"
static const mr_concept verifications[] = {
#include <vocabulary/verification.def>
};
#undef MR_SCHEME_HERE
#undef MR_BASE_HERE

#define MR_SCHEME_HERE MR_SCHEME_VERIFICATION_STATUS
#define MR_BASE_HERE SNB "verification-status/"
static const mr_concept verification_statuses[] = {
#include <vocabulary/verification-status.def>
};
#undef MR_SCHEME_HERE
#undef MR_BASE_HERE

#define MR_SCHEME_HERE MR_SCHEME_ACCREDITATION_STATUS
#define MR_BASE_HERE SNB "status/"
static const mr_concept accreditation_statuses[] = {
#include <vocabulary/accreditation-status.def>
};
#undef MR_SCHEME_HERE
#undef MR_BASE_HERE

#define SCHEME(name, uri, about, table)                                                                                \
    {                                                                                                                  \
        name, uri, about, table, sizeof(table) / sizeof *(table)                                                       \
    }
#define VERSIONED "/25831c2"

static const mr_scheme schemes[MR_SCHEME_COUNT_] = {
    [MR_SCHEME_COUNTRY] = SCHEME("country", AUTHORITY "country", "Countries, by their two-letter codes.", countries),
    [MR_SCHEME_LANGUAGE] = SCHEME("language", AUTHORITY "language", "Languages, by their two-letter codes.", languages),
    [MR_SCHEME_EQF] = SCHEME("eqf", SNB "eqf" VERSIONED, "Levels of the European Qualifications Framework.", eqf),
    [MR_SCHEME_ISCED_F] =
        SCHEME("isced-f", SNB "isced-f" VERSIONED, "Fields of education and training, ISCED-F 2013.", isced_f),
    [MR_SCHEME_ASSESSMENT] =
        SCHEME("assessment", SNB "assessment" VERSIONED, "How learning outcomes were assessed.", assessments),
    [MR_SCHEME_MODE] = SCHEME("mode", SNB "learning-assessment" VERSIONED,
                              "Form of participation, and how an assessment is held.", modes),
    [MR_SCHEME_SETTING] =
        SCHEME("setting", SNB "learning-setting" VERSIONED, "Formal or non-formal learning.", settings),
    [MR_SCHEME_LEARNING_TYPE] =
        SCHEME("learning-type", SNB "learning-opportunity" VERSIONED, "What kind of learning it is.", learning_types),
    [MR_SCHEME_ACCREDITATION] =
        SCHEME("accreditation", SNB "accreditation" VERSIONED, "What an accreditation covers.", accreditations),
    [MR_SCHEME_CREDIT] = SCHEME("credit", SNB "education-credit" VERSIONED, "Credit systems.", credits),
    [MR_SCHEME_SUPERVISION] =
        SCHEME("supervision", SNB "supervision-verification" VERSIONED,
               "Supervision and identity check during assessment, as documents carry them.", supervisions),
    [MR_SCHEME_SKILL_TYPE] =
        SCHEME("skill-type", SNB "skill-type" VERSIONED, "Is a learning outcome knowledge or a skill?", skill_types),
    [MR_SCHEME_REUSE_LEVEL] = SCHEME("reuse-level", SNB "skill-reuse-level" VERSIONED,
                                     "How widely a learning outcome can be used.", reuse_levels),
    [MR_SCHEME_SCHEDULE] = SCHEME("schedule", SNB "learning-schedule" VERSIONED, "Pace of learning.", schedules),
    [MR_SCHEME_TARGET_GROUP] =
        SCHEME("target-group", SNB "target-group" VERSIONED, "Whom learning is meant for.", target_groups),
    [MR_SCHEME_CREDENTIAL_PROFILE] =
        SCHEME("credential-profile", SNB "credential" VERSIONED, "Profiles of European Digital Credentials.", profiles),
    [MR_SCHEME_EVIDENCE] =
        SCHEME("evidence", SNB "evidence-type" VERSIONED, "What a piece of evidence shows.", evidence),
    [MR_SCHEME_ENCODING] = SCHEME("encoding", SNB "encoding" VERSIONED, "Encodings of embedded files.", encodings),
    [MR_SCHEME_FILE_TYPE] = SCHEME("file-type", AUTHORITY "file-type", "Types of embedded files.", file_types),
    [MR_SCHEME_NQF] = SCHEME("nqf", SNB "qdr" VERSIONED, "National qualifications frameworks and their levels.", nqf),
    [MR_SCHEME_ENTITLEMENT] =
        SCHEME("entitlement", SNB "entitlement" VERSIONED, "What a credential entitles to.", entitlements),
    [MR_SCHEME_CURRENCY] =
        SCHEME("currency", AUTHORITY "currency", "Currencies, by their three-letter codes.", currencies),
    [MR_SCHEME_JURISDICTION] =
        SCHEME("jurisdiction", AUTHORITY "atu", "Where an accreditation or an entitlement holds.", jurisdictions),
    [MR_SCHEME_ENTITLEMENT_STATUS] = SCHEME("entitlement-status", SNB "entitlement-status" VERSIONED,
                                            "Is an entitlement actual or prospective?", entitlement_statuses),
    [MR_SCHEME_ACTIVITY] =
        SCHEME("activity", SNB "learning-activity" VERSIONED, "Types of learning activity.", activities),
    [MR_SCHEME_SEX] = SCHEME("sex", AUTHORITY "human-sex", "Sex of a person, as documents carry it.", sexes),
    [MR_SCHEME_VERIFICATION] = SCHEME("verification", SNB "verification" VERSIONED,
                                      "Checks that a document reports of itself.", verifications),
    [MR_SCHEME_VERIFICATION_STATUS] = SCHEME("verification-status", SNB "verification-status" VERSIONED,
                                             "Outcomes of these checks.", verification_statuses),
    [MR_SCHEME_ACCREDITATION_STATUS] =
        SCHEME("accreditation-status", "https://publications.europa.eu/resource/authority/snb/status" VERSIONED,
               "Is an accreditation in force?", accreditation_statuses),
};

const mr_scheme *mr_scheme_get(mr_scheme_code s)
{
    return &schemes[s];
}

const mr_scheme *mr_scheme_find(mr_str name)
{
    for (size_t i = 0; i < MR_SCHEME_COUNT_; i++) {
        if (mr_str_is(name, schemes[i].name)) return &schemes[i];
    }
    return NULL;
}

const mr_concept *mr_concept_find(mr_scheme_code s, mr_str code)
{
    const mr_scheme *scheme = &schemes[s];
    if (!code.len) return NULL;
    for (size_t i = 0; i < scheme->count; i++) {
        const char *its = scheme->concepts[i].code;
        if ((its[0] | 0x20) != (code.ptr[0] | 0x20)) continue; /* small and capital letters differ in this bit */
        if (mr_str_eq_ascii_nocase(mr_str_of(its), code)) return &scheme->concepts[i];
    }
    return NULL;
}

const mr_concept *mr_concept_find_uri(mr_scheme_code s, mr_str uri)
{
    const mr_scheme *scheme = &schemes[s];
    for (size_t i = 0; i < scheme->count; i++) {
        if (mr_str_is(uri, scheme->concepts[i].uri)) return &scheme->concepts[i];
    }
    return NULL;
}

mr_str mr_concept_label_in(const mr_concept *c, mr_str language)
{
    for (size_t i = 0; i < MR_LABEL_COLUMNS; i++) {
        if (c->label[i] && mr_str_eq_ascii_nocase(language, mr_str_of(mr_label_languages[i]))) {
            return mr_str_of(c->label[i]);
        }
    }
    return mr_vocabulary_label(language, mr_str_of(mr_concept_scheme(c)->name), mr_str_of(c->code));
}

mr_str mr_concept_label(const mr_concept *c, mr_str language)
{
    mr_str primary = language;
    ptrdiff_t dash = mr_str_find_char(language, '-');
    if (dash > 0) primary.len = (size_t)dash;
    mr_str label = mr_concept_label_in(c, primary);
    if (label.len) return label;
    return mr_str_of(c->label[0] ? c->label[0] : c->code);
}

/* Between a code and a label at the same distance, the code was meant. */
static uint32_t concept_distance(mr_str typed, const mr_concept *c)
{
    uint32_t best = mr_guess_distance(typed, mr_str_of(c->code));
    for (size_t i = 0; i < MR_LABEL_COLUMNS; i++) {
        if (!c->label[i]) continue;
        uint32_t d = mr_guess_distance(typed, mr_str_of(c->label[i]));
        if (d != MR_GUESS_FAR && d + 50 < best) best = d + 50;
    }
    return best;
}

size_t mr_concept_guess(mr_scheme_code s, mr_str typed, const mr_concept **out, size_t max)
{
    enum { MOST = 8 };
    const mr_scheme *scheme = &schemes[s];
    uint32_t distances[MOST];
    size_t count = 0;
    if (max > MOST) max = MOST;
    if (max == 0) return 0;
    for (size_t i = 0; i < scheme->count; i++) {
        uint32_t d = concept_distance(typed, &scheme->concepts[i]);
        if (d == MR_GUESS_FAR || (count == max && d >= distances[count - 1])) continue;
        size_t at = count < max ? count++ : count - 1;
        for (; at > 0 && distances[at - 1] > d; at--) {
            distances[at] = distances[at - 1];
            out[at] = out[at - 1];
        }
        distances[at] = d;
        out[at] = &scheme->concepts[i];
    }
    return count;
}
