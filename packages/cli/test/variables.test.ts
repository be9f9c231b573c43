/** Variables for a server, as they are typed, as they stand in files, and as a config file asks for them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { message } from './gangway.ts'
import { interpolate } from '../src/config/interpolate.ts'
import { parseAssignments, readVariables } from '../src/config/env-variables.ts'

test('--env accepts everything after the first =, and the last value of a name', () => {
  expect(parseAssignments(['A=1', 'B=x=y z\n"', 'C=', 'A=2', 'D.e-f=3'])).toEqual({ A: '2', B: 'x=y z\n"', C: '', 'D.e-f': '3' })
})

test.each(['secret', '=secret', '1A=secret', 'A B=secret', ''])('--env rejects %j without repeating it', (text) => {
  expect(() => parseAssignments([text])).toThrow(expect.objectContaining({ code: 'GANGWAY_E_USAGE', message: expect.not.stringContaining('secret') }))
})

test.each([
  ['${SET:-x} ${EMPTY:-x} $${SET}', 'set x ${SET}'],
  ['${NONE:-a\\}b} ${NONE:-C:\\a}', 'a}b C:\\a'],
])('a config file has %s', (text, expected) => {
  expect(interpolate(text, (name) => ({ SET: 'set', EMPTY: '' })[name], expect.unreachable)).toBe(expected)
})

test('--env-file accepts comments, quotes and Windows line endings', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gangway-env-'))
  try {
    writeFileSync(join(folder, '.env'), '# note\r\nA=1\r\nexport B="x # y"\r\nC=\'$A\'\r\n\r\nD=a=b # note\r\n')
    expect(readVariables(join(folder, '.env'), '--env-file')).toEqual({ A: '1', B: 'x # y', C: '$A', D: 'a=b' })
    expect(() => readVariables(folder, '--env-file')).toThrow(expect.objectContaining({ code: 'GANGWAY_E_ENV_FILE', message: message(`${folder} is a folder … --env-file`) }))
  } finally {
    rmSync(folder, { recursive: true })
  }
})
