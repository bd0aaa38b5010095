import type { Viewer } from '../auth/viewer.ts';
import { later, type Clock } from '../base/clock.ts';
import { networkOf } from '../base/network.ts';
import type { LimitStatus } from '../limits/limiter.ts';
import type { Limits } from '../limits/limits.ts';
import type { RequestLimit } from '../limits/request-limit.ts';

/** What is limited, with what each means. Published as `enum RateLimitName`. */
export const rateLimitNames = {
  GENERAL: 'Operations in a minute, on every transport: of a person, or of an address where nobody is signed in. Each server counts for itself.',
  CHAT: 'What starts an answer, in a minute. All servers count together.',
  PASSWORD_CHECK: 'Passwords and set-up tokens that somebody signed in gives.',
  LOGIN: 'Attempts to sign in from an address. Those at one account are limited besides.',
  REGISTRATION: 'New accounts from an address.',
} as const;

/** A word of `rateLimitNames`. */
export type RateLimitName = keyof typeof rateLimitNames;

/** How one of the viewer's limits stands. */
export interface RateLimitStatus {
  readonly name: RateLimitName;
  readonly limit: number;
  readonly windowSeconds: number;
  readonly remaining: number;
  readonly resetsAt: Date;
}

/** Tells how limits stand. */
export type RateLimits = ReturnType<typeof createRateLimits>;

/** Creates the service. */
export function createRateLimits({ limits, requestLimit, clock }: { readonly limits: Limits; readonly requestLimit: RequestLimit; readonly clock: Clock }) {
  return {
    /**
     * The limits that concern the viewer, or the address where nobody is signed in; those that are lifted are left out. Counts nothing.
     *
     * @param address of the client
     */
    statusOf: async (viewer: Viewer | null, address: string): Promise<readonly RateLimitStatus[]> => {
      const general = requestLimit.status(viewer?.userId ?? null, address);
      const others: readonly (readonly [RateLimitName, Promise<LimitStatus | null>])[] =
        viewer === null
          ? [
              ['LOGIN', limits.loginsPerAddress.status(networkOf(address))],
              ['REGISTRATION', limits.registrationsPerAddress.status(networkOf(address))],
            ]
          : [
              ['CHAT', limits.chatsPerUser.status(viewer.userId)],
              ['PASSWORD_CHECK', limits.checksPerUser.status(viewer.userId)],
            ];
      const found = await Promise.all(others.map(async ([name, status]) => ({ name, status: await status })));
      const now = clock.now();
      return [{ name: 'GENERAL' as const, status: general }, ...found].flatMap(({ name, status }) =>
        status === null
          ? []
          : [
              {
                name,
                limit: status.limit,
                windowSeconds: Math.ceil(status.windowMs / 1_000),
                remaining: status.remaining,
                resetsAt: later(now, status.resetsInMs),
              },
            ],
      );
    },
  };
}
