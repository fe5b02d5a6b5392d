"""Cases of Fourier transforms, windows and filters of spectra."""

import numpy as np

from case import TYPES, Case, const


def transforms():
    # One matrix, two and three factors, odd factors, a large prime (Bluestein), a power of two.
    for n in (1, 2, 7, 10, 64, 96, 127, 128, 131, 400, 1000, 4096, 4099):
        for parts in (1, 2):
            yield Case(f"DFT-{n}-{parts}", "DFT", [("f32", (3, n, parts))], {"axis": 1}, opset=17, tolerance=1e-3, reference="onnx")
    for n in (9, 10, 256, 139, 262):
        yield Case(f"DFT-inverse-{n}", "DFT", [("f32", (2, n, 2))], {"axis": 1, "inverse": 1}, opset=17, tolerance=1e-4, reference="onnx")
        yield Case(f"DFT-onesided-{n}", "DFT", [("f32", (2, n, 1))], {"axis": 1, "onesided": 1}, opset=17, tolerance=1e-4, reference="onnx")
        yield Case(f"DFT-real-{n}", "DFT", [("f32", (2, n // 2 + 1, 2)), const(n)], {"axis": 1, "inverse": 1, "onesided": 1}, opset=17, tolerance=1e-4, reference="onnx")
    for axis in (0, 1, 2, -2, -3):
        yield Case(f"DFT-axis-{axis}", "DFT", [("f32", (5, 12, 9, 2)), None, const(axis)], opset=20, tolerance=1e-4, reference="onnx")
        yield Case(f"DFT-axis-{axis}-computed", "DFT", [("f32", (5, 12, 9, 2)), None, np.array(axis)], opset=20, tolerance=1e-4, reference="onnx")
    for length in (5, 20):
        yield Case(f"DFT-length-{length}", "DFT", [("f32", (3, 11, 2)), const(length), const(1)], opset=20, tolerance=1e-4, reference="onnx")
        yield Case(f"DFT-length-{length}-computed", "DFT", [("f32", (3, 11, 1)), np.array(length), const(1)], opset=20, tolerance=1e-4, reference="onnx")
    for n in (1, 6, 16, 17, 100):
        yield Case(f"DFT-dynamic-{n}", "DFT", [("f32", (-3, -n, 4, 2))], {"axis": 1}, opset=17, tolerance=1e-4, reference="onnx")
    yield Case("DFT-dynamic-inverse", "DFT", [("f32", (-3, -21, 2))], {"axis": 1, "inverse": 1}, opset=17, tolerance=1e-4, reference="onnx")
    yield Case("DFT-dynamic-batch", "DFT", [("f32", (-3, 80, 1))], {"axis": 1, "onesided": 1}, opset=17, tolerance=1e-4, reference="onnx")
    yield Case("DFT-f64", "DFT", [("f64", (3, 90, 2))], {"axis": 1}, opset=17, tolerance=1e-11, reference="onnx")
    for name, window, length in (("plain", None, const(16)), ("window", ("f32", (20,), 0, 1), None), ("both", ("f32", (400,), 0, 1), const(400)), ("prime", None, const(131))):
        for onesided in (0, 1):
            yield Case(f"STFT-{name}-{onesided}", "STFT", [("f32", (2, 900, 1)), const(13), window, length], {"onesided": onesided}, opset=17, tolerance=1e-4, reference="onnx")
    yield Case("STFT-dynamic", "STFT", [("f32", (-2, -200, 1)), const(10), ("f32", (32,), 0, 1)], opset=17, tolerance=1e-4)
    yield Case("STFT-computed", "STFT", [("f32", (2, 200, 1)), np.array(10), ("f32", (-30,), 0, 1), np.array(30)], opset=17, tolerance=1e-4)
    yield Case("STFT-complex", "STFT", [("f32", (2, 200, 2)), const(10), ("f32", (32,), 0, 1)], {"onesided": 0}, opset=17, tolerance=1e-4, reference="onnx")


def windows():
    for op in ("HannWindow", "HammingWindow", "BlackmanWindow"):
        for periodic in (0, 1):
            yield Case(f"{op}-{periodic}", op, [const(37)], {"periodic": periodic}, opset=17)
            yield Case(f"{op}-{periodic}-computed", op, [np.array(12)], {"periodic": periodic}, opset=17)
        yield Case(f"{op}-f64", op, [const(37)], {"output_datatype": TYPES["f64"]}, opset=17, tolerance=1e-12, reference="onnx")
    for bins, length, rate, low, high in ((8, 16, 8192, 0.0, 4096.0), (40, 400, 16000, 20.0, 7600.0), (80, 512, 22050, 0.0, 8000.0)):
        numbers = [const(bins), const(length), const(rate), const(low, "f32"), const(high, "f32")]
        yield Case(f"MelWeightMatrix-{bins}", "MelWeightMatrix", numbers, opset=17, reference="onnx")
    yield Case("MelWeightMatrix-computed", "MelWeightMatrix", [np.array(8), np.array(16), np.array(8192), np.array(0.0, np.float32), np.array(8192 / 2, np.float32)], opset=17, reference="onnx")


signals = (transforms, windows)
