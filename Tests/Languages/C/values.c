/* Tensors that are copied, borrowed, of strings and of other libraries, and lists. */
#include <stdlib.h>

#include "test.h"

/* The structures of DLPack, which programs have from its own header. */
#include "../../../Sources/CInterface/dlpack.h"

static int released = 0;

static void on_release(void *user_data) { released += *(int *)user_data; }

static void tensors(const char *path) {
  float numbers[3] = {1, 2, 3};
  int64_t extents[1] = {3};
  tessera_value copied, borrowed, output;
  OK(tessera_tensor_create(TESSERA_F32, 1, extents, numbers, 12, &copied));
  FAILS(tessera_tensor_create(TESSERA_F32, 1, extents, numbers, 8, &output), TESSERA_INVALID_ARGUMENT, "wrongElementCount");
  FAILS(tessera_tensor_create(TESSERA_STRING, 1, extents, numbers, 24, &output), TESSERA_INVALID_ARGUMENT, "stringBytes");
  FAILS(tessera_tensor_create(TESSERA_F32, 1, extents, numbers, 12, NULL), TESSERA_INVALID_ARGUMENT, "nullArgument");
  int one = 1;
  FAILS(tessera_tensor_borrow(TESSERA_F32, 1, extents, numbers, 8, on_release, &one, &output), TESSERA_INVALID_ARGUMENT, "wrongElementCount");
  CHECK(released == 0);
  OK(tessera_tensor_borrow(TESSERA_F32, 1, extents, numbers, 12, on_release, &one, &borrowed));
  numbers[0] = 5;
  callee sum = load(path, "sum");
  tessera_input inputs[2] = {{.value = copied}, {.value = borrowed}};
  tessera_output result = {0};
  OK(tessera_session_call(sum.session, sum.function, inputs, 2, &result, 1));
  tessera_tensor_info info = {.struct_size = sizeof info};
  OK(tessera_tensor_describe(result.value, &info));
  CHECK(((const float *)info.data)[0] == 6 && released == 0);
  OK(tessera_value_release(result.value));
  OK(tessera_value_release(copied));
  OK(tessera_value_release(borrowed));
  CHECK(released == 1);
  size_t count;
  OK(tessera_tensor_borrow(TESSERA_F32, 1, extents, numbers, 12, NULL, NULL, &borrowed));
  FAILS(tessera_list_count(borrowed, &count), TESSERA_INVALID_ARGUMENT, "notAList");
  FAILS(tessera_tensor_string(borrowed, 0, &(const char *){NULL}, NULL), TESSERA_INVALID_ARGUMENT, "wrongElementType");
  OK(tessera_value_release(borrowed));
  release(&sum);
}

static void strings(const char *path) {
  callee concatenate = load(path, NULL);
  const char *left[2] = {"a\0b", "gr\xc3\xbc"}, *right[2] = {"c", "n"};
  size_t lengths[2] = {3, 4};
  int64_t extents[1] = {2};
  tessera_value x, y;
  OK(tessera_tensor_create_strings(1, extents, left, lengths, 2, &x));
  OK(tessera_tensor_create_strings(1, extents, right, NULL, 2, &y));
  tessera_input inputs[2] = {{.value = x}, {.value = y}};
  tessera_output output = {0};
  OK(tessera_session_call(concatenate.session, concatenate.function, inputs, 2, &output, 1));
  const char *text = NULL;
  size_t length = 0;
  OK(tessera_tensor_string(output.value, 0, &text, &length));
  CHECK(length == 4 && memcmp(text, "a\0bc", 5) == 0);
  OK(tessera_tensor_string(output.value, 1, &text, NULL));
  CHECK(strcmp(text, "gr\xc3\xbcn") == 0);
  FAILS(tessera_tensor_string(output.value, 2, &text, NULL), TESSERA_OUT_OF_RANGE, "wrongIndex");
  OK(tessera_value_release(output.value));
  char memory[100];
  output = (tessera_output){.data = memory, .byte_count = sizeof memory};
  FAILS(tessera_session_call(concatenate.session, concatenate.function, inputs, 2, &output, 1), TESSERA_INVALID_ARGUMENT, "wrongOutput");
  struct DLManagedTensorVersioned *managed;
  FAILS(tessera_tensor_to_dlpack(x, &managed), TESSERA_INVALID_ARGUMENT, "foreignTensor");
  OK(tessera_value_release(y));
  FAILS(tessera_tensor_create_strings(1, extents, right, NULL, 1, &y), TESSERA_INVALID_ARGUMENT, "wrongElementCount");
  right[1] = NULL;
  FAILS(tessera_tensor_create_strings(1, extents, right, NULL, 2, &y), TESSERA_INVALID_ARGUMENT, "nullArgument");
  OK(tessera_value_release(x));
  release(&concatenate);
}

