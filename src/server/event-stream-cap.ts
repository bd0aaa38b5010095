import type { Plugin } from 'graphql-yoga';
import { AppError } from '../base/errors.ts';
import type { Caps } from './caps.ts';
import type { Exchange } from './exchange.ts';

const retryAfterMs = 5_000;

/** Bounds how many subscriptions anyone has open over HTTP. One is counted until its response is closed. */
export function useEventStreamCap(caps: Caps): Plugin<{ readonly exchange: Exchange }> {
  return {
    onSubscribe({ args }) {
      const { exchange }: { readonly exchange: Exchange } = args.contextValue;
      if (exchange.http === null) return;
      const { viewer, device } = exchange.origin;
      const release = caps.takeEventStream(viewer, device.address);
      if (release === null) {
        throw new AppError('RATE_LIMITED', 'Too many subscriptions are open; close one, or use one WebSocket for several.', { retryAfterMs });
      }
      const { outgoing } = exchange.http;
      // The client may have left while its login was looked up.
      if (outgoing.closed) release();
      else outgoing.once('close', release);
    },
  };
}
