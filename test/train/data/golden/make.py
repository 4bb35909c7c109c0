"""Makes resize.json: small images resized by Pillow, for resample.test.ts. Run: python make.py (Pillow 13.0.0)."""
import base64, json, os, random
import PIL
from PIL import Image

random.seed(7)


def encode(im):
    return {"width": im.width, "height": im.height, "data": base64.b64encode(im.tobytes()).decode()}


cases = []
for mode, channels in (("L", 1), ("RGB", 3)):
    for width, height in ((28, 28), (11, 7)):
        values = bytes(min(255, max(0, int(random.gauss(128, 90)))) for _ in range(width * height * channels))
        image = Image.frombytes(mode, (width, height), values)
        for size in ((32, 32), (28, 14), (5, 40), (1, 1)):
            result = image.resize(size, Image.Resampling.BICUBIC)
            cases.append({"channels": channels, "from": encode(image), "to": encode(result)})

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "resize.json"), "w") as out:
    json.dump({"pillow": PIL.__version__, "cases": cases}, out, indent=1)
    out.write("\n")
