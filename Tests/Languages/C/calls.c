/* Calls: inputs and outputs of every kind, and those that do not fit. */
#include "test.h"

static void memory(callee *sum) {
  _Alignas(64) float x[64], y[64], z[64];
  for (int i = 0; i < 64; i++) { x[i] = (float)i; y[i] = 0.5f; z[i] = -1; }
  int64_t extents[1] = {60}, result_extents[2] = {0, 0};
  tessera_input inputs[2] = {view(TESSERA_F32, 1, extents, x, 240), view(TESSERA_F32, 1, extents, y + 1, 240)};
  tessera_output output = {.data = z, .byte_count = sizeof z, .extents = result_extents, .extent_capacity = 2};
  OK(tessera_session_call(sum->session, sum->function, inputs, 2, &output, 1));
  CHECK(z[0] == 0.5f && z[59] == 59.5f && z[60] == -1 && output.rank == 1 && result_extents[0] == 60 && output.value == NULL);
  output.byte_count = 239;
  FAILS(tessera_session_call(sum->session, sum->function, inputs, 2, &output, 1), TESSERA_INVALID_ARGUMENT, "wrongOutput");
  output.byte_count = 240;
  output.extent_capacity = 0;
  FAILS(tessera_session_call(sum->session, sum->function, inputs, 2, &output, 1), TESSERA_INVALID_ARGUMENT, "wrongOutput");
  output.extents = NULL;
  OK(tessera_session_call(sum->session, sum->function, inputs, 2, &output, 1));
  /* No elements at all. */
  extents[0] = 0;
  inputs[0].byte_count = inputs[1].byte_count = 0;
  inputs[0].data = inputs[1].data = NULL;
  OK(tessera_session_call(sum->session, sum->function, inputs, 2, &output, 1));
}

