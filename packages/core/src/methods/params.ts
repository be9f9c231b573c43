/**
 * Reads the params of protocol methods. Malformed params throw `InvalidParamsError` (−32602). For an optional param, null is treated as absent, because many clients
 * send null for members that are not set (`docs/compatibility.md` lists them). Each function looks up known members only: a client may send hundreds of thousands of others.
 */
import { InvalidParamsError } from '../jsonrpc/rpc-errors.ts'
import { isObject } from '../util/is-object.ts'
import type { Params } from '../jsonrpc/message.ts'
import { MAX_URI_LENGTH } from '../definition/uri-length.ts'

/** Returns an optional param, and undefined if it is null. */
export const optionalParam = (params: Params, name: string): unknown => params[name] ?? undefined

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

/** Returns an object, which is empty if the param is absent. */
export const optionalObjectParam = (params: Params, name: string): Record<string, unknown> => (optionalParam(params, name) === undefined ? {} : objectParam(params, name))

/** Returns an object whose members are strings. It is empty if the param is absent, and members that are null are left out. `nameOf` names a member in an error message. */
export function stringsParam(params: Params, name: string, nameOf: (member: string) => string = (member) => `"${member}"`): Record<string, string> {
  const given = optionalObjectParam(params, name)
  let hasNulls = false
  for (const member in given) {
    if (given[member] === null) hasNulls = true
    else if (typeof given[member] !== 'string') throw new InvalidParamsError(`${nameOf(member)} must be a string`)
  }
  return (hasNulls ? Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null)) : given) as Record<string, string>
}
