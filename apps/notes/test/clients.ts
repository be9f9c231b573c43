/** The official clients, each as a function that connects to a server. */
import { Client, SSEClientTransport, StreamableHTTPClientTransport, type VersionNegotiationMode } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { Client as FirstClient } from '@modelcontextprotocol/sdk/client/index.js'
import { SSEClientTransport as FirstSse } from '@modelcontextprotocol/sdk/client/sse.js'
import { StdioClientTransport as FirstStdio } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport as FirstHttp } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Era, Place } from './doors.ts'

/** The methods that the tests use; both packages have them. */
export interface Connection {
  listTools(): Promise<{ tools: object[] }>
  callTool(params: { name: string; arguments?: Record<string, unknown> }): Promise<object>
  listResources(): Promise<{ resources: object[] }>
  listResourceTemplates(): Promise<{ resourceTemplates: object[] }>
  readResource(params: { uri: string }): Promise<object>
  listPrompts(): Promise<{ prompts: object[] }>
  getPrompt(params: { name: string; arguments?: Record<string, string> }): Promise<object>
  getServerVersion(): object | undefined
  getInstructions(): string | undefined
  /** Undefined in 1.x. */
  getNegotiatedProtocolVersion?(): string | undefined
  close(): Promise<void>
}

export interface OfficialClient {
  readonly name: string
  /** The eras that the client supports, the preferred one first. */
  readonly eras: readonly Era[]
  /** The error code for a missing resource; 2.x replaces the code of legacy revisions. */
  readonly notFound: number
  connect(place: Place): Promise<Connection>
}

const info = { name: 'interop', version: '1.0.0' }

const first: OfficialClient = {
  name: 'sdk 1.32',
  eras: ['legacy'],
  notFound: -32002,
  async connect(place) {
    const client = new FirstClient(info)
    const transport = 'stdio' in place ? new FirstStdio(place.stdio) : 'http' in place ? new FirstHttp(place.http) : new FirstSse(place.sse)
    // Its own transports do not satisfy its own interface under `exactOptionalPropertyTypes`.
    await client.connect(transport as Parameters<FirstClient['connect']>[0])
    return client
  },
}

const second = (mode: VersionNegotiationMode, name: string, eras: readonly Era[]): OfficialClient => ({
  name: `client 2.4, ${name}`,
  eras,
  notFound: -32602,
  async connect(place) {
    const client = new Client(info, { versionNegotiation: { mode } })
    const transport = 'stdio' in place ? new StdioClientTransport(place.stdio) : 'http' in place ? new StreamableHTTPClientTransport(place.http) : new SSEClientTransport(place.sse)
    await client.connect(transport)
    return client
  },
})

export const clients: readonly OfficialClient[] = [
  first,
  second('legacy', 'legacy', ['legacy']),
  second({ pin: '2026-07-28' }, 'pinned to 2026-07-28', ['modern']),
  second('auto', 'left to choose', ['modern', 'legacy']),
]
