/** Helpers that make content for tool results, prompts and resources. Their values are branded; a plain object of the same shape is treated as data. */
import { GangwayError } from '../gangway-error.ts'
import { isObject } from '../util/is-object.ts'
import { checkOptions, shown, type OptionNames } from '../util/check-options.ts'
import type { Annotations, Icon, Meta } from '../protocol/types/base-types.ts'
import type { AudioContent, BlobResourceContents, ContentBlock, EmbeddedResource, ImageContent, ResourceContents, ResourceLink, TextContent, TextResourceContents } from '../protocol/types/content-types.ts'
import { toBase64 } from '../util/base64.ts'
import { BLOCK_HELPERS, brand, madeBy, makerOf, type MadeBy } from './brand.ts'

export interface BlockOptions {
  annotations?: Annotations
  _meta?: Meta
}
export interface LinkOptions extends BlockOptions {
  /** @default the URI */
  name?: string
  title?: string
  description?: string
  mimeType?: string
  /** The size of the resource, in bytes. */
  size?: number
  icons?: Icon[]
}
export interface EmbedOptions extends BlockOptions {
  mimeType?: string
}
export interface ContentsOptions {
  mimeType?: string
  _meta?: Meta
}

export type TextBlock = TextContent & MadeBy<'text()'>
export type ImageBlock = ImageContent & MadeBy<'image()'>
export type AudioBlock = AudioContent & MadeBy<'audio()'>
export type LinkBlock = ResourceLink & MadeBy<'link()'>
export type EmbedBlock = EmbeddedResource & MadeBy<'embed()'>
/** A content block made by one of the helpers. */
export type Content = TextBlock | ImageBlock | AudioBlock | LinkBlock | EmbedBlock
/** The contents of a resource at one URI. */
export type Contents = (TextResourceContents | BlobResourceContents) & MadeBy<'contents()'>

const BLOCK_OPTIONS: OptionNames<BlockOptions> = { annotations: true, _meta: true }
const LINK_OPTIONS: OptionNames<LinkOptions> = { ...BLOCK_OPTIONS, name: true, title: true, description: true, mimeType: true, size: true, icons: true }
const EMBED_OPTIONS: OptionNames<EmbedOptions> = { ...BLOCK_OPTIONS, mimeType: true }
const CONTENTS_OPTIONS: OptionNames<ContentsOptions> = { mimeType: true, _meta: true }

/** A block of text. Throws `GANGWAY_E_USAGE` if `text` is not a string; all helpers in this file throw it for invalid arguments. */
export function text(text: string, options?: BlockOptions): TextBlock {
  if (typeof text !== 'string') refuse('text()', ['text', 'a string', text])
  if (options === undefined) return { type: 'text', text, [madeBy]: 'text()' }
  checkOptions('text()', options, BLOCK_OPTIONS)
  return { type: 'text', text, ...options, [madeBy]: 'text()' }
}

/** An image. `data` is bytes or base64 text, without a `data:` prefix. */
export const image = (data: Uint8Array | string, mimeType: string, options: BlockOptions = {}): ImageBlock => media('image()', { type: 'image', data: encoded(data), mimeType }, options)

/** Audio. `data` is bytes or base64 text, without a `data:` prefix. */
export const audio = (data: Uint8Array | string, mimeType: string, options: BlockOptions = {}): AudioBlock => media('audio()', { type: 'audio', data: encoded(data), mimeType }, options)

/** A link to a resource, which the client may read. */
export function link(uri: string, options: LinkOptions = {}): LinkBlock {
  checkOptions('link()', options, LINK_OPTIONS)
  return brand('link()', check('link()', { type: 'resource_link', uri, ...options, name: options.name ?? uri }))
}

/** A resource with its contents. Text is sent as text, bytes as base64. */
export function embed(uri: string, contents: string | Uint8Array, options: EmbedOptions = {}): EmbedBlock {
  checkOptions('embed()', options, EMBED_OPTIONS)
  const { mimeType, ...block } = options
  return brand('embed()', check('embed()', { type: 'resource', resource: resourceContents(uri, contents, mimeType), ...block }))
}

/** The contents at one URI, for a resource that returns several contents or sets `_meta`. Bytes are sent as base64. */
export function contents(uri: string, data: string | Uint8Array, options: ContentsOptions = {}): Contents {
  checkOptions('contents()', options, CONTENTS_OPTIONS)
  const { mimeType, _meta } = options
  return brand('contents()', { ...checkContents('contents()', resourceContents(uri, data, mimeType)), ...(_meta && { _meta }) })
}

