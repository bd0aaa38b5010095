// The load generator, a process of its own: `node load.js '<options as JSON>'` prints what it found as a line of JSON.
// Every answer must be the expected one to the byte, else it ends with an error.
import autocannon from 'autocannon';

const { url, headers, body, expected, connections, seconds } = JSON.parse(process.argv[2] ?? '{}');
const instance = autocannon({ url, method: 'POST', headers, body, connections, duration: seconds, expectBody: expected });
const { requests, non2xx, mismatches, errors, timeouts, latency, duration } = await instance;
if (non2xx + mismatches + errors + timeouts > 0 || requests.total === 0) {
  console.error({ url, total: requests.total, non2xx, mismatches, errors, timeouts });
  process.exit(1);
}
console.log(JSON.stringify({ requests: requests.total, requestsPerSecond: requests.total / duration, p50Ms: latency.p50, p99Ms: latency.p99 }));
