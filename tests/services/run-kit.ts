import { systemClock } from '../../src/base/clock.ts';
import { uuidv7 } from '../../src/base/id.ts';
import { createLogger } from '../../src/base/logger.ts';
import type { Viewer } from '../../src/auth/viewer.ts';
import type { Engine } from '../../src/engines/engine.ts';
import { createRegistry } from '../../src/engines/registry.ts';
import { createConversationLog } from '../../src/events/conversation-log.ts';
import { createPostgresRunLog } from '../../src/events/postgres-run-log.ts';
import type { RunEvent } from '../../src/events/run-event.ts';
import type { RunLog } from '../../src/events/run-log.ts';
import { unlimited, type Limiter } from '../../src/limits/limiter.ts';
import { createConversations } from '../../src/services/conversation.ts';
import { createMessages } from '../../src/services/message.ts';
import type { RunDependencies, RunSettings } from '../../src/services/run/deps.ts';
import { createExecutor } from '../../src/services/run/executor.ts';
import { createRuns, type Runs } from '../../src/services/run/run.ts';
import { stopChannel } from '../../src/services/run/stop.ts';
import type { RunTools } from '../../src/services/run-tool.ts';
import { createDatabase, type Database } from '../../src/stores/database.ts';
import { createListener } from '../../src/stores/listener.ts';
import { createStatements } from '../../src/stores/statements.ts';
import { createTestDatabase } from '../kit/database.ts';

const logger = createLogger({ level: process.env['TEST_LOG_LEVEL'] ?? 'silent' });

/** One node on a test database. */
export type RunNode = Awaited<ReturnType<typeof openNode>>;

/** What a test may choose. */
export interface NodeOptions {
  readonly engines: readonly Engine[];
  readonly settings?: Partial<RunSettings>;
  readonly chatsPerUser?: Limiter;
  readonly toolsOf?: RunTools;
  /** Puts something between the runs and their log. */
  readonly wrapRunLog?: (log: RunLog) => RunLog;
}

/** Opens a node: the services of runs on a database, without a server. */
export async function openNode(disposal: AsyncDisposableStack, connectionString: string, options: NodeOptions) {
  const database: Database = createDatabase({ connectionString, poolSize: 8, statementTimeoutMs: 10_000, connectTimeoutMs: 5_000, logger });
  disposal.defer(() => database.close());
  const { pool, prisma } = database;
  const nodeId = uuidv7();
  const settings: RunSettings = {
    nodeId,
    leaseMs: 10_000,
    maxSteps: 5,
    toolTimeoutMs: 5_000,
    runTimeoutMs: 60_000,
    maxRunningRunsPerUser: 100,
    defaultTemperature: 0.7,
    defaultMaxTokens: 1_024,
    askTimeoutMs: 10_000,
    stopWaitMs: 5_000,
    closeTimeoutMs: 10_000,
    titleTimeoutMs: 5_000,
    ...options.settings,
  };
  const runLog = createPostgresRunLog({ pool, clock: systemClock, logger, nodeId, leaseMs: settings.leaseMs, coalesceMs: 5, pollIntervalMs: 60_000 });
  const conversationLog = createConversationLog({ pool, clock: systemClock, pollIntervalMs: 60_000 });
  const deps: RunDependencies = {
    prisma,
    pool,
    clock: systemClock,
    newId: uuidv7,
    logger,
    runLog: options.wrapRunLog?.(runLog) ?? runLog,
    conversationLog,
    registry: createRegistry({ engines: options.engines, defaultModel: null }),
    chatsPerUser: options.chatsPerUser ?? unlimited,
    toolsOf: options.toolsOf ?? (() => []),
    settings,
  };
  const executor = createExecutor(deps);
  const runs: Runs = createRuns(deps, executor);
  const listener = createListener({
    connectionString,
    channels: [runLog.channel, conversationLog.channel, stopChannel],
    onNotification: (channel, payload) => {
      if (channel === runLog.channel) runLog.notified(payload);
      else if (channel === conversationLog.channel) conversationLog.notified(payload);
      else executor.stop(payload);
    },
    onReconnect: () => undefined,
    logger,
  });
  disposal.defer(() => listener.close());
  await listener.ready;
  disposal.defer(() => runLog.close());
  disposal.defer(() => executor.close());
  const statements = createStatements({ pool, isPrepared: true });
  const conversations = createConversations({ prisma, statements, clock: systemClock, newId: uuidv7, conversationLog, stopRuns: runs.stopAllIn });
  return { database, prisma, pool, deps, runLog, conversationLog, executor, runs, conversations, messages: createMessages({ statements }) };
}

/** A conversation of somebody that is about a data session, so that its engine gets tools. */
export async function createDataConversation({ prisma }: Pick<RunNode, 'prisma'>, { userId }: Viewer): Promise<string> {
  const now = new Date();
  const session = await prisma.session.create({ data: { id: uuidv7(), ownerId: userId, createdAt: now, updatedAt: now } });
  const participants = { create: { userId, joinedAt: now } };
  const conversation = await prisma.conversation.create({
    data: { id: uuidv7(), ownerId: userId, sessionId: session.id, createdAt: now, updatedAt: now, participants },
  });
  return conversation.id;
}

/** A node on a database of its own, and people to use it. */
export async function openRunTest(options: NodeOptions) {
  const disposal = new AsyncDisposableStack();
  const { connectionString } = disposal.use(await createTestDatabase());
  const node = await openNode(disposal, connectionString, options);
  const person = async (): Promise<Viewer> => {
    const userId = uuidv7();
    await node.prisma.user.create({ data: { id: userId, email: `${userId}@example.org` } });
    return { userId, loginId: uuidv7(), role: 'MEMBER' };
  };
  const eventsOf = async (viewer: Viewer, runId: string, after = 0): Promise<readonly RunEvent[]> => {
    const events: RunEvent[] = [];
    for await (const event of await node.runs.events(viewer, runId, after)) events.push(event);
    return events;
  };
  const otherNode = (more: Partial<NodeOptions> = {}): Promise<RunNode> => openNode(disposal, connectionString, { ...options, ...more });
  return { ...node, connectionString, person, eventsOf, otherNode, [Symbol.asyncDispose]: () => disposal.disposeAsync() };
}

/** The text of the deltas, joined. */
export function streamedText(events: readonly RunEvent[]): string {
  return events.map(({ data }) => (data.type === 'TextDelta' ? data.text : '')).join('');
}
