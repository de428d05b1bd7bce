/* Only the functions that Merit calls. One slot, one key (handle 1), one certificate (handle 2). */
#include "fake_device.h"

#include <string.h>

#define EXPORT __attribute__((visibility("default")))

EXPORT struct fake_device fake_device;
static CK_OBJECT_CLASS wanted;
static int found;

static CK_RV initialize(void *args)
{
    return CKR_OK;
}

static CK_RV get_slot_list(unsigned char present, CK_SLOT_ID *slots, CK_ULONG *count)
{
    if (slots) slots[0] = 7;
    *count = 1;
    return CKR_OK;
}

static CK_RV get_token_info(CK_SLOT_ID slot, CK_TOKEN_INFO *info)
{
    memset(info, 0, sizeof *info);
    memset(info->label, ' ', sizeof info->label);
    memcpy(info->label, "Fake", 4);
    memset(info->manufacturerID, ' ', sizeof info->manufacturerID);
    memset(info->model, ' ', sizeof info->model);
    memset(info->serialNumber, ' ', sizeof info->serialNumber);
    info->flags = fake_device.flags | CKF_TOKEN_INITIALIZED | CKF_LOGIN_REQUIRED;
    return CKR_OK;
}

static CK_RV open_session(CK_SLOT_ID slot, CK_FLAGS flags, void *application, CK_NOTIFY notify, CK_SESSION_HANDLE *ret)
{
    *ret = (CK_SESSION_HANDLE)++fake_device.opened;
    return CKR_OK;
}

static CK_RV close_session(CK_SESSION_HANDLE session)
{
    fake_device.closed++;
    if (fake_device.closed == fake_device.opened) fake_device.logged_in = 0;
    return CKR_OK;
}

static CK_RV get_session_info(CK_SESSION_HANDLE session, CK_SESSION_INFO *info)
{
    info->state = fake_device.logged_in ? CKS_RO_USER_FUNCTIONS : CKS_RO_PUBLIC_SESSION;
    return CKR_OK;
}

static CK_RV login(CK_SESSION_HANDLE session, CK_USER_TYPE user, unsigned char *pin, CK_ULONG size)
{
    if (user == CKU_CONTEXT_SPECIFIC)
        return fake_device.context_logins++, fake_device.refuses_context ? CKR_PIN_INCORRECT : CKR_OK;
    fake_device.logins++;
    fake_device.pin_was_null = !pin;
    if (pin && (size != strlen(fake_device.pin) || memcmp(pin, fake_device.pin, size) != 0)) {
        fake_device.wrong_pins++;
        fake_device.flags |= fake_device.wrong_pins > 1 ? CKF_USER_PIN_FINAL_TRY : CKF_USER_PIN_COUNT_LOW;
        return CKR_PIN_INCORRECT;
    }
    fake_device.logged_in = 1;
    return CKR_OK;
}

static CK_RV find_objects_init(CK_SESSION_HANDLE session, CK_ATTRIBUTE *template, CK_ULONG count)
{
    memcpy(&wanted, template[0].pValue, sizeof wanted);
    found = 0;
    return CKR_OK;
}

static CK_RV find_objects(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *ret, CK_ULONG most, CK_ULONG *count)
{
    *count = 0;
    if (found++ || wanted == CKO_PUBLIC_KEY) return CKR_OK;
    *ret = wanted == CKO_PRIVATE_KEY ? 1 : 2;
    *count = 1;
    return CKR_OK;
}

static CK_RV find_objects_final(CK_SESSION_HANDLE session)
{
    return CKR_OK;
}

static CK_RV give(CK_ATTRIBUTE *a, const void *value, size_t size)
{
    if (a->pValue && a->ulValueLen < size) return CKR_BUFFER_TOO_SMALL;
    if (a->pValue) memcpy(a->pValue, value, size);
    a->ulValueLen = size;
    return CKR_OK;
}

static CK_RV get_attribute_value(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *a, CK_ULONG count)
{
    static const unsigned char p256[] = "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07", id[] = {1};
    CK_KEY_TYPE ec = CKK_EC;
    CK_BBOOL yes = CK_TRUE;
    switch (a->type) {
    case CKA_KEY_TYPE: return give(a, &ec, sizeof ec);
    case CKA_ID: return give(a, id, sizeof id);
    case CKA_SIGN: return give(a, &yes, sizeof yes);
    case CKA_ALWAYS_AUTHENTICATE: return give(a, &fake_device.asks_always, sizeof yes);
    case CKA_EC_PARAMS: return give(a, p256, sizeof p256 - 1);
    case CKA_EC_POINT:
        if (fake_device.point) return give(a, fake_device.point, fake_device.point_size);
        break;
    case CKA_VALUE:
        if (object == 2) return give(a, fake_device.certificate, fake_device.certificate_size);
        break;
    }
    a->ulValueLen = (CK_ULONG)-1;
    return CKR_ATTRIBUTE_TYPE_INVALID;
}

static CK_RV sign_init(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
    if (fake_device.gone > 0) return fake_device.gone--, CKR_DEVICE_REMOVED;
    return mechanism->mechanism == CKM_ECDSA ? CKR_OK : CKR_MECHANISM_INVALID;
}

static CK_RV sign(CK_SESSION_HANDLE session, unsigned char *data, CK_ULONG size, unsigned char *out, CK_ULONG *written)
{
    if (*written < 64 || fake_device.sign(data, size, out) != 0) return CKR_FUNCTION_FAILED;
    *written = 64;
    return CKR_OK;
}

EXPORT CK_RV C_GetFunctionList(CK_FUNCTION_LIST **ret)
{
    static CK_FUNCTION_LIST list = {
        .version = {2, 40},
        .C_Initialize = initialize,
        .C_GetSlotList = get_slot_list,
        .C_GetTokenInfo = get_token_info,
        .C_OpenSession = open_session,
        .C_CloseSession = close_session,
        .C_GetSessionInfo = get_session_info,
        .C_Login = login,
        .C_FindObjectsInit = find_objects_init,
        .C_FindObjects = find_objects,
        .C_FindObjectsFinal = find_objects_final,
        .C_GetAttributeValue = get_attribute_value,
        .C_SignInit = sign_init,
        .C_Sign = sign,
    };
    *ret = &list;
    return CKR_OK;
}
