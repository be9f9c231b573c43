/** @gangway/core/web: what the HTTP transports share, for any runtime. */
export { decodeBody } from './web/body.ts'
export { byteLength } from './web/byte-length.ts'
export { EventStream, type EventStreamOptions } from './web/event-stream.ts'
export { createGuard, isLoopback, type Guard, type GuardOptions } from './web/guard.ts'
export { listen, type ListeningApp, type ListenOptions } from './web/listen.ts'
export { HttpError, refusalOf, type Refusal } from './web/http-error.ts'
export { fromBase64 } from './server/base64.ts'
export { encodeEvent, KEEP_ALIVE, SSE_HEADERS, type SseEvent } from './web/sse.ts'
