/* Devices, modules and functions, and handles that are none. */
#include <stdlib.h>

#include "test.h"

static void descriptions(const char *path) {
  size_t count = 0;
  OK(tessera_device_count(&count));
  CHECK(count >= 1);
  tessera_device_info device = {.struct_size = sizeof device};
  OK(tessera_device_describe(0, &device));
  CHECK(strcmp(device.name, "cpu") == 0 && device.model[0] != 0 && device.architecture[0] != 0);
  FAILS(tessera_device_describe(count, &device), TESSERA_OUT_OF_RANGE, "wrongIndex");
  FAILS(tessera_device_describe((size_t)-1, &device), TESSERA_OUT_OF_RANGE, "wrongIndex");
  device.struct_size = 3;
  FAILS(tessera_device_describe(0, &device), TESSERA_FAILED_PRECONDITION, "wrongStructSize");
  FAILS(tessera_device_describe(0, NULL), TESSERA_INVALID_ARGUMENT, "nullArgument");

  tessera_module module;
  OK(tessera_module_load(path, &module));
  OK(tessera_module_device_count(module, &count));
  const char *kind;
  OK(tessera_module_device_kind(module, 0, &kind));
  CHECK(count == 1 && strcmp(kind, "cpu") == 0);
  FAILS(tessera_module_device_kind(module, 1, &kind), TESSERA_OUT_OF_RANGE, "wrongIndex");
  OK(tessera_module_function_count(module, &count));
  CHECK(count == 6);
  tessera_function function;
  FAILS(tessera_module_function_at(module, 6, &function), TESSERA_OUT_OF_RANGE, "wrongIndex");
  FAILS(tessera_module_function(module, NULL, &function), TESSERA_INVALID_ARGUMENT, "noFunctionName");
  FAILS(tessera_module_function(module, "sun", &function), TESSERA_NOT_FOUND, "unknownFunction");
  OK(tessera_module_function_at(module, 1, &function));
  tessera_function_info info = {.struct_size = sizeof info};
  OK(tessera_function_describe(function, &info));
  CHECK(strcmp(info.name, "sum") == 0 && info.input_count == 2 && info.output_count == 1);
  CHECK(strcmp(info.signature, "sum(%x: nxf32, %y: nxf32) -> (%z: nxf32)") == 0);
  tessera_value_info value = {.struct_size = sizeof value};
  OK(tessera_function_input(function, 1, &value));
  CHECK(strcmp(value.name, "y") == 0 && strcmp(value.type_text, "nxf32") == 0 && value.type == TESSERA_F32 && value.rank == 1);
  CHECK(value.extents[0] == -1 && strcmp(value.symbols[0], "n") == 0 && value.container_count == 0 && value.has_default == 0);
  OK(tessera_function_output(function, 0, &value));
  CHECK(strcmp(value.name, "z") == 0);
  FAILS(tessera_function_output(function, 1, &value), TESSERA_OUT_OF_RANGE, "wrongIndex");
  value.struct_size += 8;
  FAILS(tessera_function_input(function, 0, &value), TESSERA_FAILED_PRECONDITION, "wrongStructSize");
  /* A function outlives the handle of its module. */
  OK(tessera_module_release(module));
  OK(tessera_function_describe(function, &info));
  OK(tessera_function_release(function));
}

