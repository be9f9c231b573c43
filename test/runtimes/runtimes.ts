/** Where the programs are that npm packages carry for this machine. They are called by their absolute paths: nothing else is to run on them. */
import { existsSync } from 'node:fs'
import { arch, platform } from 'node:process'
import { fileURLToPath } from 'node:url'

const here = `${platform}-${arch}`
/** By what npm calls this machine: what the packages of the other runtimes call it. */
const NAMES: Readonly<Record<string, readonly [workerd: string, deno: string, bun: string]>> = {
  'linux-x64': ['linux-64', 'linux-x64-glibc', 'linux-x64'],
  'linux-arm64': ['linux-arm64', 'linux-arm64-glibc', 'linux-aarch64'],
  'darwin-x64': ['darwin-64', 'darwin-x64', 'darwin-x64'],
  'darwin-arm64': ['darwin-arm64', 'darwin-arm64', 'darwin-aarch64'],
}
const [workerd, deno, bun] = NAMES[here] ?? [here, here, here]

const PROGRAMS = {
  node16: `node16-${here}/bin/node`,
  node18: `node18-${here}/bin/node`,
  node22: `node22-${here}/bin/node`,
  node24: `node24-${here}/bin/node`,
  node26: `node26-${here}/bin/node`,
  bun: `@oven/bun-${bun}/bin/bun`,
  deno: `@deno/${deno}/deno`,
  workerd: `@cloudflare/workerd-${workerd}/bin/workerd`,
  chromium: '@sparticuz/chromium/bin/chromium.br',
}
export type Runtime = keyof typeof PROGRAMS

export const pathOf = (runtime: Runtime): string => fileURLToPath(new URL(`node_modules/${PROGRAMS[runtime]}`, import.meta.url))

/** Why it cannot be had here; undefined if it can. */
export function missing(runtime: Runtime): string | undefined {
  if (runtime === 'chromium' && here !== 'linux-x64') return `SKIPPED: npm has no Chromium for ${here}`
  if (existsSync(pathOf(runtime))) return undefined
  return `SKIPPED: ${runtime} is not installed for ${here}: \`npm run test:all\` does it, where npm has it`
}
