#!/usr/bin/env python3
"""Prints the coefficients of the polynomials in Sources/TargetCPU/Math.

Each is a minimax fit of the relative error (or a weighted one) by Lawson's iteration in 60 digits; the low-order coefficients
are rounded to float32 one after the other, and the rest is fitted again, so that rounding costs nothing where it matters most.
Needs mpmath. Run: python3 Scripts/minimax.py [name ...]
"""
import struct
import sys

from mpmath import mp, mpf

mp.dps = 60


def f32(x):
    """x rounded to float32."""
    return mpf(struct.unpack("f", struct.pack("f", float(x)))[0])


def nodes(a, b, count):
    """Chebyshev nodes of [a, b]."""
    return [(a + b) / 2 + (b - a) / 2 * mp.cos(mp.pi * (2 * i + 1) / (2 * count)) for i in range(count)]


def lawson(rows, targets, weights, rounds):
    """Minimizes max |weights * (rows . c - targets)|; returns c and that maximum."""
    n = len(rows[0])
    scaled = [[w * r for r in row] for w, row in zip(weights, rows)]
    goals = [w * t for w, t in zip(weights, targets)]
    lam = [mpf(1)] * len(rows)
    best, best_error = None, None
    for _ in range(rounds):
        a = mp.matrix(n, n)
        b = mp.matrix(n, 1)
        for l, row, goal in zip(lam, scaled, goals):
            for i in range(n):
                li = l * row[i]
                b[i] += li * goal
                for j in range(i, n):
                    a[i, j] += li * row[j]
        for i in range(n):
            for j in range(i):
                a[i, j] = a[j, i]
        c = mp.lu_solve(a, b)
        errors = [abs(mp.fdot(row, c) - g) for row, g in zip(scaled, goals)]
        worst = max(errors)
        if best is None or worst < best_error:
            best, best_error = [c[i] for i in range(n)], worst
        lam = [l * (e + worst / 1000) for l, e in zip(lam, errors)]
        total = sum(lam)
        lam = [l / total * len(lam) for l in lam]
    return best, best_error


def polynomial(f, a, b, degree, weight=lambda x: mpf(1), fixed=(), single=True, count=100, rounds=25):
    """Coefficients c with sum c[i] x^i near f on [a, b]; `fixed` gives the first ones."""
    xs = nodes(mpf(a), mpf(b), count)
    known = [mpf(c) for c in fixed]
    error = None
    while len(known) <= degree:
        k = len(known)
        rows = [[x ** i for i in range(k, degree + 1)] for x in xs]
        targets = [f(x) - sum(c * x ** i for i, c in enumerate(known)) for x in xs]
        rest, error = lawson(rows, targets, [weight(x) for x in xs], rounds if k == len(fixed) else 8)
        if not single:
            return known + rest, error
        known.append(f32(rest[0]))
    return known, error


def show(name, coefficients, error, single=True):
    text = ", ".join(mp.nstr(f32(c) if single else c, 10 if single else 18, strip_zeros=False) for c in coefficients)
    print(f"{name}: error 2^{mp.nstr(mp.log(error, 2), 4)}\n  [{text}]", flush=True)


