import TesseraCommandLineOptions

/// An HTML page with its style, its program and its data, which loads nothing else.
enum HTMLPage {
  /// Returns a page called `title`, written by the command `program`. Text in `data` is shown as it is, whatever it says.
  static func html(title: String, program: String, body: String, scripts: [String], data: JSON) -> String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
    <title>\(escaped(title)) - \(program)</title>
    <style>\(style)</style>
    </head>
    <body>
    \(body)
    <script id="data" type="application/json">\(inScript("\(data)"))</script>
    <script>"use strict";\(elements)\(scripts.joined())</script>
    </body>
    </html>

    """
  }

  /// Text between tags.
  private static func escaped(_ text: String) -> String {
    text.map { $0 == "<" ? "&lt;" : $0 == "&" ? "&amp;" : String($0) }.joined()
  }

  /// JSON within a script element, which the first `</script` ends: JSON has `<` in strings only, where an escape is as good.
  private static func inScript(_ json: String) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(json.utf8.count)
    for byte in json.utf8 { if byte == UInt8(ascii: "<") { bytes += #"\u003c"#.utf8 } else { bytes.append(byte) } }
    return String(decoding: bytes, as: UTF8.self)
  }
}
