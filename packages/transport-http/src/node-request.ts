/** The bodies of Node's requests. */
import type { IncomingMessage } from 'node:http'
import { collectBody, decodeBody } from '@gangway/core/web'

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

/** What is not read of it is left to be. */
const readBody = (request: IncomingMessage, maxBody: number): Promise<Uint8Array<ArrayBuffer>> =>
  collectBody(request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>, request.headers['content-length'], maxBody)
