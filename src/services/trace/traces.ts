import type { Run } from '../../../prisma/generated/client.ts';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import { later, type Clock } from '../../base/clock.ts';
import type { IdSource } from '../../base/id.ts';
import type { Logger } from '../../base/logger.ts';
import type { TraceConfig } from '../../base/trace-config.ts';
import type { RunEndData } from '../../events/run-event.ts';
import type { Statements } from '../../stores/statements.ts';
import type { OpenSpan, SpanExport } from '../../telemetry/span-export.ts';
import type { RunTool } from '../run-tool.ts';
import type { EndedCall } from '../usage/metering.ts';
import { answerJson, fitContent, requestJson } from './content.ts';
import { modelSpan, toolSpan } from './genai-spans.ts';
import { readTrace, removeSpans, storeSpans } from './trace-store.ts';
import type { TraceSpan } from './trace-span.ts';

/** How a run leaves its trace: with its end, or without one, to go on in another trace: once a person has answered, or on another server. */
export type TraceEnd = RunEndData | 'AWAITING_INPUT' | 'HANDED_OVER';

/** The trace of a run while this node performs it. */
export interface OpenTrace {
  /** The tools, with each call of them noted. */
  watch(tools: readonly RunTool[]): readonly RunTool[];
  /** Resolves when everything so far is stored, or cannot be; never rejects. */
  stored(): Promise<void>;
  /** Forgets the run. */
  close(end: TraceEnd): void;
}

/** What runs have done, step by step: for their owner, and for a collector of OpenTelemetry. */
export interface Traces {
  /** Begins the trace of a run. */
  openRun(run: Pick<Run, 'id' | 'userId' | 'conversationId' | 'kind' | 'model'>): OpenTrace;
  /** Notes a call of a model. */
  called(call: EndedCall): void;
  /**
   * The steps of a run that the viewer has started, in the order in which they began, at most 500.
   *
   * @throws AppError NOT_FOUND, also for runs that others started
   */
  ofRun(viewer: Viewer | null, runId: string): Promise<readonly TraceSpan[]>;
  /** Removes what is older than is wanted. @returns how many steps */
  removeOld(): Promise<number>;
}

/** What it stands on. */
export interface TraceDependencies {
  readonly statements: Statements;
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly logger: Logger;
  readonly config: TraceConfig;
  /** Null sends nothing anywhere. */
  readonly spanExport: SpanExport | null;
}

interface RunState {
  readonly pending: TraceSpan[];
  readonly exported: OpenSpan | null;
  count: number;
  storing: Promise<void>;
}

/** A run has at most 200 steps, each with a model and some tools; more than this is noted of none. */
const mostSpans = 500;
const removedAtOnce = 1_000;

const noModel = {
  purpose: null,
  firstTokenMs: null,
  inputTokens: null,
  cachedInputTokens: null,
  outputTokens: null,
  reasoningTokens: null,
  finishReason: null,
} as const;

