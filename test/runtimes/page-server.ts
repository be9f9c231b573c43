/** Serves web pages that run a script and report what came of it. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

const page = (script: string, argument: string): string => `<!doctype html>
<script type="module">
  const report = (outcome) => fetch('/report', { method: 'POST', body: JSON.stringify(outcome) })
  import('/${script}.js').then((module) => module.default('${argument}')).then((result) => report({ result }), (error) => report({ error: error.stack }))
</script>`

export interface PageServer {
  readonly port: number
  /** The page at `/<script>?<argument>` has ended: what its script gave. Rejects with what it threw. */
  readonly report: () => Promise<unknown>
  close(): Promise<void>
}

/** Scripts are modules of the directory, whose default export takes the argument. */
export async function servePages(directory: string): Promise<PageServer> {
  let take: (report: string) => void
  const served = createServer(async (request, reply) => {
    const { pathname, search } = new URL(request.url ?? '/', 'http://page')
    if (pathname === '/report') take(await text(request as IncomingMessage))
    const isScript = pathname.endsWith('.js')
    const body = isScript ? readFileSync(join(directory, pathname)) : page(pathname.slice(1), decodeURIComponent(search.slice(1)))
    reply.writeHead(200, { 'content-type': isScript ? 'text/javascript' : 'text/html' }).end(body)
  }).listen(0, '127.0.0.1')
  await once(served, 'listening')
  return {
    port: (served.address() as AddressInfo).port,
    report: async () => {
      const { result, error } = JSON.parse(await new Promise<string>((resolve) => (take = resolve)))
      if (error) throw new Error(error)
      return result
    },
    close: async () => {
      served.closeAllConnections()
      served.close()
    },
  }
}
