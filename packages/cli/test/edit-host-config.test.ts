/** A server's entry in a configuration's text: nothing but the entry changes, byte for byte. */
import { describe, expect, test } from 'vitest'
import { message } from './gangway.ts'
import { entryIn, withEntry, withoutEntry, type Spot, parseDocument } from '../src/install/edit-host-config.ts'
import { plainValue } from '../src/jsonc.ts'

const spot: Spot = { file: 'hosts.json', section: 'mcpServers', name: 'shop' }
const entry = { command: '/node', args: ['run', 'a.ts'] }

const tidy = `{
  "theme": "dark", // mine
  "mcpServers": {
    // the first
    "notes": { "command": "npx",   "args": [ 1,2 ] } // about notes
    /* the end */
  },
  "numStartups": 3
}
`
const trailing = '{\n\t"mcpServers": {\n\t\t"notes": {},\n\t},\n}'

describe('a new entry', () => {
  test('goes after the others, and after their comments', () => {
    expect(withEntry(tidy, spot, entry)).toBe(
      tidy
        .replace('2 ] } //', '2 ] }, //')
        .replace('/* the end */\n', '/* the end */\n    "shop": {\n      "command": "/node",\n      "args": [\n        "run",\n        "a.ts"\n      ]\n    }\n'),
    )
  })

  test('has the indentation and separators of the file', () => {
    expect(withEntry(trailing, spot, { command: 'x' })).toBe('{\n\t"mcpServers": {\n\t\t"notes": {},\n\t\t"shop": {\n\t\t\t"command": "x"\n\t\t},\n\t},\n}')
  })

  test('stays on one line in a one-line file', () => {
    expect(withEntry('{"a":"b,}","mcpServers":{"notes":{"command":"x",  "args":[ 1 ]}}}', spot, { command: 'y' })).toBe('{"a":"b,}","mcpServers":{"notes":{"command":"x",  "args":[ 1 ]},"shop":{"command":"y"}}}')
    expect(withEntry('{ "mcpServers": { "notes": {} } }', spot, { command: 'y' })).toBe('{ "mcpServers": { "notes": {}, "shop": {"command":"y"} } }')
  })

  test('creates its section', () => {
    expect(withEntry('{\n    "theme": "dark"\n}', spot, { command: 'y' })).toBe('{\n    "theme": "dark",\n    "mcpServers": {\n        "shop": {\n            "command": "y"\n        }\n    }\n}')
  })

  test.each(['', '  \n', '\uFEFF'])('makes an object of an empty file, %j', (text) => {
    expect(withEntry(text, spot, { command: 'y' })).toBe(`${text === '\uFEFF' ? text : ''}{\n  "mcpServers": {\n    "shop": {\n      "command": "y"\n    }\n  }\n}\n`)
  })

  test.each(['{}', '{ }', '{\n}', '{ // none yet\n}', '{"mcpServers":{}}', '{"mcpServers":{ /* none */ }}', '{\n  "mcpServers": {\n    // none\n  }\n}', '{"mcpServers":{"a":{}},\n}', '{"mcpServers":\n{\n"a":{}}}', '{"mcpServers": {"a": 1 /* , */ }}'])('fits into %j', (text) => {
    expect(plainValue(parseDocument(withEntry(text, spot, entry), 'x'))).toMatchObject({ mcpServers: { shop: entry } })
  })

  test('leaves the text before and after it unchanged', () => {
    for (const end of ['\n', '\r\n'])
      for (const bom of ['', '\uFEFF'])
        for (const last of ['', end, end + end]) {
          const text = bom + tidy.trimEnd().replaceAll('\n', end) + last
          const changed = withEntry(text, spot, entry)
          expect(changed.replaceAll('\r\n', '\n').split('\n').length).toBeGreaterThan(text.split('\n').length)
          expect(changed.split(end).every((line) => !/[\r\n]/.test(line))).toBe(true)
          expect(withoutEntry(changed, spot)).toBe(text)
        }
  })
})

