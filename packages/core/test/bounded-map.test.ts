/** A map with a maximum size: which entry makes room for a new one. */
import { expect, test } from 'vitest'
import { BoundedMap } from '../src/util/bounded-map.ts'

test('a new entry replaces the oldest one', () => {
  const evicted: string[] = []
  const map = new BoundedMap<string, string>(2, (value) => evicted.push(value))
  map.set('a', 'A').set('b', 'B').set('c', 'C')
  expect([...map]).toEqual([['b', 'B'], ['c', 'C']])
  expect(evicted).toEqual(['A'])
})

test('an entry that is set again is the newest one, and replaces no other', () => {
  const map = new BoundedMap<string, string>(2)
  map.set('a', 'A').set('b', 'B').set('a', 'A2')
  expect([...map]).toEqual([['b', 'B'], ['a', 'A2']])
  expect([...map.set('c', 'C').keys()]).toEqual(['a', 'c'])
})

test('deleted entries make room', () => {
  const map = new BoundedMap<string, string>(2)
  map.set('a', 'A').set('b', 'B').delete('a')
  expect([...map.set('c', 'C').keys()]).toEqual(['b', 'c'])
})
