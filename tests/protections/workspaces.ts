import type { Protection } from './protection.ts';

const sharing = 'tests/schema/workspace-sharing.test.ts';
const personas = 'tests/schema/workspace-personas.test.ts';
const streams = 'tests/server/workspace-sharing.test.ts';

/** Those of the cases W01 to W06: what is shared with workspaces. */
export const workspaceProtections: readonly Protection[] = [
  {
    id: 'W01',
    what: 'asking who is a member',
    file: 'src/services/workspace/sharing.ts',
    find: 'WHERE m.user_id = ${user}${more}',
    replace: 'WHERE ${user} IS NOT NULL${more}',
    test: sharing,
  },
  {
    id: 'W02',
    what: 'showing prompts to those alone who may change them',
    file: 'src/services/workspace/sharing.ts',
    find: '" AND m.role <> \'READER\'"',
    replace: "''",
    test: personas,
  },
  {
    id: 'W02',
    what: 'asking for the role of a member who changes or deletes',
    file: 'src/services/workspace/shared-thing.ts',
    find: 'requireRole(role ?? undefined, action, kind);',
    replace: "requireRole(role ?? undefined, 'LEAVE', kind);",
    test: sharing,
  },
  {
    id: 'W02',
    what: 'leaving the model of a knowledge base to its owner',
    file: 'src/services/knowledge/knowledge-bases.ts',
    find: 'if (embeddingModel !== undefined && !isOwn)',
    replace: 'if (embeddingModel === undefined && !isOwn && false)',
    test: sharing,
  },
  {
    id: 'W03',
    what: 'taking out what a conversation has of a workspace whose last member goes',
    file: 'src/services/workspace/end-membership.ts',
    find: '  await transaction.workspaceMember.deleteMany({ where: { workspaceId, userId } });\n  await takeOutAndTell(transaction, conversationLog, conversationIds);\n',
    replace: '  await transaction.workspaceMember.deleteMany({ where: { workspaceId, userId } });\n',
    test: 'tests/services/workspace/hand-over.test.ts',
  },
  {
    id: 'W03',
    what: 'letting personas speak alone that somebody in the conversation may use',
    file: 'src/services/persona/speakers.ts',
    find: "AND ${isUsableIn('p', 'c.id')}) AS personas",
    replace: ') AS personas',
    test: streams,
  },
  {
    id: 'W04',
    what: 'leaving the servers of a persona to its owner',
    file: 'src/services/persona/personas.ts',
    find: 'if (!isOwn && (mcpServerIds !== undefined || knowledgeBaseIds !== undefined)) throw ownersAlone();',
    replace: 'if (mcpServerIds === null) throw ownersAlone();',
    test: personas,
  },
  {
    id: 'W04',
    what: 'making no prompt of a template that who changes it may not read',
    file: 'src/services/persona/personas.ts',
    find: 'if (!isOwn && prompt.templateId !== templateId) await checkPrompt(userId, prompt);',
    test: personas,
  },
  {
    id: 'W05',
    what: 'asking whether somebody may share with a workspace',
    file: 'src/services/workspace/shared-thing.ts',
    find: "await requireWorkspacePermission(database, { workspaceId, userId }, 'SHARE');",
    replace: "if (workspaceId === '') await requireWorkspacePermission(database, { workspaceId, userId }, 'SHARE');",
    test: sharing,
  },
  {
    id: 'W05',
    what: 'letting owners alone share',
    file: 'src/services/workspace/shared-thing.ts',
    find: 'if (!isOwn && wanted !== null) throw',
    replace: 'if (!isOwn && wanted === null && false) throw',
    test: sharing,
  },
  {
    id: 'W06',
    what: 'taking out of conversations what is taken back',
    file: 'src/services/persona/personas.ts',
    find: 'if (left !== null) await takeOutAndTell(',
    replace: 'if (left !== null && count === 0) await takeOutAndTell(',
    test: personas,
  },
  {
    id: 'W06',
    what: 'asking no model with the key of another person',
    file: 'src/services/knowledge/embedders.ts',
    find: 'return isShared ? found !== null : found?.isOwnKey !== true;',
    replace: 'return isShared ? found !== null : found !== undefined;',
    test: streams,
  },
];
