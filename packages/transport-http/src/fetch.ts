/** @gangway/transport-http/fetch: the endpoint as a web-standard handler, for Workers, Bun, Deno, Next, Hono and whatever else has `Request` and `Response`. */
import { GangwayError, type ServerDefinition } from '@gangway/core'
import { isRpcError } from '@gangway/core/jsonrpc'
import { decodeBody, EventStream, HttpError, refusalOf } from '@gangway/core/web'
import { Endpoint, type EndpointOptions } from './endpoint.ts'
import type { HttpReply } from './http-message.ts'
import { OpenedServer } from './opened-server.ts'
import { jsonReply } from './reply.ts'

export interface FetchOptions extends EndpointOptions {
  /** Host names that clients may address, or 'any'. It is not known here what the server is bound to, so they have to be named. */
  allowedHosts: readonly string[] | 'any'
  /** Longest accepted body, in bytes. @default 4 MiB */
  maxBody?: number
}

export interface FetchHandler {
  (request: Request): Promise<Response>
  /** Lets calls in flight finish for the drain time, then aborts them, and closes the server. */
  close(): Promise<void>
}

/** Serves whatever path it is called for: routing is its host's. Throws `GANGWAY_E_ALLOWED_HOSTS`. */
export function fetchHandler(server: ServerDefinition, { maxBody = 4 * 1024 * 1024, ...options }: FetchOptions): FetchHandler {
  if (!options.allowedHosts) throw new GangwayError('GANGWAY_E_ALLOWED_HOSTS', "fetchHandler does not know what its host is bound to: name the hosts that clients may address in allowedHosts, or say 'any'")
  const endpoint = new Endpoint(server, options)
  const opened = new OpenedServer(server)

  const handle = async (request: Request): Promise<Response> => {
    const header = (name: string): string | undefined => request.headers.get(name) ?? (name === 'host' ? new URL(request.url).host : undefined)
    try {
      endpoint.admit(header('host'), header('origin'))
      await opened.open()
      const body = decodeBody(await readBody(request, maxBody))
      const onGone = (listener: () => void): void => request.signal.addEventListener('abort', listener, { once: true })
      return toResponse(await endpoint.handle({ method: request.method, body, header, onGone }))
    } catch (error) {
      if (!isRpcError(error)) server.logger.error({ err: error }, 'A request could not be served')
      const { status, headers, body } = refusalOf(error)
      return toResponse(jsonReply(JSON.stringify(body), status, headers))
    }
  }
  const close = async (): Promise<void> => {
    await endpoint.close()
    await opened.close()
  }
  return Object.assign(handle, { close })
}

async function readBody({ body }: Request, maxBody: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  const reader = body?.getReader()
  for (let chunk = await reader?.read(); chunk && !chunk.done; chunk = await reader?.read()) {
    length += chunk.value.length
    if (length > maxBody) {
      await reader?.cancel()
      throw new HttpError(413, `A body may have at most ${maxBody} bytes`)
    }
    chunks.push(chunk.value)
  }
  const whole = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    whole.set(chunk, offset)
    offset += chunk.length
  }
  return whole
}

const toResponse = ({ status, headers, body }: HttpReply): Response => new Response(body instanceof EventStream ? toWebStream(body) : (body ?? null), { status, headers: { ...headers } })

/** Pulled by its reader: what is not read yet waits in the event stream, within its bounds. */
function toWebStream(events: EventStream): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const text = await events.next()
        if (text === undefined) controller.close()
        else controller.enqueue(encoder.encode(text))
      },
      cancel: () => events.cancel(),
    },
    { highWaterMark: 0 },
  )
}
