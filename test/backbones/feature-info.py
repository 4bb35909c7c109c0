"""Writes feature-info.json: the channels and reductions of timm's feature extractors (timm, torch).

    python test/backbones/feature-info.py > test/backbones/feature-info.json
"""
import json
import timm

names = '''efficientnet_b0 efficientnet_b3 efficientnet_lite0 tf_efficientnetv2_s mobilenetv2_100 mobilenetv3_large_100
mobilenetv3_small_100 mnasnet_100 semnasnet_100 tinynet_a resnet18 resnet50 seresnet50 repvgg_a0 mobilenetv1_100
mobileone_s0'''.split()
info = {}
for name in names:
    model = timm.create_model(name, features_only=True)
    info[name] = {'channels': model.feature_info.channels(), 'reduction': model.feature_info.reduction()}
print(json.dumps({'timm': timm.__version__, 'models': info}, indent=1))
