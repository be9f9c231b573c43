/** Encodes Server-Sent Events. Specification: HTML, section 9.2.5. */
import { EVENT_STREAM } from '../protocol/http-headers.ts'

export interface SseEvent {
  /** Text without line breaks, such as JSON. */
  data: string
  event?: string
  id?: string
}

export function encodeEvent({ data, event = 'message', id }: SseEvent): string {
  return `event: ${event}\n${id === undefined ? '' : `id: ${id}\n`}data: ${data}\n\n`
}

/** A comment, which keeps proxies from closing a silent stream. */
export const KEEP_ALIVE = ': keep-alive\n\n'

/** `x-accel-buffering` (nginx) and `no-transform` (other proxies) disable buffering, so that events arrive at once. */
export const SSE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': EVENT_STREAM,
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
}
