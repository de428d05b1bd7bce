/* Libraries of devices and their tokens.
 *
 * Invariants: a library is started (C_Initialize) once a process and never ended, because nothing tells whether somebody else in the process uses it; a PIN
 * that a token refused is remembered as a digest, so that a server that opens the same seal for every batch does not use up the tries that the
 * token allows. Both lists are under one lock. */
#include "crypto/pkcs11_module.h"

#include "base/lazy.h"
#include "base/limits.h"
#include "crypto/inside.h"

#include <dlfcn.h>
#include <openssl/crypto.h>

#define SYSTEM_MODULE "libp11-kit.so.0" /* which is a PKCS#11 library itself: all that the system has set up, as one */
enum { REFUSED_PINS = 32 };

struct module {
    struct module *next;
    mr_pkcs11_functions *functions;
    char path[];
};
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t login_lock = PTHREAD_MUTEX_INITIALIZER; /* two logins at once would give a wrong PIN twice */
static struct module *modules;                                 /* under the lock */
static uint8_t refused[REFUSED_PINS][32]; /* SHA-256 of a token's name and the PIN that it refused; under the lock */
static size_t refused_next;               /* under the lock */

/* ---- codes ---- */

static const struct {
    CK_RV code;
    mr_code as;
    const char *name, *message;
} codes[] = {
    {CKR_PIN_INCORRECT, MR_E_PASSWORD, "CKR_PIN_INCORRECT", "the PIN of the token is wrong"},
    {CKR_PIN_INVALID, MR_E_PASSWORD, "CKR_PIN_INVALID", "the PIN of the token is wrong"},
    {CKR_PIN_LEN_RANGE, MR_E_PASSWORD, "CKR_PIN_LEN_RANGE", "the PIN of the token is wrong: it has another length"},
    {CKR_PIN_LOCKED, MR_E_STATE, "CKR_PIN_LOCKED",
     "the token has locked its PIN after too many wrong ones; unlock it with the software of the device"},
    {CKR_PIN_EXPIRED, MR_E_STATE, "CKR_PIN_EXPIRED",
     "the PIN of the token has expired; change it with the software of the device"},
    {CKR_USER_PIN_NOT_INITIALIZED, MR_E_STATE, "CKR_USER_PIN_NOT_INITIALIZED",
     "the token has no PIN yet; set it up with the software of the device"},
    {CKR_USER_NOT_LOGGED_IN, MR_E_PASSWORD, "CKR_USER_NOT_LOGGED_IN", "the token asks for its PIN"},
    {CKR_TOKEN_NOT_PRESENT, MR_E_STATE, "CKR_TOKEN_NOT_PRESENT", "the token is not plugged in"},
    {CKR_DEVICE_REMOVED, MR_E_STATE, "CKR_DEVICE_REMOVED", "the token was taken out"},
    {CKR_SESSION_HANDLE_INVALID, MR_E_STATE, "CKR_SESSION_HANDLE_INVALID", "the token ended the session"},
    {CKR_SESSION_CLOSED, MR_E_STATE, "CKR_SESSION_CLOSED", "the token ended the session"},
    {CKR_OBJECT_HANDLE_INVALID, MR_E_STATE, "CKR_OBJECT_HANDLE_INVALID", "the token no longer has the key"},
    {CKR_KEY_HANDLE_INVALID, MR_E_STATE, "CKR_KEY_HANDLE_INVALID", "the token no longer has the key"},
    {CKR_DEVICE_ERROR, MR_E_CRYPTO, "CKR_DEVICE_ERROR", "the device reports that it failed"},
    {CKR_DEVICE_MEMORY, MR_E_CRYPTO, "CKR_DEVICE_MEMORY", "the device has no room left"},
    {CKR_SESSION_COUNT, MR_E_CRYPTO, "CKR_SESSION_COUNT", "the device allows no more sessions"},
    {CKR_KEY_FUNCTION_NOT_PERMITTED, MR_E_KEY, "CKR_KEY_FUNCTION_NOT_PERMITTED",
     "the key in the token is not allowed to sign"},
    {CKR_MECHANISM_INVALID, MR_E_KEY, "CKR_MECHANISM_INVALID", "the device does not sign in this way"},
    {CKR_KEY_TYPE_INCONSISTENT, MR_E_KEY, "CKR_KEY_TYPE_INCONSISTENT", "the device does not sign in this way"},
};

