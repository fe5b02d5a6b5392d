/* Tessera's C interface: run compiled models.
 *
 * Errors     Every function that can fail returns a tessera_code: TESSERA_OK, or what kind of error it was. Message and id of the last
 *            error of a thread are had from tessera_error_message and tessera_error_id. Results are written only where a function
 *            succeeds. Nothing is thrown, and no argument ends the program: a null pointer, a handle that was released or is of another
 *            kind, and whatever else a function can see to be wrong are errors. Pointers to memory must point to as much of it as is said.
 * Handles    tessera_device, tessera_module, tessera_function, tessera_session, tessera_value and tessera_call are handles, which are not
 *            addresses. Whoever gets one releases it, once, with the function named after it; to release NULL does nothing. What a handle
 *            needs lives as long as it does: a session keeps its module and devices, and handles may be released in any order.
 * Threads    All functions may be called from any number of threads at once, also with the same handles. Fork before the first use.
 * Strings    are UTF-8 and end with a zero. Those that functions give belong to the library, and live as long as is said there.
 * Versions   The interface grows by functions and by new members at the end of structures with a struct_size; TESSERA_ABI_VERSION rises
 *            only where programs must be compiled anew.
 */
#ifndef TESSERA_H
#define TESSERA_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of this interface, for tessera_check_abi. */
#define TESSERA_ABI_VERSION 1

/* ---------------------------------------------------------------- versions */

/* Returns TESSERA_OK if a program that was compiled with this header can use the library: tessera_check_abi(TESSERA_ABI_VERSION). Errors:
 * FAILED_PRECONDITION. */
int32_t tessera_check_abi(uint32_t version);
/* Returns the version of the library, such as "0.1.0"; it lives forever. */
const char *tessera_version(void);
/* Returns the version of module files that the library reads. */
uint32_t tessera_module_format_version(void);

/* ---------------------------------------------------------------- errors */

/* Kinds of errors, by the names and numbers that gRPC gave them. */
typedef int32_t tessera_code;
enum {
  TESSERA_OK = 0,
  TESSERA_CANCELLED = 1,            /* the call was ended from outside */
  TESSERA_INVALID_ARGUMENT = 3,     /* an argument is wrong: see what the message expected */
  TESSERA_NOT_FOUND = 5,            /* no file, function or device of that name */
  TESSERA_RESOURCE_EXHAUSTED = 8,   /* no memory, or no thread */
  TESSERA_FAILED_PRECONDITION = 9,  /* a module of another version, or for another device or processor */
  TESSERA_OUT_OF_RANGE = 11,        /* an index in the data is outside of what it points into */
  TESSERA_UNIMPLEMENTED = 12,
  TESSERA_INTERNAL = 13,            /* a bug of Tessera's */
  TESSERA_UNAVAILABLE = 14,         /* the system could not read a file, or has no such device now */
  TESSERA_DATA_LOSS = 15            /* a module is damaged */
};

/* Returns the name of a code, such as "INVALID_ARGUMENT"; "UNKNOWN" for a number that is none. It lives forever. */
const char *tessera_code_name(tessera_code code);
/* Returns what went wrong at the last error of the calling thread: one sentence, lower case, without a final stop; the signature of the
 * function may follow on a second line. Empty where there was none. It lives until the thread's next error. */
const char *tessera_error_message(void);
/* Returns the stable name of that error, such as "unknownFunction", for programs. It lives as long as the message. */
const char *tessera_error_id(void);

/* ---------------------------------------------------------------- log */

enum {
  TESSERA_LOG_DEBUG = 0, /* modules that are loaded, sessions that are made */
  TESSERA_LOG_ERROR = 1  /* errors that functions report */
};

/* Receives a line of the log, on whatever thread it comes from; several may call at once. The message lives as long as the call. */
typedef void (*tessera_log_callback)(void *user_data, int32_t level, const char *message);
/* Sets who receives the log, from now on; NULL is nobody, which is so at first. A thread may be in the former callback still. */
void tessera_set_log(tessera_log_callback callback, void *user_data);

/* ---------------------------------------------------------------- devices */

/* What computes: processors, the interpreter of portable code, a device with a Vulkan driver. Sessions share it, and should. */
typedef struct tessera_device_handle *tessera_device;

/* A device of this machine, which need not have been made. */
typedef struct {
  size_t struct_size;       /* set by the caller: sizeof(tessera_device_info) */
  const char *name;         /* what tessera_device_create takes: "cpu", "vulkan://0" */
  const char *architecture; /* the target of kernels that it runs: "x86_64" */
  const char *model;        /* the maker's name of it */
  const char *missing;      /* what it lacks to run modules, comma-separated; empty where nothing is */
} tessera_device_info;

