/** Limits the memory that a client can occupy with data that the server stores: its description, its subscriptions and its open requests. */
import { InvalidParamsError, InvalidRequestError } from '../jsonrpc/rpc-errors.ts'
import { isObject } from '../util/is-object.ts'
import type { RequestMessage } from '../jsonrpc/message.ts'
import type { ClientDescription } from './types/base-types.ts'

/** Bytes for `clientInfo` and `capabilities` together. */
export const MAX_CLIENT_BYTES: number = 16 * 1024
/** Limits of one session, or of one `subscriptions/listen` request: the number of subscribed resources, and the characters of their URIs. */
export const MAX_SUBSCRIPTIONS = 1000
export const MAX_SUBSCRIBED_CHARACTERS: number = 64 * 1024

/** The most bytes that V8 needs for a value, for a member of an object or array, and for a character. */
const PER_VALUE = 64
const PER_MEMBER = 128
const PER_CHARACTER = 2

/** Whether a JSON value takes more memory than this many bytes. The estimate is an upper bound for every shape. Counting stops at the limit. */
export const takesMoreThan = (bytes: number, value: unknown): boolean => rest(bytes, value) < 0

function rest(bytes: number, value: unknown): number {
  let left = bytes - PER_VALUE
  if (typeof value === 'string') return left - PER_CHARACTER * value.length
  if (typeof value !== 'object' || value === null) return left
  if (Array.isArray(value)) {
    // `for…in` would first create a list of all indexes as strings.
    for (let index = 0; index < value.length && left >= 0; index++) left = rest(left - PER_MEMBER, value[index])
    return left
  }
  for (const name in value) {
    left = rest(left - PER_MEMBER - PER_CHARACTER * name.length, (value as Record<string, unknown>)[name])
    if (left < 0) return left
  }
  return left
}

/** Returns the description that the session stores. Icons are dropped if the description is too large with them. Throws `InvalidParamsError` if it is still too large. */
export function boundClient(client: ClientDescription): ClientDescription {
  if (!takesMoreThan(MAX_CLIENT_BYTES, client)) return client
  if (client.info && 'icons' in client.info) {
    const { icons: _, ...info } = client.info
    const smaller = { ...client, info }
    if (!takesMoreThan(MAX_CLIENT_BYTES, smaller)) return smaller
  }
  throw new InvalidParamsError(`"clientInfo" and "capabilities" take more than ${MAX_CLIENT_BYTES} bytes of memory: send fewer or shorter members`)
}

/** Maximum characters of the id of a subscription: every notification of the subscription repeats it. */
const MAX_KEPT_ID = 256

/** Checks a `subscriptions/listen` request, which is stored while its stream is open. `checkSubscriptions` checks the URIs. Throws `InvalidParamsError`. */
export function checkListen({ id, params: { notifications, ...params } = {} }: RequestMessage): void {
  if (typeof id === 'string' && id.length > MAX_KEPT_ID) throw new InvalidParamsError(`The id of a subscription can have at most ${MAX_KEPT_ID} characters`)
  const { resourceSubscriptions: _, ...flags } = isObject(notifications) ? notifications : {}
  if (takesMoreThan(MAX_CLIENT_BYTES, { ...params, notifications: flags })) throw new InvalidParamsError(`The params of a subscription, including "_meta", take more than ${MAX_CLIENT_BYTES} bytes of memory: send fewer or shorter members`)
}

/** Whether a stored session keeps to the limits that apply to new sessions. */
export function isWithinBounds(client: unknown, subscriptions: readonly string[]): boolean {
  return isObject(client) && !takesMoreThan(MAX_CLIENT_BYTES, client) && subscriptions.length <= MAX_SUBSCRIPTIONS && charactersOf(subscriptions) <= MAX_SUBSCRIBED_CHARACTERS
}

/** Throws `InvalidRequestError` if the session cannot have another subscription. */
export function checkSubscription(uri: string, subscriptions: readonly string[]): void {
  if (subscriptions.length >= MAX_SUBSCRIPTIONS) throw new InvalidRequestError(`A session can have at most ${MAX_SUBSCRIPTIONS} subscriptions: unsubscribe from one first`)
  if (charactersOf(subscriptions) + uri.length > MAX_SUBSCRIBED_CHARACTERS) throw new InvalidRequestError(`The subscribed URIs of a session can have at most ${MAX_SUBSCRIBED_CHARACTERS} characters in total: unsubscribe from one first`)
}

/** Checks the URIs of one `subscriptions/listen` request. Throws `InvalidParamsError`. */
export function checkSubscriptions(uris: readonly string[]): void {
  if (uris.length > MAX_SUBSCRIPTIONS) throw new InvalidParamsError(`"notifications.resourceSubscriptions" has ${uris.length} URIs; a subscription can have at most ${MAX_SUBSCRIPTIONS}`)
  if (charactersOf(uris) > MAX_SUBSCRIBED_CHARACTERS) throw new InvalidParamsError(`The URIs of "notifications.resourceSubscriptions" have more than ${MAX_SUBSCRIBED_CHARACTERS} characters in total: subscribe to fewer resources`)
}

const charactersOf = (texts: readonly string[]): number => texts.reduce((sum, { length }) => sum + length, 0)
