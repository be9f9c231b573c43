/** The bound on the connections of a proxy. */
import { expect, test } from 'vitest'
import { ConnectionSlots, type SlotHolder } from '../src/proxy/connection-slots.ts'

const ignore = (): void => {}
const busy = (): SlotHolder => ({ principal: undefined, idle: false, evict: ignore })

test('callers beyond the limit wait in order, at most 256 of them', async () => {
  const slots = new ConnectionSlots(1, 'Upstream "a"')
  const { signal } = new AbortController()
  const first = busy()
  await slots.take(first, signal)
  const order: number[] = []
  const waiting = Array.from({ length: 256 }, (_, index) => ({ holder: busy(), index })).map(({ holder, index }) => slots.take(holder, signal).then(() => (order.push(index), slots.free(holder))))
  await expect(slots.take(busy(), signal)).rejects.toMatchObject({ code: -32603, data: { reason: 'too_many_connections' } })
  slots.free(first)
  await Promise.all(waiting)
  expect(order).toEqual(Array.from({ length: 256 }, (_, index) => index))
  expect(slots.size).toBe(0)
})

test('room is made by closing the connection that was idle longest, of the principal with the most', async () => {
  const slots = new ConnectionSlots(3, 'Upstream "a"')
  const { signal } = new AbortController()
  const closed: string[] = []
  const idle = (name: string, principal: string): SlotHolder => {
    const holder: SlotHolder = { principal, idle: true, evict: () => (closed.push(name), slots.free(holder)) }
    return holder
  }
  for (const [name, principal] of [['first', 'one'], ['second', 'many'], ['third', 'many']] as const) await slots.take(idle(name, principal), signal)
  await slots.take(busy(), signal)
  expect(closed).toEqual(['second'])
})
