/** Which resources a subscription covers. */
import { expect, test } from 'vitest'
import { covers } from '../src/definition/changes.ts'

test.each([
  ['a://b', 'a://b', true],
  ['a://b', 'a://b/c', true],
  ['a://b/', 'a://b/c', true],
  ['a://b', 'a://bc', false],
  ['a://b/c', 'a://b', false],
  ['a://caf%C3%A9', 'a://café/menu', true],
  ['a://café', 'a://caf%c3%a9/menu', true],
  ['a://b c', 'a://b%20c', true],
  ['a://b', 'a://b%2Fc', false],
])('%s covers %s: %j [case 27]', (subscribed, uri, expected) => {
  expect(covers(subscribed, uri)).toBe(expected)
})
