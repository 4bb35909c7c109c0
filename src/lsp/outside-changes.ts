import type { ScalingRequest } from '../4-scale/scaling.ts';
import type { Analysis } from '../ide/core/analysis.ts';
import type { Session } from './session.ts';
import { viewOf } from './view.ts';

/** The version of a document when the client may have requested what it shows. */
interface Shown {
  readonly version: number;
  readonly scaling: ScalingRequest;
  readonly analysis: Analysis | undefined;
}

export interface OutsideChanges {
  /** Records the documents whose own text has changed: the client requests their hints and lenses by itself. */
  note(): void;
  /** Whether the meaning of another document has changed, because something that it imports has. */
  found(): boolean;
}

/** Watches for open documents whose meaning changes without an edit, which only the server notices. */
export function watchOutsideChanges(session: Session): OutsideChanges {
  const shown = new Map<string, Shown>();
  const visit = (take: (before: Shown | undefined, now: Shown) => boolean): boolean => {
    let taken = false;
    for (const uri of shown.keys()) if (!session.documents.has(uri)) shown.delete(uri);
    for (const { uri, version } of session.documents.values()) {
      const now = { version, scaling: session.settings.scaling, analysis: viewOf(session, uri)?.analysis };
      if (!take(shown.get(uri), now)) continue;
      shown.set(uri, now);
      taken = true;
    }
    return taken;
  };
  return {
    note() {
      visit((before, now) => !isSameAsked(before, now));
    },
    found: () => visit((before, now) => isSameAsked(before, now) && before?.analysis !== now.analysis),
  };
}

/** Whether the text and the point are the same. The client is notified of another point when it is chosen. */
function isSameAsked(before: Shown | undefined, now: Shown): boolean {
  return before?.version === now.version && before.scaling === now.scaling;
}
