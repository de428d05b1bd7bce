#include "placing.h"
int main(void) { (void)as; (void)publish; return cmocka_run_group_tests((const struct CMUnitTest[]){cmocka_unit_test(NULL)}, set_up, tear_down); }
