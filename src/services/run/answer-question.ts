import type { Run } from '../../../prisma/generated/client.ts';
import type { Engine } from '../../engines/engine.ts';
import type { RunWriter } from '../../events/run-log.ts';
import type { ShownPassages } from '../knowledge/citation.ts';
import type { OutsideTools } from '../mcp/run-tools.ts';
import type { Speaker } from '../persona/speakers.ts';
import type { RunMood } from '../sentiment/run-moods.ts';
import type { OpenTrace } from '../trace/traces.ts';
import type { Answer } from './answer.ts';
import { chooseSpeaker } from './choose-speaker.ts';
import type { RunDependencies } from './deps.ts';
import { runLoop, type LoopOutcome } from './loop.ts';
import { createModelNotes } from './model-change.ts';
import { createJobNote } from './job-note.ts';
import type { RunOptions } from './options.ts';
import { outlast } from './outlast.ts';
import type { ResumedRun } from './resumed-run.ts';
import { drawAnswer } from './picture.ts';
import { engineOf, prepareRun, type Changes } from './prepare.ts';
import { writeTitle } from './title-statement.ts';
import { makeTitle } from './title.ts';

/** Names a conversation that has no name, and says so in both logs. */
async function nameConversation(deps: RunDependencies, run: Run, options: RunOptions, question: string, signal: AbortSignal): Promise<string | null> {
  const { engine, model } = await engineOf(deps, run, options, 'TITLE');
  const title = await makeTitle(engine, model, question, signal);
  if (title === null) return null;
  return (await writeTitle(deps, run.conversationId, title)) ? title : null;
}

/** What writes the answer of a run. */
export interface Performance {
  readonly answer: Answer;
  readonly writer: RunWriter;
  readonly trace: OpenTrace;
  readonly changes: Changes;
  /** Where it goes on after it has waited for a person; null for one that begins. */
  readonly resumed: ResumedRun | null;
}

/** For a run that goes on: what was asked has been judged before it began to wait. */
const judgedBefore = (engine: Engine): RunMood => ({ engine, settled: async () => {}, close: () => {} });

/** An outcome that keeps what was shown until the run goes on, where it waits for a person. */
function withShown(outcome: LoopOutcome, shown: ShownPassages): LoopOutcome {
  const { end } = outcome;
  if (end.type !== 'paused' || shown.passages.length === 0) return outcome;
  const { request, state } = end.pause;
  return { ...outcome, end: { type: 'paused', pause: { request, state: { ...state, shown } } } };
}

/** The work of a run between its start and its end, or until a person is asked for something. */
export async function answerQuestion(deps: RunDependencies, asked: Run, performance: Performance, signal: AbortSignal): Promise<LoopOutcome> {
  const ending = new AbortController();
  try {
    return await answerWith(deps, asked, performance, signal, AbortSignal.any([signal, ending.signal]));
  } finally {
    ending.abort();
  }
}

/** @param untilEnd aborts when the work is over, however it ends: for what is open as long */
async function answerWith(
  deps: RunDependencies,
  asked: Run,
  { answer, writer, trace, changes, resumed }: Performance,
  signal: AbortSignal,
  untilEnd: AbortSignal,
): Promise<LoopOutcome> {
  if (asked.kind === 'IMAGE') return drawAnswer(deps, asked, answer, writer, changes, signal);
  const run = await outlast(() => chooseSpeaker(deps, asked, writer, signal), signal);
  const { id: runId, userId, conversationId, questionId } = run;
  const writeRecordings = async (): Promise<void> =>
    deps.writeRecordings(questionId ?? runId, { userId, runId, conversationId }, (name) => answer.status(`Listening to ${name}`), signal);
  const openOutside = (speaker: Speaker): Promise<OutsideTools> =>
    deps.openOutsideTools({ userId, speaker, status: (text) => answer.status(text), signal: untilEnd });
  const { conversation, context, tools, request, options, knowledge } = await outlast(
    async () => prepareRun(deps, run, changes, { writeRecordings, isPaused: resumed?.loop != null, shown: resumed?.loop?.state.shown ?? null, openOutside }),
    signal,
  );
  const titleSignal = AbortSignal.any([signal, AbortSignal.timeout(deps.settings.titleTimeoutMs)]);
  // Made beside the answer, so that it delays nothing; what goes wrong with it is logged and no failure of the run.
  const title =
    conversation.titleSource !== 'NONE'
      ? Promise.resolve(null)
      : nameConversation(deps, run, options, context.firstQuestion, titleSignal).catch((error: unknown) => {
          deps.logger.warn({ err: error, runId: run.id }, 'a conversation could not be named');
          return null;
        });
  const judged = { run, engine: context.engine, request, words: context.question, method: options.sentimentMethod ?? null };
  const mood = resumed?.loop == null ? await deps.moods.begin(judged, writer, signal) : judgedBefore(context.engine);
  const { maxSteps, toolTimeoutMs } = deps.settings;
  const noteModel = createModelNotes(deps, run, writer);
  const noteJob = createJobNote(deps, run, changes, signal);
  try {
    let said = '';
    const heard: Answer = {
      ...answer,
      text: (piece) => {
        said += piece;
        answer.text(piece);
      },
    };
    const outcome = await runLoop(
      {
        engine: mood.engine,
        request,
        tools: trace.watch(tools),
        writer,
        // Only citations need all that was said.
        answer: knowledge === null ? answer : heard,
        noteModel,
        maxSteps,
        toolTimeoutMs,
        noteJob,
        resumed: resumed?.loop ?? null,
      },
      signal,
    );
    for (const data of knowledge?.citationsOf(said) ?? []) await answer.addPart({ kind: 'CITATION', data });
    changes.isContextNearlyFull = outcome.end.type === 'finished' && context.isNearlyFull();
    const [named] = await Promise.all([title, mood.settled()]);
    if (named !== null) writer.append({ type: 'TitleChanged', title: named });
    return knowledge === null ? outcome : withShown(outcome, knowledge.shown());
  } finally {
    mood.close();
  }
}
