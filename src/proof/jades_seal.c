/* Sealing: JAdES baseline B or T as the Commission's own tools write it (general JSON serialization, one line, payload as it
 * is), so that every verifier of European Digital Credentials reads it.
 *
 * The payload is signed where it stands and copied once, into the output, escaped. */
#include "proof/jades.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "json/write.h"
#include "proof/jades_inside.h"

static int check_seal(const struct mr_jades_sealing *sealing, mr_str payload, struct mr_err *err)
{
    const struct mr_seal_key *seal = sealing->seal;
    const char *why = "";
    if (!seal->key || !seal->certificate || !mr_key_is_private(seal->key) ||
        !mr_key_fits(seal->key, mr_key_default_alg(seal->key)))
        return MR_FAIL(err, MR_E_KEY, "no private key of a kind that seals", MR_NOWHERE);
    if (sealing->now < mr_certificate_not_before(seal->certificate) ||
        sealing->now > mr_certificate_not_after(seal->certificate))
        return MR_FAIL(err, MR_E_CERTIFICATE, "the seal's certificate is not valid now", MR_NOWHERE);
    if (!mr_certificate_may_seal(seal->certificate, &why))
        return MR_FAIL_DETAIL(err, MR_E_CERTIFICATE, "the certificate may not seal", "%s", why);
    if (payload.len == 0 || payload.len > MR_LIMIT_DOCUMENT)
        return MR_FAIL(err, MR_E_LIMIT, "the payload is empty or larger than allowed", MR_NOWHERE);
    size_t wrong = mr_utf8_check(payload);
    if (wrong < payload.len) return MR_FAIL(err, MR_E_UTF8, "the payload is not UTF-8", wrong);
    return MR_OK;
}

/* A token for the signature's text. It is checked at once: a seal that nobody can verify must not leave the house. */
static int get_timestamp(const struct mr_jades_sealing *sealing, mr_str signature_text, mr_arena *scratch,
                         mr_str *ret_token, struct mr_err *err)
{
    mr_digest digest;
    struct mr_timestamp t;
    struct mr_err found = {0};
    MR_TRY(mr_digest_make(MR_SHA256, &signature_text, 1, &digest, err));
    MR_TRY(sealing->timestamp(sealing->timestamp_self, scratch, &digest, ret_token, err));
    int code = mr_timestamp_verify(*ret_token, &signature_text, 1, NULL, 0, NULL, 0, &t, &found);
    if (code == MR_OK) {
        mr_timestamp_done(&t);
        return MR_OK;
    }
    if (mr_jades_is_trouble(code)) {
        if (err) *err = found;
        return code;
    }
    return MR_FAIL_DETAIL(err, MR_E_NET, "the time-stamp that came back does not hold", "%s", found.message);
}

/* etsiU[0]: base64url of {"sigTst":{"tstTokens":[{"val": base64 DER}]}} (TS 119 182-1 5.3.4, 5.4.3.3). */
static void put_signature_time(mr_buf *out, mr_buf *element, mr_str token)
{
    mr_buf_puts(element, "{\"sigTst\":{\"tstTokens\":[{\"val\":\"");
    mr_base64_put(element, token);
    mr_buf_puts(element, "\"}]}}");
    mr_buf_puts(out, ",\"header\":{\"etsiU\":[\"");
    mr_base64url_put(out, mr_buf_str(element));
    mr_buf_puts(out, "\"]}");
}

static int write_seal(mr_str payload, mr_str protected_text, mr_str signature_text, mr_str token, mr_buf *out,
                      struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf element;
    mr_buf_init(&element, MR_LIMIT_DOCUMENT);
    size_t likely = payload.len + payload.len / 8 + protected_text.len + signature_text.len + 2 * token.len + 128;
    if (out->max - out->len > likely)
        mr_buf_reserve(out, likely); /* one allocation instead of several; more if it must be */
    mr_buf_puts(out, "{\"payload\":");
    mr_json_quote(out, payload);
    mr_buf_puts(out, ",\"signatures\":[{\"protected\":\"");
    mr_buf_put(out, protected_text);
    mr_buf_putc(out, '"');
    if (token.len) put_signature_time(out, &element, token);
    mr_buf_puts(out, ",\"signature\":\"");
    mr_buf_put(out, signature_text);
    mr_buf_puts(out, "\"}]}");
    if (mr_buf_failed(out) || mr_buf_failed(&element))
        return MR_FAIL(err, MR_E_LIMIT, "no room for the sealed document", MR_NOWHERE);
    return MR_OK;
}

static int make_seal(const struct mr_jades_sealing *sealing, mr_str payload, mr_arena *scratch, mr_buf *out,
                     struct mr_err *err)
{
    const struct mr_seal_key *seal = sealing->seal;
    MR_CLEANUP(mr_buf_done) mr_buf encoded;
    mr_str protected_text, signature, token = MR_STR_EMPTY;
    mr_buf_init(&encoded, MR_LIMIT_KEY_FILE);
    MR_TRY(mr_jades_header_write(seal, sealing->now, scratch, &protected_text, err));
    const mr_str parts[] = {protected_text, MR_STR("."), payload}; /* RFC 7797 section 3 */
    MR_TRY(mr_key_sign(seal->key, mr_key_default_alg(seal->key), parts, 3, scratch, &signature, err));
    mr_base64url_put(&encoded, signature);
    if (mr_buf_failed(&encoded)) return MR_FAIL(err, MR_E_NOMEM, "no room for the signature", MR_NOWHERE);
    if (sealing->timestamp) MR_TRY(get_timestamp(sealing, mr_buf_str(&encoded), scratch, &token, err));
    return write_seal(payload, protected_text, mr_buf_str(&encoded), token, out, err);
}

int mr_jades_seal(const struct mr_jades_sealing *sealing, mr_str payload, mr_arena *scratch, mr_buf *out,
                  struct mr_err *err)
{
    size_t start = out->len;
    MR_TRY(check_seal(sealing, payload, err));
    int code = make_seal(sealing, payload, scratch, out, err);
    if (code != MR_OK) out->len = start;
    return code;
}
