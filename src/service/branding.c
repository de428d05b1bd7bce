#include "service/branding.h"

#include "base/limits.h"
#include "credential/picture.h"
#include "service/audit.h"
#include "store/organisation.h"

#include <stdio.h>

#define TEXT_CONTRAST 4.5
#define LINE_CONTRAST 3.0
#define NAME_MOST 80 /* code points of signatory and role: they fit the foot of a certificate */

int mr_branding_get(mr_service *s, mr_arena *a, mr_str org_id, struct mr_branding_row *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    return mr_store_branding_find(tx, a, org_id, ret, err);
}

static int commit(mr_db_tx **tx, struct mr_err *err)
{
    mr_db_tx *ending = *tx;
    *tx = NULL;
    return mr_db_commit(ending, err);
}

/* ---- colours ---- */

/* "#0b5d4e" */
static bool read_colour(mr_str text, uint32_t *ret)
{
    uint32_t colour = 0;
    if (text.len != 7 || text.ptr[0] != '#') return false;
    for (size_t i = 1; i < 7; i++) {
        char c = text.ptr[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0) return false;
        colour = colour << 4 | (uint32_t)digit;
    }
    *ret = colour;
    return true;
}

/* The linear light of one channel, WCAG 2.2 "relative luminance": ((c + 0.055) / 1.055) to the power of 2.4, without libm: x^2.4 is x^2 times the fifth root of x^2, found
 * by Newton's method. */
static double linear(unsigned channel)
{
    double c = channel / 255.0;
    if (c <= 0.04045) return c / 12.92;
    double x = (c + 0.055) / 1.055, square = x * x, root = 1;
    for (int i = 0; i < 40; i++) root = (4 * root + square / (root * root * root * root)) / 5;
    return square * root;
}

static double contrast_with_white(uint32_t colour)
{
    double light =
        0.2126 * linear(colour >> 16 & 255) + 0.7152 * linear(colour >> 8 & 255) + 0.0722 * linear(colour & 255);
    return 1.05 / (light + 0.05);
}

static void fault(struct mr_findings *f, const char *pointer, const char *id, mr_str value)
{
    struct mr_finding *one = mr_findings_add(f, "branding", id, value);
    snprintf(one->pointer, sizeof one->pointer, "%s", pointer);
}

static void check_colour(struct mr_findings *f, const char *pointer, mr_str text, double least, const char *faint)
{
    uint32_t colour;
    if (!text.len) return;
    if (!read_colour(text, &colour))
        fault(f, pointer, "branding.colour", text);
    else if (contrast_with_white(colour) < least)
        fault(f, pointer, faint, text);
}

static void check_text(struct mr_findings *f, const char *pointer, mr_str text)
{
    if (mr_utf8_length(text) > NAME_MOST || !mr_utf8_is_plain(text, true)) fault(f, pointer, "branding.text", text);
}

int mr_branding_save(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str org_id,
                     const struct mr_branding_row *chosen, struct mr_findings *findings, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_branding_row row;
    MR_TRY(mr_authorise(actor, MR_MAY_ORGANISATION_EDIT, org_id, err));
    check_colour(findings, "/accent", chosen->accent, TEXT_CONTRAST, "branding.faint");
    check_colour(findings, "/line", chosen->line, LINE_CONTRAST, "branding.faint_line");
    check_text(findings, "/signatory", chosen->signatory);
    check_text(findings, "/role", chosen->role);
    if (chosen->role.len && !chosen->signatory.len) fault(findings, "/signatory", "branding.nobody", MR_STR_EMPTY);
    if (findings->count) return MR_FAIL(err, MR_E_SPECIFICATION, "the branding has faults", MR_NOWHERE);
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(mr_store_branding_find(tx, a, org_id, &row, err));
    row.accent = chosen->accent;
    row.line = chosen->line;
    row.signatory = chosen->signatory;
    row.role = chosen->role;
    row.changed_at = mr_env_now(mr_service_env(s));
    MR_TRY(mr_store_branding_save(tx, org_id, &row, err));
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_ORGANISATION_EDIT, org_id, org_id, MR_STR("branding"), err));
    return commit(&tx, err);
}

