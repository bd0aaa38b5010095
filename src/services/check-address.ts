import { isIP } from 'node:net';
import { badInput } from '../base/errors.ts';
import { RefusedAddressError, type OutsideAddresses } from '../engines/outside-address.ts';

/**
 * Makes sure that an address is one that people's endpoints may have. Where it leads to is looked up now, to say so to whoever types it, and again at every connection.
 *
 * @param path of the input
 * @throws AppError BAD_USER_INPUT
 */
export async function checkAddress(addresses: OutsideAddresses, text: string, path: readonly string[]): Promise<void> {
  const url = new URL(text);
  const found = (): Promise<string | null> =>
    addresses.resolve(url.hostname).then(
      () => null,
      (error: unknown) => (error instanceof RefusedAddressError ? error.message : `"${url.hostname}" cannot be found; check the name`),
    );
  const problem = addresses.problemOf(url) ?? (isIP(url.hostname.replace(/^\[|\]$/g, '')) === 0 ? await found() : null);
  if (problem !== null) throw badInput([...path], problem);
}
