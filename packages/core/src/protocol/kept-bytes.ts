/** Bounds the memory that a client's own words take while they are kept. */
import { InvalidParamsError, InvalidRequestError } from '../jsonrpc/errors.ts'
import { isObject } from '../jsonrpc/is-object.ts'
import type { RequestMessage } from '../jsonrpc/message.ts'
import type { ClientDescription } from './types/base.ts'

/** Bytes for the client's description: `clientInfo` and `capabilities`. */
export const MAX_CLIENT_BYTES: number = 16 * 1024
/** Resources that one session, or one `subscriptions/listen`, subscribes to, and the characters of their URIs. */
export const MAX_SUBSCRIPTIONS = 1000
export const MAX_SUBSCRIBED_CHARACTERS: number = 64 * 1024

/** Bytes of any value, of a member of an object or array, and of a character, as V8 needs them at most. */
const PER_VALUE = 64
const PER_MEMBER = 128
const PER_CHARACTER = 2

/** Whether a JSON value takes more memory than so many bytes, by an estimate that no shape gets below. Stops counting at the bound. */
export const takesMoreThan = (bytes: number, value: unknown): boolean => rest(bytes, value) < 0

function rest(bytes: number, value: unknown): number {
  let left = bytes - PER_VALUE
  if (typeof value === 'string') return left - PER_CHARACTER * value.length
  if (typeof value !== 'object' || value === null) return left
  for (const name in value) {
    left = rest(left - PER_MEMBER - PER_CHARACTER * name.length, (value as Record<string, unknown>)[name])
    if (left < 0) return left
  }
  return left
}

/** The description as a session may keep it: without icons if it is too large with them. Throws `InvalidParamsError`. */
export function boundClient(client: ClientDescription): ClientDescription {
  if (!takesMoreThan(MAX_CLIENT_BYTES, client)) return client
  const { icons: _, ...info } = client.info ?? { name: '', version: '' }
  const smaller = { ...client, info }
  if (!takesMoreThan(MAX_CLIENT_BYTES, smaller)) return smaller
  throw new InvalidParamsError(`"clientInfo" and "capabilities" take more than ${MAX_CLIENT_BYTES} bytes of memory: send fewer or shorter members`)
}

/** Characters of the id of a request that stays open: each of its notifications repeats it. */
const MAX_KEPT_ID = 256

/** For `subscriptions/listen`, which is kept for as long as its stream is open. The URIs have a bound of their own. Throws `InvalidParamsError`. */
export function checkListen({ id, params: { notifications, ...params } = {} }: RequestMessage): void {
  if (typeof id === 'string' && id.length > MAX_KEPT_ID) throw new InvalidParamsError(`The id of a subscription has at most ${MAX_KEPT_ID} characters`)
  const { resourceSubscriptions: _, ...flags } = isObject(notifications) ? notifications : {}
  if (takesMoreThan(MAX_CLIENT_BYTES, { ...params, notifications: flags })) throw new InvalidParamsError(`The params of a subscription, "_meta" included, take more than ${MAX_CLIENT_BYTES} bytes of memory: send fewer or shorter members`)
}

/** Whether a stored session is within the bounds of one that was opened here. */
export function isWithinBounds(client: unknown, subscriptions: readonly string[]): boolean {
  return isObject(client) && !takesMoreThan(MAX_CLIENT_BYTES, client) && subscriptions.length <= MAX_SUBSCRIPTIONS && charactersOf(subscriptions) <= MAX_SUBSCRIBED_CHARACTERS
}

/** Throws `InvalidRequestError` where one more subscription would be one too many. */
export function checkSubscription(uri: string, subscriptions: readonly string[]): void {
  if (subscriptions.length >= MAX_SUBSCRIPTIONS) throw new InvalidRequestError(`A session has at most ${MAX_SUBSCRIPTIONS} subscriptions: end one first`)
  if (charactersOf(subscriptions) + uri.length > MAX_SUBSCRIBED_CHARACTERS) throw new InvalidRequestError(`The URIs that a session subscribes to have at most ${MAX_SUBSCRIBED_CHARACTERS} characters together: end a subscription first`)
}

/** For the URIs of one `subscriptions/listen`. Throws `InvalidParamsError`. */
export function checkSubscriptions(uris: readonly string[]): void {
  if (uris.length > MAX_SUBSCRIPTIONS) throw new InvalidParamsError(`"notifications.resourceSubscriptions" has ${uris.length} URIs; a subscription has at most ${MAX_SUBSCRIPTIONS}`)
  if (charactersOf(uris) > MAX_SUBSCRIBED_CHARACTERS) throw new InvalidParamsError(`The URIs of "notifications.resourceSubscriptions" have more than ${MAX_SUBSCRIBED_CHARACTERS} characters together: listen to fewer resources`)
}

const charactersOf = (texts: readonly string[]): number => texts.reduce((sum, { length }) => sum + length, 0)
