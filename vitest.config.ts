import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['default', ['json', { outputFile: 'build/test-results.json' }]], // scripts/check.js counts from it
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks', // a file that ends its process, or leaves memory behind, harms no other
    maxWorkers: 2, // the same load on every machine, so that time limits mean the same
    maxConcurrency: 2, // concurrent tests of a file start processes
  },
})