half_ln2 = mp.log(2) / 2 * mpf("1.0005")
sq = mp.sqrt
FITS = {
    # exp(r) = 1 + r + r^2 P(r)
    "exp": lambda: polynomial(lambda r: (mp.exp(r) - 1 - r) / r ** 2, -half_ln2, half_ln2, 4, lambda r: r ** 2 / mp.exp(r)),
    # exp2(r) = 1 + r P(r)
    "exp2": lambda: polynomial(lambda r: (mpf(2) ** r - 1) / r, "-0.5001", "0.5001", 5, lambda r: abs(r) / mpf(2) ** r),
    # expm1(r) = r + r^2 P(r)
    "expm1": lambda: polynomial(lambda r: (mp.expm1(r) - r) / r ** 2, -half_ln2, half_ln2, 5, lambda r: abs(r)),
    # log(1 + f) = f + f^2 P(f)
    "log": lambda: polynomial(lambda f: (mp.log1p(f) - f) / f ** 2, sq(mpf("0.5")) - 1, sq(mpf(2)) - 1, 8, lambda f: abs(f), fixed=[-0.5]),
    # sin(r) = r + r^3 P(r^2), cos(r) = 1 - r^2/2 + r^4 P(r^2)
    "sin": lambda: polynomial(lambda u: (mp.sin(sq(u)) - sq(u)) / sq(u) ** 3, 0, (mp.pi / 4) ** 2 * mpf("1.0001"), 3, lambda u: u),
    "cos": lambda: polynomial(lambda u: (mp.cos(sq(u)) - 1 + u / 2) / u ** 2, 0, (mp.pi / 4) ** 2 * mpf("1.0001"), 2, lambda u: u ** 2),
    # asin(s) = s + s^3 P(s^2) on [0, 1/2]
    "asin": lambda: polynomial(lambda u: (mp.asin(sq(u)) - sq(u)) / sq(u) ** 3, 0, "0.25", 4, lambda u: u),
    # atan(s) = s + s^3 P(s^2) on [0, 1]
    "atan": lambda: polynomial(lambda u: (mp.atan(sq(u)) - sq(u)) / sq(u) ** 3, 0, 1, 8, lambda u: u),
    # sinh(s) = s + s^3 P(s^2) on [0, 1]
    "sinh": lambda: polynomial(lambda u: (mp.sinh(sq(u)) - sq(u)) / sq(u) ** 3, 0, 1, 3, lambda u: u),
    # tanh(s) = s + s^3 P(s^2) on [0, 0.55]
    "tanh": lambda: polynomial(lambda u: (mp.tanh(sq(u)) - sq(u)) / sq(u) ** 3, 0, mpf("0.551") ** 2, 4, lambda u: u),
    # erf(s) = s + s P(s^2) on [0, 1]
    "erf": lambda: polynomial(lambda u: mp.erf(sq(u)) / sq(u) - 1, 0, 1, 6, lambda u: mpf(1)),
    # erf(x) = 1 - 2^P(x) on [1, 3.93]
    "erf tail": lambda: polynomial(lambda x: mp.log(mp.erfc(x), 2), 1, "3.93", 7, lambda x: mp.erfc(x)),
    "erf tail 6": lambda: polynomial(lambda x: mp.log(mp.erfc(x), 2), 1, "3.93", 6, lambda x: mp.erfc(x)),
    # 2^r = 1 + r P(r), short
    "exp2 short": lambda: polynomial(lambda r: (mpf(2) ** r - 1) / r, "-0.5001", "0.5001", 4, lambda r: abs(r) / mpf(2) ** r),
    # exp(x^2) erfc(x) = (1 + 2x)^-1 P(t), t = (x - 2) / (x + 2), x on [0, 10.1]
    "erfc": lambda: polynomial(
        lambda t: mp.exp((2 * (1 + t) / (1 - t)) ** 2) * mp.erfc(2 * (1 + t) / (1 - t)) * (1 + 2 * (2 * (1 + t) / (1 - t))),
        -1, mpf("8.1") / mpf("12.1"), 9, lambda t: 1 / (mp.exp((2 * (1 + t) / (1 - t)) ** 2) * mp.erfc(2 * (1 + t) / (1 - t)) * (1 + 2 * (2 * (1 + t) / (1 - t))))),
    # log2((1 + s) / (1 - s)) = s P(s^2), in double
    "log2d": lambda: polynomial(
        lambda u: mp.log((1 + sq(u)) / (1 - sq(u)), 2) / sq(u), 0, mpf("0.02945"), 5, lambda u: 1 / (mp.log((1 + sq(u)) / (1 - sq(u)), 2) / sq(u)), single=False),
    # exp2(r) = P(r), in double
    "exp2d": lambda: polynomial(lambda r: mpf(2) ** r, "-0.5001", "0.5001", 7, lambda r: mpf(2) ** -r, single=False),
}


def chunks(value, bits, count):
    """`value` in pieces of `bits` bits: exact doubles."""
    out = []
    for i in range(count):
        scale = mpf(2) ** (bits * (i + 1))
        piece = mp.floor(value * scale) / scale
        out.append(piece)
        value -= piece
    return out


if __name__ == "__main__":
    wanted = sys.argv[1:]
    for name, fit in FITS.items():
        if wanted and name not in wanted:
            continue
        show(name, *fit(), single=not name.endswith("d"))
    if not wanted or "turns" in wanted:
        mp.dps = 120
        print("1/(2 pi), 28 bits each:", [float(c).hex() for c in chunks(1 / (2 * mp.pi), 28, 8)])
