import type { Protection } from './protection.ts';

const keys = { test: 'tests/services/workspace/keys.test.ts' };
const quotas = { test: 'tests/services/workspace/quotas.test.ts' };
const racing = { file: 'src/services/quota/workspace-gate.ts', test: 'tests/services/workspace/quota-racing.test.ts' };
const wire = { test: 'tests/schema/workspace-keys.test.ts' };

/** Those of the cases W10 to W15: the keys of workspaces, what they are used for, and how much. */
export const workspaceKeyProtections: readonly Protection[] = [
  {
    id: 'W10',
    what: 'asking for the role of who saves or removes a key of a workspace',
    ...keys,
    file: 'src/services/provider-key/keep-keys.ts',
    find: "    await requireWorkspacePermission(transaction, { workspaceId, userId: actorId }, 'KEEP_KEYS');\n",
  },
  {
    id: 'W10',
    what: 'showing the keys of a workspace to OWNERs alone',
    ...keys,
    file: 'src/services/provider-key/provider-keys.ts',
    find: "m.user_id = $2 AND m.role = 'OWNER'",
    replace: 'm.user_id = $2',
  },
  {
    id: 'W10',
    what: 'the scopes of keys of workspaces through node',
    ...wire,
    file: 'src/services/provider-key/provider-keys.ts',
    find: ", mayRead(known, 'Query.workspaceProviderKeys')]",
    replace: ", mayRead(known, 'read')]",
  },
  {
    id: 'W10',
    what: 'the scopes of keys of workspaces through the workspace',
    ...wire,
    file: 'src/services/provider-key/provider-keys.ts',
    find: "if (!mayRead(known, 'Query.workspaceProviderKeys')) return new Map();",
  },
  {
    id: 'W11',
    what: 'looking for the keys of those workspaces that somebody is in now',
    ...keys,
    file: 'src/services/provider-key/own-engines.ts',
    find: 'k.workspace_id = m.workspace_id AND m.user_id = $1',
    replace: 'k.workspace_id = m.workspace_id',
  },
  {
    id: 'W11',
    what: 'asking before each call whether somebody is a member still',
    ...quotas,
    file: 'src/services/quota/call-quotas.ts',
    find: 'if (facts === null) return noMember;',
    replace: 'if (facts === null) return null;',
  },
  {
    id: 'W12',
    what: 'the handle in the names of the providers of a workspace',
    ...keys,
    file: 'src/services/provider-key/provider-key-row.ts',
    find: 'handle === null ? provider : `${handle}/${provider}`',
    replace: 'handle === null ? provider : provider',
  },
  {
    id: 'W12',
    what: 'names of providers without a slash',
    ...keys,
    file: 'src/services/provider-key/key-input.ts',
    find: '/^[a-z0-9][a-z0-9._-]{0,49}$/',
    replace: '/^[a-z0-9][a-z0-9._\\/-]{0,49}$/',
  },
  {
    id: 'W13',
    what: 'counting calls for their workspace',
    ...quotas,
    file: 'src/services/usage/entry-statements.ts',
    find: 'JOIN workspaces w ON w.id = entry.workspace_id FOR KEY SHARE',
    replace: 'JOIN workspaces w ON w.id = entry.workspace_id AND entry.tokens < 0 FOR KEY SHARE',
  },
  {
    id: 'W13',
    what: 'counting pictures for their workspace',
    ...wire,
    file: 'src/services/image/drawing.ts',
    find: 'isOwnKey, workspaceId }, reckoned',
    replace: 'isOwnKey, workspaceId: workspaceId === null ? workspaceId : null }, reckoned',
  },
  {
    id: 'W14',
    what: 'letting the calls of a workspace through one after the other',
    ...racing,
    find: 'pg_advisory_xact_lock(2026112803, hashtext($1))',
    replace: 'hashtext($1)',
  },
  {
    id: 'W14',
    what: 'keeping free what a call needs before the next one is looked at',
    ...racing,
    find: '        if (refusal === null) await keep(runSql);\n',
  },
  {
    id: 'W15',
    what: 'sealing a key for its workspace',
    ...keys,
    file: 'src/services/provider-key/provider-key-row.ts',
    find: "['workspace-provider-key', workspaceId ?? '', provider]",
    replace: "['workspace-provider-key', workspaceId === null ? '' : 'some', provider]",
  },
];
