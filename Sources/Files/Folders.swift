import TesseraLibC

/// Returns the names of what is in a folder, sorted; none where it cannot be read.
public func fileNames(in folder: String) -> [String] {
  guard let directory = opendir(folder) else { return [] }
  defer { closedir(directory) }
  var names: [String] = []
  while let found = readdir(directory) {
    let name = withUnsafePointer(to: &found.pointee.d_name) {
      $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if name != "." && name != ".." { names.append(name) }
  }
  return names.sorted()
}

/// Makes a folder, unless it is there already.
public func makeFolder(_ path: String) throws(FileError) {
  guard path != "-" else {
    throw .refused("'-' stands for standard output, but a folder is needed for several files; './-' is one of that name")
  }
  if mkdir(path, 0o777) == 0 { return }
  let number = errno
  guard number == EEXIST, !isFolder(path) else {
    if number == EEXIST { return }
    throw .system("make the folder", path, number)
  }
  throw .system("make the folder", path, ENOTDIR)
}

/// `true` iff a path leads to a folder.
public func isFolder(_ path: String) -> Bool {
  var status = stat()
  return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

/// The folder of this program's file, with links resolved; `nil` where the system does not tell.
public var executableFolder: String? {
  guard let path = linkTarget("/proc/self/exe") else { return nil }
  return path.lastIndex(of: "/").map { String(path[..<$0]) }
}
