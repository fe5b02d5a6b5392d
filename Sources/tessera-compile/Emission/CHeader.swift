import TesseraModuleFormat

/// The header beside an object or library with a module: typed functions, which call it by libtessera.
struct CHeader {
  let prefix: String
  let module: ModuleDescription
  /// The path of the model, for the comment.
  let model: String

  /// The functions that can be called.
  private var functions: [FunctionDescription] { module.functions.filter(\.isExported) }

  /// The text.
  var text: String {
    let guardName = "\(prefix)_H".uppercased()
    var used: Set<String> = ["open", "close", "module", "module_size"]
    let names = functions.map { CNames.unique(CNames.identifier($0.name), &used) }
    let file = model.split(separator: "/").last.map(String.init) ?? model
    return """
      /* Made by tessera \(tesseraVersion) of '\(CNames.comment(file))'. Functions return a tessera_code, as those of tessera.h, whose error says more. */
      #ifndef \(guardName)
      #define \(guardName)

      #include <string.h>
      #include <tessera.h>

      #ifdef __cplusplus
      extern "C" {
      #endif

      /* The module, in the object or library beside this header. */
      extern const unsigned char \(prefix)_module[];
      extern const uint64_t \(prefix)_module_size;

      /* The model, ready to be called; any number of threads may use one. */
      typedef struct {
        tessera_module module;
        tessera_session session;
        tessera_function functions[\(max(functions.count, 1))];
      } \(prefix);

      /* Ends the use of a model. */
      static inline void \(prefix)_close(\(prefix) *model) {
        for (size_t i = 0; i < \(functions.count); i++) tessera_function_release(model->functions[i]);
        tessera_session_release(model->session);
        tessera_module_release(model->module);
        memset(model, 0, sizeof *model);
      }

      /* Makes a model ready; it copies the module once. Whoever succeeds closes it. */
      static inline tessera_code \(prefix)_open(\(prefix) *model) {
        static const char *const names[] = {\(functions.map { CNames.string($0.name) }.joined(separator: ", "))};
        memset(model, 0, sizeof *model);
        tessera_code code = tessera_check_abi(TESSERA_ABI_VERSION);
        if (!code) code = tessera_module_load_bytes(\(prefix)_module, (size_t)\(prefix)_module_size, &model->module);
        if (!code) code = tessera_session_create(model->module, NULL, 0, &model->session);
        for (size_t i = 0; i < \(functions.count) && !code; i++) code = tessera_module_function(model->module, names[i], &model->functions[i]);
        if (code) \(prefix)_close(model);
        return code;
      }
      \(zip(functions, names).enumerated().map { text(of: $1.0, as: $1.1, number: $0) }.joined())
      #ifdef __cplusplus
      }
      #endif

      #endif

      """
  }

  /// A function of the module as one of C.
  private func text(of function: FunctionDescription, as name: String, number: Int) -> String {
    var call = CCall()
    for (index, input) in function.inputs.enumerated() { call.add(input: input, index) }
    for (index, output) in function.outputs.enumerated() { call.add(output: output, index) }
    let parameters = (["\(prefix) *model"] + call.sizes.map { "int64_t \($0)" } + call.parameters).joined(separator: ", ")
    let inputCount = function.inputs.count, outputCount = function.outputs.count
    var lines =
      [
        "", "/* \(CNames.comment(function.signature))",
      ] + call.comments.map { " * \($0)" } + [
        " */",
        "static inline tessera_code \(prefix)_\(name)(\(parameters)) {",
      ]
    lines += ["  tessera_input inputs[\(max(inputCount, 1))];", "  tessera_output outputs[\(max(outputCount, 1))];"]
    lines += ["  memset(inputs, 0, sizeof inputs);", "  memset(outputs, 0, sizeof outputs);"] + call.statements.map { "  " + $0 }
    if call.results.isEmpty {
      lines.append(
        "  return tessera_session_call(model->session, model->functions[\(number)], inputs, \(inputCount), outputs, \(outputCount));")
    } else {
      lines.append(
        "  tessera_code code = tessera_session_call(model->session, model->functions[\(number)], inputs, \(inputCount), outputs, \(outputCount));"
      )
      lines += call.results.map { "  if (!code) \($0)" } + ["  return code;"]
    }
    return (lines + ["}", ""]).joined(separator: "\n")
  }
}

