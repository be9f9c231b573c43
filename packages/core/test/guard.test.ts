/** Host and Origin, decided from their text alone. */
import { expect, test } from 'vitest'
import { createGuard, isLoopback } from '../src/web/guard.ts'

test('what is refused says which option would allow it', () => {
  const guard = createGuard({})
  expect(guard('evil.example', undefined)).toMatch(/"evil\.example".*allowedHosts/)
  expect(guard('localhost', 'http://evil.example')).toMatch(/"http:\/\/evil\.example".*allowedOrigins/)
  expect(guard('localhost:8000', 'http://localhost:3000')).toBeUndefined()
})

test('a request without a Host is refused, unless any will do', () => {
  expect(createGuard({})(undefined, undefined)).toBeDefined()
  expect(createGuard({ allowedHosts: ['a.example'] })(undefined, undefined)).toBeDefined()
  expect(createGuard({ allowedHosts: 'any' })(undefined, undefined)).toBeUndefined()
})

test('an empty list allows nothing', () => {
  expect(createGuard({ allowedHosts: [] })('localhost', undefined)).toBeDefined()
  expect(createGuard({ allowedOrigins: [] })('localhost', 'http://localhost')).toBeDefined()
  expect(createGuard({ allowedOrigins: [] })('localhost', undefined)).toBeUndefined()
})

test('hosts are compared without regard to case, and with a port only where one is named', () => {
  const guard = createGuard({ allowedHosts: ['API.example.com', 'b.example:81', '[::1]', 'ünï.example'] })
  for (const host of ['api.EXAMPLE.com', 'api.example.com:1', 'b.example:81', '[::1]', '[::1]:80']) expect(guard(host, undefined)).toBeUndefined()
  for (const host of ['b.example', 'b.example:82', 'xapi.example.com', 'api.example.com.', '[::2]']) expect(guard(host, undefined)).toBeDefined()
})

test.each(['localhost', '127.0.0.1', '127.255.0.3', '::1', '[::1]'])('%s is loopback', (host) => {
  expect(isLoopback(host)).toBe(true)
})

test.each(['0.0.0.0', '::', 'localhost.evil.example', '127.0.0.1.evil.example', '128.0.0.1', '127.0.0', '127', '', '[::]', 'evil-127.0.0.1'])('"%s" is not loopback', (host) => {
  expect(isLoopback(host)).toBe(false)
})
