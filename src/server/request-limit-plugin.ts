import type { Plugin } from 'graphql-yoga';
import { AppError } from '../base/errors.ts';
import type { Exchange } from './exchange.ts';
import type { RequestLimit } from './options.ts';
import { announceLimit } from './rate-limit-headers.ts';

type WithExchange = { readonly exchange: Exchange };

/** Counts every operation once, over HTTP, SSE and WebSocket, and refuses those beyond the limit before any resolver runs. */
export function useRequestLimit(limit: RequestLimit): Plugin<WithExchange, WithExchange> {
  // Makes no promise: it is asked before every operation.
  const count = ({ args }: { readonly args: { readonly contextValue: WithExchange } }): void => {
    const { origin, http } = args.contextValue.exchange;
    const { viewer, device } = origin;
    const retryAfterMs = limit.consume(viewer?.userId ?? null, device.address);
    if (http !== null && !http.outgoing.headersSent) announceLimit(http.outgoing, limit.status(viewer?.userId ?? null, device.address));
    if (retryAfterMs === 0) return;
    const whose = viewer === null ? 'from your address; sign in, or' : 'in a minute;';
    throw new AppError('RATE_LIMITED', `Too many operations ${whose} try again in ${Math.ceil(retryAfterMs / 1_000)} seconds.`, { retryAfterMs });
  };
  return { onExecute: count, onSubscribe: count };
}
