/* Publish a status list: entry 42 is revoked, entry 43 suspended.
 *
 *   cc status.c $(pkg-config --cflags --libs merit) -o status
 *   ./status revocation > revocation.jwt      served at https://school.example/status/1/revocation
 *
 * Forms: revocation, suspension (Bitstring Status List), token (Token Status List). */
#include <merit/merit.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    merit_error err = {0};
    merit_key *seal = NULL;
    merit_status_list *list = NULL;
    char *published = NULL;
    const struct merit_publishing publishing = {
        .size = sizeof publishing,
        .form = argc == 2 ? argv[1] : "revocation",
        .valid_for = (int64_t)12 * 60 * 60 * 1000,
    };
    if (merit_key_new_test_seal("Aarhus School of Nursing (invented)", "VATDK-00000000", "DK", &seal, &err) ||
        merit_status_list_new("https://school.example/status/1", 0, &list, &err) ||
        merit_status_list_set(list, 42, MERIT_REVOKED, &err) || merit_status_list_set(list, 43, MERIT_SUSPENDED, &err) ||
        merit_status_publish(list, seal, &publishing, &published, NULL, &err))
        fprintf(stderr, "%s\n", err.message);
    else
        puts(published);
    int status = published ? 0 : 1;
    merit_free(published);
    merit_status_list_free(list);
    merit_key_free(seal);
    return status;
}
