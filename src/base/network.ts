import { isIPv6 } from 'node:net';

/**
 * The network that an address counts for in limits: the address itself for IPv4, the first 64 bits for IPv6, of which a single household
 * has all the rest.
 *
 * @param address as a socket or a proxy gives it; null counts as one network of all that have none
 */
export function networkOf(address: string | null): string {
  if (address === null) return 'unknown';
  const [plain = ''] = address.split('%', 1);
  if (!isIPv6(plain)) return plain;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(plain)?.[1];
  if (mapped !== undefined) return mapped;
  // A URL writes it in the one form of RFC 5952: lower case, without leading zeros, with "::" for the longest run of them.
  const canonical = new URL(`http://[${plain}]`).hostname.slice(1, -1);
  const [head = '', tail] = canonical.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0');
  return `${[...left, ...zeros, ...right].slice(0, 4).join(':')}::/64`;
}
