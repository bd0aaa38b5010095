import { describe, expect, it } from 'vitest';
import { createSealedTexts } from '../../src/auth/sealed-text.ts';

const secret = 'a secret of forty characters for the tests';
const nextSecret = 'another secret of forty characters, for now';
const place = ['user-1', 'openai'];

describe('sealed texts', () => {
  const texts = createSealedTexts({ secret, purpose: 'provider-keys' });

  it('open where they were sealed, and only there', async () => {
    const sealed = await texts.seal('keyOfTheTests', place);
    expect(await texts.open(sealed, place)).toEqual({ text: 'keyOfTheTests', isCurrent: true });
    expect(await texts.open(sealed, ['user-2', 'openai'])).toBeNull();
    expect(await texts.open(sealed, ['user-1', 'anthropic'])).toBeNull();
    // The border between two names counts too.
    expect(await texts.open(sealed, ['user-1,openai'])).toBeNull();
  });

  it('say nothing of what they hold, and are never the same twice', async () => {
    const [one, other] = [await texts.seal('keyOfTheTests', place), await texts.seal('keyOfTheTests', place)];
    expect(one).not.toBe(other);
    expect(Buffer.from(one, 'base64url').toString('latin1')).not.toContain('keyOfTheTests');
  });

  it('do not open with a changed place, key name, content or tag', async () => {
    const sealed = await texts.seal('keyOfTheTests', place);
    const parts = sealed.split('.');
    const header = JSON.parse(Buffer.from(parts[0] ?? '', 'base64url').toString());
    const withHeader = (changes: object): string => [Buffer.from(JSON.stringify({ ...header, ...changes })).toString('base64url'), ...parts.slice(1)].join('.');
    expect(await texts.open(withHeader({}), place)).not.toBeNull();
    expect(await texts.open(withHeader({ place: '["user-2","openai"]' }), ['user-2', 'openai'])).toBeNull();
    expect(await texts.open(withHeader({ kid: 'other' }), place)).toBeNull();
    expect(await texts.open(withHeader({ enc: 'A128GCM' }), place)).toBeNull();
    for (const index of [2, 3, 4]) {
      const changed = parts.map((part, position) => (position === index ? `${part.startsWith('A') ? 'B' : 'A'}${part.slice(1)}` : part)).join('.');
      expect(await texts.open(changed, place)).toBeNull();
    }
    for (const nonsense of ['', 'a.b', 'keyOfTheTests', `${sealed}.x`]) expect(await texts.open(nonsense, place)).toBeNull();
  });

  it('of a secret of before are read and said to be old, and of an unknown one are not read', async () => {
    const sealed = await texts.seal('keyOfTheTests', place);
    const rotated = createSealedTexts({ secret: nextSecret, previousSecrets: [secret], purpose: 'provider-keys' });
    expect(await rotated.open(sealed, place)).toEqual({ text: 'keyOfTheTests', isCurrent: false });
    const again = await rotated.seal('keyOfTheTests', place);
    expect(await rotated.open(again, place)).toEqual({ text: 'keyOfTheTests', isCurrent: true });
    expect(await texts.open(again, place)).toBeNull();
    expect(await createSealedTexts({ secret: nextSecret, purpose: 'provider-keys' }).open(sealed, place)).toBeNull();
  });

  it('of one purpose do not open for another', async () => {
    const sealed = await texts.seal('keyOfTheTests', place);
    expect(await createSealedTexts({ secret, purpose: 'something-else' }).open(sealed, place)).toBeNull();
  });
});
