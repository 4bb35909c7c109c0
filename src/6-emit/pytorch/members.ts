import { isIdentifier, isKeyword, layOut, type Python } from './python-text.ts';
import type { ClassStep } from './variants.ts';

/** The modules and parameters of a class, placed by the names of tensors. */
export interface Members {
  /** Whether places need the helpers `submodule` and `own_parameter`. */
  readonly needs: ReadonlySet<string>;
  /** The place of a step's module: the path of its tensors, or a free name close to `path`. */
  place(step: number, path: string, slot: ClassStep): string;
  /** Records that a step is in a table's container, which is written as a whole. */
  note(step: number, path: string): void;
  /** The lines that put a module, or a parameter, in its place. */
  register(place: string, value: Python, isParameter: boolean): readonly string[];
  /** The lines that make the containers of places. */
  containers(): readonly string[];
  /** How `forward` names a step's module. */
  self(step: number): string;
  /** A free name for something that is not a module. */
  field(wanted: string): string;
}

/** Names that `nn.Module` uses: an attribute would hide them, or be hidden. */
const reserved = new Set(
  'T_destination add_module append apply bfloat16 buffers call_super_init children clear compile cpu cuda double dump_patches eval extend extra_repr float forward get_buffer get_extra_state get_parameter get_submodule half insert ipu items keys load_state_dict modules mtia named_buffers named_children named_modules named_parameters parameters pop register_backward_hook register_buffer register_forward_hook register_forward_pre_hook register_full_backward_hook register_full_backward_pre_hook register_load_state_dict_post_hook register_load_state_dict_pre_hook register_module register_parameter register_state_dict_post_hook register_state_dict_pre_hook requires_grad_ set_extra_state set_submodule share_memory state_dict to to_empty train training type update values xpu zero_grad'.split(
    ' ',
  ),
);

/** @param paths of all tensors' owners, below the class @param foreign names that outside modules take in addition to its own */
export function createMembers(paths: ReadonlySet<string>, foreign: ReadonlySet<string>): Members {
  const taken = new Set([...[...paths].map((path) => path.split('.')[0] as string), ...foreign]);
  const places = new Map<number, { readonly place: string; isParameter: boolean; readonly isWhole: boolean }>();
  const needs = new Set<string>();
  const fields = new Set<string>();
  const isAwkward = (name: string) =>
    reserved.has(name) || isKeyword(name) || name.startsWith('_') || !/^\w+$/.test(name);
  const prefixes = new Set<string>();
  for (const path of paths) {
    const parts = path.split('.');
    for (let n = 1; n < parts.length; n++) {
      const prefix = parts.slice(0, n).join('.');
      if (!paths.has(prefix)) prefixes.add(prefix);
    }
  }

  const free = (wanted: string): string => {
    let name = wanted;
    for (let n = 2; taken.has(name) || reserved.has(name); n++) name = `${wanted}${n}`;
    taken.add(name);
    return name;
  };
  const parentOf = (place: string): [parent: string, name: string] => {
    const at = place.lastIndexOf('.');
    return [place.slice(0, Math.max(at, 0)), place.slice(at + 1)];
  };
  const access = (place: string, isParameter: boolean): string => {
    if (place === '') return 'self';
    const parts = place.split('.');
    if (parts.some(isAwkward) || (parts.length === 1 && !isIdentifier(place) && isAwkward(place))) {
      needs.add(isParameter ? 'own_parameter' : 'submodule');
      return `${isParameter ? 'own_parameter' : 'submodule'}(self, "${place}")`;
    }
    if (parts.length === 1 && isIdentifier(place)) return `self.${place}`;
    const [parent, name] = parentOf(place);
    if (!isParameter && parts.length === 2 && prefixes.has(parent) && isIdentifier(parent)) {
      return `self.${parent}["${name}"]`;
    }
    return isParameter ? `self.get_parameter("${place}")` : `self.get_submodule("${place}")`;
  };
  const register = (place: string, value: Python, isParameter: boolean): readonly string[] => {
    const [parent, name] = parentOf(place);
    if (isAwkward(name)) {
      const table = isParameter ? '_parameters' : '_modules';
      return layOut(8, `${access(parent, false)}.${table}["${name}"] = `, value);
    }
    if (parent === '' && isIdentifier(name)) return layOut(8, `self.${name} = `, value);
    if (!isParameter && prefixes.has(parent) && isIdentifier(parent)) {
      return layOut(8, `self.${parent}["${name}"] = `, value);
    }
    const call = {
      open: `${access(parent, false)}.${isParameter ? 'register_parameter' : 'add_module'}(`,
      items: [['', `"${name}"`] as const, ['', value] as const],
      close: ')',
    };
    return layOut(8, '', call);
  };

  return {
    needs,
    place(step, path, slot) {
      const item = slot.items.find((each) => each !== undefined);
      const place = item?.path === '' ? free(path) : path;
      const isParameter = item?.kind === 'op' && item.node.op.kind === 'weight';
      places.set(step, { place, isParameter, isWhole: false });
      return place;
    },
    note(step, path) {
      places.set(step, { place: path, isParameter: false, isWhole: true });
    },
    register,
    containers: () =>
      [...prefixes]
        .filter((prefix) => ![...places.values()].some(({ place, isWhole }) => isWhole && isBelow(place, prefix)))
        .flatMap((prefix) => register(prefix, 'nn.ModuleDict()', false).map((line) => line.trimStart())),
    self(step) {
      const known = places.get(step);
      if (!known) return 'self';
      if (known.isWhole) return `self.get_submodule("${known.place}")`;
      return access(known.place, known.isParameter);
    },
    field(wanted) {
      if (fields.has(wanted)) return wanted;
      const name = free(wanted);
      fields.add(name);
      return name;
    },
  };
}

function isBelow(place: string, prefix: string): boolean {
  return place === prefix || place.startsWith(`${prefix}.`);
}
