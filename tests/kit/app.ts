import { startApp, type App, type AppOverrides } from '../../src/app.ts';
import { parseConfig } from '../../src/base/config.ts';
import { createLogger, type Logger } from '../../src/base/logger.ts';
import { createTestDatabase } from './database.ts';
import { createGraphqlClient, type GraphqlClient } from './graphql-client.ts';
import { createTemporaryFolder } from './leftovers.ts';
import { wideLimits } from './wide-limits.ts';

/** A signed-in person. */
export interface TestPerson {
  readonly token: string;
  readonly refreshToken: string;
  readonly userId: string;
  readonly email: string;
  readonly client: GraphqlClient;
}

/** The product on a free port, with a database and a data folder of its own. */
export interface TestApp extends App {
  readonly connectionString: string;
  readonly dataFolder: string;
  /** A client without a token. */
  readonly nobody: GraphqlClient;
  /** Registers somebody new, with an address of their own by default. */
  person(options?: { readonly setupToken?: string; readonly email?: string }): Promise<TestPerson>;
  [Symbol.asyncDispose](): Promise<void>;
}

let lastPerson = 0;

const register = `mutation ($input: RegisterInput!) { register(input: $input) { accessToken refreshToken user { id email } } }`;

/**
 * Starts the whole product as a client sees it.
 *
 * @param options.environment configuration variables over those for tests
 * @param options.logger hears what LOG_LEVEL of the tests hides
 */
export async function startTestApp(
  options: { readonly environment?: Readonly<Record<string, string>>; readonly overrides?: AppOverrides; readonly logger?: Logger } = {},
): Promise<TestApp> {
  const disposal = new AsyncDisposableStack();
  const { connectionString } = disposal.use(await createTestDatabase());
  const { path: dataFolder } = disposal.use(await createTemporaryFolder());
  const config = parseConfig({
    PORT: '0',
    DATABASE_URL: connectionString,
    DATA_FOLDER: dataFolder,
    BCRYPT_COST: '4',
    LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
    ...wideLimits,
    // Its events would stand in the way of tests of other things.
    SENTIMENT_METHOD: 'NONE',
    ...options.environment,
  });
  // Most tests ask nothing of DuckDB: its processes start with the first query.
  const overrides = { duckdbWarmAfterMs: 3_600_000, ...options.overrides };
  const app = await startApp(config, options.logger ?? createLogger({ level: config.logLevel }), overrides);
  disposal.defer(() => app.stop());
  const nobody = createGraphqlClient(app.url);
  const person: TestApp['person'] = async ({ setupToken, email: wanted } = {}) => {
    lastPerson += 1;
    const email = wanted ?? `person${lastPerson}-${Date.now()}@example.org`;
    const answer = await nobody.request(register, { input: { email, password: 'correct horse battery', ...(setupToken === undefined ? {} : { setupToken }) } });
    const { accessToken, refreshToken, user } = answer.register;
    return { token: accessToken, refreshToken, userId: user.id, email, client: createGraphqlClient(app.url, { token: accessToken }) };
  };
  return { ...app, connectionString, dataFolder, nobody, person, [Symbol.asyncDispose]: () => disposal.disposeAsync() };
}

/** Two servers on one database and one data folder. */
export interface TwoServers extends AsyncDisposable {
  readonly app: TestApp;
  readonly other: TestApp;
}

/** Starts both; disposing stops both. */
export async function startTwoServers(overrides: AppOverrides): Promise<TwoServers> {
  const disposal = new AsyncDisposableStack();
  const app = disposal.use(await startTestApp({ overrides }));
  const other = disposal.use(await startTestApp({ environment: { DATABASE_URL: app.connectionString, DATA_FOLDER: app.dataFolder }, overrides }));
  return { app, other, [Symbol.asyncDispose]: () => disposal.disposeAsync() };
}
