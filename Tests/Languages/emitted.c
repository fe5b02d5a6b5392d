/* The functions of functions.mlir and of the models of strings and lists as their headers have them. */
#include <stdio.h>
#include <stdlib.h>

#include "functions.h"
#include "lists.h"
#include "strings.h"

#define CHECK(condition)                                                               \
  do {                                                                                 \
    if (!(condition)) {                                                                \
      printf("FAILED: %s:%d: %s [%s]\n", __FILE__, __LINE__, #condition, tessera_error_message()); \
      exit(1);                                                                         \
    }                                                                                  \
  } while (0)

int main(void) {
  functions model;
  CHECK(functions_open(&model) == TESSERA_OK);
  float x[3] = {1, 2, 3}, y[3] = {10, 20, 30}, z[3] = {0, 0, 0};
  CHECK(functions_sum(&model, 3, x, y, z) == TESSERA_OK && z[2] == 33);
  CHECK(functions_sum(&model, 3, x, y, NULL) == TESSERA_INVALID_ARGUMENT);
  CHECK(functions_sum(&model, 3, NULL, y, z) == TESSERA_INVALID_ARGUMENT);
  CHECK(functions_sum(&model, -1, x, y, z) == TESSERA_INVALID_ARGUMENT);
  CHECK(functions_sum(&model, INT64_MAX, x, y, z) == TESSERA_INVALID_ARGUMENT);
  CHECK(functions_sum(&model, 0, x, y, z) == TESSERA_OK);
  int32_t a[4] = {1, 2, 3, 4}, b[4] = {0, 0, 0, 0};
  CHECK(functions_same(&model, a, b) == TESSERA_OK && b[3] == 4);
  double constant[2] = {0, 0};
  CHECK(functions_constant(&model, constant) == TESSERA_OK && constant[0] == 1.5);
  uint16_t half[6] = {0x3C00, 0, 0, 0, 0, 0x4000}, brain[2] = {0x3F80, 0x4000}, half2[6], brain2[2];
  CHECK(functions_halves(&model, half, brain, half2, brain2) == TESSERA_OK && half2[0] == 0x4000 && brain2[1] == 0x4080);
  int64_t n = 2;
  float four[4] = {1, 1, 1, 1}, sum[4];
  CHECK(functions_spin(&model, &n, four, sum) == TESSERA_OK && sum[3] == 3);
  functions_close(&model);
  CHECK(functions_sum(&model, 3, x, y, z) == TESSERA_INVALID_ARGUMENT);

  strings text;
  CHECK(strings_open(&text) == TESSERA_OK);
  const char *words[1] = {"a"}, *string = NULL;
  int64_t one = 1;
  tessera_value left, result;
  CHECK(tessera_tensor_create_strings(1, &one, words, NULL, 1, &left) == TESSERA_OK);
  CHECK(strings_main(&text, left, left, &result) == TESSERA_OK && tessera_tensor_string(result, 0, &string, NULL) == TESSERA_OK);
  CHECK(string[0] == 'a' && string[1] == 'a' && string[2] == 0);
  tessera_value_release(result);
  strings_close(&text);

  lists join;
  CHECK(lists_open(&join) == TESSERA_OK);
  tessera_value list, tensors[2], joined, both;
  CHECK(tessera_tensor_create(TESSERA_F32, 1, &one, x, 4, &tensors[0]) == TESSERA_OK);
  tensors[1] = tensors[0];
  CHECK(tessera_list_create(tensors, 2, &list) == TESSERA_OK);
  CHECK(lists_main(&join, list, &joined, &both) == TESSERA_OK);
  tessera_value all[] = {left, list, tensors[0], joined, both};
  for (int i = 0; i < 5; i++) CHECK(tessera_value_release(all[i]) == TESSERA_OK);
  lists_close(&join);
  puts("all right");
  return 0;
}
