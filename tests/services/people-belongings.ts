import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Viewer } from '../../src/auth/viewer.ts';
import { fillRows, type RowIds, type RowOwner } from '../kit/person-rows.ts';
import { readPrismaSchema } from '../kit/prisma-schema.ts';
import type { OpenPeople } from './people-kit.ts';

/** What is of no person, or outlives them, with the reason. Every other model is held to be deleted. */
export const exceptions: Readonly<Record<string, string>> = {
  AuditEvent: 'an administrator must be able to explain it later: it keeps ids, and no name',
  RateLimit: 'counts under hashes that expire by themselves',
  QuotaTotal: 'sums of everybody, which name nobody',
  Setting: 'facts of the installation',
  LivePass: 'ids of who may still be in a live room, until they are out of it',
};

/** All models. */
export const schema = readPrismaSchema();

/** The models of people. */
export const models = schema.models.filter(({ name }) => exceptions[name] === undefined);

/** Somebody with a row of every model. */
export interface Somebody extends RowOwner {
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
  const ids = await fillRows(kit.pool, { ...schema, models }, owner, new Map(), byHand);
  for (const { name, hasFiles } of models) if (hasFiles) await putFiles(kit, ids.get(name) ?? '');
  return { ...owner, viewer, email, ids };
}
