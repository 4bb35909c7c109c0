import { targets } from '../6-emit/targets.ts';
import { backendNames } from '../backends/backend.ts';
import { benchOptions } from './bench-options.ts';
import type { Command } from './command.ts';
import { file, option, positive } from './option.ts';
import { classes, force, json, outputs, quiet, scalingOptions, takesSpec, weightOptions } from './options.ts';
import { predictOptions } from './predict-options.ts';
import { scaleOptions } from './scale-options.ts';
import { workerOptions } from './study-options.ts';
import { evalOptions, trainOptions } from './train-options.ts';

/** `ONNX, layers model and graph model` */
const verifiedForms = targets
  .flatMap(({ runtime, form }) => (runtime ? [form] : []))
  .join(', ')
  .replace(/, ([^,]*)$/, ' and $1');

/**
 * The commands that need an engine: TensorFlow.js, worker threads, native packages. What runs them is a bundle of its
 * own, `dist/engines.cjs` (see `engines.ts`), so that the others start as fast as without them. In the order of help.
 */
export const engineCommands: readonly Command[] = [
  {
    name: 'train',
    summary: 'train a network on labelled images',
    ...takesSpec,
    details:
      "The default is the EfficientNet paper's recipe. A run is a folder, runs/SPEC-VARIANT-N, with its configuration, metrics (metrics.jsonl, TensorBoard events, report.html), the best and last weights, and checkpoints.\n\nCtrl-C finishes the step and writes a checkpoint; --resume RUN continues from the last one, also after a crash, and reaches the same weights as without the interruption. See docs/training.md.",
    options: trainOptions,
    examples: [
      ['enetc train efficientnet --variant b0 --data photos', "the paper's recipe on a folder of folders"],
      [
        'enetc train net.enet --data photos --weights old.safetensors --freeze stem,stages.0-3 --epochs 10',
        'fine-tune the later stages',
      ],
      ['enetc train --resume runs/efficientnet-b0-1', 'continue a run'],
    ],
    load: async () => (await import('./engines.ts')).trainCommand,
  },
  {
    name: 'eval',
    summary: "measure a trained network's accuracy: top-1, top-5, by class, confusions",
    ...takesSpec,
    details:
      "Takes a spec, --weights and --data, or --run: a training run's network, best weights and data. Images are resized and cropped as in validation.",
    options: evalOptions,
    examples: [
      ['enetc eval --run runs/efficientnet-b0-1', 'the best weights of a run'],
      [
        'enetc eval efficientnet --convention torch --weights timm.safetensors --data imagenet',
        'published weights on your own data',
      ],
    ],
    load: async () => (await import('./engines.ts')).evalCommand,
  },
  {
    name: 'predict',
    summary: 'classify pictures with a trained network',
    operands: '[network] [picture | folder]...',
    maxOperands: Number.POSITIVE_INFINITY,
    completes: 'spec',
    details:
      "The network is a spec or library model with --weights, a training run's folder, an ONNX file (run by ONNX Runtime: npm install onnxruntime-node), a TensorFlow Lite file (run in Python: pip install ai-edge-litert), or a TensorFlow.js model (its folder or model.json). A folder stands for all pictures in it. Pictures are rotated by their EXIF data, and resized, cropped and normalised as the network's file, weights or run require.\n\nPictures that cannot be read are reported and left out; the exit code is then 1.",
    options: predictOptions,
    examples: [
      ['enetc predict runs/my-net-1 photo.jpg', 'the network of a training run'],
      ['enetc predict net.onnx photos --top 1 --csv', "each picture's class, as a table"],
      ['enetc predict efficientnet-lite --weights lite0.pth photo.jpg', 'published weights'],
    ],
    load: async () => (await import('./engines.ts')).predictCommand,
  },
  {
    name: 'verify',
    summary: 'check that all forms of a network give the same outputs, on every backend',
    ...takesSpec,
    details: `Writes the network in each form (${verifiedForms}) with the same weights, runs all on the same random input, and compares their outputs with those of ONNX Runtime (npm install onnxruntime-node). Each output may differ by --tolerance of its largest value. Without --weights every tensor is random, including batch-norm statistics, so that a wrong epsilon would show.\n\n--int8 compares engines on int8 files: ONNX Runtime with its integer kernels, and TensorFlow Lite with and without XNNPACK. Each rounds sums differently, so numbers are not compared directly: an engine must be as close to float32 as the file's integers allow, within --tolerance decibels of signal-to-noise ratio.\n\nThe exit code is 1 if outputs differ, or if a requested backend does not work.`,
    options: [
      ...scalingOptions,
      classes,
      outputs,
      ...weightOptions,
      option('backend NAME', 'run on this backend; by default on all that work here', {
        choices: backendNames,
        repeatable: true,
      }),
      option('batch N', 'how many samples; 2 by default', positive(4096)),
      option(
        'tolerance N',
        'the largest error of an output, relative to its largest value; 1e-4 by default. With --int8 decibels; 1 by default',
        { kind: 'number', most: 100 },
      ),
      option('int8', 'check int8 files in each engine, by their distance from float32'),
      option('calibrate PATH', 'with --int8: pictures, or a folder of them, instead of normally distributed numbers', {
        repeatable: true,
        completes: 'file',
      }),
      json,
    ],
    examples: [
      ['enetc verify efficientnet --variant b0 --resolution 64', 'a quick check'],
      ['enetc verify efficientnet-lite --weights lite0.pth --int8 --calibrate photos', 'int8 files on pictures'],
      [
        'enetc verify mobilenet-v3 --variant small --weights timm.safetensors --convention torch --backend cpu',
        'published weights, on one backend',
      ],
    ],
    load: async () => (await import('./engines.ts')).verifyCommand,
  },
  {
    name: 'bench',
    summary: "measure a network's latency here, in a browser or on a phone, or compare two networks",
    operands: '[spec[@point] | file.onnx | model.json]',
    maxOperands: 1,
    completes: 'spec',
    details:
      'Runs an ONNX file, a TensorFlow.js model (its folder or model.json), or a spec as compile writes it, on random inputs: in ONNX Runtime on the CPU (npm install onnxruntime-node), on a TensorFlow.js backend, in a browser on this machine, or with --device in any browser that opens a page. The warm-up ends when three medians agree within 2 %, or after 30 windows. There is no verdict if the spread, the interquartile range divided by the median, is above 5 %. See docs/bench.md.',
    options: benchOptions,
    examples: [
      ['enetc bench efficientnet --variant b0', 'the latency of EfficientNet-B0 on one thread'],
      ['enetc bench efficientnet@b0 --compare @b1', 'how much longer B1 takes'],
      ['enetc bench efficientnet-lite --precisions', 'float32, half and int8 in each engine'],
      ['enetc bench net.onnx --profile', 'where its time goes'],
      ['enetc bench efficientnet@b0 --engine ort-wasm', 'in a browser on this machine'],
      ['enetc bench efficientnet@b0 --device --host 192.168.1.5', 'on a phone that opens the page'],
    ],
    load: async () => (await import('./engines.ts')).benchCommand,
  },
  {
    name: 'scale',
    summary: 'find coefficients of compound scaling by training small networks',
    ...takesSpec,
    details:
      "Step 1 of EfficientNet's compound scaling: candidates for alpha, beta and gamma, by which depth, width and resolution grow when phi grows by 1, are the points of a grid at which the network is about twice as large. Each is trained for a few epochs, the best ones longer (--rungs), and they are ranked by accuracy. --write puts the winner into the spec's 'scaling' and leaves the rest of the text unchanged. --compare also trains other ways of scaling, at equal multiply-accumulates after rounding.\n\nLike a search, it is a study: a folder that --resume continues. See docs/search.md.",
    options: scaleOptions,
    examples: [
      ['enetc scale net.enet --data photos --workers 4', 'rank the candidates'],
      [
        'enetc scale net.enet --data photos --compare 2,4 --write',
        'compare ways of scaling, and write the best coefficients',
      ],
      ['enetc scale --resume studies/net-1', 'continue a study'],
    ],
    load: async () => (await import('./engines.ts')).scaleCommand,
  },
  {
    name: 'worker',
    summary: 'train networks for studies on other machines, over a queue',
    operands: '',
    maxOperands: 0,
    details:
      "Takes trainings from every study that 'enetc search' or 'enetc scale' runs with the same --queue, one after the other or --concurrency at a time, until Ctrl-C. It skips a study, with a message, if its version of enetc differs, its images or its folder are not here (with --runs the folder is not needed), or its backend does not work here. Needs BullMQ and a driver: npm install bullmq ioredis, or bullmq pg.\n\nCtrl-C or SIGTERM finishes the step, writes a checkpoint, and leaves the training to others; the exit code is then 130 or 143. If a worker is killed, another takes over its trainings after half a minute. If the server is unreachable, the worker keeps trying; results wait in files. See docs/search.md.",
    options: workerOptions,
    examples: [
      ['enetc worker --queue redis://10.0.0.5:6379', 'one training at a time, of all studies there'],
      ['enetc worker --queue postgres://enetc@10.0.0.5/studies --concurrency 4', 'four at a time, over PostgreSQL'],
      [
        'enetc worker --queue redis://10.0.0.5 --data /data/photos --runs /scratch/runs',
        'on a machine that does not share the folder of the study',
      ],
    ],
    load: async () => (await import('./engines.ts')).workerCommand,
  },
  {
    name: 'study',
    summary: 'show, compare or export what a search or a scaling study found',
    operands: '<show | compare | export> STUDY...',
    maxOperands: Number.POSITIVE_INFINITY,
    completes: 'path',
    details:
      "A study is the folder that 'enetc search --data' or 'enetc scale' writes. 'show' prints its front; 'compare' shows two or more side by side, with the hypervolumes of their fronts; 'export' prints the log as CSV, or with --network the spec of a network. The folder contains the log (trials.jsonl), a report (report.html) and the front (front.json and front.svg). See docs/search.md.",
    options: [
      option('network N', 'export: the spec of the network with this number', { kind: 'integer', least: 0 }),
      option('output FILE', 'export: write a file instead of standard output', { short: 'o', completes: 'file' }),
      { ...force, description: 'overwrite a file' },
      json,
    ],
    examples: [
      ['enetc study show studies/space-1', 'the front of a study, even while it runs'],
      ['enetc study compare studies/space-1 studies/space-2', 'two studies side by side'],
      ['enetc study export studies/space-1 --network 12 -o net.enet', 'the spec of a network'],
    ],
    load: async () => (await import('./engines.ts')).studyCommand,
  },
  {
    name: 'doctor',
    summary: 'report which backends work here, why the others do not, and what to type',
    operands: '',
    maxOperands: 0,
    details:
      'Opens every backend and computes a gradient on it; looks for the packages that training and verifying use. The exit code is 0 if at least one backend works.',
    options: [json],
    examples: [['enetc doctor', 'a report on this machine']],
    load: async () => (await import('./engines.ts')).doctorCommand,
  },
  {
    name: 'backend',
    summary: 'link a TensorFlow to train with, list what is linked, or remove the link',
    operands: '<install | list | remove> [tensorflow]',
    maxOperands: 2,
    completes: 'backend',
    details:
      "'install tensorflow' takes the TensorFlow of a Python installation (pip install tensorflow-cpu, or tensorflow[and-cuda] for NVIDIA GPUs), builds the binding of @tensorflow/tfjs-node against it with the C++ compiler, checks it, and stores the link in the user's data folder; ENETC_HOME names another folder.",
    options: [
      option(
        'python PATH',
        "the Python whose TensorFlow to link; the active environment's, .venv's or python3 by default",
        file,
      ),
      json,
      quiet,
    ],
    examples: [
      ['enetc backend install tensorflow', 'link the TensorFlow of the usual Python'],
      ['enetc backend install tensorflow --python ~/tf/bin/python', 'link the TensorFlow of another Python'],
      ['enetc backend list', 'what is linked, and where'],
    ],
    load: async () => (await import('./engines.ts')).backendCommand,
  },
];
