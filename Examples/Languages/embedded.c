/* Recognizes handwritten digits with the model in the program: embedded SAMPLES; the header is made by `tessera compile digits.onnx --emit=...`. */
#include <stdio.h>
#include <stdlib.h>

#include "libdigits.h"

int main(int count, char **arguments) {
  if (count != 2) return 2;
  digits model;
  if (digits_open(&model) != TESSERA_OK) {
    fprintf(stderr, "error: %s\n", tessera_error_message());
    return 1;
  }
  FILE *file = fopen(arguments[1], "rb");
  if (file == NULL || fseek(file, 128, SEEK_SET) != 0) return 1; /* behind the header of the .npy file */
  float image[64], probabilities[10];
  while (fread(image, sizeof image, 1, file) == 1) {
    if (digits_main(&model, 1, image, probabilities) != TESSERA_OK) return 1;
    int best = 0;
    for (int digit = 1; digit < 10; digit++)
      if (probabilities[digit] > probabilities[best]) best = digit;
    printf("%d %.1f%%\n", best, 100 * probabilities[best]);
  }
  fclose(file);
  digits_close(&model);
  return 0;
}
