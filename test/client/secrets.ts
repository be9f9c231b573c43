/** Secrets planted in every place where the configuration of a proxy can hold one, and the upstreams that try to give them away. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import process from 'node:process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(new URL('../programs/leaky-server.mjs', import.meta.url))

/** None has a look that gives it away: that of `path` does, as such keys do. */
const SECRETS = {
  option: 'planted-of-an-option',
  assigned: 'planted-of-an-assignment',
  password: 'planted-of-a-database',
  sslkey: 'planted-of-its-query',
  variable: 'planted-of-a-variable',
  expanded: 'planted-of-an-expansion',
  lines: 'planted-of-the-first-line\nplanted-of-the-second-line',
  quoted: 'planted-of-"quotes"-\\-here',
  header: 'planted-of-a-header',
  bearer: 'planted-of-a-token',
  query: 'planted-of-a-query',
  user: 'planted-of-a-user',
  path: 'planted0of0a0path0with0digits0',
} as const

/** What the environment of the command holds, for `${NAME}` in the file. */
export const ENVIRONMENT = { GIVEN_ARGUMENT: SECRETS.expanded, GIVEN_HEADER: SECRETS.header, GIVEN_QUERY: SECRETS.query }

/** Whether the text has a secret, or the beginning of one. */
export const leaksIn = (said: string): string[] => [...new Set(said.match(/.{0,60}planted.{0,30}/g))]

const program = (mode: string): object => ({
  command: process.execPath,
  args: [PROGRAM, '--api-key', SECRETS.option, `--password=${SECRETS.assigned}`, `postgres://ann:${SECRETS.password}@127.0.0.1/shop?sslkey=${SECRETS.sslkey}`, '${GIVEN_ARGUMENT}'],
  env: { MODE: mode, SETTING: SECRETS.variable, LINES: SECRETS.lines, QUOTED: SECRETS.quoted },
})

/** HTTP servers that repeat what they were sent, each under a path. */
const REPLIES: Readonly<Record<string, (said: string, id: unknown) => { status: number; headers?: Record<string, string>; body: string }>> = {
  unauthorized: (said) => ({ status: 401, headers: { 'www-authenticate': `Bearer error="invalid_token", error_description="${said.replaceAll('"', "'").slice(0, 2000)}"` }, body: said }),
  broken: (said) => ({ status: 500, body: `${'x'.repeat(185)}${said}` }),
  redirecting: (said) => ({ status: 307, headers: { location: `https://example.com/${encodeURIComponent(said)}` }, body: '' }),
  page: (said) => ({ status: 200, headers: { 'content-type': 'text/html' }, body: said }),
  refusing: (said, id) => ({ status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32000, message: said, data: { said: [said] } } }) }),
  stray: (said) => ({ status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ jsonrpc: '2.0', id: 12_345, result: { said } }) }),
  'cut-off': (said) => ({ status: 200, headers: { 'content-type': 'text/event-stream' }, body: `: ${said}\n\nid: ${said}\nevent: message\ndata: ${said}\n\n` }),
}

export interface Planted {
  /** The text of an mcp.json. */
  readonly mcpJson: string
  readonly names: readonly string[]
  close(): void
}

export async function plant(): Promise<Planted> {
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { path, key } = /^\/(?<path>[\w-]+)(?<key>.*)/.exec(request.url ?? '')?.groups ?? {}
      const said = `${key} ${Object.values(request.headers).join(' ')}`
      const { status, headers, body: reply } = REPLIES[path ?? '']?.(said, body === '' ? undefined : JSON.parse(body).id) ?? { status: 404, body: said }
      response.writeHead(status, headers).end(reply)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const remote = (path: string): object => ({ url: `http://127.0.0.1:${port}/${path}/${SECRETS.path}?key=\${GIVEN_QUERY}`, headers: { 'X-Key': '${GIVEN_HEADER}', Authorization: `Bearer ${SECRETS.bearer}` } })
  const mcpServers = {
    ...Object.fromEntries(['serve', 'exit', 'print', 'refuse'].map((mode) => [mode, program(mode)])),
    missing: { ...program('serve'), command: 'no-such-program' },
    ...Object.fromEntries(Object.keys(REPLIES).map((path) => [path, remote(path)])),
    nowhere: { url: `http://ann:${SECRETS.user}@127.0.0.1:1/${SECRETS.path}?key=\${GIVEN_QUERY}`, headers: { 'X-Key': '${GIVEN_HEADER}' } },
  }
  return { mcpJson: JSON.stringify({ mcpServers }), names: Object.keys(mcpServers), close: () => (server.closeAllConnections(), server.close()) }
}
