import { Resolver, lookup as systemLookup } from 'node:dns/promises';
import ipaddr from 'ipaddr.js';

/** An address of a host. */
export interface HostAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Finds the addresses of a host name. @throws what `node:dns` throws */
export type HostLookup = (hostname: string) => Promise<readonly HostAddress[]>;

/** An address that people's endpoints may not have; the message is a whole sentence. */
export class RefusedAddressError extends Error {
  override readonly name = 'RefusedAddressError';
}

/** Which addresses people's endpoints may have. */
export interface OutsideAddresses {
  /**
   * What is wrong with an address as it is written, a whole sentence; null for nothing. Says nothing about where the name of its host leads to.
   */
  problemOf(url: URL): string | null;
  /**
   * The addresses of a host, all of them checked.
   *
   * @param hostname as it stands in a URL
   * @throws RefusedAddressError when one of them is not public; what the lookup throws
   */
  resolve(hostname: string): Promise<readonly HostAddress[]>;
}

/** Azure's agent on every machine there answers on a public address: https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16 */
const azureAgent = '168.63.129.16';
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');
const nat64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');

/**
 * Whether an address is one of the internet. Everything that is set aside for something is not: private, loopback, link-local (there the
 * clouds keep their credentials), unique-local, carrier-grade NAT, multicast, documentation, tunnels. An IPv4 address in an IPv6 one
 * counts as itself where a network may reach it by that: mapped, and NAT64 (RFC 6052), which is all that an IPv6-only network sees.
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.process(text);
  if (address instanceof ipaddr.IPv4) return address.range() === 'unicast' && address.toString() !== azureAgent;
  if (address.match(nat64)) return isPublicAddress(address.toByteArray().slice(-4).join('.'));
  return address.range() === 'unicast' && address.match(globalUnicast);
}

/** The host of a URL as names are compared: without brackets, and without the full stop that may end a name. */
function plainHost(hostname: string): string {
  return hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.+$/, '')
    .toLowerCase();
}

/**
 * Asks the name servers themselves (c-ares). The lookup of the operating system takes a thread for each name, and four names whose
 * servers never answer would hold up every file and every password of the process.
 */
function createLookup(timeoutMs: number): HostLookup {
  const resolver = new Resolver({ timeout: timeoutMs, tries: 2 });
  return async (hostname) => {
    const [four, six] = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
    if (four.status === 'rejected' && six.status === 'rejected') throw four.reason;
    return [
      ...(four.status === 'fulfilled' ? four.value : []).map((address) => ({ address, family: 4 }) as const),
      ...(six.status === 'fulfilled' ? six.value : []).map((address) => ({ address, family: 6 }) as const),
    ];
  };
}

/**
 * The rules for addresses that people give.
 *
 * @param options.allowedPrivateHosts host names and networks that an operator lets people reach although they are not public
 * @param options.timeoutMs how long a name server may take
 * @param options.lookup for names that are not allowed by name; asks the name servers by default
 */
export function createOutsideAddresses(options: {
  readonly allowedPrivateHosts: readonly string[];
  readonly timeoutMs: number;
  readonly lookup?: HostLookup;
}): OutsideAddresses {
  const { allowedPrivateHosts, lookup = createLookup(options.timeoutMs) } = options;
  const networks = allowedPrivateHosts.filter((host) => host.includes('/')).map((network) => ipaddr.parseCIDR(network));
  const isAllowedName = (host: string): boolean => allowedPrivateHosts.includes(host);
  const isAllowedAddress = (text: string): boolean => {
    if (isPublicAddress(text) || isAllowedName(text)) return true;
    const address = ipaddr.process(text);
    return networks.some(([network, bits]) => network.kind() === address.kind() && address.match(network, bits));
  };
  const isPrivatelyAllowed = (host: string): boolean => isAllowedName(host) || (ipaddr.isValid(host) && !isPublicAddress(host) && isAllowedAddress(host));
  // Never says where a name leads to: names of the inside are nobody's business.
  const refusal = (host: string): string =>
    `"${host}" is not an address of the internet, or does not lead to one; endpoints of people must be public, unless an operator allows the host.`;

  return {
    problemOf: ({ protocol, hostname, username, password }) => {
      const host = plainHost(hostname);
      if (username !== '' || password !== '') return 'An address must not hold a user name or a password; give the key as the key.';
      if (protocol !== 'https:' && !(protocol === 'http:' && isPrivatelyAllowed(host)))
        return `An address must begin with https://, and this one begins with ${protocol}//.`;
      // RFC 6761, 6.3: these names are always those of this machine.
      const isOwnName = /(^|\.)localhost$/.test(host) && !isAllowedName(host);
      return isOwnName || (ipaddr.isValid(host) && !isAllowedAddress(host)) ? refusal(host) : null;
    },

    resolve: async (hostname) => {
      const host = plainHost(hostname);
      if (isAllowedName(host)) {
        const found = await systemLookup(host, { all: true });
        return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
      }
      const addresses = await lookup(host);
      if (addresses.length === 0) throw new RefusedAddressError(`"${host}" has no address.`);
      // One that is not public is enough: who answers so is up to something.
      const refused = addresses.find(({ address }) => !isAllowedAddress(address));
      if (refused !== undefined) throw new RefusedAddressError(refusal(host));
      return addresses;
    },
  };
}
