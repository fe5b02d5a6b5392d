/// Returns the pictures as text, a few side by side, each above what the model makes of it.
func gallery(of found: [Recognition], columns: Int = 4) -> String {
  var text = ""
  for start in stride(from: 0, to: found.count, by: columns) {
    let row = found[start..<min(start + columns, found.count)]
    for y in 0..<8 {
      text += row.map { shades(of: $0.pixels[8 * y..<8 * y + 8]) }.joined(separator: "   ") + "\n"
    }
    text += row.map { padded(caption(of: $0), to: 16) }.joined(separator: "   ") + "\n\n"
  }
  let right = found.count { $0.digit == $0.label }
  let median = found.map(\.milliseconds).sorted()[found.count / 2]
  return text + "\(right) of \(found.count) digits are right; \(fixed(median, 3)) ms a picture (median)"
}

/// Returns a line of pixels, from 0 to 1, as blocks: two characters a pixel, so that pixels are about square.
private func shades(of pixels: ArraySlice<Float>) -> String {
  let blocks = [" ", "░", "▒", "▓", "█"]
  return pixels.map { String(repeating: blocks[Int(min(max($0, 0), 1) * 4 + 0.5)], count: 2) }.joined()
}

/// Returns a digit with its probability and time, and a mark where it is wrong.
private func caption(of found: Recognition) -> String {
  let answer = "\(found.digit) \(fixed(Double(found.probability) * 100, 1))%"
  return found.digit == found.label ? "\(answer) \(fixed(found.milliseconds, 2)) ms" : "\(answer) (is \(found.label))"
}

private func padded(_ text: String, to width: Int) -> String {
  text + String(repeating: " ", count: max(0, width - text.count))
}

/// Returns a number with some digits behind the point.
private func fixed(_ value: Double, _ digits: Int) -> String {
  var scale = 1.0
  for _ in 0..<digits { scale *= 10 }
  let scaled = Int((value * scale).rounded())
  let fraction = String(scaled % Int(scale))
  return "\(scaled / Int(scale))." + String(repeating: "0", count: digits - fraction.count) + fraction
}
