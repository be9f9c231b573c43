/** Variables for an entry, as they are typed and as they stand in files. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { collectEnv, readEnvFile } from '../src/install/env-values.ts'

test('--env takes all after the first = as it is, and the last of one name', () => {
  expect(['A=1', 'B=x=y z\n"', 'C=', 'A=2'].reduce<Record<string, string> | undefined>((values, text) => collectEnv(text, values), undefined)).toEqual({ A: '2', B: 'x=y z\n"', C: '' })
})

test.each(['secret', '=secret', '1A=secret', 'A B=secret', 'A-B=secret', ''])('--env refuses %j without repeating it', (text) => {
  expect(() => collectEnv(text, {})).toThrow(expect.objectContaining({ code: 'GANGWAY_E_USAGE', message: expect.not.stringContaining('secret') }))
})

test('--env-file takes comments, quotes and Windows line ends', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gangway-env-'))
  try {
    writeFileSync(join(folder, '.env'), '# note\r\nA=1\r\nexport B="x # y"\r\nC=\'$A\'\r\n\r\nD=a=b # note\r\n')
    expect(readEnvFile(join(folder, '.env'))).toEqual({ A: '1', B: 'x # y', C: '$A', D: 'a=b' })
    expect(() => readEnvFile(folder)).toThrow(expect.objectContaining({ code: 'GANGWAY_E_USAGE', message: `--env-file ${folder} cannot be read (EISDIR): check the path` }))
  } finally {
    rmSync(folder, { recursive: true })
  }
})
