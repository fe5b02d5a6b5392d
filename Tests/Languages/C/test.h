/* What the C tests share: checks that count, and a session on a module. */
#ifndef TEST_H
#define TEST_H

#include <stdio.h>
#include <string.h>
#include <tessera.h>

extern int passed, failed;

#define CHECK(condition)                                                                     \
  do {                                                                                       \
    if (condition) {                                                                         \
      passed++;                                                                              \
    } else {                                                                                 \
      failed++;                                                                              \
      printf("FAILED: %s:%d: %s\n", __FILE__, __LINE__, #condition);                         \
    }                                                                                        \
  } while (0)

/* The call succeeds. */
#define OK(call)                                                                             \
  do {                                                                                       \
    tessera_code code_ = (call);                                                             \
    if (code_ == TESSERA_OK) {                                                               \
      passed++;                                                                              \
    } else {                                                                                 \
      failed++;                                                                              \
      printf("FAILED: %s:%d: %s: %s [%s]\n", __FILE__, __LINE__, #call, tessera_error_message(), tessera_error_id()); \
    }                                                                                        \
  } while (0)

/* The call fails with a code and an id, and says something. */
#define FAILS(call, expected_code, expected_id)                                              \
  do {                                                                                       \
    tessera_code code_ = (call);                                                             \
    if (code_ == (expected_code) && strcmp(tessera_error_id(), (expected_id)) == 0 && tessera_error_message()[0] != 0) { \
      passed++;                                                                              \
    } else {                                                                                 \
      failed++;                                                                              \
      printf("FAILED: %s:%d: %s: code %d, %s [%s], not %s\n", __FILE__, __LINE__, #call, (int)code_, tessera_error_message(), \
          tessera_error_id(), (expected_id));                                                \
    }                                                                                        \
  } while (0)

/* A module, a session of it, and its function of that name. */
typedef struct {
  tessera_module module;
  tessera_session session;
  tessera_function function;
} callee;

callee load(const char *path, const char *function);
void release(callee *callee);
/* An input in memory of the caller. */
tessera_input view(tessera_type type, size_t rank, const int64_t *extents, const void *data, size_t byte_count);

void test_handles(const char *functions);
void test_calls(const char *functions);
void test_values(const char *functions, const char *strings, const char *lists);
void test_threads(const char *functions);

#endif
