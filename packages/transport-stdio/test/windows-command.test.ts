/** How commands are started on Windows, on any system: the rules are text in, text out. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { FILES as FILES_ON_DISK, windowsCommand } from '../src/client/windows-command.ts'

const ENV = { Path: 'C:\\Windows;"C:\\Program Files\\nodejs"', PATHEXT: '.COM;.EXE;.BAT;.CMD', ComSpec: 'C:\\Windows\\cmd.exe' }
const FILES = new Set(['C:\\Program Files\\nodejs\\node.EXE', 'C:\\Program Files\\nodejs\\npx.CMD', 'C:\\shop\\server.CMD', 'C:\\shop\\node_modules\\.bin\\shop.cmd', 'C:\\shop\\tool.exe'])
const TEXTS: Readonly<Record<string, string>> = {
  'C:\\shop\\serve': '#!/usr/bin/env node\nrun()',
  'C:\\shop\\serve.mjs': '#!/usr/bin/env -S node --no-warnings\r\nrun()',
  'C:\\shop\\serve.py': '#! /usr/bin/python3\nrun()',
  'C:\\shop\\serve.js': 'run() // #!/usr/bin/env node',
}
const files = { isFile: (path: string) => FILES.has(path) || Object.hasOwn(TEXTS, path), beginning: (path: string) => TEXTS[path] ?? 'MZ' }
const start = (command: string, ...args: string[]) => windowsCommand(command, args, ENV, 'C:\\shop', files)

test('a program is found in PATH, and started directly', () => {
  expect(start('node', 'a b', '&')).toEqual({ command: 'C:\\Program Files\\nodejs\\node.EXE', args: ['a b', '&'], verbatim: false })
  expect(start('.\\tool.exe')).toEqual({ command: 'C:\\shop\\tool.exe', args: [], verbatim: false })
})

test('an unknown command fails under its own name', () => {
  expect(start('nothing', 'x')).toEqual({ command: 'nothing', args: ['x'], verbatim: false })
})

test("a script is run by the system's shell", () => {
  expect(start('npx', '-y', 'shop')).toEqual({ command: 'C:\\Windows\\cmd.exe', args: ['/d', '/s', '/c', '"C:\\Program^ Files\\nodejs\\npx.CMD ^"-y^" ^"shop^""'], verbatim: true })
  expect(start('server')).toEqual({ command: 'C:\\Windows\\cmd.exe', args: ['/d', '/s', '/c', '"C:\\shop\\server.CMD"'], verbatim: true })
})

test('a script with an interpreter line is run by that interpreter', () => {
  const node = 'C:\\Program Files\\nodejs\\node.EXE'
  expect(start('.\\serve', 'a b')).toEqual({ command: node, args: ['C:\\shop\\serve', 'a b'], verbatim: false })
  expect(start('.\\serve.mjs')).toEqual({ command: node, args: ['--no-warnings', 'C:\\shop\\serve.mjs'], verbatim: false })
  expect(start('.\\serve.py')).toEqual({ command: 'python3', args: ['C:\\shop\\serve.py'], verbatim: false })
  expect(start('.\\serve.js').args.at(-1)).toBe('"C:\\shop\\serve.js"')
})

test('reads the first line of real files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gangway-windows-'))
  const [script, folderWithin] = [join(folder, 'serve'), join(folder, 'within')]
  writeFileSync(script, '#!/usr/bin/env node\n')
  mkdirSync(folderWithin)
  expect([script, folderWithin].map((path) => [FILES_ON_DISK.isFile(path), FILES_ON_DISK.beginning(path)])).toEqual([[true, '#!/usr/bin/env node\n'], [false, '']])
  rmSync(folder, { recursive: true })
})

describe('arguments reach a script unchanged', () => {
  test.each([
    ['plain', '^"plain^"'],
    ['two words', '^"two^ words^"'],
    ['', '^"^"'],
    ['& calc', '^"^&^ calc^"'],
    ['%PATH%', '^"^%PATH^%^"'],
    ['say "hi"', '^"say^ \\^"hi\\^"^"'],
    ['C:\\end\\', '^"C:\\end\\\\^"'],
    ['\\"', '^"\\\\\\^"^"'],
  ])('%s', (argument, escaped) => {
    expect(start('npx', argument).args.at(-1)).toBe(`"C:\\Program^ Files\\nodejs\\npx.CMD ${escaped}"`)
  })

  test('arguments are escaped twice for a script of npm, whose shell reads them again', () => {
    expect(start('node_modules\\.bin\\shop.cmd', 'a&b').args.at(-1)).toBe('"C:\\shop\\node_modules\\.bin\\shop.cmd ^^^"a^^^&b^^^""')
  })
})
