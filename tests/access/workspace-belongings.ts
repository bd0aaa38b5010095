import { randomUUID } from 'node:crypto';
import type { TestApp, TestPerson } from '../kit/app.ts';
import { runSql } from '../kit/database.ts';

/** A workspace that somebody is OWNER of, and a key of it. */
export async function openSharedWorkspace(
  app: Pick<TestApp, 'connectionString'>,
  { userId, client }: TestPerson,
): Promise<{ readonly Workspace: string; readonly WorkspaceProviderKey: string }> {
  const id = randomUUID();
  await runSql(
    app.connectionString,
    `INSERT INTO workspaces (id, name, handle, created_at, updated_at) VALUES ('${id}', 'Acme', 'acme', now(), now());
     INSERT INTO workspace_members (workspace_id, user_id, role, joined_at) VALUES ('${id}', '${Buffer.from(userId, 'base64').toString().split(':')[1] ?? ''}', 'OWNER', now())`,
  );
  const workspaceId = Buffer.from(`Workspace:${id}`).toString('base64');
  const document = 'mutation ($input: SaveWorkspaceProviderKeyInput!) { saveWorkspaceProviderKey(input: $input) { providerKey { id } } }';
  const input = { workspaceId, kind: 'ANTHROPIC', apiKey: 'keyOfTheTests0123456789' };
  const { providerKey } = (await client.request(document, { input })).saveWorkspaceProviderKey;
  return { Workspace: workspaceId, WorkspaceProviderKey: providerKey.id };
}
