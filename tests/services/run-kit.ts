import { parseConfig } from '../../src/base/config.ts';
import { systemClock, type Clock } from '../../src/base/clock.ts';
import { uuidv7 } from '../../src/base/id.ts';
import { createLogger } from '../../src/base/logger.ts';
import type { Viewer } from '../../src/auth/viewer.ts';
import type { Engine } from '../../src/engines/engine.ts';
import { createRegistry } from '../../src/engines/registry.ts';
import { createConversationLog } from '../../src/events/conversation-log.ts';
import { createRoomSignals } from '../../src/events/room-signals.ts';
import { createPostgresRunLog } from '../../src/events/postgres-run-log.ts';
import type { RunEvent } from '../../src/events/run-event.ts';
import type { RunLog } from '../../src/events/run-log.ts';
import { unlimited, type Limiter } from '../../src/limits/limiter.ts';
import { createConversations } from '../../src/services/conversation.ts';
import { createContexts } from '../../src/services/context/contexts.ts';
import { createSummaries } from '../../src/services/context/summaries.ts';
import { createModelFacts } from '../../src/services/context/window.ts';
import type { ReadImage } from '../../src/services/context/images.ts';
import { createMessages } from '../../src/services/message.ts';
import type { RunPictures } from '../../src/services/run/picture.ts';
import type { RunDependencies, RunSettings } from '../../src/services/run/deps.ts';
import { createModelCalls } from '../../src/services/model-calls.ts';
import { createDefaultsFor } from '../../src/services/preference/answer-defaults.ts';
import { createMetering } from '../../src/services/usage/metering.ts';
import { createTraces } from '../../src/services/trace/traces.ts';
import { createUsageMetrics } from '../../src/services/usage/usage-metrics.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import type { SpanExport } from '../../src/telemetry/span-export.ts';
import { createCallQuotas } from '../../src/services/quota/call-quotas.ts';
import { createQuotaGate } from '../../src/services/quota/gate.ts';
import { createHoldingLimits } from '../../src/services/quota/limits.ts';
import { createWorkspaceFacts } from '../../src/services/quota/workspace-facts.ts';
import { createWorkspaceGate } from '../../src/services/quota/workspace-gate.ts';
import { createWorkspaceQuotas } from '../../src/services/workspace/quotas.ts';
import type { OwnEngines } from '../../src/services/provider-key/own-engines.ts';
import { createRunQuotas } from '../../src/services/quota/run-quotas.ts';
import { createQuotas } from '../../src/services/quota/quotas.ts';
import { createAudit } from '../../src/services/audit.ts';
import { createExecutor } from '../../src/services/run/executor.ts';
import { createResponses } from '../../src/services/run/respond.ts';
import { createRuns, type Runs } from '../../src/services/run/run.ts';
import { stopChannel } from '../../src/services/run/stop.ts';
import type { RunMoods } from '../../src/services/sentiment/run-moods.ts';
import type { RunTools } from '../../src/services/run-tool.ts';
import { createDatabase, type Database } from '../../src/stores/database.ts';
import { createListener } from '../../src/stores/listener.ts';
import { createStatements } from '../../src/stores/statements.ts';
import { createTestDatabase } from '../kit/database.ts';
import { giveUpMs, patientDatabase } from '../kit/patience.ts';

const logger = createLogger({ level: process.env['TEST_LOG_LEVEL'] ?? 'silent' });

/** For tests of other things: nobody judges. */
const noMoods: RunMoods = { begin: async ({ engine }) => ({ engine, settled: async () => {}, close: () => {} }) };

/** For tests of other things: nobody draws. */
const noPictures: RunPictures = {
  imageCalls: { isTool: false, engines: async () => [], resolve: () => Promise.reject(new Error('nobody draws here')) },
  drawing: { draw: () => Promise.reject(new Error('nobody draws here')) },
  readImage: async () => null,
  keepPreview: () => Promise.reject(new Error('nobody draws here')),
};

/** One node on a test database. */
export type RunNode = Awaited<ReturnType<typeof openNode>>;

/** What a test may choose. */
export interface NodeOptions {
  readonly engines: readonly Engine[];
  readonly settings?: Partial<RunSettings>;
  readonly chatsPerUser?: Limiter;
  /** The time of day; that of the machine when absent. */
  readonly clock?: Clock;
  /** Variables of the quotas; there are none when absent. */
  readonly quotas?: Readonly<Record<string, string>>;
  /** Engines that answer by keys of people and workspaces; there are none when absent. */
  readonly ownEngines?: OwnEngines;
  readonly toolsOf?: RunTools;
  readonly readImage?: ReadImage;
  /** Who judges what people say; nobody when absent. */
  readonly moods?: (parts: Pick<RunDependencies, 'pool' | 'modelCalls'>) => RunMoods;
  /** Where spans are sent; nowhere when absent. */
  readonly spanExport?: SpanExport;
  /** Puts something between the runs and their log. */
  readonly wrapRunLog?: (log: RunLog) => RunLog;
}

