import TesseraModuleFormat

extension Compilation {
  /// The estimated work of the source operators in each kernel, for who shares out the kernel's time.
  public var kernelOperators: [KernelOperators] {
    code.operatorWork.sorted { $0.key < $1.key }.map { symbol, work in
      KernelOperators(symbol: symbol, operators: work.operators)
    }
  }
}
