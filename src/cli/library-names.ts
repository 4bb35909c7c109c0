import { chooseModel } from '../2-resolve/choose-model.ts';
import type { DeclaredModel } from '../2-resolve/program.ts';
import { resolveProgram } from '../2-resolve/resolve.ts';
import { variantNames } from '../3-check/variants.ts';
import { nearestNames } from '../diagnostics/nearest.ts';
import { emptyHost } from '../host.ts';
import { type LibraryModel, libraryModels } from '../library.ts';
import { memoise } from '../memoise.ts';
import { stdlib } from '../stdlib.generated.ts';

interface DeclaredEntry {
  readonly declared?: DeclaredModel;
  readonly variants: readonly string[];
}

/** A model of the library, declared; undefined if the library does not hold. Read once for each. */
export const declaredModel = memoise((model: LibraryModel): DeclaredEntry => {
  const { program } = resolveProgram({ name: model.module, text: stdlib[model.module] ?? '' }, emptyHost);
  const declared = chooseModel(program, model).model;
  return declared ? { declared, variants: variantNames(declared) } : { variants: [] };
});

/** A network of the library, and the spelling of it that others are compared with. */
interface Known {
  readonly model: LibraryModel;
  readonly variant?: string;
  readonly spelling: string;
}

/** Words that stand before or after a network's name elsewhere and say whose weights are meant. */
const packages = new Set(['tf', 'timm', 'torchvision', 'keras', 'tfhub', 'google', 'microsoft', 'facebook', 'models']);
const weightTags = /^(ns|ap|aa|ra\d?|jft|in\d+k|in\d+ft\d+k|imagenet|pretrained|notop)$/;

/** A name of others has no more characters: a longer one is not looked up. */
const longestName = 100;

/**
 * How the library calls a network that goes by another name elsewhere (`tf_efficientnet_b0`, `resnet-50`,
 * `mobilenetv3_large_075`): `efficientnet --variant b0`. Found by the names of the library's models and their variants.
 */
export function libraryName(typed: string): string | undefined {
  if (typed.length > longestName) return undefined;
  const known = knownNetworks();
  // `squeezenet1_0` is a network by that name, `mnasnet0_5` one of that width.
  for (const words of [wordsOf(typed), wordsOf(withWidth(typed))]) {
    // The longest beginning that names something; what follows must be a width or a size of the image.
    for (let end = words.length; end > 0; end--) {
      const found = lookUp(words.slice(0, end), known);
      const rest = found && modifiers(words.slice(end));
      if (found && rest) return [commandOf(found), ...rest].join(' ');
    }
  }
  return undefined;
}

/** A hint for a name that the library does not have: `; the library has it as 'efficientnet --variant b0'`. */
export function libraryHint(typed: string): string {
  if (typed.length > longestName) return '';
  const name = libraryName(typed);
  if (name !== undefined) return `; the library has it as '${name}'${variantsOf(name)}`;
  const words = wordsOf(withWidth(typed));
  const family = libraryModels.filter((m) => words.length > 0 && spell(m.name).startsWith(words.join('')));
  if (family.length > 0) return `; the library has ${family.map((m) => m.name).join(', ')}`;
  const near = fuzzy(words.join(''), knownNetworks());
  if (near !== undefined) return `; did you mean '${near}'?`;
  // `efficientnet-b9`
  for (let end = words.length; end > 0; end--) {
    const model = libraryModels.find((m) => spell(m.name) === words.slice(0, end).join(''));
    if (model) return `; the library has '${model.name}'${variantsOf(model.name)}`;
  }
  return '';
}

/** The variants of a model, where a name is that of a model alone. */
function variantsOf(name: string): string {
  const model = libraryModels.find((m) => m.name === name);
  const variants = model ? declaredModel(model).variants : [];
  return variants.length > 0 ? ` with --variant ${variants.join(', ')}` : '';
}

function knownNetworks(): Known[] {
  return libraryModels.flatMap((model): Known[] => {
    const base = spell(model.name);
    const own = declaredModel(model).variants.flatMap((variant): Known[] => {
      const spelling = spell(variant);
      // `resnext50_32x4d` is a name by itself, `b0` is not.
      const spellings = new Set([joined(base, spelling), base + spelling, ...(spelling.length > 6 ? [spelling] : [])]);
      return [...spellings].map((one) => ({ model, variant, spelling: one }));
    });
    return [{ model, spelling: base }, ...own];
  });
}

function lookUp(words: readonly string[], known: readonly Known[]): Known | undefined {
  const spelling = words.join('');
  const exact = known.find((k) => k.spelling === spelling);
  if (exact || words.length < 2) return exact;
  // Variants that are widths: `mobilenetv2_140` is the row w140.
  const last = (words.at(-1) as string).replace(/^(\d)\.(\d)$/, '$1$20');
  return known.find((k) => k.spelling === `${words.slice(0, -1).join('')}w${last}`);
}

/** What the words after a name mean: a width in hundredths or with a point, then the image's size. */
function modifiers(words: readonly string[]): string[] | undefined {
  const options: string[] = [];
  for (const word of words) {
    const number = Number(word);
    if (!/^(\d{3}|\d\.\d{1,2})$/.test(word)) return undefined;
    const width = word.includes('.') ? number : number / 100;
    if (width <= 1.5 && number !== 96 && number !== 128) {
      if (width !== 1) options.push(`--w ${width}`);
    } else options.push(`--resolution ${number}`);
  }
  return options;
}

/** The network whose name is a slip away: of the same digits, for another digit is another network. */
function fuzzy(spelling: string, known: readonly Known[]): string | undefined {
  const digits = (text: string) => text.replace(/\D/g, '');
  // `resnet50d` is not a slip for `resnet50`: whoever adds a letter means something by it.
  if (known.some((k) => k.variant !== undefined && spelling.startsWith(k.spelling))) return undefined;
  const alike = known.filter((k) => digits(k.spelling) === digits(spelling));
  const [near] = nearestNames(
    spelling,
    alike.map((k) => k.spelling),
  );
  const found = alike.find((k) => k.spelling === near);
  return found && commandOf(found);
}

function commandOf({ model, variant }: Known): string {
  return variant === undefined ? model.name : `${model.name} --variant ${variant}`;
}

/** The words of a name, without those about weights. */
function wordsOf(typed: string): string[] {
  const name = typed
    .toLowerCase()
    .replace(/\.enet$/, '')
    // timm's tag of the weights: `.ra_in1k`
    .replace(/\.[a-z].*$/, '');
  const words = name.split(/[^a-z0-9.]+|(?<!\d)\.|\.(?!\d)/).filter((word) => word !== '');
  while (words.length > 1 && packages.has(words[0] as string)) words.shift();
  while (words.length > 1 && weightTags.test(words.at(-1) as string)) words.pop();
  return words;
}

/** torchvision writes the width 0.5 as 0_5. */
function withWidth(typed: string): string {
  return typed.replace(/([a-z])([01])_(\d{1,2})(\.enet)?$/i, '$1 $2.$3');
}

function spell(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** Two spellings as one, what the first ends and the second begins with being written once. */
function joined(base: string, variant: string): string {
  let overlap = Math.min(base.length, variant.length);
  while (overlap > 0 && !base.endsWith(variant.slice(0, overlap))) overlap--;
  return base + variant.slice(overlap);
}
