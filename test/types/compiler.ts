/** The compiler as a user meets it: a program in, its complaints out. */

import { execFile } from 'node:child_process'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const repository = fileURLToPath(new URL('../../', import.meta.url))

/** A strict project, on our own sources. */
const tsconfig = {
  compilerOptions: {
    target: 'ES2023',
    lib: ['ES2023', 'DOM'],
    types: [],
    module: 'nodenext',
    customConditions: ['@gangway/source'],
    allowImportingTsExtensions: true,
    noEmit: true,
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
  },
}

export interface Complaint {
  readonly file: string
  readonly line: number
  /** Such as `TS2322`. */
  readonly code: string
  /** With what follows it, indented, in the compiler's output. */
  readonly message: string
}

export interface Compiled {
  readonly complaints: Complaint[]
  readonly instantiations: number
}

/** Compiles files, by name and text, as part of this workspace's test package. */
export async function compile(files: Readonly<Record<string, string>>): Promise<Compiled> {
  const directory = await mkdtemp(join(tmpdir(), 'gangway-types-'))
  try {
    await symlink(join(repository, 'test/node_modules'), join(directory, 'node_modules'), 'junction')
    const written = { ...files, 'package.json': '{ "type": "module" }', 'tsconfig.json': JSON.stringify(tsconfig) }
    await Promise.all(Object.entries(written).map(([name, text]) => writeFile(join(directory, name), text)))
    // One thread, so that no count depends on the machine.
    const output = await tsc(['--project', directory, '--pretty', 'false', '--singleThreaded', '--extendedDiagnostics'], directory)
    const instantiations = Number(/^Instantiations:\s+(\d+)$/m.exec(output)?.[1])
    if (!instantiations) throw new Error(`tsc did not compile:\n${output}`)
    return { complaints: parse(output), instantiations }
  } finally {
    await rm(directory, { recursive: true })
  }
}

/** It fails where there are complaints, which is what we want to hear. */
const tsc = (args: string[], cwd: string): Promise<string> =>
  new Promise((resolve) => {
    execFile(process.execPath, [join(repository, 'node_modules/typescript/bin/tsc'), ...args], { cwd, maxBuffer: 2 ** 26 }, (_, stdout, stderr) => resolve(stdout + stderr))
  })

function parse(output: string): Complaint[] {
  return output.split(/\n(?=\S)/).flatMap((block) => {
    const [, file, line, code, message] = /^(\S+)\((\d+),\d+\): error (TS\d+): (.*)$/s.exec(block.trimEnd()) ?? []
    if (file && line && code && message) return [{ file, line: Number(line), code, message: message.replaceAll(/\s*\n\s*/g, ' ') }]
    if (/\berror\b/.test(block)) throw new Error(`tsc says what no file is to blame for:\n${block}`)
    return []
  })
}
