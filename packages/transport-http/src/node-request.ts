/** The bodies of Node's requests. */
import type { IncomingMessage } from 'node:http'
import { BodyPieces, brokenOff, decodeBody } from '@gangway/core/web'

export type NodeRequest = IncomingMessage & { body?: unknown }

/** For the endpoint: what the host has parsed, or else the text. Throws `HttpError` 413 and 400. */
export async function messageBody(request: NodeRequest, maxBody: number): Promise<unknown> {
  const body = request.body ?? (await readBody(request, maxBody))
  return body instanceof Uint8Array ? decodeBody(body) : body
}

/** For a route: what the host has parsed is made text again. Undefined for a method that has none. Throws `HttpError` 413. */
export async function rawBody(request: NodeRequest, maxBody: number): Promise<string | Uint8Array | undefined> {
  if (request.method === 'GET' || request.method === 'HEAD') return undefined
  const { body } = request
  if (body === undefined) return readBody(request, maxBody)
  return typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body)
}

/** What is not read of it is left to be. By events: to iterate over a request costs more than to answer it. */
function readBody(request: IncomingMessage, maxBody: number): Promise<Uint8Array<ArrayBuffer>> {
  return new Promise((resolve, reject) => {
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
    request.once('end', () => resolve(pieces.whole()))
    request.once('error', (error) => reject(brokenOff(error)))
    request.once('close', () => request.readableEnded || reject(brokenOff()))
  })
}
