import { badInput } from '../../base/errors.ts';
import type { ImageModel } from '../../engines/images/image-engine.ts';
import type { ImageCalls } from '../image/image-calls.ts';
import { hashOf, type ImageOptions } from './options.ts';
import type { RunPlace, RunRequest } from './request.ts';

/** What pictures are asked for. */
export interface AskedPictures {
  readonly userId: string;
  readonly conversationId: string | null;
  /** Null where a question that is there already gets another answer. */
  readonly prompt: string | null;
  readonly place: RunPlace;
  readonly model: string | null;
  readonly image: ImageOptions;
  readonly attachmentIds: readonly string[];
  readonly idempotencyKey: string | null;
  readonly ifBusy: 'REJECT' | 'ENQUEUE' | 'INTERRUPT';
  /** What the key stands for. */
  readonly input: Readonly<Record<string, unknown>>;
}

/** Refuses what the model cannot do, before anything is written or paid. */
function checkModel(model: ImageModel, { size, count }: ImageOptions, referenceCount: number): void {
  if (count > model.maxCount) throw badInput(['input', 'count'], `${model.id} makes at most ${model.maxCount} pictures at once, and not ${count}`);
  if (!model.sizes.includes(size)) throw badInput(['input', 'size'], `${model.id} makes pictures of the forms ${model.sizes.join(', ')}, and not ${size}`);
  if (referenceCount > 0 && !model.hasReferences)
    throw badInput(['input', 'attachmentIds'], `${model.id} goes by no pictures; leave them out, or choose a model whose "hasReferences" is true`);
}

/**
 * A run that draws, checked and complete.
 *
 * @throws AppError ENGINE_UNKNOWN, BAD_USER_INPUT
 */
export async function imageRequestOf(imageCalls: ImageCalls, asked: AskedPictures): Promise<RunRequest> {
  const { userId, conversationId, prompt, place, image, attachmentIds, idempotencyKey, ifBusy } = asked;
  const chosen = await imageCalls.resolve(userId, asked.model);
  checkModel(chosen.model, image, attachmentIds.length);
  const isFree = chosen.isOwnKey && chosen.workspaceId === null;
  const price = isFree ? 0 : (chosen.model.priceOf(image.size, image.quality) ?? 0);
  return {
    userId,
    kind: 'IMAGE',
    conversationId,
    text: prompt,
    place,
    attachmentIds,
    model: chosen.name,
    options: {},
    image,
    reckonedMicros: BigInt(price) * BigInt(image.count),
    idempotencyKey,
    requestHash: hashOf(place.type === 'END' ? 'IMAGE' : place.type, asked.input),
    mayWait: ifBusy !== 'REJECT',
  };
}
