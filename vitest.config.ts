/** Fast tests, on sources: nothing has to be built, except for tests that start the built command. */

import { defineConfig } from 'vitest/config'

const conditions = ['@gangway/source', 'module', 'node', 'development|production'] // ours, then Vite's own for a server

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['{packages,apps}/*/test/**/*.test.ts', '{test,benchmarks}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/*.slow.test.ts'],
    isolate: false, // Test files share a worker's modules: loading them for each file took a third of the time.
    setupFiles: ['test/harness/cleanup-hooks.ts'],
    globalSetup: ['test/conformance/records.ts'],
    maxWorkers: '100%',
    testTimeout: 20_000, // Slow machines need longer. A test that passes does not wait for it.
    hookTimeout: 30_000,
  },
})
