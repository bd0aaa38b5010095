import { abortable } from '../base/async.ts';
import type { Engine, EnginePart } from './engine.ts';

/** What stands for the model that a server lists first, where nobody named one. */
export const firstListed = 'default';

/**
 * An engine whose default is the model that its server lists first. A server of one's own has whatever somebody put there: no name would be
 * right everywhere, and asking when the process starts would make it depend on that server.
 */
export function withFirstListed(engine: Engine): Engine {
  const stream: Engine['stream'] = (request, signal) => {
    if (request.model !== firstListed) return engine.stream(request, signal);
    const open = async (): Promise<AsyncIterator<EnginePart>> => {
      // Where the list cannot be had, the server says by itself what is wrong.
      const [first] = await abortable(engine.listModels(), signal).catch(() => []);
      return engine.stream({ ...request, model: first?.id ?? firstListed }, signal)[Symbol.asyncIterator]();
    };
    let parts: Promise<AsyncIterator<EnginePart>> | null = null;
    let hasLeft = false;
    return {
      [Symbol.asyncIterator]: () => ({
        next: async () => {
          if (hasLeft) return { done: true, value: undefined };
          parts ??= open();
          return (await parts).next();
        },
        return: () => {
          hasLeft = true;
          // Not awaited: the list may still be on its way, and whoever leaves does not wait for it.
          void parts?.then((opened) => opened.return?.());
          return Promise.resolve({ done: true, value: undefined });
        },
      }),
    };
  };
  return { ...engine, defaultModel: firstListed, stream };
}
