import {
  DefinitionRequest,
  type DocumentHighlight,
  DocumentHighlightKind,
  DocumentHighlightRequest,
  type Location,
  type LocationLink,
  ReferencesRequest,
  TypeDefinitionRequest,
} from 'vscode-languageserver';
import { definitionsAt, type Link, typeDefinitionsAt } from '../../ide/features/definition.ts';
import { highlightsAt, referencesAt } from '../../ide/features/references.ts';
import { answerIn } from '../guard.ts';
import type { Session } from '../session.ts';
import { type DocumentView, locationOf, offsetIn, rangeAt, rangeIn, uriOf } from '../view.ts';

/** Going from names to what they mean, and back. */
export function answerNavigation(session: Session): void {
  answerIn(session, DefinitionRequest.type, (view, { position }) =>
    links(view, definitionsAt(view.analysis, offsetIn(view, position))),
  );
  answerIn(session, TypeDefinitionRequest.type, (view, { position }) =>
    links(view, typeDefinitionsAt(view.analysis, offsetIn(view, position))),
  );
  answerIn(session, ReferencesRequest.type, (view, { position, context }): Location[] =>
    referencesAt(view.ide, view.analysis, offsetIn(view, position))
      .filter(({ declaration }) => !declaration || context?.includeDeclaration !== false)
      .map((place) => locationOf(view, place)),
  );
  answerIn(session, DocumentHighlightRequest.type, (view, { position }): DocumentHighlight[] =>
    highlightsAt(view.analysis, offsetIn(view, position)).map((h) => ({
      range: rangeIn(view, h),
      kind: h.access === 'write' ? DocumentHighlightKind.Write : DocumentHighlightKind.Read,
    })),
  );
}

/** Links if the client supports them, else locations of the names. */
function links(view: DocumentView, found: readonly Link[]): LocationLink[] | Location[] {
  if (!view.session.client.definitionLinks) return found.map(({ selection }) => locationOf(view, selection));
  return found.map(({ origin, target, selection }) => ({
    originSelectionRange: rangeIn(view, origin),
    targetUri: uriOf(view.session, target.path),
    targetRange: rangeAt(view, target),
    targetSelectionRange: rangeAt(view, selection),
  }));
}
