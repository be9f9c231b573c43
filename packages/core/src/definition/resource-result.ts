/** Resource results: the helper that authors call, and the conversion of a reader's return value to the result for the client. */
import { checkOptions, type OptionNames } from '../util/check-options.ts'
import type { Meta } from '../protocol/types/base-types.ts'
import type { ResourceContents } from '../protocol/types/content-types.ts'
import type { ReadResourceResult } from '../protocol/types/resource-types.ts'
import { brand, makerOf, type MadeBy } from './brand.ts'
import { asJson, checkContents, refuse, resourceContents, type Contents } from './content.ts'

/** A complete result of a resource, made by `resourceResult()`. */
export type ResourceResult = ReadResourceResult & MadeBy<'resourceResult()'>

/** The contents may come from `contents()` or be written by hand. */
export interface ResourceResultOptions {
  contents: readonly ResourceContents[]
  _meta?: Meta
}

/**
 * A complete result of a resource. Use it only for trusted values: clients may follow its URIs.
 * Throws `GANGWAY_E_USAGE` for invalid contents. Specification: server/resources, "Reading Resources".
 *
 * @example return resourceResult({ contents: [{ uri, text }] })
 */
export function resourceResult(result: ResourceResultOptions): ResourceResult {
  checkOptions('resourceResult()', result, MEMBERS)
  const { contents, _meta } = result
  if (!Array.isArray(contents)) refuse('resourceResult()', ['contents', 'an array of contents', contents])
  for (const one of contents) checkContents('resourceResult()', one)
  return brand('resourceResult()', { contents: [...contents], ...(_meta !== undefined && { _meta }) })
}

/** The last three are accepted because results of other servers contain them. They are dropped: the engine sets its own. */
const MEMBERS: OptionNames<ResourceResultOptions & { resultType: unknown; ttlMs: unknown; cacheScope: unknown }> = { contents: true, _meta: true, resultType: true, ttlMs: true, cacheScope: true }

/**
 * Converts a reader's return value to the result for the client. Undefined if the resource does not exist.
 * Throws a `TypeError` for values that a resource must not return.
 */
export function toReadResult(uri: string, mimeType: string | undefined, value: unknown): ReadResourceResult | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string' || value instanceof Uint8Array) return { contents: [resourceContents(uri, value, mimeType)] }
  const helper = makerOf(value)
  if (helper === 'resourceResult()') return value as ResourceResult
  if (helper === 'contents()') return { contents: [value as Contents] }
  if (helper !== undefined) throw new TypeError(`${helper} does not create resource contents`)
  if (Array.isArray(value) && value.some(isContents)) {
    if (!value.every(isContents)) throw new TypeError('A list with a value from contents() must contain only such values')
    return { contents: value }
  }
  return { contents: [resourceContents(uri, asJson(value), mimeType ?? 'application/json')] }
}

const isContents = (value: unknown): value is Contents => makerOf(value) === 'contents()'
