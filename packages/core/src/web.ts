/** Entry point `@gangway/core/web`: what authors of `authenticate` functions need. See docs/running.md. */
export { bearerChallenge, type Challenge } from './web/challenge.ts'
export type { HostValidationOptions } from './web/host-validation.ts'
export { HttpError, type HttpErrorOptions } from './web/http-error.ts'
export type { Authenticate, GateOptions, PublicDocument } from './web/request-gate.ts'
export type { RequestHead } from './web/request-head.ts'
