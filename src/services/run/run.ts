import type { Run } from '../../../prisma/generated/client.ts';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import { AppError, badInput, notFound } from '../../base/errors.ts';
import { parseInput } from '../../base/validate.ts';
import { attachmentsOfMessage } from '../attachment/of-message.ts';
import { findVisibleMessage } from '../participation.ts';
import { requirePermission, requireRole } from '../room/permissions.ts';
import type { RunDependencies } from './deps.ts';
import type { Executor } from './executor.ts';
import {
  autoAnalyzeInput,
  editInput,
  generateImageInput,
  imageOptions,
  regenerateInput,
  sendInput,
  tryInput,
  type AutoAnalyzeInput,
  type EditInput,
  type GenerateImageInput,
  type RegenerateInput,
  type SendInput,
  type TryInput,
} from './options.ts';
import { imageRequestOf } from './image-request.ts';
import { autoAnalyzeQuestion } from './prompts.ts';
import { endRound } from './end-round.ts';
import { saidText } from './said-text.ts';
import { requestStop } from './stop.ts';
import { createRunReading, hasEnded } from './run-reading.ts';
import { createStarting } from './starting.ts';

/** Runs: turns of an engine, from their question to their last event. */
export type Runs = ReturnType<typeof createRuns>;

/** Where a message is, and what its run was asked to do. */
interface FoundQuestion {
  readonly conversationId: string;
  readonly kind: Run['kind'];
  readonly model: string | null;
  readonly options: Run['options'];
}

