import { normalised, type Embedder } from '../base/embedder.ts';
import { AppError } from '../base/errors.ts';
import { createTaskProcess } from '../base/task-process.ts';
import type { EmbedReply, EmbedTask } from './embedded-task.ts';

/** The model that is always there. */
export interface EmbeddedModel extends Embedder {
  /** Ends its process. */
  close(): Promise<void>;
}

/** The name of it. */
export const embeddedModelName = 'embedded:english';

/** Its time grows with the number of words; what stands behind them changes the meaning of a passage little. */
const longestText = 2_000;
const megabyte = 1024 * 1024;

/**
 * A model that needs no key: the Universal Sentence Encoder Lite for English, 512 dimensions, out of an npm package of 30 MB. It lives in a
 * process of its own, which starts with the first text and is let go after a while, so that the server never holds it.
 *
 * @param options.timeoutMs how long a batch may take
 * @param options.idleMs after how long the process is let go; a minute by default
 */
export function createEmbeddedModel({ timeoutMs, idleMs = 60_000 }: { readonly timeoutMs: number; readonly idleMs?: number }): EmbeddedModel {
  const failed = (message: string): AppError => new AppError('ENGINE_OVERLOADED', message);
  const child = createTaskProcess<EmbedTask, EmbedReply>({
    entry: new URL('./embedded-child.ts', import.meta.url),
    flags: ['--max-old-space-size=512', '--permission', '--allow-fs-read=*', '--no-warnings'],
    timeoutMs,
    startTimeoutMs: 15_000,
    idleMs,
    maxWaiting: 1_000,
    bounds: { maxDataBytes: 2_048 * megabyte, maxCpuSeconds: 1_000_000 },
    failures: {
      late: () => failed(`The embedded model took longer than ${timeoutMs} ms. Try again when the machine has less to do.`),
      ended: () => failed('The embedded model ended unexpectedly. Try again.'),
      waiting: (count) => failed(`${count} texts are waiting for the embedded model already; try again in a few seconds.`),
      stopping: () => new AppError('SERVICE_UNAVAILABLE', 'The server is stopping; nothing is embedded any more.'),
    },
  });

  return {
    name: embeddedModelName,
    // A question waits for the batch that is under way, so batches are short.
    batchSize: 8,
    inputPrice: 0,
    async embed(texts, _as, signal) {
      if (texts.length === 0) return { vectors: [], inputTokens: null };
      const reply = await child.perform({ texts: texts.map((text) => text.slice(0, longestText)) }, signal);
      if (reply.kind === 'failed') throw failed(`The embedded model failed: ${reply.message}`);
      const { dimensions, values } = reply;
      const vectors = texts.map((_text, index) => {
        const vector = normalised(values.subarray(index * dimensions, (index + 1) * dimensions));
        if (vector === null) throw failed('The embedded model made no vector.');
        return vector;
      });
      return { vectors, inputTokens: null };
    },
    close: () => child.close(),
  };
}
