/** @gangway/auth: functions for the `authenticate` option of the HTTP transports. They accept access tokens or static keys. */
export { bearer, type BearerOptions } from './bearer.ts'
export { introspection, type IntrospectionOptions } from './introspection.ts'
export { InvalidTokenError } from './invalid-token.ts'
export { staticKeys, type StaticKey } from './static-keys.ts'
export { tokens, type TokensOptions, type Verify } from './tokens.ts'
export { IssuerUnavailableError, type IssuerUnavailableOptions } from './unavailable.ts'
export type { ResourceOptions } from './resource.ts'
