/* Recognizes handwritten digits: digits MODULE SAMPLES, where SAMPLES is a .npy file of f32[n, 1, 8, 8]. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tessera.h>

/* Ends the program where a call failed. */
static void must(tessera_code code) {
  if (code == TESSERA_OK) return;
  fprintf(stderr, "error: %s; %s\n", tessera_code_name(code), tessera_error_message());
  exit(1);
}

/* Reads the numbers of a .npy file of version 1, little-endian f32; ends the program if it is none. */
static float *read_npy(const char *path, size_t *byte_count) {
  FILE *file = fopen(path, "rb");
  unsigned char start[10];
  if (file == NULL || fread(start, 1, 10, file) != 10 || memcmp(start, "\x93NUMPY\x01", 7) != 0) {
    fprintf(stderr, "error: '%s' is no .npy file\n", path);
    exit(1);
  }
  fseek(file, 0, SEEK_END);
  long begin = 10 + start[8] + 256L * start[9], end = ftell(file);
  *byte_count = (size_t)(end - begin);
  float *numbers = aligned_alloc(64, (*byte_count + 63) / 64 * 64); /* memory that is read in place begins at a multiple of 64 */
  fseek(file, begin, SEEK_SET);
  if (numbers == NULL || fread(numbers, 1, *byte_count, file) != *byte_count) exit(1);
  fclose(file);
  return numbers;
}

int main(int count, char **arguments) {
  if (count != 3) return 2;
  must(tessera_check_abi(TESSERA_ABI_VERSION));
  tessera_module module;
  tessera_session session;
  tessera_function function;
  must(tessera_module_load(arguments[1], &module));
  must(tessera_session_create(module, NULL, 0, &session));
  must(tessera_module_function(module, "main", &function));

  size_t byte_count;
  float *images = read_npy(arguments[2], &byte_count);
  int64_t extents[4] = {(int64_t)(byte_count / (64 * sizeof(float))), 1, 8, 8};
  tessera_input input = {.type = TESSERA_F32, .rank = 4, .extents = extents, .data = images, .byte_count = byte_count};
  tessera_output output = {0};
  must(tessera_session_call(session, function, &input, 1, &output, 1));

  tessera_tensor_info result = {.struct_size = sizeof result};
  must(tessera_tensor_describe(output.value, &result));
  for (int64_t row = 0; row < result.extents[0]; row++) {
    const float *probabilities = (const float *)result.data + row * 10;
    int best = 0;
    for (int digit = 1; digit < 10; digit++)
      if (probabilities[digit] > probabilities[best]) best = digit;
    printf("%d %.1f%%\n", best, 100 * probabilities[best]);
  }
  tessera_value_release(output.value);
  tessera_function_release(function);
  tessera_session_release(session);
  tessera_module_release(module);
  free(images);
  return 0;
}
