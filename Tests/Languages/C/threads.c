/* Calls of many threads, calls that are started, cancelled and interrupted, and the log. */
#define _POSIX_C_SOURCE 200809L /* nanosleep */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "test.h"

static callee sum, spin;
static atomic_int wrong, ended, cancelled, logged;

static void *many(void *number) {
  float x[8], y[8], z[8];
  int64_t extents[1] = {8};
  for (int i = 0; i < 8; i++) { x[i] = (float)(intptr_t)number; y[i] = (float)i; }
  tessera_input inputs[2] = {view(TESSERA_F32, 1, extents, x, 32), view(TESSERA_F32, 1, extents, y, 32)};
  for (int round = 0; round < 200; round++) {
    tessera_output output = {.data = z, .byte_count = 32};
    if (tessera_session_call(sum.session, sum.function, inputs, 2, &output, 1) != TESSERA_OK || z[7] != x[7] + 7) wrong++;
    /* Errors are a thread's own. */
    if (round % 10 == 0) {
      if (tessera_session_call(sum.session, sum.function, inputs, (size_t)(intptr_t)number + 3, &output, 1) == TESSERA_OK) wrong++;
      char expected[32];
      snprintf(expected, sizeof expected, "but %d were given", (int)(intptr_t)number + 3);
      if (strstr(tessera_error_message(), expected) == NULL) wrong++;
    }
  }
  return NULL;
}

static void on_end(void *user_data, tessera_code code, const char *message, const char *id, const tessera_value *outputs, size_t count) {
  (void)user_data;
  if (code == TESSERA_CANCELLED && strcmp(id, "interrupted") == 0 && message[0] != 0 && count == 0) cancelled++;
  for (size_t i = 0; i < count; i++) tessera_value_release(outputs[i]);
  ended++;
}

static void on_log(void *user_data, int32_t level, const char *message) {
  if (level == TESSERA_LOG_ERROR && strstr(message, (const char *)user_data) != NULL) logged++;
}

static void pause_briefly(void) { nanosleep(&(struct timespec){0, 5000000}, NULL); }

static void wait_for(atomic_int *counter, int value) {
  for (int i = 0; i < 4000 && atomic_load(counter) < value; i++) pause_briefly();
}

/* Calls a loop without end. */
static void *spinning(void *argument) {
  (void)argument;
  float x[4] = {0};
  int64_t n = INT64_MAX / 2, four[1] = {4};
  tessera_input inputs[2] = {view(TESSERA_I64, 0, NULL, &n, 8), view(TESSERA_F32, 1, four, x, 16)};
  tessera_output output = {.data = x, .byte_count = 16};
  if (tessera_session_call(spin.session, spin.function, inputs, 2, &output, 1) == TESSERA_CANCELLED) cancelled++;
  ended++;
  return NULL;
}

void test_threads(const char *path) {
  sum = load(path, "sum");
  spin = load(path, "spin");
  pthread_t threads[8];
  for (intptr_t i = 0; i < 8; i++) pthread_create(&threads[i], NULL, many, (void *)i);
  for (int i = 0; i < 8; i++) pthread_join(threads[i], NULL);
  CHECK(atomic_load(&wrong) == 0);

  float numbers[4] = {1, 2, 3, 4};
  int64_t four[1] = {4}, n = 3, forever = INT64_MAX / 2;
  tessera_value x, few, endless;
  OK(tessera_tensor_create(TESSERA_F32, 1, four, numbers, 16, &x));
  OK(tessera_tensor_create(TESSERA_I64, 0, NULL, &n, 8, &few));
  OK(tessera_tensor_create(TESSERA_I64, 0, NULL, &forever, 8, &endless));
  tessera_call call;
  OK(tessera_session_start(spin.session, spin.function, (tessera_value[]){few, x}, 2, on_end, NULL, &call));
  wait_for(&ended, 1);
  CHECK(atomic_load(&ended) == 1 && atomic_load(&cancelled) == 0);
  OK(tessera_call_cancel(call));
  OK(tessera_call_release(call));
  FAILS(tessera_call_cancel(call), TESSERA_INVALID_ARGUMENT, "closedHandle");
  FAILS(tessera_session_start(spin.session, spin.function, (tessera_value[]){few, x}, 2, NULL, NULL, NULL), TESSERA_INVALID_ARGUMENT, "nullArgument");
  FAILS(tessera_session_start(spin.session, spin.function, (tessera_value[]){x, x}, 2, on_end, NULL, NULL), TESSERA_INVALID_ARGUMENT, "wrongInput");
  FAILS(tessera_session_start(spin.session, spin.function, &x, 1, on_end, NULL, NULL), TESSERA_INVALID_ARGUMENT, "wrongInputCount");
  CHECK(atomic_load(&ended) == 1);
  /* Calls that run, and those that wait for a thread, can be cancelled. */
  tessera_call calls[40];
  for (int i = 0; i < 40; i++)
    OK(tessera_session_start(spin.session, spin.function, (tessera_value[]){endless, x}, 2, on_end, NULL, &calls[i]));
  pause_briefly();
  for (int i = 0; i < 40; i++) {
    OK(tessera_call_cancel(calls[i]));
    OK(tessera_call_release(calls[i]));
  }
  wait_for(&ended, 41);
  CHECK(atomic_load(&ended) == 41 && atomic_load(&cancelled) == 40);
  /* A call that blocks is interrupted. */
  pthread_t thread;
  pthread_create(&thread, NULL, spinning, NULL);
  for (int i = 0; i < 4000 && atomic_load(&ended) < 42; i++) {
    pause_briefly();
    tessera_session_interrupt(spin.session);
  }
  pthread_join(thread, NULL);
  CHECK(atomic_load(&cancelled) == 41);

  tessera_set_log(on_log, "[unknownFunction]");
  FAILS(tessera_module_function(sum.module, "none", &(tessera_function){0}), TESSERA_NOT_FOUND, "unknownFunction");
  CHECK(atomic_load(&logged) == 1);
  tessera_set_log(NULL, NULL);
  FAILS(tessera_module_function(sum.module, "none", &(tessera_function){0}), TESSERA_NOT_FOUND, "unknownFunction");
  CHECK(atomic_load(&logged) == 1);
  OK(tessera_value_release(x));
  OK(tessera_value_release(few));
  OK(tessera_value_release(endless));
  release(&sum);
  release(&spin);
}
