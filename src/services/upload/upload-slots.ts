import { AppError } from '../../base/errors.ts';

/** How many uploads somebody may have under way at once, on this node. */
export interface UploadSlots {
  /**
   * Takes one.
   *
   * @returns how to give it back; later calls do nothing
   * @throws AppError RATE_LIMITED when there is none left
   */
  take(userId: string): () => void;
}

const retryAfterMs = 5_000;

/** All free. */
export function createUploadSlots(maxUploadsPerUser: number): UploadSlots {
  const running = new Map<string, number>();
  return {
    take(userId) {
      const count = running.get(userId) ?? 0;
      if (count >= maxUploadsPerUser) {
        throw new AppError('RATE_LIMITED', `${count} uploads of yours are under way, and no more are allowed at once. Wait until one has finished.`, {
          retryAfterMs,
        });
      }
      running.set(userId, count + 1);
      let isHeld = true;
      return () => {
        if (!isHeld) return;
        isHeld = false;
        const left = (running.get(userId) ?? 1) - 1;
        if (left > 0) running.set(userId, left);
        else running.delete(userId);
      };
    },
  };
}
