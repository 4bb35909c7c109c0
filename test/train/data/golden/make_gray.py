"""Makes gray.json: pictures of several kinds and what Pillow's convert("L") makes of them, for gray.test.ts.

Run: python make_gray.py (Pillow 13.0.0).
"""
import base64, io, json, os, random
import PIL
from PIL import Image, ImageCms

random.seed(11)
width, height = 17, 9
colour = Image.frombytes("RGB", (width, height), bytes(random.randrange(256) for _ in range(width * height * 3)))
plain = Image.new("RGB", (width, height), (200, 0, 0))
gray = colour.convert("L")
# an RGB profile that is far from sRGB: red and blue change places
profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
swapped = bytearray(profile)
for entry in range(int.from_bytes(profile[128:132], "big")):
    at = 132 + 12 * entry
    name = bytes(profile[at : at + 4])
    if name in (b"rXYZ", b"bXYZ"):
        swapped[at : at + 4] = b"bXYZ" if name == b"rXYZ" else b"rXYZ"

cases = []


def add(name, image, format, expected=None, **options):
    out = io.BytesIO()
    image.save(out, format, **options)
    # what is stored, which for a lossy format is not what was given
    stored = Image.open(io.BytesIO(out.getvalue())).convert("L") if expected is None else expected
    cases.append(
        {
            "name": name,
            "file": base64.b64encode(out.getvalue()).decode(),
            "gray": base64.b64encode(stored.tobytes()).decode(),
        }
    )


add("PNG", colour, "PNG")
add("PNG of one red", plain, "PNG")
add("PNG with another profile", colour, "PNG", icc_profile=bytes(swapped))
add("gray PNG", gray, "PNG")
add("PNG of black and white", gray.convert("1"), "PNG")
add("PNG with a palette", colour.quantize(64), "PNG")
add("PNG with alpha, opaque", colour.convert("RGBA"), "PNG")
add("gray PNG with alpha, opaque", gray.convert("LA"), "PNG")
# Pillow itself cuts 16 bits off at 255: what is meant are the upper eight
deep = Image.frombytes("I;16", (width, height), b"".join(v.to_bytes(1, "little") * 2 for v in gray.tobytes()))
add("gray PNG of 16 bits", deep, "PNG", expected=gray)
add("JPEG", colour, "JPEG", quality=95, subsampling=0)
add("gray JPEG", gray, "JPEG", quality=95)
add("WebP", colour, "WEBP", lossless=True)
add("TIFF", colour, "TIFF")
add("GIF", colour.quantize(64), "GIF")

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "gray.json"), "w") as out:
    json.dump({"pillow": PIL.__version__, "width": width, "height": height, "cases": cases}, out, indent=1)
    out.write("\n")
