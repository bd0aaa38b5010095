import { existsSync, globSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fillRows } from '../kit/person-rows.ts';
import type { SchemaModel } from '../kit/prisma-schema.ts';
import { exceptions, joinWithEverything, models, rowSchema, schema } from './people-belongings.ts';
import { device, openPeople, password, type OpenPeople } from './people-kit.ts';

let kit: OpenPeople;
beforeEach(async () => void (kit = await openPeople()));
afterEach(() => kit.close());

/** Every row of every table as text, also of the models that outlive people. */
async function everything(): Promise<Readonly<Record<string, readonly string[]>>> {
  const { rows: tables } = await kit.pool.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name <> '_prisma_migrations' ORDER BY 1`,
  );
  const found: Record<string, readonly string[]> = {};
  for (const { name } of tables) {
    const { rows } = await kit.pool.query<{ row: string }>(`SELECT to_jsonb(t)::text AS row FROM ${name} t`);
    found[name] = rows.map(({ row }) => row).toSorted();
  }
  return found;
}

const tablesOf = (names: readonly string[]): readonly string[] => schema.models.flatMap(({ name, table }) => (names.includes(name) ? [table] : []));
const without = (rows: Readonly<Record<string, readonly string[]>>, tables: readonly string[]) =>
  Object.fromEntries(Object.entries(rows).filter(([table]) => !tables.includes(table)));
const filesOnDisk = (): readonly string[] => globSync(`${kit.folder}/{files,tmp}/**/{original,*.parquet}`).toSorted();

describe('a deleted account', () => {
  it('leaves no row in any table of the Prisma schema, and takes none of anybody else', async () => {
    await joinWithEverything(kit);
    const before = await everything();
    expect(Object.keys(before).toSorted(), 'the schema was read whole').toEqual(schema.models.map(({ table }) => table).toSorted());
    const outliving = tablesOf(Object.keys(exceptions));
    expect(Object.entries(without(before, outliving)).filter(([, rows]) => rows.length === 0)).toEqual([]);
    const { viewer, userId, mark, ids } = await joinWithEverything(kit);
    await kit.people.deleteAccount(viewer, password, device);
    const after = await everything();
    expect(without(after, outliving)).toEqual(without(before, outliving));
    const left = Object.values(after).flat();
    expect(
      left.filter((row) => row.includes(mark)),
      'no text of theirs',
    ).toEqual([]);
    const idsLeft = [...ids.values()].filter((id) => left.some((row) => row.includes(id)));
    expect(idsLeft, 'no id of anything of theirs').toEqual([]);
    expect(Object.entries(after).flatMap(([table, rows]) => (rows.some((row) => row.includes(userId)) ? [table] : []))).toEqual(tablesOf(['AuditEvent']));
  });

  it('leaves no file on the disk, and takes none of anybody else', async () => {
    await joinWithEverything(kit);
    const before = filesOnDisk();
    expect(schema.models.filter(({ hasFiles }) => hasFiles).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['File', 'DerivedTable', 'Upload', 'Attachment']),
    );
    const { viewer, ids } = await joinWithEverything(kit);
    expect(filesOnDisk().length).toBeGreaterThan(before.length);
    await kit.people.deleteAccount(viewer, password, device);
    expect(filesOnDisk()).toEqual(before);
    expect([...ids.values()].filter((id) => existsSync(dirname(kit.fileStore.pathsOf(id).original)))).toEqual([]);
  });

  it('takes what the person has in the things of somebody else, and leaves those', async () => {
    const owner = await joinWithEverything(kit);
    const before = await everything();
    const { accessToken, user } = await kit.join({ email: 'guest@example.org' });
    const guest = await kit.people.authenticate(accessToken);
    // What hangs on a person and on something else as well: here on the guest, and on the other's thing.
    const shared = models.filter(({ name, fields }) => {
      const required = fields.filter((field) => field.holds.length > 0 && !field.isOptional).map(({ type }) => type);
      return name !== 'User' && required.includes('User') && required.length > 1;
    });
    expect(shared.map(({ name }) => name)).toEqual(expect.arrayContaining(['Participant', 'Run', 'Feedback', 'VerifiedQuery']));
    const things = new Map([...owner.ids].filter(([name]) => !shared.some((model) => model.name === name)));
    await fillRows(kit.pool, rowSchema, { userId: user.id, mark: 'a-guest' }, things.set('Workspace', owner.workspaceId), shared.map(onlyRequired));
    await kit.people.deleteAccount(guest, password, device);
    // The others are told that somebody left: one event, with an id and no name, and that the conversation changed.
    const outliving = tablesOf([...Object.keys(exceptions), 'ConversationEvent', 'Change']);
    const untold = (rows: Readonly<Record<string, readonly string[]>>) => JSON.stringify(without(rows, outliving)).replaceAll(/\\"event_seq\\": \d+/g, '');
    expect(untold(await everything())).toBe(untold(before));
  });
});

/** A model without what may be left out: where it must be unique it would be the other's. */
function onlyRequired(model: SchemaModel): SchemaModel {
  return { ...model, fields: model.fields.filter((field) => !field.isOptional) };
}
