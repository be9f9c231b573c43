/** What resources return: the helpers that make it, and the result that the client gets. */
import { checkOptions, type OptionNames } from '../option-names.ts'
import type { Meta } from '../protocol/types/base.ts'
import type { ResourceContents } from '../protocol/types/content.ts'
import type { ReadResourceResult } from '../protocol/types/resources.ts'
import { brand, makerOf, type MadeBy } from './brand.ts'
import { asJson, checkContents, refuse, resourceContents, type Contents } from './content.ts'

/** A complete result of a resource. */
export type ResourceResult = ReadResourceResult & MadeBy<'resourceResult()'>

/** Contents may be made by `contents()` or written by hand. */
export interface ResourceResultOptions {
  contents: readonly ResourceContents[]
  _meta?: Meta
}

/**
 * A complete result: `return resourceResult({ contents: [{ uri, text }] })`. Use it only for values that you trust: clients may follow its URIs.
 * Throws `GANGWAY_E_USAGE`. Specification: server/resources, "Reading Resources".
 */
export function resourceResult(result: ResourceResultOptions): ResourceResult {
  checkOptions('resourceResult()', result, MEMBERS)
  const { contents, _meta } = result
  if (!Array.isArray(contents)) refuse('resourceResult()', ['contents', 'an array of contents', contents])
  for (const one of contents) checkContents('resourceResult()', one)
  return brand('resourceResult()', { contents: [...contents], ...(_meta !== undefined && { _meta }) })
}

/** The engine sets the last three: results of other servers have them. */
const MEMBERS: OptionNames<ResourceResultOptions & { resultType: unknown; ttlMs: unknown; cacheScope: unknown }> = { contents: true, _meta: true, resultType: true, ttlMs: true, cacheScope: true }

/** What a reader returned as the result that the client gets; undefined if there is nothing at the URI. Throws a `TypeError` for what no resource may return. */
export function toReadResult(uri: string, mimeType: string | undefined, value: unknown): ReadResourceResult | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string' || value instanceof Uint8Array) return { contents: [resourceContents(uri, value, mimeType)] }
  const helper = makerOf(value)
  if (helper === 'resourceResult()') return value as ResourceResult
  if (helper === 'contents()') return { contents: [value as Contents] }
  if (helper !== undefined) throw new TypeError(`${helper} does not make the contents of a resource`)
  if (Array.isArray(value) && value.some(isContents)) {
    if (!value.every(isContents)) throw new TypeError('A list that holds contents() must hold nothing else')
    return { contents: value }
  }
  return { contents: [resourceContents(uri, asJson(value), mimeType ?? 'application/json')] }
}

const isContents = (value: unknown): value is Contents => makerOf(value) === 'contents()'