/* Gives the number of devices of this machine, which is looked at once. */
tessera_code tessera_device_count(size_t *count);
/* Describes device `index`. The strings live forever. Errors: OUT_OF_RANGE. */
tessera_code tessera_device_describe(size_t index, tessera_device_info *info);
/* Makes a device: a kind ("cpu", "portable", "vulkan"), or "KIND://N" for one of several; NULL is "cpu". It computes on so many threads of
 * the host, if it does; 0 is as many as the process may use processors. Errors: NOT_FOUND. */
tessera_code tessera_device_create(const char *name, size_t threads, tessera_device *device);
tessera_code tessera_device_release(tessera_device device);

/* ---------------------------------------------------------------- modules and functions */

/* A compiled model, verified. */
typedef struct tessera_module_handle *tessera_module;
/* A function of a module: a description, with which sessions of the module call it. */
typedef struct tessera_function_handle *tessera_function;

/* Types of elements. Those of less than 8 bits have a byte each, the high bits being 0. */
typedef int32_t tessera_type;
enum {
  TESSERA_BOOL = 0, /* a byte of 0 or 1 */
  TESSERA_I8 = 1,
  TESSERA_I16 = 2,
  TESSERA_I32 = 3,
  TESSERA_I64 = 4,
  TESSERA_U8 = 5,
  TESSERA_U16 = 6,
  TESSERA_U32 = 7,
  TESSERA_U64 = 8,
  TESSERA_F16 = 9,
  TESSERA_BF16 = 10,
  TESSERA_F32 = 11,
  TESSERA_F64 = 12,
  TESSERA_F8E4M3FN = 13,
  TESSERA_F8E5M2 = 14,
  TESSERA_COMPLEX64 = 15,  /* two of f32: the real and the imaginary part */
  TESSERA_COMPLEX128 = 16, /* two of f64 */
  TESSERA_F8E4M3FNUZ = 17,
  TESSERA_F8E5M2FNUZ = 18,
  TESSERA_F8E8M0FNU = 19,
  TESSERA_F4E2M1FN = 20,
  TESSERA_I4 = 21,
  TESSERA_U4 = 22,
  TESSERA_I2 = 23,
  TESSERA_U2 = 24,
  TESSERA_STRING = 25, /* see tessera_tensor_create_strings */
  TESSERA_F8E4M3 = 26,
  TESSERA_F8E3M4 = 27,
  TESSERA_F8E4M3B11FNUZ = 28,
  TESSERA_F6E2M3FN = 29,
  TESSERA_F6E3M2FN = 30
};

/* Returns the name of a type, such as "f32"; NULL for a number that is none. It lives forever. */
const char *tessera_type_name(tessera_type type);
/* Returns the bytes of an element in memory; 0 for a number that is no type. */
size_t tessera_type_byte_count(tessera_type type);

/* Reads and verifies the module file at `path`. Its constants stay in the file, which is mapped. Errors: NOT_FOUND, UNAVAILABLE;
 * DATA_LOSS where it is damaged; FAILED_PRECONDITION where it is no module, or one of another version. */
tessera_code tessera_module_load(const char *path, tessera_module *module);
/* The same of a module in memory, which is copied. */
tessera_code tessera_module_load_bytes(const void *bytes, size_t byte_count, tessera_module *module);
tessera_code tessera_module_release(tessera_module module);
/* Gives the number of devices that the module is for; most are for one. */
tessera_code tessera_module_device_count(tessera_module module, size_t *count);
/* Gives the kind of the module's device `index`, which a session needs there. It lives as long as the module. Errors: OUT_OF_RANGE. */
tessera_code tessera_module_device_kind(tessera_module module, size_t index, const char **kind);
/* Gives the number of functions that can be called. */
tessera_code tessera_module_function_count(tessera_module module, size_t *count);
/* Gives function `index`. Errors: OUT_OF_RANGE. */
tessera_code tessera_module_function_at(tessera_module module, size_t index, tessera_function *function);
/* Gives the function called `name`; NULL is the only one there is, or "main". Errors: NOT_FOUND; INVALID_ARGUMENT where there are several and no
 * name is given. */
tessera_code tessera_module_function(tessera_module module, const char *name, tessera_function *function);
tessera_code tessera_function_release(tessera_function function);

