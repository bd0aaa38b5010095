import type { CodegenConfig } from '@graphql-codegen/cli';

/** The typed documents of the tests, made from the committed schema: what a client developer does, done here. */
const config: CodegenConfig = {
  schema: 'schema.graphql',
  documents: ['tests/documents/**/*.ts'],
  generates: {
    'tests/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        useTypeImports: true,
        enumsAsTypes: true,
        strictScalars: true,
        scalars: { Date: 'string', DateTime: 'string', BigInt: { input: 'string', output: 'number | string' }, JSON: 'unknown' },
        importExtension: '.ts',
      },
    },
  },
};

export default config;
