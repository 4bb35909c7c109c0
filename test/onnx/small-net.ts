import type { Graph } from '../../src/5-graph/graph.ts';
import { graphBuilder, window } from './graph-builder.ts';

const same = { top: 1, left: 1, bottom: 1, right: 1 };

/** A stem, an inverted bottleneck with excitation and a shortcut, a head: a bit of everything. */
export function smallNet(): Graph {
  const g = graphBuilder('small');
  const stem = g.act(
    g.batchNorm(
      g.conv(g.input([3, 16, 16]), 'stem.conv', 8, window(3, 2, { top: 0, left: 0, bottom: 1, right: 1 })),
      'stem.bn',
    ),
    'stem',
    'silu',
  );
  const block = 'stages.0.0';
  const expanded = g.act(
    g.batchNorm(g.conv(stem, `${block}.expand.conv`, 64, window(1)), `${block}.expand.bn`),
    `${block}.expand`,
    'relu6',
  );
  const depthwise = g.act(
    g.batchNorm(
      g.conv(expanded, `${block}.depthwise.conv`, 64, window(3, 1, same), { groups: 64 }),
      `${block}.depthwise.bn`,
    ),
    `${block}.depthwise`,
    'hardswish',
  );
  const reduced = g.act(
    g.conv(g.globalPool(depthwise, `${block}.se`), `${block}.se.reduce`, 4, window(1), { bias: true }),
    `${block}.se`,
    'silu',
  );
  const gate = g.act(
    g.conv(reduced, `${block}.se.expand`, 64, window(1), { bias: true }),
    `${block}.se`,
    'hardsigmoid',
  );
  const gated = g.mul(depthwise, gate, `${block}.se`);
  // A convolution that has a bias as well as a norm.
  const projected = g.batchNorm(
    g.conv(gated, `${block}.project.conv`, 8, window(1), { bias: true }),
    `${block}.project.bn`,
    1e-5,
  );
  const out = g.add(g.dropPath(projected, block), stem, block);
  const head = g.dropout(g.globalPool(out, 'head'), 'head');
  return g.build({ features: out, logits: g.linear(head, 'classifier', 10) });
}
