import type { Pool } from 'pg';
import type { Conversation, Run } from '../../../prisma/generated/client.ts';
import { AppError } from '../../base/errors.ts';
import type { ResolvedModel } from '../../engines/registry.ts';
import type { ShownPassages } from '../knowledge/citation.ts';
import { searchTool, type KnowledgeOfRun } from '../knowledge/run-knowledge.ts';
import { noOutsideTools, type OutsideTools } from '../mcp/run-tools.ts';
import { loadSpeaker, type Speaker } from '../persona/speakers.ts';
import type { RunTool } from '../run-tool.ts';
import { askPerson, withApproval } from './ask-person.ts';
import type { RunDependencies } from './deps.ts';
import { runOptions, type RunOptions } from './options.ts';
import { promptOf } from './resolve-answer.ts';
import { plannedContextOf, sessionOf, systemOf, type InstructedRoom } from './system.ts';

/** What the tools of a run have done to its session. */
export interface Changes {
  isDataUpdated: boolean;
  /** Whether a provider works for it in a job, by which another process can go on with it. */
  hasJob: boolean;
  /** Whether the next question may not find room for all that was said. */
  isContextNearlyFull: boolean;
}

type Room = InstructedRoom & Pick<Conversation, 'titleSource'> & { readonly hasKnowledge: boolean; readonly hasRecordings: boolean };

/** What a run must know of its conversation. @throws Error when it is gone */
async function loadRoom(pool: Pool, { conversationId, questionId, personaId }: Run): Promise<Room> {
  const { rows } = await pool.query<Room>({
    name: 'room-of-run',
    text: `SELECT owner_id AS "ownerId", session_id AS "sessionId", goal_id AS "goalId", weekly_plan_id AS "weeklyPlanId", daily_plan_id AS "dailyPlanId",
      title_source AS "titleSource", EXISTS (SELECT 1 FROM conversation_knowledge k WHERE k.conversation_id = conversations.id)
        OR EXISTS (SELECT 1 FROM persona_knowledge k WHERE k.persona_id = $3) AS "hasKnowledge",
        EXISTS (SELECT 1 FROM parts p WHERE p.message_id = $2 AND p.kind = 'AUDIO') AS "hasRecordings"
      FROM conversations WHERE id = $1`,
    values: [conversationId, questionId, personaId],
  });
  if (rows[0] === undefined) throw new Error(`the conversation ${conversationId} of a run is gone`);
  return rows[0];
}

/** The tools that the context of a conversation gives to its engine; none where it is somebody else's who asks. */
function toolsOfContext(deps: RunDependencies, run: Run, room: Room, question: string, changes: Changes): readonly RunTool[] {
  const { id, userId, conversationId } = run;
  const sessionId = sessionOf(room, userId);
  if (sessionId !== null) return deps.toolsOf({ sessionId, userId, question, run: { id, dataUpdated: () => void (changes.isDataUpdated = true) } });
  return plannedContextOf(room, userId) === null ? [] : deps.planning.toolsOf({ userId, conversationId });
}

/** The tool that draws, where one is configured and the model knows tools: another one would refuse every question with it. */
async function drawingTools(deps: RunDependencies, { id, userId, conversationId }: Run, resolved: ResolvedModel): Promise<readonly RunTool[]> {
  const drawing = deps.imageTools({ userId, conversationId, runId: id });
  return drawing !== null && (await deps.contexts.factsOf(userId, resolved)).hasTools === true ? [drawing] : [];
}

/** The tools of the servers of a persona; none without one, and where its model is known to know no tools. */
async function openOutside(
  deps: RunDependencies,
  { userId }: Run,
  resolved: ResolvedModel,
  speaker: Speaker | null,
  open: (speaker: Speaker) => Promise<OutsideTools>,
): Promise<OutsideTools> {
  if (speaker === null) return noOutsideTools;
  return (await deps.contexts.factsOf(userId, resolved)).hasTools === false ? noOutsideTools : open(speaker);
}

/** Whether a persona may use a tool of a room: any where it does not say. */
const mayUse = (speaker: Speaker | null, name: string): boolean => speaker === null || speaker.tools === null || speaker.tools.includes(name);

