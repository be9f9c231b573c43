/** What counts as a secret in text for people. */
import { expect, test } from 'vitest'
import { redact, redactor } from '../src/util/redact.ts'

test.each([
  ['Authorization: Bearer abcdef123456', 'abcdef123456'],
  ['token: s3cr3t-value', 's3cr3t-value'],
  ['--api-key 0123456789', '0123456789'],
  ['https://ada:pass@example.com/mcp?key=abc', 'abc'],
  ['https://ada:pass@example.com/mcp?key=abc', 'pass'],
])('%s shows no %s', (text, secret) => {
  expect(redact(text)).not.toContain(secret)
})

test.each(['Unexpected token: fix server.ts:2:38', 'Unexpected token } in JSON at position 7', 'https://example.com/mcp', 'Pass --token to sign in.'])('%s is unchanged', (text) => {
  expect(redact(text)).toBe(text)
})

test('known values are masked in text, in URLs and in JSON', () => {
  const mask = redactor(['a "b" ü'])
  for (const text of ['a "b" ü', encodeURIComponent('a "b" ü'), JSON.stringify({ x: 'a "b" ü' })]) expect(mask(text)).toContain('***')
})
