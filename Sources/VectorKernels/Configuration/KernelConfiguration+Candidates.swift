public import TesseraDiagnostics
internal import TesseraKernels
internal import TesseraLoopNests
public import TesseraMLIR

/// The configurations that are worth a try for the executable `function`, the heuristic's own choice first.
///
/// Around that choice: other register tiles that fit the registers, larger and smaller tiles of work, the two innermost shared dimensions in
/// the other order. At most a few dozen.
///
/// A kernel of several nests is tried with other numbers of rows, and with other register tiles of each nest.
public func candidateConfigurations(_ function: Operation, unit: VectorUnit) throws(Diagnostic) -> [String] {
  let source = try KernelSource(function)
  let base = source.chooseConfigurations(unit: unit)
  if source.worksOnRows { return [KernelConfiguration.text(base)] }
  guard base.count > 1 else { return candidates(source.parts[0], around: base[0], unit: unit, isAlone: true).map(\.text) }
  var all = [base]
  for (p, part) in source.parts.enumerated() {
    let fixed = Set(source.sequence.outer.map { $0[p] })
    for candidate in candidates(part, around: base[p], unit: unit, isAlone: false) where candidate.order == base[p].order {
      var list = base
      list[p] = candidate
      for d in fixed { list[p].tile[d] = base[p].tile[d] }
      if !all.contains(list) { all.append(list) }
    }
  }
  for factor in [0.5, 2, 4] {
    for (o, numbers) in source.sequence.outer.enumerated() {
      let tile = base[0].tile[numbers[0], default: 1]
      let wanted = Int(Double(tile) * factor)
      guard wanted > 0, tile > 1, source.parts[0].dimensions[numbers[0]].size.map({ wanted <= $0 }) ?? true else { continue }
      var list = base
      for p in list.indices { list[p].tile[source.sequence.outer[o][p]] = wanted }
      all.append(list)
    }
  }
  return all.map(KernelConfiguration.text)
}

/// The configurations of one nest that are worth a try, `base` first. `isAlone` says that the kernel has no other nest.
private func candidates(_ nest: LoopNest, around base: KernelConfiguration, unit: VectorUnit, isAlone: Bool) -> [KernelConfiguration] {
  var candidates = [base]
  func add(_ candidate: KernelConfiguration) {
    if candidate.prefetch == .nextPanel, !isAlone || !candidate.canFetchPanels(nest) { return }
    if !candidates.contains(candidate) { candidates.append(candidate) }
  }
  func size(_ d: Int) -> Int { nest.dimensions[d].size ?? UnknownSize.dimension }

  if let lane = base.lane, base.transposed == nil {
    let rows = base.order.last { $0 != lane && base.unroll[$0, default: 1] > 1 } ?? base.order.last { $0 != lane && size($0) > 1 }
    for vectors in [1, 2, 3, 4, 6, 8] where vectors == 1 || (vectors - 1) * base.width < size(lane) {
      for count in rows == nil ? [1] : [1, 2, 4, 6, 8, 10, 12, 14, 16] {
        // Accumulators, one row of vectors, and a broadcast.
        guard count * vectors + vectors + 1 <= unit.registerCount, rows.map({ count <= size($0) }) ?? true else { continue }
        var candidate = base
        candidate.unroll[lane] = vectors
        if let rows { candidate.unroll[rows] = count }
        for d in candidate.order {
          candidate.tile[d] = tile(candidate, d, size: nest.dimensions[d].size, wanted: base.tile[d, default: 1], base)
        }
        add(candidate)
      }
    }
  }
  for d in base.order {
    for factor in [0.5, 2, 4, 8] {
      var candidate = base
      let wanted = Int(Double(base.tile[d, default: 1]) * factor)
      guard wanted >= base.step(d), wanted < size(d) * 2 else { continue }
      candidate.tile[d] = min(wanted / base.step(d) * base.step(d), max(size(d), base.step(d)))
      if candidate.tile[d, default: 1] % base.step(d) == 0 || candidate.tile[d] == nest.dimensions[d].size { add(candidate) }
    }
  }
  if base.prefetch != nil {
    for other in [nil, KernelConfiguration.Prefetch.near, .nextPanel] {
      var candidate = base
      candidate.prefetch = other
      add(candidate)
    }
  }
  if base.order.count >= 2 {
    var candidate = base
    candidate.order.swapAt(base.order.count - 1, base.order.count - 2)
    add(candidate)
  }
  return candidates
}

/// The tile of dimension `d` that comes closest to the size `wanted` for the register tile of `c`; one register tile where `base` has one.
private func tile(_ c: KernelConfiguration, _ d: Int, size: Int?, wanted: Int, _ base: KernelConfiguration) -> Int {
  let step = c.step(d)
  if wanted == base.step(d) { return step }
  if wanted == size { return wanted }
  return (wanted + step - 1) / step * step
}