static void lists(const char *path) {
  callee join = load(path, NULL);
  tessera_value_info input = {.struct_size = sizeof input};
  OK(tessera_function_input(join.function, 0, &input));
  CHECK(input.container_count == 1 && input.containers[0] == TESSERA_SEQUENCE);
  float numbers[3] = {1, 2, 3};
  int64_t one[1] = {1}, two[1] = {2};
  tessera_value elements[2], list;
  OK(tessera_tensor_create(TESSERA_F32, 1, one, numbers, 4, &elements[0]));
  OK(tessera_tensor_create(TESSERA_F32, 1, two, numbers + 1, 8, &elements[1]));
  OK(tessera_list_create(elements, 2, &list));
  int32_t is_list = 0;
  OK(tessera_value_is_list(list, &is_list));
  CHECK(is_list == 1);
  tessera_input inputs[1] = {{.value = list}};
  tessera_output outputs[2] = {{0}, {0}};
  OK(tessera_session_call(join.session, join.function, inputs, 1, outputs, 2));
  tessera_tensor_info info = {.struct_size = sizeof info};
  OK(tessera_tensor_describe(outputs[0].value, &info));
  CHECK(info.extents[0] == 3 && ((const float *)info.data)[2] == 3);
  FAILS(tessera_tensor_describe(outputs[1].value, &info), TESSERA_INVALID_ARGUMENT, "notATensor");
  size_t count = 0;
  OK(tessera_list_count(outputs[1].value, &count));
  CHECK(count == 2);
  tessera_value element;
  OK(tessera_list_element(outputs[1].value, 1, &element));
  OK(tessera_tensor_describe(element, &info));
  CHECK(info.byte_count == 12);
  FAILS(tessera_list_element(outputs[1].value, 2, &element), TESSERA_OUT_OF_RANGE, "wrongIndex");
  inputs[0].value = elements[0];
  FAILS(tessera_session_call(join.session, join.function, inputs, 1, outputs, 2), TESSERA_INVALID_ARGUMENT, "wrongInput");
  FAILS(tessera_list_create(elements, (size_t)-1, &list), TESSERA_INVALID_ARGUMENT, "countTooLarge");
  tessera_value all[] = {elements[0], elements[1], list, outputs[0].value, outputs[1].value, element};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) OK(tessera_value_release(all[i]));
  release(&join);
}

static int deleted = 0;

static void on_delete(struct DLManagedTensorVersioned *self) {
  deleted++;
  free(self);
}

static void dlpack(void) {
  float numbers[6] = {1, 2, 3, 4, 5, 6};
  int64_t shape[2] = {2, 3}, strides[2] = {3, 1}, transposed[2] = {1, 2};
  struct DLManagedTensorVersioned *managed = calloc(1, sizeof *managed);
  managed->version.major = 1;
  managed->deleter = on_delete;
  managed->dl_tensor = (DLTensor){.data = numbers, .device = {2, 0}, .ndim = 2, .dtype = {2, 32, 1}, .shape = shape, .strides = transposed};
  tessera_value value;
  FAILS(tessera_tensor_from_dlpack(managed, &value), TESSERA_INVALID_ARGUMENT, "foreignTensor");
  managed->dl_tensor.device.device_type = 1;
  FAILS(tessera_tensor_from_dlpack(managed, &value), TESSERA_INVALID_ARGUMENT, "foreignTensor");
  managed->dl_tensor.strides = strides;
  managed->dl_tensor.dtype.lanes = 4;
  FAILS(tessera_tensor_from_dlpack(managed, &value), TESSERA_INVALID_ARGUMENT, "foreignTensor");
  managed->dl_tensor.dtype.lanes = 1;
  managed->version.major = 7;
  FAILS(tessera_tensor_from_dlpack(managed, &value), TESSERA_INVALID_ARGUMENT, "foreignTensor");
  managed->version.major = 1;
  CHECK(deleted == 0);
  OK(tessera_tensor_from_dlpack(managed, &value));
  tessera_tensor_info info = {.struct_size = sizeof info};
  OK(tessera_tensor_describe(value, &info));
  CHECK(info.data == numbers && info.rank == 2 && info.extents[1] == 3 && info.type == TESSERA_F32);
  struct DLManagedTensorVersioned *given;
  struct DLManagedTensor *old;
  OK(tessera_tensor_to_dlpack(value, &given));
  OK(tessera_tensor_to_dlpack_unversioned(value, &old));
  OK(tessera_value_release(value));
  CHECK(deleted == 0 && given->flags == 1 && given->dl_tensor.data == numbers && given->dl_tensor.strides[0] == 3 && old->dl_tensor.ndim == 2);
  given->deleter(given);
  OK(tessera_tensor_from_dlpack_unversioned(old, &value));
  CHECK(deleted == 0);
  OK(tessera_value_release(value));
  CHECK(deleted == 1);
}

void test_values(const char *functions, const char *string_model, const char *list_model) {
  tensors(functions);
  strings(string_model);
  lists(list_model);
  dlpack();
}
