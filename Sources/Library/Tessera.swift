// The public library: modules, sessions, tensors, and the device that runs on processors. `import Tessera` is all that a program needs.
@_exported public import TesseraDeviceCPU
@_exported public import TesseraModuleFormat
@_exported public import TesseraRuntime
