import {
  ExecuteCommandRequest,
  type MessageActionItem,
  MessageType,
  ShowMessageNotification,
} from 'vscode-languageserver';
import type { ScalingRequest } from '../../4-scale/scaling.ts';
import { chooseScaling } from '../configuration.ts';
import { invalidParams } from '../errors.ts';
import { answer } from '../guard.ts';
import { choicesIn, scalingText } from '../scaling-choices.ts';
import type { Session } from '../session.ts';
import { requestedScaling } from '../settings.ts';
import { folderOf, uriToPath } from '../uris.ts';

/** The commands that the server runs for clients that do not have them. */
export const commandNames = ['enet.selectScaling', 'enet.compile', 'enet.preview'] as const;

/** The most choices that a list to choose from has. */
const mostChoices = 24;

/**
 * Commands. `enet.selectScaling` takes a point, `[{"phi": 2}]` or `["b3"]`; or a lens's arguments, a document, a model
 * and perhaps a variant; without a point it asks. The server does not write files: the others show what to type in a
 * terminal.
 */
export function answerCommands(session: Session): void {
  answer(session, ExecuteCommandRequest.type, async ({ command, arguments: given }): Promise<unknown> => {
    const args: readonly unknown[] = Array.isArray(given) ? given : [];
    if (command === 'enet.selectScaling') return selectScaling(session, args);
    if (command === 'enet.compile') return sayCommand(session, args, 'compile', '');
    if (command === 'enet.preview') return sayCommand(session, args, 'graph', ' -o network.svg');
    throw invalidParams(`there is no command ${String(command)}`);
  });
}

async function selectScaling(session: Session, args: readonly unknown[]): Promise<ScalingRequest | null> {
  const ofLens = args.length > 1;
  const given = ofLens ? args[2] : args[0];
  if (given !== undefined && given !== null) {
    // a lens gives the name of a row, which may be a number
    const request = requestedScaling(ofLens && typeof given === 'string' ? { variant: given } : given);
    chooseScaling(session, request);
    say(session, `enet: ${scalingText(request)}`);
    return request;
  }
  const uri = ofLens && typeof args[0] === 'string' ? args[0] : [...session.documents.keys()].at(-1);
  const { models } = choicesIn(session, uri);
  const names = ['default', ...models.flatMap(({ variants }) => variants)].slice(0, mostChoices);
  const choices: MessageActionItem[] = [...new Set(names)].map((title) => ({ title }));
  const asked = session.connection.window.showInformationMessage('The point of the family to show:', ...choices);
  const chosen = await asked.catch(() => {
    say(session, 'enet: this editor cannot ask which point to show; the setting enet.scaling chooses it');
    return undefined;
  });
  if (!chosen) return null;
  return selectScaling(session, [chosen.title === 'default' ? chosen.title : { variant: chosen.title }]);
}

/** Shows the command line for a document, a model and perhaps a variant. */
function sayCommand(session: Session, args: readonly unknown[], command: string, rest: string): null {
  const [uri, model, variant] = args;
  if (typeof uri !== 'string') throw invalidParams('the document is missing');
  const path = uriToPath(uri);
  const root = session.projects.find(path)?.root ?? folderOf(path);
  const file = path.startsWith(root) ? path.slice(root.length).replace(/^[\\/]/, '') : path;
  const words = [quoted(file)];
  if (typeof model === 'string') words.push('--model', quoted(model));
  if (typeof variant === 'string') words.push('--variant', quoted(variant));
  say(session, `In ${root}: enetc ${command} ${words.join(' ')}${rest}`);
  return null;
}

function say({ connection }: Session, message: string): void {
  connection.sendNotification(ShowMessageNotification.type, { type: MessageType.Info, message }).catch(() => {});
}

function quoted(word: string): string {
  return /^[\w./@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
