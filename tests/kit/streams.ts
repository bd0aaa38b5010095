import type { TestApp, TestPerson } from './app.ts';
import { subscribeSse, type SseSubscription } from './sse-client.ts';
import { openSocket } from './websocket-client.ts';

/** What comes over a subscription, whatever it comes over. */
export type Stream = Pick<SseSubscription, 'close'> & { nextEvent(): Promise<any>; pending(): readonly any[] };

/** Subscribes over server-sent events. */
export async function overSse(
  { url }: Pick<TestApp, 'url'>,
  { token }: Pick<TestPerson, 'token'>,
  query: string,
  variables: Readonly<Record<string, unknown>>,
): Promise<Stream> {
  return subscribeSse(url, { query, variables, token });
}

/** Subscribes over a socket of its own, which is closed with it. */
export async function overSocket(
  { url }: Pick<TestApp, 'url'>,
  { token }: Pick<TestPerson, 'token'>,
  query: string,
  variables: Readonly<Record<string, unknown>>,
): Promise<Stream> {
  const socket = await openSocket(url, { token });
  return { ...socket.subscribe(query, variables), close: () => socket.close() };
}

/** What comes, up to an event that is wanted; or to the end of the stream, whose kind is the last then. */
export async function until(stream: Stream, isWanted: (event: any) => boolean): Promise<any[]> {
  const seen: any[] = [];
  for (;;) {
    const event = await stream.nextEvent();
    if (event.kind !== 'next') return [...seen, event.kind];
    const [data] = Object.values<any>(event.result.data ?? {});
    seen.push(data);
    if (isWanted(data)) return seen;
  }
}

/** Without what is told in passing and not kept. */
export const stored = (events: readonly any[]): any[] => events.filter((event) => !/Typing|Presence/.test(event.__typename));
