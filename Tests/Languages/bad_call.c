/* Calls a function with zeros: bad_call MODULE FUNCTION TYPE:2x3 ...; prints the error: the code's name, the id and the first line of the message. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tessera.h>

static int report(tessera_code code) {
  if (code == TESSERA_OK) return printf("OK\n"), 0;
  const char *message = tessera_error_message();
  printf("%s %s %.*s\n", tessera_code_name(code), tessera_error_id(), (int)strcspn(message, "\n"), message);
  return 1;
}

int main(int count, char **arguments) {
  tessera_module module;
  tessera_session session;
  tessera_function function;
  static tessera_input inputs[16];
  static int64_t extents[16][16];
  if (count < 3 || count > 19) return 2;
  tessera_code code = tessera_module_load(arguments[1], &module);
  if (code == TESSERA_OK) code = tessera_session_create(module, NULL, 0, &session);
  if (code == TESSERA_OK) code = tessera_module_function(module, arguments[2], &function);
  for (int i = 3; i < count && code == TESSERA_OK; i++) {
    tessera_input *input = &inputs[i - 3];
    char *shape = strchr(arguments[i], ':');
    *shape++ = 0;
    while (tessera_type_name(input->type) != NULL && strcmp(tessera_type_name(input->type), arguments[i]) != 0) input->type++;
    input->byte_count = tessera_type_byte_count(input->type);
    for (char *size = strtok(shape, "x"); size != NULL; size = strtok(NULL, "x")) {
      extents[i - 3][input->rank++] = atoll(size);
      input->byte_count *= (size_t)atoll(size);
    }
    input->extents = extents[i - 3];
    input->data = calloc(1, input->byte_count + 1);
  }
  tessera_function_info info = {.struct_size = sizeof info};
  if (code == TESSERA_OK) code = tessera_function_describe(function, &info);
  tessera_output outputs[8] = {{0}};
  if (code == TESSERA_OK) code = tessera_session_call(session, function, inputs, (size_t)count - 3, outputs, info.output_count);
  return report(code);
}
