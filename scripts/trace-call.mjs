/**
 * `npm run trace-call`: prints which of our source files one `tools/call` runs through, over HTTP, over stdio, and with an elicitation, in both eras.
 * A file counts when one of its functions is called between the arrival of the request and the end of the response.
 * ARCHITECTURE.md, "The life of a request", explains the lists. `--json` prints them as JSON. `--check` compares them with that page and with two limits instead.
 */

import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createViteServer } from 'vitest/node'
import { problemsOf } from '../test/trace-call/check.mjs'
import { instrument } from '../test/trace-call/instrument.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const vite = await createViteServer({
  root,
  configFile: false,
  logLevel: 'error',
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  optimizeDeps: { noDiscovery: true },
  ssr: { resolve: { conditions: ['@gangway/source', 'module', 'node', 'development'] } },
  plugins: [instrument(root)],
})

try {
  const { traceCalls } = await vite.ssrLoadModule('/test/trace-call/calls.ts')
  /** @type {{ name: string, files: string[], stack: string[] }[]} */
  const traces = await traceCalls(root)
  if (process.argv.includes('--check')) {
    const problems = problemsOf(traces, readFileSync(`${root}/ARCHITECTURE.md`, 'utf8'))
    for (const problem of problems) console.error(problem)
    process.exitCode = problems.length > 0 ? 1 : 0
  } else if (process.argv.includes('--json')) console.log(JSON.stringify(traces, null, 2))
  else for (const { name, files, stack } of traces) console.log(`${name}: ${files.length} files, ${stack.length} on the stack at the handler\n${files.map((file) => `  ${stack.includes(file) ? '*' : ' '} ${file}`).join('\n')}\n`)
} finally {
  await vite.close()
}
