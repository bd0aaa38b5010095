import type { Foundation } from './compose.ts';
import type { ConversationLog } from './events/conversation-log.ts';
import type { Audit } from './services/audit.ts';
import type { OwnEngines } from './services/provider-key/own-engines.ts';
import { createWorkspaceMembers } from './services/workspace/members.ts';
import { createWorkspaceDoor } from './services/workspace/workspace-door.ts';
import { createWorkspaces } from './services/workspace/workspaces.ts';
import type { Statements } from './stores/statements.ts';

/** What was made before. */
interface Parts {
  readonly statements: Statements;
  readonly audit: Audit;
  readonly ownEngines: Pick<OwnEngines, 'forget'>;
  readonly conversationLog: ConversationLog;
}

/** Wires teams: who is in them, and how they come. */
export function composeWorkspaces(foundation: Foundation, { statements, audit, ownEngines, conversationLog }: Parts) {
  const { config, database, clock, newId } = foundation;
  const { prisma } = database;
  const forget = (userId: string): void => ownEngines.forget(userId);
  return {
    workspaceDoor: createWorkspaceDoor({ clock, audit, forget, config: config.workspaces }),
    services: {
      workspaces: createWorkspaces({ prisma, statements, clock, newId, audit, conversationLog, config: config.workspaces }),
      workspaceMembers: createWorkspaceMembers({ prisma, statements, audit, conversationLog, forget }),
    },
  };
}
