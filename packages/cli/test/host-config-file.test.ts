/** Changing a configuration file: all or nothing, for this writer and for others. */
import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { previewConfig, writeConfig } from '../src/install/host-config-file.ts'
import { message } from './gangway.ts'

const root = realpathSync(mkdtempSync(join(tmpdir(), 'gangway-config-')))
afterAll(() => rmSync(root, { recursive: true }))

const folder = (): string => mkdtempSync(join(root, 'a-'))
const modeOf = (path: string): number => statSync(path).mode & 0o777
const add = (text: string): string => `${text}+`

describe('a missing file', () => {
  test('is created with its folder, for its user only, without a backup', async () => {
    const path = join(folder(), 'Library', 'mcp.json')
    expect(await writeConfig(path, add)).toEqual({ file: path, before: undefined, after: '+' })
    expect(readFileSync(path, 'utf8')).toBe('+')
    expect(modeOf(path)).toBe(0o600)
    expect(readdirSync(join(path, '..'))).toEqual(['mcp.json'])
  })

  test('is created at the target of a link', async () => {
    const home = folder()
    mkdirSync(join(home, 'dotfiles'))
    symlinkSync('dotfiles/mcp.json', join(home, 'mcp.json'))
    expect((await writeConfig(join(home, 'mcp.json'), add)).file).toBe(join(home, 'dotfiles/mcp.json'))
    expect(lstatSync(join(home, 'mcp.json')).isSymbolicLink()).toBe(true)
  })

  test('is not created by --dry-run', () => {
    const path = join(folder(), 'none', 'mcp.json')
    expect(previewConfig(path, add)).toEqual({ file: path, before: undefined, after: '+' })
    expect(existsSync(join(path, '..'))).toBe(false)
  })
})

describe('an existing file', () => {
  test('keeps its permissions, and gets a backup', async () => {
    const path = join(folder(), 'mcp.json')
    writeFileSync(path, 'a')
    chmodSync(path, 0o640)
    expect(await writeConfig(path, add)).toEqual({ file: path, before: 'a', after: 'a+', backup: `${path}.gangway.bak` })
    await writeConfig(path, add)
    expect([path, `${path}.gangway.bak`].map((file) => [readFileSync(file, 'utf8'), modeOf(file)])).toEqual([
      ['a++', 0o640],
      ['a+', 0o640],
    ])
    expect(readdirSync(join(path, '..'))).toEqual(['mcp.json', 'mcp.json.gangway.bak'])
  })

  test('is replaced in place, and a link to it stays', async () => {
    const home = folder()
    mkdirSync(join(home, 'dotfiles'))
    writeFileSync(join(home, 'dotfiles/mcp.json'), 'a')
    symlinkSync('dotfiles', join(home, 'config'))
    symlinkSync('config/mcp.json', join(home, 'mcp.json'))
    await writeConfig(join(home, 'mcp.json'), add)
    expect(readFileSync(join(home, 'dotfiles/mcp.json'), 'utf8')).toBe('a+')
    expect(lstatSync(join(home, 'mcp.json')).isSymbolicLink()).toBe(true)
  })

  test('is not written if nothing changes', async () => {
    const path = join(folder(), 'mcp.json')
    writeFileSync(path, '\uFEFFa')
    utimesSync(path, 1, 1)
    expect(await writeConfig(path, (text) => text)).toEqual({ file: path, before: '\uFEFFa', after: '\uFEFFa' })
    expect(statSync(path).mtimeMs).toBe(1000)
    expect(readdirSync(join(path, '..'))).toEqual(['mcp.json'])
  })

  test('is unchanged after an edit that fails', async () => {
    const path = join(folder(), 'mcp.json')
    writeFileSync(path, 'a')
    let edits = 0
    const failLate = (text: string): string => {
      if (edits++ > 0) throw new Error('no')
      return add(text)
    }
    await expect(writeConfig(path, failLate)).rejects.toThrow('no')
    expect(edits).toBe(2)
    expect(readdirSync(join(path, '..'))).toEqual(['mcp.json'])
    expect(readFileSync(path, 'utf8')).toBe('a')
  })
})

describe('two writers', () => {
  test('lose no edit', async () => {
    const path = join(folder(), 'mcp.json')
    const letters = [...'abcdefghijklmnop']
    await Promise.all(letters.map((letter) => writeConfig(path, (text) => text + letter)))
    expect([...readFileSync(path, 'utf8')].toSorted()).toEqual(letters)
  })

  test('lose no edit if one of them uses no lock', async () => {
    const path = join(folder(), 'mcp.json')
    writeFileSync(path, 'a')
    let edits = 0
    await writeConfig(path, (text) => {
      if (edits++ === 1) writeFileSync(path, 'host ')
      return add(text)
    })
    expect(readFileSync(path, 'utf8')).toBe('host +')
    expect(edits).toBe(3)
  })

  test('do not wait forever for a dead one', async () => {
    const path = join(folder(), 'mcp.json')
    const lock = `${path}.gangway.lock`
    writeFileSync(lock, '')
    utimesSync(lock, 1, 1)
    await expect(writeConfig(path, add)).rejects.toMatchObject({ code: 'GANGWAY_E_HOST_CONFIG', message: message(lock) })
    expect(readdirSync(join(path, '..'))).toEqual(['mcp.json.gangway.lock'])
  })
})

describe('is rejected and unchanged:', () => {
  test('a folder', async () => {
    const path = folder()
    await expect(writeConfig(path, add)).rejects.toMatchObject({ code: 'GANGWAY_E_HOST_CONFIG', message: expect.stringMatching(`^${path} is a folder.*--config-path`) })
  })

  test('a read-only file', async () => {
    const path = join(folder(), 'mcp.json')
    writeFileSync(path, 'a', { mode: 0o444 })
    await expect(writeConfig(path, add)).rejects.toMatchObject({ code: 'GANGWAY_E_HOST_CONFIG', message: message(`${path} … read-only … --config-path`) })
    expect(readdirSync(join(path, '..'))).toEqual(['mcp.json'])
  })

  test('a file in a path that is not a folder', async () => {
    const path = join(folder(), 'file')
    writeFileSync(path, 'a')
    await expect(writeConfig(join(path, 'mcp.json'), add)).rejects.toMatchObject({ code: 'GANGWAY_E_HOST_CONFIG' })
  })

  test('circular links', async () => {
    const path = join(folder(), 'mcp.json')
    symlinkSync('mcp.json', path)
    await expect(writeConfig(path, add)).rejects.toMatchObject({ code: 'GANGWAY_E_HOST_CONFIG', message: expect.stringContaining(`${path} is a symbolic link to itself`) })
  })

  test('a file in another encoding, as from Windows PowerShell', async () => {
    const path = join(folder(), 'mcp.json')
    const bytes = Buffer.from('\uFEFF{}', 'utf16le')
    writeFileSync(path, bytes)
    await expect(writeConfig(path, add)).rejects.toMatchObject({ code: 'GANGWAY_E_HOST_CONFIG', message: message(`${path} … UTF-8`) })
    expect(readFileSync(path)).toEqual(bytes)
  })
})