/** Does not check its arguments; callers use `check` or `checkContents`. */
export function resourceContents(uri: string, data: string | Uint8Array, mimeType: string | undefined): ResourceContents {
  const head = { uri, ...(mimeType !== undefined && { mimeType }) }
  return typeof data === 'string' ? { ...head, text: data } : { ...head, blob: encoded(data) }
}

const MAKERS = new Set<unknown>(Object.values(BLOCK_HELPERS))

export const isContent = (value: unknown): value is Content => MAKERS.has(makerOf(value))

/** `JSON.stringify`, except that it throws a `TypeError` for values that JSON cannot express, such as functions. */
export function asJson(value: unknown): string {
  const json = JSON.stringify(value) as string | undefined
  if (json === undefined) throw new TypeError(`JSON cannot express ${value === undefined ? 'undefined' : `a ${typeof value}`}`)
  return json
}

/** Converts a handler's return value to a content block: text stays text, data becomes JSON text. Throws a `TypeError` for results of helpers that make no content block. */
export function toBlock(value: unknown): ContentBlock {
  if (typeof value === 'string') return { type: 'text', text: value }
  if (isContent(value)) return value
  const helper = makerOf(value)
  if (helper !== undefined) throw new TypeError(`${helper} does not create a content block`)
  return { type: 'text', text: asJson(value) }
}

type Fault = readonly [member: string, wanted: string, value: unknown]

/** Finds the first invalid member of a block, by block type. */
const FAULTS: { readonly [Type in ContentBlock['type']]: (block: Record<string, unknown>) => Fault | undefined } = {
  text: ({ text }) => notText('text', text),
  image: mediaFault,
  audio: mediaFault,
  resource_link: ({ uri, name }) => notFilled('uri', uri) ?? notFilled('name', name),
  resource: ({ resource }) => (isObject(resource) ? contentsFault(resource) : ['resource', 'an object with "uri" and "text" or "blob"', resource]),
}

/** Returns the block unchanged. `helper` is the function that the author called, for the error message. Throws `GANGWAY_E_USAGE`. */
export function check<Block extends ContentBlock>(helper: string, block: Block): Block {
  const value: unknown = block
  const faultOf = isObject(value) && typeof value.type === 'string' && Object.hasOwn(FAULTS, value.type) ? FAULTS[value.type as ContentBlock['type']] : undefined
  if (!faultOf || !isObject(value)) refuse(helper, ['type', `one of ${Object.keys(FAULTS).join(', ')}`, isObject(value) ? value.type : value])
  const fault = faultOf(value)
  if (fault) refuse(helper, fault)
  return block
}

/** Returns the contents unchanged. Throws `GANGWAY_E_USAGE`. */
export function checkContents<C extends ResourceContents>(helper: string, contents: C): C {
  const fault: Fault | undefined = isObject(contents) ? contentsFault(contents) : ['contents', 'objects with "uri" and "text" or "blob"', contents]
  if (fault) refuse(helper, fault)
  return contents
}

export function refuse(helper: string, [member, wanted, value]: Fault): never {
  throw new GangwayError('GANGWAY_E_USAGE', `${helper}: "${member}" must be ${wanted}, not ${shape(value)}`)
}

/** Describes a value by its type only, because the data may be secret or long. */
const shape = (value: unknown): string => (typeof value === 'string' ? (value === '' ? 'an empty string' : 'this string') : Array.isArray(value) ? 'an array' : isObject(value) ? 'an object' : shown(value))

const notText = (member: string, value: unknown): Fault | undefined => (typeof value === 'string' ? undefined : [member, 'a string', value])
const notFilled = (member: string, value: unknown): Fault | undefined => (typeof value === 'string' && value !== '' ? undefined : [member, 'a non-empty string', value])

function mediaFault({ data, mimeType }: Record<string, unknown>): Fault | undefined {
  if (typeof data !== 'string' || data.startsWith('data:')) return ['data', 'a Uint8Array or base64 text, without a "data:" prefix', data]
  return notFilled('mimeType', mimeType)
}

function contentsFault({ uri, text, blob }: Record<string, unknown>): Fault | undefined {
  return notFilled('uri', uri) ?? (typeof text === 'string' || typeof blob === 'string' ? undefined : ['contents', 'a string or a Uint8Array', text ?? blob])
}

function media<H extends 'image()' | 'audio()', Block extends ImageContent | AudioContent>(helper: H, block: Block, options: BlockOptions): Block & MadeBy<H> {
  checkOptions(helper, options, BLOCK_OPTIONS)
  return brand(helper, { ...check(helper, block), ...options })
}

/** Values of other types pass unchanged, because `check` rejects them. */
const encoded = (data: Uint8Array | string): string => (data instanceof Uint8Array ? toBase64(data) : data)
