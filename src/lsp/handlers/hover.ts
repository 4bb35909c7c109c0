import { type Hover, HoverRequest } from 'vscode-languageserver';
import { hover } from '../../ide/features/hover.ts';
import { measureNext } from '../../ide/numbers/family.ts';
import { answerIn, inSlices } from '../guard.ts';
import { markup } from '../markup.ts';
import type { Session } from '../session.ts';
import { offsetIn, rangeIn, viewOf } from '../view.ts';

/**
 * The hover text at the pointer. If a table lacks members of a family, they are built one after the other, and other
 * messages are handled in between; a text that has changed by then is described as far as it is known.
 */
export function answerHover(session: Session): void {
  answerIn(session, HoverRequest.type, async (view, { position }, token): Promise<Hover | null> => {
    const offset = offsetIn(view, position);
    let found = hover(view.analysis, offset);
    if (found?.incomplete) {
      const isPresent = () => viewOf(session, view.uri)?.analysis === view.analysis;
      await inSlices(token, () => isPresent() && measureNext(view.analysis));
      found = hover(view.analysis, offset);
    }
    return found ? { contents: markup(session, found.markdown), range: rangeIn(view, found) } : null;
  });
}
