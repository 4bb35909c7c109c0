import { TextDocumentContentRequest } from 'vscode-languageserver';
import { chooseScaling } from '../configuration.ts';
import { invalidParams } from '../errors.ts';
import { answering } from '../guard.ts';
import { libraryText } from '../library-texts.ts';
import type { LibraryFile, ScalingState, ViewedText } from '../protocol.ts';
import { choicesIn } from '../scaling-choices.ts';
import type { Session } from '../session.ts';
import { readScaling } from '../settings.ts';

/** What the protocol has no request for: the texts of the library, and the point that is chosen. */
export function answerCustomRequests(session: Session): void {
  const { connection } = session;
  const text = answering(session, ({ uri }: { uri: string }): LibraryFile | null => {
    if (typeof uri !== 'string') throw invalidParams('uri is missing');
    const found = libraryText(uri);
    return found === undefined ? null : { text: found };
  });
  connection.onRequest('enet/libraryFile', text);
  connection.onRequest(TextDocumentContentRequest.type, async (params, token) => {
    const found = await text(params, token);
    if (!found) throw invalidParams(`there is no ${params.uri}`);
    return found;
  });
  connection.onRequest(
    'enet/viewText',
    answering(session, ({ uri }: { uri: string }): ViewedText | null => {
      const open = session.documents.get(uri);
      return open ? { text: open.lines.text, version: open.version } : null;
    }),
  );
  connection.onRequest(
    'enet/scaling',
    answering(session, ({ uri }: { uri?: string }): ScalingState => choicesIn(session, uri)),
  );
  connection.onRequest(
    'enet/setScaling',
    answering(session, ({ scaling, uri }: { scaling: unknown; uri?: string }): ScalingState => {
      const request = readScaling(scaling);
      if (typeof request === 'string') throw invalidParams(request);
      chooseScaling(session, request);
      return choicesIn(session, uri);
    }),
  );
}
