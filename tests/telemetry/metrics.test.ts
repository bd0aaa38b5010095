import { describe, expect, it } from 'vitest';
import { createMetrics } from '../../src/telemetry/metrics.ts';

describe('metrics', () => {
  it('are written as Prometheus reads them, with what labels hold made harmless', async () => {
    const metrics = createMetrics();
    const calls = metrics.counter('calls_total', 'Calls.', ['model']);
    calls.add({ model: 'a"b\\c\nd' });
    calls.add({ model: 'a"b\\c\nd' }, 2);
    metrics.counter('others_total', 'Others.', []).add({});
    expect(await metrics.text()).toBe(
      '# HELP calls_total Calls.\n# TYPE calls_total counter\ncalls_total{model="a\\"b\\\\c\\nd"} 3\n\n# HELP others_total Others.\n# TYPE others_total counter\nothers_total 1\n',
    );
  });

  it('grow no further when labels never end, and lose no number', async () => {
    const metrics = createMetrics();
    const calls = metrics.counter('calls_total', 'Calls.', ['model']);
    for (let count = 0; count < 5_000; count += 1) calls.add({ model: `model ${count}` });
    const lines = (await metrics.text()).trim().split('\n').slice(2);
    expect(lines).toHaveLength(1_001);
    expect(lines.at(-1)).toBe('calls_total{model="other"} 4000');
  });
});
