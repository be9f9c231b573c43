/** How the places for open subscriptions are shared between callers. */
import { expect, test } from 'vitest'
import { Subscriptions } from '../src/subscriptions.ts'

const REFUSED = expect.objectContaining({ status: 503, data: { reason: 'too_many_subscriptions' } })

async function fill(subscriptions: Subscriptions, owner: string): Promise<(() => void)[]> {
  const ends: (() => void)[] = []
  for (;;) {
    try {
      await subscriptions.begin(owner, async (end) => void ends.push(end))
    } catch (error) {
      expect(error).toEqual(REFUSED)
      return ends
    }
  }
}

test('[case 9] a caller that opens subscriptions without end leaves a quarter of the places to others', async () => {
  const subscriptions = new Subscriptions(1000)
  const greedy = await fill(subscriptions, 'mallory')
  expect(greedy).toHaveLength(750)
  expect(await fill(subscriptions, 'ada')).toHaveLength(10)
  expect(await fill(subscriptions, 'ben')).toHaveLength(10)
  for (const end of [...greedy, ...greedy]) end()
  expect(subscriptions.open).toBe(20)
  expect(await fill(subscriptions, 'mallory')).toHaveLength(730)
})

test('all places together are bounded, and small numbers of places are all given away', async () => {
  const subscriptions = new Subscriptions(2)
  expect([(await fill(subscriptions, 'ada')).length, (await fill(subscriptions, 'ben')).length]).toEqual([2, 0])
})
