import { delay } from '../../src/base/async.ts';
import { createPlots } from '../../src/plots/plots.ts';

// A server in small, with a plot that keeps its process busy: it is killed while that is under way.
const plots = createPlots({ timeoutMs: 60_000 });
const spec = {
  mark: 'line',
  transform: [{ impute: 'b', key: 'a', keyvals: { start: 0, stop: 1e9, step: 1 } }],
  encoding: { x: { field: 'a', type: 'quantitative' } },
};
const columns = ['a', 'b'].map((name) => ({ name, type: 'INTEGER' }));
const hung = plots.check(spec, { columns, rows: [[1, 2]], truncated: false, elapsedMs: 0 }, {});
// The preparation of the process takes about a second; then the plot hangs.
await delay(3_000);
process.stdout.write('busy\n');
await hung;
