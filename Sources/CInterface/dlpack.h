/* The structures of DLPack, as its specification (version 1) lays them out: what the library reads and makes. Programs include DLPack's own
 * header, if any; this one is not installed. */
#ifndef TESSERA_DLPACK_H
#define TESSERA_DLPACK_H

#include <stdint.h>

typedef struct {
  int32_t device_type; /* 1 is the host's memory */
  int32_t device_id;
} DLDevice;

typedef struct {
  uint8_t code;
  uint8_t bits;
  uint16_t lanes;
} DLDataType;

typedef struct {
  void *data;
  DLDevice device;
  int32_t ndim;
  DLDataType dtype;
  int64_t *shape;
  int64_t *strides; /* in elements; NULL where the rows lie one after the other */
  uint64_t byte_offset;
} DLTensor;

typedef struct DLManagedTensor {
  DLTensor dl_tensor;
  void *manager_ctx;
  void (*deleter)(struct DLManagedTensor *self);
} DLManagedTensor;

typedef struct {
  uint32_t major;
  uint32_t minor;
} DLPackVersion;

typedef struct DLManagedTensorVersioned {
  DLPackVersion version;
  void *manager_ctx;
  void (*deleter)(struct DLManagedTensorVersioned *self);
  uint64_t flags; /* 1: read only, 2: a copy, 4: elements of less than 8 bits have a byte each */
  DLTensor dl_tensor;
} DLManagedTensorVersioned;

#endif
