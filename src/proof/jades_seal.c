/* Sealing: JAdES baseline B to LTA as the Commission's own tools write it (general JSON serialization, one line, payload as it
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

int mr_jades_stamp(mr_timestamp_source *source, void *self, const mr_str *parts, size_t count, mr_arena *scratch,
                   mr_str *ret_token, struct mr_err *err)
{
    mr_digest digest;
    struct mr_timestamp t;
    struct mr_err found = {0};
    MR_TRY(mr_digest_make(MR_SHA256, parts, count, &digest, err));
    MR_TRY(source(self, scratch, &digest, ret_token, err));
    int code = mr_timestamp_verify(*ret_token, parts, count, NULL, 0, NULL, 0, &t, &found);
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

void mr_jades_put_token(mr_buf *out, const char *name, mr_str token)
{
    mr_buf_format(out, "{\"%s\":{\"tstTokens\":[{\"val\":\"", name);
    mr_base64_put(out, token);
    mr_buf_puts(out, "\"}]}}");
}

/* etsiU[0] */
static void put_signature_time(mr_buf *out, mr_buf *element, mr_str token)
{
    mr_jades_put_token(element, "sigTst", token);
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

static mr_jades_level level_of(const struct mr_jades_sealing *sealing)
{
    if (sealing->level != MR_JADES_NONE) return sealing->level;
    return sealing->timestamp ? MR_JADES_T : MR_JADES_B;
}

/* B or T. */
static int make_seal(const struct mr_jades_sealing *sealing, mr_str payload, mr_arena *scratch, mr_buf *out,
                     struct mr_err *err)
{
    const struct mr_seal_key *seal = sealing->seal;
    MR_CLEANUP(mr_buf_done) mr_buf encoded;
    mr_str protected_text, signature, content_token = MR_STR_EMPTY, token = MR_STR_EMPTY;
    mr_buf_init(&encoded, MR_LIMIT_KEY_FILE);
    if (sealing->content_time)
        MR_TRY(mr_jades_stamp(sealing->timestamp, sealing->timestamp_self, &payload, 1, scratch, &content_token, err));
    MR_TRY(mr_jades_header_write(seal, sealing->now, content_token, scratch, &protected_text, err));
    const mr_str parts[] = {protected_text, MR_STR("."), payload}; /* RFC 7797 section 3 */
    MR_TRY(mr_key_sign(seal->key, mr_key_default_alg(seal->key), parts, 3, scratch, &signature, err));
    mr_base64url_put(&encoded, signature);
    if (mr_buf_failed(&encoded)) return MR_FAIL(err, MR_E_NOMEM, "no room for the signature", MR_NOWHERE);
    const mr_str text = mr_buf_str(&encoded);
    if (level_of(sealing) >= MR_JADES_T)
        MR_TRY(mr_jades_stamp(sealing->timestamp, sealing->timestamp_self, &text, 1, scratch, &token, err));
    return write_seal(payload, protected_text, text, token, out, err);
}

/* LT and LTA: a seal of level T, extended as any older one is. */
static int make_lasting_seal(const struct mr_jades_sealing *sealing, mr_str payload, mr_arena *scratch, mr_buf *out,
                             struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf stamped;
    const struct mr_jades_extending how = {.level = sealing->level,
                                           .now = sealing->now,
                                           .timestamp = sealing->timestamp,
                                           .timestamp_self = sealing->timestamp_self,
                                           .evidence = sealing->evidence,
                                           .anchors = sealing->anchors,
                                           .anchor_count = sealing->anchor_count,
                                           .issuers = sealing->seal->issuers,
                                           .issuer_count = sealing->seal->issuer_count};
    bool changed;
    mr_buf_init(&stamped, MR_LIMIT_DOCUMENT);
    MR_TRY(make_seal(sealing, payload, scratch, &stamped, err));
    return mr_jades_extend(&how, mr_buf_str(&stamped), scratch, out, &changed, NULL, err);
}

static int check_sources(const struct mr_jades_sealing *sealing, struct mr_err *err)
{
    if ((level_of(sealing) >= MR_JADES_T || sealing->content_time) && !sealing->timestamp)
        return MR_FAIL(err, MR_E_STATE, "a time-stamp is needed, and no time-stamp authority is named", MR_NOWHERE);
    if (level_of(sealing) >= MR_JADES_LT && !sealing->evidence)
        return MR_FAIL(err, MR_E_STATE, "revocation evidence is needed, and nobody can be asked for it", MR_NOWHERE);
    return MR_OK;
}

int mr_jades_seal(const struct mr_jades_sealing *sealing, mr_str payload, mr_arena *scratch, mr_buf *out,
                  struct mr_err *err)
{
    size_t start = out->len;
    MR_TRY(check_seal(sealing, payload, err));
    MR_TRY(check_sources(sealing, err));
    int code = level_of(sealing) >= MR_JADES_LT ? make_lasting_seal(sealing, payload, scratch, out, err)
                                                : make_seal(sealing, payload, scratch, out, err);
    if (code != MR_OK) out->len = start;
    return code;
}
