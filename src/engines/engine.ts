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
  /** The same for input tokens that the provider had kept from before; null where unknown. */
  readonly cachedInputPrice: number | null;
}

/** What an engine is asked. */
export interface EngineRequest {
  /** The model, without the provider. */
  readonly model: string;
  /**
   * What kind of turn this is. Only `builtin` behaves differently by it (it has no model to read the prompt): CHAT answers the last
   * message, AUTO_ANALYZE explores the data through the tools, TITLE names the conversation, SENTIMENT judges the mood of a message, SUMMARY
   * shortens a conversation, MODERATION picks the next speaker, RERANKING puts passages in order.
   */
  readonly task: 'CHAT' | 'AUTO_ANALYZE' | 'TITLE' | 'SENTIMENT' | 'SUMMARY' | 'MODERATION' | 'RERANKING';
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
  /**
   * Whether `maxTokens` is meant for the words of the answer: a model that thinks gets room for its thoughts beside them. So it is where the
   * number is ours; one that a person gives holds for all that is written. False when absent.
   */
  readonly countsWordsAlone?: boolean;
  /** The job of this very request that another process began, to be gone on with; absent to begin. Of engines whose answers are jobs. */
  readonly jobId?: string;
  /** What the text of the answer must be, as JSON; absent for words. Engines that cannot hold a model to it put it into words for it. */
  readonly output?: EngineOutput;
}

/** The form of an answer in JSON. */
export interface EngineOutput {
  /** Letters, digits and underscores. */
  readonly name: string;
  /** JSON Schema of an object; all its properties are required, and there are no others. */
  readonly schema: JsonObject;
}

/** A picture as an engine is shown it. */
export interface EngineImage {
  readonly mediaType: 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp';
  readonly bytes: Uint8Array;
}

/** A message as an engine is shown it. */
export type EngineMessage =
  | { readonly role: 'user'; readonly text: string; readonly images?: readonly EngineImage[] }
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
  /** What the provider wants to see again with the call, as it came; absent where there is none. */
  readonly signature?: string;
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
  /** From here on another model answers than the one that was asked, because that one failed with `reason`. Only of engines with fallbacks. */
  | { readonly type: 'model'; readonly name: string; readonly reason: string }
  /** Work has begun at the provider that outlives the request; another process can go on with it. Nothing goes on before the next part is asked for. */
  | { readonly type: 'job'; readonly id: string }
  /** Totals so far for this request; the last one counts. */
  | { readonly type: 'usage'; readonly usage: EngineUsage }
  | { readonly type: 'finish'; readonly reason: EngineFinishReason; readonly mode?: string; readonly confidence?: number }
  | { readonly type: 'error'; readonly failure: EngineFailure };

/** Tokens of one request, as the provider counts them. */
export interface EngineUsage {
  /** All that were read, also those that were cached. */
  readonly inputTokens: number;
  /** Of the input tokens, those that the provider had kept from before; 0 where it does not say. */
  readonly cachedInputTokens: number;
  /** All that were written, also those of reasoning. */
  readonly outputTokens: number;
  /** Of the output tokens, those of reasoning; 0 where the provider does not say. */
  readonly reasoningTokens: number;
}

/** A failure in our words. */
export interface EngineFailure {
  /** That of the provider's failure; QUOTA_EXCEEDED where it was not asked, because a quota does not allow it. */
  readonly code: Extract<ErrorCode, `ENGINE_${string}` | 'QUOTA_EXCEEDED'>;
  /** For people: which provider, what happened, what helps. Never a key. */
  readonly message: string;
  /** Whether the same request may succeed later. */
  readonly isRetryable: boolean;
  /** How long the provider asks to wait; null where it does not say. */
  readonly retryAfterMs: number | null;
}
