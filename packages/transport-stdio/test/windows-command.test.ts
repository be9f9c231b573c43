/** How commands are started on Windows, on any system: the rules are text in, text out. */
import { describe, expect, test } from 'vitest'
import { windowsCommand } from '../src/client/windows-command.ts'

const ENV = { Path: 'C:\\Windows;"C:\\Program Files\\nodejs"', PATHEXT: '.COM;.EXE;.BAT;.CMD', ComSpec: 'C:\\Windows\\cmd.exe' }
const FILES = new Set(['C:\\Program Files\\nodejs\\node.EXE', 'C:\\Program Files\\nodejs\\npx.CMD', 'C:\\shop\\server.CMD', 'C:\\shop\\node_modules\\.bin\\shop.cmd', 'C:\\shop\\tool.exe'])
const start = (command: string, ...args: string[]) => windowsCommand(command, args, ENV, 'C:\\shop', (path) => FILES.has(path))

test('a program is found on the path, and started as it is', () => {
  expect(start('node', 'a b', '&')).toEqual({ command: 'C:\\Program Files\\nodejs\\node.EXE', args: ['a b', '&'], verbatim: false })
  expect(start('.\\tool.exe')).toEqual({ command: 'C:\\shop\\tool.exe', args: [], verbatim: false })
})

test('what is not found is left to fail by its own name', () => {
  expect(start('nothing', 'x')).toEqual({ command: 'nothing', args: ['x'], verbatim: false })
})

test('a script goes through the shell of the system', () => {
  expect(start('npx', '-y', 'shop')).toEqual({ command: 'C:\\Windows\\cmd.exe', args: ['/d', '/s', '/c', '"C:\\Program^ Files\\nodejs\\npx.CMD ^"-y^" ^"shop^""'], verbatim: true })
  expect(start('server')).toEqual({ command: 'C:\\Windows\\cmd.exe', args: ['/d', '/s', '/c', '"C:\\shop\\server.CMD"'], verbatim: true })
})

describe('arguments reach a script as they are', () => {
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

  test('twice where the script is one of npm, which has the shell read them again', () => {
    expect(start('node_modules\\.bin\\shop.cmd', 'a&b').args.at(-1)).toBe('"C:\\shop\\node_modules\\.bin\\shop.cmd ^^^"a^^^&b^^^""')
  })
})
