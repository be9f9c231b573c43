/** Entries go into configurations of any shape and out again, and all else stays. */
import * as fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { entryIn, withEntry, withoutEntry, type Spot, parseDocument } from '../../packages/cli/src/install/edit-host-config.ts'
import { plainValue } from '../../packages/cli/src/jsonc.ts'

const SEED = 20_260_728

vi.setConfig({ testTimeout: 60_000 })

const spot: Spot = { file: 'mcp.json', section: 'mcpServers', name: 'ours' }
const entry = { command: '/node', args: ['run', '/a.ts'], env: { A: '{",}' } }

const trivia = fc.array(fc.constantFrom('', '', ' ', '\n', '\r\n  ', '\t', '/* , } */', '// ", }\n'), { minLength: 1, maxLength: 7 })
const servers = fc.dictionary(fc.string({ maxLength: 6 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 }).map((others) => {
  const { ours: _ours, ...rest } = others
  return JSON.parse(JSON.stringify(rest)) as object // Without -0.
})

/** JSON with these bits between its tokens, taken in turn. */
function written(value: unknown, bits: readonly string[], trailing: boolean): string {
  let turn = 0
  const bit = (): string => bits[turn++ % bits.length] ?? ''
  const write = (part: unknown): string => {
    if (typeof part !== 'object' || part === null) return JSON.stringify(part)
    const items = Array.isArray(part) ? part.map(write) : Object.entries(part).map(([key, member]) => `${JSON.stringify(key)}${bit()}:${bit()}${write(member)}`)
    const inside = items.map((item) => `${bit()}${item}${bit()}`).join(',') + (trailing && items.length > 0 ? `,${bit()}` : '') + bit()
    return Array.isArray(part) ? `[${inside}]` : `{${inside}}`
  }
  return bit() + write(value) + bit()
}

const read = (text: string): unknown => plainValue(parseDocument(text, 'mcp.json'))
/** All that is no white space, in its order: comments, too. */
const visible = (text: string): string => text.replaceAll(/\s/g, '')

test('an added entry is present, and the others stay', () => {
  fc.assert(
    fc.property(servers, servers, trivia, fc.boolean(), (others, rest, bits, trailing) => {
      const value = { ...rest, mcpServers: others }
      const text = written(value, bits, trailing)
      const longer = withEntry(text, spot, entry)
      expect(read(longer)).toEqual({ ...value, mcpServers: { ...others, ours: entry } })
      expect(withEntry(longer, spot, entry)).toBe(longer)
      const shorter = withoutEntry(longer, spot)
      expect(entryIn(shorter, spot)).toBeUndefined()
      expect(read(shorter)).toEqual(value)
      expect(visible(shorter)).toBe(visible(text))
    }),
    { seed: SEED, numRuns: 2000 },
  )
})

test('removing an entry keeps the others', () => {
  fc.assert(
    fc.property(servers, servers, trivia, fc.boolean(), (before, after, bits, trailing) => {
      const text = written({ mcpServers: { ...before, ours: entry, ...after } }, bits, trailing)
      expect(read(withoutEntry(text, spot))).toEqual({ mcpServers: { ...before, ...after } })
      expect(read(withEntry(text, spot, { command: 'x' }))).toEqual({ mcpServers: { ...before, ours: { command: 'x' }, ...after } })
    }),
    { seed: SEED, numRuns: 2000 },
  )
})
