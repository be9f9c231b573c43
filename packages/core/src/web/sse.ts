/** Server-Sent Events framing: the text of one event. Specification: HTML, 9.2.5. */
export interface SseEvent {
  /** One line. JSON text is. */
  data: string
  event?: string
  id?: string
}

export function encodeEvent({ data, event = 'message', id }: SseEvent): string {
  return `event: ${event}\n${id === undefined ? '' : `id: ${id}\n`}data: ${data}\n\n`
}

/** A comment: keeps proxies from closing a silent stream. */
export const KEEP_ALIVE = ': keep-alive\n\n'

/** `x-accel-buffering` tells nginx, and `no-transform` others, to pass events on at once. */
export const SSE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
}
