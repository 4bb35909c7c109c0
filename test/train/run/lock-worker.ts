/**
 * Takes and leaves a run's lock again and again, and mostly dies with it, as far as the others can see: it leaves a lock of a
 * process that is gone. Whoever holds the lock makes a file that nobody else may make meanwhile.
 * Arguments: the folder, how often, a number of a process that is gone.
 */
import { closeSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { lockRun } from '../../../src/train/run/run-lock.ts';

const [, , folder = '', times = '0', dead = '0'] = process.argv;
const inside = join(folder, 'inside');
const pause = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Math.random() * 3);
let [held, shared] = [0, 0];
for (let tries = 0; tries < Number(times) * 200 && held < Number(times); tries++) {
  let unlock: () => void;
  try {
    unlock = lockRun({ path: folder, shown: 'run' });
  } catch {
    pause();
    continue;
  }
  held++;
  try {
    const file = openSync(inside, 'wx');
    writeSync(file, String(process.pid));
    closeSync(file);
    pause();
    rmSync(inside);
  } catch {
    shared++;
  }
  if (Math.random() < 0.8) {
    writeFileSync(join(folder, 'lock'), JSON.stringify({ pid: Number(dead), host: hostname(), started: '1' }));
  } else unlock();
}
process.stdout.write(JSON.stringify({ held, shared }));
