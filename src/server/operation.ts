import { getOperationAST, type ExecutionArgs } from 'graphql';
import type { ErrorMask } from './error-masking.ts';
import { failedOperationOf, recordErrors, type Exchange } from './exchange.ts';
import { protocolFailure } from './failure.ts';
import { failedResult, finishResult, finishTexts } from './finish.ts';
import type { Result } from './result-masking.ts';
import type { TextStream } from './text-stream.ts';
import type { Yoga } from './yoga.ts';

/** An operation that is ready to run, or the errors for which it is not. */
export type PreparedOperation =
  | { readonly isReady: false; readonly failed: Result }
  | { readonly isReady: true; readonly args: ExecutionArgs; readonly run: () => Promise<Result | TextStream> };

function isStream(result: object): result is AsyncIterable<Result> {
  return Symbol.asyncIterator in result;
}

/** What a client sends, the same on every transport. */
export interface OperationPayload {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Record<string, unknown> | null | undefined;
  readonly extensions?: Record<string, unknown> | null | undefined;
}

/**
 * Prepares an operation, the same for HTTP, server-sent events and WebSocket: with all plugins of Yoga, its caches and one context. Nothing is
 * thrown: what fails belongs to this operation alone.
 *
 * @param onEnd runs once when the operation is over
 */
export async function prepareOperation(
  yoga: Yoga,
  payload: OperationPayload,
  exchange: Exchange,
  mask: ErrorMask,
  onEnd: () => void,
): Promise<PreparedOperation> {
  const refuse = (...errors: readonly unknown[]): PreparedOperation => {
    const masked = mask(errors, failedOperationOf(exchange));
    recordErrors(exchange, masked);
    onEnd();
    return { isReady: false, failed: { errors: masked } };
  };
  try {
    const enveloped = yoga.getEnveloped({ exchange });
    const document = enveloped.parse(payload.query);
    const operation = getOperationAST(document, payload.operationName);
    if (operation == null) return refuse(protocolFailure('OPERATION_RESOLUTION_FAILURE', 'Could not determine what operation to execute.'));
    const invalid = enveloped.validate(enveloped.schema, document);
    if (invalid.length > 0) return refuse(...invalid);
    const args: ExecutionArgs = {
      schema: enveloped.schema,
      document,
      contextValue: await enveloped.contextFactory(),
      variableValues: payload.variables ?? null,
      operationName: payload.operationName ?? null,
    };
    const run = async (): Promise<Result | TextStream> => {
      try {
        const result = await (operation.operation === 'subscription' ? enveloped.subscribe(args) : enveloped.execute(args));
        if (isStream(result)) return finishTexts(result, mask, exchange, onEnd);
        const finished = finishResult(result, mask, exchange);
        onEnd();
        return finished;
      } catch (error) {
        const failed = failedResult(error, mask, exchange);
        onEnd();
        return failed;
      }
    };
    return { isReady: true, args, run };
  } catch (error) {
    return refuse(error);
  }
}
