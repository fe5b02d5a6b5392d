// The public library: modules, sessions, tensors, and the devices: processors, and the interpreter of portable code. `import Tessera` is all that a program needs.
@_exported public import TesseraDeviceCPU
@_exported public import TesseraDevicePortable
@_exported public import TesseraModuleFormat
@_exported public import TesseraRuntime
