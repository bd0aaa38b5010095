import { hkdfSync } from 'node:crypto';

/**
 * A key of 256 bits for one purpose, made from the secret of the installation (HKDF with SHA-256, RFC 5869). Keys of different
 * purposes tell nothing about one another or about the secret.
 *
 * @param secret the secret of the configuration
 * @param purpose what the key is for, for example `access-token`
 */
export function deriveKey(secret: string, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', `colloquy/${purpose}`, 32));
}