int mr_pkcs11_fail(CK_RV code, const char *what, struct mr_err *err)
{
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i].code == code) return MR_FAIL_DETAIL(err, codes[i].as, codes[i].message, "%s", codes[i].name);
    return MR_FAIL_DETAIL(err, MR_E_CRYPTO, what, "PKCS#11 code 0x%lx", code);
}

bool mr_pkcs11_is_lost(CK_RV code)
{
    return code == CKR_SESSION_HANDLE_INVALID || code == CKR_SESSION_CLOSED || code == CKR_DEVICE_REMOVED ||
           code == CKR_TOKEN_NOT_PRESENT || code == CKR_USER_NOT_LOGGED_IN || code == CKR_OBJECT_HANDLE_INVALID ||
           code == CKR_KEY_HANDLE_INVALID;
}

/* ---- libraries ---- */

static int start(mr_pkcs11_functions *f, const char *path, struct mr_err *err)
{
    CK_C_INITIALIZE_ARGS args = {.flags = CKF_OS_LOCKING_OK};
    CK_RV rv = f->C_Initialize(&args);
    if (rv == CKR_OK || rv == CKR_CRYPTOKI_ALREADY_INITIALIZED) return MR_OK;
    return MR_FAIL_DETAIL(err, MR_E_LIBRARY, "the library of the token does not start", "%s: PKCS#11 code 0x%lx", path,
                          rv);
}

/* Two names for each: a name alone is sought where the system keeps its libraries. */
static void *open_library(const char *path, bool is_name)
{
    char file[300];
    if (!is_name) return dlopen(path, RTLD_NOW | RTLD_LOCAL);
    snprintf(file, sizeof file, "lib%s.so", path);
    void *handle = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    if (handle) return handle;
    snprintf(file, sizeof file, "%s.so", path);
    return dlopen(file, RTLD_NOW | RTLD_LOCAL);
}

static int load(const char *path, bool is_name, mr_pkcs11_functions **ret, struct mr_err *err)
{
    void *handle = open_library(path, is_name);
    if (!handle) return MR_FAIL_DETAIL(err, MR_E_LIBRARY, "the library of the token cannot be loaded", "%s", path);
    CK_C_GetFunctionList list = NULL;
    mr_pkcs11_functions *f = NULL;
    *(void **)(void *)&list = dlsym(handle, "C_GetFunctionList");
    if (!list || list(&f) != CKR_OK || !f || f->version.major != 2) {
        dlclose(handle);
        return MR_FAIL_DETAIL(err, MR_E_LIBRARY, "this is no PKCS#11 library", "%s", path);
    }
    MR_TRY(start(f, path, err));
    *ret = f;
    return MR_OK;
}

static int load_once(const char *path, bool is_name, mr_pkcs11_functions **ret, struct mr_err *err)
{
    mr_pkcs11_functions *f = NULL;
    for (struct module *m = modules; m; m = m->next)
        if (strcmp(m->path, path) == 0) return *ret = m->functions, MR_OK;
    MR_TRY(load(path, is_name, &f, err));
    struct module *m = OPENSSL_zalloc(sizeof *m + strlen(path) + 1);
    if (!m) return MR_FAIL(err, MR_E_NOMEM, "no memory for a library", MR_NOWHERE);
    memcpy(m->path, path, strlen(path) + 1);
    m->functions = f, m->next = modules, modules = m;
    return *ret = f, MR_OK;
}

int mr_pkcs11_module_load(const struct mr_pkcs11_uri *uri, mr_str fallback, mr_pkcs11_functions **ret,
                          struct mr_err *err)
{
    bool is_name = uri->module_name.len > 0;
    const char *path = uri->module_path.len ? uri->module_path.ptr
                       : is_name            ? uri->module_name.ptr
                       : fallback.len       ? fallback.ptr
                                            : SYSTEM_MODULE;
    mr_openssl_start(); /* before a library that uses OpenSSL, too, starts it in another way */
    pthread_mutex_lock(&lock);
    int code = load_once(path, is_name, ret, err);
    pthread_mutex_unlock(&lock);
    return code;
}

