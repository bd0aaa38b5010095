import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { AppError } from '../base/errors.ts';
import type { Exchange } from './exchange.ts';
import type { RequestLimit } from './options.ts';

type WithExchange = { readonly exchange: Exchange };

/** The refusal of an operation that comes too soon; null when it may run. Makes no promise: it is asked before every operation. */
function refusalOf({ origin }: Exchange, limit: RequestLimit): GraphQLError | null {
  const retryAfterMs = limit.consume(origin.viewer?.userId ?? null, origin.device.address);
  if (retryAfterMs === 0) return null;
  const whose = origin.viewer === null ? 'from your address; sign in, or' : 'in a minute;';
  const message = `Too many operations ${whose} try again in ${Math.ceil(retryAfterMs / 1_000)} seconds.`;
  return new GraphQLError(message, { originalError: new AppError('RATE_LIMITED', message, { retryAfterMs }) });
}

/** Counts every operation once, over HTTP, SSE and WebSocket, and refuses those beyond the limit before any resolver runs. */
export function useRequestLimit(limit: RequestLimit): Plugin<WithExchange, WithExchange> {
  return {
    onExecute({ args, setResultAndStopExecution }) {
      const refusal = refusalOf(args.contextValue.exchange, limit);
      if (refusal !== null) setResultAndStopExecution({ errors: [refusal] });
    },
    onSubscribe({ args, setResultAndStopExecution }) {
      const refusal = refusalOf(args.contextValue.exchange, limit);
      if (refusal !== null) setResultAndStopExecution({ errors: [refusal] });
    },
  };
}
