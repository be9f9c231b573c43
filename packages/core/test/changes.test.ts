/** How changes find their subscriptions: by index, each once, and within a bound of memory. */
import { expect, test } from 'vitest'
import { ChangeHub, covers, type Change } from '../src/definition/changes.ts'
import { nextTurn } from './next-turn.ts'

const newHub = () => new ChangeHub((error) => { throw error })
const URI_LENGTH = 2048
/** What one such URI counts: two bytes a character, and 256 bytes for its entries. */
const WATCHES = Math.floor((64 * 1024 * 1024) / (2 * URI_LENGTH + 256))
const uriOf = (number: number) => `shop://${number}/`.padEnd(URI_LENGTH, 'x')

test('[case 17] a change reaches only the subscriptions that cover it, however many there are', () => {
  const hub = newHub()
  let calls = 0
  for (let number = 0; number < 10_000; number++) hub.subscribe(() => calls++, ['tools']).watch(`shop://orders/${number}`)
  hub.publish({ uri: 'shop://orders/7/lines/1' })
  hub.flush()
  expect(calls).toBe(1)
  hub.publish({ uri: 'shop://elsewhere' })
  hub.flush()
  expect(calls).toBe(1)
  hub.publish({ list: 'prompts' })
  hub.flush()
  expect(calls).toBe(1)
})

/** All texts of up to four characters, slashes in every place among them. */
const uris = [0, 1, 2, 3, 4].flatMap((length) => Array.from({ length: 2 ** length }, (_, bits) => Array.from({ length }, (__, place) => ((bits >> place) & 1 ? '/' : 'a')).join('')))
test('the index agrees with the rule that a subscription covers a URI and everything below it', () => {
  const hub = newHub()
  let heard: string[] = []
  for (const uri of uris) hub.subscribe(() => heard.push(uri), []).watch(uri)
  for (const uri of uris) {
    heard = []
    hub.publish({ uri })
    hub.flush()
    expect([uri, heard.toSorted()]).toEqual([uri, uris.filter((subscribed) => covers(subscribed, uri)).toSorted()])
  }
})

test('a subscription that covers a change twice gets it once, with its closest URI', () => {
  const hub = newHub()
  const heard: unknown[] = []
  const subscription = hub.subscribe((change, subscribed) => heard.push([change, subscribed]), [])
  for (const uri of ['shop://a', 'shop://a/b', 'shop://a/']) subscription.watch(uri)
  hub.publish({ uri: 'shop://a/b/c' })
  hub.flush()
  expect(heard).toEqual([[{ uri: 'shop://a/b/c' }, 'shop://a/b']])
})

test('[case 39] equal changes in one turn of the event loop are one, also between awaits', async () => {
  const hub = newHub()
  const heard: Change[] = []
  hub.relay((change) => heard.push(change))
  for (let count = 0; count < 4; count++) {
    hub.publish({ uri: 'shop://tea' })
    await Promise.resolve()
  }
  await nextTurn()
  expect(heard).toEqual([{ uri: 'shop://tea' }])
})

test('[case 44] a listener that throws is reported, and the others get the change', () => {
  const errors: unknown[] = []
  const hub = new ChangeHub((error) => errors.push(error))
  const heard: string[] = []
  const fault = new Error('broken')
  hub.subscribe(() => heard.push('first'), ['tools'])
  hub.subscribe(() => { throw fault }, ['tools'])
  hub.subscribe(() => heard.push('last'), ['tools'])
  hub.publish({ list: 'tools' })
  hub.flush()
  expect([heard, errors]).toEqual([['first', 'last'], [fault]])
})

test('[case 8] [case 17] the subscriptions of all clients are bounded in bytes, and ended ones make room', () => {
  const hub = newHub()
  const watch = (from: number, to: number) => {
    const subscription = hub.subscribe(() => {}, [])
    for (let number = from; number < to; number++) subscription.watch(uriOf(number))
    return subscription
  }
  const first = watch(0, 1000)
  watch(1000, WATCHES)
  const late = hub.subscribe(() => {}, [])
  const refused = expect.objectContaining({ code: -32603, data: { reason: 'too_many_subscriptions' } })
  expect(() => late.watch(uriOf(WATCHES))).toThrow(refused)
  expect(late.uris).toEqual([])
  let calls = 0
  expect(() => hub.subscribe(() => calls++, ['tools'], [uriOf(0), uriOf(WATCHES)])).toThrow(refused)
  hub.publish({ list: 'tools' })
  hub.flush()
  expect(calls).toBe(0) // Nothing of it stays.
  first.end()
  first.end()
  for (let number = 0; number < 1000; number++) late.watch(uriOf(number))
  expect(() => late.watch(uriOf(WATCHES))).toThrow(refused)
})

test('[case 27] spellings of one URI are one subscription, and each client gets its own spelling', () => {
  const hub = newHub()
  const heard: unknown[] = []
  const subscription = hub.subscribe((change, subscribed) => heard.push([change, subscribed]), [])
  subscription.watch('shop://caf%c3%a9')
  subscription.watch('shop://café')
  expect(subscription.uris).toEqual(['shop://caf%c3%a9'])
  hub.publish({ uri: 'shop://café' })
  hub.publish({ uri: 'shop://caf%C3%A9' })
  hub.flush()
  hub.publish({ uri: 'shop://café/menu' })
  hub.flush()
  expect(heard).toEqual([[{ uri: 'shop://caf%c3%a9' }, 'shop://caf%c3%a9'], [{ uri: 'shop://café/menu' }, 'shop://caf%c3%a9']])
})

test('a subscription to a long non-ASCII URI covers the URIs below it', () => {
  const hub = newHub()
  const heard: unknown[] = []
  const parent = `shop://${'茶'.repeat(2000)}`
  hub.subscribe((change) => heard.push(change), []).watch(parent)
  hub.publish({ uri: `${parent}/leaf` })
  hub.flush()
  expect(heard).toEqual([{ uri: `${parent}/leaf` }])
})

test('a URI is watched from its first subscription to the end of its last', () => {
  const hub = newHub()
  const told: unknown[] = []
  hub.onWatched = (uri, wanted) => told.push([uri, wanted])
  const [a, b] = [hub.subscribe(() => {}, []), hub.subscribe(() => {}, [])]
  a.watch('shop://tea')
  a.watch('shop://tea')
  b.watch('shop://tea')
  a.end()
  b.unwatch('shop://tea')
  b.unwatch('shop://tea')
  expect(told).toEqual([['shop://tea', true], ['shop://tea', false]])
})

test('a subscription does not get earlier changes of the same turn', async () => {
  const hub = newHub()
  const heard: string[] = []
  const early = hub.subscribe(() => heard.push('early'), ['tools'])
  early.watch('shop://tea')
  hub.publish({ list: 'tools' })
  const late = hub.subscribe(() => heard.push('late'), ['tools'])
  hub.publish({ uri: 'shop://tea' })
  late.watch('shop://tea')
  await nextTurn()
  expect(heard).toEqual(['early', 'early'])
})