static void mistakes(callee *sum, const char *path) {
  float x[4] = {1, 2, 3, 4};
  int64_t four[1] = {4}, three[1] = {3}, negative[1] = {-4}, huge[2] = {(int64_t)1 << 62, 16};
  tessera_input good = view(TESSERA_F32, 1, four, x, 16);
  tessera_input inputs[3] = {good, good, good};
  tessera_output output = {0};
  tessera_session session = sum->session;
  tessera_function function = sum->function;
#define CALL(count) tessera_session_call(session, function, inputs, (count), &output, 1)
  FAILS(CALL(1), TESSERA_INVALID_ARGUMENT, "wrongInputCount");
  FAILS(CALL(3), TESSERA_INVALID_ARGUMENT, "wrongInputCount");
  FAILS(CALL((size_t)-1), TESSERA_INVALID_ARGUMENT, "wrongInputCount");
  FAILS(tessera_session_call(session, function, NULL, 2, &output, 1), TESSERA_INVALID_ARGUMENT, "nullArgument");
  FAILS(tessera_session_call(session, function, inputs, 2, NULL, 1), TESSERA_INVALID_ARGUMENT, "nullArgument");
  FAILS(tessera_session_call(session, function, inputs, 2, &output, 0), TESSERA_INVALID_ARGUMENT, "wrongOutputCount");
  FAILS(tessera_session_call(session, function, inputs, 2, &output, (size_t)-1), TESSERA_INVALID_ARGUMENT, "wrongOutputCount");
  FAILS(tessera_session_call(NULL, function, inputs, 2, &output, 1), TESSERA_INVALID_ARGUMENT, "nullArgument");
  FAILS(tessera_session_call((tessera_session)function, function, inputs, 2, &output, 1), TESSERA_INVALID_ARGUMENT, "wrongHandle");
  FAILS(tessera_session_call(session, NULL, inputs, 2, &output, 1), TESSERA_INVALID_ARGUMENT, "nullArgument");
  struct {
    tessera_input input;
    const char *id;
  } cases[] = {
      {view(TESSERA_F64, 1, four, x, 32), "wrongInput"},         {view(TESSERA_F32, 1, three, x, 12), "wrongInput"},
      {view(TESSERA_F32, 0, NULL, x, 4), "wrongInput"},          {view(TESSERA_F32, 1, negative, x, 16), "impossibleShape"},
      {view(TESSERA_F32, 2, huge, x, 16), "impossibleShape"},    {view(TESSERA_F32, 1, four, x, 15), "wrongElementCount"},
      {view(TESSERA_F32, 1, NULL, x, 16), "nullArgument"},       {view(TESSERA_F32, 1, four, NULL, 16), "nullArgument"},
      {view(31, 1, four, x, 16), "unknownType"},                 {view(-1, 1, four, x, 16), "unknownType"},
      {view(TESSERA_STRING, 1, four, x, 32), "stringBytes"},     {view(TESSERA_F32, 65, four, x, 16), "rankTooLarge"},
      {view(TESSERA_F32, (size_t)-1, four, x, 16), "rankTooLarge"}, {view(TESSERA_F32, 1, four, x, (size_t)-1), "countTooLarge"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    inputs[1] = cases[i].input;
    FAILS(CALL(2), TESSERA_INVALID_ARGUMENT, cases[i].id);
  }
  inputs[1] = good;
  inputs[1].value = (tessera_value)session;
  FAILS(CALL(2), TESSERA_INVALID_ARGUMENT, "wrongHandle");
  /* The session is as good as before. */
  inputs[1] = good;
  OK(CALL(2));
  OK(tessera_value_release(output.value));
  tessera_module other;
  OK(tessera_module_load(path, &other));
  OK(tessera_module_function(other, "sum", &function));
  FAILS(CALL(2), TESSERA_INVALID_ARGUMENT, "foreignFunction");
  OK(tessera_function_release(function));
  OK(tessera_module_release(other));
#undef CALL
}

static void values(const char *path) {
  callee same = load(path, "same");
  int32_t numbers[4] = {1, -2, 3, -4};
  int64_t extents[2] = {2, 2};
  /* What the caller takes back is no output's memory. */
  tessera_input input = view(TESSERA_I32, 2, extents, numbers, sizeof numbers);
  tessera_output output = {0};
  OK(tessera_session_call(same.session, same.function, &input, 1, &output, 1));
  tessera_tensor_info info = {.struct_size = sizeof info};
  OK(tessera_tensor_describe(output.value, &info));
  CHECK(info.data != numbers && memcmp(info.data, numbers, sizeof numbers) == 0 && info.type == TESSERA_I32);
  CHECK(info.rank == 2 && info.extents[0] == 2 && info.extents[1] == 2 && info.byte_count == 16);
  /* A value that is given back may share its memory, which then is nobody's alone. */
  tessera_input value = {.value = output.value};
  tessera_output shared = {0};
  OK(tessera_session_call(same.session, same.function, &value, 1, &shared, 1));
  tessera_tensor_info second = {.struct_size = sizeof second};
  OK(tessera_tensor_describe(shared.value, &second));
  CHECK((second.data != info.data) == second.is_exclusive && memcmp(second.data, numbers, sizeof numbers) == 0);
  OK(tessera_value_release(output.value));
  OK(tessera_value_release(shared.value));
  release(&same);
  callee constant = load(path, "constant");
  OK(tessera_session_call(constant.session, constant.function, NULL, 0, &output, 1));
  OK(tessera_tensor_describe(output.value, &info));
  /* Who writes where it is allowed changes nothing for others. */
  if (info.is_exclusive) memset((void *)(uintptr_t)info.data, 0, info.byte_count);
  OK(tessera_value_release(output.value));
  OK(tessera_session_call(constant.session, constant.function, NULL, 0, &output, 1));
  OK(tessera_tensor_describe(output.value, &info));
  CHECK(((const double *)info.data)[1] == 2.5);
  OK(tessera_value_release(output.value));
  release(&constant);
}

void test_calls(const char *path) {
  callee sum = load(path, "sum");
  memory(&sum);
  mistakes(&sum, path);
  float x[2] = {1, 2};
  int64_t two[1] = {2};
  tessera_input inputs[2] = {view(TESSERA_F32, 1, two, x, 8), view(TESSERA_F32, 1, two, x, 8)};
  tessera_output output = {0};
  OK(tessera_session_call(sum.session, sum.function, inputs, 2, &output, 1));
  tessera_tensor_info info = {.struct_size = sizeof info};
  OK(tessera_tensor_describe(output.value, &info));
  CHECK(info.is_exclusive == 1 && ((const float *)info.data)[1] == 4);
  /* A value lives without its session. */
  release(&sum);
  OK(tessera_tensor_describe(output.value, &info));
  CHECK(((const float *)info.data)[0] == 2);
  OK(tessera_value_release(output.value));
  FAILS(tessera_tensor_describe(output.value, &info), TESSERA_INVALID_ARGUMENT, "closedHandle");
  values(path);
}
