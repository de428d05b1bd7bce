/* The learner shows what she wants to show. First this program signs a credential of which everything but the type may be hidden, as an issuer would;
 * then it lists what can be shown, and shows what was chosen.
 *
 *   cc disclose.c $(pkg-config --cflags --libs merit) -o disclose
 *   ./disclose                       what can be shown
 *   ./disclose /name /level          an SD-JWT that shows these two, bound to her key */
#include <merit/merit.h>
#include <stdio.h>
#include <string.h>

static const char *const may_be_hidden[] = {"/name", "/birthdate", "/level", "/grade"};

/* The issuer's part: the claims name the holder's key (cnf), so that nobody else can show them. */
static merit_code issue(const merit_key *issuer, const merit_key *holder, char **ret, merit_error *err)
{
    char claims[2048], *jwk = NULL;
    const struct merit_signing signing = {
        .size = sizeof signing, .suite = "dc+sd-jwt", .pointers = may_be_hidden, .pointer_count = 4};
    merit_code code = merit_key_write_jwk(holder, &jwk, err);
    if (code != MERIT_OK) return code;
    snprintf(claims, sizeof claims,
             "{\"vct\":\"https://school.example/wound-care\",\"name\":\"Mette Krogh Poulsen\","
             "\"birthdate\":\"1994-03-12\",\"level\":\"EQF 6\",\"grade\":\"10\",\"cnf\":{\"jwk\":%s}}",
             jwk);
    merit_free(jwk);
    return merit_sign(issuer, claims, strlen(claims), &signing, ret, NULL, err);
}

static merit_code list(const char *credential, merit_error *err)
{
    merit_disclosures *all = NULL;
    merit_code code = merit_disclosures_read(credential, strlen(credential), "en", &all, err);
    if (code != MERIT_OK) return code;
    for (size_t i = 0; i < merit_disclosures_count(all); i++)
        printf("%s  %s: %s\n", merit_disclosure_pointer(all, i), merit_disclosure_name(all, i),
               merit_disclosure_value(all, i));
    merit_disclosures_free(all);
    return MERIT_OK;
}

static merit_code show(const char *credential, const merit_key *holder, char **pointers, int count, merit_error *err)
{
    char *shown = NULL;
    const struct merit_disclosing disclosing = {
        .size = sizeof disclosing,
        .show = (const char *const *)pointers,
        .show_count = (size_t)count,
        .holder = holder,
        .audience = "https://hospital.example",
        .nonce = "7f3a90",
    };
    merit_code code = merit_disclose(credential, strlen(credential), &disclosing, &shown, NULL, err);
    if (code == MERIT_OK) puts(shown);
    merit_free(shown);
    return code;
}

int main(int argc, char **argv)
{
    merit_error err = {0};
    merit_key *issuer = NULL, *holder = NULL;
    char *credential = NULL;
    merit_code code = merit_key_new("P-256", &issuer, &err);
    if (code == MERIT_OK) code = merit_key_new("P-256", &holder, &err);
    if (code == MERIT_OK) code = issue(issuer, holder, &credential, &err);
    if (code == MERIT_OK) code = argc == 1 ? list(credential, &err) : show(credential, holder, argv + 1, argc - 1, &err);
    if (code != MERIT_OK) fprintf(stderr, "%s\n", err.message);
    merit_free(credential);
    merit_key_free(holder);
    merit_key_free(issuer);
    return code == MERIT_OK ? 0 : 1;
}
