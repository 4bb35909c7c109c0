"""Makes pillow.json: what Pillow does to two small images, for operations.test.ts. Run: python make.py (Pillow 13.0.0)."""
import base64, json, os, random
import PIL
from PIL import Image, ImageEnhance, ImageOps

random.seed(20)


def picture(width, height, channels):
    """A gradient with noise, a dark and a bright patch: every tone, and none of them evenly."""
    data = bytearray()
    for y in range(height):
        for x in range(width):
            for c in range(channels):
                v = 40 + 150 * (x * (c + 1) % width) / width + 30 * y / height + random.uniform(-12, 12)
                if 3 <= x < 8 and 4 <= y < 9:
                    v = 15 + 3 * c
                data.append(max(0, min(255, int(v))))
    return Image.frombytes("RGB" if channels == 3 else "L", (width, height), bytes(data))


def affine(matrix):
    return lambda im: im.transform(im.size, Image.Transform.AFFINE, matrix, Image.Resampling.NEAREST, fillcolor=fill(im))


def fill(im):
    return (128, 128, 128) if im.mode == "RGB" else 128


def solarize_add(addition):
    return lambda im: im.point([min(255, v + addition) if v < 128 else v for v in range(256)] * len(im.getbands()))


CASES = [("autoContrast", None, ImageOps.autocontrast), ("equalize", None, ImageOps.equalize), ("invert", None, ImageOps.invert)]
CASES += [("posterize", b, lambda im, b=b: ImageOps.posterize(im, b)) for b in (1, 2, 4, 8)]
CASES += [("solarize", t, lambda im, t=t: ImageOps.solarize(im, t)) for t in (0, 77, 128, 256)]
CASES += [("solarizeAdd", a, solarize_add(a)) for a in (0, 33, 110)]
for name, enhancer in [("color", ImageEnhance.Color), ("contrast", ImageEnhance.Contrast), ("brightness", ImageEnhance.Brightness), ("sharpness", ImageEnhance.Sharpness)]:
    CASES += [(name, f, lambda im, e=enhancer, f=f: e(im).enhance(f)) for f in (0.0, 0.1, 0.46, 1.0, 1.36, 1.9)]
CASES += [("rotate", d, lambda im, d=d: im.rotate(d, Image.Resampling.NEAREST, fillcolor=fill(im))) for d in (-30, -7.5, 3, 18, 30)]
CASES += [("shearX", s, affine((1, s, 0, 0, 1, 0))) for s in (-0.3, 0.12, 0.27)]
CASES += [("shearY", s, affine((1, 0, 0, s, 1, 0))) for s in (-0.3, 0.12, 0.27)]
CASES += [("translateX", p, affine((1, 0, p, 0, 1, 0))) for p in (-5, 2.3, 9)]
CASES += [("translateY", p, affine((1, 0, 0, 0, 1, p))) for p in (-5, 2.3, 9)]

images = [picture(23, 17, 3), picture(19, 24, 1)]
encode = lambda im: base64.b64encode(im.tobytes()).decode()
golden = {
    "pillow": PIL.__version__,
    "images": [
        {
            "width": im.width,
            "height": im.height,
            "channels": len(im.getbands()),
            "data": encode(im),
            "results": [{"operation": n, "argument": a, "data": encode(f(im))} for n, a, f in CASES if not (im.mode == "L" and n == "color")],
        }
        for im in images
    ],
}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "pillow.json"), "w") as out:
    json.dump(golden, out, indent=1)
    out.write("\n")
