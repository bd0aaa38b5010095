import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';

/** Whether something answers. */
export type HealthStatus = 'UP' | 'DOWN';

/** One service that the product stands on. */
export interface ServiceHealth {
  readonly name: string;
  readonly status: HealthStatus;
  /** How long its answer took, in milliseconds; for a service that is down, how long it was waited for. */
  readonly latencyMs: number;
}

/** The state of the product. */
export interface HealthReport {
  /** `UP` when every service is. */
  readonly status: HealthStatus;
  readonly version: string;
  readonly uptimeSeconds: number;
  readonly services: readonly ServiceHealth[];
}

/** Tells how the product is. */
export interface Health {
  /** Checks every service now. Questions that come while a check is under way share its answer. */
  report(): Promise<HealthReport>;
}

const longestCheckMs = 2_000;

/**
 * The health service.
 *
 * @param options.checks by name of the service, what throws when it is down; what it throws goes to the log and never to a client
 * @param options.version that of the product
 * @param options.startedAt when the process began
 * @param options.checkTimeoutMs after how many milliseconds a service counts as down; 2,000 by default
 */
export function createHealth(options: {
  readonly checks: Readonly<Record<string, () => Promise<void>>>;
  readonly version: string;
  readonly clock: Clock;
  readonly startedAt: Date;
  readonly logger: Logger;
  readonly checkTimeoutMs?: number;
}): Health {
  const { checks, version, clock, startedAt, logger, checkTimeoutMs = longestCheckMs } = options;
  let underWay: Promise<HealthReport> | null = null;

  async function checkService(name: string, check: () => Promise<void>): Promise<ServiceHealth> {
    const beganAtMs = clock.now().getTime();
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(new Error(`no answer within ${checkTimeoutMs} ms`)), checkTimeoutMs);
    const done = (status: HealthStatus): ServiceHealth => ({ name, status, latencyMs: Math.max(0, clock.now().getTime() - beganAtMs) });
    try {
      await Promise.race([check(), late.promise]);
      return done('UP');
    } catch (error) {
      logger.warn({ service: name, err: error }, 'a service is down');
      return done('DOWN');
    } finally {
      clearTimeout(timer);
    }
  }

  async function makeReport(): Promise<HealthReport> {
    const services = await Promise.all(Object.entries(checks).map(([name, check]) => checkService(name, check)));
    const uptimeSeconds = Math.max(0, Math.floor((clock.now().getTime() - startedAt.getTime()) / 1_000));
    return { status: services.every((service) => service.status === 'UP') ? 'UP' : 'DOWN', version, uptimeSeconds, services };
  }

  return {
    report() {
      underWay ??= makeReport().finally(() => {
        underWay = null;
      });
      return underWay;
    },
  };
}
