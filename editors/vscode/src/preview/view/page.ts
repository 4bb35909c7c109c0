import { formatCount } from '../../../../../src/report/format-number.ts';
import type { FromPage, PageState, ToPage } from '../messages.ts';
import type { PreviewData } from '../preview-data.ts';
import { drawCurves } from './draw-curves.ts';
import { drawNetwork } from './draw-network.ts';
import { variantsTable } from './variants-table.ts';

// The script of the preview's page: shows what the extension sends, says what people do.

declare function acquireVsCodeApi(): { postMessage(message: FromPage): void; setState(state: PageState): void };

const editor = acquireVsCodeApi();
const find = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const network = find('network');
const slider = find<HTMLInputElement>('phi');
const phiNumber = find<HTMLInputElement>('phi-value');
const models = find<HTMLSelectElement>('model');
const problem = find('problem');

let shown: PreviewData | undefined;
let current = -1;
/** While people hold the slider, answers do not move it. */
let held = false;

window.addEventListener('message', ({ data: message }: MessageEvent<ToPage>) => {
  if (message.kind === 'show') {
    current = message.stage;
    show(message.data, message.file);
    editor.setState({ uri: message.uri, model: message.data.model });
  } else if (message.kind === 'cursor') markStage(message.stage);
  else {
    shown = undefined;
    say(message.text);
    document.body.classList.add('empty');
  }
});

function show(data: PreviewData, file: string): void {
  // While the text is broken, what was drawn last stays, and says why it is old.
  const drawn = data.stages.length > 0 || !shown || shown.model !== data.model ? data : shown;
  shown = drawn;
  document.body.classList.remove('empty');
  document.body.classList.toggle('old', data.problem !== undefined);
  say(data.problem);
  find('title').textContent = data.model;
  find('title').title = file;
  find('facts').textContent = [
    data.point,
    ...(data.totals ? [`${formatCount(data.totals.params)} parameters`, `${formatCount(data.totals.macs)} MACs`] : []),
  ].join(' · ');
  find('facts').title = data.rule ?? '';
  showModels(data);
  showScaling(data);
  find('variants').innerHTML = variantsTable(drawn);
  draw();
}

function draw(): void {
  if (!shown) return;
  const focused = document.activeElement?.getAttribute('data-stage');
  network.innerHTML = drawNetwork(shown, Math.max(260, network.clientWidth), current);
  find('curves').innerHTML = drawCurves(shown, Math.max(240, find('curves').clientWidth));
  if (focused) network.querySelector<SVGElement>(`[data-stage="${focused}"]`)?.focus({ preventScroll: true });
}

function say(text: string | undefined): void {
  problem.hidden = text === undefined;
  problem.textContent = text ?? '';
}

function showModels(data: PreviewData): void {
  find('models').hidden = data.models.length < 2;
  models.replaceChildren(...data.models.map((name) => new Option(name, name, false, name === data.model)));
}

function showScaling(data: PreviewData): void {
  find('scaling').hidden = !data.hasPhi;
  if (!data.hasPhi || held) return;
  const [least, most] = data.phiRange ?? [0, 7];
  slider.min = String(Math.min(least, data.phi ?? least));
  slider.max = String(Math.max(most, data.phi ?? most));
  slider.value = String(data.phi ?? 0);
  if (document.activeElement !== phiNumber) phiNumber.value = data.phi === undefined ? '' : String(data.phi);
}

function markStage(stage: number): void {
  if (stage === current) return;
  current = stage;
  for (const group of network.querySelectorAll('.stage')) {
    const is = group.getAttribute('data-stage') === String(stage);
    group.classList.toggle('current', is);
    group.setAttribute('aria-pressed', String(is));
    if (is) group.scrollIntoView({ block: 'nearest' });
  }
}

function stageOf(target: EventTarget | null): number | undefined {
  const group = (target as Element | null)?.closest('[data-stage]');
  return group ? Number(group.getAttribute('data-stage')) : undefined;
}

network.addEventListener('click', ({ target }) => {
  const stage = stageOf(target);
  if (stage !== undefined) editor.postMessage({ kind: 'reveal', stage });
});
network.addEventListener('keydown', (event) => {
  const stage = stageOf(event.target);
  if (stage === undefined) return;
  if (event.key === 'Enter' || event.key === ' ') editor.postMessage({ kind: 'reveal', stage });
  else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    const next = stage + (event.key === 'ArrowDown' ? 1 : -1);
    network.querySelector<SVGElement>(`[data-stage="${next}"]`)?.focus();
  } else return;
  event.preventDefault();
});

slider.addEventListener('input', () => {
  held = true;
  phiNumber.value = slider.value;
  editor.postMessage({ kind: 'point', scaling: { phi: Number(slider.value) }, keep: false });
});
slider.addEventListener('change', () => {
  held = false;
  editor.postMessage({ kind: 'point', scaling: { phi: Number(slider.value) }, keep: true });
});
phiNumber.addEventListener('change', () => {
  const phi = phiNumber.valueAsNumber;
  if (Number.isFinite(phi)) editor.postMessage({ kind: 'point', scaling: { phi }, keep: true });
});
find('reset').addEventListener('click', () => editor.postMessage({ kind: 'point', scaling: {}, keep: true }));
find('variants').addEventListener('click', ({ target }) => {
  const variant = (target as Element).closest('[data-variant]')?.getAttribute('data-variant');
  if (variant) editor.postMessage({ kind: 'point', scaling: { variant }, keep: true });
});
models.addEventListener('change', () => editor.postMessage({ kind: 'model', model: models.value }));
new ResizeObserver(draw).observe(network);
editor.postMessage({ kind: 'ready' });