/** Opens a node: the services of runs on a database, without a server. */
export async function openNode(disposal: AsyncDisposableStack, connectionString: string, options: NodeOptions) {
  const database: Database = createDatabase({ connectionString, poolSize: 8, ...patientDatabase, logger });
  disposal.defer(() => database.close());
  const { pool, prisma } = database;
  const nodeId = uuidv7();
  const settings: RunSettings = {
    nodeId,
    // Nodes whose executor was not started renew nothing.
    leaseMs: 60_000,
    maxSteps: 5,
    toolTimeoutMs: 60_000,
    runTimeoutMs: 60_000,
    maxRunningRunsPerUser: 100,
    defaultTemperature: 0.7,
    defaultMaxTokens: 1_024,
    askTimeoutMs: giveUpMs,
    stopWaitMs: giveUpMs,
    closeTimeoutMs: giveUpMs,
    titleTimeoutMs: giveUpMs,
    maxTurns: 10,
    inputTimeoutMs: 60_000,
    moderationTimeoutMs: giveUpMs,
    ...options.settings,
  };
  const { clock = systemClock } = options;
  const runLog = createPostgresRunLog({ pool, clock, logger, nodeId, leaseMs: settings.leaseMs, coalesceMs: 5, pollIntervalMs: 60_000 });
  const conversationLog = createConversationLog({ pool, clock, pollIntervalMs: 60_000 });
  const roomSignals = createRoomSignals({ query: async (sql, values) => (await pool.query(sql, [...values])).rows, nodeId, logger });
  const { context, quotas: quotaConfig, traces: traceConfig } = parseConfig(options.quotas ?? {});
  const metrics = createMetrics();
  const usageMetrics = createUsageMetrics(metrics);
  const holding = createHoldingLimits({ pool, config: quotaConfig });
  const gate = createQuotaGate({ pool, clock, holding, refused: usageMetrics.refused });
  const workspaceFacts = createWorkspaceFacts({ pool, clock });
  const workspaceGate = createWorkspaceGate({ pool, clock, facts: workspaceFacts, refused: usageMetrics.refused });
  const statements = createStatements({ pool });
  const traces = createTraces({ statements, clock, newId: uuidv7, logger, config: traceConfig, spanExport: options.spanExport ?? null });
  const metering = createMetering({
    pool,
    clock,
    newId: uuidv7,
    logger,
    quotas: createCallQuotas({ pool, gate, workspaceGate }),
    metrics: usageMetrics,
    called: traces.called,
  });
  const modelCalls = createModelCalls({
    registry: createRegistry({ engines: options.engines, defaultModel: null }),
    ownEngines: options.ownEngines ?? null,
    metering,
  });
  const audit = createAudit({ prisma, pool, clock, newId: uuidv7, nameKey: new Uint8Array(32) });
  const quotas = createQuotas({ prisma, pool, clock, newId: uuidv7, audit, holding, config: quotaConfig });
  const workspaceQuotas = createWorkspaceQuotas({ prisma, pool, clock, audit, facts: workspaceFacts });
  const factsOf = createModelFacts(context.modelListTimeoutMs);
  const summaries = createSummaries({ pool, modelCalls, factsOf, clock, newId: uuidv7, logger, settings: context });
  const deps: RunDependencies = {
    prisma,
    pool,
    clock,
    newId: uuidv7,
    logger,
    runLog: options.wrapRunLog?.(runLog) ?? runLog,
    conversationLog,
    roomSignals,
    modelCalls,
    contexts: createContexts({ pool, summaries, factsOf, settings: context, readImage: options.readImage ?? (async () => null) }),
    defaultsFor: createDefaultsFor(pool),
    metering,
    traces,
    chatsPerUser: options.chatsPerUser ?? unlimited,
    quotas: createRunQuotas({ pool, gate, workspaceGate, modelCalls, defaultMaxTokens: settings.defaultMaxTokens }),
    moods: options.moods?.({ pool, modelCalls }) ?? noMoods,
    dataOf: async () => ({ tables: [], examples: [] }),
    toolsOf: options.toolsOf ?? (() => []),
    knowledge: { open: async () => null },
    planning: { describe: async () => 'plans', toolsOf: () => [] },
    openOutsideTools: async () => ({ tools: [], prompt: null }),
    imageTools: () => null,
    pictures: noPictures,
    writeRecordings: async () => {},
    settings,
  };
  const executor = createExecutor(deps);
  const runs: Runs = createRuns(deps, executor);
  const responses = createResponses(deps, executor, runs);
  const listener = createListener({
    connectionString,
    channels: [runLog.channel, conversationLog.channel, roomSignals.channel, stopChannel],
    onNotification: (channel, payload) => {
      if (channel === runLog.channel) runLog.notified(payload);
      else if (channel === conversationLog.channel) conversationLog.notified(payload);
      else if (channel === roomSignals.channel) roomSignals.notified(payload);
      else executor.stop(payload);
    },
    onReconnect: () => undefined,
    logger,
    connectTimeoutMs: giveUpMs,
    answerTimeLimitMs: giveUpMs,
  });
  disposal.defer(() => listener.close());
  await listener.ready;
  disposal.defer(() => runLog.close());
  disposal.defer(() => executor.close());
  const conversations = createConversations({ prisma, statements, clock, newId: uuidv7, conversationLog, roomSignals, stopRuns: runs.stopAllIn });
  return {
    database,
    metrics,
    traces,
    quotas,
    workspaceQuotas,
    modelCalls,
    prisma,
    pool,
    deps,
    runLog,
    conversationLog,
    executor,
    runs,
    responses,
    conversations,
    messages: createMessages({ statements }),
  };
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
