/* Embedded files are declared in base, where every layer may use them. */
#ifndef MR_TEXT_EMBEDDED_H
#define MR_TEXT_EMBEDDED_H
#include "base/embedded.h"
#endif
