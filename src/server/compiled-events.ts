import {
  createSourceEventStream,
  executeSubscriptionEvent,
  mapSourceToResponseEvent,
  validateSubscriptionArgs,
  type DocumentNode,
  type ExecutionArgs,
  type ValidatedSubscriptionArgs,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { createListener, isTakeable, type Takeable } from '../base/takeable.ts';
import { compileEventSelection, type EventSelection } from './event-selection.ts';
import type { Result } from './result-masking.ts';

/** The results of a subscription to a log, which can also be had as texts without an execution each. */
export interface EventResults extends AsyncGenerator<Result, undefined, undefined> {
  /**
   * The results as JSON. Use either this or the iterator.
   *
   * @param textOf a result that was executed, as it is sent
   * @param failure the last result, when the log throws
   */
  readonly texts: (textOf: (result: Result) => string, failure: (error: unknown) => string) => Takeable<string>;
}

/** Whether results come from a compiled selection. */
export function isEventResults(results: AsyncIterable<Result>): results is EventResults {
  return 'texts' in results;
}

type Source = AsyncIterable<unknown> & Takeable<unknown>;

/** What to do for an event: what is compiled is written at once, what is not is executed while the next event waits. */
function textsOfEvents(
  source: Takeable<unknown>,
  parts: {
    readonly selection: EventSelection;
    readonly execute: (event: unknown) => Promise<Result>;
    readonly textOf: (result: Result) => string;
    readonly failure: (error: unknown) => string;
  },
): Takeable<string> {
  const { selection, execute, textOf, failure } = parts;
  let executed: string | null = null;
  let isExecuting = false;
  const listener = createListener();

  const start = async (event: unknown): Promise<void> => {
    isExecuting = true;
    try {
      executed = textOf(await execute(event));
    } catch (error) {
      executed = failure(error);
      source.leave();
    }
    isExecuting = false;
    listener.tell();
  };

  return {
    take() {
      if (executed !== null) {
        const text = executed;
        executed = null;
        return text;
      }
      if (isExecuting) return null;
      try {
        const event = source.take();
        if (event === null) return null;
        const text = selection.write(event);
        if (text === null) void start(event);
        return text;
      } catch (error) {
        return failure(error);
      }
    },
    isOver: () => !isExecuting && executed === null && source.isOver(),
    whenReady(next) {
      listener.set(next);
      if (executed !== null) listener.tell();
      else if (!isExecuting) source.whenReady(listener.tell);
    },
    leave: () => source.leave(),
  };
}

function createEventResults(source: Source, selection: EventSelection, validated: ValidatedSubscriptionArgs): EventResults {
  const execute = async (event: unknown): Promise<Result> => await executeSubscriptionEvent({ ...validated, rootValue: event });
  const iterator = source[Symbol.asyncIterator]();
  const results: EventResults = {
    texts: (textOf, failure) => textsOfEvents(source, { selection, execute, textOf, failure }),
    async next() {
      const step = await iterator.next();
      return step.done === true ? { done: true, value: undefined } : { done: false, value: await execute(step.value) };
    },
    async return() {
      source.leave();
      return { done: true, value: undefined };
    },
    async throw(error) {
      source.leave();
      throw error;
    },
    [Symbol.asyncIterator]: () => results,
    [Symbol.asyncDispose]: async () => source.leave(),
  };
  return results;
}

/**
 * Compiles the selections of subscriptions to logs: one execution and one `JSON.stringify` for every event of every subscriber is what
 * streams cost otherwise. What cannot be compiled is executed as it always is, a whole operation or a single event.
 */
export function useCompiledEvents(): Plugin {
  const selections = new WeakMap<DocumentNode, Map<string | null, EventSelection | null>>();

  function selectionOf(document: DocumentNode, validated: ValidatedSubscriptionArgs): EventSelection | null {
    const name = validated.operation.name?.value ?? null;
    const known = selections.get(document)?.get(name);
    if (known !== undefined) return known;
    const { schema, operation, fragmentDefinitions, variableValues } = validated;
    const selection = compileEventSelection({ schema, operation, fragmentDefinitions, variableValues });
    if (selection?.isConditional === true) return selection;
    const ofDocument = selections.get(document) ?? new Map<string | null, EventSelection | null>();
    selections.set(document, ofDocument.set(name, selection));
    return selection;
  }

  async function subscribeOr(fallback: (args: ExecutionArgs) => unknown, args: ExecutionArgs): Promise<unknown> {
    const validated = validateSubscriptionArgs(args);
    const selection = 'schema' in validated ? selectionOf(args.document, validated) : null;
    // What is wrong with the arguments is told by the executor that everything else is told by.
    if (!('schema' in validated) || selection === null) return await fallback(args);
    const source = await createSourceEventStream(validated);
    if (!(Symbol.asyncIterator in source)) return source;
    return isTakeable(source) ? createEventResults(source, selection, validated) : mapSourceToResponseEvent(validated, source);
  }

  return {
    onSubscribe({ subscribeFn, setSubscribeFn }) {
      setSubscribeFn((args: ExecutionArgs) => subscribeOr(subscribeFn, args));
    },
  };
}