/* ---- tokens ---- */

/* Fields of a token are padded with blanks. */
static mr_str field(const unsigned char *text, size_t size)
{
    while (size && (text[size - 1] == ' ' || text[size - 1] == '\0')) size--;
    return mr_str_make((const char *)text, size);
}
#define FIELD(f) field((f), sizeof(f))

static bool fits(mr_str wanted, mr_str found)
{
    return !wanted.ptr || mr_str_eq(mr_str_trim(wanted), found);
}

static bool is_sought(const struct mr_pkcs11_uri *u, CK_SLOT_ID slot, const CK_TOKEN_INFO *t)
{
    uint64_t number = 0;
    if (u->slot.ptr && (!mr_str_to_u64(u->slot, &number) || number != slot)) return false;
    return (t->flags & CKF_TOKEN_INITIALIZED) && fits(u->token, FIELD(t->label)) &&
           fits(u->manufacturer, FIELD(t->manufacturerID)) && fits(u->model, FIELD(t->model)) &&
           fits(u->serial, FIELD(t->serialNumber));
}

int mr_pkcs11_find_slot(mr_pkcs11_functions *f, const struct mr_pkcs11_uri *uri, CK_SLOT_ID *ret, struct mr_err *err)
{
    CK_SLOT_ID slots[MR_LIMIT_PKCS11_SLOTS];
    CK_ULONG count = MR_LIMIT_PKCS11_SLOTS;
    char there[160] = "";
    size_t fitting = 0;
    CK_RV rv = f->C_GetSlotList(CK_TRUE, NULL, &count); /* only without a list does it look for new ones (5.5) */
    count = MR_LIMIT_PKCS11_SLOTS;
    if (rv == CKR_OK) rv = f->C_GetSlotList(CK_TRUE, slots, &count);
    if (rv != CKR_OK) return mr_pkcs11_fail(rv, "the device does not tell which tokens it has", err);
    for (CK_ULONG i = 0; i < count; i++) {
        CK_TOKEN_INFO info;
        if (f->C_GetTokenInfo(slots[i], &info) != CKR_OK || !(info.flags & CKF_TOKEN_INITIALIZED)) continue;
        mr_str label = FIELD(info.label);
        size_t at = strlen(there);
        snprintf(there + at, sizeof there - at, "%s%.*s", at ? ", " : "", MR_STR_ARG(label));
        if (!is_sought(uri, slots[i], &info)) continue;
        if (fitting++ == 0) *ret = slots[i];
    }
    if (fitting == 1) return MR_OK;
    if (fitting > 1)
        return MR_FAIL_DETAIL(err, MR_E_KEY, "several tokens fit; name one with token= or serial=", "%s", there);
    if (!there[0]) return MR_FAIL(err, MR_E_NOT_FOUND, "no token is plugged in", MR_NOWHERE);
    return MR_FAIL_DETAIL(err, MR_E_NOT_FOUND, "there is no such token; there are", "%s", there);
}

/* ---- PINs ---- */

static void name_of(const CK_TOKEN_INFO *t, mr_str pin, uint8_t out[32])
{
    const mr_str parts[] = {FIELD(t->manufacturerID),
                            MR_STR("\n"),
                            FIELD(t->serialNumber),
                            MR_STR("\n"),
                            FIELD(t->label),
                            MR_STR("\n"),
                            pin};
    mr_digest digest = {0};
    (void)!mr_digest_make(MR_SHA256, parts, 7, &digest, NULL);
    memcpy(out, digest.bytes, 32);
}

static bool was_refused(const uint8_t name[32])
{
    bool found = false;
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < REFUSED_PINS; i++) found |= memcmp(refused[i], name, 32) == 0;
    pthread_mutex_unlock(&lock);
    return found;
}

static void remember_refused(const uint8_t name[32])
{
    pthread_mutex_lock(&lock);
    memcpy(refused[refused_next++ % REFUSED_PINS], name, 32);
    pthread_mutex_unlock(&lock);
}

/* Tokens tell in steps how many tries are left, not the number. */
static const char *tries_left(CK_FLAGS flags)
{
    if (flags & CKF_USER_PIN_LOCKED) return "the token is locked now; unlock it with the software of the device";
    if (flags & CKF_USER_PIN_FINAL_TRY) return "one more wrong PIN locks the token";
    if (flags & CKF_USER_PIN_COUNT_LOW) return "few tries are left before the token locks itself";
    return "Merit does not try it again";
}

