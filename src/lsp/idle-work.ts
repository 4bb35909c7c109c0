import { libraryNames } from '../ide/features/completion/workspace-names.ts';
import { measureNext } from '../ide/numbers/family.ts';
import { createBackground } from './background.ts';
import { refresh } from './configuration.ts';
import { createPublisher } from './diagnostics/publish.ts';
import { logError } from './guard.ts';
import { watchOutsideChanges } from './outside-changes.ts';
import type { Session } from './session.ts';
import { viewOf } from './view.ts';

/** After this many milliseconds without a change, work is done in advance. */
const quiet = 150;

/**
 * Creates the function called after each change: diagnostics are sent to clients that do not request them; when typing
 * stops, documents that import the changed one are refreshed, the library and the workspace's other files are read and
 * all members of the families of open documents are measured, so that completion, hovers and previews need not wait.
 */
export function createIdleWork(session: Session): () => void {
  const publish = createPublisher(session);
  const outside = watchOutsideChanges(session);
  function* work(): Generator<number> {
    if (session.state !== 'running') return;
    outside.note();
    if (!session.client.pullsDiagnostics) yield* publish();
    yield quiet;
    if (session.state !== 'running') return;
    if (outside.found()) refresh(session);
    libraryNames();
    // completion offers what the other files declare
    for (const { ide } of [...session.projects.all()]) {
      for (const path of ide.allFiles()) {
        if (session.state !== 'running') return;
        ide.analysis(path);
        yield 0;
      }
    }
    for (const uri of session.documents.keys()) {
      const view = viewOf(session, uri);
      while (view && session.state === 'running' && measureNext(view.analysis)) yield 0;
    }
  }
  return createBackground(work, (e) => logError(session, e));
}
