import { expect, test } from 'vitest';
import { dataFolder } from '../../src/backends/data-folder.ts';

test.each([
  [{ ENETC_HOME: '/own', XDG_DATA_HOME: '/x' }, 'linux', '/own'],
  [{ XDG_DATA_HOME: '/x' }, 'linux', '/x/enetc'],
  [{ XDG_DATA_HOME: '' }, 'linux', '/home/me/.local/share/enetc'],
  [{ XDG_DATA_HOME: '/x' }, 'darwin', '/home/me/Library/Application Support/enetc'],
  [{ LOCALAPPDATA: '/local' }, 'win32', '/local/enetc'],
  [{}, 'win32', '/home/me/AppData/Local/enetc'],
] as const)('%j on %s: %s', (env, platform, expected) => {
  expect(dataFolder(env, platform, '/home/me')).toBe(expected);
});
