/** What every report shares: its style, for light and dark screens, and the script that shows values under the pointer. */

export const style = `
:root{--bg:#fcfcfb;--fg:#1b1c1e;--soft:#6a6d73;--line:#e3e3df;--card:#fff;--c1:#2463c4;--c2:#c2571a;--c3:#1c8a63;--bad:#c23b3b}
@media(prefers-color-scheme:dark){:root{--bg:#16171a;--fg:#e8e8e6;--soft:#9a9da4;--line:#303238;--card:#1d1f23;--c1:#6ea3f2;--c2:#ee9556;--c3:#58c79e;--bad:#ef7d7d}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--fg);font:15px/1.5 system-ui,sans-serif}
main{max-width:1200px;margin:0 auto;padding:28px 20px 60px}
h1{font-size:24px;margin:0}h2{font-size:17px;margin:38px 0 12px}
.lead{color:var(--soft);margin:4px 0 20px}
.tiles{display:flex;flex-wrap:wrap;gap:12px}
.tile{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:12px 16px;min-width:150px}
.tile b{display:block;font-size:22px;font-weight:600;font-variant-numeric:tabular-nums}.tile span{color:var(--soft);font-size:13px}
.grid2{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,460px),1fr));gap:16px}
.chart{position:relative;margin:0;background:var(--card);border:1px solid var(--line);border-radius:8px;padding:12px 14px 10px}
.chart figcaption{display:flex;flex-wrap:wrap;gap:4px 14px;font-size:13px;margin-bottom:4px}.chart figcaption b{font-size:14px;margin-right:auto}
.chart svg{display:block;width:100%;height:auto;overflow:visible}.chart text{font-size:11px;fill:var(--soft);font-variant-numeric:tabular-nums}
.grid{stroke:var(--line)}.cross{stroke:var(--soft);stroke-dasharray:3 3;visibility:hidden}
path{fill:none;stroke-width:2;stroke-linejoin:round}.s1{stroke:var(--c1)}.s2{stroke:var(--c2)}.s3{stroke:var(--c3)}path.faint{stroke-width:1;opacity:.45}
.c1{fill:var(--c1)}.c2{fill:var(--c2)}.c3{fill:var(--c3)}
.key{color:var(--soft);white-space:nowrap}.key i{display:inline-block;width:14px;height:3px;border-radius:2px;margin-right:6px;vertical-align:middle}
.k1{background:var(--c1)}.k2{background:var(--c2)}.k3{background:var(--c3)}i.faint{opacity:.45;height:1px}
.tip{position:absolute;top:44px;pointer-events:none;background:var(--bg);border:1px solid var(--line);border-radius:6px;padding:5px 9px;font-size:12px;white-space:nowrap;visibility:hidden;font-variant-numeric:tabular-nums}
.note{color:var(--soft);font-size:13px;margin:8px 0 0}
.scroll{overflow-x:auto}table{border-collapse:collapse;font-size:13.5px}
td,th{padding:4px 12px 4px 0;text-align:left;border-bottom:1px solid var(--line);vertical-align:top}th{font-weight:600;color:var(--soft)}
.n{text-align:right;font-variant-numeric:tabular-nums;padding-left:12px}small{color:var(--soft);margin-left:6px}
.confusion td{width:38px;min-width:30px;height:28px;padding:0;text-align:center;vertical-align:middle;font-size:12px;border:1px solid var(--bg);font-variant-numeric:tabular-nums}
.confusion th{border:0;padding:0 10px 0 0;vertical-align:middle;text-align:right;white-space:nowrap;font-weight:400}
.confusion .up,.confusion .over{padding:4px 0 6px;vertical-align:bottom;text-align:center}.up span{display:inline-block;writing-mode:vertical-rl;transform:rotate(180deg)}
.hit{background:color-mix(in srgb,var(--c1) var(--s),var(--card))}.miss{background:color-mix(in srgb,var(--bad) var(--s),var(--card))}.deep{color:var(--bg)}
.images{display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));gap:12px}
.images figure{margin:0;background:var(--card);border:1px solid var(--line);border-radius:8px;overflow:hidden;font-size:12.5px}
.images img{display:block;width:100%;aspect-ratio:1;object-fit:contain;image-rendering:pixelated;background:var(--line)}
.images figcaption{padding:7px 10px;line-height:1.4;overflow-wrap:anywhere}.images small{display:block;margin:0}
.wide table{width:100%}
`;

export const script = `
for (const figure of document.querySelectorAll('[data-lines]')) {
  const lines = JSON.parse(figure.dataset.lines);
  const svg = figure.querySelector('svg');
  const cross = figure.querySelector('.cross');
  const tip = figure.appendChild(document.createElement('div'));
  tip.className = 'tip';
  const show = (visible) => { cross.style.visibility = tip.style.visibility = visible ? 'visible' : 'hidden'; };
  svg.addEventListener('pointerleave', () => show(false));
  svg.addEventListener('pointermove', (event) => {
    const box = svg.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * svg.viewBox.baseVal.width;
    tip.replaceChildren();
    let at;
    for (const { name, color, points } of lines) {
      const point = points.reduce((a, b) => (Math.abs(b[0] - x) < Math.abs(a[0] - x) ? b : a));
      at ??= point;
      const row = tip.appendChild(document.createElement('div'));
      row.append(name + ' ');
      row.appendChild(document.createElement('b')).textContent = point[2];
      row.style.color = 'var(--c' + color + ')';
    }
    if (!at) return;
    tip.prepend('epoch ' + at[1]);
    cross.setAttribute('x1', at[0]);
    cross.setAttribute('x2', at[0]);
    const px = (at[0] / svg.viewBox.baseVal.width) * box.width;
    const flip = px > box.width / 2;
    tip.style.left = flip ? 'auto' : px + 26 + 'px';
    tip.style.right = flip ? box.width - px + 26 + 'px' : 'auto';
    show(true);
  });
}
`;
