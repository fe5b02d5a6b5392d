"""Cases of resizing, sampling and pooling of images."""

import numpy as np

from case import Case, const

MODES = ("half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel", "half_pixel_symmetric")


def resizing():
    image = ("f32", (1, 2, 9, 11))
    sizes = {"up": [1, 2, 14, 13], "down": [1, 2, 4, 5]}
    for coordinates in MODES:
        for name, size in sizes.items():
            attributes = {"mode": "cubic", "coordinate_transformation_mode": coordinates}
            # ONNX Runtime's cubic mode does not know this one.
            reference = "onnx" if coordinates == "half_pixel_symmetric" else "onnxruntime"
            yield Case(f"Resize-cubic-{coordinates}-{name}", "Resize", [image, None, None, const(size)], attributes, tolerance=1e-4, reference=reference)
        yield Case(f"Resize-linear-{coordinates}-uneven", "Resize", [image, None, const([1, 1, 1.3, 0.7], "f32")], {"mode": "linear", "coordinate_transformation_mode": coordinates}, opset=19)
    for a in (-0.5, -0.75):
        yield Case(f"Resize-cubic-excluding{a}", "Resize", [image, None, const([1, 1, 1.5, 0.8], "f32")],
                   {"mode": "cubic", "cubic_coeff_a": a, "exclude_outside": 1}, tolerance=1e-4)
    for mode in ("linear", "cubic"):
        for name, size in sizes.items():
            attributes = {"mode": mode, "antialias": 1}
            yield Case(f"Resize-antialias-{mode}-{name}", "Resize", [image, None, None, const(size)], attributes, opset=19, tolerance=1e-4)
            yield Case(f"Resize-antialias-{mode}-{name}-computed", "Resize", [image, None, None, np.array(size)], attributes, opset=19, tolerance=1e-4)
        yield Case(f"Resize-antialias-{mode}-excluding", "Resize", [image, None, None, const(sizes["down"])], {"mode": mode, "antialias": 1, "exclude_outside": 1}, opset=19,
                   tolerance=1e-4, reference="onnx")
    for mode in ("nearest", "linear", "cubic"):
        yield Case(f"Resize-{mode}-scales-computed", "Resize", [image, None, np.array([1, 1, 1.5, 0.6], np.float32)], {"mode": mode}, tolerance=1e-4)
        yield Case(f"Resize-{mode}-sizes-computed", "Resize", [image, None, None, np.array([1, 2, 7, 20])], {"mode": mode}, tolerance=1e-4)
        yield Case(f"Resize-{mode}-open", "Resize", [("f32", (-1, 2, -9, -11)), None, const([1, 1, 1.5, 0.6], "f32")], {"mode": mode}, tolerance=1e-4)
        yield Case(f"Resize-{mode}-axes", "Resize", [image, None, None, const([20, 7])], {"mode": mode, "axes": [3, 2]}, opset=19, tolerance=1e-4)
        yield Case(f"Resize-{mode}-f64", "Resize", [("f64", (1, 2, 9, 11)), None, None, const([1, 2, 7, 20])], {"mode": mode}, reference="onnx")
    for policy in ("not_larger", "not_smaller"):
        for size in ([7, 20], [13, 5]):
            attributes = {"mode": "nearest", "axes": [2, 3], "keep_aspect_ratio_policy": policy}
            yield Case(f"Resize-{policy}-{size[0]}", "Resize", [image, None, None, const(size)], attributes, opset=19)
            yield Case(f"Resize-{policy}-{size[0]}-computed", "Resize", [image, None, None, np.array(size)], attributes, opset=19)
    for mode in ("nearest", "linear", "cubic"):
        for name, region in (("inside", [0, 0, 0.2, 0.1, 1, 1, 0.8, 0.7]), ("outside", [0, 0, -0.23, 0.4, 1, 1, 0.8, 1.3])):
            attributes = {"mode": mode, "coordinate_transformation_mode": "tf_crop_and_resize", "extrapolation_value": 9.5}
            size = const([1, 2, 6, 5])
            reference = "onnx" if mode == "cubic" else "onnxruntime"
            yield Case(f"Resize-crop-{mode}-{name}", "Resize", [image, const(region, "f32"), None, size], attributes, tolerance=1e-4, reference=reference)
            yield Case(f"Resize-crop-{mode}-{name}-computed", "Resize", [image, np.array(region, np.float32), None, size], attributes, tolerance=1e-4, reference=reference)
    # Elements that are only moved keep all their digits.
    attributes = {"mode": "nearest", "coordinate_transformation_mode": "tf_crop_and_resize", "extrapolation_value": 9.0}
    yield Case("Resize-crop-nearest-i32", "Resize", [("i32", (1, 2, 9, 11), 1 << 24, 1 << 30), const([0, 0, -0.23, 0.4, 1, 1, 0.8, 1.3], "f32"), None,
               const([1, 2, 6, 5])], attributes)
    yield Case("Resize-10", "Resize", [image, const([1, 1, 1.5, 0.6], "f32")], opset=10)
    yield Case("Upsample-computed", "Upsample", [image, np.array([1, 1, 2, 3], np.float32)], opset=9)


