"""Cases of complex numbers, detection, and custom operators; what LiteRT lacks is computed with NumPy."""

import struct

import numpy as np
from flatbuffers import flexbuffers

from case import Case, Tensor


def fourier_cases():
    for shape, lengths in (((2, 1, 16), (1, 16)), ((1, 8, 12), (8, 16)), ((3, 1, 20), (1, 32)), ((1, 1, 40), (1, 32))):
        x, spectrum = Tensor("f32", shape), Tensor("c64", shape[:-2] + (lengths[0], lengths[1] // 2 + 1))
        for name in ("COMPLEX_ABS", "REAL", "IMAG"):
            yield Case(
                f"RFFT2D-{'x'.join(map(str, shape))}-{lengths[1]}-{name}", "RFFT2D", [x, Tensor("i32", values=lengths)], [spectrum], ("Rfft2dOptions",),
                tolerance=1e-4, more=((name, [spectrum], [Tensor("f32", spectrum.shape)], ()),))


def suppression_cases():
    for count in (1, 9, 40):
        inputs = [
            Tensor("f32", (count, 4), low=0, high=9), Tensor("f32", (count,), low=0, high=1), Tensor("i32", values=7), Tensor("f32", values=0.3),
            Tensor("f32", values=0.25),
        ]
        yield Case(f"NON_MAX_SUPPRESSION_V4-{count}", "NON_MAX_SUPPRESSION_V4", inputs, [Tensor("i32"), Tensor("i32")], ("NonMaxSuppressionV4Options",))
        yield Case(
            f"NON_MAX_SUPPRESSION_V5-{count}", "NON_MAX_SUPPRESSION_V5", [*inputs, Tensor("f32", values=0.0)], [Tensor("i32"), Tensor("f32"), Tensor("i32")],
            ("NonMaxSuppressionV5Options",))
    for width in (3, 4):
        options = {
            "max_detections": 6, "max_classes_per_detection": 1, "detections_per_class": 10, "use_regular_nms": False, "nms_score_threshold": 0.3,
            "nms_iou_threshold": 0.4, "num_classes": 3, "y_scale": 10.0, "x_scale": 10.0, "h_scale": 5.0, "w_scale": 5.0,
        }
        generator = np.random.default_rng(4)
        anchors = np.concatenate([generator.uniform(0, 1, (20, 2)), generator.uniform(0.2, 0.5, (20, 2))], 1)
        yield Case(
            f"TFLite_Detection_PostProcess-{width}", "CUSTOM:TFLite_Detection_PostProcess",
            [Tensor("f32", (1, 20, 4), low=-2, high=2), Tensor("f32", (1, 20, width), low=0, high=1), Tensor("f32", values=anchors)],
            [Tensor("f32") for _ in range(4)], bytes(flexbuffers.Dumps(options)), tolerance=1e-5)


def transposed(x, weights, bias):
    """A transposed convolution whose windows of 2 x 2 do not overlap."""
    result = np.einsum("nhwc,fijc->nhiwjf", x, weights)
    n, h, _, w, _, f = result.shape
    return result.reshape(n, 2 * h, 2 * w, f) + bias


def transform_tensor(x, matrix, height, width):
    """Bilinear reading at the middles of elements moved by a matrix; 0 outside."""
    m = matrix[0].astype(np.float64)
    result = np.zeros((1, height, width, x.shape[3]))
    for row in range(height):
        for column in range(width):
            place = m[:2, 0] * (column + 0.5) + m[:2, 1] * (row + 0.5) + m[:2, 3] - 0.5
            if (place < 0).any() or place[0] > x.shape[2] - 1 or place[1] > x.shape[1] - 1:
                continue
            x0, y0 = np.floor(place).astype(int)
            x1, y1 = min(x0 + 1, x.shape[2] - 1), min(y0 + 1, x.shape[1] - 1)
            a, b = place - [x0, y0]
            result[0, row, column] = (1 - b) * ((1 - a) * x[0, y0, x0] + a * x[0, y0, x1]) + b * ((1 - a) * x[0, y1, x0] + a * x[0, y1, x1])
    return result.astype(np.float32)


def crop_matrix(points, options):
    """The matrix of a turned crop about a subset of points."""
    p = points[0].astype(np.float64)
    left, right = p[options["left_rotation_idx"]], p[options["right_rotation_idx"]]
    angle = options["target_rotation_radians"] - np.arctan2(right[1] - left[1], right[0] - left[0])
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    turned = p[options["subset_idxs"]][:, :2] @ turn.T
    least, greatest = turned.min(0), turned.max(0)
    sizes = np.array([options["output_width"], options["output_height"]])
    steps = (greatest - least) * [options["scale_x"], options["scale_y"]] / sizes
    result = np.eye(4)
    result[:2, :2] = turn.T @ np.diag(steps)
    result[:2, 3] = turn.T @ ((least + greatest) / 2) - result[:2, :2] @ (sizes / 2)
    return result[None].astype(np.float32)


def mediapipe_cases():
    generator = np.random.default_rng(5)
    weights, bias = generator.uniform(-1, 1, (3, 2, 2, 4)).astype(np.float32), generator.uniform(-1, 1, 3).astype(np.float32)
    for padding in (1, 2):
        yield Case(
            f"Convolution2DTransposeBias-{padding}", "CUSTOM:Convolution2DTransposeBias",
            [Tensor("f32", (1, 5, 3, 4)), Tensor("f32", values=weights), Tensor("f32", values=bias)], [Tensor("f32", (1, 10, 6, 3))],
            struct.pack("<iii", padding, 2, 2), tolerance=5e-5, expected=lambda x: [transposed(x, weights, bias)])
    matrix = np.array([[[0.8, -0.3, 0, 1.5], [0.2, 0.9, 0, 0.5], [0, 0, 1, 0], [0, 0, 0, 1]]], np.float32)
    for size in (2, 3):
        def landmarks(x, m, size=size):
            moved = np.stack([x[..., 0] * m[0, r, 0] + x[..., 1] * m[0, r, 1] + m[0, r, 3] for r in range(2)], -1)
            return [np.concatenate([moved, x[..., 2:]], -1)]

        yield Case(
            f"TransformLandmarks-{size}", "CUSTOM:TransformLandmarks", [Tensor("f32", (1, 11, size)), Tensor("f32", (1, 4, 4))],
            [Tensor("f32", (1, 11, size))], version=2, expected=landmarks)
    yield Case(
        "TransformTensorBilinear", "CUSTOM:TransformTensorBilinear", [Tensor("f32", (1, 9, 7, 3)), Tensor("f32", values=matrix)],
        [Tensor("f32", (1, 6, 8, 3))], bytes(flexbuffers.Dumps({"output_height": 6, "output_width": 8})), version=2, tolerance=1e-4,
        expected=lambda x: [transform_tensor(x, matrix, 6, 8)])
    options = {
        "left_rotation_idx": 2, "right_rotation_idx": 5, "target_rotation_radians": 0.25, "output_height": 16, "output_width": 12, "scale_x": 1.5,
        "scale_y": 1.25, "subset_idxs": [1, 4, 7, 9],
    }
    yield Case(
        "Landmarks2TransformMatrix", "CUSTOM:Landmarks2TransformMatrix", [Tensor("f32", (1, 11, 3))], [Tensor("f32", (1, 4, 4))],
        bytes(flexbuffers.Dumps(options)), version=2, tolerance=1e-4, expected=lambda x: [crop_matrix(x, options)])


def custom_cases():
    for family in (fourier_cases, suppression_cases, mediapipe_cases):
        yield from family()
