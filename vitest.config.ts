import { defineConfig } from 'vitest/config';

// Without these conditions the tests load graphql twice, once as a CommonJS and once as an ES module.
const conditions = ['module-sync', 'node', 'import', 'default'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['tests/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
