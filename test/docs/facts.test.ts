/** What the pages say of options and refusals is what the code has. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const namesIn = (text: string, pattern: RegExp): string[] => [...new Set([...text.matchAll(pattern)].map(([, name]) => name!))].toSorted()

const OPTION = /^ {2}(?:readonly )?(\w+)\??: /gm
const optionsOf = (...paths: string[]): string[] => paths.flatMap((path) => namesIn(/export interface \w*(?:Options|Limits)\b[^}]*/g.exec(read(path))?.[0] ?? '', OPTION))

const HTTP = ['packages/transport-http/src/endpoint-options.ts', 'packages/transport-http/src/plugin.ts', 'packages/transport-http/src/http-app.ts', 'packages/core/src/web/request-gate.ts', 'packages/core/src/web/host-validation.ts', 'packages/http-server/src/listen-on-port.ts']
const SSE = ['packages/transport-sse/src/plugin.ts', 'packages/transport-sse/src/sse-sessions.ts', 'packages/transport-sse/src/sse.ts', 'packages/core/src/web/request-gate.ts', 'packages/core/src/web/host-validation.ts', 'packages/http-server/src/listen-on-port.ts']

test.each([
  ['docs/running.md', [...HTTP, ...SSE]],
  ['packages/transport-http/README.md', HTTP],
  ['packages/transport-sse/README.md', SSE],
])('%s names every option', (page, sources) => {
  const options = optionsOf(...sources)
  expect(options.length).toBeGreaterThan(8)
  const text = read(page)
  expect(options.filter((name) => !text.includes(`\`${name}\``))).toEqual([])
})

test('the pages on running and on limits list every reason and no others', () => {
  const sources = ['transport-http/src/sessions.ts', 'transport-http/src/legacy-requests.ts', 'transport-http/src/http-session.ts', 'transport-sse/src/sse-sessions.ts', 'core/src/web/fair-shares.ts', 'core/src/web/endpoint-load.ts', 'transport-http/src/endpoint.ts', 'core/src/proxy/connection-slots.ts'].map((path) => read(`packages/${path}`)).join('\n')
  const reason = /\b((?:session|too_many|events|shutting)_[a-z]+)\b/g
  expect(namesIn(read('docs/running.md') + read('docs/limits.md'), reason)).toEqual(namesIn(sources, reason))
})
