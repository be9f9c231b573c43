/** `gangway run` with every kind of file, on the Node that runs the tests; the slow test beside it has the others. */
import { describe, expect, test } from 'vitest'
import { gangway, initialize, welcome } from './gangway.ts'
import { prepare, SERVER_FILES } from './server-files.ts'

describe.concurrent('runs', { timeout: 60_000 }, () => {
  test.each(SERVER_FILES.map((served) => [served.kind, served] as const))('%s', async (kind, served) => {
    const { cwd, file } = prepare(served)
    expect(await gangway(['run', file], { input: [initialize], cwd })).toEqual({ stdout: welcome(kind), stderr: '', code: 0 })
  })
})
