"""Makes levels.json: timm's policy v0 and what its levels mean, for policies.test.ts.

Run: python make_levels.py PATH/TO/timm/data/auto_augment.py (timm 1.0.31; the file needs Pillow alone).
"""
import importlib.util, json, os, sys

spec = importlib.util.spec_from_file_location("auto_augment", sys.argv[1])
timm = importlib.util.module_from_spec(spec)
spec.loader.exec_module(timm)

NAMES = {"TranslateYRel": "TranslateY"}
policy = [[[NAMES.get(op.name, op.name), op.prob, op.magnitude] for op in row] for row in timm.auto_augment_policy_v0({})]
levels = {}
for name in ["Rotate", "Posterize", "Solarize", "SolarizeAdd", "Color", "Contrast", "Brightness", "Sharpness", "ShearX", "ShearY", "TranslateX", "TranslateY"]:
    rule = timm.LEVEL_TO_ARG[name]
    levels[name] = [abs(rule(level, {"translate_const": 250})[0]) for level in range(11)]
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "levels.json"), "w") as out:
    json.dump({"policy": policy, "levels": levels}, out)
    out.write("\n")