/* A function. What it points to lives as long as the handle. */
typedef struct {
  size_t struct_size;    /* set by the caller: sizeof(tessera_function_info) */
  const char *name;
  const char *signature; /* as people read it: "main(%ids: batchx128xi64) -> (%logits: batchx2xf32)" */
  size_t input_count;
  size_t output_count;
} tessera_function_info;

/* A container of tensors. */
enum {
  TESSERA_OPTIONAL = 0, /* a list of at most one */
  TESSERA_SEQUENCE = 1
};

/* An input or output of a function: a tensor, or a list of tensors. What it points to lives as long as the handle of the function. */
typedef struct {
  size_t struct_size;         /* set by the caller: sizeof(tessera_value_info) */
  const char *name;           /* may be empty */
  const char *type_text;      /* as people read it: "batchx128xi64", "sequence<2x?xf32>" */
  tessera_type type;          /* of the elements of the tensors */
  int32_t has_default;        /* 1 for an input that may be left out at the end of a call's */
  int32_t rank;               /* -1 in lists whose tensors have any rank */
  const int64_t *extents;     /* `rank` of them, outermost first; -1 where the size is known at run time */
  const char *const *symbols; /* `rank` of them: NULL where the extent is fixed, the name of one that is not; the same name is the same size,
                                 "?" any */
  size_t container_count;     /* 0 for a tensor */
  const int32_t *containers;  /* the outermost first */
} tessera_value_info;

/* Describes a function. */
tessera_code tessera_function_describe(tessera_function function, tessera_function_info *info);
/* Describes input or output `index`. Errors: OUT_OF_RANGE. */
tessera_code tessera_function_input(tessera_function function, size_t index, tessera_value_info *info);
tessera_code tessera_function_output(tessera_function function, size_t index, tessera_value_info *info);

/* ---------------------------------------------------------------- values */

/* A tensor or a list; its content never changes. */
typedef struct tessera_value_handle *tessera_value;

/* A tensor: row after row, in the machine's byte order. What it points to lives as long as the handle. */
typedef struct {
  size_t struct_size; /* set by the caller: sizeof(tessera_tensor_info) */
  tessera_type type;
  int32_t is_exclusive;   /* 1 where a call made it, and nothing else reads its memory: the holder of the handle may write there */
  size_t rank;
  const int64_t *extents; /* outermost first */
  const void *data;       /* of strings: nothing that means anything */
  size_t byte_count;
} tessera_tensor_info;

/* Makes a tensor with a copy of `byte_count` bytes at `data`, as many as the shape needs. Errors: INVALID_ARGUMENT, RESOURCE_EXHAUSTED. */
tessera_code tessera_tensor_create(
    tessera_type type, size_t rank, const int64_t *extents, const void *data, size_t byte_count, tessera_value *value);
/* Makes a tensor in memory that stays as it is until `release` is called with `user_data`: once, when no value shares it any more (the
 * output of a call may), on whatever thread. `release` may be NULL, for memory that lives forever. Memory that begins at a multiple of 64
 * is read in place; of other memory each call makes a copy. Where this fails, `release` is not called. */
tessera_code tessera_tensor_borrow(
    tessera_type type, size_t rank, const int64_t *extents, const void *data, size_t byte_count, void (*release)(void *user_data),
    void *user_data, tessera_value *value);
/* Makes a tensor with a copy of strings, as many as the shape has elements. Their lengths in bytes, or NULL where all end with a zero. */
tessera_code tessera_tensor_create_strings(
    size_t rank, const int64_t *extents, const char *const *strings, const size_t *lengths, size_t count, tessera_value *value);
/* Describes a tensor. Errors: INVALID_ARGUMENT for a list. */
tessera_code tessera_tensor_describe(tessera_value value, tessera_tensor_info *info);
/* Gives string `index` of a tensor of strings, with its length in bytes: zeros may be in it, and one follows it. It lives as long as the
 * handle. `length` may be NULL. */
tessera_code tessera_tensor_string(tessera_value value, size_t index, const char **string, size_t *length);

/* Makes a list of values, which stay the caller's. An optional is a list of at most one. */
tessera_code tessera_list_create(const tessera_value *elements, size_t count, tessera_value *value);
/* Gives the number of elements of a list. Errors: INVALID_ARGUMENT for a tensor. */
tessera_code tessera_list_count(tessera_value value, size_t *count);
/* Gives element `index` of a list as a handle of its own. */
tessera_code tessera_list_element(tessera_value value, size_t index, tessera_value *element);
/* Gives 1 for a list, 0 for a tensor. */
tessera_code tessera_value_is_list(tessera_value value, int32_t *is_list);
tessera_code tessera_value_release(tessera_value value);

