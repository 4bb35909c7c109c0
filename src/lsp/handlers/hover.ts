import { type Hover, HoverRequest } from 'vscode-languageserver';
import { hover } from '../../ide/features/hover.ts';
import { answeringIn } from '../guard.ts';
import { markup } from '../markup.ts';
import type { Session } from '../session.ts';
import { offsetIn, rangeIn } from '../view.ts';

/** What is told of what the pointer is on. */
export function answerHover(session: Session): void {
  session.connection.onRequest(
    HoverRequest.type,
    answeringIn(session, (view, { position }): Hover | null => {
      const found = hover(view.analysis, offsetIn(view, position));
      if (!found) return null;
      return { contents: markup(session, found.markdown), range: rangeIn(view, found) };
    }),
  );
}
