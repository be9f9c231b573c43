/** Serves servers that run elsewhere: one as it is, several under their names. */
import { createRequire } from 'node:module'
import process from 'node:process'
import { beginLaunch, type LaunchFlags } from '@gangway/core'
import { connect, type ClientTransport } from '@gangway/core/client'
import { proxy, proxyAll } from '@gangway/core/proxy'
import type { Upstreams } from './find.ts'
import { openTransports } from './transports.ts'
import { unreachable } from './unreachable.ts'

export interface ServeUpstreamsOptions {
  readonly flags: LaunchFlags
  readonly banner: boolean
  /** Whether to end, rather than to go on and try again, if one cannot be reached. */
  readonly required: boolean
}

/** Resolves once it serves, with where that is; from then on the process belongs to `run()`. Where all are required, throws what `unreachable` says. */
export async function serveUpstreams(upstreams: Upstreams, { flags, banner, required }: ServeUpstreamsOptions): Promise<string | undefined> {
  const transports = await openTransports(upstreams, (text) => void process.stderr.write(text))
  if (required) await Promise.all(Object.entries(transports).map(([name, transport]) => reach(transport, name)))
  beginLaunch({ flags, banner, run: (_, start) => start(), resolve: createRequire(import.meta.url).resolve })
  const [only, ...others] = Object.values(transports)
  const { url } = await (only && others.length === 0 ? proxy(only) : proxyAll(transports)).run()
  return url
}

async function reach(transport: ClientTransport, name: string): Promise<void> {
  const client = await connect(transport).catch((error: unknown) => {
    throw unreachable(error, name)
  })
  await client.close()
}
