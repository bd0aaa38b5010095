import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { diffOn } from '../../src/stores/migration-diff.ts';
import { readMigrations } from '../../src/stores/migration-folder.ts';
import { createTestDatabase } from '../kit/database.ts';

const schema = await readFile(new URL('../../prisma/schema.prisma', import.meta.url), 'utf8');

test('the migrations lead to schema.prisma exactly (else: node prisma/migrate.ts new <name>)', async () => {
  await using database = await createTestDatabase({ isMigrated: false });
  expect(await diffOn(database.connectionString, await readMigrations(), schema)).toBeNull();
});

test('a change of schema.prisma shows up as the SQL that is missing', async () => {
  await using database = await createTestDatabase({ isMigrated: false });
  const changed = `${schema}\nmodel Whim {\n  id Int @id\n}\n`;
  expect(await diffOn(database.connectionString, await readMigrations(), changed)).toContain('CREATE TABLE "Whim"');
});
