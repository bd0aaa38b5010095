import type { ParticipantRole } from '../../prisma/generated/client.ts';
import type { Viewer } from '../../src/auth/viewer.ts';
import { uuidv7 } from '../../src/base/id.ts';
import type { TestApp, TestPerson } from './app.ts';
import { runSql } from './database.ts';
import type { openServices } from './services.ts';
import { globalId, rowId } from './ids.ts';
import { writeWorkspace } from './workspace-rows.ts';

/** A mutation of one input. */
export function mutationOf(field: string, selection: string): string {
  return `mutation ($input: ${field.charAt(0).toUpperCase()}${field.slice(1)}Input!) { ${field}(input: $input) { ${selection} } }`;
}

type Opened = Awaited<ReturnType<typeof openServices>>;

/** People of a workspace, and somebody who is not in it. */
export async function openTeam(opened: Opened) {
  const [owner, ada, editor, reader, stranger] = [
    await opened.person(),
    await opened.person(),
    await opened.person(),
    await opened.person(),
    await opened.person(),
  ];
  const members = [
    { userId: owner.userId, role: 'OWNER' },
    // Who shares something needs to be no more than this.
    { userId: ada.userId, role: 'EDITOR' },
    { userId: editor.userId, role: 'EDITOR' },
    { userId: reader.userId, role: 'READER' },
  ] as const;
  const workspaceId = globalId('Workspace', (await writeWorkspace(opened.prisma, { members })).id);
  return { owner, ada, editor, reader, stranger, workspaceId };
}

/** Asks as a viewer: for what is answered, and for the error. */
export function asking(opened: Opened) {
  const said = async (viewer: Viewer, document: string, variables: Readonly<Record<string, unknown>> = {}): Promise<any> =>
    (await opened.execute(viewer, document, variables)).result;
  const refusal = (viewer: Viewer, document: string, variables: Readonly<Record<string, unknown>>): Promise<any> =>
    said(viewer, document, variables).then(
      () => 'answered',
      (error: any) => error.originalError ?? error,
    );
  return { said, refusal };
}

/** A workspace on a running server, as rows. Returns its global id, and what ends the membership of somebody as another node would. */
export async function openWorkspace(app: Pick<TestApp, 'connectionString'>, members: readonly (readonly [Pick<TestPerson, 'userId'>, ParticipantRole])[]) {
  const id = uuidv7();
  const values = members.map(([{ userId }, role], place) => `('${id}', '${rowId(userId)}', '${role}', now() + ${place} * interval '1 ms')`);
  await runSql(
    app.connectionString,
    `INSERT INTO workspaces (id, name, handle, created_at, updated_at) VALUES ('${id}', 'Acme', 'acme-${id}', now(), now());
     INSERT INTO workspace_members (workspace_id, user_id, role, joined_at) VALUES ${values.join(', ')}`,
  );
  const remove = ({ userId }: Pick<TestPerson, 'userId'>) =>
    runSql(app.connectionString, `DELETE FROM workspace_members WHERE workspace_id = '${id}' AND user_id = '${rowId(userId)}'`);
  return { workspaceId: globalId('Workspace', id), remove };
}
