import type { HealthReport, ServiceHealth } from '../services/health.ts';
import { builder } from './builder.ts';

const HealthStatusEnum = builder.enumType('HealthStatus', {
  description: 'Whether something answers.',
  values: { UP: { description: 'It answers.' }, DOWN: { description: 'It fails, or does not answer in time.' } } as const,
});

const ServiceHealthType = builder.objectRef<ServiceHealth>('ServiceHealth').implement({
  description: 'How one service is that the product stands on.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Which service, for example `database`.' }),
    status: t.expose('status', { type: HealthStatusEnum, description: 'Whether it answers.' }),
    latencyMs: t.exposeInt('latencyMs', { description: 'How long its answer took, in milliseconds.' }),
  }),
});

const HealthType = builder.objectRef<HealthReport>('Health').implement({
  description: 'How the product is, the same as `GET /health`.',
  fields: (t) => ({
    status: t.expose('status', { type: HealthStatusEnum, description: '`UP` when every service is.' }),
    version: t.exposeString('version', { description: 'The version that runs.' }),
    uptimeSeconds: t.exposeInt('uptimeSeconds', { description: 'How long it has been running, in seconds.' }),
    services: t.expose('services', { type: [ServiceHealthType], description: 'Every service by itself.' }),
  }),
});

builder.queryField('health', (t) =>
  t.field({
    type: HealthType,
    description: 'How the product is. Needs no token.',
    resolve: (_root, _args, context) => context.services.health.report(),
  }),
);