def sampling():
    image, grid = ("f32", (2, 3, 5, 7)), ("f32", (2, 4, 6, 2), -1.4, 1.4)
    for padding in ("zeros", "border", "reflection"):
        for align in (0, 1):
            yield Case(f"GridSample-cubic-{padding}-{align}", "GridSample", [image, grid], {"mode": "bicubic", "padding_mode": padding, "align_corners": align}, opset=16, tolerance=1e-4)
    for align in (0, 1):
        yield Case(f"AffineGrid-2-{align}", "AffineGrid", [("f32", (-3, 2, 3)), const([3, 4, 5, 7])], {"align_corners": align}, reference="onnx")
        yield Case(f"AffineGrid-3-{align}", "AffineGrid", [("f32", (2, 3, 4)), np.array([2, 4, 5, 7, 6])], {"align_corners": align}, reference="onnx")
    for name, shape, axes in (("crop", [5, 3], [1, 2]), ("pad", [10, 14], [1, 2]), ("both", [4, 13], [1, -1]), ("all", [2, 8, 8], None)):
        attributes = {"axes": axes} if axes else {}
        yield Case(f"CenterCropPad-{name}", "CenterCropPad", [("f32", (3, 7, 9)), const(shape)], attributes, opset=18)
        yield Case(f"CenterCropPad-{name}-dynamic", "CenterCropPad", [("f32", (-3, -7, -9)), np.array(shape)], attributes, opset=18)
    yield Case("Col2Im", "Col2Im", [("f32", (2, 12, 12)), const([5, 4]), const([2, 2])], opset=18)
    yield Case("Col2Im-overlapping", "Col2Im", [("f32", (2, 18, 16)), const([5, 5]), const([3, 3])], {"pads": [0, 1, 1, 0], "strides": [1, 1]}, opset=18)
    yield Case("Col2Im-strided", "Col2Im", [("f32", (1, 8, 6)), np.array([6, 7]), np.array([2, 2])], {"strides": [2, 3]}, opset=18)
    yield Case("Col2Im-dilated", "Col2Im", [("f32", (1, 4, 15)), const([6, 7]), const([2, 2])], {"dilations": [3, 2]}, opset=18)
    yield Case("Col2Im-3", "Col2Im", [("f32", (-1, 16, 24)), const([3, 4, 5]), const([2, 2, 2])], opset=18)


def regions():
    image = ("f32", (2, 3, 11, 13))
    boxes = np.array([[0, 0, 9, 7], [2.3, 1.1, 6.7, 12.9], [5, 5, 5.5, 5.2], [-3, 2, 30, 20]], np.float32)
    batches = np.array([0, 1, 1, 0])
    for mode in ("avg", "max"):
        for ratio in (0, 2):
            for half in ("half_pixel", "output_half_pixel"):
                attributes = {"mode": mode, "sampling_ratio": ratio, "coordinate_transformation_mode": half, "output_height": 3, "output_width": 4, "spatial_scale": 0.8}
                yield Case(f"RoiAlign-{mode}-{ratio}-{half}", "RoiAlign", [image, boxes, batches], attributes, opset=16, tolerance=1e-4, reference="onnx")
    yield Case("RoiAlign-old", "RoiAlign", [image, boxes, batches], {"output_height": 2, "output_width": 2, "sampling_ratio": 2}, opset=10, tolerance=1e-4)
    pooled = np.concatenate([batches[:, None].astype(np.float32), boxes.round()], axis=1)
    for scale in (1.0, 0.5):
        yield Case(f"MaxRoiPool-{scale}", "MaxRoiPool", [image, pooled], {"pooled_shape": [3, 2], "spatial_scale": scale})


def deformable():
    def case(name, shape, filters, kernel, outputs, attributes, groups=1, parts=1, mask=False, bias=False):
        taps = kernel[0] * kernel[1]
        operands = [("f32", shape), ("f32", (filters, shape[1] // groups) + kernel), ("f32", (shape[0], parts * taps * 2) + outputs, -1.5, 1.5)]
        operands += [("f32", (filters,)) if bias else None, ("f32", (shape[0], parts * taps) + outputs, 0, 1) if mask else None]
        return Case(f"DeformConv-{name}", "DeformConv", operands, attributes | {"group": groups, "offset_group": parts}, opset=19, tolerance=1e-4, reference="onnx")

    yield case("plain", (2, 3, 6, 7), 5, (3, 3), (4, 5), {})
    yield case("padded", (1, 4, 6, 7), 6, (3, 2), (6, 8), {"pads": [1, 1, 1, 1]}, groups=2, mask=True, bias=True)
    yield case("strided", (1, 4, 9, 8), 4, (2, 2), (4, 3), {"strides": [2, 2], "dilations": [1, 2]}, parts=2, mask=True)


images = (resizing, sampling, regions, deformable)
