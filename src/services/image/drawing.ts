import { AppError } from '../../base/errors.ts';
import type { EngineFailure, EngineImage } from '../../engines/engine.ts';
import type { ImageEnginePart, ImageQuality, ImageSize } from '../../engines/images/image-engine.ts';
import { isGivenUp } from '../../engines/jobs/job.ts';
import type { MadeFiles } from '../attachment/made-files.ts';
import type { AttachedFile } from '../context/attached-file.ts';
import { inShort } from '../data-tools/tool.ts';
import { chargedFailures } from '../usage/metered-engine.ts';
import type { Metering } from '../usage/metering.ts';
import type { ChosenImageModel } from './image-calls.ts';

/** What is to be drawn, for whom. */
export interface DrawRequest {
  readonly userId: string;
  readonly conversationId: string;
  readonly runId: string;
  readonly chosen: ChosenImageModel;
  readonly prompt: string;
  readonly size: ImageSize;
  readonly quality: ImageQuality;
  readonly count: number;
  readonly references: readonly EngineImage[];
  /** Of the job that another process began; null to begin. */
  readonly jobId: string | null;
  /** How many of the pictures another process has kept already. */
  readonly keptCount: number;
}

/** Who is told while it is drawn. */
export interface DrawWatcher {
  status(text: string): void;
  /** A job was begun that outlives this process; nothing goes on before it is noted. */
  job(id: string): Promise<void>;
  preview(index: number, bytes: Uint8Array): Promise<void>;
  /** A picture is there, from 1, and about to be kept. @throws when it must not be */
  drawn(number: number): Promise<void>;
  /** A picture is kept. */
  picture(file: AttachedFile): Promise<void>;
}

/** Draws pictures, counts what they cost, and keeps them. */
export interface Drawing {
  /**
   * Draws.
   *
   * @param signal ends it
   * @returns why it failed; null where all went well
   * @throws the reason of the signal, and what goes wrong in storing
   */
  draw(request: DrawRequest, watcher: DrawWatcher, signal: AbortSignal): Promise<EngineFailure | null>;
}

/** A picture that cannot be kept, in the words of a failure of its provider. */
function unkept(error: unknown, provider: string): EngineFailure {
  if (!(error instanceof AppError) || (error.code !== 'UNSUPPORTED_FILE' && error.code !== 'PAYLOAD_TOO_LARGE')) throw error;
  return {
    code: 'ENGINE_PROTOCOL',
    message: `${provider} sent something that cannot be kept as a picture. ${error.message}`,
    isRetryable: true,
    retryAfterMs: null,
  };
}

/** Creates it. */
export function createDrawing({ metering, madeFiles }: { readonly metering: Pick<Metering, 'openMedia'>; readonly madeFiles: MadeFiles }): Drawing {
  return {
    draw: async (request, watcher, signal) => {
      const { userId, conversationId, runId, chosen, size, quality, count } = request;
      const { engine, model, isOwnKey, workspaceId } = chosen;
      await madeFiles.checkRoom(userId);
      const price = model.priceOf(size, quality);
      const reckoned = price === null ? null : BigInt(price) * BigInt(count);
      const call = { userId, purpose: 'IMAGE', runId, conversationId } as const;
      const account = await metering.openMedia({ call, provider: engine.id, model: model.id, isOwnKey, workspaceId }, reckoned, signal);
      if ('code' in account) return account;
      chosen.use();
      let drawn = 0;
      let hasJob = request.jobId !== null;
      let usage = { inputTokens: 0, outputTokens: 0 };
      let failure: EngineFailure | null = null;
      let hasEnded = false;

      const take = async (part: ImageEnginePart): Promise<void> => {
        switch (part.type) {
          case 'status':
            watcher.status(part.status);
            break;
          case 'job':
            hasJob = true;
            await watcher.job(part.id);
            break;
          case 'preview':
            await watcher.preview(part.index, part.bytes);
            break;
          case 'image': {
            drawn += 1;
            if (drawn <= request.keptCount) break;
            await watcher.drawn(drawn);
            const label =
              inShort(request.prompt, 60)
                .replaceAll(/[^\p{L}\p{N} _-]+/gu, ' ')
                .trim() || 'picture';
            const file = await madeFiles.keepPicture({ userId, conversationId, label, bytes: part.bytes });
            await watcher.picture(file);
            break;
          }
          case 'usage':
            usage = { inputTokens: usage.inputTokens + part.inputTokens, outputTokens: usage.outputTokens + part.outputTokens };
            break;
          case 'error':
            failure = part.failure;
            hasEnded = true;
            break;
          case 'finish':
            hasEnded = true;
            break;
          default:
            part satisfies never;
        }
      };
      const settle = (): void => {
        // Another process goes on with the job, and counts it.
        if (hasJob && signal.aborted && !isGivenUp(signal)) return;
        // What was begun and not seen to its end may be charged; what the provider says that it failed at is not.
        const isSure = hasEnded && (failure === null || !chargedFailures.has(failure.code));
        const paid = isSure ? drawn : count;
        const costMicros = price === null ? (paid === 0 ? 0n : null) : BigInt(price) * BigInt(paid);
        account.close({ usage: { ...usage, cachedInputTokens: 0, reasoningTokens: 0 }, isEstimated: !isSure, costMicros });
      };
      try {
        const { prompt, references, jobId } = request;
        for await (const part of engine.generate({ model: model.id, prompt, size, quality, count, references, jobId }, signal)) await take(part);
        signal.throwIfAborted();
        return failure;
      } catch (error) {
        signal.throwIfAborted();
        return unkept(error, engine.name);
      } finally {
        settle();
      }
    },
  };
}
