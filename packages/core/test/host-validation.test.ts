/** Host and Origin, decided from their text alone. */
import { describe, expect, test } from 'vitest'
import { createHostValidator, isLoopback, type HostValidationOptions } from '../src/web/host-validation.ts'

test('an error names the option that would allow the request', () => {
  const guard = createHostValidator({})
  expect(guard('evil.example', undefined)).toMatch(/"evil\.example".*allowedHosts/)
  expect(guard('localhost', 'http://evil.example')).toMatch(/"http:\/\/evil\.example".*allowedOrigins/)
  expect(guard('localhost:8000', 'http://localhost:3000')).toBeUndefined()
})

test('a request without a Host is rejected, unless any host is allowed', () => {
  expect(createHostValidator({})(undefined, undefined)).toBeDefined()
  expect(createHostValidator({ allowedHosts: ['a.example'] })(undefined, undefined)).toBeDefined()
  expect(createHostValidator({ allowedHosts: 'any' })(undefined, undefined)).toBeUndefined()
})

test.each(['localhost.', 'localhost.:8000', 'app.localhost', 'a.b.localhost:3000', 'APP.Localhost.', '127.0.0.1.'])('[case 28] %s resolves to this machine in every browser, and is allowed', (host) => {
  expect([createHostValidator({})(host, undefined), createHostValidator({})('localhost', `http://${host}`)]).toEqual([undefined, undefined])
})

test.each(['evillocalhost', 'localhost.evil.example', 'app.localhost.evil.example', 'localhost..', 'app.localhost..', 'localhost.localdomain', '127.0.0.1.nip.io', 'localhost%2eevil.example'])('[case 28] %s can be anywhere, and is rejected', (host) => {
  expect(createHostValidator({})(host, undefined)).toBeDefined()
  expect(createHostValidator({})('localhost', `http://${host}`)).toBeDefined()
})

test('an empty list allows nothing', () => {
  expect(createHostValidator({ allowedHosts: [] })('localhost', undefined)).toBeDefined()
  expect(createHostValidator({ allowedOrigins: [] })('localhost', 'http://localhost')).toBeDefined()
  expect(createHostValidator({ allowedOrigins: [] })('localhost', undefined)).toBeUndefined()
})

test('hosts are compared without regard to case, and with a port only if one is given', () => {
  const guard = createHostValidator({ allowedHosts: ['API.example.com', 'b.example:81', '[::1]', 'ünï.example'] })
  for (const host of ['api.EXAMPLE.com', 'api.example.com:1', 'b.example:81', '[::1]', '[::1]:80']) expect(guard(host, undefined)).toBeUndefined()
  for (const host of ['b.example', 'b.example:82', 'xapi.example.com', 'api.example.com.', '[::2]']) expect(guard(host, undefined)).toBeDefined()
})

describe('an entry that no request can match prevents the start', () => {
  const HOST = 'allowedHosts (--allowed-host)'
  const ORIGIN = 'allowedOrigins (--allowed-origin)'
  test.each([
    [{ allowedHosts: ['https://mcp.example.com'] }, `${HOST} contains "https://mcp.example.com", which no request can match. Write it like 'mcp.example.com'`],
    [{ allowedHosts: ['a.example,b.example'] }, `${HOST} contains "a.example,b.example", which no request can match. Write it like 'mcp.example.com'`],
    [{ allowedHosts: [''] }, `${HOST} contains "", which no request can match. Write it like 'mcp.example.com'`],
    [{ allowedHosts: ['a.example', 5] }, `${HOST} contains 5, which no request can match. Write it like 'mcp.example.com'`],
    [{ allowedHosts: ['*'] }, `${HOST} does not support "*" in a list. List every name, or set it to 'any'`],
    [{ allowedHosts: ['*.example.com'] }, `${HOST} does not support "*.example.com" in a list. List every name, or set it to 'any'`],
    [{ allowedHosts: ['any'] }, `${HOST} does not support "any" in a list. List every name, or set it to 'any'`],
    [{ allowedHosts: 'mcp.example.com' }, `${HOST} must be a list, such as ['mcp.example.com'], or 'any', not "mcp.example.com"`],
    [{ allowedOrigins: ['app.example.com'] }, `${ORIGIN} contains "app.example.com", which no request can match. Write it like 'https://app.example.com'`],
    [{ allowedOrigins: ['app.example.com:8080'] }, `${ORIGIN} contains "app.example.com:8080", which no request can match. Write it like 'https://app.example.com'`],
    [{ allowedOrigins: ['https://app.example.com/'] }, `${ORIGIN} contains "https://app.example.com/", which no request can match. Write it like 'https://app.example.com'`],
    [{ allowedOrigins: ['https://app.example.com:443'] }, `${ORIGIN} contains "https://app.example.com:443", which no request can match. Write it like 'https://app.example.com'`],
    [{ allowedOrigins: ['*'] }, `${ORIGIN} does not support "*" in a list. List every name, or set it to 'any'`],
    [{ allowedOrigins: ['https://*.example.com'] }, `${ORIGIN} does not support "https://*.example.com" in a list. List every name, or set it to 'any'`],
    [{ allowedOrigins: '*' }, `${ORIGIN} must be a list, such as ['https://app.example.com'], or 'any', not "*"`],
    [{ allowedOrigins: null }, `${ORIGIN} must be a list, such as ['https://app.example.com'], or 'any', not null`],
  ])('%j', (options, message) => {
    expect(() => createHostValidator(options as HostValidationOptions)).toThrow(expect.objectContaining({ code: 'GANGWAY_E_USAGE', message }))
  })

  test.each(['null', 'https://APP.example.com', 'http://localhost:3000', 'http://[::1]:3000', 'chrome-extension://abcdef', 'vscode-webview://Abc'])('the origin %s prevents the start', (origin) => {
    expect(createHostValidator({ allowedOrigins: [origin] })('localhost', origin)).toBeUndefined()
  })
})

test.each(['localhost', '127.0.0.1', '127.255.0.3', '::1', '[::1]'])('%s is loopback', (host) => {
  expect(isLoopback(host)).toBe(true)
})

test.each(['0.0.0.0', '::', 'localhost.evil.example', '127.0.0.1.evil.example', '128.0.0.1', '127.0.0', '127', '', '[::]', 'evil-127.0.0.1'])('"%s" is not loopback', (host) => {
  expect(isLoopback(host)).toBe(false)
})
