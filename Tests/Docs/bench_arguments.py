#!/usr/bin/env python3
"""Reads arguments as `./dev bench` does, and measures nothing: for commands of documents, whose runs take an hour."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Benchmarks"))
from bench import arguments  # noqa: E402

if __name__ == "__main__":
    options, _ = arguments()
    print(f"kinds {options.kinds}, peers {options.peers}")
