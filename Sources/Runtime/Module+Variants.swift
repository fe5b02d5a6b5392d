import TesseraModuleFormat

/// Variants: programs that compute the same, each for one kind of machine.
extension Module {
  /// The number of the variant that `devices`, in the order of the module's table, run: the first one whose kernels all fit; `nil` where none does.
  public func variant(for devices: [any Device]) -> Int? {
    variants.firstIndex { $0.executables.allSatisfy { devices.indices.contains($0.device) && devices[$0.device].fits($0) } }
  }

  /// Returns the program that `devices` run, or the one that the caller chose. Errors: none of several fits, as the devices say, or there is no such one.
  func program(_ chosen: Int?, for devices: [any Device]) throws(RuntimeError) -> Program {
    if let chosen {
      guard programs.indices.contains(chosen) else { throw .unknownVariant(chosen, of: programs.count) }
      return programs[chosen]
    }
    // The only one is loaded, whatever comes of it.
    if programs.count == 1 { return programs[0] }
    if let number = variant(for: devices) { return programs[number] }
    // What each of them lacks is known to the devices alone, which say it of all that they are asked to choose from.
    for index in devices.indices {
      let all = variants.flatMap(\.executables).filter { $0.device == index }
      guard let entries = all.first(where: { !$0.entries.isEmpty })?.entries, !all.contains(where: devices[index].fits) else { continue }
      _ = try devices[index].load(ExecutableDescription(device: index, entries: entries, variants: all.flatMap(\.variants)))
    }
    return programs[0]
  }
}

extension RuntimeError {
  /// A variant that the module does not have was chosen.
  @inline(never) fileprivate static func unknownVariant(_ number: Int, of count: Int) -> RuntimeError {
    RuntimeError(.invalidArgument, "the module has no variant \(number): there \(count == 1 ? "is 1" : "are \(count)")")
  }
}