static bool is_wrong_pin(CK_RV rv)
{
    return rv == CKR_PIN_INCORRECT || rv == CKR_PIN_INVALID || rv == CKR_PIN_LEN_RANGE;
}

static int check_before(const CK_TOKEN_INFO *t, mr_str pin, bool typed, const uint8_t name[32], struct mr_err *err)
{
    if (t->flags & CKF_USER_PIN_LOCKED) return mr_pkcs11_fail(CKR_PIN_LOCKED, "", err);
    if (t->flags & CKF_PROTECTED_AUTHENTICATION_PATH) return MR_OK;
    if (pin.len == 0) return mr_pkcs11_fail(CKR_USER_NOT_LOGGED_IN, "", err);
    if (was_refused(name))
        return MR_FAIL(err, MR_E_PASSWORD,
                       "the token refused this PIN before, so it is not tried again; give another and start anew",
                       MR_NOWHERE);
    if ((t->flags & CKF_USER_PIN_FINAL_TRY) && !typed)
        return MR_FAIL(err, MR_E_STATE,
                       "the token allows one last try, which is left to a person: log in once with the software of the "
                       "device",
                       MR_NOWHERE);
    return MR_OK;
}

static int log_in(mr_pkcs11_functions *f, CK_SLOT_ID slot, CK_SESSION_HANDLE session, mr_str pin, bool typed,
                  struct mr_err *err)
{
    CK_TOKEN_INFO t;
    CK_RV rv = f->C_GetTokenInfo(slot, &t);
    if (rv != CKR_OK) return mr_pkcs11_fail(rv, "the token does not answer", err);
    if (!(t.flags & CKF_LOGIN_REQUIRED)) return MR_OK;
    uint8_t name[32];
    name_of(&t, pin, name);
    MR_TRY(check_before(&t, pin, typed, name, err));
    bool elsewhere = (t.flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0;
    rv = f->C_Login(session, CKU_USER, elsewhere ? NULL : (CK_UTF8CHAR *)pin.ptr, elsewhere ? 0 : pin.len);
    if (rv == CKR_OK || rv == CKR_USER_ALREADY_LOGGED_IN) return MR_OK;
    if (!is_wrong_pin(rv)) return mr_pkcs11_fail(rv, "the token does not let Merit in", err);
    remember_refused(name);
    t.flags = 0;
    (void)!f->C_GetTokenInfo(slot, &t);
    return MR_FAIL_DETAIL(err, MR_E_PASSWORD, "the PIN of the token is wrong", "%s", tries_left(t.flags));
}

CK_RV mr_pkcs11_confirm(mr_pkcs11_functions *f, CK_SLOT_ID slot, CK_SESSION_HANDLE session, mr_str pin)
{
    CK_TOKEN_INFO t;
    uint8_t name[32];
    CK_RV rv = f->C_GetTokenInfo(slot, &t);
    if (rv != CKR_OK) return rv;
    memset(t.label, 0, sizeof t.label); /* so that it is remembered apart from logging in */
    name_of(&t, pin, name);
    bool elsewhere = (t.flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0;
    if (!elsewhere && was_refused(name)) return CKR_PIN_INCORRECT;
    rv = f->C_Login(session, CKU_CONTEXT_SPECIFIC, elsewhere ? NULL : (CK_UTF8CHAR *)pin.ptr, elsewhere ? 0 : pin.len);
    if (is_wrong_pin(rv)) remember_refused(name);
    return rv;
}

int mr_pkcs11_log_in(mr_pkcs11_functions *f, CK_SLOT_ID slot, CK_SESSION_HANDLE session, mr_str pin, bool typed,
                     struct mr_err *err)
{
    CK_SESSION_INFO info;
    pthread_mutex_lock(&login_lock);
    bool is_in = f->C_GetSessionInfo(session, &info) == CKR_OK && info.state == CKS_RO_USER_FUNCTIONS;
    int code = is_in ? MR_OK : log_in(f, slot, session, pin, typed, err);
    pthread_mutex_unlock(&login_lock);
    return code;
}
