"""Recognizes handwritten digits: digits.py MODULE SAMPLES, where SAMPLES is a .npy file of f32[n, 1, 8, 8]."""
import sys

import numpy as np
import tessera

model = tessera.load(sys.argv[1])
for probabilities in model(np.load(sys.argv[2])):
    best = probabilities.argmax()
    print(f"{best} {100 * probabilities[best]:.1f}%")
