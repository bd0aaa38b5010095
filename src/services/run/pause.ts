import { z } from 'zod';
import type { Run } from '../../../prisma/generated/client.ts';
import { later } from '../../base/clock.ts';
import type { RunEvent, RunEventData } from '../../events/run-event.ts';
import { storableJson } from '../file/file-row.ts';
import type { RunDependencies } from './deps.ts';
import type { WrittenPart } from './end-statement.ts';
import { holdConversation } from './hold-conversation.ts';
import type { LoopPause } from './loop-state.ts';

/** Everything that is stored when a run begins to wait for a person. */
export interface StoredPause extends LoopPause {
  /** The number of the event that tells of it. */
  readonly seq: number;
  /** Parts of the answer that are not stored yet. */
  readonly parts: readonly WrittenPart[];
  /** Whether the tables of its session were changed so far. */
  readonly isDataUpdated: boolean;
}

/**
 * Puts a run of this node down until a person has answered: its status, what it asks, where it stands, what it has written and the events, all
 * or nothing. No node has it from then on, and its conversation stays busy.
 *
 * @param isRepeated whether an earlier attempt may have been stored, whose answer was lost
 * @returns the event; null when the run is not ours any more, or somebody wants it stopped
 */
export async function pauseRun(
  deps: RunDependencies,
  run: Run,
  { request, state, seq, parts, isDataUpdated }: StoredPause,
  isRepeated: boolean,
): Promise<RunEvent | null> {
  const { prisma, clock, settings, runLog, conversationLog } = deps;
  const [call] = state.calls;
  if (call === undefined) throw new Error('a run waits for nothing');
  const now = clock.now();
  const expiresAt = later(now, settings.inputTimeoutMs);
  // What an engine wrote may hold what PostgreSQL cannot.
  const asked = storableJson({ ...request, toolCallId: call.id, toolName: call.name, arguments: call.arguments });
  const data: RunEventData = { type: 'InputRequested', ...clean(asked), expiresAt: expiresAt.toISOString() };
  const { kind, text, choices, toolCallId, toolName, arguments: toolArguments } = data;
  const pause = {
    kind,
    text,
    choices,
    toolCallId,
    toolName,
    toolArguments,
    state: storableJson({ ...state, personaId: run.personaId }),
    createdAt: now,
    expiresAt,
  };
  const isPaused = await prisma.$transaction(async (transaction) => {
    await holdConversation(transaction, run);
    const { count } = await transaction.run.updateMany({
      where: { id: run.id, status: 'RUNNING', leaseOwner: settings.nodeId, stopRequestedAt: null },
      data: { status: 'AWAITING_INPUT', leaseOwner: null, leaseExpiresAt: null, dataUpdated: isDataUpdated },
    });
    if (count === 0) return isRepeated && (await transaction.runPause.count({ where: { runId: run.id } })) > 0;
    await transaction.part.createMany({ data: parts.map((part) => ({ ...part, messageId: run.answerId ?? '' })) });
    await transaction.runPause.create({ data: { ...pause, runId: run.id } });
    await transaction.runEvent.create({ data: { runId: run.id, seq, data, createdAt: now } });
    await conversationLog.append(transaction, run.conversationId, { type: 'RunChanged', runId: run.id, status: 'AWAITING_INPUT' });
    await transaction.$queryRawUnsafe('SELECT pg_notify($1, $2)::text AS told', runLog.channel, `${settings.nodeId},${run.id}`);
    return true;
  });
  return isPaused ? { runId: run.id, seq, createdAt: now, data } : null;
}

const askedShape = z.object({
  kind: z.enum(['QUESTION', 'APPROVAL']),
  text: z.string(),
  choices: z.array(z.string()),
  toolCallId: z.string(),
  toolName: z.string(),
  arguments: z.string(),
});

function clean(asked: unknown): z.output<typeof askedShape> {
  return askedShape.parse(asked);
}
