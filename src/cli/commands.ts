import type { Arguments } from './arguments.ts';
import { engineCommands } from './engine-commands.ts';
import type { Io } from './io.ts';
import {
  emitOptions,
  force,
  json,
  type Option,
  phi,
  quiet,
  scalingOptions,
  variant,
  weightOptions,
} from './options.ts';

/** A command runs to an exit code. Its module is only loaded when it is called, so that each starts fast. */
export type RunCommand = (args: Arguments, io: Io) => Promise<number>;

export interface Command {
  readonly name: string;
  /** One line, for the list of commands. */
  readonly summary: string;
  /** What stands after the name: `[spec]`. */
  readonly operands: string;
  readonly maxOperands: number;
  /** What a shell completes for an operand. */
  readonly completes: 'spec' | 'path' | 'code' | 'command' | 'shell' | 'backend' | 'nothing';
  /** What the summary leaves open; paragraphs. */
  readonly details: string;
  readonly options: readonly Option[];
  readonly examples: readonly { readonly line: string; readonly does: string }[];
  load(): Promise<RunCommand>;
}

const specDetails =
  'A spec is a path, - for standard input, or the name of a library model (enetc list). Without one it is the only .enet file of the current folder.';

/** Every command, in the order of help. */
export const commands: readonly Command[] = [
  {
    name: 'compile',
    summary: 'compile a network to a file that runs',
    operands: '[spec]',
    maxOperands: 1,
    completes: 'spec',
    details: `${specDetails}\n\nWhat is written has a temporary name until it is whole. A TensorFlow.js model is a folder; a model that enetc wrote is replaced.\n\nNothing is written over what the network is made from, and without --force over no file that enetc did not write. --external-data calls the file of weights by what it holds, so that no other model takes it for its own.`,
    options: [...scalingOptions, ...emitOptions, json, quiet],
    examples: [
      { line: 'enetc compile efficientnet --phi 5', does: 'EfficientNet-B5 to efficientnet-b5.onnx' },
      { line: 'enetc compile my-net.enet --set classes=10 -o net.onnx', does: 'an own network with ten classes' },
      {
        line: 'enetc compile efficientnet --variant b0 --convention torch --weights timm.safetensors',
        does: "timm's efficientnet_b0",
      },
      {
        line: 'enetc compile efficientnet --variant b0 --target tfjs',
        does: 'a layers model for TensorFlow.js in the folder efficientnet-b0',
      },
    ],
    load: async () => (await import('./commands/compile.ts')).compileCommand,
  },
  {
    name: 'check',
    summary: 'report what is wrong in files or folders',
    operands: '[path]...',
    maxOperands: Number.POSITIVE_INFINITY,
    completes: 'path',
    details:
      'Folders are searched for .enet files, without node_modules and hidden folders; the current folder by default. The exit code is 1 where there is an error.',
    options: [
      { name: 'fix', description: 'apply the fixes that cannot change what a file means' },
      {
        name: 'all-variants',
        description: 'build every variant, not one of those that differ in numbers alone',
      },
      {
        name: 'max-warnings',
        value: 'N',
        kind: 'integer',
        least: 0,
        description: 'exit with 1 above so many warnings',
        completes: 'nothing',
      },
      json,
      quiet,
    ],
    examples: [
      { line: 'enetc check', does: 'all specs below the current folder' },
      {
        line: 'enetc check models --fix --max-warnings 0',
        does: 'mend what is safe to mend, be strict about the rest',
      },
    ],
    load: async () => (await import('./commands/check.ts')).checkCommand,
  },
  {
    name: 'fmt',
    summary: 'rewrite specs in canonical form',
    operands: '[path]...',
    maxOperands: Number.POSITIVE_INFINITY,
    completes: 'path',
    details:
      'Tables are aligned, spaces and breaks made uniform; comments stay. With - it formats standard input to standard output.',
    options: [{ name: 'check', description: 'write nothing; exit with 1 where a file would change' }, json, quiet],
    examples: [
      { line: 'enetc fmt', does: 'all specs below the current folder' },
      { line: 'enetc fmt - < net.enet', does: 'print one spec, formatted' },
    ],
    load: async () => (await import('./commands/fmt.ts')).fmtCommand,
  },
  {
    name: 'summary',
    summary: 'a network in numbers, stage by stage',
    operands: '[spec]',
    maxOperands: 1,
    completes: 'spec',
    details: `${specDetails}\n\nNumbers are for one image in float32: multiply-accumulates of convolutions and linear layers, memory of activations, receptive field.`,
    options: [...scalingOptions, json],
    examples: [{ line: 'enetc summary efficientnet --variant b3', does: 'a table of EfficientNet-B3' }],
    load: async () => (await import('./commands/summary.ts')).summaryCommand,
  },
  {
    name: 'explain',
    summary: 'a diagnostic code, or why the numbers of a network are what they are',
    operands: '[code | spec]',
    maxOperands: 1,
    completes: 'code',
    details: `${specDetails}\n\nFor a network: every scaled number with the rule that made it, the formula against the published row, and the compute budget.`,
    options: [...scalingOptions, json],
    examples: [
      { line: 'enetc explain efficientnet --phi 5', does: 'the numbers of EfficientNet-B5' },
      { line: 'enetc explain missing-bar', does: 'what a diagnostic means and how to mend it' },
    ],
    load: async () => (await import('./commands/explain.ts')).explainCommand,
  },
  {
    name: 'graph',
    summary: 'draw a network: SVG, Mermaid or DOT',
    operands: '[spec]',
    maxOperands: 1,
    completes: 'spec',
    details: specDetails,
    options: [
      {
        name: 'format',
        value: 'NAME',
        choices: ['svg', 'mermaid', 'dot', 'json'],
        description: "svg by default, or what the output's name ends with",
      },
      {
        name: 'output',
        short: 'o',
        value: 'FILE',
        description: 'where to write; standard output by default',
        completes: 'file',
      },
      { ...force, description: 'overwrite a file that is not a drawing by enetc' },
      ...scalingOptions,
    ],
    examples: [
      { line: 'enetc graph efficientnet --variant b0 -o b0.svg', does: 'a figure for a paper' },
      { line: 'enetc graph resnet --variant resnet50 --format mermaid', does: 'a flowchart for Markdown' },
    ],
    load: async () => (await import('./commands/graph.ts')).graphCommand,
  },
  {
    name: 'diff',
    summary: 'what changes between two specs or two variants, stage by stage',
    operands: '[spec[@point]] [spec[@point]]',
    maxOperands: 3,
    completes: 'spec',
    details:
      'A point is a variant or a phi: efficientnet@b0, net.enet@2.5. One spec with two points: @b0 @b5 after it, or two --variant, or two --phi. Other options hold for both sides.',
    options: [
      { ...phi, repeatable: true },
      { ...variant, repeatable: true },
      ...scalingOptions.filter((o) => o !== phi && o !== variant),
      json,
    ],
    examples: [
      { line: 'enetc diff efficientnet@b0 efficientnet@b5', does: 'what scaling changed' },
      { line: 'enetc diff efficientnet --variant b0 --variant b5', does: 'the same' },
      { line: 'enetc diff old.enet new.enet --phi 1', does: 'two specs at one phi' },
    ],
    load: async () => (await import('./commands/diff.ts')).diffCommand,
  },
  {
    name: 'list',
    summary: 'the models of the library and their variants',
    operands: '[model]...',
    maxOperands: Number.POSITIVE_INFINITY,
    completes: 'spec',
    details: 'With parameters and multiply-accumulates of each variant at its own resolution.',
    options: [{ name: 'modules', description: 'the files of the library that a spec can import' }, json],
    examples: [
      { line: 'enetc list', does: 'all models' },
      { line: 'enetc list resnet --json', does: 'one model, for machines' },
    ],
    load: async () => (await import('./commands/list.ts')).listCommand,
  },
  {
    name: 'init',
    summary: 'write a starter spec',
    operands: '[file]',
    maxOperands: 1,
    completes: 'nothing',
    details: 'The file is my-net.enet by default. Nothing is overwritten without --force.',
    options: [
      {
        name: 'from',
        value: 'MODEL',
        description: 'a copy of a library model instead of the starter',
        completes: 'spec',
      },
      { name: 'force', description: 'overwrite the file' },
      quiet,
    ],
    examples: [
      { line: 'enetc init', does: 'my-net.enet, a small scaled network' },
      { line: 'enetc init b.enet --from efficientnet', does: 'the EfficientNet family, to change it' },
    ],
    load: async () => (await import('./commands/init.ts')).initCommand,
  },
  {
    name: 'weights',
    summary: 'write the weights of a network as safetensors, under its own names or another naming',
    operands: '[spec]',
    maxOperands: 1,
    completes: 'spec',
    details: `${specDetails}\n\nTakes a safetensors file in any naming that the model's weight map knows, or a TensorFlow.js layers model that was trained, and writes the same numbers under other names. --like names a safetensors file that has the names wanted: those of timm, say.`,
    options: [
      ...scalingOptions,
      ...weightOptions,
      {
        name: 'like',
        value: 'PATH',
        description: "take names, shapes and order of a safetensors file instead of the model's own",
        completes: 'file',
      },
      { name: 'output', short: 'o', value: 'FILE', description: 'where to write', completes: 'file' },
      force,
      json,
      quiet,
    ],
    examples: [
      {
        line: 'enetc weights efficientnet --weights timm.safetensors --convention torch -o own.safetensors',
        does: "timm's weights under the model's own names",
      },
      {
        line: 'enetc weights efficientnet --weights trained --like timm.safetensors -o back.safetensors',
        does: "what TensorFlow.js trained, under timm's names",
      },
    ],
    load: async () => (await import('./commands/weights.ts')).weightsCommand,
  },
  ...engineCommands,
  {
    name: 'lsp',
    summary: 'the language server for editors',
    operands: '',
    maxOperands: 0,
    completes: 'nothing',
    details:
      'Editors start it; docs/editors.md says how. It speaks the Language Server Protocol over standard input and output, reads the workspace, the library and what files import, and writes no file. Ports are of 127.0.0.1.',
    options: [
      { name: 'stdio', description: 'speak over standard input and output (the default)' },
      {
        name: 'socket',
        value: 'PORT',
        kind: 'positive',
        most: 65_535,
        description: 'connect to a client that listens on this port',
        completes: 'nothing',
      },
      {
        name: 'listen',
        value: 'PORT',
        kind: 'positive',
        most: 65_535,
        description: 'listen on this port, for any number of clients',
        completes: 'nothing',
      },
    ],
    examples: [
      { line: 'enetc lsp', does: 'what an editor runs' },
      { line: 'enetc lsp --listen 6009', does: 'a server that several clients connect to' },
    ],
    load: async () => (await import('./language-server.ts')).lspCommand,
  },
  {
    name: 'completion',
    summary: 'a completion script for a shell',
    operands: '<bash | zsh | fish>',
    maxOperands: 1,
    completes: 'shell',
    details:
      'Bash: add  eval "$(enetc completion bash)"  to ~/.bashrc. Zsh: the same with zsh, in ~/.zshrc after compinit. Fish: enetc completion fish > ~/.config/fish/completions/enetc.fish',
    options: [],
    examples: [{ line: 'enetc completion bash', does: 'print the script for bash' }],
    load: async () => (await import('./commands/completion.ts')).completionCommand,
  },
  {
    name: 'help',
    summary: 'help on a command',
    operands: '[command]',
    maxOperands: 1,
    completes: 'command',
    details: '',
    options: [],
    examples: [{ line: 'enetc help compile', does: 'the options of compile' }],
    load: async () => (await import('./commands/help.ts')).helpCommand,
  },
];

/** The command of a name. */
export function findCommand(name: string): Command | undefined {
  return commands.find((command) => command.name === name);
}
