"""Makes frames.json: pictures of several kinds as timm's transforms prepare them, for resample.test.ts.

Run: python make_frames.py PHOTOGRAPH (timm 1.0.31, torchvision 0.28, Pillow 13.0.0); frames.json is of scikit-image's coffee.png (CC0).
"""
import base64, io, json, os, sys
from PIL import Image, ImageOps
from timm.data import create_transform

photograph = Image.open(sys.argv[1]).convert("RGB").resize((101, 71), Image.Resampling.LANCZOS)
upright = Image.Exif()
upright[0x112] = 6
# name, what is saved, how, channels, width and height of the input, crop share, interpolation
kinds = [
    ("JPEG, chroma at half", photograph, {"format": "JPEG", "subsampling": 2}, 3, (48, 48), 0.875, "bicubic"),
    ("progressive JPEG", photograph, {"format": "JPEG", "progressive": True}, 3, (40, 40), 0.904, "bilinear"),
    ("CMYK JPEG", photograph.convert("CMYK"), {"format": "JPEG"}, 3, (33, 33), 1, "bicubic"),
    ("gray JPEG", photograph.convert("L"), {"format": "JPEG"}, 3, (48, 48), 0.9, "bicubic"),
    ("turned JPEG", photograph, {"format": "JPEG", "exif": upright}, 3, (48, 48), 0.875, "bicubic"),
    ("PNG, an input that is not square", photograph, {"format": "PNG"}, 3, (56, 32), 0.875, "bicubic"),
    ("WebP, enlarged", photograph, {"format": "WebP"}, 3, (72, 72), 0.95, "bilinear"),
    ("palette PNG, input of one channel", photograph.quantize(16), {"format": "PNG"}, 1, (48, 48), 0.875, "bicubic"),
]


def text(data):
    return base64.b64encode(data).decode()


photographs = []
for name, picture, how, channels, size, crop, interpolation in kinds:
    file = io.BytesIO()
    picture.save(file, quality=60, **how)
    opened = ImageOps.exif_transpose(Image.open(file)).convert("RGB" if channels == 3 else "L")
    plain = {"mean": (0.0,) * channels, "std": (1.0,) * channels}
    transform = create_transform((channels, *size[::-1]), crop_pct=crop, interpolation=interpolation, **plain)
    prepared = (transform(opened) * 255).round().byte().permute(1, 2, 0).contiguous().numpy().tobytes()
    photographs.append({
        "name": name, "channels": channels, "interpolation": interpolation, "crop": crop, "size": size,
        "file": text(file.getvalue()), "prepared": text(prepared),
    })

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "frames.json"), "w") as out:
    json.dump({"photographs": photographs}, out, indent=1)
    out.write("\n")
