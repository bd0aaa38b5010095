import { afterEach, beforeEach, describe } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { uuidv7 } from '../../src/base/id.ts';
import { createLogger } from '../../src/base/logger.ts';
import { createPostgresRunLog } from '../../src/events/postgres-run-log.ts';
import type { RunLog } from '../../src/events/run-log.ts';
import { createDatabase } from '../../src/stores/database.ts';
import { createListener } from '../../src/stores/listener.ts';
import { createTestDatabase } from '../kit/database.ts';
import { patientDatabase } from '../kit/patience.ts';
import { describeRunLog, type RunLogFixture } from './run-log-contract.ts';

const logger = createLogger({ level: 'silent' });
// No reader looks by itself before a test is over: a wake-up that is lost shows.
const neverMs = 3_600_000;

async function openFixture(disposal: AsyncDisposableStack): Promise<RunLogFixture> {
  const { connectionString } = disposal.use(await createTestDatabase());
  const { pool, prisma, close } = createDatabase({ connectionString, poolSize: 5, ...patientDatabase, logger });
  disposal.defer(() => close());
  const openNode = async (nodeId: string): Promise<RunLog> => {
    const log = createPostgresRunLog({ pool, clock: systemClock, logger, nodeId, leaseMs: 10_000, coalesceMs: 10, pollIntervalMs: neverMs });
    const listener = createListener({
      connectionString,
      channels: [log.channel],
      onNotification: (_channel, payload) => log.notified(payload),
      onReconnect: () => log.wakeAll(),
      logger,
    });
    disposal.defer(() => listener.close());
    disposal.defer(() => log.close());
    await listener.ready;
    return log;
  };
  const [nodeId, userId] = [uuidv7(), uuidv7()];
  await prisma.user.create({ data: { id: userId, email: 'a@example.org' } });
  return {
    log: await openNode(nodeId),
    otherNode: await openNode(uuidv7()),
    createRun: async () => {
      const now = new Date();
      const conversation = await prisma.conversation.create({ data: { id: uuidv7(), ownerId: userId, createdAt: now, updatedAt: now } });
      const lease = { leaseOwner: nodeId, leaseExpiresAt: new Date(now.getTime() + 60_000) };
      const run = await prisma.run.create({
        data: {
          id: uuidv7(),
          conversationId: conversation.id,
          userId,
          kind: 'CHAT',
          status: 'RUNNING',
          model: 'builtin:analyst',
          options: {},
          createdAt: now,
          ...lease,
        },
      });
      return run.id;
    },
    deleteRun: async (runId) => {
      await prisma.run.delete({ where: { id: runId } });
      await prisma.runEvent.deleteMany({ where: { runId } });
    },
    takeOver: async (runId) => {
      const last = await prisma.runEvent.aggregate({ where: { runId }, _max: { seq: true } });
      await prisma.run.update({ where: { id: runId }, data: { status: 'FAILED', leaseOwner: null, leaseExpiresAt: null } });
      await prisma.runEvent.create({ data: { runId, seq: (last._max.seq ?? 0) + 1, data: { type: 'RunFinished', reason: 'STOPPED', dataUpdated: false } } });
    },
  };
}

describe('the run log on PostgreSQL', () => {
  let disposal = new AsyncDisposableStack();
  let fixture: RunLogFixture;

  beforeEach(async () => {
    disposal = new AsyncDisposableStack();
    fixture = await openFixture(disposal);
  });

  afterEach(() => disposal.disposeAsync());

  describeRunLog(() => fixture);
});
