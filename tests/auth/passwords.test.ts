import { hash, verify } from '@node-rs/bcrypt';
import { describe, expect, it } from 'vitest';
import { createPasswords, passwordShape, type Bcrypt } from '../../src/auth/passwords.ts';
import { createDeferred } from '../../src/base/async.ts';
import type { AppError } from '../../src/base/errors.ts';

const cost = 4;

function countingBcrypt() {
  const calls = { hash: 0, verify: [] as string[] };
  const bcrypt: Bcrypt = {
    hash: (password, options) => ((calls.hash += 1), hash(password, options)),
    verify: (password, stored) => (calls.verify.push(stored), verify(password, stored)),
  };
  return { calls, bcrypt };
}

const messagesFor = (password: string): readonly string[] => passwordShape.safeParse(password).error?.issues.map((issue) => issue.message) ?? [];

describe('a password that is chosen', () => {
  it.each([
    ['8 characters', 'a'.repeat(8)],
    ['72 bytes', 'a'.repeat(72)],
    ['72 bytes in 18 emoji', '😀'.repeat(18)],
    ['8 characters outside the basic plane', '😀'.repeat(8)],
  ])('may have %s', (_, password) => expect(messagesFor(password)).toEqual([]));

  it.each([
    ['7 characters', 'a'.repeat(7), 'has 7 characters; choose a password of at least 8.'],
    ['7 characters of 4 bytes', '😀'.repeat(7), 'has 7 characters; choose a password of at least 8.'],
    ['73 bytes', 'a'.repeat(73), 'is 73 bytes long in UTF-8; at most 72 count, so choose a shorter password.'],
    ['37 characters of 2 bytes', 'é'.repeat(37), 'is 74 bytes long in UTF-8; at most 72 count, so choose a shorter password.'],
  ])('must not have %s', (_, password, message) => {
    expect(messagesFor(password)).toEqual([message]);
    expect(message).not.toContain(password);
  });
});

describe('passwords', () => {
  it('match their own hash and no other', async () => {
    const passwords = createPasswords({ cost, concurrency: 2 });
    const stored = await passwords.hash('correct horse');
    expect(stored).toMatch(/^\$2b\$04\$/);
    expect(await passwords.verify('correct horse', stored)).toBe(true);
    expect(await passwords.verify('correct horsf', stored)).toBe(false);
    expect(await passwords.hash('correct horse')).not.toBe(stored);
  });

  it('of more than 72 bytes do not match the hash of their first 72', async () => {
    const passwords = createPasswords({ cost, concurrency: 1 });
    const stored = await passwords.hash('a'.repeat(72));
    expect(await verify('a'.repeat(73), stored), 'bcrypt itself cannot tell them apart').toBe(true);
    expect(await passwords.verify('a'.repeat(73), stored)).toBe(false);
    expect(await passwords.verify('a'.repeat(72), stored)).toBe(true);
  });

  it('are told apart behind a NUL', async () => {
    const passwords = createPasswords({ cost, concurrency: 1 });
    expect(await passwords.verify('abc\0x', await passwords.hash('abc\0y'))).toBe(false);
  });

  it('of unknown accounts are compared with a well-formed hash of the same cost, and never match', async () => {
    const { calls, bcrypt } = countingBcrypt();
    const passwords = createPasswords({ cost: 6, concurrency: 1, bcrypt });
    expect(await passwords.verifyAgainstNothing('whatever')).toBe(false);
    expect(calls.verify).toHaveLength(1);
    expect(passwords.isOutdated(calls.verify[0] ?? ''), 'the same cost as new hashes').toBe(false);
    expect(calls.verify[0]).toHaveLength((await passwords.hash('x')).length);
  });

  it('that were hashed at another cost are outdated', async () => {
    expect(createPasswords({ cost: 5, concurrency: 1 }).isOutdated(await hash('x', { cost: 4 }))).toBe(true);
  });

  it('are hashed no more than `concurrency` at once, and turned away beyond `maxWaiting`', async () => {
    const gate = createDeferred<string>();
    let running = 0;
    const bcrypt: Bcrypt = { hash: () => ((running += 1), gate.promise), verify };
    const passwords = createPasswords({ cost, concurrency: 2, maxWaiting: 3, bcrypt });
    const work = Array.from({ length: 5 }, () => passwords.hash('x'));
    await expect(passwords.hash('one too many')).rejects.toMatchObject({
      name: 'AppError',
      code: 'SERVICE_UNAVAILABLE',
      retryAfterMs: 5_000,
    } satisfies Partial<AppError>);
    expect(running).toBe(2);
    gate.resolve('done');
    expect(await Promise.all(work)).toHaveLength(5);
    expect(running).toBe(5);
  });
});
