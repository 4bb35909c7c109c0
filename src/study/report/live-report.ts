import { formatPercent } from '../../report/format-number.ts';
import { escapeHtml, htmlTable } from '../../train/report/html.ts';
import type { Running } from '../trainer.ts';
import { reportHead } from './study-report.ts';

/** The trainings that are under way, as a table. */
export function progressHtml(running: readonly Running[]): string {
  if (running.length === 0) return '';
  const isRemote = running.some(({ worker }) => worker !== undefined);
  const rows = running.map(({ subject, epochs, done, accuracy, worker }) => [
    String(subject.trial),
    `<progress max="${epochs}" value="${done.toFixed(2)}"></progress> ${done.toFixed(1)} of ${epochs}`,
    accuracy === undefined ? '' : formatPercent(accuracy, 1),
    ...(isRemote ? [escapeHtml(worker ?? '')] : []),
  ]);
  return `<h2>Under way</h2>${htmlTable(['network', 'epochs', 'accuracy', ...(isRemote ? ['machine'] : [])], rows)}`;
}

/** The page that shows a running study: its script fills it, and updates it where something is new. */
export const liveFrame = `${reportHead('enetc study')}<body><main><p class="note" id="state" role="status">loading</p><div id="progress"></div><div id="report"></div></main><script src="live.js"></script></body></html>
`;

/** Asks for progress every second, and for the report when a training has ended. */
export const liveScript = `const part = (id) => document.getElementById(id);
let shown = -1;
async function look() {
  try {
    const { progress, trained } = await (await fetch('progress')).json();
    part('progress').innerHTML = progress;
    if (trained !== shown) {
      const report = await fetch('report');
      if (report.ok) {
        part('report').innerHTML = await report.text();
        shown = trained;
      }
    }
    part('state').textContent = trained + ' trainings have ended';
  } catch {
    part('state').textContent = 'the study has ended or was stopped; its folder has the report';
  }
  setTimeout(look, 1000);
}
look();
`;
