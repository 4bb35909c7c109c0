import {
  type CallHierarchyIncomingCall,
  CallHierarchyIncomingCallsRequest,
  type CallHierarchyItem,
  type CallHierarchyOutgoingCall,
  CallHierarchyOutgoingCallsRequest,
  CallHierarchyPrepareRequest,
  SymbolKind,
} from 'vscode-languageserver';
import {
  type HierarchyItem,
  incomingCalls,
  outgoingCalls,
  prepareCallHierarchy,
} from '../../ide/features/call-hierarchy.ts';
import { answer, answerIn } from '../guard.ts';
import type { Session } from '../session.ts';
import { type DocumentView, offsetIn, rangeAt, uriOf, viewOf } from '../view.ts';

/** Which blocks and models build which. */
export function answerHierarchy(session: Session): void {
  answerIn(session, CallHierarchyPrepareRequest.type, (view, { position }) =>
    prepareCallHierarchy(view.analysis, offsetIn(view, position)).map((item) => protocolItem(view, item)),
  );
  answer(session, CallHierarchyIncomingCallsRequest.type, ({ item }): CallHierarchyIncomingCall[] | null => {
    const known = itemOf(session, item);
    if (!known) return null;
    return incomingCalls(known.view.ide, known.item).map((call) => ({
      from: protocolItem(known.view, call.item),
      fromRanges: call.places.map((place) => rangeAt(known.view, place)),
    }));
  });
  answer(session, CallHierarchyOutgoingCallsRequest.type, ({ item }): CallHierarchyOutgoingCall[] | null => {
    const known = itemOf(session, item);
    if (!known) return null;
    return outgoingCalls(known.view.ide, known.item).map((call) => ({
      to: protocolItem(known.view, call.item),
      fromRanges: call.places.map((place) => rangeAt(known.view, place)),
    }));
  });
}

function protocolItem(view: DocumentView, { name, kind, place, selection }: HierarchyItem): CallHierarchyItem {
  return {
    name,
    kind: kind === 'model' ? SymbolKind.Class : SymbolKind.Function,
    uri: uriOf(view.session, place.path),
    range: rangeAt(view, place),
    selectionRange: rangeAt(view, selection),
  };
}

/** The block or model that a client's item now refers to: the one at the place of its name. */
function itemOf(
  session: Session,
  item: CallHierarchyItem | undefined,
): { view: DocumentView; item: HierarchyItem } | undefined {
  const view = item && viewOf(session, item.uri);
  if (!view) return undefined;
  const [found] = prepareCallHierarchy(view.analysis, offsetIn(view, item.selectionRange?.start));
  return found && { view, item: found };
}
