import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/base/errors.ts';
import { createRegistry, type Registry } from '../../src/engines/registry.ts';
import { createScriptedEngine } from '../kit/scripted-engine.ts';

const engines = [createScriptedEngine({ id: 'first' }), createScriptedEngine({ id: 'second' })];

function failureOf(work: () => unknown): AppError {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return error;
  }
  throw new Error('no AppError was thrown');
}

describe('the registry', () => {
  const registry: Registry = createRegistry({ engines, defaultModel: null });

  it('finds a model by its provider and name', () => {
    expect(registry.resolve('second:some-model')).toMatchObject({ engine: engines[1], model: 'some-model', name: 'second:some-model' });
  });

  it('takes the default model of a provider that is named alone', () => {
    expect(registry.resolve('second')).toMatchObject({ engine: engines[1], model: 'one', name: 'second:one' });
  });

  it('takes the first engine when nothing is named or configured', () => {
    expect(registry.resolve(null).name).toBe('first:one');
  });

  it.each([
    ['second', 'second:one'],
    ['second:two', 'second:two'],
  ])('takes the configured default "%s" when nothing is named', (defaultModel, name) => {
    expect(createRegistry({ engines, defaultModel }).resolve(null).name).toBe(name);
  });

  it('leaves everything after the first colon to the provider', () => {
    expect(registry.resolve('first:org/model:8b')).toMatchObject({ model: 'org/model:8b' });
  });

  it('names the providers that there are when one is unknown', () => {
    const failure = failureOf(() => registry.resolve('nobody:model'));
    expect(failure.code).toBe('ENGINE_UNKNOWN');
    expect(failure.message).toContain('"nobody"');
    expect(failure.message).toContain('available: first, second');
  });

  it.each(['', ':model', 'FIRST:one', ' first:one'])('knows no provider in "%s"', (name) => {
    expect(failureOf(() => registry.resolve(name)).code).toBe('ENGINE_UNKNOWN');
  });

  it('asks for a model behind a colon', () => {
    const failure = failureOf(() => registry.resolve('first:'));
    expect(failure).toMatchObject({ code: 'ENGINE_UNKNOWN', message: expect.stringContaining('names no model') });
  });

  it('refuses a configured default of an unknown provider at once', () => {
    expect(failureOf(() => createRegistry({ engines, defaultModel: 'nobody' })).code).toBe('ENGINE_UNKNOWN');
  });
});
