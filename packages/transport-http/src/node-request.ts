/** Node's requests: their bodies, and as the web's. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { collectBody, onReplyOver } from '@gangway/core/web'

export type NodeRequest = IncomingMessage & { body?: unknown }

/** Its signal aborts if the client leaves before the reply is complete. */
export async function toWebRequest(request: NodeRequest, response: ServerResponse, maxBody: number): Promise<Request> {
  const { method = 'GET', url = '/', headers } = request
  const gone = new AbortController()
  onReplyOver(request, response, () => response.writableFinished || gone.abort())
  const lines = Object.entries(headers).flatMap(([name, value]) => [value ?? []].flat().map((line): [string, string] => [name, line]))
  const body = method === 'GET' || method === 'HEAD' ? undefined : await bodyOf(request, maxBody)
  return new Request(new URL(url, `http://${headers.host}`), { method, headers: lines, signal: gone.signal, ...(body !== undefined && { body }) })
}

/** What the host has parsed is made text again. */
async function bodyOf(request: NodeRequest, maxBody: number): Promise<string | Uint8Array<ArrayBuffer>> {
  if (request.body === undefined) return readBody(request, maxBody)
  return typeof request.body === 'string' || request.body instanceof Uint8Array ? (request.body as string | Uint8Array<ArrayBuffer>) : JSON.stringify(request.body)
}

/** Throws `HttpError` 413 and 400. What is not read of it is left to be. */
export const readBody = (request: IncomingMessage, maxBody: number): Promise<Uint8Array<ArrayBuffer>> =>
  collectBody(request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>, request.headers['content-length'], maxBody)
