/// The version of the programs and of the runtime library.
public let tesseraVersion = "0.1.0"
