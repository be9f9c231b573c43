import { expect, test } from 'vitest'
import { LruMap } from '../src/lru-map.ts'

function filled(): LruMap<string, number> {
  const map = new LruMap<string, number>()
  for (const [index, key] of ['a', 'b', 'c'].entries()) map.set(key, index)
  return map
}

test('values come in the order of their use, a new one last', () => {
  const map = filled()
  expect([...map.values()]).toEqual([0, 1, 2])
  map.use('b')
  expect([...map.values()]).toEqual([0, 2, 1])
  map.use('a')
  map.use('a')
  expect([...map.values()]).toEqual([2, 1, 0])
  map.set('c', 3)
  expect([...map.values()]).toEqual([1, 0, 3])
})

test('to look at a value is no use of it', () => {
  const map = filled()
  expect([map.get('a'), map.has('b'), map.get('x'), map.has('x')]).toEqual([0, true, undefined, false])
  map.use('x')
  expect([...map.values()]).toEqual([0, 1, 2])
})

test.each(['a', 'b', 'c'])('what is deleted, here %s, is gone, and the others keep their order', (key) => {
  const map = filled()
  const left = [...map.values()].filter((value) => value !== map.get(key))
  map.delete(key)
  map.delete(key)
  map.use(key)
  expect([map.has(key), map.size, [...map.values()]]).toEqual([false, 2, left])
  map.set('d', 4)
  expect([...map.values()]).toEqual([...left, 4])
})

test('values may be deleted as they are given', () => {
  const map = filled()
  for (const value of map.values()) map.delete(['a', 'b', 'c'][value] ?? '')
  expect([map.size, ...map.values()]).toEqual([0])
  map.set('a', 5)
  expect([...map.values()]).toEqual([5])
})
