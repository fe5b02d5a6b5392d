import Hummingbird
import NIOCore
import Tessera

/// A server with one model: `server MODULE.tsm PORT [THREADS]`.
///
/// `POST /infer` takes the bytes of the model's first input, and answers with those of its first output; `GET /health` waits for no inference: an
/// asynchronous call holds no thread of those that handlers run on.
@main struct Server {
  static func main() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 3 || arguments.count == 4, let port = Int(arguments[2]),
      let threads = Int(arguments.count == 4 ? arguments[3] : "1")
    else { throw ServerError(message: "usage: server MODULE.tsm PORT [THREADS]") }
    let model = try Model(path: arguments[1], threads: threads)

    let router = Router()
    router.get("health") { _, _ in "ok\n" }
    router.post("infer") { request, _ in
      let body = try await request.body.collect(upTo: model.inputByteCount)
      do { return Response(status: .ok, body: .init(byteBuffer: try await model.answer(to: body))) } catch let error as RuntimeError {
        throw HTTPError(status(of: error), message: "\(error)")
      }
    }
    try await Application(router: router, configuration: .init(address: .hostname("127.0.0.1", port: port))).runService()
  }
}

/// The status of an answer to a call that failed: the client's mistake, too much at once, or ours.
func status(of error: RuntimeError) -> HTTPResponse.Status {
  switch error.code {
  case .invalidArgument, .outOfRange: .badRequest
  case .resourceExhausted: .serviceUnavailable
  default: .internalServerError
  }
}

/// What is wrong with the command line or the model.
struct ServerError: Error, CustomStringConvertible {
  let message: String
  var description: String { message }
}
