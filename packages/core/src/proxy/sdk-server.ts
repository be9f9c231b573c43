/** `sdkServer()`: a server written for the official SDK as the server behind a proxy. It is known by its shape, so the SDK is no dependency. */
import { ClientError } from '../client/errors.ts'
import { parseMessages, type ClientTransport, type Link, type Receiver } from '../client/transport.ts'
import { GangwayError } from '../gangway-error.ts'
import { isObject } from '../jsonrpc/is-object.ts'
import { isMcpServer } from '../server/server.ts'
import type { RequestId } from '../jsonrpc/message.ts'
import type { Awaitable } from '../jsonrpc/awaitable.ts'

/** The end of a connection that the SDK's servers take. */
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
  /** What errors call it. @default 'the SDK server' */
  name?: string
}

/** Whether this is a server of the official SDK, of any version. */
export const isSdkServer = (value: unknown): value is SdkServer => isObject(value) && typeof value.connect === 'function' && typeof value.close === 'function' && !isMcpServer(value)

/**
 * To be given to `proxy()`, which serves it on any transport and in every revision; what it is spoken to in is 2025-11-25.
 * An instance serves one client at a time, as in the SDK; a function that makes one has each client served by its own. Throws `GANGWAY_E_SDK_SERVER` for anything else.
 */
export function sdkServer(server: SdkServer | (() => Awaitable<SdkServer>), { name = 'the SDK server' }: SdkServerOptions = {}): ClientTransport {
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

/** Some versions of the SDK would leave the first client without a word for the second. */
function makeAndConnect(make: () => Awaitable<SdkServer>, name: string): ClientTransport['open'] {
  const serving = new WeakSet<SdkServer>()
  return async (receiver) => {
    const server = check(await make())
    if (serving.has(server)) throw new ClientError('GANGWAY_E_UNREACHABLE', `The function that makes ${name} has returned a server that serves somebody already: make a new one each time, or pass the server itself`)
    serving.add(server)
    const link = await connected(server, name, receiver)
    return { ...link, close: () => link.close().finally(() => serving.delete(server)) }
  }
}

function check(server: unknown): SdkServer {
  if (isSdkServer(server)) return server
  throw new GangwayError('GANGWAY_E_SDK_SERVER', 'This is no server of the official SDK: pass a McpServer or Server, or a function that makes one')
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
      const copy = JSON.parse(JSON.stringify(message)) as unknown // Nothing is shared that a wire would not carry.
      queueMicrotask(() => transport.onmessage?.(copy))
    },
    close: async () => {
      await server.close().catch(() => {}) // It is over all the same.
      await transport.close()
    },
  }
}
