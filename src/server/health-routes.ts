import type { ServerResponse } from 'node:http';
import type { Health } from '../services/health.ts';
import { sendJson } from './respond.ts';

/** The probes of an operator. */
export interface HealthRoutes {
  /** Answers a path under `/health`; false when there is no such probe. */
  answer(path: string, response: ServerResponse): Promise<boolean>;
}

/**
 * `GET /health` reports everything (503 when a service is down), `/health/live` says that the process runs, `/health/ready` whether it wants
 * requests: not while it starts or stops, and not while a service is down.
 *
 * @param isServing false while the server starts or stops
 */
export function createHealthRoutes(health: Health, isServing: () => boolean): HealthRoutes {
  return {
    async answer(path, response) {
      if (path === '/health/live') {
        sendJson(response, 200, { status: 'UP' });
        return true;
      }
      if (path !== '/health' && path !== '/health/ready') return false;
      if (path === '/health/ready' && !isServing()) {
        sendJson(response, 503, { status: 'DOWN' });
        return true;
      }
      const report = await health.report();
      sendJson(response, report.status === 'UP' ? 200 : 503, path === '/health' ? report : { status: report.status });
      return true;
    },
  };
}
