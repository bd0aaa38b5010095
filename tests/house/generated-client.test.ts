import { readFileSync } from 'node:fs';
import { generate } from '@graphql-codegen/cli';
import { describe, expect, it } from 'vitest';
import config from '../../codegen.ts';

describe('the generated client', () => {
  // `npm run codegen` writes the files.
  it('is what the schema and the documents give today', async () => {
    const files = await generate({ ...config, silent: true }, false);
    expect(files.length).toBeGreaterThan(0);
    for (const { filename, content } of files) expect(readFileSync(filename, 'utf8'), filename).toBe(content);
  });
});
