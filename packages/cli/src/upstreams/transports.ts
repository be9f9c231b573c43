/** The client transports to servers elsewhere, each loaded when one is there that needs it. */
import { redactedTransport, type ClientTransport } from '@gangway/core/client'
import type { Entry } from './entry.ts'
import type { Upstreams } from './find.ts'

/** Takes what a program writes to stderr, and which one it is. */
type OnStderr = (text: string, name: string) => void

export async function openTransports(upstreams: Upstreams, onStderr: OnStderr): Promise<Record<string, ClientTransport>> {
  return Object.fromEntries(await Promise.all([...upstreams].map(async ([name, entry]) => [name, await toTransport(entry, (text) => onStderr(text, name))] as const)))
}

async function toTransport(entry: Entry, onStderr: (text: string) => void): Promise<ClientTransport> {
  if (entry.kind === 'stdio') {
    const { stdio } = await import('@gangway/transport-stdio/client')
    return stdio({ ...entry, onStderr })
  }
  const { url, headers, secrets } = entry
  const transport = entry.kind === 'sse' ? (await import('@gangway/transport-sse/client')).sse(url, { headers }) : (await import('@gangway/transport-http/client')).http(url, { headers })
  return secrets ? redactedTransport(transport, () => secrets) : transport
}
