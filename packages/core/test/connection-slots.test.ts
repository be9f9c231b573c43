/** The bound on the connections of a proxy. */
import { expect, test } from 'vitest'
import { ConnectionSlots, type Occupant } from '../src/proxy/connection-slots.ts'

const ignore = (): void => {}
const busy = (): Occupant => ({ principal: undefined, idle: false, evict: ignore })

test('callers beyond the bound wait in order, and no more than 256 of them', async () => {
  const slots = new ConnectionSlots(1, 'Upstream "a"')
  const { signal } = new AbortController()
  const first = busy()
  await slots.take(first, signal)
  const order: number[] = []
  const waiting = Array.from({ length: 256 }, (_, index) => ({ occupant: busy(), index })).map(({ occupant, index }) => slots.take(occupant, signal).then(() => (order.push(index), slots.free(occupant))))
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
  const idle = (name: string, principal: string): Occupant => {
    const occupant: Occupant = { principal, idle: true, evict: () => (closed.push(name), slots.free(occupant)) }
    return occupant
  }
  for (const [name, principal] of [['first', 'one'], ['second', 'many'], ['third', 'many']] as const) await slots.take(idle(name, principal), signal)
  await slots.take(busy(), signal)
  expect(closed).toEqual(['second'])
})
