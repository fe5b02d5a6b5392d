public import TesseraDiagnostics
public import TesseraMLIR

/// Checks that `function` has the form of an executable: operations that form loop nests, and results that they compute.
public func verifyExecutable(_ function: Operation) throws(Diagnostic) { _ = try KernelSource(function) }
