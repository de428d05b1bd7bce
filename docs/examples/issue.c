/* Award a micro-credential: from a specification, a seal and a learner's result to a sealed credential.
 *
 *   cc issue.c $(pkg-config --cflags --libs merit) -o issue
 *   ./issue wound-care.json - elm > mette.jsonld
 *   ./issue wound-care.json our-seal.p12 vc+jwt > mette.jwt         (the password stands in SEAL_PASSWORD)
 *
 * "-" instead of a seal makes one to try with, which proves nothing to anyone. */
#include <merit/merit.h>
#include <stdio.h>
#include <stdlib.h>

static char *read_file(const char *path, size_t *ret_size)
{
    const size_t most = 16 * 1024 * 1024;
    FILE *file = fopen(path, "rb");
    char *text = file ? malloc(most) : NULL;
    if (text) *ret_size = fread(text, 1, most, file);
    if (file) fclose(file);
    if (!text) fprintf(stderr, "%s cannot be read\n", path);
    return text;
}

static merit_key *open_seal(const char *path, merit_error *err)
{
    merit_key *seal = NULL;
    size_t size = 0;
    if (path[0] == '-') {
        if (merit_key_new_test_seal("Aarhus School of Nursing (invented)", "VATDK-00000000", "DK", &seal, err))
            return NULL;
        return seal;
    }
    char *octets = read_file(path, &size);
    if (octets && merit_key_read(octets, size, getenv("SEAL_PASSWORD"), &seal, err) != MERIT_OK) seal = NULL;
    free(octets);
    return seal;
}

int main(int argc, char **argv)
{
    merit_error err = {0};
    merit_issuer *issuer = NULL;
    char *specification = NULL, *credential = NULL;
    size_t size = 0;
    if (argc != 4) {
        fprintf(stderr, "issue SPECIFICATION SEAL FORMAT\n");
        return 2;
    }
    merit_key *seal = open_seal(argv[2], &err);
    if (seal) specification = read_file(argv[1], &size);

    const struct merit_achievement achievement = {
        .size = sizeof achievement,
        .name = "Mette Krogh Poulsen",
        .given_name = "Mette Krogh",
        .family_name = "Poulsen",
        .birth_date = "1994-03-12",
        .grade = "10",
    };
    if (specification && merit_issuer_new(specification, size, seal, &issuer, &err) == MERIT_OK &&
        merit_issue(issuer, &achievement, argv[3], &credential, NULL, &err) == MERIT_OK)
        fputs(credential, stdout);
    else
        fprintf(stderr, "%s\n", err.message);
    int status = credential ? 0 : 1;

    merit_free(credential);
    merit_issuer_free(issuer);
    merit_key_free(seal);
    free(specification);
    return status;
}
