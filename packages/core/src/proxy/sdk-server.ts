/** `sdkServer()`: a client transport to a server built with the official SDK. Servers are recognized by their shape, so the SDK is not a dependency. */
import { ClientError } from '../client/client-errors.ts'
import { parseMessages, type ClientTransport, type Link, type Receiver } from '../client/client-transport.ts'
import { GangwayError } from '../gangway-error.ts'
import { isObject } from '../util/is-object.ts'
import { isMcpServer } from '../mcp-server.ts'
import { checkOptions, type OptionNames } from '../util/check-options.ts'
import type { RequestId } from '../jsonrpc/message.ts'
import type { Awaitable } from '../util/awaitable.ts'

/** The transport interface that the SDK's servers connect to. */
export interface SdkTransport {
  start(): Promise<void>
  send(message: unknown, options?: { relatedRequestId?: RequestId | undefined }): Promise<void>
  close(): Promise<void>
  onmessage?: ((message: unknown) => void) | undefined
  onclose?: (() => void) | undefined
  onerror?: ((error: Error) => void) | undefined
  sessionId?: string | undefined
}

/** `McpServer` and `Server` of `@modelcontextprotocol/sdk` 1.x, and of `@modelcontextprotocol/server` 2.x. */
export interface SdkServer {
  connect(transport: SdkTransport): Promise<void>
  close(): Promise<void>
}

export interface SdkServerOptions {
  /** The server's name in error messages. @default 'the SDK server' */
  name?: string
}

const OPTIONS: OptionNames<SdkServerOptions> = { name: true }

/** Whether the value is a server of the official SDK, of any version. */
export const isSdkServer = (value: unknown): value is SdkServer => isObject(value) && typeof value.connect === 'function' && typeof value.close === 'function' && !isMcpServer(value)

/**
 * Wraps a server of the official SDK for `proxy()`, which then serves it on any transport and in every revision: `await proxy(sdkServer(server)).run()`.
 * The proxy speaks revision 2025-11-25 to it.
 *
 * An instance serves one client at a time. A function that creates an instance gives each client its own.
 * Throws `GANGWAY_E_SDK_SERVER` if the argument is neither, and `GANGWAY_E_USAGE` for unknown options.
 */
export function sdkServer(server: SdkServer | (() => Awaitable<SdkServer>), options: SdkServerOptions = {}): ClientTransport {
  checkOptions('sdkServer()', options, OPTIONS)
  const { name = 'the SDK server' } = options
  if (typeof server === 'function') return { name, open: makeAndConnect(server, name) }
  check(server)
  let closing = Promise.resolve()
  return {
    name,
    single: true,
    open: async (receiver) => {
      await closing
      const link = await connected(server, name, receiver)
      return { ...link, close: () => (closing = link.close()) }
    },
  }
}

/** Rejects an instance that is already connected: in some SDK versions, a second `connect()` silently disconnects the first client. */
function makeAndConnect(make: () => Awaitable<SdkServer>, name: string): ClientTransport['open'] {
  const serving = new WeakSet<SdkServer>()
  return async (receiver) => {
    const server = check(await make())
    if (serving.has(server)) throw new ClientError('GANGWAY_E_UNREACHABLE', `The function that makes ${name} returned a server that is already connected. Create a new server in each call, or pass the server itself`)
    serving.add(server)
    const link = await connected(server, name, receiver)
    return { ...link, close: () => link.close().finally(() => serving.delete(server)) }
  }
}

function check(server: unknown): SdkServer {
  if (isSdkServer(server)) return server
  throw new GangwayError('GANGWAY_E_SDK_SERVER', 'This is not a server written with the official SDK. Pass an McpServer or Server, or a function that creates one')
}

async function connected(server: SdkServer, name: string, receiver: Receiver): Promise<Link> {
  let closed = false
  const transport: SdkTransport = {
    start: async () => {},
    send: async (message, { relatedRequestId } = {}) => {
      if (closed) throw new Error('The connection is closed')
      const messages = parseMessages(JSON.stringify(message), name)
      queueMicrotask(() => messages.forEach((one) => receiver.receive(one, relatedRequestId)))
    },
    close: async () => {
      if (closed) return
      closed = true
      transport.onclose?.()
      receiver.closed(new ClientError('GANGWAY_E_CLOSED', `${name} has closed its connection`))
    },
  }
  try {
    await server.connect(transport)
  } catch (cause) {
    throw new ClientError('GANGWAY_E_UNREACHABLE', `${name} cannot be connected: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
  return {
    exchanges: false,
    send: async (message) => {
      const copy = JSON.parse(JSON.stringify(message)) as unknown // Copy through JSON, so that client and server share no objects.
      queueMicrotask(() => transport.onmessage?.(copy))
    },
    close: async () => {
      await server.close().catch(() => {}) // The link is closed even if the server fails to close.
      await transport.close()
    },
  }
}
