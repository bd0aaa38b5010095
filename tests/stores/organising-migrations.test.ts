import { expect, test } from 'vitest';
import { createLogger } from '../../src/base/logger.ts';
import { migrate } from '../../src/stores/migrate.ts';
import { readMigrations } from '../../src/stores/migration-folder.ts';
import { createTestDatabase, runSql } from '../kit/database.ts';

const logger = createLogger({ level: 'silent' });

test('what was said before there were marks and a search counts as read, stands in its place, and is found', async () => {
  await using database = await createTestDatabase({ isMigrated: false });
  const { connectionString } = database;
  const migrations = await readMigrations();
  const before = migrations.filter(({ name }) => name <= '20261128184344_talking');
  await migrate({ connectionString, logger, migrations: before });
  await runSql(
    connectionString,
    `DO $$ DECLARE person uuid := gen_random_uuid(); room uuid := gen_random_uuid(); said uuid := gen_random_uuid(); BEGIN
       INSERT INTO users (id) VALUES (person);
       INSERT INTO conversations (id, owner_id, title, created_at, updated_at) VALUES (room, person, 'Plums', '2025-01-01', '2025-02-01');
       INSERT INTO participants (conversation_id, user_id, joined_at) VALUES (room, person, '2025-01-01');
       INSERT INTO messages (id, conversation_id, role, created_at) VALUES (said, room, 'ASSISTANT', '2025-01-02');
       INSERT INTO parts (id, message_id, position, kind, text) VALUES (gen_random_uuid(), said, 0, 'TEXT', 'Ripe plums');
       INSERT INTO files (id, owner_id, name, format, byte_size, table_name, row_count, column_count, columns, preview, ingest, created_at)
         VALUES (gen_random_uuid(), person, 'plums.csv', 'CSV', 1, 'plums', 1, 1, '[{"name":"weight"}]', '[]', '{}', '2025-01-03');
     END $$`,
  );
  await migrate({ connectionString, logger });
  const kinds = `SELECT kind FROM search_entries WHERE document @@ to_tsquery('simple', 'plums') ORDER BY kind`;
  expect(await runSql(connectionString, kinds)).toEqual([{ kind: 'CONVERSATION' }, { kind: 'FILE' }, { kind: 'MESSAGE' }]);
  const marks = `SELECT active_at = '2025-02-01' AS "isInPlace", read_at IS NOT NULL AS "isRead", expires_at FROM participants`;
  expect(await runSql(connectionString, marks)).toEqual([{ isInPlace: true, isRead: true, expires_at: null }]);
});
