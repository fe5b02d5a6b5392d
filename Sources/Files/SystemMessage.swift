import TesseraLibC

/// Returns the system's sentence for an error number, lower case. (`strerror` is thread-safe since glibc 2.32.)
public func systemMessage(_ errorNumber: Int32) -> String {
  guard let text = strerror(errorNumber) else { return "error \(errorNumber)" }
  let message = String(cString: text)
  return message.prefix(1).lowercased() + message.dropFirst()
}
