import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/** What stands for the address of a client whose connection was already gone when it was looked at: all of these share their limits. */
const unknownAddress = 'unknown';

/** An address without a port, without brackets and not as IPv4 in IPv6; null for what is none. */
function cleanAddress(text: string): string | null {
  const bare = text.trim();
  // Some proxies write a port behind the address: `192.0.2.1:4711`, `[2001:db8::1]:4711`.
  const withoutPort = /^\[([^\]]+)\](?::\d+)?$/.exec(bare)?.[1] ?? /^([\d.]+):\d+$/.exec(bare)?.[1] ?? bare;
  const address = withoutPort.replace(/^::ffff:(?=[\d.]+$)/i, '').toLowerCase();
  return isIP(address) === 0 ? null : address;
}

/**
 * The address of the client behind a request. Each proxy appends the address it was asked from to `X-Forwarded-For`; only what the proxies
 * that are trusted wrote counts, for the rest of the header is whatever the client likes.
 *
 * @param trustedProxyHops how many proxies of ours stand before this server; with 0 the header is ignored
 * @returns an IPv4 or IPv6 address, or `unknown` for a connection that is gone
 */
export function addressOf(request: IncomingMessage, trustedProxyHops: number): string {
  const peer = cleanAddress(request.socket.remoteAddress ?? '') ?? unknownAddress;
  if (trustedProxyHops === 0) return peer;
  const header = request.headers['x-forwarded-for'] ?? '';
  const forwarded = (Array.isArray(header) ? header.join(',') : header).split(',').filter((entry) => entry.trim() !== '');
  const entry = forwarded[Math.max(0, forwarded.length - trustedProxyHops)];
  return entry === undefined ? peer : (cleanAddress(entry) ?? peer);
}

/** The first four groups of an IPv6 address, written out. */
function prefixOf(address: string): string {
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  const ending = tail === undefined || tail === '' ? [] : tail.split(':');
  // An IPv4 ending takes the place of two groups.
  const endingLength = ending.length + (ending.at(-1)?.includes('.') ? 1 : 0);
  const filled = tail === undefined ? groups : [...groups, ...Array.from({ length: Math.max(0, 8 - groups.length - endingLength) }, () => '0'), ...ending];
  return filled
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}

/**
 * What limits by address count by: the address itself, or for IPv6 its /64 network, because one customer has all of that.
 *
 * @param address what `addressOf` returned
 */
export function networkOf(address: string): string {
  return isIP(address) === 6 ? `${prefixOf(address)}::/64` : address;
}
