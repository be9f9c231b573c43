/** One resource or resource template: what its author writes, and what is compiled from it. */
import { isObject } from '../jsonrpc/is-object.ts'
import type { Annotations, Icon, Meta } from '../protocol/types/base.ts'
import type { InputRequiredResult } from '../protocol/types/input.ts'
import type { ReadResourceResult, ResourceDescription, ResourceTemplateDescription } from '../protocol/types/resources.ts'
import { accessOf, type Access } from './access.ts'
import type { Awaitable } from '../jsonrpc/awaitable.ts'
import { toCacheHints, type CacheHints, type CacheOptions } from './cache-hints.ts'
import { resourceContents } from './content.ts'
import type { AnyCompleter, Completer } from './completer.ts'
import type { RequestContext } from './context.ts'
import { parseUriTemplate, type TemplateParams, type UriTemplate } from './uri-template.ts'

export interface ResourceOptions<Uri extends string = string> extends Access {
  /** @default the URI */
  name?: string
  title?: string
  description?: string
  mimeType?: string
  /** In bytes. Of a fixed resource only. */
  size?: number
  icons?: Icon[]
  annotations?: Annotations
  /** Completes the variables of a template. */
  complete?: { readonly [Variable in keyof TemplateParams<Uri>]?: Completer }
  /** For how long clients may keep the contents. */
  cache?: CacheOptions
  _meta?: Meta
}

/** Text, bytes, a JSON value, or a complete result. `undefined` and `null` mean that there is nothing at this URI. */
export type ResourceReturn = string | Uint8Array | object | number | boolean | null | undefined | ReadResourceResult | InputRequiredResult

/** `params` are the variables of the template, empty for a fixed resource. */
export type ResourceReader<Uri extends string> = (params: TemplateParams<Uri>, ctx: RequestContext) => Awaitable<ResourceReturn>

type Read = (params: Record<string, string>, ctx: RequestContext) => Awaitable<ResourceReturn>

export interface Resource {
  readonly access?: Access
  readonly description: ResourceDescription
  readonly cacheHints: CacheHints
  readonly read: Read
}
export interface ResourceTemplate {
  readonly access?: Access
  readonly cacheHints: CacheHints
  readonly complete: Readonly<Record<string, AnyCompleter>>
  readonly description: ResourceTemplateDescription
  readonly template: UriTemplate
  readonly read: Read
}

export const isTemplate = (uri: string): boolean => uri.includes('{')

export function defineResource(uri: string, { complete: _, cache = {}, scopes, visible, ...options }: ResourceOptions, read: Read): Resource {
  return { access: accessOf({ scopes, visible }), cacheHints: toCacheHints(cache), description: { uri, name: uri, ...options }, read }
}

/** Throws `GANGWAY_E_URI_TEMPLATE`. */
export function defineTemplate(uriTemplate: string, { size: _, complete = {}, cache = {}, scopes, visible, ...options }: ResourceOptions, read: Read): ResourceTemplate {
  return { access: accessOf({ scopes, visible }), cacheHints: toCacheHints(cache), complete: complete as ResourceTemplate['complete'], description: { uriTemplate, name: uriTemplate, ...options }, template: parseUriTemplate(uriTemplate), read }
}

/** From what a reader returned to the result that the wire carries; undefined where nothing was found. */
export function toReadResult(uri: string, mimeType: string | undefined, value: unknown): ReadResourceResult | undefined {
  if (value === undefined || value === null) return undefined
  if (isObject(value) && Array.isArray(value.contents)) return value as unknown as ReadResourceResult
  const contents = typeof value === 'string' || value instanceof Uint8Array ? resourceContents(uri, value, mimeType) : resourceContents(uri, JSON.stringify(value), mimeType ?? 'application/json')
  return { contents: [contents] }
}
