/* The cost of a call: calls MODULE COUNT; calls `relu` of one element COUNT times, each time measured, and prints the median in nanoseconds. */
#define _POSIX_C_SOURCE 200809L /* clock_gettime */
#include <stdio.h>
#include <stdlib.h>
#include <tessera.h>
#include <time.h>

static int compare(const void *a, const void *b) { return (*(const long *)a > *(const long *)b) - (*(const long *)a < *(const long *)b); }

static long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000L + time.tv_nsec;
}

int main(int count, char **arguments) {
  if (count != 3) return 2;
  tessera_module module;
  tessera_device device;
  tessera_session session;
  tessera_function function;
  if (tessera_module_load(arguments[1], &module) || tessera_device_create("cpu", 1, &device) ||
      tessera_session_create(module, &device, 1, &session) || tessera_module_function(module, "relu", &function)) {
    fprintf(stderr, "%s\n", tessera_error_message());
    return 1;
  }
  _Alignas(64) float x = -1, y = 0;
  int64_t one = 1;
  tessera_input input = {.type = TESSERA_F32, .rank = 1, .extents = &one, .data = &x, .byte_count = 4};
  tessera_output output = {.data = &y, .byte_count = 4};
  int rounds = atoi(arguments[2]);
  long *times = malloc(sizeof(long) * (size_t)rounds);
  for (int i = 0; i < rounds; i++) {
    long begin = now();
    if (tessera_session_call(session, function, &input, 1, &output, 1)) return 1;
    times[i] = now() - begin;
  }
  qsort(times, (size_t)rounds, sizeof(long), compare);
  printf("%ld\n", times[rounds / 2]);
  free(times);
  return 0;
}
