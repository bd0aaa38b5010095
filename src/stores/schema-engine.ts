import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum, type SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type { MigrationList } from '@prisma/schema-engine-wasm';
import type { FieldDef, Pool, QueryArrayConfig, QueryArrayResult } from 'pg';
import { messageOf } from '../base/errors.ts';
import { lockFileContent, lockFileName, type Migration } from './migration-folder.ts';

/** What we ask of Prisma's schema engine. */
export interface SchemaEngine {
  /**
   * Applies those of the migrations that the database does not have, and records them in `_prisma_migrations`. Takes Prisma's advisory
   * lock and keeps it until the connection ends. Opens no transaction.
   *
   * @throws Error with the message of the engine
   */
  apply(migrations: readonly Migration[]): Promise<void>;
  /**
   * The SQL that leads from the migrations to a schema; null when they are the same. Needs the shadow database.
   *
   * @param migrations applied to the shadow database first
   * @param schema the text of `schema.prisma`
   */
  diff(migrations: readonly Migration[], schema: string): Promise<string | null>;
  close(): void;
}

const filters = { externalTables: [], externalEnums: [] };

/**
 * Opens Prisma's schema engine on a database.
 *
 * @param pool a pool of exactly one connection, because the lock and transactions belong to a connection; stays open
 * @param openShadow opens a pool to an empty database for `diff`, which the engine closes
 */
export async function openSchemaEngine(pool: Pool, openShadow: () => Pool = refuseShadow): Promise<SchemaEngine> {
  const { SchemaEngine: Engine } = await import('./schema-engine-module.ts');
  const factory = bindMigrationAwareSqlAdapterFactory(adapterFactory(pool, openShadow));
  const engine = await speaking(async () => Engine.new({ datamodels: undefined }, () => undefined, factory));
  return {
    async apply(migrations) {
      await speaking(async () => engine.applyMigrations({ migrationsList: migrationList(migrations), filters }));
    },
    async diff(migrations, schema) {
      const result = await speaking(async () =>
        engine.diff({
          from: { tag: 'migrations', ...migrationList(migrations) },
          to: { tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content: schema }] },
          script: true,
          exitCode: true,
          filters,
        }),
      );
      // Exit code 2 says that there is a difference, as `prisma migrate diff --exit-code` documents it.
      return result.exitCode === 2 ? result.stdout : null;
    },
    close: () => engine.free(),
  };
}

function refuseShadow(): Pool {
  throw new Error('A diff needs a shadow database.');
}

function migrationList(migrations: readonly Migration[]): MigrationList {
  return {
    baseDir: '/migrations',
    lockfile: { path: lockFileName, content: lockFileContent },
    shadowDbInitScript: '',
    migrationDirectories: migrations.map(({ name, sql }) => ({ path: name, migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } } })),
  };
}

/** The engine appends its own stack, lines that begin with a number and a colon. */
async function speaking<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Error(messageOf(error).split(/\n\s+0: /)[0] ?? messageOf(error), { cause: error });
  }
}

function adapterFactory(pool: Pool, openShadow: () => Pool): SqlMigrationAwareDriverAdapterFactory {
  const { provider, adapterName } = new PrismaPg(pool);
  return {
    provider,
    adapterName,
    connect: async () => wholeScripts(await new PrismaPg(pool).connect()),
    connectToShadowDb: async () => {
      return readCharColumns(wholeScripts(await new PrismaPg(openShadow(), { disposeExternalPool: true }).connect()));
    },
  };
}

type Adapter = Awaited<ReturnType<PrismaPg['connect']>>;

/**
 * The adapter cuts scripts at every semicolon, also inside of strings, comments and functions. PostgreSQL itself knows better: a
 * query without arguments may hold many statements.
 */
function wholeScripts(adapter: Adapter): Adapter {
  adapter.executeScript = async (script) => {
    await adapter.executeRaw({ sql: script, args: [], argTypes: [] });
  };
  return adapter;
}

/** OIDs of types (source: `pg_type.dat`). */
const charType = 18;
const textType = 25;

/**
 * Lets a diff read the system catalogues of PostgreSQL: the adapter does not know their type `"char"` (not `char(n)`), and refuses every
 * result that has one. So it is shown text, and the engine is told afterwards that these columns are single characters.
 */
function readCharColumns(adapter: Adapter): Adapter {
  const pool = adapter.underlyingDriver();
  const query = pool.query.bind(pool);
  const queryRaw = adapter.queryRaw.bind(adapter);
  let charColumns: readonly number[] = [];
  Object.assign(pool, {
    query: async (config: QueryArrayConfig): Promise<QueryArrayResult> => {
      const result = await query(config);
      // A script of several statements has a list of results and no fields of its own.
      const fields: readonly FieldDef[] | undefined = result.fields;
      charColumns = (fields ?? []).flatMap((field, index) => (field.dataTypeID === charType ? [index] : []));
      for (const field of fields ?? []) if (field.dataTypeID === charType) field.dataTypeID = textType;
      return result;
    },
  });
  adapter.queryRaw = async (statement) => {
    const result = await queryRaw(statement);
    for (const index of charColumns) result.columnTypes[index] = ColumnTypeEnum.Character;
    return result;
  };
  return adapter;
}
