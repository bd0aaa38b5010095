import { getOperationAST, type DocumentNode, type ExecutionArgs, type OperationDefinitionNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { AppError } from '../base/errors.ts';
import { rootFieldsOf } from './root-fields.ts';

/** How long operations may run, in milliseconds. */
export interface OperationTimeouts {
  readonly timeoutMs: number;
  /** Root fields of mutations that wait for something longer by their nature, such as `Mutation.ask`. */
  readonly longerMs: Readonly<Record<string, number>>;
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value;
}

function isStream(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

function timeoutFailure(timeoutMs: number, isMutation: boolean): AppError {
  const remedy = isMutation ? 'Read what it changed before you send it again.' : 'Ask for less at once.';
  return new AppError('OPERATION_TIMEOUT', `The operation ran longer than ${timeoutMs} ms and was given up. ${remedy}`);
}

/** The outcome of work, or the failure when the time is over. Work that comes too late is handed to `onLate`. */
function within(work: Promise<unknown>, timeoutMs: number, onTimeout: () => AppError, onLate: (result: unknown) => void): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  let isOver = false;
  const timer = setTimeout(() => {
    isOver = true;
    reject(onTimeout());
  }, timeoutMs);
  work.then(
    (result) => {
      clearTimeout(timer);
      if (isOver) onLate(result);
      else resolve(result);
    },
    (error: unknown) => {
      clearTimeout(timer);
      reject(error);
    },
  );
  return promise;
}

function leave(result: unknown): void {
  if (isStream(result)) void result[Symbol.asyncIterator]().return?.();
}

/**
 * Gives up operations that run too long, on every transport: the client hears OPERATION_TIMEOUT, and no further resolver is started. A
 * resolver that is under way goes on to its end, bounded by the limits of what it waits for. Of a subscription only the start is limited.
 */
export function useOperationTimeout({ timeoutMs, longerMs }: OperationTimeouts): Plugin {
  const limits = new WeakMap<OperationDefinitionNode, number>();

  function limitOf(document: DocumentNode, operationName: string | null | undefined): { readonly limitMs: number; readonly isMutation: boolean } {
    const operation = getOperationAST(document, operationName);
    if (operation?.operation !== 'mutation') return { limitMs: timeoutMs, isMutation: false };
    const known = limits.get(operation);
    if (known !== undefined) return { limitMs: known, isMutation: true };
    const limitMs = Math.max(timeoutMs, ...[...rootFieldsOf(document, operation)].map((field) => longerMs[field] ?? 0));
    limits.set(operation, limitMs);
    return { limitMs, isMutation: true };
  }

  return {
    onExecute({ executeFn, setExecuteFn }) {
      setExecuteFn((args: ExecutionArgs) => {
        const controller = new AbortController();
        // graphql itself listens to `abortSignal`, the executor of Yoga to `signal`.
        const abortable = { ...args, abortSignal: controller.signal, signal: controller.signal };
        const result: unknown = executeFn(abortable);
        if (!isPromise(result)) return result;
        const { limitMs, isMutation } = limitOf(args.document, args.operationName);
        const giveUp = (): AppError => {
          const failure = timeoutFailure(limitMs, isMutation);
          controller.abort(failure);
          return failure;
        };
        return within(result, limitMs, giveUp, leave);
      });
    },
    onSubscribe({ subscribeFn, setSubscribeFn }) {
      setSubscribeFn((args: ExecutionArgs) => {
        const result: unknown = subscribeFn(args);
        return isPromise(result) ? within(result, timeoutMs, () => timeoutFailure(timeoutMs, false), leave) : result;
      });
    },
  };
}
