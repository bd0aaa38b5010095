import { Client } from 'pg';
import type { TestProject } from 'vitest/node';
import { messageOf } from '../../src/base/errors.ts';
import { createLogger, type Logger } from '../../src/base/logger.ts';
import { startEmbeddedPostgres } from '../../src/stores/embedded-postgres.ts';
import { migrate } from '../../src/stores/migrate.ts';
import { onClient, runSql, withDatabase, type TestPostgres } from './database.ts';
import { markOf } from './spare-databases.ts';
import { createTemporaryFolder, databasePrefix, dropDatabases, isOfDeadRun, removeFoldersOfDeadRuns } from './leftovers.ts';
import { giveUpMs } from './patience.ts';

type Teardown = () => Promise<void>;

/** Starts, or finds, the PostgreSQL of the project `embedded` or `server`, and makes the database that tests copy. */
export default async function setup(project: TestProject): Promise<Teardown> {
  const logger = createLogger({ level: 'warn' });
  return project.name === 'server' ? useServer(project, logger) : useEmbedded(project, logger);
}

async function useEmbedded(project: TestProject, logger: Logger): Promise<Teardown> {
  await removeFoldersOfDeadRuns();
  const folder = await createTemporaryFolder();
  try {
    const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '300' };
    const postgres = await startEmbeddedPostgres({ dataFolder: folder.path, logger, settings });
    project.provide('testPostgres', await prepare(withDatabase(postgres.connectionString, 'postgres'), logger));
    return async () => {
      await postgres.stop();
      await folder[Symbol.asyncDispose]();
    };
  } catch (error) {
    await folder[Symbol.asyncDispose]();
    throw error;
  }
}

async function useServer(project: TestProject, logger: Logger): Promise<Teardown> {
  const connectionString = process.env['TEST_DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres';
  const { hostname, port } = new URL(connectionString);
  const client = new Client({ connectionString, connectionTimeoutMillis: giveUpMs });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    const absence = `PostgreSQL server at ${hostname}:${port || 5432} cannot be reached (${messageOf(error)}); set TEST_DATABASE_URL`;
    if (process.env['CI'] === 'true') throw new Error(absence, { cause: error });
    logger.warn(`${absence}: the tests of the project "server" are skipped`);
    project.provide('testPostgres', { adminConnectionString: connectionString, template: '', mark: '', prefix: '', absence });
    return async () => undefined;
  }
  await dropDatabases(client, isOfDeadRun);
  const testPostgres = await prepare(connectionString, logger);
  project.provide('testPostgres', testPostgres);
  return async () => {
    await dropDatabases(client, (name) => name.startsWith(testPostgres.prefix));
    await client.end();
  };
}

async function prepare(adminConnectionString: string, logger: Logger): Promise<TestPostgres> {
  const prefix = `${databasePrefix}${Date.now().toString(36)}_${process.pid}_`;
  const template = `${prefix}template`;
  await runSql(adminConnectionString, `CREATE DATABASE ${template} TEMPLATE template0`);
  await migrate({ connectionString: withDatabase(adminConnectionString, template), logger });
  const mark = await onClient(withDatabase(adminConnectionString, template), markOf);
  return { adminConnectionString, template, mark, prefix, absence: null };
}