/** Creates the service. */
export function createRuns(deps: RunDependencies, executor: Executor) {
  const { prisma, pool, settings } = deps;
  const reading = createRunReading(deps);
  const { get, waitForEnd } = reading;
  const { stopOpenRuns, startOnce, requestOf } = createStarting(deps, executor);

  const send = async (viewer: Viewer | null, input: SendInput): Promise<Run> => {
    const { userId } = requireViewer(viewer);
    const values = parseInput(sendInput, input);
    const { conversationId = null, temporaryForMinutes, context } = values;
    if (conversationId !== null && temporaryForMinutes != null) {
      throw badInput(['input', 'temporaryForMinutes'], '"temporaryForMinutes" is for a new conversation; leave it out where there is a "conversationId".');
    }
    if (conversationId !== null && context != null) {
      throw badInput(['input', 'contextId'], '"contextId" is for a new conversation; say what another one is about with "setConversationContext".');
    }
    const said = await saidText(pool, userId, values);
    const request = await requestOf(userId, 'CHAT', values, conversationId, said);
    return startOnce({ ...request, temporaryForMinutes, context, attachmentIds: [...new Set(values.attachmentIds)] }, values.ifBusy ?? 'REJECT');
  };

  /** Where a message is, and what its run was asked to do. */
  const whereIs = async (userId: string, messageId: string): Promise<FoundQuestion> => {
    const message = await findVisibleMessage(prisma, userId, messageId);
    requireRole(message?.viewerRole, 'SEND', 'Message');
    if (message === null) throw notFound('Message');
    const run = await prisma.run.findFirst({
      where: { OR: [{ answerId: messageId }, { questionId: messageId }] },
      select: { kind: true, model: true, options: true },
    });
    return { conversationId: message.conversationId, kind: run?.kind ?? 'CHAT', model: run?.model ?? null, options: run?.options ?? {} };
  };

  /** @throws AppError FORBIDDEN when the data of a conversation is somebody else's */
  const requireOwnData = async (userId: string, conversationId: string): Promise<void> => {
    const own = await prisma.conversation.count({ where: { id: conversationId, ownerId: userId } });
    if (own > 0) return;
    throw new AppError('FORBIDDEN', 'This answer is an analysis of data that only the OWNER who holds the conversation has; only they can have it made again.');
  };

  return {
    ...reading,

    /** Stops everything in conversations that are about to be deleted. Access was checked by whoever deletes. */
    stopAllIn: async (conversationIds: readonly string[]): Promise<void> => stopOpenRuns({ conversationId: { in: [...conversationIds] } }),

    /** Stops what somebody asked for in a conversation in which they may not ask any more. */
    stopAllOfIn: async (userId: string, conversationId: string): Promise<void> => stopOpenRuns({ userId, conversationId }),

    /** Stops everything that somebody started, and everything in conversations of theirs, before they are deleted. */
    stopAllOf: async (userId: string): Promise<void> => stopOpenRuns({ OR: [{ userId }, { conversation: { ownerId: userId } }] }),

    /** Asks an engine, and returns the run at once. */
    send,

    /** Asks an engine and waits for the whole answer; the run goes on when the limit is reached first, and waits when it asks something itself. */
    ask: async (viewer: Viewer | null, input: SendInput): Promise<Run> =>
      waitForEnd(viewer, await send(viewer, input), settings.askTimeoutMs, { untilAsked: true }),

    /** Tries a template out in a conversation that vanishes after an hour: as a message, or as the instructions above one. */
    tryTemplate: async (viewer: Viewer | null, input: TryInput): Promise<Run> => {
      const { userId } = requireViewer(viewer);
      const { template, question, model, temperature } = parseInput(tryInput, input);
      const how = { temporaryForMinutes: 60, ...(model == null ? {} : { model }), ...(temperature == null ? {} : { temperature }) };
      if (question == null) return send(viewer, { ...how, template });
      return send(viewer, { ...how, text: question, systemPrompt: await saidText(pool, userId, { template }) });
    },

    /** Says a message of one's own in other words: beside it, on a branch of its own, with an answer of its own, and with its attachments unless others are named. */
    edit: async (viewer: Viewer | null, input: EditInput): Promise<Run> => {
      const { userId } = requireViewer(viewer);
      const values = parseInput(editInput, input);
      const { messageId, text } = values;
      const { conversationId } = await whereIs(userId, messageId);
      const request = await requestOf(userId, 'CHAT', values, conversationId, text, { type: 'BESIDE', messageId });
      const attachmentIds = [...new Set(values.attachmentIds ?? (await attachmentsOfMessage(pool, userId, messageId)))];
      return startOnce({ ...request, attachmentIds }, values.ifBusy ?? 'REJECT');
    },

    /** Has a question answered anew, beside the answers that it has. */
    regenerate: async (viewer: Viewer | null, input: RegenerateInput): Promise<Run> => {
      const { userId } = requireViewer(viewer);
      const values = parseInput(regenerateInput, input);
      const { messageId } = values;
      const { conversationId, kind, ...before } = await whereIs(userId, messageId);
      if (kind === 'AUTO_ANALYZE') await requireOwnData(userId, conversationId);
      const busy = values.ifBusy ?? 'REJECT';
      if (kind === 'IMAGE') {
        const { model = before.model, idempotencyKey = null } = values;
        const image = imageOptions.parse(before.options);
        const how = { model, image, attachmentIds: [], idempotencyKey, ifBusy: busy, input: values };
        const place = { type: 'ANSWER', messageId } as const;
        return startOnce(await imageRequestOf(deps.pictures.imageCalls, { userId, conversationId, prompt: null, place, ...how }), busy);
      }
      return startOnce(await requestOf(userId, kind, values, conversationId, null, { type: 'ANSWER', messageId }), busy);
    },

    /** Has pictures drawn, and returns the run at once. */
    draw: async (viewer: Viewer | null, input: GenerateImageInput): Promise<Run> => {
      const { userId } = requireViewer(viewer);
      const values = parseInput(generateImageInput, input);
      const { conversationId = null, prompt, model = null, idempotencyKey = null, ifBusy } = values;
      const image = { size: values.size ?? 'SQUARE', quality: values.quality ?? 'MEDIUM', count: values.count ?? 1 } as const;
      const how = { model, image, attachmentIds: [...new Set(values.attachmentIds)], idempotencyKey, ifBusy: ifBusy ?? 'REJECT', input: values } as const;
      return startOnce(await imageRequestOf(deps.pictures.imageCalls, { userId, conversationId, prompt, place: { type: 'END' }, ...how }), how.ifBusy);
    },

    /** Has the data of a session analysed. */
    autoAnalyze: async (viewer: Viewer | null, input: AutoAnalyzeInput): Promise<Run> => {
      const { userId } = requireViewer(viewer);
      const values = parseInput(autoAnalyzeInput, input);
      const session = await prisma.session.findFirst({
        where: { id: values.sessionId, ownerId: userId },
        select: { conversation: { select: { id: true } }, files: { select: { name: true }, orderBy: { createdAt: 'asc' } } },
      });
      if (session === null || session.conversation === null) throw notFound('Session');
      if (session.files.length === 0) throw new AppError('CONFLICT', 'This session has no files yet. Upload one with POST /uploads?sessionId=...');
      const question = autoAnalyzeQuestion(session.files.map((file) => file.name));
      return startOnce(await requestOf(userId, 'AUTO_ANALYZE', values, session.conversation.id, question), values.ifBusy ?? 'REJECT');
    },

    /**
     * Stops a run, with the round that it is a turn of, and waits a moment for its end. Stopping again, or after the end, changes nothing and
     * answers the same.
     *
     * @throws AppError NOT_FOUND; FORBIDDEN for a READER, but for what they asked for
     */
    stop: async (viewer: Viewer | null, id: string): Promise<Run> => {
      const { userId } = requireViewer(viewer);
      const run = await get(viewer, id);
      // Whoever asked for it pays for it, whatever they may do here by now.
      if (run.userId !== userId) await requirePermission(prisma, { conversationId: run.conversationId, userId }, 'STOP_RUN', 'Run');
      // Before the run, so that no other turn begins when it ends by itself in this moment.
      if (run.roundId !== null) await endRound(deps, run.roundId, 'STOPPED');
      if (hasEnded(run)) return run;
      await requestStop(deps, executor, run);
      return waitForEnd(viewer, await get(viewer, id), settings.stopWaitMs);
    },
  };
}
