import { createHash } from 'node:crypto';
import { compactDecrypt, CompactEncrypt } from 'jose';
import { deriveKey } from './keys.ts';

const encryption = 'A256GCM';

/** A text that was opened. */
export interface OpenedText {
  readonly text: string;
  /** Whether it was sealed by the secret of today; else it is time to seal it again. */
  readonly isCurrent: boolean;
}

/** Encrypts texts that are kept in the database, and reads them. */
export type SealedTexts = ReturnType<typeof createSealedTexts>;

/** An encryption key, by the name that sealed texts carry. */
function keyOf(secret: string, purpose: string): { readonly id: string; readonly key: Uint8Array } {
  const key = deriveKey(secret, purpose);
  return { id: createHash('sha256').update(key).digest('hex').slice(0, 8), key };
}

/**
 * Texts under AES-256-GCM, as compact JWE (RFC 7516, `dir`). The header names the key and the place where the text belongs; the tag covers
 * the header, so that a text that was moved to another row does not open there.
 *
 * @param options.secret the secret of the installation; the key is derived from it
 * @param options.previousSecrets secrets whose texts are still read, and no longer sealed; none by default
 * @param options.purpose what is sealed, for example `provider-keys`
 */
export function createSealedTexts(options: { readonly secret: string; readonly previousSecrets?: readonly string[]; readonly purpose: string }) {
  const current = keyOf(options.secret, options.purpose);
  const keys = new Map([...(options.previousSecrets ?? []).map((secret) => keyOf(secret, options.purpose)), current].map(({ id, key }) => [id, key]));

  return {
    /**
     * A sealed text, another one each time.
     *
     * @param place where it belongs, for example the person and the provider; must be given again to open it
     */
    seal: (text: string, place: readonly string[]): Promise<string> =>
      new CompactEncrypt(new TextEncoder().encode(text))
        .setProtectedHeader({ alg: 'dir', enc: encryption, kid: current.id, place: JSON.stringify(place) })
        .encrypt(current.key),

    /**
     * The text; null when it was sealed by a secret that is not known, for another place, or is not as it was sealed.
     *
     * @param sealed as it was stored
     */
    open: async (sealed: string, place: readonly string[]): Promise<OpenedText | null> => {
      try {
        const keyById = ({ kid }: { readonly kid?: string }): Uint8Array => {
          const key = keys.get(kid ?? '');
          if (key === undefined) throw new Error('sealed by another secret');
          return key;
        };
        const { plaintext, protectedHeader } = await compactDecrypt(sealed, keyById, {
          keyManagementAlgorithms: ['dir'],
          contentEncryptionAlgorithms: [encryption],
        });
        if (protectedHeader['place'] !== JSON.stringify(place)) return null;
        return { text: new TextDecoder().decode(plaintext), isCurrent: protectedHeader.kid === current.id };
      } catch {
        return null;
      }
    },
  };
}
