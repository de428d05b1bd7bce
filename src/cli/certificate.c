/* `merit certificate`: a sealed credential on paper. */
#include "base/file.h"
#include "base/limits.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "credential/pdf.h"
#include "credential/sniff.h"

#include <stdio.h>

static const char help[] =
    "merit certificate FILE [--out FILE.pdf] [--lang LANG] [--verify-url URL]: a sealed credential as a PDF to "
    "print.\n\n"
    "  merit certificate anna.jsonld\n"
    "  merit certificate anna.jsonld --lang da --out anna.pdf --verify-url https://merit.example.org/verify\n"
    "  merit verify anna.pdf\n\n"
    "The pages are for reading, in English or in LANG; the texts of the credential stand in the best language that it "
    "has.\n"
    "The credential itself is attached to the PDF as it is, byte for byte, and `merit verify`, the verify page and PDF "
    "readers find it there.\n\n"
    "  --out FILE.pdf    write it there; else beside FILE, with the ending .pdf\n"
    "  --verify-url URL  the page where it can be verified: printed, and in a QR code\n\n"
    "Exit status: 0 written, 1 no credential or its seal does not hold, 2 a wrong call or a file that cannot be read "
    "or "
    "written.\n";

struct certifying {
    const char *file, *out, *verify_url;
    const mr_language *language;
};

static void verifier_cleanup(mr_verifier **v)
{
    if (*v) mr_verifier_close(*v);
}

static int refuse(const struct certifying *c, const char *id)
{
    mr_str sentence = mr_message(c->language, id);
    fputs("merit: ", stderr);
    mr_cli_put_visible(stderr, c->file);
    fprintf(stderr, ": %.*s\n", MR_STR_ARG(sentence));
    return 1;
}

static mr_str base_name(mr_str path)
{
    for (size_t i = path.len; i > 0; i--)
        if (path.ptr[i - 1] == '/') return mr_str_from(path, i);
    return path;
}

static mr_str without_ending(mr_str name)
{
    for (size_t i = name.len; i > 1; i--) {
        if (name.ptr[i - 1] == '/') break;
        if (name.ptr[i - 1] == '.') return mr_str_make(name.ptr, i - 1);
    }
    return name;
}

/* The name of the attached file: as the file is called, where every program can keep such a name. */
static const char *attached_name(mr_arena *a, const struct certifying *c, mr_sniffed kind, bool elm)
{
    mr_str stem = without_ending(base_name(mr_str_of(c->file)));
    const char *ending = kind == MR_SNIFFED_JSON ? elm ? ".jsonld" : ".json" : ".jwt";
    for (size_t i = 0; i < stem.len; i++) {
        char letter = stem.ptr[i];
        bool plain = (letter >= '0' && letter <= '9') || (letter >= 'A' && letter <= 'Z') ||
                     (letter >= 'a' && letter <= 'z') || letter == '-' || letter == '_' || letter == '.';
        if (!plain || stem.len > 100) return mr_arena_format(a, "credential%s", ending).ptr;
    }
    return mr_arena_format(a, "%.*s%s", MR_STR_ARG(stem.len ? stem : MR_STR("credential")), ending).ptr;
}

static const char *type_of(mr_sniffed kind, const mr_report *r)
{
    if (kind == MR_SNIFFED_SD_JWT) return "application/dc+sd-jwt";
    if (strcmp(r->format_code, "vc+jwt") == 0) return "application/vc+jwt";
    return mr_str_has_prefix(mr_str_of(r->format_code), MR_STR("elm+jades")) ? "application/jose+json"
                                                                             : "application/vc";
}

static int write_pdf(mr_arena *a, const struct certifying *c, const mr_report *r, mr_sniffed kind, mr_str content,
                     const char *out, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf pdf;
    mr_str url = mr_str_of(c->verify_url);
    bool elm = mr_str_has_prefix(mr_str_of(r->format_code), MR_STR("elm"));
    const struct mr_pdf_file file = {.name = attached_name(a, c, kind, elm),
                                     .type = type_of(kind, r),
                                     .content = content,
                                     .description =
                                         MR_SAY(a, c->language, "certificate.attached", {"format", r->format}).ptr};
    const struct mr_pdf_order order = {.view = &r->view,
                                       .language = c->language,
                                       .is_test = r->test_seal,
                                       .verify_link = url,
                                       .verify_page = url,
                                       .files = &file,
                                       .file_count = 1};
    mr_buf_init(&pdf, MR_LIMIT_PDF);
    MR_TRY(mr_pdf_write(a, &order, &pdf, err));
    return mr_file_write(out, mr_buf_str(&pdf), 0644, false, err);
}

static int certify(mr_arena *a, mr_verifier *v, const struct certifying *c)
{
    struct mr_err err = {0};
    mr_report report;
    mr_str file, text;
    if (mr_file_read(a, c->file, MR_LIMIT_DOCUMENT, &file, &err) != MR_OK)
        return mr_cli_fail(&err, c->file, MR_STR_EMPTY);
    mr_sniffed kind = mr_sniff(file, &text);
    if (kind != MR_SNIFFED_JSON && kind != MR_SNIFFED_COMPACT && kind != MR_SNIFFED_SD_JWT)
        return refuse(c, "certificate.own_file");
    if (mr_verify(v, a, file, &report, &err) != MR_OK) return mr_cli_fail(&err, c->file, MR_STR_EMPTY);
    if (!report.has_view) return refuse(c, "certificate.not_sealed");
    const char *out =
        c->out ? c->out : mr_arena_format(a, "%.*s.pdf", MR_STR_ARG(without_ending(mr_str_of(c->file)))).ptr;
    if (write_pdf(a, c, &report, kind, file, out, &err) != MR_OK) return mr_cli_fail(&err, out, MR_STR_EMPTY);
    mr_str said = MR_SAY(a, c->language, "certificate.written", {"file", mr_str_of(out)});
    mr_cli_put_visible(stderr, said.ptr);
    fputs("\n", stderr);
    return 0;
}

int mr_cli_certificate(int argc, char **argv, const mr_env *env)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(verifier_cleanup) mr_verifier *v = NULL;
    struct certifying c = {0};
    const char *lang = NULL;
    const mr_option options[] = {{"out", &c.out, NULL}, {"lang", &lang, NULL}, {"verify-url", &c.verify_url, NULL}};
    const mr_trust none = {0};
    struct mr_err err = {0};
    int words;
    bool done;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    if (!mr_options_take(argc, argv, options, 3, help, &words, &done)) return 2;
    if (done) return 0;
    if (words != 1) {
        fputs(help, stderr);
        return 2;
    }
    c.file = argv[1];
    c.language = mr_options_language(lang);
    const struct mr_verifying verifying = {.trust = &none, .env = env, .language = c.language};
    if (mr_verifier_open(&verifying, &v, &err) != MR_OK) return mr_cli_fail(&err, NULL, MR_STR_EMPTY);
    return certify(&a, v, &c);
}
