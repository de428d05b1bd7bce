#include "model/specification.h"

mr_str mr_specification_primary_language(const mr_specification *s)
{
    return s->title.count > 0 ? s->title.items[0].language : MR_STR_EMPTY;
}
