import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Viewer } from '../../src/auth/viewer.ts';
import { fillRows, type RowIds, type RowOwner } from '../kit/person-rows.ts';
import { readPrismaSchema } from '../kit/prisma-schema.ts';
import { writeWorkspace } from '../kit/workspace-rows.ts';
import type { OpenPeople } from './people-kit.ts';

/** What is of no person, or outlives them, with the reason. Every other model is held to be deleted. */
export const exceptions: Readonly<Record<string, string>> = {
  AuditEvent: 'an administrator must be able to explain it later: it keeps ids, and no name',
  RateLimit: 'counts under hashes that expire by themselves',
  QuotaTotal: 'sums of everybody, which name nobody',
  Workspace: 'of all of its members together, and of no one of them',
  WorkspaceQuota: 'of the workspace',
  WorkspaceTotal: 'sums of all members, which name nobody',
  Setting: 'facts of the installation',
  LivePass: 'ids of who may still be in a live room, until they are out of it',
};

/** All models. */
export const schema = readPrismaSchema();

/** The models of people. */
export const models = schema.models.filter(({ name }) => exceptions[name] === undefined);

/** What rows of people may be in: their own things, and a workspace, which is of no one of its members. */
export const rowSchema = { ...schema, models: schema.models.filter(({ name }) => exceptions[name] === undefined || name === 'Workspace') };

/** Somebody with a row of every model. */
export interface Somebody extends RowOwner {
  /** Of the workspace that they are in. */
  readonly workspaceId: string;
  readonly viewer: Viewer;
  readonly email: string;
  readonly ids: RowIds;
}

/** Puts something under an id where kept files lie, and where files lie that are not whole. */
async function putFiles(kit: OpenPeople, id: string): Promise<void> {
  const kept = kit.fileStore.pathsOf(id);
  const { id: temporaryId, paths } = await kit.fileStore.prepare();
  const unfinished = paths.original.replace(temporaryId, id);
  await kit.fileStore.discard(temporaryId);
  for (const path of [kept.original, kept.table, unfinished]) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, 'x');
  }
}

let count = 0;

/** Somebody with a row of every model, made by the Prisma schema alone, and a file of everything that has files. */
export async function joinWithEverything(kit: OpenPeople): Promise<Somebody> {
  count += 1;
  const mark = `belongings-of-${count}`;
  const email = `${mark}@example.org`;
  const { accessToken, user } = await kit.join({ email });
  const viewer = await kit.people.authenticate(accessToken);
  const owner = { userId: user.id, mark };
  const byHand = models.filter(({ name }) => name !== 'Credential');
  const workspace = await writeWorkspace(kit.prisma, { members: [] });
  const given = new Map([['Workspace', workspace.id]]);
  const ids = new Map(await fillRows(kit.pool, rowSchema, owner, given, byHand));
  ids.delete('Workspace');
  for (const { name, hasFiles } of models) if (hasFiles) await putFiles(kit, ids.get(name) ?? '');
  return { ...owner, workspaceId: workspace.id, viewer, email, ids };
}
