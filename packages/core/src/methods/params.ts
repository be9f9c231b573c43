/** Reads the parameters of protocol methods; what is malformed is −32602. */
import { InvalidParamsError } from '../jsonrpc/errors.ts'
import { isObject } from '../jsonrpc/is-object.ts'
import type { Params } from '../jsonrpc/message.ts'

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

/** Absent counts as empty. */
export const optionalObjectParam = (params: Params, name: string): Record<string, unknown> => (params[name] === undefined ? {} : objectParam(params, name))
