/** Reads the parameters of protocol methods; what is malformed is −32602. */
import { InvalidParamsError } from '../jsonrpc/errors.ts'
import { isObject } from '../jsonrpc/is-object.ts'
import type { Params } from '../jsonrpc/message.ts'
import { MAX_URI_LENGTH } from '../server/uri-length.ts'

/** The members that are not null: clients in the wild send null for optional members that they do not set. `docs/compatibility.md` lists them. */
export function present(params: Params): Params {
  for (const name in params) if (params[name] === null) return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== null))
  return params
}

export function stringParam(params: Params, name: string): string {
  const value = params[name]
  if (typeof value !== 'string') throw new InvalidParamsError(`"${name}" must be a string`)
  return value
}

export function objectParam(params: Params, name: string): Record<string, unknown> {
  const value = params[name]
  if (!isObject(value)) throw new InvalidParamsError(`"${name}" must be an object`)
  return value
}

export function uriParam(params: Params): string {
  const uri = stringParam(params, 'uri')
  checkUriLength(uri, 'uri')
  return uri
}

export function checkUriLength(uri: string, name: string): void {
  if (uri.length > MAX_URI_LENGTH) throw new InvalidParamsError(`"${name}" is longer than ${MAX_URI_LENGTH} characters`)
}

/** Absent counts as empty. */
export const optionalObjectParam = (params: Params, name: string): Record<string, unknown> => (params[name] === undefined ? {} : objectParam(params, name))

/** An object of texts, of which those that are null count as absent. Absent counts as empty. */
export function stringsParam(params: Params, name: string): Record<string, string> {
  const values = present(optionalObjectParam(params, name))
  for (const key of Object.keys(values)) stringParam(values, key)
  return values as Record<string, string>
}
