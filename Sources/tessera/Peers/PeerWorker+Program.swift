extension PeerWorker {
  /// The program of the worker. It runs in the user's Python, and needs NumPy, onnx and the peer.
  static let program = #"""
    import json, os, sys, time

    # What packages print must not come between the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)


    class OnnxRuntime:
        def __init__(self):
            import numpy, onnxruntime
            self.numpy, self.library = numpy, onnxruntime
            self.version = onnxruntime.__version__

        def load(self, model, values, threads, plain):
            options = self.library.SessionOptions()
            options.log_severity_level = 3
            options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
            level = self.library.GraphOptimizationLevel
            options.graph_optimization_level = level.ORT_DISABLE_ALL if plain else level.ORT_ENABLE_ALL
            self.session = None
            if values:
                import onnx
                proto = onnx.load(model, load_external_data=False)
                known = {output.name for output in proto.graph.output}
                proto.graph.output.extend(onnx.ValueInfoProto(name=name) for name in values if name not in known)
                options.add_session_config_entry("session.model_external_initializers_file_folder_path", os.path.dirname(os.path.abspath(model)))
                model = proto.SerializeToString()
            self.session = self.library.InferenceSession(model, options, providers=["CPUExecutionProvider"])

        def inputs(self, file):
            wanted = {entry.name for entry in self.session.get_inputs()} | {entry.name for entry in self.session.get_overridable_initializers()}
            with self.numpy.load(file) as arrays:
                self.feeds = {name: arrays[name] for name in arrays.files}
            for name in self.feeds.keys() - wanted:
                raise ValueError(f"the model has no input '{name}'")

        def compute(self, file):
            names = [entry.name for entry in self.session.get_outputs()]
            arrays = {}
            for number, value in enumerate(self.session.run(None, self.feeds)):
                if isinstance(value, self.numpy.ndarray) and value.dtype.kind in "biufc":
                    arrays[str(number)] = value
            self.numpy.savez(file, **arrays)
            return {"names": names}

        def measure(self, ns, warmup):
            run, feeds, clock, times = self.session.run, self.feeds, time.perf_counter_ns, []
            end = clock() + warmup
            while clock() < end:
                run(None, feeds)
            start = now = clock()
            while len(times) < 3 or now - start < ns:
                run(None, feeds)
                times.append(clock() - now)
                now += times[-1]
            return {"ns": times}


    peer = None
    for line in sys.stdin:
        request = json.loads(line)
        action = request.pop("do")
        try:
            if action == "start":
                peer = {"onnxruntime": OnnxRuntime}[request["peer"]]()
                answer = {"version": peer.version}
            else:
                answer = getattr(peer, action)(**request) or {}
        except Exception as error:
            answer = {"error": " ".join(str(error).split()) or type(error).__name__}
        print(json.dumps(answer), file=answers, flush=True)
    """#
}
