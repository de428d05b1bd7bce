/* Verify a credential whose status lists stand in files, as if they had been fetched. Prints the state and the sentence of the status check.
 *
 *   verify_listed CREDENTIAL [URL FILE]...
 *
 * MERIT_TRUST: a trust folder, in which the issuers of European Digital Credentials have their lists of withdrawn credentials. */
#include <merit/merit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The pairs of the command line, up to NULL. */
struct pages {
    char **pairs;
};

static char *read_file(const char *path, size_t *ret_size)
{
    const size_t most = 1024 * 1024;
    FILE *file = fopen(path, "rb");
    char *text = file ? malloc(most) : NULL;
    *ret_size = text ? fread(text, 1, most, file) : 0;
    if (file) fclose(file);
    return text;
}

static merit_code fetch(void *self, const char *url, const char *accept, size_t max, merit_answer *answer)
{
    const struct pages *pages = self;
    (void)accept, (void)max;
    for (char **pair = pages->pairs; pair[0] && pair[1]; pair += 2) {
        size_t size = 0;
        if (strcmp(url, pair[0]) != 0) continue;
        char *text = read_file(pair[1], &size);
        merit_code code = text ? merit_answer_put(answer, text, size) : MERIT_E_NETWORK;
        free(text);
        return code;
    }
    return MERIT_E_NETWORK;
}

static int tell(merit_verifier *verifier, const char *path, merit_error *err)
{
    size_t size = 0;
    merit_report *report = NULL;
    char *text = read_file(path, &size);
    if (!text || merit_verify(verifier, text, size, &report, err) != MERIT_OK) {
        free(text);
        return 1;
    }
    const merit_check_result *status = merit_report_find_check(report, "status");
    printf("%s %s\n", status ? merit_state_name(merit_check_result_state(status)) : "unclaimed",
           status ? merit_check_result_text(status) : merit_report_summary(report));
    merit_report_free(report);
    free(text);
    return 0;
}

int main(int argc, char **argv)
{
    merit_error err = {0};
    merit_verifier *verifier = NULL;
    const char *trust = getenv("MERIT_TRUST");
    if (argc < 2) return 2;
    struct pages pages = {argv + 2};
    if (merit_verifier_new(&verifier, &err) != MERIT_OK) return 1;
    if (trust && merit_verifier_trust_folder(verifier, trust, &err) != MERIT_OK) return 1;
    merit_verifier_set_fetch(verifier, fetch, &pages);
    int failed = tell(verifier, argv[1], &err);
    merit_verifier_free(verifier);
    return failed;
}
