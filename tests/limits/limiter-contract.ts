import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Consumption, Limiter, LimiterSettings } from '../../src/limits/limiter.ts';

const waitOf = (answer: Consumption): number => (answer.isAllowed ? 0 : answer.retryAfterMs);

/**
 * What every limiter must do.
 *
 * @param create makes one; called twice with the same settings, it makes what two processes would have
 * @param isShared whether two of them count together
 */
export function describeLimiter(name: string, create: (settings: LimiterSettings) => Limiter, isShared: boolean): void {
  const settings = (points = 3, windowMs = 600_000): LimiterSettings => ({ name: `t-${randomUUID().slice(0, 8)}`, points, windowMs });
  const times = (limiter: Limiter, count: number, key = 'somebody') => Promise.all(Array.from({ length: count }, () => limiter.consume(key)));

  describe(`the limiter in ${name}`, () => {
    it('allows as many as its points, and says once that the limit is reached and when to come back', async () => {
      const limiter = create(settings());
      expect(await times(limiter, 3)).toEqual([{ isAllowed: true }, { isAllowed: true }, { isAllowed: true }]);
      const refused = await limiter.consume('somebody');
      expect(refused).toMatchObject({ isAllowed: false, isFirstRefusal: true });
      const retryAfterMs = waitOf(refused);
      expect(retryAfterMs).toBeGreaterThan(500_000);
      expect(retryAfterMs).toBeLessThanOrEqual(600_000);
      expect(await limiter.consume('somebody')).toMatchObject({ isAllowed: false, isFirstRefusal: false });
    });

    it('allows exactly as many of those who come at the same moment', async () => {
      const answers = await times(create(settings(5)), 20);
      expect(answers.filter(({ isAllowed }) => isAllowed)).toHaveLength(5);
      expect(answers.filter((answer) => !answer.isAllowed && answer.isFirstRefusal)).toHaveLength(1);
    });

    it('counts each key, and each limiter, by itself', async () => {
      const limiter = create(settings());
      await times(limiter, 10);
      expect(await limiter.consume('somebody else')).toEqual({ isAllowed: true });
      expect(await create(settings()).consume('somebody')).toEqual({ isAllowed: true });
    });

    it('tells how a count stands without counting', async () => {
      const limiter = create(settings(3));
      expect(await limiter.status('somebody')).toEqual({ limit: 3, windowMs: 600_000, remaining: 3, resetsInMs: 600_000 });
      await times(limiter, 2);
      for (let look = 0; look < 5; look += 1) expect(await limiter.status('somebody')).toMatchObject({ limit: 3, remaining: 1 });
      await times(limiter, 9);
      const status = await limiter.status('somebody');
      expect(status?.remaining).toBe(0);
      expect(status?.resetsInMs).toBeGreaterThan(500_000);
      expect(status?.resetsInMs).toBeLessThanOrEqual(600_000);
      expect(await create(settings(0)).status('somebody')).toBeNull();
    });

    it('begins anew when its window is over', async () => {
      const limiter = create(settings(1, 1_000));
      // A machine that is busy may take longer than the window between two attempts.
      let answer = await limiter.consume('somebody');
      while (answer.isAllowed) answer = await limiter.consume('somebody');
      expect(answer.retryAfterMs).toBeGreaterThan(0);
      await setTimeout(answer.retryAfterMs + 20);
      expect(await limiter.consume('somebody')).toEqual({ isAllowed: true });
    });

    it('allows one more for each that is given back', async () => {
      const limiter = create(settings());
      await times(limiter, 3);
      await limiter.giveBack('somebody');
      expect(await limiter.consume('somebody')).toEqual({ isAllowed: true });
      expect((await limiter.consume('somebody')).isAllowed).toBe(false);
    });

    it('allows everything with 0 points', async () => {
      const answers = await times(create(settings(0)), 100);
      expect(answers.every(({ isAllowed }) => isAllowed)).toBe(true);
    });

    it(`counts ${isShared ? 'together with other processes' : 'for its own process alone'}`, async () => {
      const same = settings();
      const [here, there] = [create(same), create(same)];
      await times(here, 3);
      expect((await there.consume('somebody')).isAllowed).toBe(!isShared);
    });
  });
}
