import { activations, builtinFunctions, builtinOps, interpolations, paddings } from '../2-resolve/builtins.ts';

/** Words that a name of a model's member cannot be. */
const words = new Set(
  'import from block model weights param convention input auxiliary maximize scaling variants table return require share if else for in and or not true false d w r phi variant index count name repeat path x'.split(
    ' ',
  ),
);

/** Gives unique names that are not keywords of the language. */
export interface SpecNames {
  /** @param wanted the name in a file or of an op */
  unique(wanted: string): string;
}

export function createNames(taken: readonly string[] = []): SpecNames {
  const used = new Set(taken);
  const isFree = (name: string) =>
    !used.has(name) &&
    !words.has(name) &&
    ![builtinOps, builtinFunctions, activations, paddings, interpolations].some((names) => names.has(name));
  return {
    unique(wanted) {
      const base = identifier(wanted);
      let name = base;
      for (let i = 2; !isFree(name); i++) name = `${base}${/\d$/.test(base) ? '_' : ''}${i}`;
      used.add(name);
      return name;
    },
  };
}

/** A text as a name: only letters, digits and underscores, beginning with a letter. */
export function identifier(text: string): string {
  const plain = text.replace(/[^A-Za-z0-9_]+/g, '_').replace(/^_+|_+$/g, '');
  return /^[A-Za-z]/.test(plain) ? plain.slice(0, 60) : plain === '' ? 'value' : `v${plain.slice(0, 60)}`;
}

/** What a tensor in the middle of a graph is called as an output: its node's path, of which PyTorch repeats the parts. */
export function pathOfTensor(name: string): string {
  const parts = name
    .replace(/_output_\d+$/, '')
    .split('/')
    .filter((part) => part !== '');
  const own = parts.filter((part, i) => !parts[i + 1]?.startsWith(`${part}.`));
  return own.join('/') || name;
}

/** A name in the style of models: `Resnet18` for `resnet18.onnx`. */
export function modelName(file: string): string {
  const [plain = 'Network'] = identifier(file).split('.');
  return plain
    .split('_')
    .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1))
    .join('_')
    .replace(/_/g, '');
}
