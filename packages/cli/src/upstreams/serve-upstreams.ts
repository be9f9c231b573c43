/** Serves upstreams through a proxy: a single one unchanged, several with their names as prefixes. */
import { createRequire } from 'node:module'
import process from 'node:process'
import { beginLaunch, type LaunchFlags } from '@gangway/core/internal'
import { connect, type ClientTransport } from '@gangway/core/client'
import { proxy, proxyAll, type ProxyServer } from '@gangway/core/proxy'
import type { EntryLimits, Upstreams } from './mcp-json-entry.ts'
import { openTransports } from './open-transports.ts'
import { abortOnSignal } from '../process/signals.ts'
import { unreachable } from './unreachable.ts'

export interface ServeUpstreamsOptions {
  readonly flags: LaunchFlags
  readonly banner: boolean
  /** Whether to exit, instead of trying again, if an upstream cannot be reached. */
  readonly required: boolean
  /** From the command line: defaults of the entries, and the limit for all of them. */
  readonly limits: EntryLimits & { readonly maxProcesses?: number | undefined }
}

/** Resolves with the URL once the proxy is running; from then on `run()` owns the process. If upstreams are required, throws the error of the first unreachable one. */
export async function serveUpstreams(upstreams: Upstreams, { flags, banner, required, limits }: ServeUpstreamsOptions): Promise<string | undefined> {
  const transports = await openTransports(upstreams, (text) => void process.stderr.write(text))
  if (required) await abortOnSignal((signal) => Promise.all(Object.entries(transports).map(([name, transport]) => reach(transport, name, signal))))
  beginLaunch({ flags, banner, run: (_, start) => start(), resolve: createRequire(import.meta.url).resolve })
  const { url } = await toProxy(upstreams, transports, limits).run()
  return url
}

function toProxy(upstreams: Upstreams, transports: Readonly<Record<string, ClientTransport>>, { maxProcesses = upstreams.maxProcesses, ...limits }: ServeUpstreamsOptions['limits']): ProxyServer {
  const own = Object.fromEntries([...upstreams].map(([name, { revision = limits.revision, maxConnections = limits.maxConnections }]) => [name, { ...(revision && { revision }), ...(maxConnections !== undefined && { maxConnections }) }]))
  const [only, ...others] = Object.entries(transports)
  if (!only || others.length > 0) return proxyAll(transports, { upstreams: own, ...(maxProcesses !== undefined && { maxProcesses }) })
  const [name, transport] = only
  const isBound = transport.spawns && maxProcesses !== undefined && maxProcesses < (own[name]?.maxConnections ?? Number.POSITIVE_INFINITY) // Each connection is a process.
  return proxy(transport, { ...own[name], ...(isBound && { maxConnections: maxProcesses }), ...(name !== '' && { name }) })
}

async function reach(transport: ClientTransport, name: string, signal: AbortSignal): Promise<void> {
  const client = await connect(transport, { signal }).catch((error: unknown) => {
    throw unreachable(error, name)
  })
  await client.close()
}
