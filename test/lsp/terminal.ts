import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';

/** A program on a screen of its own, by tmux: keys go in, and what stands on the screen is read. */
export interface Terminal {
  /** Types text as it is. */
  type(text: string): void;
  /** Presses keys by tmux's names: `Enter`, `Escape`, `Space`, `C-n`. */
  press(...keys: string[]): void;
  screen(): string;
  /** Waits until the screen is as it should be. @returns the screen. @throws with the screen, after 15 seconds */
  until(what: RegExp | ((screen: string) => boolean)): Promise<string>;
  close(): void;
}

/** Whether there is a tmux to open terminals with. */
export const hasTerminals = spawnSync('tmux', ['-V']).status === 0;

/** Opens a terminal in a folder, which is also where tmux has its socket, and runs a command in it. */
export function openTerminal(folder: string, command: readonly string[], env: NodeJS.ProcessEnv): Terminal {
  // one of its own, for the last one may still be ending
  const socket = join(mkdtempSync(join(folder, 'tmux-')), 's');
  const tmux = (...args: string[]): string => {
    const ran = spawnSync('tmux', ['-S', socket, '-f', '/dev/null', ...args], { encoding: 'utf8', env });
    if (ran.status !== 0) throw new Error(`tmux ${args.join(' ')}: ${ran.stderr}`);
    return ran.stdout;
  };
  tmux('new-session', '-d', '-x', '120', '-y', '50', '-c', folder, ...command);
  const screen = () => tmux('capture-pane', '-p').replace(/ +$/gm, '');
  return {
    screen,
    type: (text) => tmux('send-keys', '-l', text),
    press: (...keys) => tmux('send-keys', ...keys),
    async until(what) {
      const holds = (text: string) => (what instanceof RegExp ? what.test(text) : what(text));
      const end = Date.now() + 60_000;
      for (;;) {
        const now = screen();
        if (holds(now)) return now;
        if (Date.now() > end) throw new Error(`waited in vain for ${what}; the screen is\n${now}`);
        await new Promise((later) => setTimeout(later, 30));
      }
    },
    close: () => tmux('kill-server'),
  };
}
