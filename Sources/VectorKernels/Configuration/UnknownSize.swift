/// What a size that is not known when a kernel is compiled is taken for. A guess costs time at most: kernels are right for every size.
package enum UnknownSize {
  /// A dimension that loops run over: large, so that vectors and register tiles are chosen full. Batches and sequences that turn out short leave
  /// some of a tile unused; tiles chosen for short ones would make long ones slow.
  package static let dimension = 4096
  /// A row that nests hand on, as the scores of attention: as many as its keys often are. A larger guess would not let the nests be one kernel.
  package static let row = 512
  /// The size behind a number of tiles where no scalar of the kernel holds it: surplus workgroups find nothing to do, and fewer than there are
  /// tiles share all of them.
  static let gridExtent = 1 << 16
}
