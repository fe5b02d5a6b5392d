/* The C interface, called in every way: main FUNCTIONS.tsm STRINGS.tsm LISTS.tsm. The last line is 'N passed, N failed'. */
#include "test.h"

int passed = 0, failed = 0;

callee load(const char *path, const char *function) {
  callee callee = {0};
  OK(tessera_module_load(path, &callee.module));
  OK(tessera_session_create(callee.module, NULL, 0, &callee.session));
  OK(tessera_module_function(callee.module, function, &callee.function));
  return callee;
}

void release(callee *callee) {
  OK(tessera_function_release(callee->function));
  OK(tessera_session_release(callee->session));
  OK(tessera_module_release(callee->module));
}

tessera_input view(tessera_type type, size_t rank, const int64_t *extents, const void *data, size_t byte_count) {
  tessera_input input = {0};
  input.type = type;
  input.rank = rank;
  input.extents = extents;
  input.data = data;
  input.byte_count = byte_count;
  return input;
}

int main(int count, char **arguments) {
  if (count != 4) return 2;
  CHECK(tessera_check_abi(TESSERA_ABI_VERSION) == TESSERA_OK);
  FAILS(tessera_check_abi(TESSERA_ABI_VERSION + 1), TESSERA_FAILED_PRECONDITION, "wrongABI");
  CHECK(strlen(tessera_version()) >= 5 && tessera_module_format_version() > 0);
  CHECK(strcmp(tessera_code_name(TESSERA_NOT_FOUND), "NOT_FOUND") == 0 && strcmp(tessera_code_name(99), "UNKNOWN") == 0);
  test_handles(arguments[1]);
  test_calls(arguments[1]);
  test_values(arguments[1], arguments[2], arguments[3]);
  test_threads(arguments[1]);
  printf("%d passed, %d failed\n", passed, failed);
  return failed != 0;
}
