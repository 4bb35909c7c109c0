/** What `train.py` imports: torch, safetensors, Pillow, and the module next to it, with any stages. */
export const importsCode = (isStaged: boolean) => `import argparse
import base64
import copy
import hashlib
import heapq
import io
import json
import math
import os
import random
import re
import secrets
import signal
import socket
import struct
import sys
import threading
import time
import unicodedata
import zlib
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from contextlib import (
    AbstractContextManager,
    ExitStack,
    contextmanager,
    nullcontext,
    suppress,
)
from dataclasses import asdict, dataclass, field, fields
from itertools import count as count_from
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
import torch.nn.functional as F
from PIL import Image, ImageEnhance, ImageOps, UnidentifiedImageError
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import FSDPModule, fully_shard
${isStaged ? pipelining : ''}from torch.distributed.tensor import DTensor, distribute_tensor
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.conv import _ConvNd
from torch.nn.parallel import DistributedDataParallel
${isStaged ? 'from torch.utils.checkpoint import checkpoint\n' : ''}from torch.utils.data import DataLoader, Dataset

from model import create_model${isStaged ? stages : ''}`;

const pipelining = `from torch.distributed.pipelining import (
    PipelineStage,
    Schedule1F1B,
    ScheduleGPipe,
)
from torch.distributed.pipelining.schedules import PipelineScheduleSingle
`;

const stages = `
from stages import BATCH, HANDED, MICRO_BATCHES, RECOMPUTES, SCHEDULE, STAGES`;
