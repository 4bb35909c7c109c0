"""Numbers that come from integers alone (the generator of test/portable-weights.ts), so that a test makes them again."""
import zlib

import numpy as np


def mix(x):
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x7FEB352D)
    x ^= x >> np.uint32(15)
    x *= np.uint32(0x846CA68B)
    x ^= x >> np.uint32(16)
    return x


def bits(seed, name, n, lane):
    base = (seed * 0x9E3779B9 + lane) & 0xFFFFFFFF
    x = mix(np.arange(n, dtype=np.uint32) * np.uint32(4) + np.uint32(base))
    x ^= np.uint32(zlib.crc32(name.encode()) & 0xFFFFFFFF)
    return mix(x)


def normal(seed, name, n, std):
    a, b = bits(seed, name, n, 0), bits(seed, name, n, 1)
    s = (a & 0xFFFF).astype(np.int64) + (a >> 16) + (b & 0xFFFF) + (b >> 16)
    return ((s - 131070).astype(np.float64) * (std * 2.6429055e-05)).astype(np.float32)


def uniform(seed, name, n, lo, hi):
    return (lo + bits(seed, name, n, 2).astype(np.float64) * ((hi - lo) / 4294967296.0)).astype(np.float32)
