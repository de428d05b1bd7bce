/* merit-trusted-list: reads one trusted list in XML from standard input and writes what it says as JSON. Merit starts it for each list; XML and its
 * libraries are in no other program of Merit's. */
#include "base/encoding.h"
#include "base/limits.h"
#include "json/write.h"
#include "trusted_list/reader.h"
#include "trusted_list/sandbox.h"
#include "trusted_list/seal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char help[] =
    "merit-trusted-list [--signer SHA256]... < LIST.xml: read one trusted list (ETSI TS 119 612, TS 119 602) and write "
    "it as JSON.\n\n"
    "Part of Merit; `merit trust import` starts it. SHA256: digest of a certificate that may sign the list, 64 "
    "hexadecimal digits.\n"
    "It opens no file and no connection. Exit status: 0 an answer was written, 1 the input cannot be read (the answer "
    "says why), 2 a wrong call.\n";

static bool take_signers(int argc, char **argv, uint8_t (*ret)[32], size_t *ret_count)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, 64 * MR_KIB);
    for (int i = 1; i < argc; i++) {
        mr_str digest;
        struct mr_err err;
        if (strcmp(argv[i], "--signer") != 0 || i + 1 == argc || *ret_count == MR_LIMIT_CERTIFICATES) return false;
        if (mr_hex_read(&a, mr_str_of(argv[++i]), &digest, &err) != MR_OK || digest.len != 32) return false;
        memcpy(ret[(*ret_count)++], digest.ptr, 32);
    }
    return true;
}

/* All of standard input, up to the limit: an endless stream ends there. */
static int read_input(mr_buf *in, struct mr_err *err)
{
    for (;;) {
        char *at = mr_buf_reserve(in, 64 * MR_KIB);
        if (!at) return MR_FAIL(err, MR_E_LIMIT, "larger than a trusted list may be", MR_NOWHERE);
        ssize_t got = read(STDIN_FILENO, at, 64 * MR_KIB);
        if (got == 0) return MR_OK;
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return MR_FAIL(err, MR_E_IO, "standard input cannot be read", MR_NOWHERE);
        in->len += (size_t)got;
    }
}

static bool write_output(mr_str text)
{
    while (text.len) {
        ssize_t put = write(STDOUT_FILENO, text.ptr, text.len);
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) return false;
        text = mr_str_from(text, (size_t)put);
    }
    return true;
}

static void put_refusal(const struct mr_err *err, mr_buf *out)
{
    mr_json_writer w;
    mr_buf_clear(out);
    mr_json_writer_init(&w, out, 0);
    mr_json_begin_object(&w);
    mr_json_put_member_c(&w, "error", err->message);
    mr_json_put_member_c(&w, "detail", err->detail);
    mr_json_put_member_c(&w, "code", mr_code_name(err->code));
    mr_json_end_object(&w);
}

int main(int argc, char **argv)
{
    static uint8_t signers[MR_LIMIT_CERTIFICATES][32];
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_buf_done) mr_buf in, out;
    size_t count = 0;
    struct mr_err err = {0};
    mr_arena_init(&a, MR_LIMIT_TRUSTED_LIST_MEMORY / 4);
    mr_buf_init(&in, MR_LIMIT_TRUSTED_LIST + 64 * MR_KIB);
    mr_buf_init(&out, MR_LIMIT_TRUSTED_LIST * 2);
    if (!take_signers(argc, argv, signers, &count)) {
        fputs(help, stderr);
        return 2;
    }
    int code = mr_xml_seal_start(&err);
    if (code == MR_OK) code = mr_sandbox_close(&err);
    if (code == MR_OK) code = read_input(&in, &err);
    if (code == MR_OK) code = mr_trusted_list_read(&a, mr_buf_str(&in), signers, count, &out, &err);
    if (code != MR_OK) put_refusal(&err, &out);
    mr_buf_putc(&out, '\n');
    if (!write_output(mr_buf_str(&out))) return 2;
    return code == MR_OK ? 0 : 1;
}
