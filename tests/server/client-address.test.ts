import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { addressOf, networkOf } from '../../src/server/client-address.ts';
import { createGraphqlClient } from '../kit/graphql-client.ts';
import { openSocket } from '../kit/websocket-client.ts';
import { startServer } from './test-server.ts';

function requestWith(peer: string | undefined, forwardedFor: string | null): IncomingMessage {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: peer });
  const request = new IncomingMessage(socket);
  if (forwardedFor !== null) request.headers['x-forwarded-for'] = forwardedFor;
  return request;
}

const peer = '10.0.0.1';

test.each([
  ['no header', null, 0, peer],
  ['a header, and no proxy is trusted', '192.0.2.7', 0, peer],
  ['one proxy', '192.0.2.7', 1, '192.0.2.7'],
  ['one proxy, and a client that forges an entry', '6.6.6.6, 192.0.2.7', 1, '192.0.2.7'],
  ['two proxies, and a client that forges an entry', '6.6.6.6, 192.0.2.7, 10.0.0.2', 2, '192.0.2.7'],
  ['two proxies, of which one was passed by', '192.0.2.7', 2, '192.0.2.7'],
  ['a proxy that writes nothing', null, 1, peer],
  ['an entry that is no address', '<script>', 1, peer],
  ['a port', '192.0.2.7:4711', 1, '192.0.2.7'],
  ['IPv6 with brackets and a port', '[2001:DB8::1]:4711', 1, '2001:db8::1'],
  ['IPv4 in IPv6', '::ffff:192.0.2.7', 1, '192.0.2.7'],
])('the address with %s', (_title, header, hops, address) => {
  expect(addressOf(requestWith(peer, header), hops)).toBe(address);
});

test('a connection that is gone has the address "unknown"', () => {
  expect(addressOf(requestWith(undefined, null), 0)).toBe('unknown');
});

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::6', '2001:db8:1:2::/64'],
  ['2001:db8::6', '2001:db8:0:0::/64'],
  ['2001:0db8:0001:0002::', '2001:db8:1:2::/64'],
  ['::1', '0:0:0:0::/64'],
  ['64:ff9b::192.0.2.7', '64:ff9b:0:0::/64'],
  ['unknown', 'unknown'],
])('limits count %s as %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test.each([
  [0, '127.0.0.1'],
  [1, '192.0.2.7'],
])('with %i trusted proxies an operation sees the address over HTTP and WebSocket', async (trustedProxyHops, address) => {
  await using server = await startServer({}, { trustedProxyHops });
  const headers = { 'x-forwarded-for': '6.6.6.6, 192.0.2.7' };
  expect(await createGraphqlClient(server.url, { headers }).request('{ address }')).toEqual({ address });
  const socket = await openSocket(server.url, { headers });
  expect(await socket.subscribe('{ address }').nextEvent()).toMatchObject({ result: { data: { address } } });
  socket.close();
});
