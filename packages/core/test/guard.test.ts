/** Host and Origin, decided from their text alone. */
import { describe, expect, test } from 'vitest'
import { createGuard, isLoopback, type GuardOptions } from '../src/web/guard.ts'

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

test.each(['localhost.', 'localhost.:8000', 'app.localhost', 'a.b.localhost:3000', 'APP.Localhost.', '127.0.0.1.'])('[case 28] %s reaches this machine in every browser, and is allowed', (host) => {
  expect([createGuard({})(host, undefined), createGuard({})('localhost', `http://${host}`)]).toEqual([undefined, undefined])
})

test.each(['evillocalhost', 'localhost.evil.example', 'app.localhost.evil.example', 'localhost..', 'app.localhost..', 'localhost.localdomain', '127.0.0.1.nip.io', 'localhost%2eevil.example'])('[case 28] %s may be anywhere, and is refused', (host) => {
  expect(createGuard({})(host, undefined)).toBeDefined()
  expect(createGuard({})('localhost', `http://${host}`)).toBeDefined()
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

describe('what no request could match does not start', () => {
  const HOST = 'allowedHosts (--allowed-host)'
  const ORIGIN = 'allowedOrigins (--allowed-origin)'
  test.each([
    [{ allowedHosts: ['https://mcp.example.com'] }, `${HOST} has "https://mcp.example.com", which nothing matches: write it like 'mcp.example.com'`],
    [{ allowedHosts: ['a.example,b.example'] }, `${HOST} has "a.example,b.example", which nothing matches: write it like 'mcp.example.com'`],
    [{ allowedHosts: [''] }, `${HOST} has "", which nothing matches: write it like 'mcp.example.com'`],
    [{ allowedHosts: ['a.example', 5] }, `${HOST} has 5, which nothing matches: write it like 'mcp.example.com'`],
    [{ allowedHosts: ['*'] }, `${HOST} knows no "*" in a list: name each, or write 'any' in place of the list`],
    [{ allowedHosts: ['*.example.com'] }, `${HOST} knows no "*.example.com" in a list: name each, or write 'any' in place of the list`],
    [{ allowedHosts: ['any'] }, `${HOST} knows no "any" in a list: name each, or write 'any' in place of the list`],
    [{ allowedHosts: 'mcp.example.com' }, `${HOST} must be a list, such as ['mcp.example.com'], or 'any', not "mcp.example.com"`],
    [{ allowedOrigins: ['app.example.com'] }, `${ORIGIN} has "app.example.com", which nothing matches: write it like 'https://app.example.com'`],
    [{ allowedOrigins: ['app.example.com:8080'] }, `${ORIGIN} has "app.example.com:8080", which nothing matches: write it like 'https://app.example.com'`],
    [{ allowedOrigins: ['https://app.example.com/'] }, `${ORIGIN} has "https://app.example.com/", which nothing matches: write it like 'https://app.example.com'`],
    [{ allowedOrigins: ['https://app.example.com:443'] }, `${ORIGIN} has "https://app.example.com:443", which nothing matches: write it like 'https://app.example.com'`],
    [{ allowedOrigins: ['*'] }, `${ORIGIN} knows no "*" in a list: name each, or write 'any' in place of the list`],
    [{ allowedOrigins: ['https://*.example.com'] }, `${ORIGIN} knows no "https://*.example.com" in a list: name each, or write 'any' in place of the list`],
    [{ allowedOrigins: '*' }, `${ORIGIN} must be a list, such as ['https://app.example.com'], or 'any', not "*"`],
    [{ allowedOrigins: null }, `${ORIGIN} must be a list, such as ['https://app.example.com'], or 'any', not null`],
  ])('%j', (options, message) => {
    expect(() => createGuard(options as GuardOptions)).toThrow(expect.objectContaining({ code: 'GANGWAY_E_USAGE', message }))
  })

  test.each(['null', 'https://APP.example.com', 'http://localhost:3000', 'http://[::1]:3000', 'chrome-extension://abcdef', 'vscode-webview://Abc'])('the origin %s does', (origin) => {
    expect(createGuard({ allowedOrigins: [origin] })('localhost', origin)).toBeUndefined()
  })
})

test.each(['localhost', '127.0.0.1', '127.255.0.3', '::1', '[::1]'])('%s is loopback', (host) => {
  expect(isLoopback(host)).toBe(true)
})

test.each(['0.0.0.0', '::', 'localhost.evil.example', '127.0.0.1.evil.example', '128.0.0.1', '127.0.0', '127', '', '[::]', 'evil-127.0.0.1'])('"%s" is not loopback', (host) => {
  expect(isLoopback(host)).toBe(false)
})