/** What a run may search: of a persona its own bases always, which it has because they were given to it, and those of the conversation where it may use the search. */
async function openKnowledge(
  deps: RunDependencies,
  room: Room,
  run: Run,
  speaker: Speaker | null,
  before: ShownPassages | null,
): Promise<KnowledgeOfRun | null> {
  return room.hasKnowledge || before !== null ? deps.knowledge.open({ ...run, isOfConversation: mayUse(speaker, searchTool) }, before) : null;
}

/** Of the tools of a room those that a persona may use; and those of its servers and the search of its bases, which it has because they are attached to it. */
function allowedTools(tools: readonly RunTool[], outside: readonly RunTool[], speaker: Speaker | null): readonly RunTool[] {
  if (speaker === null) return tools;
  const { mayAsk, approvals } = speaker;
  const own = tools.filter(({ definition: { name } }) => name === searchTool || mayUse(speaker, name));
  const all = [...own, ...outside, ...(mayAsk ? [askPerson] : [])];
  return all.map((tool) => (approvals.includes(tool.definition.name) ? withApproval(tool) : tool));
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
 * @param how.writeRecordings writes down the recordings of the question; called where it has some
 * @param how.openOutside opens the servers of a persona, where its model knows tools
 * @param how.shown what it was shown of knowledge bases before it waited for a person
 * @param how.isPaused whether it goes on after it has waited for a person: a job that it had before is done
 */
export async function prepareRun(
  deps: RunDependencies,
  run: Run,
  changes: Changes,
  how: {
    readonly writeRecordings: () => Promise<void>;
    readonly isPaused: boolean;
    readonly shown: ShownPassages | null;
    readonly openOutside: (speaker: Speaker) => Promise<OutsideTools>;
  },
) {
  const conversation = await loadRoom(deps.pool, run);
  if (conversation.hasRecordings) await how.writeRecordings();
  const options = runOptions.parse(run.options);
  const speaker = run.personaId === null ? null : await loadSpeaker(deps.pool, run.personaId, run);
  // Without it nobody knows what it may do.
  if (run.personaId !== null && speaker === null) throw new AppError('CONFLICT', 'The persona that was to answer may not be used here any more.');
  const resolved = await engineOf(deps, run, options, 'ANSWER');
  const maxTokens = options.maxTokens ?? deps.settings.defaultMaxTokens;
  const opening = openOutside(deps, run, resolved, speaker, how.openOutside);
  // Waited for below; when something else goes wrong before, that is what is told.
  opening.catch(() => {});
  const context = await deps.contexts.open(run, resolved, maxTokens);
  const { question } = context;
  const knowledge = await openKnowledge(deps, conversation, run, speaker, how.shown);
  const search = knowledge === null ? [] : [knowledge.tool];
  const drawing = await drawingTools(deps, run, resolved);
  const own = [...toolsOfContext(deps, run, conversation, question, changes), ...search, ...drawing];
  const { userId, kind } = run;
  const system = await systemOf(deps, conversation, {
    userId,
    kind,
    question,
    resolved,
    maxTokens,
    systemPrompt: options.systemPrompt === undefined && speaker !== null ? await promptOf(deps.pool, speaker) : (options.systemPrompt ?? null),
    voice: speaker === null && !context.isShared ? null : { speaker, isShared: context.isShared },
    knowledge,
  });
  const outside = await opening;
  const tools = allowedTools(own, outside.tools, speaker);
  const request = {
    model: resolved.model,
    task: run.kind === 'AUTO_ANALYZE' ? 'AUTO_ANALYZE' : 'CHAT',
    system: outside.prompt === null ? system : `${system}\n\n${outside.prompt}`,
    messages: context.messages,
    tools: tools.map((tool) => tool.definition),
    temperature: options.temperature ?? deps.settings.defaultTemperature,
    topP: options.topP ?? null,
    topK: options.topK ?? null,
    maxTokens,
    countsWordsAlone: options.maxTokens == null,
    ...(run.jobId === null || how.isPaused ? {} : { jobId: run.jobId }),
  } as const;
  return { conversation, context, tools, request, options, knowledge };
}
