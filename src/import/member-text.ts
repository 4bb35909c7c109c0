import type { LibraryMember } from './members.generated.ts';
import { createNames, modelName } from './names.ts';

/** An argument of a model that is a step. */
export type MemberArgument = readonly [name: string, text: string];

/** A member of the library as a step: `ResNet(variant: resnet18)`. */
export function memberCall(
  { model, variant }: Pick<LibraryMember, 'module' | 'model' | 'variant'>,
  settings: readonly MemberArgument[],
): string {
  const args = [...(variant === undefined ? [] : [['variant', variant] as const]), ...settings];
  const listed = args.map(([key, value]) => `${key}: ${value}`).join(', ');
  return listed === '' ? model : `${model}(${listed})`;
}

/**
 * The text of a model that calls one of the library's. @param name of it, from a file's name
 * @param inputs as a model declares them
 * @param end steps after it
 */
export function memberText(
  { module, model }: Pick<LibraryMember, 'module' | 'model' | 'variant'>,
  call: string,
  { name, inputs, end = '', names = createNames() }: MemberTextOptions,
): string {
  const own = modelName(name) === model ? `${model}Net` : modelName(name);
  const section = names.unique('net');
  return `import { ${model} } from "${module}"\n\nmodel ${own} {\n${inputs.join('\n')}\n  ${section}: ${call}${end}\n}\n`;
}

export interface MemberTextOptions {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly end?: string;
  /** Those that the inputs have. */
  readonly names?: ReturnType<typeof createNames>;
}
