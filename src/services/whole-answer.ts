import { AppError } from '../base/errors.ts';
import type { Engine, EngineRequest } from '../engines/engine.ts';

/**
 * Asks an engine and waits for all that it says.
 *
 * @param signal ends the attempt
 * @throws AppError the failure of the engine; ENGINE_PROTOCOL for an answer without an end; the reason of the signal
 */
export async function wholeAnswer(engine: Engine, request: EngineRequest, signal: AbortSignal): Promise<string> {
  let text = '';
  for await (const part of engine.stream(request, signal)) {
    if (part.type === 'text') text += part.text;
    if (part.type === 'error') throw new AppError(part.failure.code, part.failure.message, { retryAfterMs: part.failure.retryAfterMs ?? undefined });
    if (part.type === 'finish') return text;
  }
  signal.throwIfAborted();
  throw new AppError('ENGINE_PROTOCOL', `${engine.name} ended its answer without saying so.`);
}
