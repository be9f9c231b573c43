/** Creates the client transports of upstreams. Imports each kind of transport only if it is used. */
import { redactedTransport, type ClientTransport } from '@gangway/core/client'
import type { Entry, Upstreams } from './mcp-json-entry.ts'

/** Receives the stderr output of a program, and the name of the upstream. */
type OnStderr = (text: string, name: string) => void

export async function openTransports(upstreams: Upstreams, onStderr: OnStderr): Promise<Record<string, ClientTransport>> {
  return Object.fromEntries(await Promise.all([...upstreams].map(async ([name, entry]) => [name, await toTransport(entry, (text) => onStderr(text, name))] as const)))
}

async function toTransport(entry: Entry, onStderr: (text: string) => void): Promise<ClientTransport> {
  if (entry.kind === 'stdio') {
    const { stdioClient } = await import('@gangway/transport-stdio/client')
    const { command, args, env, cwd, secrets } = entry
    return stdioClient({ command, args, env, cwd, secrets, onStderr })
  }
  const { url, headers, secrets } = entry
  const transport = entry.kind === 'sse' ? (await import('@gangway/transport-sse/client')).sseClient(url, { headers }) : (await import('@gangway/transport-http/client')).httpClient(url, { headers })
  return secrets ? redactedTransport(transport, () => secrets) : transport
}
