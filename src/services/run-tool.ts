import type { JsonObject } from '../base/json.ts';
import type { EngineTool } from '../engines/engine.ts';

/** A tool that an engine may call during a run. */
export interface RunTool {
  /**
   * What a person must say before a call has a result; null for a call that asks for nothing. Absent for tools that never ask. The run waits then,
   * on no node. The answer to a QUESTION is the result of the call, which is not run; after an APPROVAL it is run, or refused.
   */
  asks?(argumentsJson: string): InputRequest | null;
  /** What the engine is told of it. */
  readonly definition: EngineTool;
  /** How long one call may take, in milliseconds; RUN_TOOL_TIMEOUT_MS when absent. */
  readonly timeoutMs?: number;
  /**
   * Runs one call. What goes wrong with the arguments or the work is answered with `isError` and words that help the engine to do better.
   *
   * @param argumentsJson the arguments as the engine wrote them; may be malformed
   * @param recorder where status and results for people go
   * @param signal ends the work
   * @returns what the engine is shown: JSON text, or on failure the error in words
   * @throws only the reason of the signal, and what the recorder throws
   */
  run(argumentsJson: string, recorder: ToolRecorder, signal: AbortSignal): Promise<ToolOutcome>;
}

/** What a person is asked for in the middle of a run. */
export interface InputRequest {
  readonly kind: 'QUESTION' | 'APPROVAL';
  /** For people. */
  readonly text: string;
  /** Answers that are proposed; none for an APPROVAL. */
  readonly choices: readonly string[];
}

/** What a call of a tool came to. */
export interface ToolOutcome {
  readonly content: string;
  readonly isError: boolean;
}

/** What a tool tells the people who watch the run. */
export interface ToolRecorder {
  /** Says in a few words what is being done now. */
  status(text: string): void;
  /**
   * Adds a part to the answer.
   *
   * @returns when the part is part of the run
   */
  addPart(part: AddedPart): Promise<void>;
}

/** A part of an answer that a tool makes. */
export type AddedPart =
  | { readonly kind: 'QUERY_RESULT' | 'PLOT' | 'IMAGE' | 'CITATION'; readonly data: JsonObject }
  /** `id` is known before, because the proposal names its part. */
  | { readonly kind: 'PLAN_PROPOSAL'; readonly id: string; readonly isApplied: boolean; readonly data: JsonObject };

/** Makes the tools of one run in a conversation about goals and plans. */
export type PlanningTools = (context: { readonly userId: string; readonly conversationId: string }) => readonly RunTool[];

/** Makes the tools of one run. */
export type RunTools = (context: {
  /** The data session of the conversation. */
  readonly sessionId: string;
  /** Whose run it is. */
  readonly userId: string;
  /** What the person asked; empty where nothing was. */
  readonly question: string;
  /** The run itself; none in tests of a tool alone. */
  readonly run?: {
    readonly id: string;
    /** Tells that the tables of the session have changed. */
    dataUpdated(): void;
  };
}) => readonly RunTool[];