/* DLPack: tensors of other libraries, without a copy. */
struct DLManagedTensor;
struct DLManagedTensorVersioned;
/* Makes a tensor of one in the memory of the host whose rows lie one after the other. Takes it over: its deleter is called when no value
 * shares its memory any more. Errors: INVALID_ARGUMENT for another device, strides or a type that there is not; then it stays the caller's. */
tessera_code tessera_tensor_from_dlpack(struct DLManagedTensorVersioned *managed, tessera_value *value);
/* The same for the structure before version 1. */
tessera_code tessera_tensor_from_dlpack_unversioned(struct DLManagedTensor *managed, tessera_value *value);
/* Gives a tensor to another library; it shares memory with the value, and is marked as read-only unless the tensor is exclusive. Whoever
 * gets it calls its deleter. Errors: INVALID_ARGUMENT for strings and lists. */
tessera_code tessera_tensor_to_dlpack(tessera_value value, struct DLManagedTensorVersioned **managed);
/* The same for the structure before version 1, which cannot say that it is read-only. */
tessera_code tessera_tensor_to_dlpack_unversioned(tessera_value value, struct DLManagedTensor **managed);

/* ---------------------------------------------------------------- sessions and calls */

/* A module on its devices, ready to be called by any number of threads at once. */
typedef struct tessera_session_handle *tessera_session;
/* A call that was started and may not have ended. */
typedef struct tessera_call_handle *tessera_call;

/* Makes a session; the devices are of the kinds that the module names, in its order. No devices (NULL and 0) means those that all such
 * sessions of the process share. Errors: FAILED_PRECONDITION where they are others, or lack what the module needs. */
tessera_code tessera_session_create(tessera_module module, const tessera_device *devices, size_t device_count, tessera_session *session);
/* Calls that run go on. */
tessera_code tessera_session_release(tessera_session session);
/* Ends all calls of the session that run now with CANCELLED, each at its next branch or between two waves of its dispatches. */
tessera_code tessera_session_interrupt(tessera_session session);

/* An input of a call: a value, or else memory that stays as it is until the call returns. */
typedef struct {
  tessera_value value;    /* NULL for memory, which the other members describe as tessera_tensor_create has them */
  tessera_type type;
  int32_t reserved;       /* 0 */
  size_t rank;
  const int64_t *extents;
  const void *data;
  size_t byte_count;
} tessera_input;

/* An output of a call: a new value, or memory of the caller. */
typedef struct {
  tessera_value value;    /* given by the call where `data` is NULL; else NULL */
  void *data;             /* where the elements go, row after row; NULL for a new value */
  size_t byte_count;      /* how much memory that is, at least what the output takes */
  int64_t *extents;       /* where the extents go where `data` is not NULL; NULL where they are not asked for */
  size_t extent_capacity; /* how many there is room for, at least the rank */
  size_t rank;            /* given by the call where `data` is not NULL */
} tessera_output;

/* Calls a function on the calling thread, until it is done. Inputs are checked against its signature; those at the end that have a default
 * may be left out. There are as many outputs as the function has. Outputs share no memory with inputs that are no values. Where it fails, no
 * value is given, and what the caller's memory holds is not known. Errors: INVALID_ARGUMENT for what does not fit the signature, and what goes
 * wrong in the model; the session is as good as before. */
tessera_code tessera_session_call(
    tessera_session session, tessera_function function, const tessera_input *inputs, size_t input_count, tessera_output *outputs,
    size_t output_count);

/* Receives how a call ended, on a thread of the device, which waits for it: let it be brief. Outputs are the receiver's to release; there
 * are none where `code` is not TESSERA_OK. Message and id live as long as the call of the callback. */
typedef void (*tessera_completion)(
    void *user_data, tessera_code code, const char *message, const char *id, const tessera_value *outputs, size_t output_count);
/* Starts a call, checks its inputs and returns; `completion` is called once, unless this fails. The inputs may be released at once. `call` is
 * what can be cancelled, and may be NULL. A device runs two such calls for each of its threads at once; others wait their turn. */
tessera_code tessera_session_start(
    tessera_session session, tessera_function function, const tessera_value *inputs, size_t input_count, tessera_completion completion,
    void *user_data, tessera_call *call);
/* Ends a call that was started with CANCELLED: at once if it waits, else as soon as it can be. Nothing happens where it has ended. */
tessera_code tessera_call_cancel(tessera_call call);
/* The call goes on. */
tessera_code tessera_call_release(tessera_call call);

#ifdef __cplusplus
}
#endif

#endif
