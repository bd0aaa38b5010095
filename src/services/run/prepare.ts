import type { Pool } from 'pg';
import type { Conversation, Run } from '../../../prisma/generated/client.ts';
import type { ResolvedModel } from '../../engines/registry.ts';
import type { RunTool } from '../run-tool.ts';
import type { RunDependencies } from './deps.ts';
import { runOptions, type RunOptions } from './options.ts';
import { plannedContextOf, systemOf, type InstructedRoom } from './system.ts';

/** What the tools of a run have done to its session. */
export interface Changes {
  isDataUpdated: boolean;
  /** Whether a provider works for it in a job, by which another process can go on with it. */
  hasJob: boolean;
  /** Whether the next question may not find room for all that was said. */
  isContextNearlyFull: boolean;
}

type Room = InstructedRoom & Pick<Conversation, 'titleSource'> & { readonly hasRecordings: boolean };

/** What a run must know of its conversation. @throws Error when it is gone */
async function loadRoom(pool: Pool, { conversationId, questionId }: Run): Promise<Room> {
  const { rows } = await pool.query<Room>({
    name: 'room-of-run',
    text: `SELECT owner_id AS "ownerId", session_id AS "sessionId", goal_id AS "goalId", weekly_plan_id AS "weeklyPlanId", daily_plan_id AS "dailyPlanId",
      title_source AS "titleSource", EXISTS (SELECT 1 FROM parts p WHERE p.message_id = $2 AND p.kind = 'AUDIO') AS "hasRecordings"
      FROM conversations WHERE id = $1`,
    values: [conversationId, questionId],
  });
  if (rows[0] === undefined) throw new Error(`the conversation ${conversationId} of a run is gone`);
  return rows[0];
}

/** The tools that the context of a conversation gives to its engine. */
async function toolsFor(
  deps: RunDependencies,
  run: Run,
  { room, resolved, question }: { readonly room: Room; readonly resolved: ResolvedModel; readonly question: string },
  changes: Changes,
): Promise<readonly RunTool[]> {
  const { id, userId, conversationId } = run;
  const { sessionId } = room;
  const drawing = deps.imageTools({ userId, conversationId, runId: id });
  // A model that knows no tools would refuse every question with one.
  const canDraw = drawing !== null && (await deps.contexts.factsOf(userId, resolved)).hasTools === true;
  const beside = canDraw ? [drawing] : [];
  if (sessionId !== null) {
    return [...deps.toolsOf({ sessionId, userId, question, run: { id, dataUpdated: () => void (changes.isDataUpdated = true) } }), ...beside];
  }
  return [...(plannedContextOf(room, userId) === null ? [] : deps.planning.toolsOf({ userId, conversationId })), ...beside];
}

/** The engine that a run calls, for its answer or for something beside it. */
export function engineOf(
  { modelCalls }: Pick<RunDependencies, 'modelCalls'>,
  { id: runId, userId, conversationId, model }: Run,
  { fallbacks }: RunOptions,
  purpose: 'ANSWER' | 'TITLE',
): Promise<ResolvedModel> {
  return modelCalls.engineFor(model, { purpose, userId, runId, conversationId, fallbacks });
}

/**
 * Everything that the engine is given: the conversation, the tools of its context, the options with their defaults.
 *
 * @param writeRecordings writes down the recordings of the question; called where it has some
 */
export async function prepareRun(deps: RunDependencies, run: Run, changes: Changes, writeRecordings: () => Promise<void>) {
  const conversation = await loadRoom(deps.pool, run);
  if (conversation.hasRecordings) await writeRecordings();
  const options = runOptions.parse(run.options);
  const resolved = await engineOf(deps, run, options, 'ANSWER');
  const maxTokens = options.maxTokens ?? deps.settings.defaultMaxTokens;
  const context = await deps.contexts.open(run, resolved, maxTokens);
  const { question } = context;
  const tools = await toolsFor(deps, run, { room: conversation, resolved, question }, changes);
  const { userId, kind } = run;
  const system = await systemOf(deps, conversation, { userId, kind, question, resolved, maxTokens, systemPrompt: options.systemPrompt ?? null });
  const request = {
    model: resolved.model,
    task: run.kind === 'AUTO_ANALYZE' ? 'AUTO_ANALYZE' : 'CHAT',
    system,
    messages: context.messages,
    tools: tools.map((tool) => tool.definition),
    temperature: options.temperature ?? deps.settings.defaultTemperature,
    topP: options.topP ?? null,
    topK: options.topK ?? null,
    maxTokens,
    countsWordsAlone: options.maxTokens == null,
    ...(run.jobId === null ? {} : { jobId: run.jobId }),
  } as const;
  return { conversation, context, tools, request, options };
}
