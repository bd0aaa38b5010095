import { Client } from 'pg';
import { describe, expect, it, vi } from 'vitest';
import { createLogger } from '../../src/base/logger.ts';
import { migrate } from '../../src/stores/migrate.ts';
import { readMigrations } from '../../src/stores/migration-folder.ts';
import { createTestDatabase, runSql } from '../kit/database.ts';
import { giveUpMs } from '../kit/patience.ts';

/** Two rooms of one person, an attachment that was sent to the first, and one of somebody else. */
const begin = `
  INSERT INTO users (id) VALUES (uuid(1)), (uuid(2));
  INSERT INTO conversations (id, owner_id, created_at, updated_at) VALUES (uuid(11), uuid(1), now(), now()), (uuid(12), uuid(1), now(), now());
  INSERT INTO participants (conversation_id, user_id, joined_at) VALUES (uuid(11), uuid(1), now()), (uuid(12), uuid(1), now());
  INSERT INTO attachments (id, owner_id, conversation_id, name, media_type, byte_size, created_at)
    VALUES (uuid(21), uuid(1), uuid(11), 'own.txt', 'text/plain', 1, now()), (uuid(22), uuid(2), NULL, 'foreign.txt', 'text/plain', 1, now())`;
const numbered = `CREATE FUNCTION uuid(number int) RETURNS uuid LANGUAGE sql AS $$ SELECT ('00000000-0000-7000-8000-' || lpad(number::text, 12, '0'))::uuid $$`;

const named = (number: number): string => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`;

describe('the uses of attachments', () => {
  it('are those of before: where each was sent, and where its owner has a message that names it', async () => {
    await using database = await createTestDatabase({ isMigrated: false });
    const { connectionString } = database;
    const logger = createLogger({ level: 'silent' });
    const before = (await readMigrations()).filter(({ name }) => name < '20261129033710_attachment_uses');
    await migrate({ connectionString, logger, migrations: before });
    await runSql(connectionString, numbered);
    await runSql(connectionString, begin);
    await runSql(connectionString, `INSERT INTO messages (id, conversation_id, role, created_at) VALUES (uuid(31), uuid(12), 'USER', now())`);
    await runSql(
      connectionString,
      `INSERT INTO parts (id, message_id, position, kind, data)
       SELECT uuid(40 + n), uuid(31), n, 'FILE', json_build_object('attachmentId', uuid(20 + n)) FROM generate_series(1, 2) AS n`,
    );
    await migrate({ connectionString, logger });
    const uses = await runSql(connectionString, 'SELECT attachment_id AS a, conversation_id AS c FROM attachment_uses ORDER BY 1, 2');
    expect(uses).toEqual([
      { a: named(21), c: named(11) },
      { a: named(21), c: named(12) },
    ]);
  });

  it('keep an attachment that is given to another conversation while its last one goes', async () => {
    await using database = await createTestDatabase();
    const { connectionString } = database;
    await runSql(connectionString, numbered);
    await runSql(connectionString, begin);
    const [giver, deleter] = [new Client({ connectionString }), new Client({ connectionString })];
    await Promise.all([giver.connect(), deleter.connect()]);
    try {
      await giver.query('BEGIN');
      await giver.query('UPDATE attachments SET conversation_id = uuid(12) WHERE id = uuid(21)');
      const deleted = deleter.query('DELETE FROM conversations WHERE id = uuid(11)');
      const blocked = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      await vi.waitFor(async () => expect(await runSql(connectionString, blocked)).toHaveLength(1), { timeout: giveUpMs, interval: 5 });
      await giver.query('COMMIT');
      await deleted;
    } finally {
      await Promise.all([giver.end(), deleter.end()]);
    }
    expect(await runSql(connectionString, 'SELECT attachment_id AS a, conversation_id AS c FROM attachment_uses')).toEqual([{ a: named(21), c: named(12) }]);
    expect(await runSql(connectionString, 'SELECT name FROM attachments ORDER BY 1')).toEqual([{ name: 'foreign.txt' }, { name: 'own.txt' }]);
    await runSql(connectionString, 'DELETE FROM conversations WHERE id = uuid(12)');
    expect(await runSql(connectionString, 'SELECT name FROM attachments ORDER BY 1')).toEqual([{ name: 'foreign.txt' }]);
  });
});
