import TesseraLibC

/// A program that answers each line it is given with a line, until this object goes. One thread uses it at a time.
public final class AnsweringProcess {
  private let child: pid_t
  /// What the program reads, and what it writes.
  private let questions: Int32
  private let answers: Int32
  /// What was read behind the last answer.
  private var rest: [UInt8] = []
  /// The most bytes of an answer.
  private static let answerLimit = 1 << 28

  /// Starts `program`, by its path or by a name that is looked for in `PATH`. Its standard error goes to the file `messages`.
  public init(_ program: String, _ arguments: [String], messages: String) throws(FileError) {
    let down = try Self.pipe(program)
    let up: [Int32]
    do throws(FileError) { up = try Self.pipe(program) } catch {
      for descriptor in down { close(descriptor) }
      throw error
    }
    defer {
      close(down[0])
      close(up[1])
    }
    (questions, answers) = (down[1], up[0])
    do throws(FileError) {
      child = try ChildProcess.start(program, arguments) { actions in
        posix_spawn_file_actions_adddup2(&actions, down[0], STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, up[1], STDOUT_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, messages, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
      }
    } catch {
      close(questions)
      close(answers)
      throw error
    }
  }

  /// Returns both ends of a pipe, which programs do not inherit unless they are given one.
  private static func pipe(_ program: String) throws(FileError) -> [Int32] {
    var ends: [Int32] = [-1, -1]
    guard TesseraLibC.pipe(&ends) == 0 else { throw .system("start", program, errno) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return ends
  }

  deinit {
    close(questions)
    close(answers)
    // It ends when there is nothing to read any more; what does not is ended.
    kill(child, SIGTERM)
    _ = ChildProcess.end(of: child)
  }

  /// Gives the program a line without its end, and waits for the answer; `nil` where the program has ended instead.
  public func ask(_ line: String) -> String? {
    let bytes = Array((line + "\n").utf8)
    guard bytes.withUnsafeBytes({ DescriptorIO.write($0, to: questions) }) == 0 else { return nil }
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    var searched = 0
    while true {
      if let end = rest[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        let answer = String(decoding: rest[..<end], as: UTF8.self)
        rest.removeSubrange(...end)
        return answer
      }
      searched = rest.count
      let count = buffer.withUnsafeMutableBytes { DescriptorIO.read(answers, into: $0) } ?? 0
      guard count > 0, rest.count + count <= Self.answerLimit else { return nil }
      rest += buffer[..<count]
    }
  }
}
