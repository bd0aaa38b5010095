import { describe, expect, it } from 'vitest';
import { createOutsideAddresses, isPublicAddress, type HostAddress } from '../../src/engines/outside-address.ts';

const four = (address: string): HostAddress => ({ address, family: 4 });
const rules = (allowedPrivateHosts: readonly string[] = [], answer: readonly HostAddress[] = []) =>
  createOutsideAddresses({ allowedPrivateHosts, timeoutMs: 100, lookup: () => Promise.resolve(answer) });

describe('addresses that people give', () => {
  it.each([
    ['127.0.0.1', 'loopback'],
    ['0.0.0.0', 'of this host'],
    ['10.1.2.3', 'private'],
    ['172.16.0.1', 'private'],
    ['192.168.1.1', 'private'],
    ['169.254.169.254', 'of the credentials of clouds'],
    ['100.100.100.200', 'of the credentials of Alibaba, in the NAT of carriers'],
    ['192.0.0.192', 'of the credentials of Oracle'],
    ['168.63.129.16', 'of the agent of Azure'],
    ['198.18.0.1', 'for benchmarks'],
    ['224.0.0.1', 'multicast'],
    ['255.255.255.255', 'broadcast'],
    ['240.0.0.1', 'reserved'],
    ['203.0.113.7', 'for documentation'],
    ['::1', 'loopback'],
    ['::', 'of this host'],
    ['fe80::1', 'link-local'],
    ['fec0::1', 'site-local'],
    ['fd00:ec2::254', 'of the credentials of AWS, unique-local'],
    ['ff02::1', 'multicast'],
    ['2001:db8::1', 'for documentation'],
    ['::ffff:127.0.0.1', 'loopback, mapped'],
    ['::ffff:a9fe:a9fe', 'of the credentials of clouds, mapped'],
    ['::127.0.0.1', 'loopback, compatible'],
    ['64:ff9b::7f00:1', 'loopback, by NAT64'],
    ['64:ff9b::a9fe:a9fe', 'of the credentials of clouds, by NAT64'],
    ['64:ff9b:1::808:808', 'of a local NAT64'],
    ['2002:7f00:1::', 'loopback, by 6to4'],
    ['2001::1', 'Teredo'],
    ['4000::1', 'of no network'],
    ['not an address', 'none'],
  ])('S01 %s is not public: %s', (address) => expect(isPublicAddress(address)).toBe(false));

  it.each(['8.8.8.8', '1.1.1.1', '2606:4700::1111', '2a00:1450:4001:80b::200e', '64:ff9b::808:808'])('%s is public', (address) =>
    expect(isPublicAddress(address)).toBe(true),
  );

  it.each([
    ['https://2130706433/', 'decimal'],
    ['https://0177.0.0.1/', 'octal'],
    ['https://0x7f.0.0.1/', 'hexadecimal'],
    ['https://0x7f000001/', 'hexadecimal in one'],
    ['https://127.1/', 'short'],
    ['https://127.0.0.1./', 'with a full stop'],
    ['https://１２７.0.0.1/', 'in full-width digits'],
    ['https://[::ffff:127.0.0.1]/', 'mapped'],
    ['https://[::1]/', 'of IPv6'],
    ['https://localhost/', 'of this machine'],
    ['https://api.localhost./', 'of this machine'],
    ['https://169.254.169.254/latest/meta-data/', 'of the clouds'],
  ])('S01 %s is refused as it is written: %s', (url) => expect(rules().problemOf(new URL(url))).toMatch(/is not an address of the internet/));

  it.each([
    ['localhost', [four('127.0.0.1')]],
    ['localhost.', [four('127.0.0.1')]],
    ['metadata.google.internal', [four('169.254.169.254')]],
    ['of-both-kinds.example', [four('8.8.8.8'), four('10.0.0.1')]],
    ['of-six.example', [{ address: '::ffff:10.0.0.1', family: 6 } as const]],
    ['of-nothing.example', []],
  ])('S01 %s is refused for where it leads to', async (host, answer) => {
    await expect(rules([], answer).resolve(host)).rejects.toThrow(/is not an address of the internet|has no address/);
  });

  it('S01 with a user name, a password or without TLS are refused', () => {
    expect(rules().problemOf(new URL('https://user:pass@api.example/'))).toMatch(/must not hold a user name or a password/);
    expect(rules().problemOf(new URL('https://api.example@127.0.0.1/'))).toMatch(/must not hold a user name/);
    expect(rules().problemOf(new URL('http://api.example/'))).toBe('An address must begin with https://, and this one begins with http://.');
    expect(rules().problemOf(new URL('file:///etc/passwd'))).toMatch(/must begin with https/);
    expect(rules().problemOf(new URL('https://api.example/v1'))).toBeNull();
  });

  it('that an operator allows are not refused, and no others with them', async () => {
    const { problemOf, resolve } = rules(['ollama.lan', '10.1.0.0/16', 'fd00::/8', '192.168.1.7'], [four('10.1.2.3')]);
    for (const url of ['http://ollama.lan:11434/', 'http://10.1.9.9/', 'https://[fd12::1]/', 'http://192.168.1.7/']) expect(problemOf(new URL(url))).toBeNull();
    for (const url of ['http://10.2.0.1/', 'https://192.168.1.8/', 'https://127.0.0.1/', 'http://api.example/', 'http://8.8.8.8/', 'http://x.ollama.lan/'])
      expect(problemOf(new URL(url))).not.toBeNull();
    expect(await resolve('in-the-network.example')).toEqual([four('10.1.2.3')]);
  });
});
