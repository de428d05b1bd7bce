/* Verify credentials and tell what was checked, in the reader's language.
 *
 *   cc verify.c $(pkg-config --cflags --libs merit) -o verify
 *   ./verify da anchors/ wound-care.jsonld
 *
 * The folder holds the certificates (*.pem) of those whom you let vouch for seals; "-" stands for none. The exit status is that of `merit verify`. */
#include <merit/merit.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const signs[] = {
    [MERIT_UNCHECKED] = "?", [MERIT_PASSED] = "+", [MERIT_FAILED] = "x", [MERIT_NOT_APPLICABLE] = "-"};

/* A whole file, at most 16 MiB: what is larger is no credential. */
static char *read_file(const char *path, size_t *ret_size)
{
    const size_t most = 16 * 1024 * 1024 + 1;
    FILE *file = fopen(path, "rb");
    char *text = file ? malloc(most) : NULL;
    if (text) *ret_size = fread(text, 1, most, file);
    if (file) fclose(file);
    return text;
}

static void tell_checks(const merit_report *report)
{
    for (size_t i = 0; i < merit_report_check_count(report); i++) {
        const merit_check_result *check = merit_report_check(report, i);
        printf("  %s %s: %s\n", signs[merit_check_result_state(check)], merit_check_result_code(check),
               merit_check_result_text(check));
    }
}

static void tell_elements(const merit_report *report)
{
    for (size_t i = 0; i < merit_report_element_count(report); i++)
        for (size_t k = 0; k < merit_report_value_count(report, i); k++)
            printf("  %s: %s\n", merit_report_element_label(report, i), merit_report_value(report, i, k));
}

static int verify(merit_verifier *verifier, const char *path, merit_error *err)
{
    size_t size = 0;
    merit_report *report = NULL;
    char *text = read_file(path, &size);
    if (!text || merit_verify(verifier, text, size, &report, err) != MERIT_OK) {
        fprintf(stderr, "%s: %s\n", path, text ? err->message : "cannot be read");
        free(text);
        return 2;
    }
    printf("%s\n%s\n%s\n", path, merit_report_summary(report), merit_report_story(report));
    tell_checks(report);
    tell_elements(report);
    int status = (int)merit_report_verdict(report);
    merit_report_free(report);
    free(text);
    return status;
}

int main(int argc, char **argv)
{
    merit_error err = {0};
    merit_verifier *verifier = NULL;
    int status = 2;
    if (argc < 4) {
        fprintf(stderr, "verify LANGUAGE FOLDER FILE...\n");
        return 2;
    }
    if (merit_verifier_new(&verifier, &err) == MERIT_OK &&
        merit_verifier_set_language(verifier, argv[1], &err) == MERIT_OK &&
        (argv[2][0] == '-' || merit_verifier_trust_folder(verifier, argv[2], &err) == MERIT_OK))
        for (int i = 3; i < argc; i++) status = verify(verifier, argv[i], &err);
    else
        fprintf(stderr, "%s\n", err.message);
    merit_verifier_free(verifier);
    return status;
}
