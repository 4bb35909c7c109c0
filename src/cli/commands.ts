import { didYouMean } from '../diagnostics/nearest.ts';
import type { Command } from './command.ts';
import { engineCommands } from './engine-commands.ts';
import { fitOptions } from './fit-options.ts';
import { importDeclaration } from './import-declaration.ts';
import { type Exit, usageError } from './io.ts';
import { file, oneOf, option, positive } from './option.ts';
import {
  classes,
  emitOptions,
  force,
  json,
  outputs,
  phi,
  quiet,
  runOption,
  scalingOptions,
  specDetails,
  takesSpec,
  variant,
  weightOptions,
} from './options.ts';
import { pipelineDeclaration } from './pipeline-declaration.ts';
import { withPlanning } from './planning-options.ts';
import { quantizeDeclaration } from './quantize-declaration.ts';
import { searchOptions } from './search-options.ts';

const takesPaths = { operands: '[path]...', maxOperands: Number.POSITIVE_INFINITY, completes: 'path' } as const;

/** Every command, in the order of help. */
export const commands: readonly Command[] = [
  {
    name: 'compile',
    summary: 'compile a network to a file that other programs run',
    ...takesSpec,
    details: `${specDetails}\n\nFiles have temporary names until they are complete. A TensorFlow.js model is a folder; one that enetc wrote is replaced.\n\nThe sources of the network are never overwritten, and files that enetc did not write only with --force. --external-data names the weight file after its contents, so that models cannot confuse their files.`,
    options: [runOption, ...scalingOptions, classes, outputs, ...withPlanning(emitOptions), json, quiet],
    examples: [
      ['enetc compile efficientnet --phi 5', 'EfficientNet-B5 to efficientnet-b5.onnx'],
      ['enetc compile my-net.enet --set classes=10 -o net.onnx', 'your own network with ten classes'],
      [
        'enetc compile efficientnet --variant b0 --weights timm.safetensors --classes 0',
        "timm's features, without the classifier",
      ],
      [
        'enetc compile efficientnet --variant b0 --convention torch --weights timm.safetensors',
        "timm's efficientnet_b0",
      ],
      [
        'enetc compile efficientnet --variant b0 --target tfjs',
        'a TensorFlow.js layers model in the folder efficientnet-b0',
      ],
      ['enetc compile --run runs/my-net-1 -o net.onnx', 'the trained network, with its class names and normalisation'],
    ],
    load: async () => (await import('./commands/compile.ts')).compileCommand,
  },
  {
    name: 'check',
    summary: 'report problems in files or folders',
    ...takesPaths,
    details:
      'Searches folders for .enet files, except node_modules and hidden folders; the current folder by default. The exit code is 1 if there is an error.',
    options: [
      option('fix', "apply the fixes that cannot change a file's meaning"),
      option('all-variants', 'build every variant, not just one of those that differ only in numbers'),
      option('max-warnings N', 'exit with 1 if there are more warnings than this', { kind: 'integer', least: 0 }),
      json,
      quiet,
    ],
    examples: [
      ['enetc check', 'all specs below the current folder'],
      ['enetc check models --fix --max-warnings 0', 'apply safe fixes, be strict about the rest'],
    ],
    load: async () => (await import('./commands/check.ts')).checkCommand,
  },
  {
    name: 'fmt',
    summary: 'rewrite specs in canonical form',
    ...takesPaths,
    details:
      'Aligns tables and makes spaces and line breaks uniform; keeps comments. With -, formats standard input to standard output.',
    options: [option('check', 'write nothing; exit with 1 if a file would change'), json, quiet],
    examples: [
      ['enetc fmt', 'all specs below the current folder'],
      ['enetc fmt - < net.enet', 'print one spec, formatted'],
    ],
    load: async () => (await import('./commands/fmt.ts')).fmtCommand,
  },
  {
    name: 'summary',
    summary: 'show a network in numbers, stage by stage',
    ...takesSpec,
    details: `${specDetails}\n\nNumbers are for one image in float32: multiply-accumulates of convolutions and linear layers, memory of activations, receptive field.`,
    options: [...scalingOptions, classes, outputs, json],
    examples: [['enetc summary efficientnet --variant b3', 'a table of EfficientNet-B3']],
    load: async () => (await import('./commands/summary.ts')).summaryCommand,
  },
  {
    name: 'explain',
    summary: 'explain a diagnostic code, or the numbers of a network',
    operands: '[code | spec]',
    maxOperands: 1,
    completes: 'code',
    details: `${specDetails}\n\nFor a network: every scaled number with the rule that produced it, the formula compared with the published row, and the compute budget.`,
    options: [...scalingOptions, classes, outputs, json],
    examples: [
      ['enetc explain efficientnet --phi 5', 'the numbers of EfficientNet-B5'],
      ['enetc explain missing-bar', 'what a diagnostic means and how to fix it'],
    ],
    load: async () => (await import('./commands/explain.ts')).explainCommand,
  },
  {
    name: 'graph',
    summary: 'draw a network: SVG, Mermaid or DOT',
    ...takesSpec,
    details: specDetails,
    options: [
      option('format NAME', "svg by default, or as the output's name ends", oneOf(['svg', 'mermaid', 'dot', 'json'])),
      option('output FILE', 'where to write; standard output by default', { short: 'o', completes: 'file' }),
      { ...force, description: 'overwrite a file that is not a drawing by enetc' },
      ...scalingOptions,
      classes,
      outputs,
    ],
    examples: [
      ['enetc graph efficientnet --variant b0 -o b0.svg', 'a figure for a paper'],
      ['enetc graph resnet --variant resnet50 --format mermaid', 'a flowchart for Markdown'],
    ],
    load: async () => (await import('./commands/graph.ts')).graphCommand,
  },
  {
    name: 'diff',
    summary: 'compare two specs or two variants, stage by stage',
    operands: '[spec[@point]] [spec[@point]]',
    maxOperands: 3,
    completes: 'spec',
    details:
      'A point is a variant or a phi: efficientnet@b0, net.enet@2.5. For two points of one spec, write @b0 @b5 after it, or give --variant or --phi twice. Other options apply to both sides.',
    options: [
      { ...phi, repeatable: true },
      { ...variant, repeatable: true },
      ...scalingOptions.filter((o) => o !== phi && o !== variant),
      classes,
      outputs,
      json,
    ],
    examples: [
      ['enetc diff efficientnet@b0 efficientnet@b5', 'what scaling changed'],
      ['enetc diff efficientnet --variant b0 --variant b5', 'the same'],
      ['enetc diff old.enet new.enet --phi 1', 'two specs at the same phi'],
    ],
    load: async () => (await import('./commands/diff.ts')).diffCommand,
  },
  {
    name: 'fit',
    summary: 'find the largest network of a family within budgets',
    ...takesSpec,
    details: `${specDetails}\n\nThe network grows along a line through the family: the model's formula over phi (--along formula, the default if there is one), its published rows if they grow together (rows), EfficientNet's coefficients 1.2, 1.1, 1.15 (compound), those of fast compound scaling (fast), or one factor (d, w, r). Filters, repeats and pixels are rounded as in every build. Prints the largest network that fits all budgets, and the next larger one, which does not. See docs/search.md.`,
    options: fitOptions,
    examples: [
      ['enetc fit efficientnet --macs 400M', 'the phi of the largest EfficientNet with at most 400 M MACs'],
      ['enetc fit efficientnet --params 5M --memory 4MB --json', 'several budgets, as JSON'],
      ['enetc fit mobilenet-v2 --macs 200M --along w --resolution 192', 'only the width, at a fixed resolution'],
    ],
    load: async () => (await import('./commands/fit.ts')).fitCommand,
  },
  {
    name: 'search',
    summary: 'find the best networks of a space, or count and sample it',
    ...takesSpec,
    details: `${specDetails}\n\nThe spec has choices, {3, 5}, in the cells of its tables. A network is counted once, even if it has several encodings: a choice that the chosen block does not use makes no difference. --set settles choices (stages.2.kernel=5) and leaves the others open. --output writes a spec without choices, which compiles and trains like any other.\n\nWith --data it searches: child processes train networks for a few epochs, and the best ones longer (--rungs). It maximises the spec's 'maximize' or --reward; without either, it looks for the front of accuracy and cost. A search is a study, a folder with a log, a report and every network as a spec; after Ctrl-C, --resume continues it and reaches the same front. Results of identical trainings in other studies in the same parent folder are reused. See docs/search.md.`,
    options: searchOptions,
    examples: [
      ['enetc search space.enet --count', 'how many encodings and networks there are'],
      ['enetc search space.enet --sample 1000 --table here.json --latency 20ms', 'networks of at most 20 ms'],
      ['enetc search space.enet --data mnist --trials 60 --workers 4', 'train 60 networks, the best ones longer'],
      ['enetc search --resume studies/space-1', 'continue a search'],
      ['enetc search space.enet --sample 100 --pick 7 -o net.enet', 'the seventh, as a spec without choices'],
    ],
    load: async () => (await import('./commands/search.ts')).searchCommand,
  },
  pipelineDeclaration,
  quantizeDeclaration,
  {
    name: 'list',
    summary: 'list the models of the library and their variants',
    operands: '[model]...',
    maxOperands: Number.POSITIVE_INFINITY,
    completes: 'spec',
    details: 'Shows the parameters and multiply-accumulates of each variant at its own resolution.',
    options: [
      option(
        'weights',
        'list the published weights for each, with the name to give to --weights, size, accuracy, licence and normalisation',
      ),
      option('modules', 'list the files of the library that a spec can import'),
      json,
    ],
    examples: [
      ['enetc list', 'all models'],
      ['enetc list efficientnet --weights', 'checkpoints that EfficientNet can start from'],
      ['enetc list resnet --json', 'one model, as JSON'],
    ],
    load: async () => (await import('./commands/list.ts')).listCommand,
  },
  {
    name: 'init',
    summary: 'write a starter spec',
    operands: '[file]',
    maxOperands: 1,
    details: 'The file is my-net.enet by default. An existing file is overwritten only with --force.',
    options: [
      option('from MODEL', 'copy a library model instead of the starter', { completes: 'spec' }),
      option('force', 'overwrite the file'),
      quiet,
    ],
    examples: [
      ['enetc init', 'my-net.enet, a small scaled network'],
      ['enetc init b.enet --from efficientnet', 'a copy of the EfficientNet family to change'],
    ],
    load: async () => (await import('./commands/init.ts')).initCommand,
  },
  importDeclaration,
  {
    name: 'weights',
    summary: 'inspect, convert, verify and compare weight files',
    operands: '<inspect | convert | verify | diff | init> [FILE ...] [spec]',
    maxOperands: 4,
    completes: 'weights',
    details: `inspect FILE lists the tensors of any file that can be read, or of published weights by their name: name, type, shape, range, and how many values are not finite.

convert FILE [spec] writes the numbers of a file in another format or under other names, one tensor in memory at a time. The ending of the output is its format: .safetensors, .pt, .pth or .bin (the zip form of torch.save, with nothing but tensors), .h5 (as Keras's save_weights, layers by name), .weights.h5 (of Keras 3, with --like a .weights.h5 or .keras of the same model), or a folder (FOLDER/: a TensorFlow.js layers model, of a spec). Without a spec the names stay; with one they become the model's own, those of a column of its weight map (--names timm), or those of a file (--like).

verify FILE [spec] checks whether a file has what a model needs, and lists missing and surplus tensors, with the nearest names, and wrong shapes. The exit code is 1 if it does not.

diff FILE FILE [spec] compares two files tensor by tensor, by their names, or, with a spec, by the tensors of its network, whatever their names. The exit code is 1 if they differ.

init [spec] writes initialised weights.

${specDetails}`,
    options: [
      ...scalingOptions,
      classes,
      outputs,
      ...weightOptions.filter(({ name }) => name !== 'weights'),
      option('names COLUMN', "write the names of a column of the model's weight map instead of the model's own"),
      option('like PATH', "use the names, shapes and order of a weight file instead of the model's own", file),
      option('tolerance N', 'for diff: the largest difference between two numbers that count as equal; 0 by default', {
        kind: 'number',
        least: 0,
      }),
      option('output FILE', 'where to write', { short: 'o', completes: 'file' }),
      force,
      json,
      quiet,
    ],
    examples: [
      ['enetc weights inspect efficientnet_b0.pth', 'the tensors of a file'],
      ['enetc weights convert efficientnet_b0.pth -o b0.safetensors', 'the same names in another format'],
      [
        'enetc weights convert timm.safetensors efficientnet --variant b0 --names torchvision -o b0.pth',
        "timm's weights as torchvision names them",
      ],
      [
        'enetc weights convert trained efficientnet --like timm.safetensors -o back.safetensors',
        "weights trained by TensorFlow.js, under timm's names",
      ],
      ['enetc weights verify b0.pth efficientnet --variant b0', 'whether a file fits a model'],
      ['enetc weights diff a.safetensors b.pth --tolerance 1e-6', 'whether two files contain the same numbers'],
      [
        'enetc weights diff timm.safetensors tv.pth resnet --variant resnet50',
        'the same for files with different names',
      ],
    ],
    load: async () => (await import('./commands/weights.ts')).weightsCommand,
  },
  ...engineCommands,
  {
    name: 'lsp',
    summary: 'run the language server for editors',
    operands: '',
    maxOperands: 0,
    details:
      'Editors start it: see docs/editors.md. It uses the Language Server Protocol over standard input and output, reads the workspace, the library and imported files, and writes no files. Ports are on 127.0.0.1.',
    options: [
      option('stdio', 'use standard input and output (the default)'),
      option('socket PORT', 'connect to a client that listens on this port', positive(65_535)),
      option('listen PORT', 'listen on this port, for any number of clients', positive(65_535)),
    ],
    examples: [
      ['enetc lsp', 'what an editor runs'],
      ['enetc lsp --listen 6009', 'a server that several clients connect to'],
    ],
    load: async () => (await import('./language-server.ts')).lspCommand,
  },
  {
    name: 'completion',
    summary: 'print a completion script for a shell',
    operands: '<bash | zsh | fish>',
    maxOperands: 1,
    completes: 'shell',
    details:
      'Bash: add  eval "$(enetc completion bash)"  to ~/.bashrc. Zsh: the same with zsh, in ~/.zshrc after compinit. Fish: enetc completion fish > ~/.config/fish/completions/enetc.fish',
    options: [],
    examples: [['enetc completion bash', 'print the script for bash']],
    load: async () => (await import('./commands/completion.ts')).completionCommand,
  },
  {
    name: 'help',
    summary: 'show help on a command',
    operands: '[command]',
    maxOperands: 1,
    completes: 'command',
    details: '',
    options: [],
    examples: [['enetc help compile', 'the options of compile']],
    load: async () => (await import('./commands/help.ts')).helpCommand,
  },
];

/** The command of a name. */
export function findCommand(name: string): Command | undefined {
  return commands.find((command) => command.name === name);
}

/** What is wrong with the name of a command that does not exist. */
export function unknownCommand(name: string): Exit {
  const what = name.startsWith('-') ? `unknown option ${name} before the command` : `there is no command '${name}'`;
  const names = commands.map((command) => command.name);
  return usageError(what + didYouMean(name, names));
}