/* ---- pictures ---- */

/* Made anew: smaller, and without anything that was in the file beside its pixels. */
static int make_anew(mr_arena *a, mr_str file, mr_str *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_picture_done) struct mr_pixels given = {0};
    MR_CLEANUP(mr_picture_done) struct mr_pixels small = {0};
    MR_CLEANUP(mr_buf_done) mr_buf png;
    mr_buf_init(&png, MR_LIMIT_LOGO_KEPT);
    if (file.len > MR_LIMIT_LOGO_FILE) return MR_FAIL(err, MR_E_LIMIT, "picture.too_large", MR_NOWHERE);
    MR_TRY(mr_picture_decode(file, &given, err));
    MR_TRY(mr_picture_shrink(&given, MR_LIMIT_LOGO_WIDE, MR_LIMIT_LOGO_HIGH, &small, err));
    MR_TRY(mr_picture_write_png(&small, &png, err));
    *ret = mr_arena_dup(a, mr_buf_str(&png));
    return ret->ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory for a picture", MR_NOWHERE);
}

int mr_branding_set_picture(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str org_id,
                            mr_branding_picture which, mr_str file, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_branding_row row;
    mr_str png = MR_STR_EMPTY;
    MR_TRY(mr_authorise(actor, MR_MAY_ORGANISATION_EDIT, org_id, err));
    if (file.len) MR_TRY(make_anew(a, file, &png, err));
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(mr_store_branding_find(tx, a, org_id, &row, err));
    *(which == MR_BRANDING_LOGO ? &row.logo : &row.signature) = png;
    row.changed_at = mr_env_now(mr_service_env(s));
    MR_TRY(mr_store_branding_save(tx, org_id, &row, err));
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_ORGANISATION_EDIT, org_id, org_id,
                    which == MR_BRANDING_LOGO ? MR_STR("logo") : MR_STR("signature"), err));
    return commit(&tx, err);
}

/* ---- for drawing ---- */

static int find_with_parent(mr_service *s, mr_arena *a, mr_str org_id, struct mr_branding_row *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_organisation_row organisation;
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    MR_TRY(mr_store_branding_find(tx, a, org_id, ret, err));
    if (ret->is_there) return MR_OK;
    MR_TRY(mr_store_organisation_find(tx, a, org_id, &organisation, err));
    return organisation.parent_id.len ? mr_store_branding_find(tx, a, organisation.parent_id, ret, err) : MR_OK;
}

int mr_branding_open(mr_service *s, mr_arena *a, mr_str org_id, struct mr_branding *ret, struct mr_err *err)
{
    struct mr_branding_row row;
    *ret = (struct mr_branding){.brand = {.accent = MR_PDF_ACCENT, .line = MR_PDF_LINE}};
    MR_TRY(find_with_parent(s, a, org_id, &row, err));
    uint32_t colour;
    if (read_colour(row.accent, &colour)) ret->brand.accent = ret->brand.line = colour;
    if (read_colour(row.line, &colour)) ret->brand.line = colour;
    ret->brand.signatory = row.signatory;
    ret->brand.role = row.role;
    if (row.logo.len) MR_TRY(mr_picture_decode(row.logo, &ret->logo, err));
    if (row.signature.len) {
        int code = mr_picture_decode(row.signature, &ret->signature, err);
        if (code) {
            mr_branding_close(ret);
            return code;
        }
    }
    ret->brand.logo = ret->logo.octets ? &ret->logo : NULL;
    ret->brand.signature = ret->signature.octets ? &ret->signature : NULL;
    return MR_OK;
}

void mr_branding_close(struct mr_branding *b)
{
    mr_picture_done(&b->logo);
    mr_picture_done(&b->signature);
}