/// The parameters and statements of a function.
private struct CCall {
  /// The parameters of sizes, and the others.
  var sizes: [String] = []
  var parameters: [String] = []
  /// What stands before the call, and what behind it.
  var statements: [String] = []
  var results: [String] = []
  var comments: [String] = []
  private var used: Set<String> = ["model", "inputs", "outputs", "code"]
  /// The parameters of sizes by their symbols.
  private var symbols: [String: String] = [:]

  /// Adds an input: an array whose sizes are parameters, or a value.
  mutating func add(input: TensorInfo, _ index: Int) {
    let name = CNames.unique(CNames.identifier(input.name.isEmpty ? "input\(index)" : input.name), &used)
    guard input.containers.isEmpty, let extents = input.extents, let type = CNames.type(of: input.elementType) else {
      parameters.append("tessera_value \(name)")
      statements.append("inputs[\(index)].value = \(name);")
      return
    }
    var sizes: [String] = []
    for (axis, extent) in extents.enumerated() {
      switch extent {
      case .fixed(let size): sizes.append("\(size)")
      case .symbolic(let symbol):
        if let known = symbols[symbol] { sizes.append(known); continue }
        let isAny = symbol == "?" || symbol.isEmpty
        let parameter = CNames.unique(isAny ? "\(name)_size\(axis)" : CNames.identifier(symbol), &used)
        if !isAny { symbols[symbol] = parameter }
        self.sizes.append(parameter)
        sizes.append(parameter)
      }
    }
    parameters.append("const \(type.name) *\(name)")
    comments.append("\(name): \(CNames.comment(input.typeText))")
    let place = CNames.unique("\(name)_extents", &used)
    statements += [
      "const int64_t \(place)[] = {\(sizes.isEmpty ? "0" : sizes.joined(separator: ", "))};",
      "inputs[\(index)].type = \(input.elementType.rawValue); /* \(input.elementType.name) */", "inputs[\(index)].rank = \(sizes.count);",
      "inputs[\(index)].extents = \(place);", "inputs[\(index)].data = \(name);",
      "inputs[\(index)].byte_count = \(byteCount(sizes, type));",
    ]
  }

  /// Adds an output: an array where inputs say all sizes, else a new value.
  mutating func add(output: TensorInfo, _ index: Int) {
    let name = CNames.unique(CNames.identifier(output.name.isEmpty ? "output\(index)" : output.name), &used)
    let sizes = output.extents?.map { extent -> String? in
      switch extent {
      case .fixed(let size): "\(size)"
      case .symbolic(let symbol): symbols[symbol]
      }
    }
    guard output.containers.isEmpty, let type = CNames.type(of: output.elementType), let sizes, !sizes.contains(nil) else {
      parameters.append("tessera_value *\(name)")
      comments.append("\(name): a new value, \(CNames.comment(output.typeText)), for the caller to release")
      results.append("*\(name) = outputs[\(index)].value;")
      return
    }
    parameters.append("\(type.name) *\(name)")
    comments.append("\(name): memory for \(CNames.comment(output.typeText))")
    // Without memory there is room for nothing, which is an error, and no value.
    statements += [
      "outputs[\(index)].data = \(name) ? (void *)\(name) : (void *)outputs;",
      "outputs[\(index)].byte_count = \(name) ? \(byteCount(sizes.compactMap { $0 }, type)) : 0;",
    ]
  }

  /// The bytes of an array, in unsigned numbers: what is too large is seen by the library.
  private func byteCount(_ sizes: [String], _ type: (name: String, count: Int)) -> String {
    ((type.count == 1 ? [] : ["\(type.count)"]) + ["sizeof(\(type.name))"] + sizes.map { "(size_t)\($0)" }).joined(separator: " * ")
  }
}
