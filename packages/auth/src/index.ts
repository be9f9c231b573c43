/** @gangway/auth: lets in only who belongs. What is made here is for the `authenticate` option of every HTTP door. */
export { bearer, type BearerOptions } from './bearer.ts'
export { introspection, type IntrospectionOptions } from './introspection.ts'
export { InvalidTokenError } from './invalid-token.ts'
export { staticKeys, type StaticKey } from './static-keys.ts'
export { tokens, type TokensOptions, type Verify } from './tokens.ts'
export type { ResourceOptions } from './resource.ts'
