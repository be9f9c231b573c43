/** Reads the body of a Node.js request, or uses the one that the host has already parsed. */
import type { IncomingMessage } from 'node:http'
import { GangwayError } from '@gangway/core'
import { isObject, type Awaitable } from '@gangway/core/internal'
import { incompleteBody, decodeBody, type BodyBounds } from '@gangway/core/internal/http'
import { readBody } from '@gangway/http-server'

export type NodeRequest = IncomingMessage & { body?: unknown; ip?: unknown }

/** The body for the MCP endpoint: the host's parsed body, or else the text. Throws `HttpError` 400, 413 and 503, and `GANGWAY_E_BODY_READ`. */
export function messageBody(request: NodeRequest, bounds: BodyBounds): Awaitable<unknown> {
  const body = parsedBody(request)
  if (body === undefined) return bytesOf(request, bounds).then(decodeBody)
  return body instanceof Uint8Array ? decodeBody(body) : body
}

/**
 * The body for a custom route. A body that the host has parsed is serialized again; undefined for GET and HEAD.
 * Throws `HttpError` 400, 413 and 503, and `GANGWAY_E_BODY_READ`.
 */
export async function rawBody(request: NodeRequest, bounds: BodyBounds): Promise<string | Uint8Array | undefined> {
  if (request.method === 'GET' || request.method === 'HEAD') return undefined
  const body = parsedBody(request)
  if (body === undefined) return bytesOf(request, bounds)
  return typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body)
}

/** Ignores an empty object while the body is unread: Express 4 sets it on requests that its body parsers have skipped. */
function parsedBody({ body, readableEnded }: NodeRequest): unknown {
  const isPlaceholder = !readableEnded && isObject(body) && Object.keys(body).length === 0
  return isPlaceholder ? undefined : body
}

/** Reads the bytes of an unread body. */
function bytesOf(request: IncomingMessage, bounds: BodyBounds): Promise<Uint8Array<ArrayBuffer>> {
  return new Promise((resolve, reject) => {
    if (request.readableEnded) {
      if (hasBody(request)) throw new GangwayError('GANGWAY_E_BODY_READ', 'The body of the request was already read. Put it into request.body')
      return resolve(new Uint8Array())
    }
    if (request.destroyed) throw incompleteBody() // The client disconnected during authentication.
    readBody(request, request.headers['content-length'], bounds, (error, bytes) => (bytes ? resolve(bytes) : reject(error as Error)))
  })
}

const hasBody = ({ headers }: IncomingMessage): boolean => headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
