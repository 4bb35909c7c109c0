// Checks every hostile case in a process of its own, with the stack that Node gives and little memory; a line of JSON each.
import { checkSource } from '../../src/check-source.ts';
import { compile } from '../../src/compile.ts';
import { processorTime } from '../processor-time.ts';
import { hostileCases } from './hostile-cases.ts';

for (const [name, { text, options }] of Object.entries(hostileCases)) {
  const source = { name: 'hostile.enet', text };
  const start = processorTime();
  let error: string | undefined;
  let codes: string[] = [];
  let longest = 0;
  try {
    const { diagnostics } = options ? compile(source, options) : checkSource(source);
    codes = diagnostics.map((d) => d.code);
    longest = Math.max(0, ...diagnostics.map((d) => d.message.length));
  } catch (e) {
    error = String(e);
  }
  const { maxRSS } = process.resourceUsage();
  console.log(JSON.stringify({ name, ms: processorTime() - start, codes, longest, error, megabytes: maxRSS / 1024 }));
}
