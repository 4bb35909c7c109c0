import { type Client, readClient } from './client.ts';
import { answerDiagnostics } from './diagnostics/pull.ts';
import { answerActions } from './handlers/actions.ts';
import { answerCommands } from './handlers/commands.ts';
import { answerCompletion } from './handlers/completion.ts';
import { answerCustomRequests } from './handlers/custom.ts';
import { answerFormatting } from './handlers/formatting.ts';
import { answerHierarchy } from './handlers/hierarchy.ts';
import { answerHints } from './handlers/hints.ts';
import { answerHover } from './handlers/hover.ts';
import { answerNavigation } from './handlers/navigation.ts';
import { answerPreview } from './handlers/preview.ts';
import { answerRenaming } from './handlers/renaming.ts';
import { answerSignatures } from './handlers/signature.ts';
import { answerStructure } from './handlers/structure.ts';
import { answerSymbols } from './handlers/symbols.ts';
import { answerTokens } from './handlers/tokens.ts';
import { createIdleWork } from './idle-work.ts';
import { followLifecycle } from './lifecycle.ts';
import type { Platform } from './platform.ts';
import { createProjects } from './projects.ts';
import type { Connection, Session } from './session.ts';
import { defaultSettings } from './settings.ts';
import { syncDocuments } from './sync.ts';

/** What is assumed about a client until it states its capabilities. */
const plainClient: Client = readClient({ processId: null, rootUri: null, capabilities: {} });

/** Every request that is answered, by kind. */
const answers: readonly ((session: Session) => void)[] = [
  answerDiagnostics,
  answerCompletion,
  answerHover,
  answerNavigation,
  answerHierarchy,
  answerSymbols,
  answerStructure,
  answerRenaming,
  answerFormatting,
  answerActions,
  answerHints,
  answerCommands,
  answerSignatures,
  answerTokens,
  answerPreview,
  answerCustomRequests,
];

/**
 * Serves one client over a connection that does not listen yet: sets up every answer and starts listening. All state is
 * the session's, so that a process can serve several clients, one after the other or at once.
 */
export function serve(connection: Connection, platform: Platform): Session {
  const session: Session = {
    connection,
    platform,
    projects: createProjects(platform),
    documents: new Map(),
    state: 'new',
    client: plainClient,
    settings: defaultSettings,
    documentsChanged: () => {},
  };
  session.documentsChanged = createIdleWork(session);
  followLifecycle(session);
  syncDocuments(session);
  for (const answer of answers) answer(session);
  connection.listen();
  return session;
}