/** Creates it. */
export function createTraces({ statements, clock, newId, logger, config, spanExport }: TraceDependencies): Traces {
  const { retentionMs, maxContentBytes } = config;
  const runs = new Map<string, RunState>();
  const hasContent = spanExport?.hasContent ?? false;

  const store = async (spans: readonly TraceSpan[]): Promise<void> => {
    if (spans.length === 0 || retentionMs === 0) return;
    await storeSpans(statements, spans).catch((error: unknown) => logger.warn({ err: error, steps: spans.length }, 'the trace of a run was not stored'));
  };
  const flush = (state: RunState): void => {
    const spans = state.pending.splice(0);
    state.storing = state.storing.then(() => store(spans));
  };
  /** Notes a step; what comes after the end of its run is stored at once. */
  const note = (span: TraceSpan): RunState | null => {
    const state = runs.get(span.runId);
    if (state === undefined) {
      void store([span]);
      return null;
    }
    state.count += 1;
    if (state.count <= mostSpans) state.pending.push(span);
    return state;
  };

  const spanOf = (call: EndedCall, runId: string): TraceSpan => {
    const { begun, request, record, count, firstAt, endedAt } = call;
    const { last } = record;
    const input = fitContent(requestJson(request), maxContentBytes);
    const output = fitContent(answerJson(record), maxContentBytes);
    return {
      id: begun.id,
      runId,
      kind: 'MODEL_CALL',
      purpose: begun.call.purpose,
      name: `${begun.provider}:${begun.model}`,
      startedAt: begun.createdAt,
      endedAt,
      firstTokenMs: firstAt === null ? null : firstAt.getTime() - begun.createdAt.getTime(),
      inputTokens: count?.usage.inputTokens ?? null,
      cachedInputTokens: count?.usage.cachedInputTokens ?? null,
      outputTokens: count?.usage.outputTokens ?? null,
      reasoningTokens: count?.usage.reasoningTokens ?? null,
      finishReason: last?.type === 'finish' ? last.reason : null,
      errorCode: last?.type === 'error' ? last.failure.code : last === null ? 'STOPPED' : null,
      errorMessage: last?.type === 'error' ? last.failure.message : last === null ? 'It was left before it ended.' : null,
      input: input.content,
      output: output.content,
      isTruncated: input.isTruncated || output.isTruncated,
    };
  };

  const watchTool = (tool: RunTool, runId: string): RunTool => ({
    ...tool,
    run: async (argumentsJson, recorder, signal) => {
      const startedAt = clock.now();
      const ended = (outcome: { readonly content: string; readonly isError: boolean } | null): void => {
        const input = fitContent({ arguments: argumentsJson }, maxContentBytes);
        const output = fitContent({ content: outcome?.content ?? null }, maxContentBytes);
        const span: TraceSpan = {
          ...noModel,
          id: newId(),
          runId,
          kind: 'TOOL_CALL',
          name: tool.definition.name,
          startedAt,
          endedAt: clock.now(),
          errorCode: outcome === null ? 'STOPPED' : outcome.isError ? 'TOOL_ERROR' : null,
          errorMessage: outcome === null ? 'It was ended from outside.' : null,
          input: input.content,
          output: output.content,
          isTruncated: input.isTruncated || output.isTruncated,
        };
        const state = note(span);
        // A run that dies later has left its steps until here.
        if (state !== null) flush(state);
        state?.exported?.add(toolSpan(span, hasContent ? { input: argumentsJson, output: outcome?.content ?? null } : null));
      };
      try {
        const outcome = await tool.run(argumentsJson, recorder, signal);
        ended(outcome);
        return outcome;
      } catch (error) {
        ended(null);
        throw error;
      }
    },
  });

  return {
    openRun: ({ id, userId, conversationId, kind, model }) => {
      const exported =
        spanExport?.open('invoke_agent colloquy', clock.now(), {
          'gen_ai.operation.name': 'invoke_agent',
          'gen_ai.agent.name': 'colloquy',
          'gen_ai.request.model': model,
          'gen_ai.conversation.id': conversationId,
          'user.id': userId,
          'colloquy.run.id': id,
          'colloquy.run.kind': kind,
        }) ?? null;
      const state: RunState = { pending: [], exported, count: 0, storing: Promise.resolve() };
      runs.set(id, state);
      return {
        watch: (tools) => tools.map((tool) => watchTool(tool, id)),
        stored: () => {
          flush(state);
          return state.storing;
        },
        close: (end) => {
          runs.delete(id);
          flush(state);
          if (typeof end === 'string') exported?.close(clock.now(), { 'colloquy.run.finish_reason': end }, null);
          else if (end.type === 'RunFailed') exported?.close(clock.now(), {}, { type: end.code, message: end.message });
          else exported?.close(clock.now(), { 'colloquy.run.finish_reason': end.reason }, null);
        },
      };
    },

    called: (call) => {
      const { runId } = call.begun.call;
      const span = spanOf(call, runId ?? '');
      const state = runId === null ? null : note(span);
      if (spanExport !== null) (state?.exported ?? spanExport).add(modelSpan(call, span, hasContent));
    },

    ofRun: async (viewer, runId) => {
      const { userId } = requireViewer(viewer);
      return readTrace(statements, userId, runId, mostSpans);
    },

    removeOld: async () => {
      const before = later(clock.now(), -retentionMs);
      let removed = 0;
      for (;;) {
        const count = await removeSpans(statements, before, removedAtOnce);
        removed += count;
        if (count < removedAtOnce) return removed;
      }
    },
  };
}
