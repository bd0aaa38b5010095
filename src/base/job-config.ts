import { z } from 'zod';
import { wholeNumber } from './config-values.ts';
import { serverId, serverList, webUrl } from './json-list.ts';

/** A model that answers in jobs: a question is submitted, and its answer asked for until it is there. */
export type JobServerConfig = JobServerNames &
  (
    | {
        readonly kind: 'runpod';
        /** Of the endpoint, `https://api.runpod.ai/v2/<endpoint>`. */
        readonly baseUrl: string;
        readonly apiKey: string;
      }
    | {
        readonly kind: 'modal';
        readonly submitUrl: string;
        /** The id of the call is put behind it, as the last piece of the path. */
        readonly resultUrl: string;
        /** The same for cancelling; null where the app has no such endpoint. */
        readonly cancelUrl: string | null;
        /** Of a proxy token; null for an endpoint that is open. */
        readonly key: string | null;
        readonly secret: string | null;
      }
  );

/** What every such server is called. */
interface JobServerNames {
  /** The part before the colon of `provider:model`. */
  readonly id: string;
  readonly name: string;
  /** The models that can be named, the default first. */
  readonly models: readonly string[];
}

/** Servers whose answers are jobs. */
export interface JobsConfig {
  readonly servers: readonly JobServerConfig[];
  /** How long one job may take. */
  readonly timeoutMs: number;
}

const example = '[{"kind": "runpod", "id": "my-pod", "baseUrl": "https://api.runpod.ai/v2/abc123", "apiKey": "...", "models": ["llama-3.3-70b"]}]';

const names = {
  id: serverId,
  name: z.string().min(1).max(100).optional(),
  models: z.array(z.string().min(1)).min(1, 'names at least one model'),
};

const server = z.discriminatedUnion('kind', [
  z.strictObject({ ...names, kind: z.literal('runpod'), baseUrl: webUrl, apiKey: z.string().min(1) }),
  z.strictObject({
    ...names,
    kind: z.literal('modal'),
    submitUrl: webUrl,
    resultUrl: webUrl,
    cancelUrl: webUrl.optional(),
    key: z.string().min(1).optional(),
    secret: z.string().min(1).optional(),
  }),
]);

/** The variables of servers whose answers are jobs. */
export const jobVariables = {
  JOB_SERVERS: serverList(server, example),
  JOB_TIMEOUT_MS: wholeNumber(3_600_000, 10, 86_400_000),
};

const shape = z.object(jobVariables);

/** The part of the configuration. */
export function shapeJobs(values: z.output<typeof shape>): JobsConfig {
  const named = values.JOB_SERVERS.map((found): JobServerConfig => {
    const name = found.name ?? found.id;
    if (found.kind === 'runpod') return { ...found, name };
    return { ...found, name, cancelUrl: found.cancelUrl ?? null, key: found.key ?? null, secret: found.secret ?? null };
  });
  return { servers: named, timeoutMs: values.JOB_TIMEOUT_MS };
}
