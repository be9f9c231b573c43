/** Serves servers that run elsewhere: one as it is, several under their names. */
import { createRequire } from 'node:module'
import process from 'node:process'
import { beginLaunch, type LaunchFlags } from '@gangway/core'
import { connect, type ClientTransport } from '@gangway/core/client'
import { proxy, proxyAll, type ProxyServer } from '@gangway/core/proxy'
import type { EntryLimits } from './entry.ts'
import type { Upstreams } from './find.ts'
import { openTransports } from './transports.ts'
import { unreachable } from './unreachable.ts'

export interface ServeUpstreamsOptions {
  readonly flags: LaunchFlags
  readonly banner: boolean
  /** Whether to exit, instead of trying again, if an upstream cannot be reached. */
  readonly required: boolean
  /** For upstreams whose entry sets none. */
  readonly limits: EntryLimits
}

/** Resolves once it serves, with where that is; from then on the process belongs to `run()`. Where all are required, throws what `unreachable` says. */
export async function serveUpstreams(upstreams: Upstreams, { flags, banner, required, limits }: ServeUpstreamsOptions): Promise<string | undefined> {
  const transports = await openTransports(upstreams, (text) => void process.stderr.write(text))
  if (required) await Promise.all(Object.entries(transports).map(([name, transport]) => reach(transport, name)))
  beginLaunch({ flags, banner, run: (_, start) => start(), resolve: createRequire(import.meta.url).resolve })
  const { url } = await toProxy(upstreams, transports, limits).run()
  return url
}

function toProxy(upstreams: Upstreams, transports: Readonly<Record<string, ClientTransport>>, limits: EntryLimits): ProxyServer {
  const own = Object.fromEntries([...upstreams].map(([name, { revision = limits.revision, maxConnections = limits.maxConnections }]) => [name, { ...(revision && { revision }), ...(maxConnections !== undefined && { maxConnections }) }]))
  const [only, ...others] = Object.entries(transports)
  if (!only || others.length > 0) return proxyAll(transports, { upstreams: own })
  const [name, transport] = only
  return proxy(transport, { ...own[name], ...(name !== '' && { name }) })
}

async function reach(transport: ClientTransport, name: string): Promise<void> {
  const client = await connect(transport).catch((error: unknown) => {
    throw unreachable(error, name)
  })
  await client.close()
}
