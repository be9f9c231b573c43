/** The bodies of Node's requests. */
import type { IncomingMessage } from 'node:http'
import { decodeBody, HttpError } from '@gangway/core/web'

export type NodeRequest = IncomingMessage & { body?: unknown }

/** For the endpoint: what the host has parsed, or else the text. Throws `HttpError` 413. */
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

async function readBody(request: IncomingMessage, maxBody: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    length += chunk.length
    if (length > maxBody) throw new HttpError(413, `A body may have at most ${maxBody} bytes`, { headers: { connection: 'close' } }) // The rest is not read.
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
