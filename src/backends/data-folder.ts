import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * The folder where enetc keeps what it installs for a user: `ENETC_HOME`, else where the system keeps such data
 * (freedesktop's base directory specification, Apple's Application Support, Windows' LOCALAPPDATA).
 */
export function dataFolder(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  if (env.ENETC_HOME) return env.ENETC_HOME;
  if (platform === 'win32') return join(env.LOCALAPPDATA || join(home, 'AppData', 'Local'), 'enetc');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'enetc');
  return join(env.XDG_DATA_HOME || join(home, '.local', 'share'), 'enetc');
}
