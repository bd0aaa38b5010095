import { delay } from '../../src/base/async.ts';
import { createPlots } from '../../src/plots/plots.ts';

// A server in small, with a plot that keeps its process busy: it is killed while that is under way.
const plots = createPlots({ timeoutMs: 60_000 });
// A hundred moving medians over all rows: minutes of work that takes no memory meanwhile.
const spec = {
  mark: 'line',
  transform: Array.from({ length: 100 }, (_, n) => ({ window: [{ op: 'median', field: 'b', as: `median_${n}` }], frame: [-2_500, 2_500] })),
  encoding: { x: { field: 'a', type: 'quantitative' } },
};
const rows = Array.from({ length: 5_000 }, (_, n) => [n, (n * 7_919) % 5_003]);
const columns = ['a', 'b'].map((name) => ({ name, type: 'INTEGER' }));
const data = { columns, rows, truncated: false, elapsedMs: 0 };
// Until the process is prepared no plot can hang in it.
await plots.check({ mark: 'line', encoding: spec.encoding }, { ...data, rows: [[1, 2]] }, {});
const hung = plots.check(spec, data, {});
await delay(1_000);
process.stdout.write('busy\n');
await hung;
