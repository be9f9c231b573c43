/** Resources and resource templates: the options that authors write, and the compiled form that the engine uses. */
import { checkNumber, limitOf } from '../util/check-numbers.ts'
import type { Annotations, Icon, Meta } from '../protocol/types/base-types.ts'
import type { ResourceDescription, ResourceTemplateDescription } from '../protocol/types/resource-types.ts'
import { accessOf, type Access } from './access.ts'
import type { Awaitable } from '../util/awaitable.ts'
import { checkItem, type ItemKind } from './check-item.ts'
import { CACHE_OPTIONS, toCacheHints, type CacheHints, type CacheOptions } from './cache-hints.ts'
import type { AnyCompleter, Completer } from './completer.ts'
import type { RequestContext } from '../context/context.ts'
import { parseUriTemplate, type TemplateParams, type UriTemplate } from './uri-template.ts'

export interface ResourceOptions<Uri extends string = string> extends Access, CacheOptions {
  /** @default the URI */
  name?: string
  title?: string
  description?: string
  mimeType?: string
  /** The size of the contents, in bytes. Only for a fixed resource, not for a template. */
  size?: number
  icons?: Icon[]
  annotations?: Annotations
  /** Functions that suggest values, by variable of the template. */
  complete?: { readonly [Variable in keyof TemplateParams<Uri>]?: Completer }
  _meta?: Meta
}

/**
 * What a reader may return: text, bytes, a JSON value, or a value made by `contents()`, `resourceResult()` or `inputRequired()`.
 * `undefined` and `null` mean that no resource exists at this URI.
 */
export type ResourceReturn = string | Uint8Array | object | number | boolean | null | undefined

/** `params` holds the variables of the template. It is empty for a fixed resource. */
export type ResourceReader<Uri extends string> = (params: TemplateParams<Uri>, ctx: RequestContext) => Awaitable<ResourceReturn>

type Read = (params: Record<string, string>, ctx: RequestContext) => Awaitable<ResourceReturn>

export interface Resource {
  readonly access?: Access
  readonly description: ResourceDescription
  readonly cacheHints: CacheHints
  /** Whether the results come from an upstream. They are passed on unchanged. */
  readonly isForeign?: boolean
  readonly read: Read
}
export interface ResourceTemplate {
  readonly access?: Access
  readonly cacheHints: CacheHints
  readonly complete: Readonly<Record<string, AnyCompleter>>
  readonly description: ResourceTemplateDescription
  readonly template: UriTemplate
  readonly isForeign?: boolean
  readonly read: Read
}

const RESOURCE: ItemKind<ResourceOptions> = {
  name: 'resource',
  options: { name: true, title: true, description: true, mimeType: true, size: true, icons: true, annotations: true, complete: true, ...CACHE_OPTIONS, scopes: true, visible: true, _meta: true },
  form: '{ description, mimeType }, read',
  schemas: new Map(),
}

const SIZE = { ...limitOf('bytes', 0), unlimited: false }

export const isTemplate = (uri: string): boolean => uri.includes('{')

/** Throws `GANGWAY_E_USAGE` for invalid arguments and `GANGWAY_E_CACHE` for an invalid cache hint. */
export function defineResource(uri: string, given: ResourceOptions, read: Read): Resource {
  checkItem(RESOURCE, uri, given, read)
  checkNumber(`resource ${JSON.stringify(uri)}: size`, given.size, SIZE)
  const { complete: _, cacheTtl, cacheScope, scopes, visible, ...options } = given
  return { access: accessOf({ scopes, visible }), cacheHints: toCacheHints({ cacheTtl, cacheScope }), description: { ...options, uri, name: options.name ?? uri }, read }
}

/** Throws `GANGWAY_E_URI_TEMPLATE` for an invalid template, and the same errors as `defineResource`. */
export function defineTemplate(uriTemplate: string, given: ResourceOptions, read: Read): ResourceTemplate {
  checkItem(RESOURCE, uriTemplate, given, read)
  const { size: _, complete = {}, cacheTtl, cacheScope, scopes, visible, ...options } = given
  return { access: accessOf({ scopes, visible }), cacheHints: toCacheHints({ cacheTtl, cacheScope }), complete: complete as ResourceTemplate['complete'], description: { ...options, uriTemplate, name: options.name ?? uriTemplate }, template: parseUriTemplate(uriTemplate), read }
}