static void modules(const char *path) {
  tessera_module module;
  FAILS(tessera_module_load(NULL, &module), TESSERA_INVALID_ARGUMENT, "nullArgument");
  FAILS(tessera_module_load(path, NULL), TESSERA_INVALID_ARGUMENT, "nullArgument");
  FILE *file = fopen(path, "rb");
  CHECK(file != NULL);
  static unsigned char bytes[1 << 20];
  size_t byte_count = file ? fread(bytes, 1, sizeof bytes, file) : 0;
  if (file) fclose(file);
  OK(tessera_module_load_bytes(bytes, byte_count, &module));
  OK(tessera_module_release(module));
  FAILS(tessera_module_load_bytes(NULL, 5, &module), TESSERA_INVALID_ARGUMENT, "nullArgument");
  CHECK(tessera_module_load_bytes(NULL, 0, &module) != TESSERA_OK);
  /* Each damaged byte is seen, as is each end that comes too early. */
  for (size_t place = 0; place < byte_count; place += byte_count / 40 + 1) {
    bytes[place] ^= 1;
    CHECK(tessera_module_load_bytes(bytes, byte_count, &module) != TESSERA_OK);
    bytes[place] ^= 1;
    CHECK(tessera_module_load_bytes(bytes, place, &module) != TESSERA_OK);
  }
}

void test_handles(const char *path) {
  descriptions(path);
  modules(path);
  FAILS(tessera_device_create("gpu9000", 0, &(tessera_device){0}), TESSERA_NOT_FOUND, "noDevice");
  FAILS(tessera_device_create("cpu", (size_t)-1, &(tessera_device){0}), TESSERA_INVALID_ARGUMENT, "threadCount");
  tessera_device device, portable;
  OK(tessera_device_create(NULL, 1, &device));
  OK(tessera_device_create("portable", 1, &portable));
  tessera_module module;
  OK(tessera_module_load(path, &module));
  tessera_session session;
  FAILS(tessera_session_create(module, &portable, 1, &session), TESSERA_FAILED_PRECONDITION, "wrongDevices");
  FAILS(tessera_session_create(module, (tessera_device[]){device, device}, 2, &session), TESSERA_FAILED_PRECONDITION, "wrongDevices");
  FAILS(tessera_session_create(module, NULL, 2, &session), TESSERA_INVALID_ARGUMENT, "nullArgument");
  FAILS(tessera_session_create(module, NULL, (size_t)-1, &session), TESSERA_INVALID_ARGUMENT, "countTooLarge");
  OK(tessera_session_create(module, &device, 1, &session));
  /* Handles of another kind, released ones, and what never was one. */
  FAILS(tessera_session_interrupt((tessera_session)module), TESSERA_INVALID_ARGUMENT, "wrongHandle");
  FAILS(tessera_session_interrupt((tessera_session)(void *)"text"), TESSERA_INVALID_ARGUMENT, "invalidHandle");
  FAILS(tessera_session_interrupt(NULL), TESSERA_INVALID_ARGUMENT, "nullArgument");
  OK(tessera_session_interrupt(session));
  OK(tessera_session_release(session));
  FAILS(tessera_session_interrupt(session), TESSERA_INVALID_ARGUMENT, "closedHandle");
  FAILS(tessera_session_release(session), TESSERA_INVALID_ARGUMENT, "closedHandle");
  CHECK(strcmp(tessera_error_message(), "'session' is a session that was released") == 0);
  OK(tessera_session_release(NULL));
  FAILS(tessera_module_release((tessera_module)device), TESSERA_INVALID_ARGUMENT, "wrongHandle");
  OK(tessera_module_release(module));
  size_t count;
  FAILS(tessera_module_function_count(module, &count), TESSERA_INVALID_ARGUMENT, "closedHandle");
  /* The slot is used again, and the old handle stays closed. */
  for (int i = 0; i < 100; i++) {
    tessera_module next;
    if (tessera_module_load(path, &next) != TESSERA_OK) failed++;
    if (tessera_module_function_count(module, &count) == TESSERA_OK) failed++;
    if (tessera_module_release(next) != TESSERA_OK) failed++;
  }
  OK(tessera_device_release(device));
  OK(tessera_device_release(portable));
  for (int type = 0; type <= TESSERA_F6E3M2FN; type++) CHECK(tessera_type_name(type) != NULL && tessera_type_byte_count(type) >= 1);
  CHECK(tessera_type_name(31) == NULL && tessera_type_name(-1) == NULL && tessera_type_byte_count(1000) == 0);
}
