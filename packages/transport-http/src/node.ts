/** @gangway/transport-http/node: the endpoint as a `(request, response)` handler, for Express, Connect and plain node:http. */
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ServerDefinition } from '@gangway/core'
import { isRpcError } from '@gangway/core/jsonrpc'
import { decodeBody, EventStream, HttpError, refusalOf } from '@gangway/core/web'
import { Endpoint, type EndpointOptions } from './endpoint.ts'
import type { HttpReply } from './http-message.ts'
import { OpenedServer } from './opened-server.ts'
import { jsonReply } from './reply.ts'

export interface NodeOptions extends EndpointOptions {
  /** Longest accepted body, in bytes, unless the host has read it already. @default 4 MiB */
  maxBody?: number
}

export interface NodeHandler {
  /** `request.body` is used where the host has parsed it, as `express.json()` does. */
  (request: IncomingMessage & { body?: unknown }, response: ServerResponse): Promise<void>
  /** Lets calls in flight finish for the drain time, then aborts them, and closes the server. */
  close(): Promise<void>
}

/** Serves whatever path it is called for: routing is its host's. Host and Origin are checked against loopback names unless `allowedHosts` says otherwise. */
export function nodeHandler(server: ServerDefinition, { maxBody = 4 * 1024 * 1024, ...options }: NodeOptions = {}): NodeHandler {
  const endpoint = new Endpoint(server, options)
  const opened = new OpenedServer(server)

  const handle = async (request: IncomingMessage & { body?: unknown }, response: ServerResponse): Promise<void> => {
    const { method = 'GET', headers } = request
    const header = (name: string): string | undefined => headers[name]?.toString()
    try {
      endpoint.admit(headers.host, headers.origin)
      await opened.open()
      const body = request.body ?? decodeBody(await readBody(request, maxBody))
      const onGone = (listener: () => void): void => void response.once('close', () => response.writableFinished || listener())
      await write(await endpoint.handle({ method, body, header, onGone }), response)
    } catch (error) {
      if (!isRpcError(error)) server.logger.error({ err: error }, 'A request could not be served')
      const { status, headers: extra, body } = refusalOf(error)
      await write(jsonReply(JSON.stringify(body), status, extra), response)
    }
  }
  const close = async (): Promise<void> => {
    await endpoint.close()
    await opened.close()
  }
  return Object.assign(handle, { close })
}

async function readBody(request: IncomingMessage, maxBody: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    length += chunk.length
    if (length > maxBody) throw new HttpError(413, `A body may have at most ${maxBody} bytes`, { connection: 'close' }) // The rest is not read.
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** A reader that is slow is waited for; one that leaves cuts the stream off. */
async function write({ status, headers, body }: HttpReply, response: ServerResponse): Promise<void> {
  response.writeHead(status, { ...headers, ...(typeof body === 'string' && { 'content-length': Buffer.byteLength(body) }) })
  if (!(body instanceof EventStream)) return void response.end(body)
  response.once('close', () => body.cancel())
  for await (const text of body) if (!response.write(text) && !response.closed) await Promise.race([once(response, 'drain'), once(response, 'close')])
  response.end()
}
