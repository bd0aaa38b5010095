import type { Parsed, Variables } from './graphql-client.ts';
import { subscribeSse } from './sse-client.ts';
import { openSocket } from './websocket-client.ts';

/** The first answer to an operation: `{ data }`, `{ errors }`, or what ended the transport. */
export type Ask = (query: string, variables?: Variables) => Promise<Parsed>;

/** The ways on which an operation travels. */
export const transportNames = ['http', 'sse', 'websocket'] as const;

/**
 * The same question over each transport.
 *
 * @param url of the server, without `/graphql`
 * @param token the access token
 */
export function createTransports(url: string, token?: string): Readonly<Record<(typeof transportNames)[number], Ask>> {
  const signedIn = token === undefined ? {} : { token };
  return {
    async http(query, variables = {}) {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
        body: JSON.stringify({ query, variables }),
      });
      return await response.json();
    },
    async sse(query, variables = {}) {
      const subscription = await subscribeSse(url, { query, variables, ...signedIn });
      const event = await subscription.nextEvent();
      subscription.close();
      return event.kind === 'next' ? event.result : event;
    },
    async websocket(query, variables = {}) {
      const socket = await openSocket(url, signedIn);
      const event = await socket.subscribe(query, variables).nextEvent();
      socket.close();
      if (event.kind === 'next') return event.result;
      return event.kind === 'error' ? { errors: event.errors } : event;
    },
  };
}
