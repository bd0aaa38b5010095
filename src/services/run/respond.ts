import { z } from 'zod';
import type { Run, RunPause } from '../../../prisma/generated/client.ts';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import { AppError, badInput } from '../../base/errors.ts';
import { parseInput } from '../../base/validate.ts';
import type { RunEventData } from '../../events/run-event.ts';
import { requireAllowance } from '../allowance.ts';
import type { RunDependencies } from './deps.ts';
import type { Executor } from './executor.ts';
import { holdConversation } from './hold-conversation.ts';
import { pausedLoop, type GivenInput } from './loop-state.ts';
import { checkRunLimit } from './run-limit.ts';
import type { ResumedRun } from './resumed-run.ts';

/** Lets people answer runs that wait for them. */
export type Responses = ReturnType<typeof createResponses>;

const answerText = z
  .string()
  .refine((text) => text.trim() !== '', 'must not be empty')
  .max(20_000, 'has at most 20,000 characters')
  .refine((text) => !text.includes('\u0000'), 'must not contain the character U+0000');

const responseInput = z.object({ runId: z.uuid(), answer: answerText.nullish(), isApproved: z.boolean().nullish() });

/** The input of `respondToRun`. */
export type ResponseInput = z.input<typeof responseInput>;

/** What a run asks, as people see it. */
export type AskedInput = Omit<RunPause, 'state'>;

function givenInput({ kind }: Pick<RunPause, 'kind'>, { answer, isApproved }: z.output<typeof responseInput>): GivenInput {
  if (kind === 'APPROVAL') {
    if (isApproved == null) throw badInput(['input', 'isApproved'], 'The run asks for an approval: say true or false; "answer" may give the reason.');
    return { kind, isApproved, reason: answer ?? null };
  }
  if (answer == null) throw badInput(['input', 'answer'], 'The run asks a question: give an "answer".');
  if (isApproved != null) throw badInput(['input', 'isApproved'], 'The run asks a question and no approval; leave "isApproved" out.');
  return { kind, answer };
}

const waitsNoMore = (): AppError =>
  new AppError(
    'CONFLICT',
    'This run does not wait for an answer, or not any more: somebody has answered or stopped it, or its time was over. See its "status".',
  );

const columns = `p.run_id AS "runId", p.kind, p.text, p.choices, p.tool_call_id AS "toolCallId", p.tool_name AS "toolName", p.tool_arguments AS "toolArguments",
  p.created_at AS "createdAt", p.expires_at AS "expiresAt"`;

/** Creates the service. */
export function createResponses(deps: RunDependencies, executor: Executor, runs: { get(viewer: Viewer | null, id: string): Promise<Run> }) {
  const { prisma, pool, clock, settings, runLog, conversationLog } = deps;

  /** Takes a run that waits for this node, with what it was told; the second of two at once finds that it does not wait any more. */
  const resume = (run: Run, input: z.output<typeof responseInput>): Promise<{ readonly run: Run; readonly resumed: ResumedRun }> =>
    prisma.$transaction(async (transaction) => {
      await holdConversation(transaction, run);
      const pause = await transaction.runPause.findUnique({ where: { runId: run.id } });
      if (pause === null) throw waitsNoMore();
      const said = givenInput(pause, input);
      const state = pausedLoop.parse(pause.state);
      if (state.personaId !== run.personaId) {
        // Without it nobody knows what it may do.
        throw new AppError('CONFLICT', 'The persona that asked is deleted, so the run cannot go on. Stop it with "stopRun".');
      }
      const count = await transaction.$executeRaw`
        UPDATE runs SET status = 'RUNNING', lease_owner = ${settings.nodeId}::uuid, lease_expires_at = now() + ${settings.leaseMs} * interval '1 millisecond'
        WHERE id = ${run.id}::uuid AND status = 'AWAITING_INPUT' AND ${pause.expiresAt} > now()`;
      if (count === 0) throw waitsNoMore();
      const newest = await transaction.runEvent.findFirst({ where: { runId: run.id }, orderBy: { seq: 'desc' }, select: { seq: true } });
      const seq = (newest?.seq ?? 0) + 1;
      const data: RunEventData = {
        type: 'InputGiven',
        toolCallId: pause.toolCallId,
        isApproved: said.kind === 'APPROVAL' ? said.isApproved : null,
        answer: said.kind === 'APPROVAL' ? said.reason : said.answer,
      };
      await transaction.runPause.delete({ where: { runId: run.id } });
      await transaction.runEvent.create({ data: { runId: run.id, seq, data, createdAt: clock.now() } });
      await conversationLog.append(transaction, run.conversationId, { type: 'RunChanged', runId: run.id, status: 'RUNNING' });
      await transaction.$queryRawUnsafe('SELECT pg_notify($1, $2)::text AS told', runLog.channel, `${settings.nodeId},${run.id}`);
      const last = await transaction.part.findFirst({ where: { messageId: run.answerId ?? '' }, orderBy: { position: 'desc' }, select: { position: true } });
      const going = await transaction.run.findUniqueOrThrow({ where: { id: run.id } });
      return { run: going, resumed: { seq, position: (last?.position ?? -1) + 1, loop: { state, said }, entryId: null } };
    });

  return {
    /**
     * Answers a run that waits, and has it go on, on this node. The answer is the result of the call that asked.
     *
     * @throws AppError NOT_FOUND; FORBIDDEN for whoever did not ask; BAD_USER_INPUT; CONFLICT when it does not wait, RATE_LIMITED
     */
    respond: async (viewer: Viewer | null, input: ResponseInput): Promise<Run> => {
      const { userId } = requireViewer(viewer);
      const values = parseInput(responseInput, input);
      const run = await runs.get(viewer, values.runId);
      // It works in the name of whoever asked: with their keys and quotas, on their data.
      if (run.userId !== userId) throw new AppError('FORBIDDEN', 'Somebody else asked for this run; only they may answer it.');
      if (run.status !== 'AWAITING_INPUT') throw waitsNoMore();
      await checkRunLimit(deps, userId);
      requireAllowance(await deps.chatsPerUser.consume(userId), 'Too many messages in a minute');
      const { run: going, resumed } = await resume(run, values);
      runLog.wake(run.id);
      executor.launch(going, resumed);
      return runs.get(viewer, run.id);
    },

    /** What the runs ask that wait, as far as the viewer sees them, in one statement. */
    askedByRuns: async (viewer: Viewer | null, runIds: readonly string[]): Promise<ReadonlyMap<string, AskedInput>> => {
      const { userId } = requireViewer(viewer);
      const { rows } = await pool.query<AskedInput>(
        `SELECT ${columns} FROM run_pauses p JOIN runs r ON r.id = p.run_id JOIN participations a ON a.conversation_id = r.conversation_id AND a.user_id = $2
         WHERE p.run_id = ANY($1::uuid[])`,
        [runIds, userId],
      );
      return new Map(rows.map((pause) => [pause.runId, pause]));
    },
  };
}
