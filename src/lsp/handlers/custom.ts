import { TextDocumentContentRequest } from 'vscode-languageserver';
import { chooseScaling } from '../configuration.ts';
import { invalidParams } from '../errors.ts';
import { answer } from '../guard.ts';
import { libraryText } from '../library-texts.ts';
import type { LibraryFile, ScalingState, ViewedText } from '../protocol.ts';
import { choicesIn } from '../scaling-choices.ts';
import type { Session } from '../session.ts';
import { requestedScaling } from '../settings.ts';

/** Requests beyond the protocol: the texts of the library, and the chosen point. */
export function answerCustomRequests(session: Session): void {
  const libraryFile = ({ uri }: { uri: string }): LibraryFile | null => {
    if (typeof uri !== 'string') throw invalidParams('uri is missing');
    const text = libraryText(uri);
    return text === undefined ? null : { text };
  };
  answer(session, 'enet/libraryFile', libraryFile);
  answer(session, TextDocumentContentRequest.type, (params) => {
    const found = libraryFile(params);
    if (!found) throw invalidParams(`there is no ${params.uri}`);
    return found;
  });
  answer(session, 'enet/viewText', ({ uri }: { uri: string }): ViewedText | null => {
    const open = session.documents.get(uri);
    return open ? { text: open.lines.text, version: open.version } : null;
  });
  answer(session, 'enet/scaling', ({ uri }: { uri?: string }): ScalingState => choicesIn(session, uri));
  answer(session, 'enet/setScaling', ({ scaling, uri }: { scaling: unknown; uri?: string }): ScalingState => {
    chooseScaling(session, requestedScaling(scaling));
    return choicesIn(session, uri);
  });
}
