#include "base/lazy.h"

#include <dlfcn.h>

static int resolve(struct mr_lazy_library *library, void *handle, struct mr_err *err)
{
    for (size_t i = 0; i < library->count; i++) {
        library->table[i] = dlsym(handle, library->names[i]);
        if (!library->table[i]) {
            memset(library->table, 0, library->count * sizeof *library->table);
            return MR_FAIL_DETAIL(err, MR_E_LIBRARY, "the installed library is too old for this", "%s lacks %s",
                                  library->soname, library->names[i]);
        }
    }
    return MR_OK;
}

static int load_locked(struct mr_lazy_library *library, struct mr_err *err)
{
    if (library->ready) return MR_OK;
    void *handle = dlopen(library->soname, RTLD_NOW | RTLD_LOCAL);
    if (!handle)
        return MR_FAIL_DETAIL(err, MR_E_LIBRARY, "a library that this needs is not installed", "%s", library->soname);
    int code = resolve(library, handle, err);
    if (code)
        dlclose(handle);
    else
        library->ready = true;
    return code;
}

int mr_lazy_load(struct mr_lazy_library *library, struct mr_err *err)
{
    pthread_mutex_lock(&library->lock);
    int code = load_locked(library, err);
    pthread_mutex_unlock(&library->lock);
    return code;
}
