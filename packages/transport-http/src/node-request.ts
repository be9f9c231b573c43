/** The bodies of Node's requests. */
import type { IncomingMessage } from 'node:http'
import { GangwayError } from '@gangway/core'
import { isObject, type Awaitable } from '@gangway/core/jsonrpc'
import { BodyPieces, brokenOff, decodeBody } from '@gangway/core/web'

export type NodeRequest = IncomingMessage & { body?: unknown; ip?: unknown }

/** For the endpoint: what the host has parsed, or else the text. Throws `HttpError` 413 and 400, and `GANGWAY_E_BODY_READ`. */
export function messageBody(request: NodeRequest, maxBody: number): Awaitable<unknown> {
  const body = parsedBody(request)
  if (body === undefined) return readBody(request, maxBody).then(decodeBody)
  return body instanceof Uint8Array ? decodeBody(body) : body
}

/** For a route: what the host has parsed is made text again. Undefined for a method that has none. Throws `HttpError` 413 and 400, and `GANGWAY_E_BODY_READ`. */
export async function rawBody(request: NodeRequest, maxBody: number): Promise<string | Uint8Array | undefined> {
  if (request.method === 'GET' || request.method === 'HEAD') return undefined
  const body = parsedBody(request)
  if (body === undefined) return readBody(request, maxBody)
  return typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body)
}

/** Express 4 and its like put an empty object there for a body that their parsers have left alone. */
function parsedBody({ body, readableEnded }: NodeRequest): unknown {
  const isPlaceholder = !readableEnded && isObject(body) && Object.keys(body).length === 0
  return isPlaceholder ? undefined : body
}

/** What is not read of it is left to be. By events: to iterate over a request costs more than to answer it. */
function readBody(request: IncomingMessage, maxBody: number): Promise<Uint8Array<ArrayBuffer>> {
  return new Promise((resolve, reject) => {
    if (request.readableEnded) {
      if (hasBody(request)) throw new GangwayError('GANGWAY_E_BODY_READ', 'The body of a request was read before the handler was called: put what was read in request.body')
      return resolve(new Uint8Array())
    }
    if (request.destroyed) throw brokenOff() // While somebody was asked who sent it.
    const pieces = new BodyPieces(request.headers['content-length'], maxBody)
    const add = (piece: Uint8Array): void => {
      try {
        pieces.add(piece)
      } catch (error) {
        request.off('data', add).pause()
        reject(error as Error)
      }
    }
    request.on('data', add)
    request.on('end', () => resolve(pieces.whole()))
    request.on('error', (error) => reject(brokenOff(error)))
    request.on('close', () => request.readableEnded || reject(brokenOff()))
  })
}

const hasBody = ({ headers }: IncomingMessage): boolean => headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
