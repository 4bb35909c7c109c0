import type { ScalingRequest } from '../4-scale/scaling.ts';
import { defaultInlayHints, type InlayHintOptions } from '../ide/features/inlay-hints.ts';
import { isObject } from '../weights/is-object.ts';
import { invalidParams } from './errors.ts';

/** The settings of the section `enet`, as they hold. */
export interface EditorSettings {
  /** The point of each family that hints, hovers and previews show. */
  readonly scaling: ScalingRequest;
  readonly inlayHints: InlayHintOptions;
}

export const defaultSettings: EditorSettings = { scaling: {}, inlayHints: defaultInlayHints };

/** Reads the section `enet` of a client's settings. @returns the settings, and the problems in them. */
export function readSettings(section: unknown): { settings: EditorSettings; problems: readonly string[] } {
  if (section === undefined || section === null) return { settings: defaultSettings, problems: [] };
  if (!isObject(section)) return { settings: defaultSettings, problems: ['the setting enet must be an object'] };
  const problems: string[] = [];
  const scaling = readScaling(section.scaling);
  if (typeof scaling === 'string') problems.push(`the setting enet.scaling: ${scaling}`);
  const inlayHints = readInlayHints(section.inlayHints, problems);
  return { settings: { scaling: typeof scaling === 'string' ? {} : scaling, inlayHints }, problems };
}

/** Names and defaults are those of `InlayHintOptions`; a plain true or false turns all of them on or off. */
function readInlayHints(given: unknown, problems: string[]): InlayHintOptions {
  const names = Object.keys(defaultInlayHints) as (keyof InlayHintOptions)[];
  if (typeof given === 'boolean') {
    return given ? defaultInlayHints : { values: false, shapes: false, parameterNames: false };
  }
  const options: { -readonly [K in keyof InlayHintOptions]: InlayHintOptions[K] } = { ...defaultInlayHints };
  if (!isObject(given)) return options;
  for (const name of names) {
    const value = given[name];
    if (typeof value === 'boolean') options[name] = value;
    else if (value !== undefined && value !== null) {
      problems.push(`the setting enet.inlayHints.${name} must be true or false`);
    }
  }
  return options;
}

const numbers = ['phi', 'd', 'w', 'r', 'resolution'] as const;

/**
 * A request for a point: `{"phi": 2.5}`, `{"variant": "b3"}` and so on; short, a number is a phi and a text a variant's name
 * or a phi. Nothing, an empty text or `default` is the default of each file.
 * @returns the request, or what is wrong.
 */
export function readScaling(value: unknown): ScalingRequest | string {
  if (value === undefined || value === null || value === '' || value === 'default') return {};
  if (typeof value === 'number') return Number.isFinite(value) ? { phi: value } : 'phi must be a finite number';
  if (typeof value === 'string') {
    const phi = /^(?:phi\s*(?:[=:]\s*)?)?([-+]?[\d.]+)$/.exec(value.trim());
    return phi && Number.isFinite(Number(phi[1])) ? { phi: Number(phi[1]) } : { variant: value.trim() };
  }
  if (!isObject(value)) return 'it must be an object such as {"phi": 2} or {"variant": "b3"}';
  const request: Record<string, unknown> = {};
  for (const [name, given] of Object.entries(value)) {
    if (given === null || given === undefined) continue;
    const problem = problemOf(name, given);
    if (problem) return problem;
    request[name] = given;
  }
  if (request.phi !== undefined && request.variant !== undefined) return 'phi and variant cannot be combined';
  return request as ScalingRequest;
}

/** The point that a client requests; an error if it is invalid. */
export function requestedScaling(value: unknown): ScalingRequest {
  const request = readScaling(value);
  if (typeof request === 'string') throw invalidParams(request);
  return request;
}

function problemOf(name: string, value: unknown): string | undefined {
  if ((numbers as readonly string[]).includes(name)) {
    return typeof value === 'number' && Number.isFinite(value) ? undefined : `${name} must be a number`;
  }
  if (name === 'variant') return typeof value === 'string' ? undefined : 'variant must be a text';
  if (name === 'rule') {
    return value === 'published' || value === 'formula' ? undefined : "rule must be 'published' or 'formula'";
  }
  if (name === 'convention')
    return value === 'tf' || value === 'torch' ? undefined : "convention must be 'tf' or 'torch'";
  if (name === 'set') {
    const fits = isObject(value) && Object.values(value).every((v) => typeof v === 'string');
    return fits ? undefined : 'set must be an object of texts, such as {"classes": "10"}';
  }
  return `there is no '${name}' in it; it takes phi, variant, rule, d, w, r, resolution, set and convention`;
}