describe('an existing entry', () => {
  test('gets its new value in place', () => {
    const text = tidy.replace('"notes": {', '"shop": { "command": "old" }, // ours\n    "notes": {')
    expect(withEntry(text, spot, { command: 'y' })).toBe(text.replace('{ "command": "old" }', '{\n      "command": "y"\n    }'))
    expect(withEntry('{"mcpServers":{"shop":{},"notes":{}}}', spot, { command: 'y' })).toBe('{"mcpServers":{"shop":{"command":"y"},"notes":{}}}')
  })

  test('does not change if it is the same', () => {
    const text = '{"mcpServers":{"shop": { "command":"y" }}}'
    expect(withEntry(text, spot, { command: 'y' })).toBe(text)
  })

  test('is the last of two with the same name, as hosts read it', () => {
    const text = '{"mcpServers":{"shop":{"command":"first"},"shop":{"command":"last"}}}'
    expect(entryIn(text, spot)).toEqual({ command: 'last' })
    expect(withEntry(text, spot, { command: 'y' })).toBe('{"mcpServers":{"shop":{"command":"first"},"shop":{"command":"y"}}}')
  })

  test.each(['constructor', '__proto__', 'a.b c', 'ü', '"'])('can be called %j', (name) => {
    const odd = { ...spot, name }
    expect(entryIn(tidy, odd)).toBeUndefined()
    expect(entryIn(withEntry(tidy, odd, entry), odd)).toEqual(entry)
    expect(withoutEntry(withEntry(tidy, odd, entry), odd)).toBe(tidy)
  })
})

describe('removing an entry', () => {
  test.each([
    ['first', '{\n  "mcpServers": {\n    "shop": {},\n    "notes": {}\n  }\n}', '{\n  "mcpServers": {\n    "notes": {}\n  }\n}'],
    ['between', '{"mcpServers":{"a":1, "shop":{}, "b":1}}', '{"mcpServers":{"a":1, "b":1}}'],
    ['last', '{"mcpServers":{"a":1, "shop":{} }}', '{"mcpServers":{"a":1 }}'],
    ['last, before a trailing comma', '{"mcpServers":{\n"a":1,\n"shop":{},\n}}', '{"mcpServers":{\n"a":1,\n}}'],
    ['alone', '{"mcpServers":{\n    "shop": {}\n  }}', '{"mcpServers":{}}'],
    ['alone with comments', '{"mcpServers":{ // why\n    "shop": {} // what\n  }}', '{"mcpServers":{ // why\n    // what\n  }}'],
    ['after a comment, with more on its line', '{"mcpServers":{"a":1, // one\n"shop":{}, "b":1}}', '{"mcpServers":{"a":1, // one\n"b":1}}'],
    ['last, after a comment, with the end on its line', '{"mcpServers":{"a":1, // one\n"shop":{} }}', '{"mcpServers":{"a":1 // one\n}}'],
    ['before its own comment', '{"mcpServers":{\n  "shop":{}, // ours\n  "b":1\n}}', '{"mcpServers":{\n  // ours\n  "b":1\n}}'],
    ['absent', '{"mcpServers":{"a":1}}', '{"mcpServers":{"a":1}}'],
    ['with no section', '{"a":1}', '{"a":1}'],
  ])('that is %s', (_where, text, expected) => {
    expect(withoutEntry(text, spot)).toBe(expected)
    parseDocument(expected, 'x')
  })
})

describe('text that cannot be edited', () => {
  test.each([
    ['{\n  "mcpServers": {\n    "a": 1\n    "b": 2\n  }\n}', 'hosts.json:4:5 … comma expected'],
    ['{\r\n  "a": tru\r\n}', 'hosts.json:2:8 … invalid symbol'],
    ['not json', 'hosts.json:1:1 … invalid symbol'],
    ['[]', 'hosts.json:1:1 … object'],
    ['{}}', 'hosts.json:1:3 … end of file expected'],
    ['{\n"mcpServers": []}', 'hosts.json:2:15 … "mcpServers" … object'],
    ['{"mcpServers": null}', 'hosts.json:1:16 … "mcpServers" … object'],
  ])('%j', (text, fault) => {
    expect(() => withEntry(text, spot, entry)).toThrow(expect.objectContaining({ code: 'GANGWAY_E_HOST_CONFIG', message: message(`${fault} … not changed`) }))
  })
})
