import type { ErrorCode } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';

/**
 * A model provider behind our interface. An engine holds no state between calls: what it should know is in the
 * request, so any process can continue any conversation.
 */
export interface Engine {
  /** The provider's name, the part before the colon of `provider:model`. Lower case, no colon. */
  readonly id: string;
  /** What people call it. */
  readonly name: string;
  /** The model that is used when a request names only the provider. */
  readonly defaultModel: string;
  /** The models that can be named, best first. May ask the provider; must answer from a table when that fails. */
  listModels(): Promise<readonly Model[]>;
  /**
   * Answers one request as a stream of parts.
   *
   * The stream ends after exactly one `finish` or one `error` part, and never throws: what goes wrong is an `error` part. A whole
   * answer is the stream folded. No `finish` is sent unless the provider's own terminal marker has arrived. When the signal aborts, the
   * upstream request is closed at once and the stream ends, with an `error` part or with nothing more.
   *
   * @param request what to answer
   * @param signal aborts the upstream request
   */
  stream(request: EngineRequest, signal: AbortSignal): AsyncIterable<EnginePart>;
}

/** A model of an engine. */
export interface Model {
  /** The part after the colon of `provider:model`. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly hasTools: boolean;
  readonly hasVision: boolean;
  readonly hasJson: boolean;
  /** How many tokens question and answer may have together; null where unknown. */
  readonly contextWindow: number | null;
  /** Micro-units (millionths) of a US dollar for a million input tokens; null where unknown. */
  readonly inputPrice: number | null;
  /** The same for output tokens. */
  readonly outputPrice: number | null;
}

/** What an engine is asked. */
export interface EngineRequest {
  /** The model, without the provider. */
  readonly model: string;
  /**
   * What kind of turn this is. Only `builtin` behaves differently by it (it has no model to read the prompt): CHAT answers the last
   * message, AUTO_ANALYZE explores the data through the tools, TITLE names the conversation.
   */
  readonly task: 'CHAT' | 'AUTO_ANALYZE' | 'TITLE';
  /** Instructions that stand above the conversation; null for none. */
  readonly system: string | null;
  /** The conversation, oldest first; within a turn it grows by assistant and tool messages. */
  readonly messages: readonly EngineMessage[];
  /** The tools it may call; empty for none. */
  readonly tools: readonly EngineTool[];
  /** 0 to 2; null leaves it to the provider. */
  readonly temperature: number | null;
  /** 0 to 1; null leaves it to the provider. */
  readonly topP: number | null;
  /** At least 1; null leaves it to the provider. Providers that do not know it ignore it. */
  readonly topK: number | null;
  /** The most tokens to answer with; null leaves it to the provider. */
  readonly maxTokens: number | null;
}

/** A message as an engine is shown it. */
export type EngineMessage =
  | { readonly role: 'user'; readonly text: string }
  | { readonly role: 'assistant'; readonly text: string; readonly toolCalls: readonly ToolCall[] }
  | {
      readonly role: 'tool';
      /** The call that this answers. */
      readonly toolCallId: string;
      readonly name: string;
      /** JSON text, or on failure the error in words. */
      readonly content: string;
      readonly isError: boolean;
    };

/** A call of a tool, complete. */
export interface ToolCall {
  /** Unique within the conversation. */
  readonly id: string;
  readonly name: string;
  /** JSON text as the engine wrote it; may be malformed. */
  readonly arguments: string;
}

/** A tool that an engine may call. */
export interface EngineTool {
  readonly name: string;
  /** When and how to use it, written for a model. */
  readonly description: string;
  /** JSON Schema of the arguments, an object. */
  readonly parameters: JsonObject;
}

/** Why an answer ended. */
export type EngineFinishReason = 'STOP' | 'LENGTH' | 'CONTENT_FILTER' | 'TOOL_CALLS';

/** What an engine sends. */
export type EnginePart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'reasoning'; readonly text: string }
  | { readonly type: 'toolCall'; readonly call: ToolCall }
  /** Totals so far for this request; the last one counts. */
  | { readonly type: 'usage'; readonly usage: EngineUsage }
  | { readonly type: 'finish'; readonly reason: EngineFinishReason; readonly mode?: string; readonly confidence?: number }
  | { readonly type: 'error'; readonly failure: EngineFailure };

/** Tokens of one request, as the provider counts them. */
export interface EngineUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** A failure in our words. */
export interface EngineFailure {
  readonly code: Extract<ErrorCode, `ENGINE_${string}`>;
  /** For people: which provider, what happened, what helps. Never a key. */
  readonly message: string;
  /** Whether the same request may succeed later. */
  readonly isRetryable: boolean;
  /** How long the provider asks to wait; null where it does not say. */
  readonly retryAfterMs: number | null;
}
