// The public library: modules, sessions, tensors, and the devices: processors, the interpreter of portable code, and what has a Vulkan driver. `import Tessera` is all that a program needs.
@_exported public import TesseraDeviceCPU
@_exported public import TesseraDevicePortable
@_exported public import TesseraDeviceVulkan
@_exported public import TesseraModuleFormat
@_exported public import TesseraRuntime
