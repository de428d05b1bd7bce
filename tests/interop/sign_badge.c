/* An Open Badge, signed with each Data Integrity suite through the public library, for software that is not ours to judge.
 *
 *   sign_badge FOLDER    badge-SUITE.vc.json into it */
#include <merit/merit.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *suite, *kind;
} signers[] = {{"eddsa-rdfc-2022", "Ed25519"},
               {"ecdsa-rdfc-2019", "P-256"},
               {"eddsa-jcs-2022", "Ed25519"},
               {"ecdsa-jcs-2019", "P-256"}};

static const char badge[] =
    "{\"@context\":[\"https://www.w3.org/ns/credentials/v2\",\"https://purl.imsglobal.org/spec/ob/v3p0/"
    "context-3.0.3.json\"],"
    "\"id\":\"urn:uuid:01890000-0000-7000-8000-000000000001\",\"type\":[\"VerifiableCredential\","
    "\"OpenBadgeCredential\"],"
    "\"name\":\"Wound care (invented)\",\"issuer\":{\"id\":\"%s\",\"type\":[\"Profile\"],\"name\":\"School "
    "(invented)\"},"
    "\"validFrom\":\"2026-01-15T00:00:00Z\",\"credentialSubject\":{\"type\":[\"AchievementSubject\"],\"achievement\":"
    "{\"id\":\"urn:uuid:01890000-0000-7000-8000-000000000002\",\"type\":[\"Achievement\"],\"name\":\"Wound care\","
    "\"description\":\"Dresses wounds.\",\"criteria\":{\"narrative\":\"An "
    "examination.\"},\"achievementType\":\"Course\"}}}";

static int sign(const char *folder, const char *suite, const char *kind, merit_error *err)
{
    merit_key *key = NULL;
    char *did = NULL, *signed_text = NULL, text[4096], path[4096];
    size_t size = 0;
    const struct merit_signing signing = {.size = sizeof signing, .suite = suite};
    if (merit_key_new(kind, &key, err) != MERIT_OK || merit_key_write_did(key, "did:key", &did, err) != MERIT_OK)
        return 1;
    int length = snprintf(text, sizeof text, badge, did);
    if (merit_sign(key, text, (size_t)length, &signing, &signed_text, &size, err) != MERIT_OK) return 1;
    snprintf(path, sizeof path, "%s/badge-%s.vc.json", folder, suite);
    FILE *file = fopen(path, "wb");
    int failed = !file || fwrite(signed_text, 1, size, file) != size;
    if (file && fclose(file) != 0) failed = 1;
    merit_free(signed_text);
    merit_free(did);
    merit_key_free(key);
    return failed;
}

int main(int argc, char **argv)
{
    merit_error err = {0};
    for (size_t i = 0; argc == 2 && i < sizeof signers / sizeof *signers; i++) {
        if (sign(argv[1], signers[i].suite, signers[i].kind, &err) == 0) continue;
        fprintf(stderr, "%s: %s\n", signers[i].suite, err.message);
        return 1;
    }
    return argc == 2 ? 0 : 2;
}
