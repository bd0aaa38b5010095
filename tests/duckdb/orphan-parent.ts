import { createLogger } from '../../src/base/logger.ts';
import { createDuckdb } from '../../src/duckdb/duckdb.ts';

// A server that is killed in the middle of a query. It tells its children's ids on its standard output.
const duckdb = await createDuckdb({ tempFolder: process.argv[2] ?? '', log: createLogger({ level: 'silent' }) });
await duckdb.query({ tables: [], sql: 'SELECT 1', userKey: 'user' }, new AbortController().signal);
process.stdout.write(`${JSON.stringify(duckdb.processIds().query)}\n`);
await duckdb.query({ tables: [], sql: process.argv[3] ?? '', userKey: 'user' }, new AbortController().signal);
