/* Prints the sizes of the structures of tessera.h, and where their members are: what programs that were compiled rely on. */
#include <stdio.h>
#include <tessera.h>

#define SIZE(type) printf("%s %zu\n", #type, sizeof(type))
#define MEMBER(type, member) printf("%s.%s %zu\n", #type, #member, offsetof(type, member))

int main(void) {
  printf("TESSERA_ABI_VERSION %d\n", TESSERA_ABI_VERSION);
  SIZE(tessera_code);
  SIZE(tessera_type);
  SIZE(tessera_device_info);
  MEMBER(tessera_device_info, name);
  MEMBER(tessera_device_info, architecture);
  MEMBER(tessera_device_info, model);
  MEMBER(tessera_device_info, missing);
  SIZE(tessera_function_info);
  MEMBER(tessera_function_info, name);
  MEMBER(tessera_function_info, signature);
  MEMBER(tessera_function_info, input_count);
  MEMBER(tessera_function_info, output_count);
  SIZE(tessera_value_info);
  MEMBER(tessera_value_info, name);
  MEMBER(tessera_value_info, type_text);
  MEMBER(tessera_value_info, type);
  MEMBER(tessera_value_info, has_default);
  MEMBER(tessera_value_info, rank);
  MEMBER(tessera_value_info, extents);
  MEMBER(tessera_value_info, symbols);
  MEMBER(tessera_value_info, container_count);
  MEMBER(tessera_value_info, containers);
  SIZE(tessera_tensor_info);
  MEMBER(tessera_tensor_info, type);
  MEMBER(tessera_tensor_info, is_exclusive);
  MEMBER(tessera_tensor_info, rank);
  MEMBER(tessera_tensor_info, extents);
  MEMBER(tessera_tensor_info, data);
  MEMBER(tessera_tensor_info, byte_count);
  SIZE(tessera_input);
  MEMBER(tessera_input, value);
  MEMBER(tessera_input, type);
  MEMBER(tessera_input, rank);
  MEMBER(tessera_input, extents);
  MEMBER(tessera_input, data);
  MEMBER(tessera_input, byte_count);
  SIZE(tessera_output);
  MEMBER(tessera_output, value);
  MEMBER(tessera_output, data);
  MEMBER(tessera_output, byte_count);
  MEMBER(tessera_output, extents);
  MEMBER(tessera_output, extent_capacity);
  MEMBER(tessera_output, rank);
  return 0;
}
