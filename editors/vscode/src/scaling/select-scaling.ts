import { type QuickPickItem, QuickPickItemKind, window } from 'vscode';
import { formatCount, formatFactor } from '../../../../src/report/format-number.ts';
import type { PreviewData, PreviewVariant } from '../preview/preview-data.ts';
import { chooseScaling, chosenScaling } from './choose-scaling.ts';
import { readPhi, type ScalingRequest, samePoint, scalingLabel } from './scaling-text.ts';

interface Choice extends QuickPickItem {
  readonly request?: ScalingRequest;
  /** Asks for a phi first; with the rule that it is taken by. */
  readonly askPhi?: 'formula' | 'any';
}

/** Lets people choose a point: a variant of the file that is looked at, a phi, or what the formula gives at a phi. */
export async function selectScaling(data: PreviewData | null | undefined): Promise<void> {
  const chosen = chosenScaling();
  const choice = await window.showQuickPick(choicesOf(data, chosen), {
    title: `enet: the point to show (now: ${scalingLabel(chosen)})`,
    placeHolder: data ? `A member of ${data.model}` : 'A phi, or the default',
    matchOnDescription: true,
  });
  if (!choice) return;
  if (choice.request) return chooseScaling(choice.request);
  const phi = await askPhi(chosen.phi);
  if (phi === undefined) return;
  await chooseScaling(choice.askPhi === 'formula' ? { phi, rule: 'formula' } : { phi });
}

function choicesOf(data: PreviewData | null | undefined, chosen: ScalingRequest): Choice[] {
  const variants = (data?.variants ?? []).map((variant) => ({
    ...choice(variant.name, { variant: variant.name }, chosen),
    description: describe(variant),
  }));
  const heading: Choice[] = variants.length > 0 ? [{ label: 'variants', kind: QuickPickItemKind.Separator }] : [];
  const phi: Choice[] = [
    { label: 'phi', kind: QuickPickItemKind.Separator },
    { label: '$(edit) phi...', description: 'a published row where one names it, else the formula', askPhi: 'any' },
    { label: '$(symbol-operator) phi by the formula...', description: 'even where a row names it', askPhi: 'formula' },
  ];
  return [
    { ...choice('default', {}, chosen), description: "the file's own" },
    ...heading,
    ...variants,
    ...(data && !data.hasPhi ? [] : phi),
  ];
}

function choice(label: string, request: ScalingRequest, chosen: ScalingRequest): Choice {
  return { label: `${samePoint(request, chosen) ? '$(check) ' : ''}${label}`, request };
}

function describe({ phi, d, w, resolution, params, macs }: PreviewVariant): string {
  const factor = (name: string, value: number | undefined) =>
    value === undefined ? [] : [`${name} ${formatFactor(value)}`];
  return [
    ...factor('phi', phi),
    ...factor('d', d),
    ...factor('w', w),
    ...(resolution === undefined ? [] : [`${resolution} px`]),
    ...(params === undefined ? [] : [`${formatCount(params)} parameters`]),
    ...(macs === undefined ? [] : [`${formatCount(macs)} MACs`]),
  ].join(' · ');
}

async function askPhi(current: number | undefined): Promise<number | undefined> {
  const text = await window.showInputBox({
    title: 'enet: phi',
    prompt: 'The compound coefficient; it need not be whole',
    value: current === undefined ? '' : String(current),
    validateInput: (typed) => (readPhi(typed) === undefined ? 'phi is a number, such as 2 or 2.5' : undefined),
  });
  return text === undefined ? undefined : readPhi(text);
}
