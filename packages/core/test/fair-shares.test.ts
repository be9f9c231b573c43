/** Who loses a session when there is no room, and how much work it takes to find out. */
import { describe, expect, test } from 'vitest'
import { FairShares, type Shared } from '../src/web/fair-shares.ts'
import { callerOf } from '../src/web/caller.ts'

/** Times that any of them was looked at. */
let looks = 0

class Item implements Shared {
  readonly id: string
  #busy = false
  #listener: (() => void) | undefined

  constructor(id: string) {
    this.id = id
  }

  get busy(): boolean {
    looks++
    return this.#busy
  }

  work(): void {
    this.#busy = true
  }

  rest(): void {
    this.#busy = false
    this.#listener?.()
    this.#listener = undefined
  }

  onceIdle(listener: () => void): void {
    this.#listener = listener
  }
}

let sequence = 0
/** Opens a session as an endpoint does; undefined where there is no room. */
function open(shares: FairShares<Item>, owner: string): { item: Item; victim: string | undefined } | undefined {
  const item = new Item(`${owner}${++sequence}`)
  try {
    const victim = shares.victimFor(owner)
    if (victim) shares.delete(victim.id)
    shares.add(owner, item)
    return { item, victim: victim?.id }
  } catch (error) {
    expect(error).toMatchObject({ status: 503, data: { reason: 'too_many_sessions' } })
    return undefined
  }
}

const filled = (...owners: string[]) => {
  const shares = new FairShares<Item>(owners.length)
  return { shares, items: owners.map((owner) => open(shares, owner)!.item) }
}

test('the owner with the most sessions loses the one that was used least recently', () => {
  const { shares, items } = filled('a', 'b', 'b', 'c', 'c', 'c')
  shares.use(items[3]!.id)
  expect(open(shares, 'd')?.victim).toBe(items[4]?.id)
  expect(open(shares, 'd')?.victim).toBe(items[1]?.id) // Of two that have as many, the one that was used less recently.
  expect([...shares.values()]).toHaveLength(6)
})

test('an owner with the most sessions loses one of its own, and so does one with as many', () => {
  const { shares, items } = filled('a', 'a', 'b', 'b')
  expect(open(shares, 'a')?.victim).toBe(items[0]?.id)
  expect(open(shares, 'b')?.victim).toBe(items[2]?.id)
})

test('busy sessions stay, and the next largest owner is considered, unless it has no more than the newcomer', () => {
  const { shares, items } = filled('a', 'a', 'a', 'b', 'b', 'c')
  for (const item of items.slice(0, 3)) item.work()
  expect(open(shares, 'c')?.victim).toBe(items[3]?.id)
  expect(open(shares, 'c')?.victim).toBe(items[5]?.id)
  expect([...shares.values()].map(({ id }) => id[0]).join('')).toBe('aaabcc')
})

test('a busy session can be closed once it is idle, as the most recently used', () => {
  const { shares, items } = filled('a', 'a', 'a')
  for (const item of items) item.work()
  expect(open(shares, 'b')).toBeUndefined()
  items[2]?.rest()
  items[0]?.rest()
  expect([open(shares, 'b')?.victim, open(shares, 'b')?.victim]).toEqual([items[2]?.id, items[0]?.id])
  items[1]?.rest()
  items[0]?.rest() // Which is gone.
  expect(shares.size).toBe(3)
})

const looked = (work: () => void): number => {
  looks = 0
  work()
  return looks
}

test('[case 9] one owner leaves a quarter of the places to others, even with busy sessions only', () => {
  const shares = new FairShares<Item>(100)
  const flood = Array.from({ length: 75 }, () => open(shares, 'flood')!.item)
  expect(open(shares, 'flood')?.victim).toBe(flood[0]?.id)
  for (const item of shares.values()) item.work()
  expect(open(shares, 'flood')).toBeUndefined()
  for (let count = 0; count < 25; count++) expect(open(shares, `other ${count}`)?.victim).toBeUndefined()
  expect(open(shares, 'another')).toBeDefined() // In place of an idle one of the others.
})

describe('[case 9] the work of opening sessions is linear, whoever opens them', () => {
  const SIZE = 10_000
  const ROUNDS = 20_000
  const fill = (ownerAt: (index: number) => string) => {
    const shares = new FairShares<Item>(SIZE)
    const items = Array.from({ length: SIZE }, (_, index) => open(shares, ownerAt(index))!.item)
    return { shares, items }
  }

  test.each<[string, (index: number) => string]>([
    ['two owners', (index) => String(index % 2)],
    ['an owner for each', String],
    ['a hundred owners', (index) => String(index % 100)],
  ])('%s', (_, ownerAt) => {
    const { shares } = fill(ownerAt)
    expect(looked(() => { for (let round = 0; round < ROUNDS; round++) open(shares, ownerAt(round)) })).toBeLessThanOrEqual(2 * ROUNDS)
    expect(shares.size).toBe(SIZE)
  })

  test('with busy sessions only, whoever is rejected', () => {
    const { shares, items } = fill((index) => String(index % 100))
    for (const item of items) item.work()
    expect(looked(() => { for (let round = 0; round < ROUNDS; round++) expect(open(shares, String(round))).toBeUndefined() })).toBeLessThanOrEqual(SIZE)
  })

  test('with sessions that become busy and idle alternately', () => {
    const { shares, items } = fill((index) => String(index % 100))
    for (const item of items) item.work()
    open(shares, 'new')
    const steps = looked(() => {
      for (let round = 0; round < 90; round++) {
        items[round]?.rest()
        expect(open(shares, 'new')?.victim).toBe(items[round]?.id)
      }
    })
    expect(steps).toBeLessThanOrEqual(180)
  })
})

describe('[case 9] a session counts for', () => {
  test.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:0001:0002::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['2001:db8:1:2::', '2001:db8:1:2::/64'],
  ])('the client at %s: %s', (address, owner) => {
    expect(callerOf(undefined, { address, connection: undefined })).toBe(owner)
  })

  test('its principal, from any address, or one pool if nothing is known', () => {
    expect(callerOf({ issuer: 'https://issuer', subject: 'ada', scopes: [] }, { address: '192.0.2.1', connection: undefined })).toBe('["https://issuer","ada"]')
    expect(callerOf(undefined, undefined)).toBe('')
  })
})
