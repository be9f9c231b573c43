/** Seals replay state, so that a client can carry it between rounds but cannot read it, change it, or use it for another request. */
import { GangwayError } from '../gangway-error.ts'
import { checkOptions, type OptionNames } from '../util/check-options.ts'
import { checkNumber } from '../util/check-numbers.ts'
import { InternalError, InvalidParamsError } from '../jsonrpc/rpc-errors.ts'
import { isObject } from '../util/is-object.ts'
import type { Params } from '../jsonrpc/message.ts'
import { bytesFromBase64, toBase64 } from '../util/base64.ts'
import { parseBranded, stringifyBranded } from './branded-json.ts'
import type { ReplayState } from './replay-state.ts'

export interface StateSealOptions {
  /** Secrets of at least 32 bytes. The first one encrypts and all of them decrypt, so that keys can be rotated. @default one of this process alone */
  keys?: readonly (string | Uint8Array)[]
  /** How long sealed state stays valid, in milliseconds. @default 600,000 */
  lifetime?: number
}

const OPTIONS: OptionNames<StateSealOptions> = { keys: true, lifetime: true }

/** What sealed state is bound to. Another principal or another request cannot use it. */
export interface Binding {
  readonly server: string
  readonly principal: string | undefined
  readonly method: string
  readonly params: Params
}

/** The maximum length of sealed state, in characters. It must stay small, because it is sent with every round. */
const MAX_LENGTH = 64 * 1024
const IV_LENGTH = 12
const MIN_KEY_LENGTH = 32
const ALGORITHM = 'AES-GCM'

export class StateSeal {
  readonly #keys: Promise<CryptoKey[]>
  readonly #lifetime: number

  /** Throws `GANGWAY_E_STATE_KEY` for invalid keys and `GANGWAY_E_USAGE` for other invalid options. */
  constructor(options: StateSealOptions = {}) {
    checkStateOptions(options)
    const { keys = [crypto.getRandomValues(new Uint8Array(MIN_KEY_LENGTH))], lifetime = 600_000 } = options
    this.#keys = Promise.all(keys.map(importKey))
    this.#lifetime = lifetime
  }

  async seal(memory: ReplayState, binding: Binding): Promise<string> {
    const [key] = (await this.#keys) as [CryptoKey]
    const iv = crypto.getRandomValues(new Uint8Array(IV_LENGTH))
    const plain = encode(stringifyBranded({ ...memory, expires: Date.now() + this.#lifetime }, toBase64(iv)))
    const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: ALGORITHM, iv, additionalData: boundTo(binding) }, key, plain))
    const state = toBase64(new Uint8Array([...iv, ...sealed]))
    if (state.length > MAX_LENGTH) throw new InternalError({ cause: tooLarge(state.length, memory, binding) })
    return state
  }

  /** Throws the same error for every kind of invalid state, so that clients learn nothing. The reason is its `cause`. */
  async open(state: unknown, binding: Binding): Promise<ReplayState> {
    try {
      const bytes = typeof state === 'string' && state.length <= MAX_LENGTH ? bytesFromBase64(state) : undefined
      if (!bytes || bytes.length <= IV_LENGTH || toBase64(bytes) !== state) throw new TypeError('The state is not valid')
      const { expires, ...memory } = await this.#decrypt(bytes, boundTo(binding))
      if (expires < Date.now()) throw new RangeError('The state has expired')
      return memory
    } catch (cause) {
      throw new InvalidParamsError('Invalid requestState', { data: { reason: 'invalid_request_state' }, cause })
    }
  }

  async #decrypt(bytes: Uint8Array<ArrayBuffer>, additionalData: Uint8Array<ArrayBuffer>): Promise<ReplayState & { expires: number }> {
    let failure: unknown
    for (const key of await this.#keys) {
      try {
        const iv = bytes.subarray(0, IV_LENGTH)
        const plain = await crypto.subtle.decrypt({ name: ALGORITHM, iv, additionalData }, key, bytes.subarray(IV_LENGTH))
        return parseBranded(new TextDecoder().decode(plain), toBase64(iv)) as ReplayState & { expires: number } // AES-GCM has verified that this package wrote it.
      } catch (error) {
        failure = error
      }
    }
    throw failure
  }
}

/** Checks the options when a server is created, long before the first state is sealed. Throws `GANGWAY_E_STATE_KEY` and `GANGWAY_E_USAGE`. */
export function checkStateOptions(options: StateSealOptions): void {
  checkOptions('requestState', options, OPTIONS)
  const { keys, lifetime } = options
  checkNumber('requestState.lifetime', lifetime, { unit: 'milliseconds', min: 1, whole: false, unlimited: false })
  const sound = keys === undefined || (Array.isArray(keys) && keys.length > 0 && keys.every(isSoundKey))
  if (!sound) throw new GangwayError('GANGWAY_E_STATE_KEY', `requestState.keys must contain at least one secret, and each secret at least ${MIN_KEY_LENGTH} bytes. Create one with openssl rand -hex 32`)
}

const isSoundKey = (secret: unknown): boolean => (typeof secret === 'string' || secret instanceof Uint8Array) && bytesOf(secret).length >= MIN_KEY_LENGTH

const importKey = async (secret: string | Uint8Array): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', await crypto.subtle.digest('SHA-256', bytesOf(secret)), ALGORITHM, false, ['encrypt', 'decrypt'])

const bytesOf = (secret: string | Uint8Array): Uint8Array<ArrayBuffer> => (typeof secret === 'string' ? encode(secret) : Uint8Array.from(secret))

/** Increase this number when the shape of `ReplayState` changes, so that no version of this package reads the state of another one. */
const FORMAT = 3

/** Encodes the binding. Equal requests give equal bytes, whatever the order of their members. */
function boundTo({ server, principal, method, params: { name, uri, arguments: args } }: Binding): Uint8Array<ArrayBuffer> {
  return encode(JSON.stringify([FORMAT, server, principal, method, name, uri, sorted(args ?? {})])) // An array, because JSON drops undefined members of an object but keeps their place in an array.
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isObject(value)) return value
  const members: unknown[] = []
  for (const key of Object.keys(value).toSorted()) members.push(key, sorted(value[key]))
  return { members } // Wrapped, because an array in the arguments could have the same elements.
}

const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)

function tooLarge(length: number, { sent, steps, state = '' }: ReplayState, { method, params: { name, uri } }: Binding): GangwayError {
  const parts: [what: string, size: number][] = [
    ...sent.map((one): [string, number] => [`the response to "${one.name}"`, JSON.stringify(one).length]),
    ...Object.entries(steps).map(([key, step]): [string, number] => [`the value of step "${key}"`, JSON.stringify(step).length]),
    ['the state of inputRequired()', state.length],
  ]
  const [[what, size] = ['', 0]] = parts.toSorted(([, a], [, b]) => b - a)
  return new GangwayError(
    'GANGWAY_E_STATE_SIZE',
    `${method} ${JSON.stringify(name ?? uri)}: responses and step values take ${length} characters in encrypted form, and the limit is ${MAX_LENGTH}. The largest part is ${what} (${size}). Store large values yourself, and return an id from ctx.step()`,
  )
}
