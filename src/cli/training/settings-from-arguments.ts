import {
  clashOf,
  idleSettings,
  type ResolvedSettings,
  resolveSettings,
  type SettingName,
  type Settings,
  settingProblem,
  settingTable,
} from '../../train/settings.ts';
import { type Arguments, flag, text } from '../arguments.ts';
import { usageError } from '../io.ts';

/** The settings that a command line gives, and those that follow. Throws a usage error for what cannot be meant. */
export function settingsFromArguments(args: Arguments): ResolvedSettings {
  const given: Record<string, unknown> = {};
  for (const [name, { kind }] of Object.entries(settingTable)) {
    if (!flag(args, name)) continue;
    const written = text(args, name) as string;
    const value = kind === 'flag' ? true : kind === 'number' ? Number(written) : written;
    const problem = settingProblem(name as SettingName, value);
    if (problem) throw usageError(`--${name} ${problem}, not '${written}'`, args.command.name);
    given[name] = value;
  }
  const partial = given as Partial<Settings>;
  const settings = resolveSettings(partial);
  const wrong = idleSettings(partial, settings)[0] ?? clashOf(settings);
  if (wrong) throw usageError(`--${wrong[0]} ${wrong[1]}`, args.command.name);
  return settings;
}
